"""Packages in the outlines that well-known generators give theirs: names of files, identifiers,
what the manifest lists and what it forgets. Written for the tests, as small as they can be."""

from __future__ import annotations

from scorm_builder.formats import FORMATS
from tests.scorm_packages.making import PAGE
from tests.scorm_packages.others import CMI5

Entries = dict[str, bytes]

_CP_12 = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
_ADLCP_12 = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
_MD_12 = "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NAMED_12 = f"{_CP_12} imscp_rootv1p1p2.xsd {_ADLCP_12} adlcp_rootv1p2.xsd"
_HTML = PAGE.replace('<link rel="stylesheet" href="style.css">', "").encode()


def schemas(form: str) -> Entries:
    return {name: source.read_bytes() for name, source in FORMATS[form].schema_files()}


def scorm12(
    prefix: str,
    href: str,
    *,
    listed: tuple[str, ...] = (),
    named: str | None = _NAMED_12,
    spaces: str = f'xmlns="{_CP_12}" xmlns:adlcp="{_ADLCP_12}"',
    item: str = 'isvisible="true"',
    more: str = "",
) -> bytes:
    """A manifest of SCORM 1.2 with one SCO; ``more`` stands in its item."""
    files = "".join(f'<file href="{name}"/>' for name in (href, *listed))
    location = f' xsi:schemaLocation="{named}"' if named else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="{prefix}" version="1.0" {spaces} xmlns:xsi="{_XSI}"{location}>
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="{prefix}-ORG">
    <organization identifier="{prefix}-ORG" structure="hierarchical">
      <title>Course</title>
      <item identifier="{prefix}-ITEM" identifierref="{prefix}-RES" {item}>
        <title>Course</title>{more}
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="{prefix}-RES" type="webcontent" adlcp:scormtype="sco" href="{href}">
      {files}
    </resource>
  </resources>
</manifest>""".encode()


def storyline() -> Entries:
    """Everything listed, schemas at the root, the mark in the manifest."""
    names = ("html5/data/js/data.js", "story.html", "lms/scormdriver.js")
    mark = "<adlcp:masteryscore>80</adlcp:masteryscore>"
    manifest = scorm12("_5mfgNOa3Y7l_course_id", "index_lms.html", listed=names, more=mark)
    files = dict.fromkeys(names, b"// ") | {"story.html": _HTML, "index_lms.html": _HTML}
    return {"imsmanifest.xml": manifest, **files, **schemas("scorm12")}


def rise() -> Entries:
    """The driver's page is listed, the course itself is not."""
    manifest = scorm12("articulate_rise", "scormdriver/indexAPI.html")
    return {
        "imsmanifest.xml": manifest,
        "scormdriver/indexAPI.html": _HTML,
        "scormdriver/scormdriver.js": b"// ",
        "scormcontent/index.html": _HTML,
        "scormcontent/assets/photo.jpg": b"jpeg",
        **schemas("scorm12"),
    }


def xerte() -> Entries:
    """Names a schema of metadata too, and no file but the start page."""
    named = f"{_CP_12} imscp_rootv1p1p2.xsd {_MD_12} imsmd_rootv1p2p1.xsd"
    named += f" {_ADLCP_12} adlcp_rootv1p2.xsd"
    manifest = scorm12("XERTE-1700000000", "scormRLO.htm", named=named)
    return {
        "imsmanifest.xml": manifest,
        "scormRLO.htm": _HTML,
        "languages/engine_en-GB.xml": b"<language/>",
        "template.xml": b"<learningObject/>",
        **schemas("scorm12"),
    }


def by_a_script() -> Entries:
    """Schemas are named, and none is there: what small generators forget most."""
    return {"imsmanifest.xml": scorm12("package", "index.html"), "index.html": _HTML}


def without_schemas() -> Entries:
    """None is named, either."""
    return {"imsmanifest.xml": scorm12("package", "index.html", named=None), "index.html": _HTML}


def mixed_editions() -> Entries:
    """The namespace of 2004 with a version of 1.2, and an adlcp that never was."""
    space = "http://www.imsglobal.org/xsd/imscp_v1p1"
    spaces = f'xmlns="{space}" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p2"'
    manifest = scorm12("package", "index.html", named=None, spaces=spaces)
    return {"imsmanifest.xml": manifest, "index.html": _HTML}


def folder_in_a_zip() -> Entries:
    """The folder was zipped instead of what is in it."""
    return {f"my-course/{name}": data for name, data in storyline().items()}


def from_a_mac() -> Entries:
    """Finder adds a folder of its own."""
    own = {f"__MACOSX/._{name}": b"\0\5\x16\7" for name in ("index_lms.html", "story.html")}
    return storyline() | own | {".DS_Store": b"\0\0\0\1Bud1"}


def packages_in_a_zip() -> Entries:
    """An author's download of two packages at once."""
    return {"course-en.zip": b"PK\5\6" + bytes(18), "course-fr.zip": b"PK\5\6" + bytes(18)}


def tin_can() -> Entries:
    launch = '<tincan xmlns="http://projecttincan.com/tincan.xsd"><activities/></tincan>'
    return {"tincan.xml": launch.encode(), "index_lms.html": _HTML, "story.html": _HTML}


def h5p() -> Entries:
    return {"h5p.json": b'{"title": "Course"}', "content/content.json": b"{}"}


def cmi5_of_an_author_tool() -> Entries:
    """The start page is in a folder, with what it needs beside it."""
    structure = CMI5.replace("index.html?unit=1", "res/index.html")
    return {"cmi5.xml": structure.encode(), "res/index.html": _HTML, "res/data/player.js": b"// "}


def canvas_export() -> Entries:
    """A cartridge 1.1 that brings Canvas's own settings as associated content."""
    space = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
    lom = "http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest"
    kind = "associatedcontent/imscc_xmlv1p1/learning-application-resource"
    manifest = f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="g1" xmlns="{space}" xmlns:lomimscc="{lom}">
  <metadata>
    <schema>IMS Common Cartridge</schema><schemaversion>1.1.0</schemaversion>
    <lomimscc:lom><lomimscc:general><lomimscc:title>
      <lomimscc:string>Course</lomimscc:string>
    </lomimscc:title></lomimscc:general></lomimscc:lom>
  </metadata>
  <organizations>
    <organization identifier="org_1" structure="rooted-hierarchy">
      <item identifier="LearningModules">
        <item identifier="g2"><title>Module</title>
          <item identifier="g3" identifierref="g4"><title>Page</title></item>
        </item>
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="g5" type="{kind}" href="course_settings/canvas_export.txt">
      <file href="course_settings/course_settings.xml"/>
      <file href="course_settings/canvas_export.txt"/>
    </resource>
    <resource identifier="g4" type="webcontent" href="wiki_content/page.html">
      <file href="wiki_content/page.html"/>
    </resource>
  </resources>
</manifest>"""
    return {
        "imsmanifest.xml": manifest.encode(),
        "course_settings/course_settings.xml": b"<course/>",
        "course_settings/canvas_export.txt": b"settings",
        "wiki_content/page.html": _HTML,
    }
