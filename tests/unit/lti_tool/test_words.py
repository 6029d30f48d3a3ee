"""Plurals, dates and numbers of the interface; nothing secret in logs."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from lti_tool.languages import LANGUAGES
from lti_tool.logs import mask, set_up_logs
from lti_tool.security import form_token, origin, origins, same
from lti_tool.settings import load_settings
from lti_tool.web.i18n import Words, choose, words


@pytest.mark.parametrize(
    ("language", "count", "text"),
    [
        ("en", 1, "%(num)s page"),
        ("en", 0, "%(num)s pages"),
        ("fr", 0, "%(num)s page"),
        ("fr", 2, "%(num)s pages"),
        ("ar", 1, "صفحة واحدة"),
        ("ar", 2, "صفحتان"),
        ("ar", 7, "%(num)s صفحات"),
        ("ar", 11, "%(num)s صفحة"),
        ("ar", 103, "%(num)s صفحات"),
    ],
)
def test_plurals(language: str, count: int, text: str) -> None:
    assert Words(language).ngettext("%(num)s page", "%(num)s pages", count) == text


def test_dates() -> None:
    moment = datetime(2026, 8, 5, 9, 7, tzinfo=UTC)
    assert Words("en").date(moment) == "5 Aug 2026, 09:07"
    assert Words("fr").date(moment) == "5 août 2026, 09:07"
    assert Words("ar").date(moment) == "5 أغسطس 2026، 09:07"
    assert Words("fr").day(moment) == "5 août 2026"
    assert Words("fr").date(None) == Words("fr").day(None) == ""


def test_times_are_those_of_the_zone() -> None:
    moment = datetime(2026, 8, 5, 23, 30, tzinfo=UTC)
    assert Words("en", "Africa/Tunis").date(moment) == "6 Aug 2026, 00:30"
    assert Words("en", "Africa/Tunis").day(moment) == "6 Aug 2026"
    assert Words("en").zone == "UTC – Coordinated Universal Time"
    assert Words("ar", "Africa/Tunis").zone == "تونس"


def test_numbers() -> None:
    assert Words("fr").number(Decimal("66.60")) == "66,6"
    assert Words("en").number(Decimal("100.00")) == "100"
    assert Words("ar").number(Decimal("66.65")) == "66,65"
    assert Words("en").number(12345) == "12,345"
    assert Words("en").percent(Decimal("66.60")) == "66.6%"
    assert Words("fr").percent(66.6) == "66,6\u00a0%"
    assert Words("fr").seconds(-0.94) == "-0,9"
    assert Words("en").seconds(48.0) == "+48"
    assert Words("en").percent(100) == "100%"


@pytest.mark.parametrize(
    ("wish", "found"),
    [("fr", "fr"), ("fr_CA", "fr"), ("FR-be", "fr"), ("de", "en"), (None, "en"), ("ar-TN", "ar")],
)
def test_the_nearest_language(wish: str | None, found: str) -> None:
    assert words(wish).language == found
    assert choose(wish, tuple(LANGUAGES), "en") == found


@pytest.mark.parametrize(
    "line",
    [
        "GET /play/SECRETSECRETSECRETSE HTTP/1.1",
        "http://t.example/register/SECRETSECRETSECRETSE?openid_configuration=x",
        "Authorization: Bearer SECRETSECRET",
        "POST /lti/launch state=SECRET&id_token=SECRET",
        "id_token=eyJhbGciOiJSUzI1NiJ9.eyJTRUNSRVQ.SECRET",
        "token eyJhbGciOiJSUzI1NiJ9.eyJTRUNSRVQ.SECRET end",
    ],
)
def test_logs_hold_no_secret(line: str) -> None:
    assert "SECRET" not in mask(line)
    assert "***" in mask(line)


def test_debugging_does_not_trace_each_line_of_markdown(tmp_path: Path) -> None:
    level = logging.getLogger().level
    try:
        set_up_logs(load_settings(data_dir=tmp_path, log_level="debug"))
        assert not logging.getLogger("markdown_it.rules_block.paragraph").isEnabledFor(
            logging.DEBUG
        )
    finally:
        logging.getLogger().setLevel(level)


def test_origins() -> None:
    assert origin("https://LMS.example:8443/path?x") == "https://lms.example:8443"
    assert origin("http://[::1]:80/x") == "http://[::1]:80"
    for wrong in (None, "", "javascript:alert(1)", "https://a;b/", "https://x:y/", "//lms.example"):
        assert origin(wrong) is None
    assert origins(["https://a.example/1", None, "https://a.example/2"]) == ("https://a.example",)


def test_form_tokens() -> None:
    token = form_token("k", "pick", "handle")
    assert same(token, form_token("k", "pick", "handle"))
    assert not same(token, form_token("k", "teach", "handle"))
    assert not same("é", token)
