"""gunicorn for the tool: ``gunicorn --config config/gunicorn.conf.py "lti_tool.app:create_app()"``.

Beside it runs ``lti-tool worker``, which delivers scores; ``lti-tool upgrade`` comes first. Put a
reverse proxy with TLS in front (docs/operations.md).
"""

import multiprocessing
import os
import shutil
import tempfile

bind = os.environ.get("GUNICORN_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("GUNICORN_WORKERS", min(multiprocessing.cpu_count() + 1, 8)))

# Threads, not the plain sync worker: a browser that keeps its connection open would hold one.
worker_class = "gthread"
threads = int(os.environ.get("LTI_TOOL_THREADS", "8"))
keepalive = 5
timeout = 60
graceful_timeout = 30

# It would lie in the home of whoever starts it, one for all servers that they run.
control_socket_disable = True

# Not preloaded: each worker makes its own database connections.
preload_app = False
max_requests = 20_000
max_requests_jitter = 2_000

# The tool logs each request itself, by its route: addresses hold launch handles, which no log
# may hold.
accesslog = None
errorlog = "-"
limit_request_line = 8190

# /metrics adds up what all workers have counted: they leave it in files here, none where it is off.
_metrics = tempfile.mkdtemp(prefix="lti-tool-metrics-")
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", _metrics)


def post_worker_init(_worker: object) -> None:
    """A restore is refused while this runs."""
    from lti_tool.running import hold
    from lti_tool.settings import load_settings

    hold(load_settings().data_dir)


def on_exit(_server: object) -> None:
    shutil.rmtree(_metrics, ignore_errors=True)
