"""LMSs, as data: what each takes, and which files it changes or refuses.

Each fact has its source: what was tried, the program's own code, or a thread of its makers. What
cannot be said as data is a check in ``traps.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SCORM_2004 = frozenset({"scorm2004-2nd", "scorm2004-3rd", "scorm2004"})
SCORM = SCORM_2004 | {"scorm12"}


@dataclass(frozen=True, slots=True)
class Profile:
    """One LMS. ``takes`` are formats as reports name them, None where nothing is known;
    ``bad_names`` finds signs, ``bad_endings`` extensions, that it refuses or changes."""

    title: str
    takes: frozenset[str] | None
    source: str
    bad_names: re.Pattern[str] | None = None
    names_source: str = ""
    bad_endings: re.Pattern[str] | None = None
    endings_source: str = ""


PROFILES = {
    "moodle": Profile(
        "Moodle",
        SCORM | {"cc10", "cc11"},
        "Moodle 4.5, tried; backup/cc/cc112moodle.php",
    ),
    "moodle-app": Profile(
        "Moodle's phone app, offline",
        frozenset({"scorm12"}),
        "Moodle's phone app, tried",
    ),
    "chamilo": Profile(
        "Chamilo",
        frozenset({"scorm12", "cc13", "cmi5"}),
        "chamilo/chamilo-lms#1948; cartridges: class Cc1p3Convert; cmi5: its xAPI plugin",
        bad_names=re.compile(r"[~\s]|[^\x00-\x7f]"),
        names_source="chamilo/chamilo-lms#4994",
        bad_endings=re.compile(r"\.(?:php.*|phtml)\Z", re.IGNORECASE),
        endings_source="chamilo/chamilo-lms, main/lp/scorm.class.php",
    ),
    "ilias": Profile(
        "ILIAS",
        SCORM | {"cmi5"},
        "ILIAS-eLearning/ILIAS, class.ilObjSAHSLearningModuleGUI.php; cmi5: its xAPI objects",
        bad_endings=re.compile(r"\.(?:php[34]?|inc|lang|phtml|htaccess)\Z", re.IGNORECASE),
        endings_source="ILIAS-eLearning/ILIAS, renameExecutables",
    ),
    "canvas": Profile(
        "Canvas",
        None,
        "",
    ),
    "brightspace": Profile(
        "Brightspace",
        None,
        "",
        bad_names=re.compile(r'[\\:*?"<>|~#%&+{}]'),
        names_source="Pima Community College, knowledge base 173464",
    ),
    "openedx": Profile(
        "Open edX",
        SCORM | {"cmi5"},
        "overhangio/openedx-scorm-xblock, scormxblock.py; openedx-cmi5-xblock",
    ),
}
#: What ``--profile`` takes.
PROFILE_NAMES = (*PROFILES, "all")


def named(profiles: tuple[str, ...]) -> frozenset[str]:
    """The LMSs meant by ``--profile``, given any number of times."""
    return frozenset(PROFILES) if "all" in profiles else frozenset(profiles)
