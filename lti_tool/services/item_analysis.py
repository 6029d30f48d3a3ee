"""How a link's quiz questions did, from what its learners handed in: read from the database, put
together version by version, and counted by ``item_statistics``."""

from __future__ import annotations

import json
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from content.grading import grade
from content.model import Course, Question, Unit
from content.papers import as_asked
from lti_tool.models import Attempt, Enrolment, ResourceLink, UnitProgress
from lti_tool.services import versions
from lti_tool.services.answer_parts import GIVEN, OTHER, options_taken
from lti_tool.services.item_figures import QuestionFigures, figures_of
from lti_tool.services.item_statistics import Group, Tally, extreme_groups
from lti_tool.services.question_forms import structure_of

#: No more attempts are read at once than this, the latest: a figure does not change for more.
MOST_ATTEMPTS = 20_000
_TYPED_KEPT = 2_000
_GRADES_KEPT = 20_000
_KEPT = 16


@dataclass(frozen=True, slots=True)
class Analysis:
    """``attempts`` by ``learners`` people; ``limited`` where there are more than were read."""

    attempts: int
    learners: int
    limited: bool
    questions: tuple[QuestionFigures, ...]


def analyse(
    session: Session, link: ResourceLink, course: Course, unit: Unit, *, every_attempt: bool
) -> Analysis:
    """The figures of ``link``: of each learner's first attempt, or of every one that counts.
    Remembered until an attempt comes or goes, or the unit changes."""
    stamp = tuple(session.execute(_stamp(link)).one())
    key = (link.id, link.created_at, versions.present_digest(course, unit), every_attempt, stamp)
    found = _recent.get(key)
    if found is None:
        found = _Reader(session, link, unit, every_attempt).read()
        _recent.keep(key, found)
    return found


def _counted(link: ResourceLink) -> Select[Any]:
    """The attempts that count: handed in, not set aside, and by learners."""
    return (
        select()
        .select_from(Attempt)
        .join(UnitProgress, UnitProgress.id == Attempt.progress_pk)
        .outerjoin(
            Enrolment,
            (Enrolment.user_id == UnitProgress.user_id) & (Enrolment.context_pk == link.context_pk),
        )
        .where(
            UnitProgress.link_pk == link.id,
            Attempt.handed_in_at.is_not(None),
            Attempt.set_aside_at.is_(None),
            Enrolment.is_instructor.is_not(True),
        )
    )


def _stamp(link: ResourceLink) -> Select[Any]:
    return _counted(link).add_columns(
        func.count(Attempt.id), func.sum(Attempt.id), func.max(Attempt.handed_in_at)
    )


