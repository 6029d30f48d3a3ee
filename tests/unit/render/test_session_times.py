"""How the dialects of SCORM write the time spent (SCORM 1.2 RTE 3.4.4, CMITimespan; SCORM 2004 RTE
4.1.1.7, timeinterval)."""

from __future__ import annotations

import pytest

from tests.unit.render.player import run_player

DIALECTS = {"1.2": "trackers/scorm12.js", "2004": "trackers/scorm2004.js"}


@pytest.mark.parametrize(
    ("milliseconds", "v12", "v2004"),
    [
        (0, "0000:00:00.00", "PT0S"),
        (59_999, "0000:00:59.99", "PT59.99S"),
        (3_600_000, "0001:00:00.00", "PT3600S"),
        (300 * 3_600_000 + 61_050, "0300:01:01.05", "PT1080061.05S"),
        (20_000 * 3_600_000, "9999:00:00.00", "PT72000000S"),
    ],
)
def test_no_more_than_two_decimals_and_four_digits_of_hours(
    milliseconds: int, v12: str, v2004: str
) -> None:
    for version, wanted in (("1.2", v12), ("2004", v2004)):
        program = f"return SSE.scorm['{version}'].sessionTime(input);"
        assert run_player(program, milliseconds, extra=[DIALECTS[version]]) == wanted
