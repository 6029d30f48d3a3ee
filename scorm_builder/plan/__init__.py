"""An order → the list of what an output holds. Pure: nothing is written.

A package's manifest is written from this very list, so that it can neither forget a file nor name
one that is not there. Each family of formats has a module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scorm_builder.entries import Entry
from scorm_builder.errors import BuildError
from scorm_builder.names import package_name
from scorm_builder.order import Order

if TYPE_CHECKING:
    from scorm_builder.ledger import Ledger


@dataclass(frozen=True, slots=True)
class PackagePlan:
    """An output to be. ``entries`` begin with the manifest where the format has one; the rest is
    sorted by name. ``notes`` tell what of the course the format cannot say, a sentence each."""

    order: Order
    file_name: str
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()


def plan_package(order: Order, ledger: Ledger | None = None) -> PackagePlan:
    """Plan one output. Raises ``BuildError`` where the course does not fit into the format.

    ``ledger`` knows the files that were looked into: a site lists what is in them.
    """
    if order.sco_per_unit and not order.form.divisible:
        raise BuildError(
            f"{order.form.title} has no activities to divide a course into",
            "leave out --sco unit, or build a SCORM or cmi5 package",
        )
    if len(order.languages) > 1 and not order.form.multilingual:
        raise BuildError(
            f"{order.form.title} holds pages in one language only",
            "leave out --together: one output a language",
        )
    name = package_name(order)
    entries = _entries(order, name, ledger)
    _check_names(entries)
    return PackagePlan(order, name, entries, _notes(order))


def _notes(order: Order) -> tuple[str, ...]:
    if order.form.family != "cartridge" or order.form.name == "thincc":
        return ()
    from scorm_builder.cartridge.items import losses

    return tuple(f"the quiz of {unit.id} {loss}" for unit in order.units for loss in losses(unit))


def _entries(order: Order, name: str, ledger: Ledger | None) -> tuple[Entry, ...]:
    match order.form.family:
        case "scorm":
            from scorm_builder.plan import scorm

            return scorm.entries(order)
        case "cmi5":
            from scorm_builder.plan import cmi5

            return cmi5.entries(order)
        case "cartridge":
            from scorm_builder.plan import cartridge

            return cartridge.entries(order)
        case "site":
            from scorm_builder.plan import site

            return site.entries(order, ledger)
        case "single":
            from scorm_builder.plan import single

            return (single.entry(order, name),)


def _check_names(entries: tuple[Entry, ...]) -> None:
    """Windows servers and some LMSs fold case: two names that differ in case only would be one."""
    seen: dict[str, str] = {}
    for entry in entries:
        other = seen.setdefault(entry.name.casefold(), entry.name)
        if other is not entry.name:
            raise BuildError(
                f"{other} and {entry.name} would be one file on servers that ignore case",
                "rename one of the two",
            )
