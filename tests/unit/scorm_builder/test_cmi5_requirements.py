"""``validate`` holds cmi5 packages to each requirement that ADL's CATAPULT lists (npm's
@cmi5/requirements): what a package can break, a package here breaks, and it is told."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.scorm_packages.faults import all_faults

LISTED = Path(__file__).parents[2] / "node/node_modules/@cmi5/requirements/requirements.json"
#: Requirements on course structures and packages; all others are about what is said at run time.
OF_PACKAGES = re.compile(r"(3\.0\.0\.0-1|4\.4\.0\.0-\d|8\.1\.0\.0-6|1[34]\.\d\.\d\.\d-\d)( \(d\))?")
#: What an LMS has to do with a sound package.
OF_LMSS = {"13.1.0.0-1", "13.1.4.0-3"}
#: The faults that break each requirement.
BROKEN_BY = {
    "3.0.0.0-1": {"id-without-scheme", "activity-type-without-scheme"},
    # These two sum up the others.
    "4.4.0.0-1": {"another-root"},
    "4.4.0.0-2": {"move-on-unknown", "launch-method-unknown", "mastery-in-percent"},
    "8.1.0.0-6": {"a-name-that-is-taken"},
    "13.1.2.0-1": {"block-twice"},
    "13.1.3.0-1": {"objective-twice"},
    "13.1.4.0-1": {"id-twice"},
    "13.1.4.0-2": {"url-with-a-space", "no-url"},
    "13.1.5.0-1": {"extension-without-a-schema"},
    "13.1.5.0-2": {"extension-out-of-place"},
    "13.2.0.0-1": {"no-description", "nothing-to-launch"},
    "14.0.0.0-1": {"archive-text"},
    "14.1.0.0-1": {"archive-truncated"},
    "14.1.0.0-2": {"in-a-folder"},
    "14.1.0.0-3": {"url-of-another-scheme"},
    "14.1.0.0-4": {"url-to-nothing"},
    "14.2.0.0-1": {"relative-without-a-package"},
}


def test_each_requirement_on_packages_has_a_package_that_breaks_it() -> None:
    listed = {name for name in json.loads(LISTED.read_text("utf-8")) if OF_PACKAGES.fullmatch(name)}
    # A derived requirement, which ends in (d), says what an LMS does where the first is broken.
    assert {name.removesuffix(" (d)") for name in listed} == {*BROKEN_BY, *OF_LMSS}
    known = {fault.name.removeprefix("cmi5-") for fault in all_faults()}
    for requirement, faults in BROKEN_BY.items():
        assert faults <= known, requirement
