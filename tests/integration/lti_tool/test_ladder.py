"""The platform's storage as a rung of the ladder, by HTTP: what the pages hold, and that nobody
else can bring a login of their own. (In a real browser: tests/browser/ladder.)"""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html

from tests.conformance.browsing import Browser, Login, refusal
from tests.integration.lti_tool.conftest import Campus

FRAMED = {"Sec-Fetch-Dest": "iframe"}
OURS = {"Sec-Fetch-Site": "same-origin"}


def page_of(answer: Any) -> tuple[dict[str, str], dict[str, str]]:
    """What the storage page tells its script, and the fields of its form."""
    assert answer.status_code == 200, answer.text[:500]
    assert answer.headers["Cache-Control"] == "no-store"
    (form,) = html.fromstring(answer.text).xpath("//form[@id='storage']")
    data = {name[5:]: value for name, value in form.attrib.items() if name.startswith("data-")}
    return data, dict(form.form_values())


def begin(campus: Campus, browser: Browser) -> tuple[dict[str, str], Login]:
    """A login in a frame that keeps no cookie, at a platform that stores."""
    fields = {
        "iss": campus.platform.issuer,
        "login_hint": "7",
        "client_id": campus.platform.client_id,
        "lti_storage_target": "storage-frame",
        "probed": "1",
    }
    path = f"/lti/{campus.public_id}/login"
    answer = browser.request("POST", path, data=fields, headers=FRAMED)
    browser.cookies.clear()
    data, fallback = page_of(answer)
    assert (data["target"], data["origin"]) == ("storage-frame", campus.platform.url)
    assert fallback["unstored"] == "1"
    return data, Login(data["onwards"])


def launched(campus: Campus, browser: Browser, login: Login) -> dict[str, str]:
    token = browser.sign(login, campus.platform.claims())
    return {"state": login["state"], "id_token": token}


def test_what_was_stored_opens_the_launch_once(campus: Campus) -> None:
    browser = campus.browser()
    data, login = begin(campus, browser)
    asked, fields = page_of(browser.post(**launched(campus, browser, login)))
    assert asked["key"] == data["key"]
    assert "value" not in asked
    fields["browser_secret"] = data["value"]
    answer = browser.request("POST", "/lti/launch", data=fields, headers=OURS)
    assert answer.status_code == 303
    assert not answer.raw.headers.getlist("Set-Cookie")
    assert browser.request("GET", answer.headers["Location"]).status_code == 200
    again = browser.request("POST", "/lti/launch", data=fields, headers=OURS)
    assert refusal(again) == "launch.state-unknown"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
def test_another_site_cannot_bring_its_own_login(campus: Campus, headers: dict[str, str]) -> None:
    """Login CSRF: somebody's own state, token and secret, sent by a victim's browser."""
    browser = campus.browser()
    data, login = begin(campus, browser)
    fields = {**launched(campus, browser, login), "browser_secret": data["value"], "unstored": "1"}
    answer = browser.request("POST", "/lti/launch", data=fields, headers=headers)
    assert refusal(answer) == "launch.cookie-missing"


def test_older_browsers_say_where_a_form_comes_from(campus: Campus) -> None:
    browser = campus.browser()
    data, login = begin(campus, browser)
    fields = {**launched(campus, browser, login), "browser_secret": data["value"]}
    answer = browser.request(
        "POST", "/lti/launch", data=fields, headers={"Origin": campus.tool.url}
    )
    assert answer.status_code == 303


def test_a_wrong_secret_is_another_browser(campus: Campus) -> None:
    browser = campus.browser()
    _, login = begin(campus, browser)
    fields = {**launched(campus, browser, login), "browser_secret": "guessed"}
    answer = browser.request("POST", "/lti/launch", data=fields, headers=OURS)
    assert refusal(answer) == "launch.other-browser"


def test_storage_that_fails_ends_in_a_window(campus: Campus) -> None:
    """At the login and at the launch; the window's login says so to the launch."""
    browser = campus.browser()
    _, login = begin(campus, browser)
    _, fields = page_of(browser.post(**launched(campus, browser, login)))
    offered = browser.request("POST", "/lti/launch", data=fields, headers=OURS)
    assert offered.status_code == 401
    (address,) = html.fromstring(offered.text).xpath("//a[@target='_blank']/@href")
    assert "window=1" in address
    picker = browser.sign(login, campus.platform.deep_linking())
    fields = {"state": login["state"], "id_token": picker, "unstored": "1"}
    refused = browser.request("POST", "/lti/launch", data=fields, headers=OURS)
    assert "launch.picker-needs-cookie" in refused.text
    assert not html.fromstring(refused.text).xpath("//a[@target='_blank']")


def test_the_storage_page_cannot_be_made_to_speak_to_others(campus: Campus) -> None:
    browser = campus.browser()
    path = f"/lti/{campus.public_id}/login"
    fields = {
        "iss": campus.platform.issuer,
        "login_hint": '"><script>alert(1)</script>',
        "lti_storage_target": '"><script>',
        "probed": "1",
        "origin": "https://evil.example",
    }
    answer = browser.request("POST", path, data=fields, headers=FRAMED)
    data, _ = page_of(answer)
    assert data["origin"] == campus.platform.url
    assert "<script>" not in answer.text
