"""A question's figures as rows to show: texts in the reader's language, options by letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_uppercase

from markupsafe import Markup

from content.model import Ordering, ShortText
from content.render.inline import inline_html
from lti_tool.services.answer_parts import GIVEN, NONE, OTHER, RIGHT, PartOption
from lti_tool.services.item_figures import PartFigures, QuestionFigures
from lti_tool.services.item_statistics import OptionCount, Reading
from lti_tool.web.pages import page_words


@dataclass(frozen=True, slots=True)
class OptionRow:
    """``code`` names the option in sentences: ``B``, or ``2B`` in a question of several parts."""

    code: str
    label: Markup
    count: OptionCount

    @property
    def plain(self) -> str:
        return self.label.striptags()


@dataclass(frozen=True, slots=True)
class PartRows:
    id: str
    label: Markup | None
    options: tuple[OptionRow, ...]


@dataclass(frozen=True, slots=True)
class QuestionRows:
    """``readings`` with the letter of the option that they are about. ``language`` is the one that
    the author's texts are in."""

    figures: QuestionFigures
    language: str
    prompt: Markup
    parts: tuple[PartRows, ...]
    readings: tuple[tuple[Reading, str], ...]


def rows_of(figures: QuestionFigures, wish: str) -> QuestionRows:
    """The rows, the author's texts in the language ``wish`` or, where that version of the question
    did not have it, in its own."""
    prompt = figures.question.prompt
    language = wish if wish in prompt else next(iter(prompt))
    several = len(figures.parts) > 1
    parts = tuple(
        _part(figures, part, str(number) if several else "", language)
        for number, part in enumerate(figures.parts, 1)
    )
    codes = {
        (option.count.part, option.count.option): option.code
        for part in parts
        for option in part.options
    }
    readings = tuple(
        (one, codes[one.about.part, one.about.option] if one.about else "")
        for one in figures.readings
    )
    return QuestionRows(figures, language, _html(prompt, language), parts, readings)


def _part(figures: QuestionFigures, part: PartFigures, number: str, language: str) -> PartRows:
    known = {option.id: option for option in part.part.options}
    letters = iter((*ascii_uppercase, *(a + b for a in ascii_uppercase for b in ascii_uppercase)))
    options = []
    for count in part.options:
        fixed = count.option in (NONE, OTHER)
        code = "" if fixed else number + next(letters)
        label = _label(figures, known.get(count.option), count.option, language)
        options.append(OptionRow(code, label, count))
    title = _html(part.part.label, language) if part.part.label else None
    return PartRows(part.part.id, title, tuple(options))


def _label(
    figures: QuestionFigures, option: PartOption | None, option_id: str, language: str
) -> Markup:
    """The author's text of an option, or the page's own words for those that have none."""
    gettext = page_words().gettext
    if option is not None and option.label is not None:
        return _html(option.label, language)
    if option_id == NONE:
        return Markup.escape(gettext("No answer"))
    if option_id == RIGHT:
        return Markup.escape(gettext("A right answer"))
    if option_id == OTHER:
        free = isinstance(figures.question, ShortText) and not figures.question.scored
        return Markup.escape(gettext("Some text") if free else gettext("Another answer"))
    if option_id.startswith(GIVEN):
        return Markup('<bdi dir="auto">{}</bdi>').format(option_id.removeprefix(GIVEN))
    if isinstance(figures.question, Ordering):
        return Markup.escape(gettext("Place %(number)s") % {"number": option_id})
    return Markup.escape(gettext("True") if option_id == "true" else gettext("False"))


def _html(text: Mapping[str, str], language: str) -> Markup:
    spoken = language if language in text else next(iter(text))
    return Markup(inline_html(text, spoken))  # noqa: S704 - cleaned by content.markup
