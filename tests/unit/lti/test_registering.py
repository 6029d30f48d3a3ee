"""lti.registration and lti.deep_linking: what the tool says of itself and of its units."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import jwt
import pytest
from sqlalchemy.orm import Session

from lti_tool.errors import PlatformError
from lti_tool.lti.claims import DeepLinkingSettings
from lti_tool.lti.configuration import (
    PlatformConfiguration,
    check_same_host,
    fetch_configuration,
)
from lti_tool.lti.deep_linking import content_item, response_jwt
from lti_tool.lti.keys import public_jwks
from lti_tool.lti.registration import (
    register,
    tool_document,
)
from lti_tool.models import Registration
from lti_tool.outbound import Outbound
from tests.conformance.emulators import Canvas
from tests.conformance.platform import DL, LTI, Answer, Platform, running_platform
from tests.unit.lti.conftest import SECRET

PATH = "/.well-known/openid-configuration"
CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
NAMES = {"en": "SSE Campus", "fr": "Campus ESS", "ar": "حرم"}


def document(configuration: PlatformConfiguration | None = None) -> dict[str, Any]:
    return tool_document(
        public_url="https://tool.example:8443",
        login_url="https://tool.example:8443/lti/abc/login",
        launch_url="https://tool.example:8443/lti/launch",
        jwks_url="https://tool.example:8443/lti/jwks",
        names=NAMES,
        descriptions={"en": "Courses", "fr": "Cours"},
        configuration=configuration,
    )


def test_registration(outbound: Outbound, platform: Platform) -> None:
    configuration = fetch_configuration(outbound, platform.url + PATH)
    stored = json.loads(json.dumps(asdict(configuration)))
    assert PlatformConfiguration.of(stored) == configuration
    values = register(outbound, configuration, "reg-token", document(configuration))
    assert values.client_id == "tool-1"
    assert values.issuer == platform.url
    assert values.product == "moodle"
    assert values.deployment_ids == ("deployment-1",)
    sent = platform.registered
    assert sent is not None
    assert "memberships" not in sent["scope"], "only the scopes that the platform offers"


def test_the_tools_document() -> None:
    value = document()
    assert value["redirect_uris"] == ["https://tool.example:8443/lti/launch"]
    assert value["token_endpoint_auth_method"] == "private_key_jwt"
    assert value["response_types"] == ["id_token"]
    assert value["client_name"] == "SSE Campus"
    assert value["client_name#ar"] == NAMES["ar"]
    assert len(value["scope"].split()) == 5
    tool = value[TOOL]
    assert tool["domain"] == "tool.example:8443"
    assert tool["claims"] == ["iss", "sub", "name", "given_name", "family_name", "locale"]
    kinds = [message["type"] for message in tool["messages"]]
    assert kinds == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issuer": "https://evil.example"}, "registration.issuer-foreign"),
        ({"issuer": "http://127.0.0.2"}, "registration.issuer-foreign"),
        ({"issuer": 5}, "registration.configuration-incomplete"),
        ({"registration_endpoint": None}, "registration.configuration-incomplete"),
        ({"jwks_uri": "javascript:alert(1)"}, "registration.configuration-incomplete"),
        ({"token_endpoint": ""}, "registration.configuration-incomplete"),
        ({"authorization_endpoint": []}, "registration.configuration-incomplete"),
    ],
)
def test_configurations_that_are_refused(
    outbound: Outbound, platform: Platform, changes: dict[str, Any], code: str
) -> None:
    platform.answers[PATH].append(Answer(200, {**platform.configuration(), **changes}))
    with pytest.raises(PlatformError) as caught:
        fetch_configuration(outbound, platform.url + PATH)
    assert caught.value.code == code


def test_an_https_platform_has_https_endpoints(outbound: Outbound, platform: Platform) -> None:
    secure = {**platform.configuration(), "issuer": "https://127.0.0.1"}
    platform.answers[PATH].append(Answer(200, secure))
    with pytest.raises(PlatformError, match="configuration-insecure"):
        fetch_configuration(outbound, platform.url + PATH)


def test_a_clouds_shared_issuer_is_read_from_the_clouds_own_domains() -> None:
    issuer = "https://canvas.instructure.com"
    check_same_host(issuer, "https://sso.canvaslms.com/api/lti/security/openid-configuration")
    check_same_host(issuer, "https://campus.instructure.com/api/lti")
    for elsewhere in (
        "https://canvaslms.com.evil.example/x",
        "https://evilcanvaslms.com/x",
        "http://sso.canvaslms.com/x",
    ):
        with pytest.raises(PlatformError, match="issuer-foreign"):
            check_same_host(issuer, elsewhere)
    with pytest.raises(PlatformError, match="issuer-foreign"):
        check_same_host("https://campus.example", "https://sso.canvaslms.com/x")


def test_canvas_shows_its_configuration_to_bearers_only(outbound: Outbound) -> None:
    with running_platform(Canvas) as canvas:
        configuration = fetch_configuration(outbound, canvas.url + PATH, "reg-token")
        asked = canvas.asked(PATH)[-1]
        assert asked.headers["Authorization"] == "Bearer reg-token"
        value = document(configuration)[TOOL]
        assert value["https://canvas.instructure.com/lti/privacy_level"] == "name_only"
        (picker,) = [m for m in value["messages"] if m["type"] == "LtiDeepLinkingRequest"]
        assert picker["placements"] == ["assignment_selection", "link_selection"]


def test_the_picker_appears_where_the_platform_can_show_it(
    outbound: Outbound, platform: Platform
) -> None:
    kind = {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea", "RichTextEditor"]}
    about = {"product_family_code": "canvas", "messages_supported": [kind, 7, None]}
    offered = {**platform.configuration(), CONFIGURATION: about, "authorization_server": "canvas"}
    platform.answers[PATH].append(Answer(200, offered))
    configuration = fetch_configuration(outbound, platform.url + PATH)
    assert configuration.token_audience is None, "a host's name is no audience at Canvas"
    (picker,) = [
        message
        for message in document(configuration)[TOOL]["messages"]
        if message["type"] == "LtiDeepLinkingRequest"
    ]
    assert picker["placements"] == ["ContentArea"]


@pytest.mark.parametrize(
    "answer",
    [Answer(404, b"x"), Answer(200, b"<html>"), Answer(200, []), Answer(500, {"issuer": 1})],
)
def test_configurations_that_are_none(
    outbound: Outbound, platform: Platform, answer: Answer
) -> None:
    platform.answers[PATH].append(answer)
    with pytest.raises(PlatformError) as caught:
        fetch_configuration(outbound, platform.url + PATH)
    assert caught.value.code == "registration.configuration-unreadable"
    with pytest.raises(PlatformError):
        fetch_configuration(outbound, "file:///etc/passwd")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(400, b"Invalid domain", {"Content-Type": "text/plain"}), "Invalid domain"),
        (Answer(422, {"errors": [{"field": "scope"}]}), "scope"),
        (Answer(422, {"errors": {"redirect_uris": ["bad"]}}), "redirect_uris"),
        (Answer(422, ["odd"]), "odd"),
        (Answer(422, b'"odd"'), "odd"),
        (Answer(401, {"error_description": "token used"}), "token used"),
        (Answer(500, b"<html>secret</html>", {"Content-Type": "text/html"}), "500"),
        (Answer(200, {"client_name": "x"}), "client_id"),
        (Answer(200, b"ok"), "client_id"),
        (Answer(200, {"client_id": 7}), "client_id"),
    ],
)
def test_refusals_in_the_platforms_words(
    outbound: Outbound, platform: Platform, answer: Answer, words: str
) -> None:
    configuration = fetch_configuration(outbound, platform.url + PATH)
    platform.answers["/register"].append(answer)
    with pytest.raises(PlatformError) as caught:
        register(outbound, configuration, "reg-token", document())
    assert words in caught.value.message
    assert "<html" not in caught.value.message
    assert not caught.value.retryable


def test_a_platform_without_registration_token(outbound: Outbound, platform: Platform) -> None:
    platform.registration_token = None
    configuration = fetch_configuration(outbound, platform.url + PATH)
    register(outbound, configuration, None, document())
    assert "Authorization" not in platform.asked("/register")[0].headers
    with pytest.raises(PlatformError, match="token-invalid"):
        register(outbound, configuration, "a\r\nX: b", document())


SETTINGS = DeepLinkingSettings("https://lms.example/back", ("ltiResourceLink",), True, True, "d<&>")


def unit(**changes: Any) -> dict[str, Any]:
    given = {
        "launch_url": "https://tool.example/lti/launch",
        "course_id": "sse",
        "unit_id": "a1",
        "title": "What makes it SSE?",
        "text": "Seven pages\nand a quiz",
        **changes,
    }
    return content_item(**given)


def test_a_unit_as_a_content_item() -> None:
    assert unit(options={"set_language": "fr"}) == {
        "type": "ltiResourceLink",
        "title": "What makes it SSE?",
        "text": "Seven pages and a quiz",
        "url": "https://tool.example/lti/launch",
        "custom": {
            "course": "sse",
            "unit": "a1",
            "set_language": "fr",
            "context_history": "$Context.id.history",
            "link_history": "$ResourceLink.id.history",
        },
        "lineItem": {
            "scoreMaximum": 100,
            "label": "What makes it SSE?",
            "resourceId": "sse/a1",
            "tag": "score",
            "submissionReview": {
                "reviewableStatus": ["Submitted", "Completed"],
                "url": "https://tool.example/lti/launch",
            },
        },
    }
    long = unit(title="x\n" * 300, graded=False)
    assert len(long["title"]) <= 255
    assert "\n" not in json.dumps(long, ensure_ascii=False).replace("\\n", "\n")
    assert "lineItem" not in long


def test_the_answer_to_deep_linking(session: Session, registration: Registration) -> None:
    moment = datetime.now(UTC)
    token = response_jwt(
        session, SECRET, registration, "deployment-1", SETTINGS, [unit(), unit()], moment
    )
    (key,) = public_jwks(session)["keys"]
    assert jwt.get_unverified_header(token)["kid"] == key["kid"]
    claims = jwt.decode(token, jwt.PyJWK(key), ["RS256"], audience=registration.issuer)
    assert claims["iss"] == claims["azp"] == registration.client_id
    assert claims["iat"] == int(moment.timestamp()) - 1
    assert claims["exp"] - claims["iat"] <= 300
    assert claims["nonce"]
    assert claims[LTI + "message_type"] == "LtiDeepLinkingResponse"
    assert claims[LTI + "version"] == "1.3.0"
    assert claims[LTI + "deployment_id"] == "deployment-1"
    assert claims[DL + "data"] == "d<&>"
    assert claims[DL + "content_items"] == [unit(), unit()]


def test_the_answer_respects_the_settings(session: Session, registration: Registration) -> None:
    narrow = replace(SETTINGS, accept_multiple=False, accept_line_item=False, data=None)
    token = response_jwt(
        session, SECRET, registration, "1", narrow, [unit(), unit()], datetime.now(UTC)
    )
    claims = jwt.decode(token, options={"verify_signature": False})
    (item,) = claims[DL + "content_items"]
    assert "lineItem" not in item
    assert DL + "data" not in claims
    none = replace(SETTINGS, accept_types=("link",))
    token = response_jwt(session, SECRET, registration, "1", none, [unit()], datetime.now(UTC))
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims[DL + "content_items"] == []


def test_a_quiz_with_dates_as_a_content_item() -> None:
    east = timezone(timedelta(hours=2))
    item = unit(
        part="quiz",
        opens=datetime(2026, 9, 1, 8, 0, tzinfo=east),
        closes=datetime(2026, 9, 30, 23, 59, tzinfo=east),
    )
    assert item["custom"]["part"] == "quiz"
    assert item["lineItem"]["resourceId"] == "sse/a1/quiz", "not the whole unit's"
    assert item["available"] == {"startDateTime": "2026-09-01T06:00:00Z"}
    assert item["submission"] == {"endDateTime": "2026-09-30T21:59:00Z"}
    assert "part" not in unit()["custom"]


@pytest.mark.parametrize(
    "value", ["two\nlines", "tab\there", "one\u2028two", "x" * 400, "\r\nfirst"]
)
def test_titles_and_custom_values_are_one_short_line(value: str) -> None:
    item = unit(title=value, unit_id=value, options={"set_language": "fr"})
    for text in (item["title"], item["lineItem"]["label"], *item["custom"].values()):
        assert len(text) <= 255
        assert len(text.splitlines()) <= 1
    assert isinstance(item["lineItem"]["scoreMaximum"], int)
    assert 1 <= item["lineItem"]["scoreMaximum"] <= 100


@pytest.mark.parametrize(
    ("change", "has_column", "has_window"),
    [
        ({"accept_line_item": True}, True, False),
        ({"accept_line_item": None}, True, False),
        ({"accept_line_item": False}, False, False),
        ({"targets": ("iframe", "window")}, True, False),
        ({"targets": ("window",)}, True, True),
        ({"targets": ("embed",)}, True, False),
    ],
)
def test_columns_and_windows_by_what_the_platform_says(
    session: Session,
    registration: Registration,
    change: dict[str, Any],
    has_column: bool,
    has_window: bool,
) -> None:
    settings = replace(SETTINGS, **change)
    assert DeepLinkingSettings.from_json(json.loads(json.dumps(settings.to_json()))) == settings
    moment = datetime.now(UTC)
    token = response_jwt(session, SECRET, registration, "1", settings, [unit()], moment)
    (item,) = jwt.decode(token, options={"verify_signature": False})[DL + "content_items"]
    assert ("lineItem" in item) is has_column
    assert ("window" in item) is has_window


def test_further_messages_and_scopes_are_asked_for_where_offered(
    outbound: Outbound, platform: Platform
) -> None:
    configuration = fetch_configuration(outbound, platform.url + PATH)
    usual = document(configuration)
    assert "submission" not in json.dumps(usual).lower()
    assert "noticehandlers" not in usual["scope"]
    further = ("LtiSubmissionReviewRequest", "LtiDataPrivacyLaunchRequest", "LtiStartProctoring")
    scopes = (
        "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly",
        "https://purl.imsglobal.org/spec/lti/scope/noticehandlers",
    )
    value = document(replace(configuration, messages=further, scopes=scopes))
    assert value["scope"].split() == list(scopes)
    messages = {message["type"]: message for message in value[TOOL]["messages"]}
    assert messages.keys() - {"LtiResourceLinkRequest", "LtiDeepLinkingRequest"} == set(further[:2])
    assert messages["LtiSubmissionReviewRequest"]["target_link_uri"].endswith("/lti/launch")
