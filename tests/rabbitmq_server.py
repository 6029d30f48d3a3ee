"""A RabbitMQ server of the tests' own, where the machine has one installed (Debian's package
rabbitmq-server): as a plain process, on the loopback alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kombu.connection import Connection

from lti_tool.worker.celery_app import QUEUE
from tests.tool import free_port

PASSWORD = "p@ss/w:rd"
IN_URL = "p%40ss%2Fw%3Ard"
SECONDS = 90


class RabbitMQ:
    """``url`` is as the tool's setting wants it."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.port, self._names = free_port(), free_port()
        self.url = f"amqp://tool:{IN_URL}@127.0.0.1:{self.port}//"
        self._program, self._folder = program, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._folder.mkdir()
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            f"default_user = tool\ndefault_pass = {PASSWORD}\n"
            "log.console = true\nlog.file = false\n",
            encoding="utf-8",
        )
        (folder / "enabled_plugins").write_text("[].\n", encoding="utf-8")
        self._environment = {
            **os.environ,
            "HOME": str(folder),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._names),
            "RABBITMQ_NODENAME": f"tests{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder),
            # Its script then becomes the server, instead of waiting beside it.
            "RABBITMQ_ALLOW_INPUT": "1",
        }
        # Erlang's table of names; RabbitMQ would leave one behind that outlives it.
        self._table = subprocess.Popen(
            ["epmd", "-port", str(self._names)],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start(self) -> None:
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-noinput"],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + SECONDS
        while True:
            try:
                with self._connection() as broker:
                    broker.connect()
                return
            except OSError:
                said = (self._folder / "server.log").read_text(errors="replace")[-1500:]
                assert self._process.poll() is None, said
                assert time.monotonic() < until, said
                time.sleep(0.2)

    def kill(self) -> None:
        """With all that it holds."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(120)
        shutil.rmtree(self._folder / "mnesia")

    def waiting(self) -> int:
        """How many calls nobody has taken yet."""
        with self._connection() as broker:
            found = broker.default_channel.queue_declare(QUEUE, passive=True)
            return int(found.message_count)

    def close(self) -> None:
        for process in (self._process, self._table):
            if process is not None:
                process.kill()
                process.wait(120)

    def _connection(self) -> Connection:
        return Connection(self.url, connect_timeout=5)  # type: ignore[no-untyped-call]


@contextmanager
def running_rabbitmq(folder: Path) -> Iterator[RabbitMQ]:
    # What lies in /usr/sbin asks to be root, and works for the user rabbitmq alone.
    programs = sorted(Path("/usr/lib/rabbitmq/lib").glob("*/sbin/rabbitmq-server"))
    if not programs or shutil.which("epmd") is None:
        pytest.skip("there is no RabbitMQ on this machine: apt-get install rabbitmq-server")
    server = RabbitMQ(programs[-1], folder / "rabbitmq")
    try:
        server.start()
        yield server
    finally:
        server.close()
