"""The teaching pages for everybody: axe on each, narrow and wide, light and dark, both directions
of writing; nothing wider than the screen; by keyboard alone; times in the reader's zone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Frame, expect
from sqlalchemy import select

from lti_tool.db import writing
from lti_tool.models import Enrolment, Group, GroupMember, ResourceLink, User, db, now
from lti_tool.worker.loop import deliver
from tests.browser.tool.conftest import Show, enter
from tests.conformance.platform import INSTRUCTOR, Answer
from tests.integration.lti_tool.conftest import LAUNCH_CUSTOM, Campus

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node" / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async () => (await axe.run(document, {preload: false, runOnly: ["wcag2a", "wcag2aa",
  "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})).violations.flatMap(
  (one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 200)}`))"""
WIDER = "() => document.documentElement.scrollWidth - innerWidth"
RIGHT, WRONG = {"q1": "a", "q2": "a"}, {"q1": "b", "q2": "b"}


def teacher(campus: Campus, lms: str, context: str, locale: str = "en") -> str:
    """The path of a teacher's launch."""
    claims = campus.platform.claims(
        sub="teacher-1",
        name="Teacher",
        roles=[INSTRUCTOR],
        custom=LAUNCH_CUSTOM,
        context={"id": context, "title": "Social economy 1"},
        launch_presentation={"locale": locale, "return_url": f"{lms}/back"},
    )
    return enter(campus, claims)


def learners(campus: Campus, context: str) -> int:
    """Some of each stage; the number of one who has something of everything."""
    here: dict[str, Any] = {"context": {"id": context, "title": "Social economy 1"}}
    one = campus.learner(f"{context}-1", name="Amina Diallo", **here)
    one.api("PUT", "/units/first/progress", {"page": "one", "seen": ["one"]})
    campus.platform.answers["/lineitems/1/lineitem/scores"].append(Answer(400, b"no such user"))
    one.api("POST", "/units/first/hand-in", {"number": 1, "answers": WRONG})
    deliver(campus.tool.app)
    two = campus.learner(f"{context}-2", name="Zoé Martin-Delacroix de la Fontaine", **here)
    two.api("POST", "/units/first/hand-in", {"number": 1, "answers": RIGHT})
    deliver(campus.tool.app)
    campus.learner(f"{context}-3", name=None, **here)
    campus.learner(f"{context}-4", name="يوسف العلوي", **here)
    with campus.tool.app.app_context(), writing() as session:
        user = session.scalars(select(User).where(User.sub == f"{context}-1")).one()
        gone = session.scalars(select(User).where(User.sub == f"{context}-4")).one()
        row = session.scalars(select(Enrolment).where(Enrolment.user_id == gone.id)).one()
        row.left_at = now()
        row.context.memberships_url = f"{campus.platform.url}/members"
        row.context.roster_error = "service.refused-500: The platform answered 500."
        group = Group(context_pk=row.context_pk, group_id="g", name="Team A", set_name="Teams")
        session.add(group)
        session.flush()
        session.add(GroupMember(group_pk=group.id, user_id=user.id))
        link = session.scalars(
            select(ResourceLink).where(ResourceLink.context_pk == row.context_pk)
        ).one()
        link.results_at = now()
        return user.id


def assert_fits(frame: Frame, where: str) -> None:
    frame.add_script_tag(path=AXE)
    assert frame.evaluate(RUN_AXE) == [], where
    assert frame.evaluate(WIDER) <= 0, where


@pytest.mark.parametrize(
    ("locale", "width", "scheme"),
    [("en", 390, "light"), ("fr", 1280, "dark"), ("ar", 390, "dark"), ("ar", 1280, "light")],
)
def test_axe_finds_nothing(
    campus: Campus, lms: str, show: Show, locale: str, width: int, scheme: str
) -> None:
    context = f"axe-{locale}-{width}"
    number = learners(campus, context)
    path = teacher(campus, lms, context, locale)
    _, frame = show(path, width=width, color_scheme=scheme, bypass_csp=True)
    for name, part in (
        ("overview", ""),
        ("stuck", "?stage=stuck"),
        ("nobody", "?q=nobody"),
        ("learner", f"/learner/{number}"),
        ("reset", f"/learner/{number}/reset"),
        ("options", "/options"),
        ("gradebook", "/gradebook"),
        ("guide", "/guide"),
    ):
        frame.goto(campus.tool.url + path + part)
        frame.evaluate(
            "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
        )
        assert_fits(frame, f"{name}-{locale}-{width}")


PAIRS = """\
  - id: pairs
    type: matching
    outcome: explain
    prompt: {en: "What belongs together?", fr: "Que relier ?"}
    options:
      - {id: o1, text: {en: Incomedistributionnotpermitted, fr: Sans but lucratif}}
      - {id: o2, text: {en: One member one vote, fr: Une personne une voix}}
    pairs:
      - id: p1
        left: {en: Intergenerationalcommunityfoundation, fr: Fondation}
        right: o1
        feedback: {en: It gives, fr: Elle donne}
      - id: p2
        left: {en: A cooperative, fr: Une coopérative}
        right: o2
        feedback: {en: It votes, fr: Elle vote}
"""


