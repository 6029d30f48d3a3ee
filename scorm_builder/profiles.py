"""Building for one LMS: the formats it takes, and how much of a package.

What it makes of names and manifests is ``scorm_builder.verify.profiles``, which judges what was
built. How packages end a session is the same for all of them: ``suspend``, since each of these
keeps a learner's state for certain only then (adaptlearning/adapt-contrib-spoor#297).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scorm_builder.errors import ProfileError
from scorm_builder.formats import DEFAULT_FORMAT, FORMATS
from scorm_builder.verify.profiles import PROFILES

_MEBIBYTE = 1 << 20
_FOR_LMS = frozenset({"scorm", "cmi5", "cartridge"})


@dataclass(frozen=True, slots=True)
class Limit:
    """``most`` is what the LMS takes unless its operators say otherwise; None where they always do.
    ``where`` says where the limit can be read; ``source`` how we know."""

    most: int | None
    where: str
    source: str = ""


_PHP = "PHP's upload_max_filesize and post_max_size on the server"
LIMITS = {
    "moodle": Limit(
        None,
        "Moodle shows “Maximum file size” where the package is chosen; it is the smallest of the "
        f"course's, the site's (Site security settings) and {_PHP}",
        "moodle/moodle, get_user_max_upload_file_size",
    ),
    "moodle-app": Limit(
        None,
        "the package is also stored on each learner's phone: keep it small, or build --light too",
        "docs.moodle.org, Moodle app SCORM player",
    ),
    "chamilo": Limit(None, _PHP, "chamilo/chamilo-lms"),
    "ilias": Limit(None, _PHP, "ILIAS-eLearning/ILIAS"),
    "canvas": Limit(
        500 * _MEBIBYTE,
        "a course has 500 MB for all of its files unless the account's settings say otherwise",
        "instructure/canvas-lms, app/models/account.rb: account_default_quota",
    ),
    "brightspace": Limit(None, "ask who runs it"),
    "openedx": Limit(None, "ask who runs it"),
}


def formats_for(profile: str, wanted: Sequence[str], *, every: bool = False) -> list[str]:
    """``wanted``, or where nothing is, the format that the LMS plays best; with ``every`` all that
    it takes.

    Raises ``ProfileError`` where one is wanted that it does not take.
    """
    lms = PROFILES[profile]
    takes = [
        name
        for name, form in FORMATS.items()
        if form.family in _FOR_LMS and (lms.takes is None or name in lms.takes)
    ]
    for name in wanted:
        if name not in takes:
            raise ProfileError(
                f"{lms.title} does not take {name}",
                f"it takes {', '.join(takes)}; known from: {lms.source}",
            )
    if every:
        return takes
    return list(wanted) or [DEFAULT_FORMAT if DEFAULT_FORMAT in takes else takes[0]]
