"""What can go wrong in the tool. Each code is stable and has one HTTP page and one line on the
command line."""

from __future__ import annotations


class LtiToolError(Exception):
    """The root. ``code`` is stable, as in ``launch.nonce-replayed``; ``message`` is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class LaunchRejected(LtiToolError):
    """A login or launch that is refused. ``remedy`` is the administrator's next step."""

    def __init__(self, code: str, message: str, remedy: str, status: int = 400) -> None:
        super().__init__(code, message)
        self.remedy = remedy
        self.status = status


class PlatformError(LtiToolError):
    """A service of the platform failed. ``retryable`` says whether trying again later can help;
    ``retry_after`` is the platform's own wish, in seconds."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retryable: bool,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(code, message)
        self.retryable = retryable
        self.status = status
        self.retry_after = retry_after


class ConfigError(LtiToolError):
    """A setting is missing or wrong; the message says which, where it was looked for, and what to
    write."""
