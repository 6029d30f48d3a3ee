"""lti_tool.outbound: where the tool does not let itself be sent."""

from __future__ import annotations

import gzip
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from lti_tool.addresses import is_public
from lti_tool.errors import ConfigError, PlatformError
from lti_tool.outbound import Outbound
from tests.conformance.platform import Answer, Request, serving

LOOPBACK = (ip_network("127.0.0.0/8"),)


def code_of(outbound: Outbound, url: str) -> str:
    with pytest.raises(PlatformError) as caught:
        outbound.get(url)
    return caught.value.code


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
    ],
)
def test_private_addresses_are_refused(address: str) -> None:
    assert not is_public(ip_address(address))
    outbound = Outbound(resolver=lambda host, port: [address])
    assert code_of(outbound, "https://lms.example/jwks") == "outbound.address-refused"
    assert code_of(outbound, "http://lms.example/jwks") == "outbound.address-refused"


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::808:808"])
def test_public_addresses_are_let_through(address: str) -> None:
    assert is_public(ip_address(address))


def test_one_private_address_among_public_ones_is_enough() -> None:
    outbound = Outbound(resolver=lambda host, port: ["93.184.215.14", "10.0.0.1"])
    assert code_of(outbound, "https://lms.example/") == "outbound.address-refused"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "https://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://127.1:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[::1]:{port}/",
    ],
)
def test_ways_to_write_this_machine(url: str) -> None:
    with serving(lambda request: Answer(200, b"secret")) as base:
        port = base.rpartition(":")[2]
        assert code_of(Outbound(), url.format(port=port)) in (
            "outbound.address-refused",
            "outbound.name-unknown",
        )


def test_plain_http_is_for_trusted_networks() -> None:
    outbound = Outbound(LOOPBACK, resolver=lambda host, port: ["93.184.215.14"])
    assert code_of(outbound, "http://lms.example/") == "outbound.scheme-refused"


def test_trusted_networks_are_reached() -> None:
    with serving(lambda request: Answer(200, {"agent": request.headers["User-Agent"]})) as base:
        agent = Outbound(LOOPBACK).get(base).json()["agent"]
    assert agent.startswith("sse-campus")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "lms.example",
        "ftp://lms.example/",
        "file:///etc/passwd",
        "gopher://lms.example/",
        "https://",
        "https:///path",
        "https://user:pass@lms.example/",
        "https://lms.example:port/",
        "https://lms.example/\r\nX: y",
        "https://lms.example\\@evil.example/",
    ],
)
def test_what_is_no_web_address(url: str) -> None:
    assert code_of(Outbound(), url) == "outbound.url-invalid"


def test_the_address_that_was_judged_is_the_one_called() -> None:
    """A name that answers otherwise the second time (DNS rebinding) gains nothing: it is asked
    once a connection."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    seen: list[Request] = []

    def answer(request: Request) -> Answer:
        seen.append(request)
        return Answer(200, b"{}")

    with serving(answer) as base:
        port = base.rpartition(":")[2]
        trusted = (ip_network("127.0.0.1/32"),)
        outbound = Outbound(trusted, resolver=rebinding)
        outbound.get(f"http://lms.example:{port}/jwks")
        assert asked == ["lms.example"]
        assert seen[0].headers["Host"] == f"lms.example:{port}"
        fresh = Outbound(trusted, resolver=rebinding)
        assert code_of(fresh, f"http://lms.example:{port}/") == "outbound.address-refused"


def test_redirects_are_not_followed() -> None:
    with serving(lambda request: Answer(302, b"", {"Location": "http://169.254.169.254/"})) as base:
        assert code_of(Outbound(LOOPBACK), base) == "outbound.redirected"
        session = Outbound(LOOPBACK).session()
        with pytest.raises(PlatformError, match="redirected"):
            session.get(base, allow_redirects=True)


def test_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with serving(lambda request: Answer(200, b"{}")) as base:
        assert Outbound(LOOPBACK).get(base).ok


def test_large_answers_are_cut_off() -> None:
    with serving(lambda request: Answer(200, b"x" * 3000)) as base:
        assert code_of(Outbound(LOOPBACK, max_bytes=2000), base) == "outbound.too-large"


def test_compressed_answers_are_measured_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 20_000_000)
    with serving(lambda request: Answer(200, bomb, {"Content-Encoding": "gzip"})) as base:
        assert code_of(Outbound(LOOPBACK), base) == "outbound.too-large"


@contextmanager
def dripping(drip: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that gives each connection to ``drip``."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    drip(connection)
            except OSError:
                pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        thread.join(5)


def _drip_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.05)


def _drip_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.05)


def _drip_handshake(connection: socket.socket) -> None:
    connection.sendall(b"\x16\x03\x03\x3f\x00\x02")
    for _ in range(100):
        connection.sendall(b"\x00")
        time.sleep(0.05)


@pytest.mark.parametrize("drip", [_drip_body, _drip_headers, _drip_handshake])
def test_answers_that_drip_are_cut_off(drip: Callable[[socket.socket], None]) -> None:
    with dripping(drip) as url:
        if drip is _drip_handshake:
            url = url.replace("http:", "https:")
        outbound = Outbound(LOOPBACK, timeout=(20, 20), total_seconds=0.5)
        assert code_of(outbound, url) == "outbound.timeout"


def test_silence_times_out() -> None:
    # Until the other side has gone.
    with dripping(lambda connection: connection.recv(1)) as url:
        assert code_of(Outbound(LOOPBACK, timeout=(0.3, 0.3)), url) == "outbound.timeout"


def test_what_cannot_be_reached_can_be_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(PlatformError) as caught:
        Outbound(LOOPBACK).get(f"http://127.0.0.1:{port}/")
    assert caught.value.code == "outbound.unreachable"
    assert caught.value.retryable
    unknown = Outbound(resolver=lambda host, port: [])
    assert code_of(unknown, "https://lms.example/") == "outbound.name-unknown"


def test_broken_answers_are_platform_errors() -> None:
    for raw in (b"nonsense\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nx"):
        with dripping(lambda connection, raw=raw: connection.sendall(raw)) as url:  # type: ignore[misc]
            assert code_of(Outbound(LOOPBACK), url) == "outbound.unreachable"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        (
            f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {cert}"
            " -subj /CN=lms.example -addext subjectAltName=DNS:lms.example"
        ).split(),
        check=True,
        capture_output=True,
    )
    return key, cert


@pytest.fixture
def tls_port(certificate: tuple[Path, Path]) -> Iterator[int]:
    import ssl

    key, cert = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    plain, _ = listener.accept()
                except OSError:
                    return
                try:
                    with context.wrap_socket(plain, server_side=True) as secure:
                        secure.recv(65536)
                        secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                except OSError:
                    plain.close()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def test_certificates_are_checked_by_name(certificate: tuple[Path, Path], tls_port: int) -> None:
    """The connection goes to a pinned address; the certificate must be the name's."""
    resolver = lambda host, port: ["127.0.0.1"]  # noqa: E731
    known = Outbound(LOOPBACK, str(certificate[1]), resolver=resolver)
    assert known.get(f"https://lms.example:{tls_port}/").ok
    assert code_of(known, f"https://other.example:{tls_port}/") == "outbound.tls-failed"
    unknown = Outbound(LOOPBACK, resolver=resolver)
    assert code_of(unknown, f"https://lms.example:{tls_port}/") == "outbound.tls-failed"


def test_a_missing_bundle_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        Outbound(ca_bundle=str(tmp_path / "none.pem"))