@dataclass(slots=True)
class _Reader:
    """One reading: the scores first (for the groups), then the answers, a batch at a time."""

    session: Session
    link: ResourceLink
    unit: Unit
    every_attempt: bool
    _versions: dict[str, Unit] = field(default_factory=dict)
    _keys: dict[str, dict[str, str]] = field(default_factory=dict)
    _tallies: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    _asked: dict[str, Question] = field(default_factory=dict)
    _grades: dict[str, tuple[float | None, tuple[tuple[str, str], ...]]] = field(
        default_factory=dict
    )

    def read(self) -> Analysis:
        scores: dict[int, float] = {}
        digests: dict[int, str] = {}
        learners = set()
        for number, digest, value, progress in self.session.execute(self._scores()):
            scores[number], digests[number] = float(value or 0), digest
            learners.add(progress)
        limited = len(scores) > MOST_ATTEMPTS
        if limited:
            oldest = min(scores)
            del scores[oldest], digests[oldest]
        groups = self._groups(scores, digests)
        for number, digest, language, answers, seed in self._answers():
            if number in scores:
                self._count(number, digest, language, answers, seed, groups)
        return Analysis(len(scores), len(learners), limited, tuple(self._figures()))

    def _query(self) -> Select[Any]:
        query = _counted(self.link)
        if not self.every_attempt:
            other = _counted(self.link).add_columns(
                UnitProgress.id.label("progress"), func.min(Attempt.number).label("number")
            )
            first = other.group_by(UnitProgress.id).subquery()
            query = query.join(
                first,
                (first.c.progress == Attempt.progress_pk) & (first.c.number == Attempt.number),
            )
        return query.order_by(Attempt.id.desc()).limit(MOST_ATTEMPTS + 1)

    def _scores(self) -> Select[Any]:
        return self._query().add_columns(
            Attempt.id, Attempt.version_digest, Attempt.value, UnitProgress.id
        )

    def _answers(self) -> Iterator[Any]:
        query = self._query().add_columns(
            Attempt.id,
            Attempt.version_digest,
            Attempt.language,
            Attempt.answers,
            Attempt.paper_seed,
        )
        yield from self.session.execute(query.execution_options(yield_per=200))

    def _version(self, digest: str) -> tuple[Unit, dict[str, str]]:
        """The unit of a version, and the structure of each of its questions."""
        if digest not in self._versions:
            unit = versions.unit_of_version(self.session, digest, self.unit)
            self._versions[digest] = unit
            self._keys[digest] = {one.id: structure_of(one) for one in unit.quiz}
            for one in unit.quiz:
                self._asked.setdefault(self._keys[digest][one.id], one)
        return self._versions[digest], self._keys[digest]

    def _groups(
        self, scores: Mapping[int, float], digests: Mapping[int, str]
    ) -> dict[str, dict[int, Group]]:
        """By structure: the groups among those who were asked the question in this form."""
        asked: defaultdict[str, set[str]] = defaultdict(set)
        for digest in set(digests.values()):
            for key in self._version(digest)[1].values():
                asked[key].add(digest)
        made: dict[frozenset[str], dict[int, Group]] = {}
        for among in map(frozenset, asked.values()):
            if among not in made:
                made[among] = extreme_groups(
                    {number: score for number, score in scores.items() if digests[number] in among}
                )
        return {key: made[frozenset(among)] for key, among in asked.items()}

    def _count(
        self,
        number: int,
        digest: str,
        language: str,
        answers: Mapping[str, object],
        seed: int | None,
        groups: Mapping[str, Mapping[int, Group]],
    ) -> None:
        whole_unit, keys = self._version(digest)
        unit = as_asked(whole_unit, seed)
        graded = {
            one.id: self._grade(keys[one.id], one, answers.get(one.id), language)
            for one in unit.quiz
        }
        points = {one.id: one.points for one in unit.quiz if one.scored}
        earned = {each: points[each] * (graded[each][0] or 0.0) for each in points}
        whole, possible = sum(earned.values()), sum(points.values())
        for each, (credit, taken) in graded.items():
            others = possible - points.get(each, 0)
            rest = (whole - earned.get(each, 0.0)) / others if others else None
            tally = self._tallies[keys[each]]
            tally.add(credit, rest, self._kept(tally, taken), groups[keys[each]].get(number))

    def _grade(
        self, key: str, question: Question, answer: object, language: str
    ) -> tuple[float | None, tuple[tuple[str, str], ...]]:
        """Credit and options of an answer; graded once where many gave the same."""
        same = f"{key} {language} {json.dumps(answer, sort_keys=True)}"
        found = self._grades.get(same)
        if found is None:
            credit = grade(question, answer, language).credit
            taken = options_taken(question, answer, language)
            found = (None if credit is None else float(credit), taken)
            if len(self._grades) < _GRADES_KEPT:
                self._grades[same] = found
        return found

    @staticmethod
    def _kept(tally: Tally, taken: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
        """Typed answers are told apart up to a bound: a thousand texts of a thousand people."""
        full = len(tally.options) >= _TYPED_KEPT
        for part, option in taken:
            lost = full and option.startswith(GIVEN) and (part, option) not in tally.options
            yield part, OTHER if lost else option

    def _figures(self) -> Iterator[QuestionFigures]:
        """The present quiz in its order, each question followed by its earlier forms; then those
        that are gone."""
        present = {structure_of(one): one for one in self.unit.quiz}
        places = {one.id: place for place, one in enumerate(self.unit.quiz)}
        numbers = {key: places[one.id] + 1 for key, one in present.items()}
        wanted = {**self._asked, **present}
        order = sorted(
            wanted,
            key=lambda key: (places.get(wanted[key].id, len(places)), key not in present, key),
        )
        for key in order:
            yield figures_of(wanted[key], numbers.get(key), self._tallies[key])


class _Recent:
    """The analyses asked for last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[object, Analysis] = OrderedDict()

    def get(self, key: object) -> Analysis | None:
        with self._lock:
            return self._kept.get(key)

    def keep(self, key: object, analysis: Analysis) -> None:
        with self._lock:
            self._kept[key] = analysis
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


_recent = _Recent()
