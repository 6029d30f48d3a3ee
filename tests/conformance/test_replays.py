"""The same token a hundred times at once, over several server processes: one gets in."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

import pytest
import requests

from tests.conformance.browsing import Browser, arrives, refusal
from tests.conformance.platform import Platform
from tests.conformance.postgres import running_postgres

LTI_TOOL = str(Path(sys.executable).parent / "lti-tool")
PROCESSES = 4
REPLAYS = 100


@dataclass(frozen=True)
class Fleet:
    urls: list[str]
    environment: Mapping[str, str]

    def register(self, platform: Platform) -> str:
        """The login URL's part that names the registration."""
        command = [LTI_TOOL, "registrations", "add", "--json", "--issuer", platform.issuer]
        for name, value in (
            ("client-id", platform.client_id),
            ("auth-url", f"{platform.url}/auth"),
            ("token-url", f"{platform.url}/token"),
            ("jwks-url", f"{platform.url}/jwks"),
        ):
            command += [f"--{name}", value]
        done = subprocess.run(
            command, env=dict(self.environment), check=True, capture_output=True, timeout=300
        )
        return str(json.loads(done.stdout)["login_url"]).split("/")[-2]


@contextmanager
def fleet(folder: Path, database: str | None) -> Iterator[Fleet]:
    """Server processes on one database, as operators start them."""
    courses = folder / "courses"
    courses.mkdir()  # none in it: they take time to load, and nobody plays here
    ports = []
    for _ in range(PROCESSES):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            ports.append(probe.getsockname()[1])
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    environment = {
        **os.environ,
        "LTI_TOOL_PUBLIC_URL": urls[0],
        "LTI_TOOL_DATA_DIR": str(folder),
        "LTI_TOOL_TRUSTED_NETWORKS": "127.0.0.0/8",
        "LTI_TOOL_COURSES": str(courses),
        "LTI_TOOL_SECRET_KEY": "a secret of more than thirty-two characters",
        **({"LTI_TOOL_DATABASE_URL": database} if database else {}),
    }
    upgrade = [LTI_TOOL, "upgrade"]
    subprocess.run(upgrade, env=environment, check=True, capture_output=True, timeout=300)
    with ExitStack() as stack:
        for port in ports:
            log = stack.enter_context((folder / f"serve-{port}.log").open("wb"))
            server = subprocess.Popen(
                [LTI_TOOL, "serve", "--no-worker", "--port", str(port)],
                env=environment,
                stdout=log,
                stderr=log,
            )
            stack.callback(server.wait, 120)
            stack.callback(server.terminate)
        for url in urls:
            _wait_for(f"{url}/lti/jwks")
        yield Fleet(urls, environment)


def _wait_for(url: str) -> None:
    until = time.monotonic() + 240
    while time.monotonic() < until:
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def servers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fleet]:
    tmp_path = tmp_path_factory.mktemp("fleet")
    if request.param == "sqlite":
        with fleet(tmp_path, None) as found:
            yield found
        return
    with running_postgres() as url, fleet(tmp_path, url) as found:
        yield found


@pytest.mark.row("beyond", "A hundred replays of one token at once, over several processes")
def test_one_of_a_hundred_replays_wins(servers: Fleet, platform: Platform) -> None:
    browser = Browser(servers.urls[0], servers.register(platform), platform)
    login = browser.login()
    fields = {"state": login["state"], "id_token": browser.sign(login, platform.claims())}
    start = Barrier(20)

    def replay(number: int) -> requests.Response:
        if number < 20:
            start.wait(60)
        window = Browser(servers.urls[number % PROCESSES], "", platform, dict(browser.cookies))
        return window.post(**fields)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(replay, range(REPLAYS)))
    won = [answer for answer in answers if answer.status_code == 303]
    lost = [answer for answer in answers if answer.status_code != 303]
    assert len(won) == 1, Counter(answer.status_code for answer in answers)
    arrives(won[0], "play")
    assert {refusal(answer) for answer in lost} == {"launch.state-unknown"}


@pytest.mark.row("beyond", "Eight first launches of a new user at once, over several processes")
def test_first_launches_of_one_user_over_processes(servers: Fleet, platform: Platform) -> None:
    public_id = servers.register(platform)
    count = 8
    windows = [Browser(servers.urls[n % PROCESSES], public_id, platform) for n in range(count)]
    logins = [window.login(target_link_uri=servers.urls[0]) for window in windows]
    target = f"{servers.urls[0]}/lti/launch"
    tokens = [
        platform.sign(platform.claims(nonce=login["nonce"], target_link_uri=target))
        for login in logins
    ]
    start = Barrier(count)

    def launch(number: int) -> requests.Response:
        start.wait(60)
        return windows[number].post(state=logins[number]["state"], id_token=tokens[number])

    with ThreadPoolExecutor(count) as pool:
        handles = {arrives(answer, "play") for answer in pool.map(launch, range(count))}
    assert len(handles) == count
