"""Who of the operators changed what. Written in the transaction of the change itself, so that
neither stands without the other."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from lti_tool.models import AuditEntry, Registration

#: The actor of changes made by ``lti-tool``.
COMMAND_LINE = "command line"


def note(session: Session, actor: str, action: str, subject: str, **detail: Any) -> None:
    """Write down that ``actor`` (an operator's address) did ``action`` (``registration.renamed``)
    to ``subject``. ``detail`` holds neither secrets nor anything about a learner. The caller
    commits."""
    session.add(
        AuditEntry(actor=actor[:320], action=action[:64], subject=subject[:255], detail=detail)
    )


def about(registration: Registration) -> str:
    """How a registration is called in the log: by number and name, so that it still says
    something when it has been deleted."""
    return f"registration {registration.id} ({registration.name})"
