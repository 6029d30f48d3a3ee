"""The one way out: every HTTP call of the tool to a platform goes through here.

An address that a platform gave us must not make the tool call into the network that it stands in
(SSRF). So the name is resolved once, every address it has is judged, and the connection is made
to an address that was judged: between check and use there is no second look-up to answer
otherwise. Host header, SNI and certificate check keep the name.
"""

from __future__ import annotations

import json as jsonlib
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from urllib3.exceptions import NewConnectionError

from lti_tool.addresses import Guard, Network, Resolver
from lti_tool.connections import Call, GuardedAdapter
from lti_tool.errors import ConfigError, PlatformError

#: Some platforms answer 403 to a request that names no agent.
USER_AGENT = "sse-campus-lti-tool/1.0 (+https://purl.imsglobal.org/spec/lti/v1p3)"
CHUNK = 64 * 1024


class Outbound:
    """A guarded HTTP client. Raises ``PlatformError`` (codes ``outbound.*``) and nothing else; an
    answer with any status but a redirect's is returned for the caller to judge. Thread-safe."""

    def __init__(
        self,
        trusted_networks: Sequence[Network] = (),
        ca_bundle: str | None = None,
        timeout: tuple[float, float] = (5.0, 15.0),
        max_bytes: int = 1024 * 1024,
        total_seconds: float = 30.0,
        resolver: Resolver | None = None,
    ) -> None:
        if ca_bundle is not None and not Path(ca_bundle).exists():
            raise ConfigError(
                "config.ca-bundle", f"the file of certificates {ca_bundle} does not exist"
            )
        self._adapter = GuardedAdapter(Guard(trusted_networks, resolver))
        self._verify: str | bool = ca_bundle or True
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._total = total_seconds

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> requests.Response:
        return self.session().get(url, headers=headers)

    def post(
        self,
        url: str,
        *,
        data: Mapping[str, str] | bytes | str | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        return self.session().post(url, data=data, json=json, headers=headers)

    def session(self) -> requests.Session:
        """A ``requests.Session`` under the same guard, for PyLTI1p3's classes. It keeps no
        cookies beyond itself; connections are shared."""
        return _GuardedSession(
            self._adapter, self._verify, self._timeout, self._max_bytes, self._total
        )


class _GuardedSession(requests.Session):
    """A session that cannot be talked out of the guard: the caller's ``timeout``, ``verify``,
    ``proxies``, ``stream`` and ``allow_redirects`` are not heard."""

    def __init__(
        self,
        adapter: GuardedAdapter,
        verify: str | bool,
        timeout: tuple[float, float],
        max_bytes: int,
        total: float,
    ) -> None:
        super().__init__()
        self.trust_env = False
        self.verify = verify
        self.headers["User-Agent"] = USER_AGENT
        self.mount("https://", adapter)
        self.mount("http://", adapter)
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._total = total

    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        *,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        json: Any = None,
        **_ignored: object,
    ) -> requests.Response:
        _check_url(url)
        with Call(self._total) as call:
            try:
                response = super().request(
                    method,
                    url,
                    params=params,
                    data=data,
                    headers=headers,
                    json=json,
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                )
                try:
                    _read(response, self._max_bytes, call)
                finally:
                    response.close()
            except PlatformError:
                raise
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                raise _explain(error, url, call) from error
        if response.is_redirect or response.is_permanent_redirect:
            raise PlatformError(
                "outbound.redirected",
                f"{_host(url)} answered with a redirect, which is not followed: enter the final "
                "address",
                retryable=False,
                status=response.status_code,
            )
        return response


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  (raises where it is no number)
        bad = (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.username is not None
            or parts.password is not None
            or any(c <= " " or c == "\x7f" or c == "\\" for c in url)
        )
    except ValueError:
        bad = True
    if bad:
        raise PlatformError(
            "outbound.url-invalid", "the platform's address is no https URL", retryable=False
        )


def _read(response: requests.Response, limit: int, call: Call) -> None:
    """Read the body, up to ``limit`` bytes after decompression, into ``response``."""
    parts: list[bytes] = []
    size = 0
    for part in response.raw.stream(CHUNK, decode_content=True):
        parts.append(part)
        size += len(part)
        if size > limit:
            raise PlatformError(
                "outbound.too-large",
                f"{_host(response.url)} answered with more than {limit} bytes",
                retryable=False,
                status=response.status_code,
            )
    if call.expired:
        raise TimeoutError
    response._content = b"".join(parts)
    response._content_consumed = True  # type: ignore[attr-defined]


def _explain(error: Exception, url: str, call: Call) -> PlatformError:
    host = _host(url)
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < 12:
        chain.append(cause)
        inner = cause.args[0] if cause.args else None
        reason = getattr(cause, "reason", None)
        cause = (
            reason
            if isinstance(reason, BaseException)
            else inner
            if isinstance(inner, BaseException)
            else cause.__cause__
        )
    for cause in chain:
        if isinstance(cause, PlatformError):
            return cause
    if call.expired or any(_is_timeout(c) for c in chain):
        return PlatformError("outbound.timeout", f"{host} did not answer in time", retryable=True)
    if any(isinstance(c, ssl.SSLError | ssl.CertificateError) for c in chain):
        return PlatformError(
            "outbound.tls-failed",
            f"{host} has no valid certificate: {chain[-1]}",
            retryable=True,
        )
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader):
        return PlatformError("outbound.url-invalid", f"{host}: no valid URL", retryable=False)
    return PlatformError("outbound.unreachable", f"{host} cannot be reached", retryable=True)


def _is_timeout(error: BaseException) -> bool:
    kinds = (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError)
    # urllib3 derives "connection refused" from "connection timed out".
    return isinstance(error, kinds) and not isinstance(error, NewConnectionError)


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or "the platform"
    except ValueError:
        return "the platform"


def json_of(response: requests.Response) -> Any:
    """The body as JSON, whatever its Content-Type says (Moodle's token is text/html); None where
    it is none."""
    try:
        return jsonlib.loads(response.content)
    except (ValueError, RecursionError):
        return None
