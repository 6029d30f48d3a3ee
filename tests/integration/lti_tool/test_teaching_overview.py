"""The table of learners: stages, filters, order, the file, scores sent again."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lti_tool.db import writing
from lti_tool.models import (
    Enrolment,
    Group,
    GroupMember,
    ScoreDelivery,
    UnitProgress,
    User,
    db,
    now,
)
from lti_tool.worker.loop import deliver
from tests.conformance.platform import Answer
from tests.integration.lti_tool.conftest import Campus
from tests.integration.lti_tool.overview import (
    RIGHT,
    cards,
    hand_in,
    link_of,
    rows,
    teacher_of,
    texts,
)

WRONG = {"q1": "b", "q2": "b"}


@pytest.fixture
def course_of_five(campus: Campus) -> str:
    """One in each stage, one who left, one whom only the roster knows."""
    here = {"context": {"id": "five"}}
    done = campus.learner("f-done", name="Zoé Done", **here)
    hand_in(done, 1, RIGHT)
    stuck = campus.learner("f-stuck", name="Élodie Stuck", **here)
    hand_in(stuck, 1, WRONG)
    hand_in(stuck, 2, WRONG)
    still = campus.learner("f-still", name="Adel Still", **here)
    still.api("PUT", "/units/first/progress", {"page": "one", "seen": ["one"]})
    working = campus.learner("f-working", name="أمينة Working", **here)
    working.api("PUT", "/units/first/progress", {"page": "one", "seen": ["one", "two"]})
    campus.learner("f-new", name=None, **here)
    with campus.tool.app.app_context(), writing() as session:
        link = link_of("five")
        registration = link.context.deployment.registration_id
        ours = select(User).where(User.registration_id == registration)
        people = {user.sub: user for user in session.scalars(ours)}
        session.execute(
            update(UnitProgress)
            .where(UnitProgress.user_id == people["f-still"].id)
            .values(updated_at=now() - timedelta(days=8))
        )
        listed = User(registration_id=registration, sub="f-listed", name="Bruno Listed")
        gone = User(registration_id=registration, sub="f-gone", name="Gone Person")
        session.add_all([listed, gone])
        session.flush()
        session.add_all(
            [
                Enrolment(context_pk=link.context_pk, user_id=listed.id),
                Enrolment(context_pk=link.context_pk, user_id=gone.id, left_at=now()),
            ]
        )
        group = Group(context_pk=link.context_pk, group_id="g1", name="Team A", set_name=None)
        session.add(group)
        session.flush()
        for sub in ("f-done", "f-still"):
            session.add(GroupMember(group_pk=group.id, user_id=people[sub].id))
    return "five"


class TestStages:
    def test_each_learner_stands_in_one(self, campus: Campus, course_of_five: str) -> None:
        teacher = teacher_of(campus, course_of_five)
        page = teacher.get(f"/teach/{teacher.handle}").text
        assert cards(page) == {
            "Everyone": 7,
            "Not started": 2,
            "At work": 1,
            "Stuck": 2,
            "Done": 1,
            "Left the course": 1,
        }
        shown = "\n".join(rows(page))
        assert re.search(r"Zoé Done Team A Done 100 0/2 1/2", shown)
        assert "Élodie Stuck Stuck No attempt left" in shown
        assert "Adel Still Team A Stuck Nothing done for 7 days or more" in shown
        assert re.search(r"أمينة Working At work – 2/2 0/2", shown)
        assert re.search(r"Learner \d+ Not started", shown)
        assert "Bruno Listed Not started" in shown
        assert "Gone Person Left the course:" in shown
        assert "Stuck: not passed, and no attempt is left" in texts(page)

    def test_two_attempts_not_passed(self, campus: Campus) -> None:
        learner = campus.learner("twice-1", name="Two", context={"id": "twice"})
        hand_in(learner, 1, WRONG)
        teacher = teacher_of(campus, "twice")
        assert "At work" in rows(teacher.get(f"/teach/{teacher.handle}").text)[0]
        with campus.tool.app.app_context(), writing():
            link_of("twice").options = {"attempts": 5}
        hand_in(learner, 2, WRONG)
        shown = rows(teacher.get(f"/teach/{teacher.handle}").text)[0]
        assert "Stuck Two or more attempts not passed 0 0/2 2/5" in shown

    def test_each_card_filters(self, campus: Campus, course_of_five: str) -> None:
        teacher = teacher_of(campus, course_of_five)
        page = teacher.get(f"/teach/{teacher.handle}").text
        for stage, names in (
            ("stuck", ["Adel Still", "Élodie Stuck"]),
            ("done", ["Zoé Done"]),
            ("left", ["Gone Person"]),
        ):
            address = re.search(rf'href="([^"]*stage={stage}[^"]*)"', page)
            assert address
            filtered = teacher.get(html.unescape(address[1])).text
            assert 'aria-current="true"' in filtered
            shown = rows(filtered)
            assert len(shown) == len(names)
            assert all(any(name in row for row in shown) for name in names)


class TestFinding:
    @pytest.mark.parametrize(
        ("words", "names"),
        [
            ("zoé", ["Zoé Done"]),
            ("ÉLODIE", ["Élodie Stuck"]),
            ("elodie", ["Élodie Stuck"]),
            ("zoe\u0301", ["Zoé Done"]),
            ("st adel", ["Adel Still"]),
            ("أمينة", ["أمينة Working"]),
            ("امينه", ["أمينة Working"]),
            ("إمِينة", ["أمينة Working"]),
            ("100%", []),
            ("_", []),
            ("'; DROP TABLE users; --", []),
        ],
    )
    def test_by_words(
        self, campus: Campus, course_of_five: str, words: str, names: list[str]
    ) -> None:
        teacher = teacher_of(campus, course_of_five)
        answer = teacher.get(f"/teach/{teacher.handle}", params={"q": words})
        assert answer.status_code == 200
        shown = rows(answer.text)
        assert len(shown) == len(names)
        assert all(name in row for name, row in zip(names, shown, strict=True))

    def test_by_number_who_has_no_name(self, campus: Campus, course_of_five: str) -> None:
        teacher = teacher_of(campus, course_of_five)
        number = re.search(r"Learner (\d+)", teacher.get(f"/teach/{teacher.handle}").text)
        assert number
        page = teacher.get(f"/teach/{teacher.handle}", params={"q": number[1]}).text
        assert len(rows(page)) == 1

    def test_by_group(self, campus: Campus, course_of_five: str) -> None:
        teacher = teacher_of(campus, course_of_five)
        page = teacher.get(f"/teach/{teacher.handle}").text
        group = re.search(r'<option value="(\d+)">Team A', page)
        assert group
        page = teacher.get(f"/teach/{teacher.handle}", params={"group": group[1]}).text
        assert cards(page)["Everyone"] == 2
        other = campus.teacher("t-else", context={"id": "elsewhere"})
        campus.learner("x-1", context={"id": "elsewhere"})
        page = other.get(f"/teach/{other.handle}", params={"group": group[1]}).text
        assert rows(page) == []

    @pytest.mark.parametrize(
        "query",
        [
            "group=99999999999999999999",
            "group=x",
            "page=99999999999999999999",
            "page=-1",
            "sort=password",
            "sort=-",
            "stage=everything",
            "q=%00",
            "q=" + "a+" * 300,
            "q=%FF",
        ],
    )
    def test_hostile_addresses(self, campus: Campus, course_of_five: str, query: str) -> None:
        teacher = teacher_of(campus, course_of_five)
        assert teacher.get(f"/teach/{teacher.handle}?{query}").status_code == 200


class TestOrder:
    @pytest.mark.parametrize(
        ("sort", "first"),
        [
            ("name", "Adel"),
            ("-name", "أمينة"),
            ("stage", "Bruno"),
            ("-stage", "Zoé"),
            ("-score", "Zoé"),
            ("score", "Élodie"),
            ("-pages", "أمينة"),
            ("-attempts", "Élodie"),
            ("last", "Adel"),
            ("started", "Zoé"),
            ("told", "Élodie"),
        ],
    )
    def test_by_every_column(
        self, campus: Campus, course_of_five: str, sort: str, first: str
    ) -> None:
        teacher = teacher_of(campus, course_of_five)
        page = teacher.get(f"/teach/{teacher.handle}", params={"sort": sort}).text
        assert rows(page)[0].startswith(first)
        wanted = "descending" if sort.startswith("-") else "ascending"
        assert re.findall(r'aria-sort="(\w+)"', page) == [wanted]


class TestFile:
    def test_it_holds_what_the_table_shows(self, campus: Campus, course_of_five: str) -> None:
        teacher = teacher_of(campus, course_of_five)
        path = f"/teach/{teacher.handle}/learners.csv"
        answer = teacher.get(path, params={"stage": "stuck", "sort": "-name"})
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
        assert answer.headers["Content-Disposition"] == "attachment; filename=first-learners.csv"
        assert answer.content.startswith(b"\xef\xbb\xbf")
        body = answer.content.decode("utf-8-sig")
        assert body.count("\r\n") == body.count("\n") == 3
        head, *lines = csv.reader(io.StringIO(body))
        assert head[1] == "Learner"
        assert [line[1] for line in lines] == ["Élodie Stuck", "Adel Still"]
        assert lines[0][3:10] == ["Stuck", "No attempt left", "0.00", "0", "2", "2", "2"]

    def test_it_speaks_the_readers_language(self, campus: Campus, course_of_five: str) -> None:
        teacher = campus.teacher(
            context={"id": course_of_five}, launch_presentation={"locale": "fr"}
        )
        body = teacher.get(f"/teach/{teacher.handle}/learners.csv").content.decode("utf-8-sig")
        assert "Pas commencé" in body

    def test_names_are_no_formulas(self, campus: Campus) -> None:
        here = {"context": {"id": "formulas"}}
        names = [
            '=HYPERLINK("http://x","y")',
            "+1",
            "-1",
            "@SUM(A1)",
            "\tx",
            'a "b", c',
            "＝1",
            "x;=1+1",
        ]
        for number, name in enumerate(names):
            campus.learner(f"formula-{number}", name=name, **here)
        teacher = teacher_of(campus, "formulas")
        body = teacher.get(f"/teach/{teacher.handle}/learners.csv").content.decode("utf-8-sig")
        found = {line[1] for line in list(csv.reader(io.StringIO(body, newline="")))[1:]}
        assert 'a "b", c' in found
        assert all(not name.startswith(("=", "+", "-", "@", "\t", "＝")) for name in found)
        assert "'@SUM(A1)" in found
        # As it is read where semicolons divide the cells.
        cells = [cell for line in body.splitlines() for cell in line.split(";")]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_all_scores_that_failed_are_sent_again(campus: Campus) -> None:
    for number in (1, 2):
        learner = campus.learner(f"resend-{number}", context={"id": "resend"})
        campus.platform.answers["/lineitems/1/lineitem/scores"].append(Answer(400, b"no"))
        hand_in(learner, 1, RIGHT)
        assert deliver(campus.tool.app).failed == 1
    stranger = campus.learner("resend-3", context={"id": "resend-other"})
    campus.platform.answers["/lineitems/1/lineitem/scores"].append(Answer(400, b"no"))
    hand_in(stranger, 1, RIGHT)
    assert deliver(campus.tool.app).failed == 1
    teacher = teacher_of(campus, "resend")
    path = f"/teach/{teacher.handle}"
    page = teacher.get(path).text
    assert "2 scores did not reach the gradebook." in page
    assert len(rows(teacher.get(f"{path}?stage=unsent").text)) == 2
    assert teacher.post(f"{path}/send").status_code == 403
    token = teacher.form_token(path)
    assert teacher.post(f"{path}/send", data={"form_token": token}).status_code == 303
    assert deliver(campus.tool.app).delivered == 2
    with campus.tool.app.app_context():
        states = db.session.scalars(select(ScoreDelivery.state)).all()
    assert states.count("failed") >= 1
    assert ("1", "resend-3") not in campus.platform.scores
