"""What config/ sets up, as plain processes: nginx with TLS, gunicorn, a worker, PostgreSQL."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from string import Template

import pytest
import requests
import yaml

from tests.certificates import make_certificate
from tests.conformance.browsing import Browser
from tests.conformance.platform import Platform, running_platform
from tests.databases import Databases
from tests.integration.lti_tool.course import write_course
from tests.tool import eventually, free_port

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config"
BIN = Path(sys.executable).parent
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
TOKEN = "a token for the metrics"
SERVERS = 2


@dataclass
class Site:
    url: str
    inside: str
    environment: Mapping[str, str]
    log: Path
    gunicorn: subprocess.Popen[bytes]

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [BIN / "lti-tool", *arguments],
            env=dict(self.environment),
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        )
        return done.stdout


@pytest.fixture(scope="module")
def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if NGINX is None:
        pytest.skip("nginx is not installed")
    folder = tmp_path_factory.mktemp("site")
    certificate = make_certificate(folder)
    write_course(folder / "courses" / "small")
    inside, plain, secured = (free_port() for _ in range(3))
    with ExitStack() as stack:
        database = stack.enter_context(databases.new("postgresql", empty=True))
        environment = {
            **os.environ,
            "LTI_TOOL_PUBLIC_URL": f"https://localhost:{secured}",
            "LTI_TOOL_DATABASE_URL": database,
            "LTI_TOOL_SECRET_KEY": "a secret of more than thirty-two characters",
            "LTI_TOOL_DATA_DIR": str(folder / "data"),
            "LTI_TOOL_COURSES": str(folder / "courses"),
            "LTI_TOOL_TRUSTED_NETWORKS": "127.0.0.0/8,::1/128",
            "LTI_TOOL_CA_BUNDLE": str(certificate),
            "LTI_TOOL_LOG_FORMAT": "json",
            "LTI_TOOL_METRICS_TOKEN": TOKEN,
            "GUNICORN_BIND": f"127.0.0.1:{inside}",
            "GUNICORN_WORKERS": str(SERVERS),
        }
        log = folder / "log"
        stream = stack.enter_context(log.open("wb"))

        def start(*command: str | Path) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                command, env=environment, stdout=stream, stderr=stream, cwd=folder
            )
            stack.callback(process.wait, 120)
            stack.callback(process.send_signal, signal.SIGTERM)
            return process

        upgraded = [BIN / "lti-tool", "upgrade"]
        subprocess.run(upgraded, env=environment, check=True, capture_output=True, timeout=300)
        config = CONFIG / "gunicorn.conf.py"
        gunicorn = start(BIN / "gunicorn", "--config", config, "lti_tool.app:create_app()")
        start(BIN / "lti-tool", "worker")
        (folder / "nginx.conf").write_text(_nginx(certificate, inside, plain, secured))
        start(str(NGINX), "-p", folder, "-c", folder / "nginx.conf", "-g", "daemon off;")
        url = f"https://localhost:{secured}"
        site = Site(url, f"http://127.0.0.1:{inside}", environment, log, gunicorn)

        def answers() -> bool | None:
            try:
                return requests.get(f"{url}/health", timeout=5, verify=certificate).ok or None
            except requests.RequestException:
                return None

        eventually(answers, 300)
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        patch.setenv("NO_PROXY", "*")
        yield site


def _nginx(certificate: Path, inside: int, plain: int, secured: int) -> str:
    """The template filled in, within the frame that a distribution's nginx.conf is."""
    filled = Template((CONFIG / "nginx.conf.template").read_text()).safe_substitute(
        SERVER_NAME="localhost",
        TOOL_ADDRESS=f"127.0.0.1:{inside}",
        HTTP_PORT=str(plain),
        HTTPS_PORT=str(secured),
        CERTIFICATE=str(certificate),
        CERTIFICATE_KEY=str(certificate),
    )
    temporary = "".join(
        f"{kind}_temp_path {kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"pid nginx.pid;\nevents {{}}\nhttp {{\n{temporary}{filled}\n}}\n"


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running_platform() as platform:
        platform.line_items["1"] = {"id": f"{platform.url}/lineitems/1/lineitem?type_id=1"}
        yield platform


def register(site: Site, platform: Platform) -> str:
    added = site.command(
        "registrations",
        "add",
        "--json",
        "--issuer",
        platform.issuer,
        "--client-id",
        platform.client_id,
        "--auth-url",
        f"{platform.url}/auth",
        "--token-url",
        f"{platform.url}/token",
        "--jwks-url",
        f"{platform.url}/jwks",
    )
    found = re.search(r"/lti/([^/]+)/login", added)
    assert found
    assert f"{site.url}/lti/" in added
    return found[1]


def test_a_score_through_all_of_it(site: Site, platform: Platform) -> None:
    browser = Browser(site.url, register(site, platform), platform)
    claims = platform.claims(custom={"course": "small", "unit": "first"})
    answer = browser.launch(claims)
    assert answer.status_code == 303, answer.text[:500]
    handle = answer.headers["Location"].rsplit("/", 1)[1]
    page = browser.request("GET", f"/play/{handle}")
    assert page.status_code == 200
    assert page.headers["Strict-Transport-Security"]
    assert "frame-ancestors" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers
    body = {"number": 1, "answers": {"q1": "a", "q2": "a"}}
    bearer = {"Authorization": f"Bearer {handle}"}
    handed = browser.request("POST", "/api/units/first/hand-in", json=body, headers=bearer)
    assert handed.status_code == 200, handed.text
    score = eventually(lambda: platform.scores.get(("1", "user-1")), 60)
    assert score["scoreGiven"] == 100
    written = site.log.read_text(errors="replace")
    for secret in (handle, "user-1", "Amina", "amina@campus.example"):
        assert secret not in written


def test_long_addresses_come_through(site: Site) -> None:
    """A login with a long hint, or the picker's search with much ticked: nginx and gunicorn take
    it, and the tool answers itself. What is longer still is refused, not a crash."""
    for length, status in ((8100, 404), (9000, 414)):
        query = "/lti/nobody/login?login_hint="
        answer = requests.get(site.url + query + "a" * (length - len(query)), timeout=60)
        assert answer.status_code == status, length
        assert ("registration.unknown" in answer.text) is (status == 404)


def test_what_is_for_machines_inside_stays_inside(site: Site) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    for page in ("/metrics", "/ready"):
        assert requests.get(site.url + page, headers=headers, timeout=60).status_code == 404
        assert requests.get(site.inside + page, headers=headers, timeout=60).status_code == 200
    assert requests.get(f"{site.inside}/metrics", timeout=60).status_code == 403


def test_metrics_add_up_over_the_processes(site: Site) -> None:
    series = 'lti_tool_request_seconds_count{route="/",status="2xx"}'
    headers = {"Authorization": f"Bearer {TOKEN}"}

    def count() -> float:
        text = requests.get(f"{site.inside}/metrics", headers=headers, timeout=60).text
        lines = [line for line in text.splitlines() if line.startswith(series)]
        return float(lines[0].split()[-1]) if lines else 0.0

    before = count()
    for _ in range(20):
        # A connection each, so that both processes get some.
        assert requests.get(f"{site.inside}/", timeout=60).status_code == 200
    assert {count() for _ in range(6)} == {before + 20}


def test_the_doctor_is_content(site: Site, platform: Platform) -> None:
    """With a platform of its own alone: those of the other tests are gone, and it says so."""
    register(site, platform)
    asked = [BIN / "lti-tool", "doctor", "--json"]
    done = subprocess.run(
        asked, env=dict(site.environment), capture_output=True, text=True, timeout=120
    )
    found = [(item["check"], item["level"]) for item in json.loads(done.stdout)]
    for check in ("public URL", "certificate", "database", "worker", "disk", "metrics", "kept"):
        assert (check, "ok") in found, done.stdout
        assert (check, "problem") not in found, done.stdout


def test_the_container_files_name_what_is_there() -> None:
    """No container engine runs in these tests: at least nothing that they copy is missing."""
    text = (CONFIG / "container" / "Containerfile").read_text()
    for line in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE):
        for name in line.split():
            assert (ROOT / name).exists(), name
    compose = yaml.safe_load((CONFIG / "container" / "compose.yaml").read_text())
    example = (CONFIG / "container" / "example.env").read_text()
    asked = set(re.findall(r"\$\{([A-Z_]+)", (CONFIG / "container" / "compose.yaml").read_text()))
    assert asked == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    template = (CONFIG / "nginx.conf.template").read_text()
    wanted = set(re.findall(r"\$\{([A-Z_]+)\}", template))
    assert wanted == set(compose["services"]["proxy"]["environment"])
    for service in compose["services"].values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (CONFIG / "container" / source).exists(), source
