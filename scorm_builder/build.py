"""One readable build: plan → archive → verify → put in place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from threading import Lock

from scorm_builder.archive import Parts, write_archive, write_behind, write_folder, write_single
from scorm_builder.errors import BuildError, VerificationError, interrupted, unwritable
from scorm_builder.identity import Identity
from scorm_builder.in_place import Edited
from scorm_builder.ledger import Ledger
from scorm_builder.media.room import MediaRoom
from scorm_builder.minisign import SecretKey
from scorm_builder.order import Order
from scorm_builder.placing import draft_file, draft_folder, put_in_place
from scorm_builder.plan import PackagePlan, plan_package
from scorm_builder.results import BuiltPackage as BuiltPackage
from scorm_builder.results import FailedOutput as FailedOutput
from scorm_builder.sealing import signature_beside
from scorm_builder.signing import beside
from scorm_builder.verify import verify_package
from scorm_builder.weighing import TooHeavyError, check_weight, weigh

#: Outputs are planned and verified one at a time, while others are written: Python does no two such
#: things at once, and libxml2's schemas must not.
_THINKING = Lock()


def build_package(
    order: Order,
    output: Path,
    media: MediaRoom | None = None,
    *,
    ledger: Ledger | None = None,
    key: SecretKey | None = None,
) -> BuiltPackage:
    """Build one package into ``output``, where it appears whole and verified, or not at all.

    ``media`` is where its media are made to fit, and ``ledger`` knows the files that were looked
    into: those that several orders share do it once. ``key`` signs where ``order.signed``: the list
    of checksums inside, or the whole output, beside it.
    """
    if media is None:
        with MediaRoom() as own:
            return build_package(order, output, own, ledger=ledger, key=key)
    known = ledger or Ledger()
    try:
        with _THINKING:
            plan = plan_package(media.prepared(order), known)
    except OSError as error:
        raise interrupted(error) from error
    try:
        return write_package(plan, output, ledger=known, key=key)
    except OSError as error:
        raise unwritable(output.absolute() / plan.file_name, error) from error
    except TooHeavyError as error:
        if order.light:
            raise
        light = weigh(plan_package(media.prepared(replace(order, light=True))))
        raise error.with_light(light) from None


def write_package(
    plan: PackagePlan, output: Path, *, ledger: Ledger, key: SecretKey | None = None
) -> BuiltPackage:
    """The second half of ``build_package``, for a plan that is made."""
    order, form = plan.order, plan.order.form
    target = output.absolute() / plan.file_name
    sealed = beside(target) if order.signed and not form.listed else None
    check_weight(plan)
    parts, written = Parts(plan, ledger, key), None
    with ExitStack() as drafts:
        last = drafts.enter_context(_last(parts, target))
        draft = last.path if last else drafts.enter_context(_draft(plan, target))
        if form.suffix == "/":
            contents = write_folder(parts, draft)
        elif form.family == "single":
            contents = write_single(plan, draft)
        else:
            written = write_behind(parts, last) if last else write_archive(parts, draft)
            contents = written.contents
        with _THINKING:
            report = verify_package(draft, own=True, family=form.family)
        if not report.valid:
            raise VerificationError(plan.file_name, report.problems)
        built = BuiltPackage(
            path=target,
            format=form.name,
            language=order.language_tag,
            unit=order.unit.id if order.unit else None,
            bytes=_size(draft),
            contents=contents,
            entries=len(plan.entries),
            notes=plan.notes + _stale(target, sealed),
            signature=sealed,
        )
        check_weight(plan, built.bytes)
        identity = Identity.of(draft.stat())
        _put(draft, target, sealed, key)
    if written is not None and ledger.standing is not None:
        ledger.standing.note(target, identity, written.media)
    if ledger.revisable is not None:
        ledger.revisable.note(plan, built, written)
    return built


def _put(draft: Path, target: Path, sealed: Path | None, key: SecretKey | None) -> None:
    """Let ``draft`` take its place, with its signature where it has one beside it."""
    if sealed is None:
        put_in_place(draft, target)
        return
    if key is None:
        raise BuildError("no key was given to sign with")
    with signature_beside(draft, target, key) as signature:
        put_in_place(draft, target)
        put_in_place(signature, sealed)


def _stale(target: Path, sealed: Path | None) -> tuple[str, ...]:
    """A signature that somebody left there is not of this build."""
    left = beside(target)
    if sealed == left or not left.exists():
        return ()
    return (f"{left.name} is of an earlier build: sign this one too, or delete it",)


def _last(parts: Parts, target: Path) -> AbstractContextManager[Edited | None]:
    """The last version of an archive, where it can become the next."""
    form, standing = parts.plan.order.form, parts.ledger.standing
    if standing is None or form.suffix == "/" or form.family == "single":
        return nullcontext()
    return standing.edited(target, parts.stored_media)


def _draft(plan: PackagePlan, target: Path) -> AbstractContextManager[Path]:
    return draft_folder(target) if plan.order.form.suffix == "/" else draft_file(target)


def build_orders(
    orders: Sequence[Order],
    output: Path,
    media: MediaRoom,
    *,
    ledger: Ledger | None = None,
    key: SecretKey | None = None,
    jobs: int = 1,
) -> Iterator[BuiltPackage | FailedOutput]:
    """Every output ordered, in their order; what fails holds up nothing else. With ``jobs``, one is
    planned while others are written. The rest is as for ``build_package``."""
    known = ledger or Ledger()

    def attempt(order: Order) -> BuiltPackage | FailedOutput:
        try:
            return build_package(order, output, media, ledger=known, key=key)
        except BuildError as error:
            return FailedOutput(order, error)

    if jobs == 1 or len(orders) == 1:
        yield from map(attempt, orders)
        return
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(jobs)
    try:
        yield from pool.map(attempt, orders)
    finally:
        pool.shutdown(cancel_futures=True)


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size
