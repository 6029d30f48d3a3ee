"""A log of evidence, row by row: what was sent, what was answered, what is judged from it.

``make evidence`` runs the certification's tests and writes it, for people (Markdown) and for
scripts (JSON). A test belongs to it by its mark ``row("6.1.1", "No KID sent in header")``; those of
the section ``beyond`` follow in a part of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import requests

from tests.conformance.platform import Request

#: The section of what the certification does not ask.
BEYOND = "beyond"
#: A handle is a credential, in tests too.
HANDLE = re.compile(r"/(play|teach|pick|review|privacy|me)/[\w-]{20,}")
LONG = re.compile(r"((?:state|nonce|login_hint|id_token|JWT)=)[^&\s]{20,}")
#: Halves of characters, which hostile tokens hold, are shown by their numbers.
HALVES = "backslashreplace"
REPLY = re.compile(r'name="JWT" value="([\w.-]+)"')
CODE = re.compile(r"<code[^>]*>\s*([a-z]+\.[a-z-]+)\s*</code>")


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. ``token`` is a sent id_token, opened; ``reply`` the message that
    the answer's form carries to the platform; ``to`` who was asked."""

    to: str
    method: str
    path: str
    status: int | None
    sent: Mapping[str, Any] = field(default_factory=dict)
    token: Mapping[str, Any] | None = None
    reply: Mapping[str, Any] | None = None
    location: str | None = None
    code: str | None = None


@dataclass
class Row:
    """One row of the certification, or a further one, as one test saw it."""

    section: str
    row: str
    case: str
    outcome: str = "not run"
    exchanges: list[Exchange] = field(default_factory=list)


def of_answer(answer: requests.Response, form: Mapping[str, Any] | None) -> Exchange:
    """What a browser asked the tool."""
    fields = form if isinstance(form, Mapping) else {}  # some are sent as bytes, on purpose
    sent = {name: _short(str(value)) for name, value in fields.items()}
    found = CODE.search(answer.text) if answer.status_code >= 400 else None
    carried = REPLY.search(answer.text) if answer.ok else None
    location = answer.headers.get("Location")
    return Exchange(
        to="tool",
        method=str(answer.request.method),
        path=_masked(str(answer.request.path_url)),
        status=answer.status_code,
        sent={name: value for name, value in sent.items() if name != "id_token"},
        token=_opened(fields.get("id_token")),
        reply=_opened(carried[1]) if carried else None,
        location=_masked(location) if location else None,
        code=found[1] if found else None,
    )


def of_request(request: Request) -> Exchange:
    """What the tool asked the platform."""
    wanted = ("Accept", "Content-Type", "User-Agent")
    headers = {name: request.headers[name] for name in wanted if name in request.headers}
    bearer = {"Authorization": "Bearer …"} if "Authorization" in request.headers else {}
    sent: dict[str, Any] = {**headers, **bearer}
    if "json" in headers.get("Content-Type", ""):
        sent["body"] = request.json
    elif request.method == "POST":
        sent["form"] = {name: _short(value) for name, value in request.form.items()}
    return Exchange("platform", request.method, _masked(request.path), None, sent)


def write(rows: list[Row], folder: Path, tool: str) -> Path:
    """Write both files into ``folder``; the Markdown one's path."""
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    rows = sorted(rows, key=lambda row: (_numbers(row.section), row.row, row.case))
    folder.mkdir(parents=True, exist_ok=True)
    whole = {"tool": tool, "at": moment, "rows": [asdict(row) for row in rows]}
    (folder / "certification.json").write_text(
        json.dumps(whole, indent=1, ensure_ascii=False, default=str) + "\n",
        encoding="utf-8",
        errors=HALVES,
    )
    path = folder / "certification.md"
    path.write_text(_markdown(rows, tool, moment), encoding="utf-8", errors=HALVES)
    return path


def _markdown(rows: list[Row], tool: str, moment: str) -> str:
    lines = [f"# LTI Advantage tool certification: evidence\n\n{tool}, {moment}\n"]
    certified = [row for row in rows if row.section != BEYOND]
    further = [row for row in rows if row.section == BEYOND]
    lines += ["| section | row | case | outcome |", "|---|---|---|---|"]
    lines += [f"| {row.section} | {row.row} | {row.case} | {row.outcome} |" for row in certified]
    if further:
        lines += ["\n# Beyond the certification\n", "| row | case | outcome |", "|---|---|---|"]
        lines += [f"| {row.row} | {row.case} | {row.outcome} |" for row in further]
    for row in rows:
        lines.append(f"\n## {row.section} {row.row}: {row.case}\n\n**{row.outcome}**\n")
        for number, item in enumerate(row.exchanges, 1):
            told = " ".join(
                part
                for part in (
                    str(item.status or ""),
                    f"to {item.location}" if item.location else "",
                    f"code {item.code}" if item.code else "",
                )
                if part
            )
            lines.append(
                f"{number}. `{item.method} {item.path}` at the {item.to}: {told or 'seen'}"
            )
            tokens = (("id_token", item.token), ("reply to the platform", item.reply))
            for name, value in (("sent", item.sent), *tokens):
                if value:
                    said = json.dumps(value, ensure_ascii=False, default=str)
                    lines.append(f"   - {name}: `{said}`")
    return "\n".join(lines) + "\n"


def _opened(token: object) -> dict[str, Any] | None:
    """Header and claims of a token, unverified: it is evidence of what was sent."""
    if not isinstance(token, str):
        return None
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        return {"unreadable": str(error)}
    return {"header": header, "claims": claims}


def _masked(url: str) -> str:
    return LONG.sub(r"\1…", HANDLE.sub(r"/\1/…", url))


def _short(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:24]}… ({len(value)} characters)"


def _numbers(section: str) -> tuple[int, ...]:
    return (99,) if section == BEYOND else tuple(int(part) for part in section.split("."))
