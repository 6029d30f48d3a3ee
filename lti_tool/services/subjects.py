"""Whom a submission review or a data-privacy launch is about, and who may have it (Submission
Review 1.0 §3; Data Privacy Launch)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from lti_tool.direct import Writing
from lti_tool.lti.claims import DATA_PRIVACY, SUBMISSION_REVIEW, Launch
from lti_tool.lti.refusals import refuse
from lti_tool.models import Context, ResourceLink, User


@dataclass(frozen=True, slots=True)
class Subject:
    """``user`` is None where the tool does not know the person, ``link`` where nothing of ours
    belongs to the line item."""

    context: int | None
    link: int | None
    user: int | None


def teaches(launch: Launch) -> bool:
    """Whether the launch gives an instructor's rights. A review without a course has none to give:
    roles count in their course alone."""
    if launch.message_type == DATA_PRIVACY:
        return False
    somewhere = launch.context is not None or launch.resource_link is not None
    return launch.is_instructor and somewhere


def check_subject(launch: Launch) -> None:
    """Instructors review anybody of their course, learners themselves; administrators alone have
    to do with people's data. Raises ``LaunchRejected``."""
    if launch.message_type == DATA_PRIVACY and not launch.administers:
        raise refuse("launch.role-may-not-administer")
    if launch.message_type == SUBMISSION_REVIEW and not teaches(launch):
        about = launch.for_user.user_id if launch.for_user else None
        if about is None or about != launch.sub:
            raise refuse("launch.review-of-others")


def find_subject(
    transaction: Writing, launch: Launch, context: int | None, link: int | None
) -> Subject:
    """The rows of the launch's subject. ``context`` and ``link`` are those that the launch names.
    A review that names no link is of the one that its line item belongs to, in the launch's own
    course where it names that."""
    if link is None and launch.message_type == SUBMISSION_REVIEW:
        item = launch.ags.line_item if launch.ags else None
        found = transaction.core.execute(
            select(ResourceLink.id, ResourceLink.context_pk)
            .join(Context, Context.id == ResourceLink.context_pk)
            .where(
                Context.deployment_pk == launch.deployment.id,
                ResourceLink.line_item_url == item,
                *([ResourceLink.context_pk == context] if context is not None else []),
            )
            .order_by(ResourceLink.id)
            .limit(1)
        ).one_or_none()
        if found is not None:
            link, context = found
    user = None
    if launch.for_user is not None:
        user = transaction.core.scalar(
            select(User.id).where(
                User.registration_id == launch.registration.id,
                User.sub == launch.for_user.user_id,
            )
        )
    return Subject(context, link, user)
