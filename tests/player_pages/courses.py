"""A course of two units with every type of question, made in code."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from content.model import (
    Choice,
    Cloze,
    Course,
    Gap,
    Matching,
    Mistake,
    MultipleChoice,
    Named,
    Numeric,
    Option,
    OrderedItem,
    Ordering,
    Outcome,
    Page,
    Pair,
    Question,
    Scenario,
    ShortText,
    SingleChoice,
    Step,
    Term,
    TrueFalse,
    Unit,
)


def text(words: str) -> dict[str, str]:
    return {"en": words}


def choices(*ids: str, right: str = "") -> tuple[Choice, ...]:
    """``right`` lists the correct ones, separated by spaces."""
    return tuple(
        Choice(one, text(f"Choice {one}"), text(f"About {one}"), one in right.split())
        for one in ids
    )


def every_type(prefix: str = "") -> tuple[Question, ...]:
    def about(name: str) -> dict[str, object]:
        return {"id": prefix + name, "prompt": text(f"The {name} one?"), "outcome": "know"}

    told = {"if_right": text("Well counted"), "if_wrong": text("Not quite")}
    questions: list[Question] = [
        SingleChoice(**about("single"), choices=choices("a", "b", "c", right="b")),
        MultipleChoice(**about("multiple"), choices=choices("a", "b", "c", right="a c")),
        TrueFalse(
            **about("truth"),
            answer=False,
            if_true=text("No"),
            if_false=text("Yes"),
            reasons=choices("x", "y", right="y"),
        ),
        Matching(
            **about("matching"),
            pairs=(
                Pair("fr", text("France"), "paris", text("About France")),
                Pair("tn", text("Tunisia"), "tunis", text("About Tunisia")),
            ),
            options=tuple(Option(one, text(one.title())) for one in ("paris", "tunis", "rome")),
        ),
        Ordering(
            **about("ordering"),
            items=tuple(
                OrderedItem(one, text(f"Item {one}"), text(f"Why {one}"))
                for one in ("first", "second", "third")
            ),
        ),
        Numeric(
            **about("numeric"),
            value=Decimal("12.5"),
            tolerance=Decimal("0.5"),
            units=(Option("eur", text("euros")), Option("tnd", text("dinars"))),
            unit="eur",
            mistakes=(Mistake(Decimal("0.125"), text("You forgot the hundred")),),
            **told,
        ),
        Cloze(
            **about("cloze"),
            text=text("An assembly has {votes} and {seats}."),
            gaps=(
                Gap("votes", choices("one", "two", right="one")),
                Gap("seats", choices("few", "many", right="many")),
            ),
        ),
        ShortText(**about("word"), accepted={"en": ("solidarity",)}, model_answer={}, **told),
        ShortText(
            **about("essay"),
            scored=False,
            accepted={},
            if_right={},
            if_wrong={},
            model_answer=text("A *model* answer"),
        ),
        Scenario(
            **about("scenario"),
            steps=(
                Step("start", text("What first?"), choices("go", "stay", right="go")),
                Step("then", text("And then?"), choices("left", "right", right="left")),
            ),
        ),
    ]  # type: ignore[arg-type]
    return tuple(questions)


def unit(unit_id: str, *, pages: tuple[str, ...], quiz: tuple[Question, ...]) -> Unit:
    return Unit(
        id=unit_id,
        folder=unit_id,
        title=text(f"Unit {unit_id}"),
        summary=text("Summary"),
        outcomes=(Outcome("know", text("Know things")),),
        competences=("c1",),
        target_groups=(),
        workload_minutes=10,
        eqf_level=5,
        licence="CC-BY-SA-4.0",
        authors=("Somebody",),
        mastery_score=Decimal(70),
        attempts=2,
        pages=tuple(
            Page(
                id=page,
                title=text(f"Page {page} of {unit_id}"),
                body=text(
                    f"Words of {page} with a [member](term:member).\n\n"
                    + (f"::: check {unit_id}-single\n:::\n" if page == pages[0] else "")
                    + "See [another unit](unit:second) and [nowhere](unit:absent).\n"
                ),
                paths={},
                body_line={"en": 1},
            )
            for page in pages
        ),
        quiz=quiz,
        checks=(replace(every_type()[0], id=f"{unit_id}-single"),),
    )


def kitchen_course(root: Path) -> Course:
    return Course(
        id="kitchen",
        version="1",
        languages=("en",),
        title=text("Kitchen sink"),
        description=text("Everything"),
        licence="CC-BY-SA-4.0",
        authors=("Somebody",),
        mastery_score=Decimal(70),
        competences=(Named("c1", text("C")),),
        target_groups=(),
        glossary=(Term("member", text("member"), text("Somebody who belongs")),),
        units=(
            unit("first", pages=("one", "two"), quiz=every_type()),
            unit("second", pages=("three",), quiz=every_type()[:1]),
        ),
        media=(),
        root=root,
        digest="0" * 64,
        text_digest="0" * 64,
    )
