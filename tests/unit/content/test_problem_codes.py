"""Every code that the sources can give is documented, and every documented code exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
FAMILIES = (
    "check|course|directive|field|file|heading|html|id|language|link|markup|media|page|pool|question|quiz|style"
    "|theme|translation|unit|yaml"
)
_IN_SOURCE = re.compile(rf'"((?:{FAMILIES})\.[a-z-]+)"')
_IN_TABLE = re.compile(r"^\| `([a-z]+\.[a-z-]+)` \| (error|warning) \| \S.* \| \S.* \|$", re.M)


def test_codes_and_documentation_agree() -> None:
    paths = [
        *(ROOT / "content").glob("*.py"),
        *(ROOT / "content/theming").glob("*.py"),
        *(ROOT / "scorm_builder/media").glob("*.py"),
    ]
    sources = [path.read_text("utf-8") for path in paths]
    given = {
        code
        for source in sources
        for code in _IN_SOURCE.findall(source)
        if not code.endswith((".yaml", ".md"))
    }
    table = (ROOT / "docs" / "course-format.md").read_text("utf-8").partition("## Problems")[2]
    documented = _IN_TABLE.findall(table)

    assert [code for code, _ in documented] == sorted(given)
    warnings = {code for code, severity in documented if severity == "warning"}
    assert warnings == {
        code
        for source in sources
        for code in re.findall(rf'warning\(.*?"((?:{FAMILIES})\.[a-z-]+)"', source, re.S)
    }
