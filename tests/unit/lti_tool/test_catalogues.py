"""The interface's catalogues: every text in each, whole in French and Arabic, and compiled as it is
written."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Message
from babel.messages.pofile import read_po
from jinja2 import Environment

from lti_tool.languages import LANGUAGES, NAMES, TRANSLATIONS, compiled

ROOT = Path(__file__).parents[3]
TEMPLATES = ROOT / "lti_tool/web/templates"
FIELD = re.compile(r"%\((\w+)\)s")
PLURAL_FORMS = {"fr": 2, "ar": 6, "ro": 3}


def messages(language: str) -> list[Message]:
    with compiled(language).with_suffix(".po").open("rb") as file:
        return [message for message in read_po(file, locale=language) if message.id]


def test_the_catalogues_hold_every_text_and_french_and_arabic_are_whole() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "config/dev/translations.py", "--check"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("language", [tag for tag in NAMES if tag != "en"])
def test_a_translation_has_the_places_and_forms_of_its_text(language: str) -> None:
    for message in messages(language):
        plural = isinstance(message.id, tuple)
        ids = message.id if plural else (message.id,)
        forms = message.string if plural else (message.string,)
        assert not message.fuzzy, ids
        assert len(forms) == (PLURAL_FORMS.get(language, 2) if plural else 1), ids
        wanted = set(FIELD.findall(ids[-1]))
        for form in forms:
            found = set(FIELD.findall(form))
            # "One page" may go without its number.
            assert not form or found == wanted or (plural and found == wanted - {"num"}), ids


def test_a_language_without_translations_is_not_on_offer() -> None:
    assert [tag for tag in LANGUAGES if tag in ("en", "fr", "ar")] == ["en", "fr", "ar"]
    for tag in NAMES:
        translated = tag == "en" or any(bool(item.string) for item in messages(tag))
        assert translated or tag not in LANGUAGES
    assert {path.parent.parent.name for path in TRANSLATIONS.glob("*/*/*.po")} == NAMES.keys() - {
        "en"
    }


def bare_texts(path: Path) -> Iterator[str]:
    """What a template says without asking for its translation: letters outside of tags, and in
    attributes that people read or hear."""
    source = path.read_text(encoding="utf-8")
    # The name of a class, for base.html.
    source = re.sub(r"{% block width %}\w+{% endblock %}", "", source)
    html = ""
    for _, kind, value in Environment().lex(source):
        # An expression stands for one sign, so that a tag around it stays a tag.
        html += value if kind == "data" else "\x01" if kind == "variable_begin" else ""
    html = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->", "", html, flags=re.DOTALL)
    html = re.sub(r"<(code|kbd)\b.*?</\1>", "", html, flags=re.DOTALL)
    for _, value in re.findall(r'\b(aria-label|title|alt|placeholder)="([^"]*)"', html):
        if re.search(r"[^\W\d_]{2}", value) and not value.startswith("https://"):
            yield value
    html = re.sub(r'[\w-]+="[^"]*"', "", html)  # attributes that a macro makes
    html = re.sub(r"\b(UTC|SCORM|LTI)\b", "", html)  # the same in every language
    for text in re.split(r"<[^>]*>", html):
        if re.search(r"[^\W\d_]{2}", text):
            yield " ".join(text.split())


@pytest.mark.parametrize(
    "path", sorted(TEMPLATES.glob("**/*.html")), ids=lambda path: str(path.relative_to(TEMPLATES))
)
def test_no_template_says_anything_untranslated(path: Path) -> None:
    assert list(bare_texts(path)) == []


def test_a_bare_text_is_found(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<p class='a b'>{{ _('Kept') }}</p><code>lti-tool</code>"
        "{% if x %}<b>Bare text</b>{% endif %}"
        '<img alt="Bare alt"><a title="{{ title }}" href="/x">{{ name }} · {{ n }}</a>'
    )
    assert list(bare_texts(path)) == ["Bare alt", "Bare text"]
