"""lti.states, lti.login_state: logins, and what a state is good for."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.errors import LaunchRejected
from lti_tool.lti.states import LoginState, open_state, seal_state
from lti_tool.lti.token import LEEWAY, MAX_AGE
from lti_tool.models import (
    ConsumedNonce,
)
from tests.unit.lti.launching import LAUNCH_URL, SECRET, Launcher, fill, nonce_of

SECOND = timedelta(seconds=1)


def test_the_state_serves_once(launcher: Launcher) -> None:
    login = launcher.login()
    token = launcher.platform.sign(fill(launcher.platform.claims(), login))
    launcher.verify(login, token)
    with pytest.raises(LaunchRejected) as caught:
        launcher.verify(login, token)
    assert caught.value.code == "launch.state-unknown"


def test_a_login_and_a_refused_launch_write_nothing(launcher: Launcher) -> None:
    """Forged tokens cannot use up a login that is under way, nor fill the tables."""
    login = launcher.login()
    with pytest.raises(LaunchRejected):
        launcher.verify(login, "no token")
    assert launcher.session.scalars(select(ConsumedNonce)).all() == []
    launcher.verify(login, launcher.platform.sign(fill(launcher.platform.claims(), login)))


def test_a_token_does_not_fit_another_login(launcher: Launcher) -> None:
    first, second = launcher.login(), launcher.login()
    token = launcher.platform.sign(fill(launcher.platform.claims(), first))
    with pytest.raises(LaunchRejected) as caught:
        launcher.verify(second, token)
    assert caught.value.code == "token.nonce"


@pytest.mark.parametrize("lives", [5, 3600])
def test_a_nonce_is_remembered_for_as_long_as_it_could_serve(
    launcher: Launcher, lives: int
) -> None:
    """Until the token is refused for its age in any case, and the state for its own."""
    moment = datetime.now(UTC)
    login = launcher.login()
    claims = fill(launcher.platform.claims(exp=int(moment.timestamp()) + lives), login)
    launcher.verify(login, launcher.platform.sign(claims))
    kept = launcher.session.scalars(select(ConsumedNonce)).one()
    assert kept.expires_at >= login.expires_at - timedelta(seconds=1)
    assert kept.expires_at >= moment + min(timedelta(seconds=lives), MAX_AGE) + LEEWAY - SECOND


def test_a_state_is_base64url_and_not_long(launcher: Launcher) -> None:
    """Moodle cuts it at ``<``, others at ``+``; some servers cut long addresses."""
    plain = re.compile(r"[A-Za-z0-9_-]+")
    short = launcher.login()
    assert plain.fullmatch(short.state)
    assert plain.fullmatch(nonce_of(short))
    assert len(nonce_of(short)) == 43
    long = launcher.login(lti_message_hint="ü" * 3000)
    assert plain.fullmatch(long.state)
    assert len(long.state) < 400
    assert len(short.state) < 1000


def test_no_two_logins_are_alike(launcher: Launcher) -> None:
    logins = [launcher.login() for _ in range(5)]
    assert len({login.state for login in logins}) == len({nonce_of(item) for item in logins}) == 5


def test_a_changed_state_is_none_of_ours(launcher: Launcher) -> None:
    """Every character of it counts."""
    login = launcher.login()
    token = launcher.platform.sign(fill(launcher.platform.claims(), login))
    for place in range(0, len(login.state), 7):
        letter = "A" if login.state[place] != "A" else "B"
        state = login.state[:place] + letter + login.state[place + 1 :]
        with pytest.raises(LaunchRejected) as caught:
            launcher.verify(login, token, state=state)
        assert caught.value.code == "launch.state-unknown"
    launcher.verify(login, token)


def test_a_state_of_another_secret_is_none_of_ours(launcher: Launcher) -> None:
    state = LoginState(launcher.registration.id, "x", datetime.now(UTC) + timedelta(minutes=5))
    sealed, _ = seal_state(state, "another secret of more than thirty-two letters")
    with pytest.raises(LaunchRejected) as caught:
        launcher.verify(launcher.login(), "x", state=sealed)
    assert caught.value.code == "launch.state-unknown"


def test_what_a_state_carries(launcher: Launcher) -> None:
    login = launcher.login(lti_storage_target="storage-frame")
    found = open_state(login.state, SECRET, datetime.now(UTC))
    assert found.registration_id == launcher.registration.id
    assert found.storage_target == "storage-frame"
    assert found.request is not None
    assert found.request["login_hint"] == "7"
    assert found.nonce == nonce_of(login)
    assert login.browser_secret not in login.state
    for private in (found.nonce, "cmid"):
        assert private not in repr(found)


def test_a_registration_that_is_gone(launcher: Launcher) -> None:
    login = launcher.login()
    token = launcher.platform.sign(fill(launcher.platform.claims(), login))
    launcher.session.delete(launcher.registration)
    launcher.session.commit()
    with pytest.raises(LaunchRejected) as caught:
        launcher.verify(login, token)
    assert caught.value.code == "launch.state-unknown"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": None}, "launch.state-missing"),
        ({"state": ""}, "launch.state-missing"),
        ({"state": "made up"}, "launch.state-unknown"),
        ({"state": "\ud800"}, "launch.state-unknown"),
        ({"browser_secret": "another"}, "launch.other-browser"),
        ({"browser_secret": ""}, "launch.other-browser"),
        ({"browser_secret": None}, "launch.cookie-missing"),
        ({"browser_secret": None, "state": "made up"}, "launch.state-unknown"),
    ],
)
def test_state_and_browser(launcher: Launcher, changes: dict[str, Any], code: str) -> None:
    login = launcher.login()
    token = launcher.platform.sign(fill(launcher.platform.claims(), login))
    with pytest.raises(LaunchRejected) as caught:
        launcher.verify(login, token, **changes)
    assert caught.value.code == code


def test_a_missing_cookie_leaves_the_state_usable(launcher: Launcher) -> None:
    login = launcher.login()
    token = launcher.platform.sign(fill(launcher.platform.claims(), login))
    with pytest.raises(LaunchRejected):
        launcher.verify(login, token, browser_secret=None)
    launcher.verify(login, token)


def test_a_state_lives_ten_minutes(launcher: Launcher) -> None:
    login = launcher.login(datetime.now(UTC) - timedelta(minutes=11))
    with pytest.raises(LaunchRejected) as caught:
        launcher.verify(login, "x")
    assert caught.value.code == "launch.state-expired"


def test_login_asks_for_what_moodle_demands(launcher: Launcher) -> None:
    login = launcher.login()
    assert login.url.startswith(f"{launcher.platform.url}/auth?tenant=a&scope=openid&")
    for part in (
        "response_type=id_token",
        "response_mode=form_post",
        "prompt=none",
        "client_id=tool-1",
        "login_hint=7",
        "lti_message_hint=%7B%22cmid%22%3A3%7D",
    ):
        assert part in login.url
    assert nonce_of(login).replace("-", "").replace("_", "").isalnum()
    assert LAUNCH_URL not in repr(login)
    assert login.state not in repr(login)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": None}, "login.issuer-missing"),
        ({"iss": "https://evil.example"}, "login.issuer-unknown"),
        ({"login_hint": None}, "login.hint-missing"),
        ({"login_hint": ""}, "login.hint-missing"),
        ({"login_hint": "x" * 9000}, "request.field-too-long"),
        ({"client_id": "tool-2"}, "login.client-unknown"),
        ({"target_link_uri": "https://evil.example/"}, "login.target-foreign"),
        ({"target_link_uri": "https://tool.example:x/"}, "login.target-foreign"),
        ({"target_link_uri": "//tool.example/"}, "login.target-foreign"),
    ],
)
def test_logins_that_are_refused(
    launcher: Launcher, changes: dict[str, str | None], code: str
) -> None:
    with pytest.raises(LaunchRejected) as caught:
        launcher.login(**changes)
    assert caught.value.code == code


def test_login_without_client_id_and_target(launcher: Launcher) -> None:
    """As the certification suite sends it before deep linking."""
    login = launcher.login(client_id=None, target_link_uri=None, lti_message_hint=None)
    launcher.verify(login, launcher.platform.sign(fill(launcher.platform.deep_linking(), login)))
