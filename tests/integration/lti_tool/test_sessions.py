"""Handles, cookies, headers, frames: what a page after the launch rests on."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from lxml import html
from sqlalchemy import func, select, update

from lti_tool.db import writing
from lti_tool.models import (
    Enrolment,
    LaunchSession,
    Registration,
    RegistrationStatus,
    User,
    db,
    now,
)
from lti_tool.worker.loop import purge
from tests.conformance.browsing import Browser
from tests.conformance.platform import INSTRUCTOR, LTI
from tests.integration.lti_tool.conftest import Campus, Person


def policy(answer: requests.Response) -> dict[str, str]:
    parts = answer.headers["Content-Security-Policy"].split("; ")
    return {name: value for name, _, value in (part.partition(" ") for part in parts)}


def code(answer: requests.Response) -> str:
    return str(answer.json()["error"]["code"])


def test_every_page_says_who_may_frame_it_and_names_its_scripts(campus: Campus) -> None:
    learner = campus.learner()
    answer = learner.get(f"/play/{learner.handle}")
    rules = policy(answer)
    assert rules["frame-ancestors"] == campus.platform.url
    nonce = rules["script-src"].removeprefix("'nonce-").removesuffix("'")
    assert answer.text.count("<script") == answer.text.count(f'nonce="{nonce}"></script>') + (
        answer.text.count(f'id="course-data" nonce="{nonce}"')
    )
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    again = policy(learner.get(f"/play/{learner.handle}"))
    assert again["script-src"] != rules["script-src"]


def test_every_cookie_is_partitioned(campus: Campus) -> None:
    browser = campus.browser()
    login = browser.ask_login()
    lines = login.raw.headers.getlist("Set-Cookie")
    token = browser.sign(login_of(login), campus.platform.claims())
    launch = browser.post(state=login_of(login)["state"], id_token=token)
    lines += launch.raw.headers.getlist("Set-Cookie")
    assert len(lines) >= 3
    for line in lines:
        for attribute in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
            assert attribute in line
    learner = campus.learner()
    assert not learner.get(f"/play/{learner.handle}").raw.headers.getlist("Set-Cookie")


def login_of(answer: requests.Response) -> Any:
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def test_the_handle_is_stored_hashed_and_bound_to_the_browser(campus: Campus) -> None:
    learner = campus.learner("bound")
    with campus.tool.app.app_context():
        rows = db.session.scalars(select(LaunchSession.handle_hash)).all()
        assert learner.handle not in rows
    learner.browser.cookies = {}
    assert code(learner.api("GET", "/state")) == "session.other-browser"
    page = learner.get(f"/play/{learner.handle}")
    assert page.status_code == 401
    assert "session.other-browser" in page.text


def test_without_a_browser_cookie_the_handle_alone_opens(campus: Campus) -> None:
    browser = campus.browser()
    login = browser.login()
    browser.cookies.pop("sse_browser")
    token = browser.sign(login, campus.platform.claims())
    answer = browser.post(state=login["state"], id_token=token)
    handle = answer.headers["Location"].split("/")[-1]
    person = Person(campus.browser(), handle, "play")
    assert person.get(f"/play/{handle}").status_code == 200


FRAMED = {"Sec-Fetch-Dest": "iframe"}


def framed_login(campus: Campus, browser: Browser, **more: str) -> requests.Response:
    """The first answer to a login that the LMS begins by POST in a frame."""
    fields = {
        **more,
        "iss": campus.platform.issuer,
        "login_hint": "hint that works once",
        "client_id": campus.platform.client_id,
    }
    path = f"/lti/{campus.public_id}/login"
    return browser.request("POST", path, data=fields, headers=FRAMED)


def test_a_frame_that_keeps_cookies_goes_on_to_the_platform(campus: Campus) -> None:
    browser = campus.browser()
    tried = framed_login(campus, browser)
    assert tried.status_code == 303
    assert tried.headers["Location"].startswith(f"/lti/{campus.public_id}/login?")
    onwards = browser.request("GET", tried.headers["Location"], headers=FRAMED)
    assert onwards.headers["Location"].startswith(campus.platform.url)
    assert "probed" not in onwards.headers["Location"]
    again = framed_login(campus, browser)
    assert again.headers["Location"].startswith(campus.platform.url)


@pytest.mark.parametrize(("length", "tried"), [(5000, True), (7900, False)])
def test_a_long_hint_reaches_the_platform_whole(campus: Campus, length: int, tried: bool) -> None:
    browser = campus.browser()
    answer = framed_login(campus, browser, lti_message_hint="h" * length)
    assert answer.headers["Location"].startswith("/lti/") == tried
    if tried:
        answer = browser.request("GET", answer.headers["Location"], headers=FRAMED)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["lti_message_hint"] == ["h" * length]


def test_a_frame_that_keeps_none_is_sent_to_a_window_with_its_hint_unused(campus: Campus) -> None:
    browser = campus.browser()
    tried = framed_login(campus, browser)
    browser.cookies = {}
    offered = browser.request("GET", tried.headers["Location"], headers=FRAMED)
    assert offered.status_code == 401
    assert "launch.cookie-missing" in offered.text
    (address,) = html.fromstring(offered.text).xpath("//a[@target='_blank']/@href")
    assert "probed" not in address
    window = browser.request("GET", address, headers={"Sec-Fetch-Dest": "document"})
    assert "hint+that+works+once" in window.headers["Location"]
    assert window.headers["Location"].startswith(campus.platform.url)


def test_where_no_cookie_is_kept_a_window_of_its_own_is_offered(campus: Campus) -> None:
    browser = campus.browser()
    login = browser.login(lti_message_hint='"><script>')
    browser.cookies = {}
    answer = browser.post(
        state=login["state"], id_token=browser.sign(login, campus.platform.claims())
    )
    assert answer.status_code == 401
    assert "launch.cookie-missing" in answer.text
    assert "Open in a new window" in answer.text
    assert "<script>" not in answer.text
    assert f"/lti/{campus.public_id}/login?" in answer.text
    assert policy(answer)["frame-ancestors"] == "*"


@pytest.mark.parametrize("path", ["/play/x", "/teach/x", "/pick/x", "/play/" + "A" * 22])
def test_unknown_handles_open_nothing(campus: Campus, path: str) -> None:
    answer = requests.get(campus.tool.url + path, timeout=30)
    assert answer.status_code == 401
    assert "session.expired" in answer.text


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nope", "Basic abc"])
def test_the_api_wants_a_live_bearer(campus: Campus, header: str) -> None:
    answer = requests.get(
        campus.tool.url + "/api/state", headers={"Authorization": header}, timeout=30
    )
    assert answer.status_code == 401
    assert code(answer) in ("session.expired", "session.missing")


def test_sessions_end_and_are_swept(campus: Campus) -> None:
    learner = campus.learner("ending")
    with campus.tool.app.app_context(), writing() as session:
        session.execute(update(LaunchSession).values(expires_at=now() - timedelta(seconds=1)))
    assert code(learner.api("GET", "/state")) == "session.expired"
    assert purge(campus.tool.app) > 0
    with campus.tool.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LaunchSession)) == 0


def test_use_prolongs_a_session(campus: Campus) -> None:
    learner = campus.learner("prolonged")
    soon = now() + timedelta(minutes=30)
    with campus.tool.app.app_context(), writing() as session:
        session.execute(update(LaunchSession).values(expires_at=soon))
    assert learner.api("GET", "/state").status_code == 200
    with campus.tool.app.app_context():
        assert db.session.scalar(select(func.max(LaunchSession.expires_at))) > soon


def test_suspension_ends_open_pages_at_once(campus: Campus) -> None:
    learner = campus.learner("suspended")
    with campus.tool.app.app_context(), writing() as session:
        session.execute(update(Registration).values(status=RegistrationStatus.SUSPENDED))
    answer = learner.api("GET", "/state")
    assert (answer.status_code, code(answer)) == (403, "session.suspended")


def test_a_refused_session_shows_the_way_back(campus: Campus) -> None:
    course = f"{campus.platform.url}/course?id=2&tab=1"
    learner = campus.learner("back", launch_presentation={"return_url": course})
    script = campus.learner("script", launch_presentation={"return_url": "javascript:alert(1)"})
    escaped = course.replace("&", "&amp;")
    link = f'href="{escaped}" target="_top"'

    def shows(code: str, person: Person, page: str = "play") -> str:
        answer = person.get(f"/{page}/{person.handle}").text
        assert code in answer
        return answer

    assert link in shows("session.not-instructor", learner, "teach")
    assert "javascript:" not in shows("session.not-instructor", script, "teach")
    with campus.tool.app.app_context(), writing() as session:
        session.execute(update(Registration).values(status=RegistrationStatus.SUSPENDED))
    assert link in shows("session.suspended", learner)
    with campus.tool.app.app_context(), writing() as session:
        session.execute(update(LaunchSession).values(expires_at=now() - timedelta(seconds=1)))
    assert link in shows("session.expired", learner)


def test_eight_first_launches_of_one_person_at_once(campus: Campus) -> None:
    browsers = [campus.browser() for _ in range(8)]
    logins = [browser.login() for browser in browsers]

    def finish(number: int) -> int:
        browser, login = browsers[number], logins[number]
        claims = campus.platform.claims(sub="crowd", context={"id": "crowded"})
        token = browser.sign(login, claims)
        return browser.post(state=login["state"], id_token=token).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(finish, range(8))) == [303] * 8
    with campus.tool.app.app_context():
        assert db.session.scalar(select(func.count()).where(User.sub == "crowd")) == 1
        users = select(User.id).where(User.sub == "crowd")
        found = db.session.scalars(select(Enrolment).where(Enrolment.user_id.in_(users))).all()
        assert len(found) == 1


def test_two_people_in_one_browser_do_not_mix(campus: Campus) -> None:
    one = campus.learner("mix-1", name="Person One")
    two = campus.enter(
        campus.platform.claims(
            sub="mix-2", name="Person Two", custom={"course": "small", "unit": "first"}
        ),
        one.browser,
    )
    one.api("PUT", "/units/first/progress", {"page": "two", "seen": ["two"]})
    assert one.api("GET", "/state").json()["learner"] == {"name": "Person One"}
    assert two.api("GET", "/state").json()["learner"] == {"name": "Person Two"}
    assert two.state()["seen"] == []


def test_anonymous_launches_are_people_of_their_own(tool: Any, platform: Any) -> None:
    campus = Campus(tool, platform, allow_anonymous=True)
    claims = platform.claims(custom={"course": "small", "unit": "first"})
    for name in ("sub", "name", "email"):
        claims.pop(name)
    first, second = campus.enter(dict(claims)), campus.enter(dict(claims))
    first.api("PUT", "/units/first/progress", {"page": "two", "seen": ["two"]})
    assert second.state()["seen"] == []
    assert first.api("GET", "/state").json()["learner"] is None


def test_a_link_without_context_has_its_own_circle(campus: Campus) -> None:
    def claims(link: str, **changes: Any) -> dict[str, Any]:
        value = campus.platform.claims(custom={"course": "small", "unit": "first"}, **changes)
        value[LTI + "resource_link"] = {"id": link}
        value.pop(LTI + "context")
        return value

    campus.enter(claims("lone-1", sub="seen-here", name="Seen Here"))
    campus.enter(claims("lone-2", sub="not-here", name="Not Here"))
    teacher = campus.enter(claims("lone-1", sub="t", roles=[INSTRUCTOR]))
    page = teacher.get(f"/teach/{teacher.handle}").text
    assert "Seen Here" in page
    assert "Not Here" not in page


def test_refusals_are_told_in_the_readers_language(campus: Campus) -> None:
    for language, words in (
        ("fr", "n’a pas pu s’ouvrir"),
        ("ar", "تعذّر فتح هذه الصفحة"),
    ):
        answer = requests.get(
            campus.tool.url + "/play/x", headers={"Accept-Language": language}, timeout=30
        )
        assert words in answer.text


@pytest.mark.parametrize(
    ("method", "path", "advice"),
    [
        ("GET", "/nothing", "Check the address"),
        ("POST", "/health", "Go back to the page that you came from"),
        ("POST", "/register/unknown", "load the page anew"),
    ],
)
def test_the_advice_fits_the_refusal(campus: Campus, method: str, path: str, advice: str) -> None:
    answer = requests.request(method, campus.tool.url + path, timeout=30)
    assert advice in answer.text
    assert "open the activity once more" not in answer.text


def test_no_stack_trace_ever(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lti_tool.web.lti.public_jwks", lambda _session: 1 / 0)
    answer = requests.get(campus.tool.url + "/lti/jwks", timeout=30)
    assert answer.status_code == 500
    assert "tool.crashed" in answer.text
    assert "Traceback" not in answer.text
    assert "ZeroDivision" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/health", 200),
        ("/lti/jwks", 200),
        ("/nothing", 404),
        ("/lti/launch", 400),
        ("/lti/unknown/login", 404),
        ("/register/unknown", 404),
        ("/assets/x/pages.css", 200),
        ("/assets/x/..%2f__init__.py", 404),
        ("/player/x/player.css", 200),
        ("/player/x/../../settings.py", 404),
        ("/media/small/x/units/01-first/media/ring.svg", 200),
        ("/media/small/x/course.yaml", 404),
        ("/media/small/x/units/01-first/questions.yaml", 404),
        ("/media/small/x/%2e%2e/%2e%2e/etc/passwd", 404),
        ("/media/none/x/ring.svg", 404),
    ],
)
def test_addresses_without_a_launch(campus: Campus, path: str, status: int) -> None:
    session = requests.Session()
    request = requests.Request("GET", campus.tool.url + "/").prepare()
    request.url = campus.tool.url + path
    answer = session.send(request, timeout=30)
    assert answer.status_code == status
    assert "frame-ancestors" in answer.headers["Content-Security-Policy"] or "media" in path


def test_media_are_kept_for_good_and_run_nothing(campus: Campus) -> None:
    learner = campus.learner()
    media = r"/media/small/([0-9a-f]{64})/units/01-first/media/ring\.svg"
    found = re.search(media, learner.document())
    assert found
    path, digest = found[0], found[1]
    answer = learner.get(path)
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    other = learner.get(path.replace(digest, "0" * 64))
    assert other.headers["Cache-Control"] == "no-cache"
