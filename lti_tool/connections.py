"""Connections that are made to judged addresses only, and that end when their time is over."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.poolmanager import PoolManager

from lti_tool.addresses import Guard
from lti_tool.errors import PlatformError


class Call:
    """The time that one request may take in all. A body, a header or a TLS handshake that drips
    one byte a second never runs into a read timeout, so a timer ends the connection."""

    _current = threading.local()

    def __init__(self, seconds: float) -> None:
        self.expired = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    @classmethod
    def uses(cls, sock: socket.socket | None) -> None:
        """Tell the thread's current call which connection it speaks through."""
        call: Call | None = getattr(cls._current, "call", None)
        if call is not None and sock is not None and sock.fileno() >= 0:
            call._hold(sock)

    def __enter__(self) -> Call:
        Call._current.call = self
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        Call._current.call = None
        with self._lock:
            self._release()

    def _hold(self, sock: socket.socket) -> None:
        """Keep a second descriptor of the connection: TLS takes the first one over while it
        shakes hands, and then only this one still ends it."""
        with self._lock:
            self._release()
            self._socket = socket.socket(fileno=os.dup(sock.fileno()))
            if self.expired:
                self._end()

    def _release(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            self._end()

    def _end(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _guarded_connection(connection: HTTPConnection, guard: Guard, plain: bool) -> socket.socket:
    """Connect to the first reachable of the name's addresses, all of them judged before."""
    host, port = connection._dns_host.strip("[]"), int(connection.port or (80 if plain else 443))
    last: OSError | None = None
    for family, address in guard.addresses(host, port, plain=plain):
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:  # a machine without IPv6
            last = error
            continue
        try:
            sock.settimeout(connection.timeout)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Call.uses(sock)
            sock.connect((address, port))
            return sock
        except OSError as error:
            sock.close()
            last = error
    if isinstance(last, TimeoutError):
        raise ConnectTimeoutError(connection, "no answer") from last
    raise NewConnectionError(connection, str(last)) from last


class GuardedAdapter(HTTPAdapter):
    """requests' adapter over pools whose connections ask the guard where to connect."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        super().__init__(pool_connections=32, pool_maxsize=8, max_retries=0)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any
    ) -> None:
        guard = self._guard

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _guarded_connection(self, guard, plain=True)

            def request(self, *args: Any, **kwargs: Any) -> None:
                Call.uses(self.sock)
                super().request(*args, **kwargs)

        class Tls(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _guarded_connection(self, guard, plain=False)

            def request(self, *args: Any, **kwargs: Any) -> None:
                Call.uses(self.sock)
                super().request(*args, **kwargs)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class TlsPool(HTTPSConnectionPool):
            ConnectionCls = Tls

        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block)
        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": TlsPool}

    def proxy_manager_for(self, proxy: str, **_: Any) -> Any:
        raise PlatformError("outbound.proxy", "proxies are not used", retryable=False)
