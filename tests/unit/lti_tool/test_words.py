"""The interface's texts: every one in every language; nothing secret in logs."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from jinja2.ext import babel_extract

from lti_tool.logs import mask, set_up_logs
from lti_tool.lti.refusals import REFUSALS
from lti_tool.security import form_token, origin, origins, same
from lti_tool.settings import load_settings
from lti_tool.web import errors, teach
from lti_tool.web.i18n import LANGUAGES, Words, choose, words
from lti_tool.web.register import DESCRIPTION

WEB = Path(errors.__file__).parent
PLURAL_FORMS = {"fr": 2, "ar": 6}
FIELD = re.compile(r"%\((\w+)\)s")


def used_texts() -> set[str]:
    """What templates ask for, and what refusals say."""
    found = {DESCRIPTION, errors.AGAIN, errors.INVITE_AGAIN, *errors.ADVICE.values()}
    for template in WEB.glob("templates/**/*.html"):
        with template.open("rb") as stream:
            for _, _, message, _ in babel_extract(stream, ("_", "gettext", "ngettext"), [], {}):
                one = message if isinstance(message, str) else (message or (None,))[0]
                if one:
                    found.add(one)
    found |= set(teach.REMEDIES.values())
    for refusal in REFUSALS.values():
        found |= {refusal.message, refusal.remedy}
    for _, message, advice in errors._HTTP.values():
        found |= {message, advice}
    return found


@pytest.mark.parametrize("language", sorted(PLURAL_FORMS))
def test_every_text_is_translated(language: str) -> None:
    catalogue = json.loads((WEB / "locale" / f"{language}.json").read_text(encoding="utf-8"))
    assert used_texts() - catalogue.keys() == set()
    for text, translated in catalogue.items():
        forms = translated if isinstance(translated, list) else [translated]
        assert len(forms) in (1, PLURAL_FORMS[language])
        for form in forms:
            assert form.strip()
            assert set(FIELD.findall(form)) <= set(FIELD.findall(text))
            if len(forms) == 1:
                assert set(FIELD.findall(form)) == set(FIELD.findall(text))


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


def test_numbers_and_dates() -> None:
    moment = datetime(2026, 8, 5, 9, 7, tzinfo=UTC)
    assert Words("en").date(moment) == "5 Aug 2026, 09:07"
    assert Words("fr").date(moment) == "5 août 2026, 09:07"
    assert Words("fr").number(Decimal("66.60")) == "66,6"
    assert Words("en").number(Decimal("100.00")) == "100"


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
