"""What a Common Cartridge holds: pages, media and quizzes; a thin one, links to the LTI tool."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from content.model import Unit
from content.render.edition import Edition, edition_of
from scorm_builder.cartridge.items import items_of
from scorm_builder.cartridge.link import link
from scorm_builder.cartridge.manifest import Item, Outline, Resource, manifest
from scorm_builder.cartridge.pages import Places, glossary_html, page_html
from scorm_builder.cartridge.quiz import assessment
from scorm_builder.cartridge.version import CC_1_1, CC_1_3, THIN_1_3, Version
from scorm_builder.entries import Entry
from scorm_builder.errors import BuildError
from scorm_builder.manifest import MANIFEST
from scorm_builder.order import Order
from scorm_builder.plan.documents import media_name
from scorm_builder.plan.sums import sums_entries
from scorm_builder.tool_address import wrong_with

_VERSIONS = {"cc11": CC_1_1, "cc13": CC_1_3, "thincc": THIN_1_3}
_GLOSSARY = "pages/glossary.html"
#: Where the tool takes launches (lti_tool.web).
_LAUNCH_PATH = "/lti/launch"
_MEDIA = re.compile(r'"\.\./\.\./(media/[A-Za-z0-9._/-]+)"')


@dataclass(slots=True)
class _Contents:
    """What the manifest will tell of, and the files themselves."""

    items: list[Item] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    files: list[Entry] = field(default_factory=list)

    def add(self, resource: Resource, data: bytes) -> str:
        """The identifier of a resource of one file."""
        self.resources.append(resource)
        self.files.append(Entry(resource.files[0], data=data))
        return resource.identifier


def entries(order: Order) -> tuple[Entry, ...]:
    """The manifest first, the rest sorted by name, the list of checksums last. Raises
    ``BuildError``."""
    if len(order.languages) > 1:
        raise BuildError(
            f"{order.form.title} holds one language",
            "leave out --together: then one cartridge is built for each language",
        )
    version = _VERSIONS[order.form.name]
    contents = _links(order, version) if version is THIN_1_3 else _pages_and_quizzes(order, version)
    sums = sums_entries(order)
    if sums:
        # Every file of a cartridge belongs to a resource; no item shows this one.
        names = tuple(entry.name for entry in sums)
        contents.resources.append(Resource("checksums", "webcontent", names))
    first = Entry(MANIFEST, data=manifest(version, _outline(order, contents)))
    return (first, *sorted(contents.files, key=lambda entry: entry.name), *sums)


def _outline(order: Order, contents: _Contents) -> Outline:
    course, unit, language = order.course, order.unit, order.language
    names = {competence.id: competence.title[language] for competence in course.competences}
    met = dict.fromkeys(names[each] for one in order.units for each in one.competences)
    return Outline(
        identifier=".".join(["cartridge", course.id, *([unit.id] if unit else [])]),
        language=language,
        title=(unit or course).title[language],
        description=(unit.summary if unit else course.description)[language],
        keywords=tuple(met),
        items=tuple(contents.items),
        resources=tuple(contents.resources),
    )


def _links(order: Order, version: Version) -> _Contents:
    if not order.tool:
        raise BuildError(
            "a thin cartridge leads to the LTI tool, and the tool's address is not given",
            "add --tool https://…, the address at which learning platforms reach it",
        )
    if wrong := wrong_with(order.tool):
        raise BuildError(
            f"the tool's address {order.tool!r} is not usable: {wrong}",
            "give --tool the address at which learning platforms reach the tool",
        )
    launch = order.tool.rstrip("/") + _LAUNCH_PATH
    contents = _Contents()
    for unit in order.units:
        data = link(version, order.course, unit, order.language, launch)
        resource = Resource(f"link.{unit.id}", version.lti, (f"links/{unit.id}/link.xml",))
        title = unit.title[order.language]
        contents.items.append(Item(f"item.{unit.id}", title, contents.add(resource, data)))
    return contents


def _pages_and_quizzes(order: Order, version: Version) -> _Contents:
    used: dict[str, str] = {}

    def media_url(path: str) -> str:
        used[path] = media_name(path)
        return "../../" + used[path]

    edition = edition_of(
        order.course,
        order.units,
        order.language,
        media_url=media_url,
        keys=True,
        accepted=order.languages,
        showing=order.showing,
    )
    glossary = _GLOSSARY if edition.glossary else None
    places = Places({unit.id: unit for unit in order.units}, glossary)
    contents = _Contents()
    for unit, view, data in zip(order.units, edition.views, edition.data["units"], strict=True):
        _add_unit(contents, version, edition, unit, view, data, places)
    if glossary:
        page = glossary_html(edition.words("glossary"), edition.glossary, order.language)
        contents.add(Resource("glossary", "webcontent", (glossary,)), page)
        contents.items.append(Item("item.glossary", edition.words("glossary"), "glossary"))
    files = (*order.course.media, *order.showing.made())
    sources = {file.path: file.source for file in files}
    for path, name in sorted(used.items()):
        contents.resources.append(Resource(_media_id(name), "webcontent", (name,)))
        contents.files.append(Entry(name, source=sources[path]))
    return contents


def _add_unit(
    contents: _Contents,
    version: Version,
    edition: Edition,
    unit: Unit,
    view: Mapping[str, Any],
    data: Mapping[str, Any],
    places: Places,
) -> None:
    """A heading of the outline with the unit's pages and its quiz below it."""
    checks = {question["id"]: question for question in data["checks"]}
    inside = []
    for page in view["pages"]:
        html = page_html(
            page["title"],
            str(page["html"]),
            language=edition.language,
            unit=unit.id,
            places=places,
            checks=checks,
            word=edition.words,
        )
        media = dict.fromkeys(map(_media_id, _MEDIA.findall(html.decode())))
        name = f"{unit.id}.{page['id']}"
        file = places.page(unit.id, page["id"])
        resource = Resource(f"page.{name}", "webcontent", (file,), tuple(media))
        inside.append(Item(f"item.{name}", page["title"], contents.add(resource, html)))
    if unit.quiz:
        title = f"{unit.title[edition.language]} – {edition.words('quiz')}"
        items = [item for one in data["quiz"] for item in items_of(one, edition.words)]
        quiz = assessment(f"quiz.{unit.id}", title, unit.attempts, items, unit.rules)
        # Alone in its folder, as what is neither page nor medium has to be (CC 1.1, 1.4).
        file = f"quizzes/{unit.id}/assessment.xml"
        resource = Resource(f"quiz.{unit.id}", version.assessment, (file,))
        inside.append(Item(f"item.{unit.id}.quiz", title, contents.add(resource, quiz)))
    title = unit.title[edition.language]
    contents.items.append(Item(f"item.{unit.id}", title, items=tuple(inside)))


def _media_id(name: str) -> str:
    """An XML ID; slashes may not stand in one. Dots and hyphens of ``media_name`` stay, so that two
    names would need to differ in a slash alone to meet."""
    return name.replace("/", "..")
