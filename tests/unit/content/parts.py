"""What pages are rendered from, and parts of what came out."""

from collections.abc import Iterator

from lxml import etree, html

from content.markup import PageContext
from tests.unit.content.courses import CourseFolder


def words(key: str, /, **values: str | int) -> str:
    return " ".join([f"[{key}]", *(str(value) for value in values.values())])


def context_of(course: CourseFolder, language: str) -> PageContext:
    loaded = course.load()
    return PageContext(
        course=loaded,
        unit=loaded.units[0],
        language=language,
        page_id="one",
        words=words,
        media_url=lambda path: f"media/{path.rpartition('/')[2]}",
    )


def parts(source: str, path: str) -> Iterator[etree._Element]:
    found = html.fromstring(f"<main>{source}</main>").xpath(path)
    assert isinstance(found, list)
    for element in found:
        assert isinstance(element, etree._Element)
        yield element


def attributes(element: etree._Element) -> dict[str, str]:
    return {str(key): str(value) for key, value in element.attrib.items()}


def part(source: str, path: str) -> etree._Element:
    (found,) = parts(source, path)
    return found
