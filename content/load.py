"""A folder → ``Course``, or every problem in it at once."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from content.checks import check_course
from content.choices import report_duplicates
from content.files import CourseFiles, Hashing, digest_of
from content.findings import Findings, Mark
from content.ids import is_language_tag
from content.layout import COURSE_FILE, way_to_a_course
from content.loaded import Loaded
from content.media import read_media
from content.metadata import Defaults, read_fields, read_licence, read_mastery, read_named
from content.model import Course, Named, Term
from content.problems import ContentError, Problem
from content.reader import Fields, Reading
from content.source import Sequence, parse_yaml
from content.theming.reading import read_theme
from content.units import read_unit

FORMAT = 1
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)


def load_course(folder: Path) -> Course:
    """The course in ``folder``. Raises ``ContentError`` with all problems if any is an error.

    Warnings alone do not raise; ``inspect_course`` shows them.
    """
    course, problems = inspect_course(folder)
    if course is None:
        raise ContentError(problems)
    return course


def inspect_course(
    folder: Path, hashing: Hashing | None = None
) -> tuple[Course | None, tuple[Problem, ...]]:
    """The course, or None if it has errors, and all problems, warnings too, sorted by place.

    ``hashing`` reads the media for the course's digest.
    """
    loaded, problems = survey_course(folder, hashing)
    sound = loaded is not None and not loaded.findings.has_errors
    return (loaded.course if loaded and sound else None), problems


def survey_course(
    folder: Path, hashing: Hashing | None = None, *, to_the_end: bool = True
) -> tuple[Loaded | None, tuple[Problem, ...]]:
    """What could be read, with the places of its parts, errors or not, and all problems.

    Where it has errors, texts and whole parts of the course may be missing: it is for showing
    problems at their place, not for building. None where there is no such folder. Where it is not
    waited ``to_the_end``, the course has no digest yet: large media may still be read.
    """
    findings = Findings()
    root = Path(folder).resolve()
    if not root.is_dir():
        findings.error(
            Mark("."),
            "file.missing",
            f"there is no folder {folder}",
            "give the path of the folder that holds course.yaml",
        )
        return None, findings.sorted()
    files = CourseFiles.scan(root, findings, hashing)
    loaded = _read_course(files, findings)
    if to_the_end:
        loaded.course = replace(loaded.course, digest=files.digest())
    return loaded, findings.sorted()


def _read_course(files: CourseFiles, findings: Findings) -> Loaded:
    if COURSE_FILE not in files.entries and COURSE_FILE not in files.refused:
        hint = way_to_a_course(files.root)
        findings.error(Mark(COURSE_FILE), "file.missing", "there is no course.yaml", hint)
        files.refused.add(COURSE_FILE)
    fields = read_fields(files, Reading((), findings), COURSE_FILE)
    _check_format(fields)
    # Without course.yaml the rest is still read, by what the names of its files tell: the author
    # wants to hear of all problems, not of this one first.
    reading = fields.reading = Reading(_languages(fields) or _languages_of(files), findings)
    competences = read_named(fields, "competences", "competence")
    target_groups = read_named(fields, "target_groups", "target group")
    defaults = Defaults(
        licence=read_licence(fields),
        authors=tuple(text for text, _ in fields.texts("authors")),
        mastery_score=read_mastery(fields, Decimal(70)),
        competences=_ids_unless_broken(fields, competences),
        target_groups=_ids_unless_broken(fields, target_groups),
    )
    folders = _unit_folders(fields) if not fields.broken else _folders_of(files)
    read = [read_unit(files, reading, name, mark, defaults) for name, mark in folders]
    units = tuple(unit for unit in read if unit is not None)
    report_duplicates([(unit.unit.id, unit.mark) for unit in units], fields, "unit")
    glossary = _glossary(files, reading)
    media, transcripts = read_media(files, [unit.base for unit in units])
    theme = read_theme(files, reading, media)
    course = Course(
        id=fields.identifier(),
        version=fields.text("version"),
        languages=reading.languages,
        title=fields.localized("title"),
        description=fields.localized("description"),
        licence=defaults.licence,
        authors=defaults.authors,
        mastery_score=defaults.mastery_score,
        competences=competences,
        target_groups=target_groups,
        glossary=glossary or (),
        units=tuple(unit.unit for unit in units),
        media=media,
        root=files.root,
        digest="",
        text_digest=digest_of(files.texts()),
        transcripts=transcripts,
        theme=theme,
    )
    fields.done()
    all_units = len(units) == len(read) and all(unit.readable for unit in units)
    all_terms = glossary is not None
    loaded = Loaded(course, files, findings, units, all_units, all_terms, reading.inlines)
    check_course(loaded)
    return loaded


def _ids_unless_broken(fields: Fields, named: tuple[Named, ...]) -> tuple[str, ...] | None:
    return None if fields.broken else tuple(item.id for item in named)


def _languages_of(files: CourseFiles) -> tuple[str, ...]:
    """The languages that the names of the page files tell."""
    names = [path.removesuffix(".md") for path in files.entries if "/pages/" in path]
    found = {name.rpartition(".")[2] for name in names if "." in name.rpartition("/")[2]}
    return tuple(sorted(language for language in found if is_language_tag(language)))


def _folders_of(files: CourseFiles) -> list[tuple[str, Mark]]:
    """The folders under units/ that course.yaml could name."""
    names = [path.removeprefix("units/") for path in files.folders if path.startswith("units/")]
    return [(name, Mark(f"units/{name}")) for name in sorted(names) if _FOLDER.fullmatch(name)]


def _check_format(fields: Fields) -> None:
    text = fields.text("format")
    if text and text != str(FORMAT):
        fields.wrong(
            "format",
            "course.format",
            f"this is format “{text[:20]}”; this program knows format {FORMAT}",
            f"write “format: {FORMAT}”, or use a newer program",
        )


def _languages(fields: Fields) -> tuple[str, ...]:
    languages: dict[str, None] = {}
    for text, mark in fields.texts("languages"):
        if not is_language_tag(text):
            fields.findings.error(
                mark,
                "language.invalid",
                f"“{text[:40]}” is not a language tag",
                "write a tag such as en, fr, ar or pt-BR",
            )
        elif text in languages:
            fields.findings.error(
                mark, "id.duplicate", f"the language “{text}” stands twice", "keep one of them"
            )
        else:
            languages[text] = None
    return tuple(languages)


def _unit_folders(fields: Fields) -> list[tuple[str, Mark]]:
    folders: dict[str, Mark] = {}
    for text, mark in fields.texts("units"):
        if not _FOLDER.fullmatch(text):
            fields.findings.error(
                mark,
                "file.outside",
                f"“{text[:80]}” is not the name of a folder under units/",
                "write the folder's name alone: letters, digits, hyphens",
            )
        elif text in folders:
            fields.findings.error(
                mark, "id.duplicate", f"the unit folder “{text}” stands twice", "keep one of them"
            )
        else:
            folders[text] = mark
    return list(folders.items())


def _glossary(files: CourseFiles, reading: Reading) -> tuple[Term, ...] | None:
    """The terms; None if the file is there and cannot be read."""
    path = "glossary.yaml"
    if path not in files.entries and path not in files.refused:
        return ()
    text = files.text(path)
    if text is None:
        return None
    mark = Mark(path)
    before = reading.findings.count
    node = parse_yaml(text, mark, reading.findings)
    if node is None:
        return () if reading.findings.count == before else None
    if not isinstance(node, Sequence):
        reading.findings.error(
            node.mark,
            "field.type",
            "the glossary must be a list",
            "begin each entry with “- id: …”",
        )
        return None
    terms = []
    children = [Fields(reading, item, item.mark, "glossary entry") for item in node.items]
    for child in children:
        terms.append(
            Term(child.identifier(), child.localized("term"), child.localized("definition"))
        )
        child.done()
    report_duplicates(
        [(term.id, child.at("id")) for term, child in zip(terms, children, strict=True)],
        Fields(reading, None, mark, "glossary"),
        "term",
    )
    return tuple(terms)
