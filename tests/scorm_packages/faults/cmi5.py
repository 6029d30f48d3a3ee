"""Faults in cmi5 course structures."""

from __future__ import annotations

from tests.scorm_packages.faults import edited, fault
from tests.scorm_packages.others import CMI5, cmi5

Entries = dict[str, bytes]


def _changed(*changes: tuple[str, str]) -> Entries:
    return edited(cmi5(), "cmi5.xml", *changes)


@fault("manifest.place")
def in_a_folder() -> Entries:
    return {f"course/{name}": data for name, data in cmi5().items()}


@fault("cmi5.root")
def another_root() -> Entries:
    return _changed(
        ("profiles/cmi5/v1/CourseStructure.xsd", "profiles/cmi5/v9/CourseStructure.xsd")
    )


@fault("schema.invalid")
def no_description() -> Entries:
    return _changed(('<description><langstring lang="en">About it</langstring></description>', ""))


@fault("schema.invalid")
def nothing_to_launch() -> Entries:
    block = CMI5[CMI5.index("  <block") : CMI5.index("</courseStructure>")]
    return _changed((block, ""))


@fault("cmi5.id")
def id_without_scheme() -> Entries:
    return _changed(('au id="https://example.org/course/a1"', 'au id="a1"'))


@fault("cmi5.id")
def activity_type_without_scheme() -> Entries:
    return _changed(("http://adlnet.gov/expapi/activities/lesson", "lesson"))


@fault("cmi5.duplicate-id")
def id_twice() -> Entries:
    return _changed(("course/a1", "course/b1"))


@fault("cmi5.duplicate-id")
def block_twice() -> Entries:
    block = CMI5[CMI5.index("  <block") : CMI5.index("</courseStructure>")]
    return _changed((block, block + block.replace("course/a1", "course/a2")))


@fault("cmi5.duplicate-id")
def objective_twice() -> Entries:
    objective = CMI5[CMI5.index("    <objective id") : CMI5.index("  </objectives>")]
    return _changed((objective, objective * 2))


@fault("cmi5.extension", severity="warning")
def extension_without_a_schema() -> Entries:
    return _changed(("</au>", '<x:hint xmlns:x="https://tool.example/x">own</x:hint></au>'))


@fault("schema.invalid")
def extension_out_of_place() -> Entries:
    location = "https://tool.example/x https://tool.example/x.xsd"
    return _changed(
        (
            "<courseStructure ",
            '<courseStructure xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            f' xsi:schemaLocation="{location}" xmlns:x="https://tool.example/x" ',
        ),
        ("<url>", "<x:hint>own</x:hint><url>"),
    )


@fault("cmi5.url")
def url_of_another_scheme() -> Entries:
    return _changed(("index.html?unit=1", "ftp://files.example/index.html"))


@fault("cmi5.url")
def url_with_a_space() -> Entries:
    return _changed(("index.html?unit=1", "https://courses.example/first lesson"))


@fault("cmi5.url")
def no_url() -> Entries:
    return _changed(("index.html?unit=1", ""))


@fault("reference.missing")
def url_to_nothing() -> Entries:
    return _changed(("index.html", "start.html"))


@fault("reference.case")
def url_in_capitals() -> Entries:
    return _changed(("index.html", "Index.html"))


@fault("reference.path")
def url_that_leads_out() -> Entries:
    return _changed(("index.html", "../index.html"))


@fault("cmi5.url-relative", suffix=".xml")
def relative_without_a_package() -> bytes:
    return CMI5.encode()


@fault("cmi5.url-plain-http", severity="warning")
def plain_http() -> Entries:
    return _changed(("index.html?unit=1", "http://courses.example/lesson"))


@fault("cmi5.url-parameters")
def a_name_that_is_taken() -> Entries:
    return _changed(("?unit=1", "?actor=1"))


@fault("cmi5.move-on")
def move_on_unknown() -> Entries:
    return _changed(("CompletedOrPassed", "Done"))


@fault("cmi5.launch-method")
def launch_method_unknown() -> Entries:
    return _changed(("AnyWindow", "Popup"))


@fault("cmi5.mastery-score")
def mastery_in_percent() -> Entries:
    return _changed(('masteryScore="0.8"', 'masteryScore="80"'))


@fault("cmi5.mastery-score")
def mastery_too_exact() -> Entries:
    return _changed(('masteryScore="0.8"', 'masteryScore="0.66667"'))


@fault("cmi5.objective")
def objective_unknown() -> Entries:
    return _changed(('idref="https://example.org/course/o1"', 'idref="https://example.org/o9"'))


@fault("cmi5.language")
def language_twice() -> Entries:
    return _changed(('lang="fr"', 'lang="en"'))


@fault("cmi5.language")
def no_language() -> Entries:
    return _changed((' lang="fr"', ""))


@fault("cmi5.title")
def blank_title() -> Entries:
    return _changed((">Lesson<", "> <"))
