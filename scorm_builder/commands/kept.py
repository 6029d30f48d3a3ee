"""What the build command keeps between runs, and the key that it signs with."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from scorm_builder.cache import Cache
from scorm_builder.stamp import Stamp

if TYPE_CHECKING:
    from content.loaded import Loaded
    from scorm_builder.knowledge import Knowledge
    from scorm_builder.ledger import Ledger
    from scorm_builder.minisign import SecretKey
    from scorm_builder.results import BuiltPackage, FailedOutput


class KeptBuild:
    """One run of the command. As a context it hears what is said, and remembers what it learned."""

    def __init__(
        self,
        course: Path,
        options: Mapping[str, object],
        *,
        cached: bool,
        jobs: int,
        sign: Path | None,
    ) -> None:
        self._course = course
        self._cache = Cache() if cached else None
        self._jobs = jobs
        self._sign = sign
        watched = [sign] if sign else []
        self._stamp = Stamp(self._cache, course, options, watched) if self._cache else None
        self._knowledge: Knowledge | None = None
        self._outputs: list[Path] = []
        self._beside: list[Path] = []
        self._whole = True

    def unchanged(self) -> bool:
        """Whether there is nothing to do; what the last run said is said again."""
        if self._stamp is None:
            return False
        if self._stamp.holds():
            return True
        for output in self._stamp.before:
            if not os.path.lexists(output):
                from scorm_builder.placing import sweep

                sweep(output)
        return False

    @property
    def ledger(self) -> Ledger:
        return self._known().ledger

    def key(self) -> SecretKey | None:
        """The key to sign with; its password is asked for. Raises ``SigningError``."""
        if self._sign is None:
            return None
        from scorm_builder.signing import PASSWORD, read_key

        name = self._sign.name

        def password() -> str:
            given = os.environ.get(PASSWORD)
            if given is not None:
                return given
            return str(click.prompt(f"Password of {name}", hide_input=True, err=True))

        return read_key(self._sign, password)

    def note(self, result: BuiltPackage | FailedOutput) -> None:
        """An output was built, or could not be."""
        path = getattr(result, "path", None)
        if path is None:
            self._whole = False
            return
        self._outputs.append(path)
        signature = getattr(result, "signature", None)
        if signature is not None:
            self._beside.append(signature)

    def revised(self, *, as_json: bool) -> bool:
        """Whether nothing has changed but the wording of pages; then the outputs say the same, and
        it is told as of any build."""
        record = self._stamp.revision() if self._stamp else None
        if self._stamp is None or self._cache is None or record is None:
            return False
        from scorm_builder.commands.progress import Progress
        from scorm_builder.revision import NoRevisionError, is_likely, revise
        from scorm_builder.standing import Standing

        changed = self._stamp.changed or frozenset()
        if not is_likely(record, changed, self._stamp.warnings):
            return False
        standing = Standing(self._cache)
        try:
            results = list(revise(record, self._course.resolve(), changed, standing))
        except NoRevisionError:
            return False
        sys.stderr.write(self._stamp.warnings)
        with Progress(len(results), as_json=as_json) as progress:
            for result in results:
                self.note(result)
                progress.tell(result)
        self._stamp.leave(self._outputs, record=record)
        return True

    def leave(self, loaded: Loaded) -> None:
        """Remember that the outputs are what the course makes, where none is missing."""
        if self._stamp and self._whole and self._outputs:
            revisable = self._known().ledger.revisable
            record = revisable.record(loaded, self._outputs) if revisable else None
            self._stamp.leave(self._outputs, self._beside, record)

    def __enter__(self) -> Self:
        # What is known is many small values that never die: looking for dead ones takes long.
        gc.set_threshold(50_000, 20, 20)
        if self._stamp:
            self._stamp.listen()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stamp:
            self._stamp.stop_listening()
        if self._knowledge is not None:
            self._knowledge.keep()

    def _known(self) -> Knowledge:
        if self._knowledge is None:
            from scorm_builder.apprentice import employ
            from scorm_builder.knowledge import Knowledge
            from scorm_builder.revisable import Revisable
            from scorm_builder.standing import Standing

            self._knowledge = Knowledge(self._course, self._cache, self._jobs)
            employ(self._course, self._jobs)
            if self._cache:
                self._knowledge.ledger.standing = Standing(self._cache)
                self._knowledge.ledger.revisable = Revisable()
        return self._knowledge
