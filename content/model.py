"""The course as values: frozen, checked, free of files and of HTTP.

``content.load.load_course`` makes these from a folder; nothing else should. Texts are Markdown
(inline Markdown in questions), one entry a language: see ``LocalizedText``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

#: Language tag (BCP 47, such as ``fr``) to text. Every language of the course is present.
LocalizedText = Mapping[str, str]

#: Languages written from right to left, by primary subtag.
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def direction(language: str) -> str:
    """``"rtl"`` or ``"ltr"``, the value of HTML's ``dir`` for ``language``."""
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a choice question, with the feedback for those who take it."""

    id: str
    text: LocalizedText
    feedback: LocalizedText
    correct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What every question has. ``points`` weigh it in the score; not ``scored`` weighs nothing.

    ``pool`` is the id of the ``Pool`` that the question may be drawn from; None: always asked.
    """

    id: str
    prompt: LocalizedText
    outcome: str | None = None
    points: int = 1
    scored: bool = True
    pool: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleChoice(Question):
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipleChoice(Question):
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueFalse(Question):
    """A statement to accept or refuse, and, where ``reasons`` stand, to say why (one is correct).

    Full credit needs the verdict and the reason; there is no credit for half of it.
    """

    answer: bool
    if_true: LocalizedText
    if_false: LocalizedText
    reasons: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """A text to choose in a menu of a matching question, or a unit of a numeric one."""

    id: str
    text: LocalizedText


@dataclass(frozen=True, slots=True)
class Pair:
    """A left side of a matching question and the id of the ``Option`` that belongs to it."""

    id: str
    left: LocalizedText
    right: str
    feedback: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching(Question):
    pairs: tuple[Pair, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class OrderedItem:
    """An item of an ordering question; ``feedback`` says why it stands where it stands."""

    id: str
    text: LocalizedText
    feedback: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering(Question):
    """``items`` stand in the right order; ``content.render`` never shows them so."""

    items: tuple[OrderedItem, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong number that shows a known slip, and what to say about it."""

    value: Decimal
    feedback: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeric(Question):
    """Right when ``abs(answer - value) <= tolerance`` and, where ``units`` stand, ``unit`` is
    chosen."""

    value: Decimal
    tolerance: Decimal
    if_right: LocalizedText
    if_wrong: LocalizedText
    units: tuple[Option, ...] = ()
    unit: str | None = None
    mistakes: tuple[Mistake, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    id: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloze(Question):
    """``text`` holds each gap's id once, in braces: ``A {gap-id} has members.``"""

    text: LocalizedText
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortText(Question):
    """Scored against ``accepted`` answers, or, with ``scored`` False, compared by the learner with
    ``model_answer``."""

    accepted: Mapping[str, tuple[str, ...]]
    if_right: LocalizedText
    if_wrong: LocalizedText
    model_answer: LocalizedText


@dataclass(frozen=True, slots=True)
class Step:
    id: str
    prompt: LocalizedText
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario(Question):
    """A situation (``prompt``) and its steps: each follow-on is shown once the one before is
    answered."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """``body`` is the Markdown of each language, without front matter; ``body_line`` is the line of
    the file on which it begins, for problems found later. ``paths`` are relative to the course.
    """

    id: str
    title: LocalizedText
    body: LocalizedText
    paths: Mapping[str, str]
    body_line: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    id: str
    text: LocalizedText


@dataclass(frozen=True, slots=True)
class Pool:
    """Questions of which each attempt draws ``draw``."""

    id: str
    draw: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizRules:
    """How an attempt at the quiz goes. What is asked in it, and in which order, is its paper:
    ``content.papers``. ``feedback`` is one of ``FEEDBACK_TIMES``."""

    shuffle_questions: bool = False
    shuffle_choices: bool = False
    feedback: str = "each-attempt"
    pools: tuple[Pool, ...] = ()


#: When explanations are shown: after each attempt; once the unit is passed or no attempt is left;
#: never. Whether an answer was right is always told.
FEEDBACK_TIMES = ("each-attempt", "last-attempt", "never")


@dataclass(frozen=True, slots=True)
class Named:
    """Something with an id and a name in each language: a competence, a target group."""

    id: str
    title: LocalizedText


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary entry."""

    id: str
    term: LocalizedText
    definition: LocalizedText


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file beside the pages. ``path`` is relative to the course folder and ASCII. ``width`` and
    ``height`` are a picture's, in CSS pixels, where its file tells them."""

    path: str
    source: Path
    size: int
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    id: str
    folder: str
    title: LocalizedText
    summary: LocalizedText
    outcomes: tuple[Outcome, ...]
    competences: tuple[str, ...]
    target_groups: tuple[str, ...]
    workload_minutes: int
    eqf_level: int
    licence: str
    authors: tuple[str, ...]
    mastery_score: Decimal
    attempts: int
    pages: tuple[Page, ...]
    quiz: tuple[Question, ...]
    checks: tuple[Question, ...]
    guide: LocalizedText = field(default_factory=dict)
    rules: QuizRules = QuizRules()

    def question(self, question_id: str) -> Question | None:
        """The quiz item or check of that id."""
        return next((q for q in (*self.quiz, *self.checks) if q.id == question_id), None)


@dataclass(frozen=True, slots=True)
class ThemeFont:
    """``path`` is a media file of the course; ``licence`` an SPDX identifier."""

    path: str
    licence: str


@dataclass(frozen=True, slots=True)
class ThemeLogo:
    path: str
    alt: LocalizedText
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A course's look. ``light`` and ``dark`` are those of the player's colours that differ, by the
    names of its variables, as ``#rrggbb``; ``fonts`` by what they are for: ``heading``, ``text``.
    """

    light: Mapping[str, str] = field(default_factory=dict)
    dark: Mapping[str, str] = field(default_factory=dict)
    radius: int | None = None
    fonts: Mapping[str, ThemeFont] = field(default_factory=dict)
    logo: ThemeLogo | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """The media files that it needs."""
        fonts = tuple(font.path for font in self.fonts.values())
        return (*fonts, self.logo.path) if self.logo else fonts


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A whole course. ``root`` is its folder; ``digest`` is the SHA-256 of every file it is made
    of, hexadecimal: two courses with one digest are the same version. ``text_digest`` leaves out
    the media, on which no answer of a learner depends."""

    id: str
    version: str
    languages: tuple[str, ...]
    title: LocalizedText
    description: LocalizedText
    licence: str
    authors: tuple[str, ...]
    mastery_score: Decimal
    competences: tuple[Named, ...]
    target_groups: tuple[Named, ...]
    glossary: tuple[Term, ...]
    units: tuple[Unit, ...]
    media: tuple[MediaFile, ...]
    root: Path
    digest: str
    text_digest: str
    transcripts: Mapping[str, str] = field(default_factory=dict)
    theme: Theme | None = None
    media_by_path: Mapping[str, MediaFile] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "media_by_path", {file.path: file for file in self.media})

    @property
    def default_language(self) -> str:
        return self.languages[0]

    def unit(self, unit_id: str) -> Unit | None:
        return next((unit for unit in self.units if unit.id == unit_id), None)

    def questions(self) -> Iterator[tuple[Unit, Question]]:
        for unit in self.units:
            for question in (*unit.quiz, *unit.checks):
                yield unit, question
