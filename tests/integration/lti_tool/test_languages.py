"""The language of the pages: from the launch, changeable by the learner, remembered for the
session; and a launch that speaks none costs nothing."""

from __future__ import annotations

from typing import Any, NoReturn

import flask_babel  # type: ignore[import-untyped]
import pytest

from lti_tool.web import i18n
from tests.integration.lti_tool.conftest import LAUNCH_CUSTOM, Campus, Person


def language(person: Person, path: str = "/me") -> str:
    html = person.get(f"{path}/{person.handle}").text
    return html.split('<html lang="', 1)[1].split('"', 1)[0]


@pytest.mark.parametrize(
    ("custom", "locale", "expected"),
    [
        ({"language": "ar"}, "fr", "ar"),
        ({"language": "$Person.locale"}, "fr_CA", "fr"),
        ({}, "ar-TN", "ar"),
        ({}, "de", "en"),
    ],
)
def test_the_launch_says_it(
    campus: Campus, custom: dict[str, Any], locale: str, expected: str
) -> None:
    learner = campus.learner(
        custom={**LAUNCH_CUSTOM, **custom}, launch_presentation={"locale": locale}
    )
    assert language(learner) == expected


def test_the_learner_changes_it_for_the_session(campus: Campus) -> None:
    learner = campus.learner()
    changed = learner.get(f"/me/{learner.handle}?language=fr")
    assert changed.status_code == 303
    assert changed.headers["Location"] == f"/me/{learner.handle}"
    assert language(learner) == language(learner, "/play") == "fr"
    other = campus.learner()
    assert language(other) == "en"


@pytest.mark.parametrize("wish", ["it", "xx", "<script>", "../ar", ""])
def test_a_language_that_is_not_on_offer_changes_nothing(campus: Campus, wish: str) -> None:
    learner = campus.learner()
    answer = learner.get(f"/me/{learner.handle}", params={"language": wish})
    assert answer.status_code == 200
    assert language(learner) == "en"


def test_a_launch_reads_no_catalogue(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> NoReturn:
        raise AssertionError("a launch looked for a text")

    monkeypatch.setattr(i18n, "_catalogue", never)
    monkeypatch.setattr(i18n, "_locale", never)
    monkeypatch.setattr(flask_babel.Domain, "get_translations", never)
    learner = campus.learner(launch_presentation={"locale": "fr"})
    assert learner.page == "play"
