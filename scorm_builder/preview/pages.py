"""The preview's own HTML: contents, problems, and the bar under each document."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

from content.model import Course, Unit, direction
from content.problems import Problem

STYLE = """
body.preview { font: 1.05rem/1.55 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem 4rem; color: #1c2b27; background: #fbfaf6; }
.preview h1 { line-height: 1.2; }
.preview li { margin-block: .5rem; }
.preview code { font-size: .95em; overflow-wrap: anywhere; }
.preview .error { border-inline-start: .3rem solid #a3262a; padding-inline-start: .8rem; }
.preview .warning { border-inline-start: .3rem solid #8a6100; padding-inline-start: .8rem; }
.preview .place { font-weight: 600; }
.preview ul.problems { list-style: none; padding: 0; }
#preview-bar { position: fixed; inset-block-end: 0; inset-inline: 0; z-index: 99; display: flex;
  flex-wrap: wrap; gap: .2rem 1rem; padding: .35rem .8rem; font: .85rem/1.6 system-ui, sans-serif;
  color: #fff; background: #1c2b27; }
#preview-bar a { color: #fff; }
@media print { #preview-bar { display: none; } }
@media (prefers-color-scheme: dark) { body.preview { color: #e8ece9; background: #17201d; }
  .preview a { color: #9fd3c0; } }
"""

SCRIPT = """"use strict";
(function () {
  var seen = document.currentScript.getAttribute("data-reading");
  var source = new EventSource("/_preview/events?after=" + seen);
  source.onmessage = function (event) { if (event.data !== seen) { location.reload(); } };
})();
"""


def problems_page(folder: Path, problems: Iterable[Problem], number: int) -> str:
    """Shown in place of the course while it has errors."""
    return _page(
        "This course has errors",
        f"<p>Mend these in <code>{escape(str(folder))}</code> and save: "
        f"the page comes back by itself.</p>{_listed(problems)}",
        number,
    )


def contents_page(course: Course, problems: tuple[Problem, ...], number: int) -> str:
    """Links to the whole course and each unit, in each language, and what is doubtful."""
    groups = []
    for language in course.languages:
        links = [_link(f"/{language}/", course.title[language], language)]
        links += [_link(f"/{language}/{u.id}/", u.title[language], language) for u in course.units]
        items = "".join(f"<li>{link}</li>" for link in links)
        groups.append(f"<h2>{escape(language)}</h2><ul>{items}</ul>")
    warnings = f"<h2>Warnings</h2>{_listed(problems)}" if problems else ""
    return _page(course.title[course.default_language], "".join(groups) + warnings, number)


def bar(
    course: Course, language: str, unit: Unit | None, problems: tuple[Problem, ...], number: int
) -> str:
    """The strip at the foot of a document: other languages, contents, warnings; and the reload."""
    tail = f"{unit.id}/" if unit else ""
    links = [
        f"<b>{escape(other)}</b>" if other == language else f'<a href="/{other}/{tail}">{other}</a>'
        for other in course.languages
    ]
    links.append('<a href="/">Contents</a>')
    if problems:
        links.append(f'<a href="/">Warnings: {len(problems)}</a>')
    return (
        '<link rel="stylesheet" href="/_preview/style.css">'
        f'<nav id="preview-bar" lang="en" dir="ltr" aria-label="Preview">{"".join(links)}</nav>'
        + _script(number)
    )


def _page(title: str, body: str, number: int) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title>"
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/_preview/style.css"></head>'
        f'<body class="preview"><main><h1>{escape(title)}</h1>{body}</main>'
        f"{_script(number)}</body></html>"
    )


def _script(number: int) -> str:
    return f'<script src="/_preview/reload.js" data-reading="{number}"></script>'


def _link(address: str, text: str, language: str) -> str:
    direct = direction(language)
    return f'<a href="{escape(address)}" lang="{language}" dir="{direct}">{escape(text)}</a>'


def _listed(problems: Iterable[Problem]) -> str:
    items = []
    for problem in problems:
        place = f"{problem.path}:{problem.line}:{problem.column}" if problem.line else problem.path
        items.append(
            f'<li class="{problem.severity}"><code class="place">{escape(place)}</code> '
            f"{problem.severity} <code>{escape(problem.code)}</code><br>"
            f"{escape(problem.message)}<br>{escape(problem.hint)}</li>"
        )
    return f'<ul class="problems">{"".join(items)}</ul>'