def test_pairs_stand_below_each_other_on_a_phone(
    campus: Campus, course: Path, lms: str, show: Show
) -> None:
    questions = course / "units" / "01-first" / "questions.yaml"
    text = questions.read_text(encoding="utf-8")
    questions.write_text(text.replace("checks:\n", f"{PAIRS}checks:\n"), encoding="utf-8")
    here: dict[str, Any] = {"context": {"id": "pairs", "title": "x"}}
    learner = campus.learner("pairs-1", **here)
    answers = {"pairs": {"p1": "o2", "p2": "o1"}}
    answer = learner.api("POST", "/units/first/hand-in", {"number": 1, "answers": answers})
    assert answer.status_code == 200, answer.text
    with campus.tool.app.app_context():
        user = db.session.scalars(select(User).where(User.sub == "pairs-1")).one()
        number = user.id
    _, frame = show(f"{teacher(campus, lms, 'pairs')}/learner/{number}", width=320, bypass_csp=True)
    frame.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    cells = frame.locator("tr:has-text('Intergenerational') > *")
    boxes = [cells.nth(place).bounding_box() for place in range(3)]
    tops = [box["y"] for box in boxes if box]
    assert len(tops) == 3
    assert tops == sorted(set(tops))
    assert_fits(frame, "pairs")


def test_a_name_without_a_space_hides_no_column(campus: Campus, lms: str, show: Show) -> None:
    here: dict[str, Any] = {"context": {"id": "long", "title": "x"}}
    campus.learner("long-1", name="Wolfeschlegelsteinhausenbergerdorff" * 4, **here)
    _, frame = show(teacher(campus, lms, "long"))
    expect(frame.locator(".learners")).to_be_visible()
    assert frame.locator(".scroll").evaluate("one => one.scrollWidth - one.clientWidth") <= 0


def test_a_form_with_mistakes_leads_to_them(campus: Campus, lms: str, show: Show) -> None:
    _, frame = show(teacher(campus, lms, "mistakes") + "/options", bypass_csp=True)
    frame.locator("#pass_mark").evaluate("field => { field.type = 'text'; }")
    frame.locator("#pass_mark").fill("all of it")
    frame.get_by_role("button", name="Save the options").click()
    expect(frame.get_by_role("alert")).to_contain_text("Nothing is saved yet")
    assert_fits(frame, "mistakes")
    frame.get_by_role("link", name="Write a whole number").click()
    expect(frame.locator("#pass_mark")).to_be_focused()


def test_dates_in_the_readers_own_zone(campus: Campus, lms: str, show: Show) -> None:
    path = teacher(campus, lms, "zones")
    _, frame = show(path + "/options", timezone_id="Africa/Cairo", locale="en-GB")
    expect(frame.locator("#time_zone")).to_have_value("Africa/Cairo")
    frame.get_by_label("As a group, accompanied").check()
    frame.locator("#closes_at").fill("2031-07-01T18:30")
    frame.locator("#tutor").fill("Amina")
    frame.get_by_role("button", name="Save the options").click()
    expect(frame.get_by_role("status")).to_contain_text("Saved")
    learner = campus.platform.claims(
        sub="zone-1",
        custom=LAUNCH_CUSTOM,
        context={"id": "zones", "title": "x"},
        launch_presentation={"locale": "en", "return_url": f"{lms}/back"},
    )
    _, play = show(
        enter(campus, learner), timezone_id="Europe/Paris", locale="en-GB", bypass_csp=True
    )
    banner = play.locator(".banner")
    expect(banner).to_contain_text("1 Jul 2031, 17:30")
    expect(banner).to_contain_text("Europe/Paris")
    expect(banner).to_contain_text("Amina")
    expect(play.locator("body")).to_have_class(re.compile("is-ready"))
    assert_fits(play, "play-banner")


def test_by_keyboard_alone(campus: Campus, lms: str, show: Show) -> None:
    """Sort, open a learner, grant an attempt, preview and come back."""
    number = learners(campus, "keys")
    path = teacher(campus, lms, "keys")
    _, frame = show(path)
    frame.get_by_role("link", name="Score", exact=True).press("Enter")
    expect(frame.locator("th[aria-sort='descending']")).to_contain_text("Score")
    frame.get_by_role("link", name="Amina Diallo").press("Enter")
    expect(frame.get_by_role("heading", name="Amina Diallo")).to_be_visible()
    assert frame.url.endswith(f"/learner/{number}")
    frame.get_by_role("button", name="Grant one more attempt").press("Enter")
    expect(frame.locator(".facts")).to_contain_text("1 of 3 used")
    frame.get_by_role("link", name="Back to the learners").press("Enter")
    frame.get_by_role("button", name="Preview as a learner").press("Enter")
    expect(frame.locator(".banner")).to_contain_text("Preview: nothing is kept.")
    expect(frame.locator("body")).to_have_class(re.compile("is-ready"))
    expect(frame.locator(".notice")).to_have_count(0)
    frame.get_by_role("link", name="Back to the teaching pages").press("Enter")
    expect(frame.get_by_role("link", name="Amina Diallo")).to_be_visible()


def test_a_quiz_alone_and_one_that_is_over(campus: Campus, lms: str, show: Show) -> None:
    here = {"id": "alone", "title": "x"}
    custom = {**LAUNCH_CUSTOM, "part": "quiz"}
    back = {"locale": "en", "return_url": f"{lms}/back"}
    claims = campus.platform.claims(
        sub="alone-1", custom=custom, context=here, launch_presentation=back
    )
    path = enter(campus, claims)
    _, frame = show(path, width=390, bypass_csp=True)
    expect(frame.locator("body")).to_have_class(re.compile("is-ready"))
    expect(frame.locator(".view.is-current")).to_have_attribute("data-view", "first/quiz")
    assert_fits(frame, "quiz-alone")
    with campus.tool.app.app_context(), writing() as session:
        link = session.scalars(select(ResourceLink).order_by(ResourceLink.id.desc())).first()
        assert link is not None
        link.options = {"mode": "spoc", "closes_at": "2020-01-01T00:00:00+00:00"}
    # One: what it says a moment later may take the place of the others.
    frame.locator(".is-current .choice label").first.click()
    expect(frame.locator(".is-current [data-quiz]")).to_contain_text("The time for handing in")
