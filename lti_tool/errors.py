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
    """A login or launch that is refused. ``remedy`` is the administrator's next step; where it
    says NUMBER, that is ``registration``. ``detail``, a part of the message, names nobody.
    ``return_url`` leads to the course: None until the token that names it has been verified."""

    def __init__(
        self,
        code: str,
        message: str,
        remedy: str,
        status: int = 400,
        registration: int | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(code, message)
        self.remedy = remedy
        self.status = status
        self.registration = registration
        self.detail = detail
        self.return_url: str | None = None


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


class SessionRejected(LtiToolError):
    """A handle that opens nothing: never issued, expired, of another browser, or of a platform
    that has been suspended. The way on is to launch again; ``return_url`` leads to the course,
    where it is known."""

    def __init__(
        self, code: str, message: str, status: int = 401, return_url: str | None = None
    ) -> None:
        super().__init__(code, message)
        self.status = status
        self.return_url = return_url


class RequestRefused(LtiToolError):
    """A request that the tool understands and does not carry out: wrong, too large, too late or
    not this person's to make."""

    def __init__(
        self, code: str, message: str, status: int = 400, return_url: str | None = None
    ) -> None:
        super().__init__(code, message)
        self.status = status
        self.return_url = return_url


class ConfigError(LtiToolError):
    """A setting is missing or wrong; the message says which, where it was looked for, and what to
    write."""
