"""Questions → a QTI 1.2.1 assessment, in the profile of Common Cartridge (CC 1.1, appendix on QTI).

Two choices make a ``multiple_choice`` here too. The profile's Schematron wants three, which no LMS
asks for; calling such a question true-or-false would lose its texts in Moodle.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from html import escape
from math import lcm

from lxml import etree
from lxml import html as lxml_html

from content.model import QuizRules
from scorm_builder.cartridge.items import Answer, Item, unexplained
from scorm_builder.manifest.tree import Element, child, default_namespace, serialise
from scorm_builder.names import xml_text

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_PROFILES = {
    "choice": "cc.multiple_choice.v0p1",
    "several": "cc.multiple_response.v0p1",
    "true-false": "cc.true_false.v0p1",
    "fill-in": "cc.fib.v0p1",
    "essay": "cc.essay.v0p1",
}
#: CC allows 1 to 5 attempts, or any number.
_MOST_ATTEMPTS = 5
#: Weights are whole numbers from 1 to 99.
_MOST_WEIGHT = 99


def assessment(
    identifier: str, title: str, attempts: int, items: Sequence[Item], rules: QuizRules
) -> bytes:
    """``questestinterop`` with one assessment of one section. A unit that never explains gives no
    feedback here either; choices that it shuffles are left to the LMS to shuffle."""
    if rules.feedback == "never":
        items = [unexplained(item) for item in items]
    root = etree.Element(f"{{{QTI}}}questestinterop", nsmap=default_namespace(QTI))
    element = child(
        root, "assessment", attributes={"ident": identifier, "title": xml_text(title, 200)}
    )
    _metadata(
        element,
        ("cc_profile", "cc.exam.v0p1"),
        ("qmd_assessmenttype", "Examination"),
        ("qmd_scoretype", "Percentage"),
        ("qmd_feedbackpermitted", "No" if rules.feedback == "never" else "Yes"),
        ("qmd_hintspermitted", "No"),
        ("qmd_solutionspermitted", "Yes"),
        ("cc_maxattempts", str(attempts) if attempts <= _MOST_ATTEMPTS else "unlimited"),
    )
    section = child(element, "section", attributes={"ident": "root_section"})
    for item, weight in zip(items, weights([item.points for item in items]), strict=True):
        _item(section, item, weight, "Yes" if rules.shuffle_choices else "No")
    return serialise(root)


def weights(points: Sequence[Fraction]) -> list[int]:
    """Whole numbers in the same proportion, where 99 leaves room for it; else the nearest."""
    scale = lcm(*(point.denominator for point in points))
    whole = [int(point * scale) for point in points]
    if max(whole, default=1) <= _MOST_WEIGHT:
        return whole
    shrink = Fraction(_MOST_WEIGHT, max(whole))
    return [max(1, round(weight * shrink)) for weight in whole]


def _metadata(parent: Element, *fields: tuple[str, str]) -> None:
    data = child(parent, "qtimetadata")
    for label, entry in fields:
        field = child(data, "qtimetadatafield")
        child(field, "fieldlabel", label)
        child(field, "fieldentry", entry)


def _item(section: Element, item: Item, weight: int, shuffle: str) -> None:
    element = child(section, "item", attributes={"ident": item.id})
    fields = [("cc_profile", _PROFILES[item.kind]), ("cc_weighting", str(weight))]
    if item.kind == "essay":
        fields.append(("qmd_computerscored", "No"))
    _metadata(child(element, "itemmetadata"), *fields)
    presentation = child(element, "presentation")
    _html(presentation, item.prompt)
    if item.kind in ("fill-in", "essay"):
        _written(presentation, element, item)
    else:
        _chosen(presentation, element, item, shuffle)


def _html(parent: Element, html: str) -> None:
    child(child(parent, "material"), "mattext", _alone(html), {"texttype": "text/html"})


def _alone(html: str) -> str:
    """Without links to the course's own pages and terms: a question lies in the LMS's question
    bank, and knows no way from there."""
    if 'href="#' not in html:
        return html
    tree = lxml_html.fragment_fromstring(html, create_parent="div")
    for link in tree.xpath(".//a[starts-with(@href, '#')]"):
        link.drop_tag()
    inner = (etree.tostring(each, encoding="unicode", method="html") for each in tree)
    return escape(tree.text or "", quote=False) + "".join(inner)


def _chosen(presentation: Element, element: Element, item: Item, shuffle: str) -> None:
    cardinality = "Multiple" if item.kind == "several" else "Single"
    response = child(
        presentation, "response_lid", attributes={"ident": "answer", "rcardinality": cardinality}
    )
    choices = child(response, "render_choice", attributes={"shuffle": shuffle})
    for answer in item.answers:
        _html(child(choices, "response_label", attributes={"ident": answer.id}), answer.html)
    processing = _processing(element)
    if item.kind == "several":
        _score_several(processing, item.answers)
    else:
        for answer in item.answers:
            condition = _condition(processing, [answer.id])
            if answer.correct:
                _full(condition)
            _show(condition, answer)
    _feedback(element, ((f"told-{one.id}", one.feedback) for one in item.answers if one.feedback))


def _score_several(processing: Element, answers: Iterable[Answer]) -> None:
    """What was ticked is explained first; then all the right ones and none of the others earn the
    points. An LMS may give a share instead, as Moodle does."""
    answers = tuple(answers)
    for answer in answers:
        if answer.feedback:
            _show(_condition(processing, [answer.id], goes_on=True), answer)
    condition = child(processing, "respcondition", attributes={"continue": "No"})
    every = child(child(condition, "conditionvar"), "and")
    for answer in answers:
        place = every if answer.correct else child(every, "not")
        child(place, "varequal", answer.id, {"respident": "answer", "case": "Yes"})
    _full(condition)


def _written(presentation: Element, element: Element, item: Item) -> None:
    response = child(
        presentation, "response_str", attributes={"ident": "answer", "rcardinality": "Single"}
    )
    rows = "8" if item.kind == "essay" else "1"
    child(response, "render_fib", attributes={"rows": rows, "prompt": "Box"})
    processing = _processing(element)
    told = []
    if item.kind == "fill-in":
        condition = _condition(processing, item.accepted)
        _full(condition)
        if item.if_right:
            _told(condition, "right")
            told.append(("right", item.if_right))
    otherwise = child(processing, "respcondition", attributes={"continue": "No"})
    child(child(otherwise, "conditionvar"), "other")
    if text := item.if_wrong or item.model:
        _told(otherwise, "otherwise")
        told.append(("otherwise", text))
    _feedback(element, told)


def _processing(element: Element) -> Element:
    processing = child(element, "resprocessing")
    child(
        child(processing, "outcomes"),
        "decvar",
        attributes={"maxvalue": "100", "minvalue": "0", "varname": "SCORE", "vartype": "Decimal"},
    )
    return processing


def _condition(processing: Element, values: Iterable[str], *, goes_on: bool = False) -> Element:
    condition = child(
        processing, "respcondition", attributes={"continue": "Yes" if goes_on else "No"}
    )
    variables = child(condition, "conditionvar")
    for value in values:
        child(variables, "varequal", xml_text(value), {"respident": "answer"})
    return condition


def _full(condition: Element) -> None:
    child(condition, "setvar", "100", {"action": "Set", "varname": "SCORE"})


def _show(condition: Element, answer: Answer) -> None:
    if answer.feedback:
        _told(condition, f"told-{answer.id}")


def _told(condition: Element, identifier: str) -> None:
    attributes = {"feedbacktype": "Response", "linkrefid": identifier}
    child(condition, "displayfeedback", attributes=attributes)


def _feedback(element: Element, told: Iterable[tuple[str, str]]) -> None:
    for identifier, html in told:
        feedback = child(element, "itemfeedback", attributes={"ident": identifier})
        _html(child(feedback, "flow_mat"), html)
