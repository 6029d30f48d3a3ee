"""lti.nrps: the members of a course, and to which hosts a bearer may go."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lti_tool.errors import PlatformError
from lti_tool.lti import nrps
from lti_tool.lti.platform import Platform
from lti_tool.lti.quirks import quirks_for
from lti_tool.lti.tokens import ServiceTokens
from tests.conformance.platform import INSTRUCTOR, Answer
from tests.conformance.platform import Platform as Lms


@pytest.mark.parametrize(
    "link",
    [
        '<{url}>; rel="next"',
        "<{url}>; rel=next",
        "<{url}>;rel='next'",
        '<http://x/first>; rel="first", <{url}>; rel="next"',
        '<{url}>; rel="last next"; title="x"',
        "<{moodle}>; rel=“next”",
        '</members?from=2&Case=Kept>; rel="next"',
    ],
)
def test_members_in_pages(
    tokens: ServiceTokens, values: Platform, platform: Lms, link: str
) -> None:
    url = f"{platform.url}/members?from=2&Case=Kept"
    header = link.format(url=url, moodle=url.replace("&", "&amp;"))
    first = {"members": [{"user_id": "1", "name": "A", "roles": ["Learner"]}]}
    platform.answers["/members"].extend(
        [Answer(200, first, {"Link": header.encode().decode("latin-1")})]
    )
    platform.tokens.add("t")
    platform.members = [
        {"user_id": "2", "roles": [INSTRUCTOR], "given_name": "B", "family_name": "C"},
        {"user_id": "3", "status": "Inactive", "roles": "x"},
        {"name": "without an id"},
        "nonsense",
    ]
    found = members(tokens, values, f"{platform.url}/members")
    assert [m.sub for m in found] == ["1", "2", "3"]
    assert [m.is_instructor for m in found] == [False, True, False]
    assert [m.active for m in found] == [True, True, False]
    assert found[1].name == "B C"
    assert platform.asked("/members")[0].query == {"limit": "500"}
    second = platform.asked("/members")[1]
    assert second.query == {"from": "2", "Case": "Kept"}
    accept = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    assert second.headers["Accept"] == accept
    (token,) = platform.asked("/token")
    assert token.form["scope"] == nrps.SCOPE


def test_pages_that_go_round_in_circles_are_not_taken_for_all(
    tokens: ServiceTokens, values: Platform, platform: Lms
) -> None:
    header = {"Link": f'<{platform.url}/members?from=2>; rel="next"'}
    platform.answers["/members"].extend([Answer(200, {"members": []}, header)] * 5)
    with pytest.raises(PlatformError, match="endless"):
        members(tokens, values, f"{platform.url}/members")
    assert len(platform.asked("/members")) == 2


def test_a_next_page_elsewhere_gets_no_bearer(
    tokens: ServiceTokens, values: Platform, platform: Lms
) -> None:
    header = {"Link": '<https://evil.example/members>; rel="next"'}
    platform.answers["/members"].append(Answer(200, {"members": []}, header))
    with pytest.raises(PlatformError, match="foreign-host"):
        members(tokens, values, f"{platform.url}/members")


@pytest.mark.parametrize("body", [{}, [], {"members": None}, {"members": {"user_id": "1"}}])
def test_an_answer_without_members_is_no_empty_course(
    tokens: ServiceTokens, values: Platform, platform: Lms, body: object
) -> None:
    platform.answers["/members"].append(Answer(200, body))
    with pytest.raises(PlatformError, match="has no members"):
        members(tokens, values, f"{platform.url}/members")


def test_groups_of_members(tokens: ServiceTokens, values: Platform, platform: Lms) -> None:
    platform.members = [
        {"user_id": "1", "group_enrollments": [{"group_id": 7}, {"group_id": "b"}, {}, "x"]},
        {"user_id": "2", "group_enrollments": {"group_id": "7"}},
        {"user_id": "3", "group_enrollments": [{"group_id": True}, {"group_id": ["7"]}]},
    ]
    url = f"{platform.url}/members?id=3"
    (page,) = nrps.member_pages(tokens, values, url, groups=True)
    assert [m.groups for m in page] == [("7", "b"), (), ()]
    assert platform.asked("/members")[0].query == {"id": "3", "limit": "500", "groups": "true"}


def members(tokens: ServiceTokens, values: Platform, url: str) -> list[nrps.Member]:
    return [member for page in nrps.member_pages(tokens, values, url) for member in page]


@pytest.mark.parametrize(
    ("product", "issuer", "url", "owned"),
    [
        ("", "https://lms.example", "https://lms.example/x", True),
        ("", "https://lms.example", "https://LMS.example:443/x", True),
        ("", "https://lms.example", "https://lms.example:8443/x", False),
        ("", "https://lms.example", "http://lms.example/x", False),
        ("", "https://lms.example", "https://sub.lms.example/x", False),
        ("", "https://lms.example", "https://u@lms.example/x", False),
        ("", "https://lms.example", "https://school.instructure.com/x", False),
        ("canvas", "https://lms.example", "https://school.instructure.com/x", True),
        ("", "https://canvas.instructure.com", "https://school.instructure.com/x", True),
        ("canvas", "https://lms.example", "https://notinstructure.com/x", False),
        ("canvas", "https://lms.example", "http://school.instructure.com/x", False),
        ("", "https://blackboard.com", "https://campus.blackboard.com/x", True),
    ],
)
def test_which_hosts_are_the_platforms(
    values: Platform, product: str, issuer: str, url: str, owned: bool
) -> None:
    names = dict.fromkeys(("auth_url", "token_url", "jwks_url"), issuer)
    platform = replace(values, issuer=issuer, quirks=quirks_for(product, issuer), **names)
    assert platform.owns(url) is owned
