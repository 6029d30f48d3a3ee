"""The picker: finding, looking, choosing, and what the platform gets; over a course of one unit and
a programme of two."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from lti_tool.models import LaunchSession, ResourceLink, UnitProgress, db
from tests.conformance.platform import DL
from tests.integration.lti_tool.conftest import Campus, Person, Tool

SECOND = [
    ("id: first", "id: second"),
    ("First <b>unit</b> & more", "Second unit"),
    ("workload_minutes: 30", "workload_minutes: 90"),
    ("competences: [c1]", "competences: [c2]"),
    ("target_groups: [managers]", "target_groups: [youth]"),
]
PAIR = [
    ("id: small", "id: pair"),
    ("units: [01-first]", "units: [01-first, 02-second]"),
    ("Small course", "Two units"),
    (
        "  - {id: c1,",
        "  - {id: c2, title: {en: Finance, fr: Finances}}\n  - {id: c1,",
    ),
    (
        "  - {id: managers,",
        "  - {id: youth, title: {en: Young people, fr: Jeunes}}\n  - {id: managers,",
    ),
]


@pytest.fixture(autouse=True)
def pair(tool: Tool) -> Iterator[Path]:
    """A second course on the shelf."""
    folder = tool.course.parent / "pair"
    draft = folder.with_name("pair.draft")
    shutil.copytree(tool.course, draft)
    shutil.copytree(draft / "units" / "01-first", draft / "units" / "02-second")
    change(draft / "course.yaml", PAIR)
    change(draft / "units" / "02-second" / "unit.yaml", SECOND)
    draft.rename(folder)
    yield folder
    shutil.rmtree(folder)


def change(file: Path, changes: list[tuple[str, str]]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def enter(campus: Campus, **settings: Any) -> Person:
    claims = campus.platform.deep_linking()
    claims[DL + "deep_linking_settings"] |= settings
    return campus.enter(claims)


def look(picker: Person, **query: Any) -> str:
    answer = picker.get(f"/pick/{picker.handle}", params=query)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def listed(page: str) -> list[str]:
    """The units in the list, not those kept aside."""
    return re.findall(r'name="unit" value="(\w+/\w+)" id="(?:first-unit|unit-)', page)


def ticked(page: str) -> list[str]:
    return re.findall(r'name="(?:unit|programme)" value="([\w/]+)"[^>]* checked', page)


def send(picker: Person, path: str = "", **fields: Any) -> list[dict[str, Any]]:
    """The content items of the answer."""
    base = f"/pick/{picker.handle}"
    answer = picker.post(base + path, data={"form_token": picker.form_token(base), **fields})
    assert answer.status_code == 200, answer.text[:1000]
    token = re.search(r'name="JWT" value="([^"]+)"', answer.text)
    assert token, answer.text[:3000]
    claims = jwt.decode(token[1], options={"verify_signature": False})
    items: list[dict[str, Any]] = claims[DL + "content_items"]
    return items


class TestFinding:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, ["pair/first", "pair/second", "small/first"]),
            ({"course": "pair"}, ["pair/first", "pair/second"]),
            ({"competence": "pair:c2"}, ["pair/second"]),
            ({"audience": "pair:youth"}, ["pair/second"]),
            ({"time": "61"}, ["pair/second"]),
            ({"time": "0"}, ["pair/first", "small/first"]),
            ({"speaks": "fr", "course": "small"}, ["small/first"]),
            ({"speaks": "ar"}, []),
            ({"q": "FINANCE"}, ["pair/second"]),
            ({"q": "jeunes", "time": "61"}, ["pair/second"]),
            ({"course": "pair", "competence": "small:c1"}, []),
            ({"course": "no-such"}, []),
            ({"course": "pair", "clear": "1"}, ["pair/first", "pair/second", "small/first"]),
        ],
    )
    def test_filters(self, campus: Campus, query: dict[str, str], found: list[str]) -> None:
        page = look(enter(campus), **query)
        assert listed(page) == found
        if not found:
            assert "No unit fits what you look for." in page

    def test_counts_are_of_what_would_be_left(self, campus: Campus) -> None:
        page = look(enter(campus), course="pair")
        options = dict(re.findall(r'<option value="([\w:-]+)"[^>]*>([^<]+)</option>', page))
        assert options["pair"] == "Two units (2)"
        assert options["small"] == "Small course (1)", "its own filter does not count"
        assert options["pair:c2"] == "Finance (1)"
        assert options["small:c1"] == "Governance (0)"
        assert options["0"] == "Up to 30 minutes (1)"

    def test_what_is_ticked_outlives_a_search(self, campus: Campus) -> None:
        picker = enter(campus)
        kept = {"sent": "1", "unit": ["small/first", "pair/first/quiz"], "programme": "pair"}
        page = look(picker, q="zebra", **kept)
        assert "Chosen before" in page
        assert set(ticked(page)) == {"small/first", "pair/first/quiz", "pair"}
        # The programme's two, one quiz beside them, and the other unit.
        assert "4 links chosen" in page
        page = look(picker, **kept)
        assert "Chosen before" not in page
        assert set(ticked(page)) == {"small/first", "pair/first/quiz", "pair"}

    def test_what_is_ticked_outlives_a_change_of_language(self, campus: Campus) -> None:
        picker = enter(campus)
        assert '<button class="plain" form="picker" name="language" value="fr"' in look(picker)
        kept = {"sent": "1", "unit": ["small/first", "pair/first/quiz"], "q": "first"}
        query = {**kept, "programme": "pair", "spoken": "fr", "_external": "1"}
        path = f"/pick/{picker.handle}"
        answer = picker.get(path, params={"language": "fr", **query})
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith(f"{path}?sent=1&")
        page = picker.get(answer.headers["Location"]).text
        assert '<html lang="fr"' in page
        assert set(ticked(page)) == {"small/first", "pair/first/quiz", "pair"}
        assert listed(page) == ["pair/first", "small/first"]
        assert 'value="fr" lang="fr" selected' in page
        assert 'id="graded" name="graded"' in page
        assert not re.search(r'id="graded" name="graded" checked', page)

    def test_hostile_queries(self, campus: Campus) -> None:
        picker = enter(campus)
        evil = '"><script>alert(1)</script>'
        names = ("q", "course", "competence", "audience", "speaks", "time", "unit", "spoken")
        for name in names:
            assert "<script>alert" not in look(picker, **{name: [evil, "../../etc", "x" * 3000]})
        page = look(picker, unit=["small/none", "/", "//", "small/first/quiz/x", "pair/"])
        assert ticked(page) == []


class TestAnswering:
    def test_a_whole_programme_in_order(self, campus: Campus) -> None:
        items = send(enter(campus), programme="pair", unit=["pair/second"], graded="on")
        assert [item["custom"]["unit"] for item in items] == ["first", "second"]
        assert [item["lineItem"]["resourceId"] for item in items] == ["pair/first", "pair/second"]
        assert all(item["lineItem"]["scoreMaximum"] == 100 for item in items)

    def test_only_the_quiz(self, campus: Campus) -> None:
        (item,) = send(enter(campus), unit="small/first/quiz", graded="on")
        assert "text" not in item
        assert (
            item["custom"].items() >= {"course": "small", "unit": "first", "part": "quiz"}.items()
        )
        assert item["title"] == "Quiz: First <b>unit</b> & more"
        learner = campus.learner(custom=item["custom"], resource_link={"id": "quiz-alone"})
        unit = learner.data()["units"][0]
        assert unit["pages"] == []
        assert len(unit["quiz"]) == 2
        with campus.tool.app.app_context():
            link = db.session.query(ResourceLink).filter_by(resource_link_id="quiz-alone").one()
            assert link.part == "quiz"
        whole = campus.learner(custom={"course": "small", "unit": "first", "part": "$Part"})
        assert len(whole.data()["units"][0]["pages"]) == 2

    def test_one_at_a_time(self, campus: Campus) -> None:
        picker = enter(campus, accept_multiple=False)
        page = look(picker)
        assert "takes one link at a time" in page
        assert 'type="radio" name="unit"' in page
        assert 'name="programme"' not in page
        base = f"/pick/{picker.handle}"
        data = {"form_token": picker.form_token(base), "unit": ["small/first", "pair/first"]}
        refused = picker.post(base, data=data)
        assert refused.status_code == 400
        assert "JWT" not in refused.text
        assert len(send(picker, unit="pair/first")) == 1

    @pytest.mark.parametrize(
        ("says", "asked", "sent"),
        [(True, True, True), (False, False, False), (None, True, True), ("x", True, True)],
    )
    def test_three_states_of_gradebook_columns(
        self, campus: Campus, says: Any, asked: bool, sent: bool
    ) -> None:
        picker = enter(campus, accept_lineitem=says)
        page = look(picker)
        assert ('name="graded"' in page) is asked
        assert ("does not say whether" in page) is (says not in (True, False))
        (item,) = send(picker, unit="small/first", graded="on")
        assert ("lineItem" in item) is sent

    @pytest.mark.parametrize("types", [["link"], ["html", "file"]])
    def test_a_platform_that_takes_no_links(self, campus: Campus, types: list[str]) -> None:
        picker = enter(campus, accept_types=types)
        page = look(picker)
        assert "it takes no LTI links in this place" in page
        assert 'name="unit"' not in page
        assert send(picker, cancel="1") == []
        base = f"/pick/{picker.handle}"
        by_hand = {"form_token": picker.form_token(base), "unit": "small/first"}
        for path in ("", "/options", "/add"):
            answer = picker.post(base + path, data={**by_hand, "item-0": "small/first"})
            assert answer.status_code == 400
            assert "it takes no LTI links in this place" in answer.text
            assert "JWT" not in answer.text

    def test_windows_where_there_are_no_frames(self, campus: Campus) -> None:
        picker = enter(campus, accept_presentation_document_targets=["window"])
        (item,) = send(picker, unit="small/first")
        assert item["window"]["targetName"]


class TestOptions:
    def fields(self, **changes: str) -> dict[str, str]:
        fixed = {
            "item-0": "small/first",
            "title-0": "  My\n title ",
            "language-0": "fr",
            "opens-0": "2026-09-01T08:00",
            "closes-0": "2026-09-30T23:59",
            "item-1": "pair/second/quiz",
            "graded-1": "on",
            "zone": "Africa/Tunis",
        }
        return {**fixed, **changes}

    def test_each_link_its_own(self, campus: Campus) -> None:
        picker = enter(campus)
        base = f"/pick/{picker.handle}"
        chosen = {"unit": ["small/first", "pair/second/quiz"], "graded": "on"}
        page = picker.post(
            f"{base}/options", data={"form_token": picker.form_token(base), **chosen}
        )
        assert page.status_code == 200
        assert 'name="item-0" value="pair/second/quiz"' in page.text
        first, second = send(picker, "/add", **self.fields())
        assert first["title"] == "My title"
        assert first["custom"]["set_language"] == "fr"
        assert first["available"] == {"startDateTime": "2026-09-01T07:00:00Z"}
        assert first["submission"] == {"endDateTime": "2026-09-30T22:59:00Z"}
        assert "lineItem" not in first
        assert second["title"] == "Quiz: Second unit"
        assert second["custom"]["part"] == "quiz"
        assert "lineItem" in second
        assert "available" not in second

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("closes-0", "2026-08-01T00:00", "The end must be after the beginning."),
            ("opens-0", "tomorrow", "Write a date and a time"),
            ("opens-0", "9999-12-31T23:59", "The end must be after the beginning."),
            ("closes-0", "0001-01-01T00:00", "Write a date and a time"),
            ("attempts-0", "6", "Choose between 1 and 5 attempts."),
            ("attempts-0", "²", "Choose between 1 and 5 attempts."),
            ("pass_mark-0", "49", "Write a whole number from 50 to 100"),
            ("pass_mark-0", "12e9", "Write a whole number from 50 to 100"),
            ("title-0", "x" * 256, "At most 255 characters."),
            ("zone", "Mars/Phobos", "The time zone is not known."),
            ("zone", "../../etc/passwd", "The time zone is not known."),
        ],
    )
    def test_what_is_wrong_is_said(self, campus: Campus, field: str, value: str, said: str) -> None:
        picker = enter(campus)
        base = f"/pick/{picker.handle}"
        data = {"form_token": picker.form_token(base), **self.fields(**{field: value})}
        answer = picker.post(f"{base}/add", data=data)
        assert answer.status_code == 400
        assert said in html.unescape(answer.text)
        assert "JWT" not in answer.text

    def test_forged(self, campus: Campus) -> None:
        picker, other = enter(campus), enter(campus)
        foreign = other.form_token(f"/pick/{other.handle}")
        for path in ("", "/options", "/add"):
            for token in ("", foreign):
                data = {"form_token": token, "unit": "small/first", **self.fields()}
                answer = picker.post(f"/pick/{picker.handle}{path}", data=data)
                assert answer.status_code == 403
                assert "JWT" not in answer.text
        unknown = {"form_token": picker.form_token(f"/pick/{picker.handle}"), "item-0": "a/b"}
        answer = picker.post(f"/pick/{picker.handle}/add", data=unknown)
        assert answer.status_code == 400


class TestLooking:
    def test_what_a_unit_teaches(self, campus: Campus) -> None:
        picker = enter(campus)
        path = f"/pick/{picker.handle}/unit/pair/second"
        answer = picker.get(path, params={"q": "unit", "unit": "small/first", "sent": "1"})
        assert answer.status_code == 200
        page = html.unescape(answer.text)
        for text in ("Explain it", "90 minutes", "Finance", "Young people", "Page one", "Page two"):
            assert text in page
        assert '<input type="hidden" name="unit" value="small/first">' in page
        assert '<input type="hidden" name="q" value="unit">' in page
        assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]

    def test_its_pages_and_nothing_kept(self, campus: Campus) -> None:
        picker = enter(campus)
        answer = picker.get(f"/pick/{picker.handle}/pages/small/first", params={"shown": "fr"})
        assert answer.status_code == 200
        assert '"preview":true' in answer.text
        assert "La page one" in answer.text
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self' http" in policy
        for source in re.findall(r'(?:src|href)="(/player/[^"]+)"', answer.text):
            assert picker.get(source).status_code == 200
        with campus.tool.app.app_context():
            found = db.session.query(LaunchSession).order_by(LaunchSession.id.desc()).first()
            assert found is not None
            assert db.session.query(UnitProgress).filter_by(user_id=found.user_id).count() == 0

    def test_only_from_a_picker(self, campus: Campus) -> None:
        learner, teacher, picker = campus.learner(), campus.teacher(), enter(campus)
        for path in ("unit/small/first", "pages/small/first"):
            assert learner.get(f"/pick/{learner.handle}/{path}").status_code == 404
            assert teacher.get(f"/pick/{teacher.handle}/{path}").status_code == 404
            assert picker.get(f"/pick/{'x' * 22}/{path}").status_code == 401
        for path in ("unit/small/none", "pages/none/first", "unit/..%2f..%2fetc/passwd"):
            assert picker.get(f"/pick/{picker.handle}/{path}").status_code == 404
