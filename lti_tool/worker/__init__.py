"""What happens without anybody asking: scores go out, what has expired goes away."""

from lti_tool.worker.loop import run_worker

__all__ = ["run_worker"]
