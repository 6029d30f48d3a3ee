"""A part of a document, judged as the whole was when its package was verified."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import BinaryIO

from scorm_builder.verify.callouts import check_callouts
from scorm_builder.verify.findings import Finding, Findings
from scorm_builder.verify.opening import Package


def check_section(document: str, html: bytes, names: Iterable[str]) -> tuple[Finding, ...]:
    """What is wrong with ``html``, which stands in ``document``, one of ``names`` of a package that
    we have just built: what it would load from the network, and links to files that are not there.
    """
    findings = Findings(own=True)
    check_callouts(_Section(document, html, names, findings), document, findings)
    return findings.finish()


class _Section(Package):
    """A package of which one file is looked into, and of that a part."""

    def __init__(
        self, document: str, html: bytes, names: Iterable[str], findings: Findings
    ) -> None:
        super().__init__(names, findings)
        self._document = document
        self._html = html

    def size(self, name: str) -> int:
        return len(self._html) if name == self._document else 0

    def open(self, name: str) -> BinaryIO:
        return io.BytesIO(self._html if name == self._document else b"")
