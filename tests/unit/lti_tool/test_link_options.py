"""The options of a link: written and read again, whatever is stored, and when answers are taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.services.link_options import ATTEMPTS, PASS_MARKS, LinkOptions

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
moments = st.datetimes(
    min_value=datetime(2000, 1, 1), max_value=datetime(2099, 1, 1), timezones=st.just(UTC)
).map(lambda moment: moment.replace(microsecond=0))
options = st.builds(
    LinkOptions,
    language=st.none() | st.sampled_from(["en", "ar"]),
    attempts=st.none() | st.sampled_from(ATTEMPTS),
    pass_mark=st.none() | st.sampled_from(PASS_MARKS),
    mode=st.sampled_from(["mooc", "spoc"]),
    opens_at=st.none() | moments,
    closes_at=st.none() | moments,
    time_zone=st.sampled_from(["UTC", "Africa/Tunis"]),
    tutor=st.text(max_size=120),
    note=st.text(max_size=1000),
)
plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
json_values = plain | st.lists(plain, max_size=2)
stored = st.dictionaries(
    st.sampled_from(
        ["language", "attempts", "pass_mark", "mode", "opens_at", "closes_at", "time_zone", "note"]
    ),
    json_values,
)


@given(options)
def test_what_is_written_is_read_again(given_options: LinkOptions) -> None:
    assert LinkOptions.from_json(given_options.to_json()) == given_options


@given(stored)
def test_whatever_is_stored_gives_options_that_hold(data: dict[str, Any]) -> None:
    found = LinkOptions.from_json(data)
    problems = found.problems(["en"])
    assert problems.keys() <= {"language", "closes_at"}
    assert found.attempts is None or (found.attempts in ATTEMPTS and found.attempts is not True)


def test_from_the_beginning_and_before_the_end() -> None:
    second = timedelta(seconds=1)
    found = LinkOptions(mode="spoc", opens_at=NOW, closes_at=NOW + timedelta(hours=1))
    windows = [
        found.window(moment)
        for moment in (NOW - second, NOW, found.closes_at and found.closes_at - second)
        if moment
    ]
    assert windows == ["early", "open", "open"]
    assert found.closes_at is not None
    assert found.window(found.closes_at) == "over"
    assert LinkOptions(opens_at=NOW + second).window(NOW) == "open"
