"""What the console's pages share: who acts, a change with its line in the audit log, and the page
after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, flash, get_flashed_messages, redirect, url_for
from flask_login import current_user  # type: ignore[import-untyped]
from sqlalchemy.orm import Session

from lti_tool.db import writing
from lti_tool.models import Registration
from lti_tool.services import audit, registrations
from lti_tool.web.pages import page, page_words


def show(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the console, with what the change before it said."""
    done = " ".join(str(text) for text in get_flashed_messages())
    return page(f"admin/{template}", status, done=done, **values)


def after(endpoint: str, said: str, **values: Any) -> Response:
    """On to a page that says what was done; a reload does not do it again."""
    flash(said)
    return redirect(url_for(endpoint, **values), 303)  # type: ignore[return-value]


class Change:
    """A change by the operator at work; ``note`` writes its line in the audit log."""

    def __init__(self, session: Session, actor: str) -> None:
        self.session = session
        self._actor = actor

    def note(self, action: str, subject: str, **detail: Any) -> None:
        audit.note(self.session, self._actor, action, subject, **detail)

    def registration(self, number: int) -> Registration:
        return registrations.find_registration(self.session, str(number))


@contextmanager
def changing() -> Iterator[Change]:
    """A transaction that writes, in the name of who is signed in."""
    actor = str(current_user.email)
    with writing() as session:
        yield Change(session, actor)


def say(text: str) -> str:
    """``text`` in the reader's language."""
    return page_words().gettext(text)
