"""``lti-tool scores``: scores that wait or did not arrive."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from lti_tool.commands.command import as_json_option, make_app, rfc3339, says_why

if TYPE_CHECKING:
    from lti_tool.models import ScoreDelivery


@click.group()
def scores() -> None:
    """Scores on their way to the learning platforms."""


@scores.command("list")
@click.option("--failed", "only", flag_value="failed", help="Only those that were given up.")
@click.option("--waiting", "only", flag_value="due", help="Only those that wait.")
@click.option(
    "--limit",
    default=100,
    show_default=True,
    type=click.IntRange(1, 100_000),
    help="At most so many, the oldest first.",
)
@as_json_option
@says_why
def list_(only: str | None, limit: int, as_json: bool) -> None:
    """List the scores that wait or failed, with the cause. People are numbers."""
    from lti_tool.models import DeliveryState, db
    from lti_tool.services import deliveries

    states = (DeliveryState(only),) if only else (DeliveryState.DUE, DeliveryState.FAILED)
    with make_app(migrated=True).app_context():
        found = [_facts(row) for row in deliveries.list_open(db.session(), states, limit)]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    if not found:
        click.echo("None: every score has arrived.", err=True)
    for item in found:
        when = item["next_try"] or "given up"
        click.echo(
            f"{item['id']:>6}  {item['state']:<7}  registration {item['registration']}, "
            f"link {item['link']}, learner {item['learner']}: {item['score']}  "
            f"tried {item['tries']} times, {when}  {item['error'] or ''}"
        )


@scores.command("send-again")
@click.argument("delivery", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="All that wait or failed.")
@as_json_option
@says_why
def send_again(delivery: tuple[int, ...], everything: bool, as_json: bool) -> None:
    """Send each DELIVERY (its number) at once, with all its tries anew."""
    if everything == bool(delivery):
        raise click.UsageError("Name the scores by number, or say --all.")
    from lti_tool.db import writing
    from lti_tool.errors import ConfigError
    from lti_tool.models import now
    from lti_tool.services import deliveries

    with make_app(migrated=True).app_context(), writing() as session:
        asked = deliveries.send_all_again(session, None if everything else delivery, now())
    unknown = sorted(set(delivery) - set(asked))
    if as_json:
        click.echo(json.dumps({"sent_again": asked, "not_open": unknown}))
    elif asked or everything:
        click.echo(f"{len(asked)} scores are due now; a worker sends them.", err=True)
    if unknown:
        numbers = ", ".join(map(str, unknown))
        raise ConfigError(
            "scores.not-open", f"No score that waits or failed has the number {numbers}."
        )


def _facts(row: ScoreDelivery) -> dict[str, Any]:
    from lti_tool.models import DeliveryState

    waits = row.state == DeliveryState.DUE
    return {
        "id": row.id,
        "state": "waiting" if waits else str(row.state),
        "registration": row.registration_id,
        "link": row.link_pk,
        "learner": row.user_id,
        "score": row.value,
        "written": rfc3339(row.created_at),
        "tries": row.tries,
        "next_try": rfc3339(row.due_at) if waits else None,
        "error": row.last_error,
    }
