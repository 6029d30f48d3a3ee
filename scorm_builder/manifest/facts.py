"""What manifest and metadata say about a package, gathered from the course once for both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from content.model import Unit
from content.papers import paper
from scorm_builder.names import TITLE_LIMIT, identifier, xml_text
from scorm_builder.order import Order


@dataclass(frozen=True, slots=True)
class Activity:
    """What the LMS is to launch once: a document, the units in it, and the files that nothing else
    in the package needs."""

    units: tuple[Unit, ...]
    launch: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sco:
    """One activity as manifests describe it.

    ``mastery`` is the mark to reach, 0-100; ``mastery_decides`` says whether an LMS that compares
    score and mark by itself always comes to the learner's true status (see ``_mastery_decides``).
    ``judged`` is False where there is no quiz, so that it is never passed nor failed; ``points``
    weigh its score among the others': those of one paper, where attempts differ.
    """

    item_id: str
    resource_id: str
    objective_id: str
    title: str
    mastery: Decimal
    mastery_decides: bool
    judged: bool
    points: int
    launch: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFacts:
    """One package: a whole course, or one unit of it.

    ``shared`` are the entries that several SCOs need, ``support`` the schemas and the metadata.
    ``language`` is that of the texts, ``languages`` all that learners may choose from.
    """

    manifest_id: str
    organization_id: str
    root_id: str
    support_id: str
    shared_id: str
    catalogue_entry: str
    language: str
    languages: tuple[str, ...]
    version: str
    course_title: str
    title: str
    description: str
    keywords: tuple[str, ...]
    authors: tuple[str, ...]
    licence: str
    workload_minutes: int
    eqf_levels: tuple[int, ...]
    outcomes: tuple[str, ...]
    target_groups: tuple[str, ...]
    scos: tuple[Sco, ...]
    shared: tuple[str, ...]
    support: tuple[str, ...]

    @property
    def educational_description(self) -> str:
        """EQF level and outcomes, without a word that would need translating."""
        ends = {*self.eqf_levels[:1], *self.eqf_levels[-1:]}
        levels = "-".join(str(level) for level in sorted(ends))
        return "\n".join([f"EQF {levels}", *(f"• {outcome}" for outcome in self.outcomes)])

    @property
    def learning_time(self) -> str:
        """ISO 8601 duration."""
        hours, minutes = divmod(self.workload_minutes, 60)
        return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")


def gather(
    order: Order, activities: Sequence[Activity], *, shared: Sequence[str], support: Sequence[str]
) -> PackageFacts:
    """The facts of a package of ``order``, which launches ``activities``."""
    course, unit, language = order.course, order.unit, order.language
    units = order.units
    subject = unit or course
    competences = {competence.id: competence.title[language] for competence in course.competences}
    groups = {group.id: group.title[language] for group in course.target_groups}
    return PackageFacts(
        manifest_id=identifier("manifest", course, unit, order.language_tag),
        organization_id=identifier("organization", course, unit),
        root_id=identifier("root", course, unit),
        support_id=identifier("support", course, unit),
        shared_id=identifier("shared", course, unit),
        catalogue_entry=identifier("item", course, unit).removeprefix("item."),
        language=language,
        languages=order.languages,
        version=xml_text(course.version, 20),
        course_title=xml_text(course.title[language], TITLE_LIMIT),
        title=xml_text(subject.title[language], TITLE_LIMIT),
        description=xml_text((unit.summary if unit else course.description)[language], 1000),
        keywords=_once(competences[c] for u in units for c in u.competences if c in competences),
        authors=_once(author for u in units for author in u.authors) or course.authors,
        licence=subject.licence,
        workload_minutes=sum(u.workload_minutes for u in units),
        eqf_levels=tuple(sorted({u.eqf_level for u in units})),
        outcomes=tuple(xml_text(o.text[language]) for u in units for o in u.outcomes),
        target_groups=_once(groups[g] for u in units for g in u.target_groups if g in groups),
        scos=tuple(_sco(order, activity) for activity in activities),
        shared=tuple(shared),
        support=tuple(support),
    )


def _sco(order: Order, activity: Activity) -> Sco:
    course = order.course
    unit = activity.units[0] if order.divided else order.unit
    subject = unit or course
    return Sco(
        item_id=identifier("item", course, unit),
        resource_id=identifier("sco", course, unit),
        objective_id=identifier("objective", course, unit),
        title=xml_text(subject.title[order.language], TITLE_LIMIT),
        mastery=subject.mastery_score,
        mastery_decides=_mastery_decides(activity.units, subject.mastery_score),
        judged=any(one.quiz for one in activity.units),
        points=sum(q.points for one in activity.units for q in paper(one, 0) if q.scored),
        launch=activity.launch,
        files=activity.files,
    )


def _mastery_decides(units: Sequence[Unit], mastery: Decimal) -> bool:
    """Whether the LMS may be told the mark and left to decide.

    An LMS that knows the mark overrides the status that the SCO sets: in 1.2 at LMSFinish (RTE
    3.4.4, cmi.student_data.mastery_score; Moodle does so even on suspend), in 2004 whenever
    success_status is read (RTE 4.2.22.1). That calls a learner failed who has an attempt left, or
    who has finished one unit of three. It agrees with our definition (docs/course-format.md,
    Score) only where one unit allows one attempt; 1.2 wants a whole number besides.
    """
    return len(units) == 1 and units[0].attempts == 1 and mastery == mastery.to_integral_value()


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    """Each text once, cleaned, in the order of first mention."""
    return tuple(dict.fromkeys(xml_text(text, 1000) for text in texts))
