"""Findings as a SARIF 2.1.0 log, which code hosts and editors show at their place."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scorm_builder.verify import Report
from scorm_builder.verify.findings import Finding
from scorm_builder.verify.rules import RULES

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {"error": "error", "refused": "warning", "doubt": "warning", "warning": "warning"}


def sarif_log(judged: Sequence[tuple[Path, Report]]) -> dict[str, Any]:
    """One run over all packages. A file inside a zip is an artifact whose parent is the zip
    (3.24.3); a folder's files are artifacts themselves."""
    codes = sorted({problem.code for _, report in judged for problem in report.problems})
    places = _Artifacts()
    results = [
        _result(problem, codes.index(problem.code), places.index(path, problem.path), places)
        for path, report in judged
        for problem in report.problems
    ]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "scorm-builder",
                        "version": version("sse-campus"),
                        "rules": [_rule(code) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "artifacts": places.artifacts,
                "results": results,
            }
        ],
    }


def _rule(code: str) -> dict[str, Any]:
    rule = RULES[code]
    return {
        "id": code,
        "shortDescription": {"text": rule.meaning},
        "help": {"text": f"{rule.remedy} ({rule.basis})" if rule.basis else rule.remedy},
        "defaultConfiguration": {"level": _LEVELS[rule.weight]},
    }


class _Artifacts:
    """Each package and each file of one that something is said of, once."""

    def __init__(self) -> None:
        self.artifacts: list[dict[str, Any]] = []
        self._known: dict[tuple[str, int], int] = {}

    def index(self, package: Path, entry: str) -> int:
        artifact: dict[str, Any]
        if not entry or package.is_dir() or entry == package.name:
            place = package / entry if package.is_dir() else package
            artifact = {"location": {"uri": _uri(place)}}
        else:
            parent = self.index(package, "")
            artifact = {
                "location": {"uri": _uri(Path("/", entry)).removeprefix("file://")},
                "parentIndex": parent,
            }
        # Two names may be written alike once nothing in them can act on a terminal.
        key = (artifact["location"]["uri"], artifact.get("parentIndex", -1))
        if key not in self._known:
            self._known[key] = len(self.artifacts)
            self.artifacts.append(artifact)
        return self._known[key]


def _uri(path: Path) -> str:
    from urllib.parse import quote

    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


def _result(problem: Finding, rule: int, artifact: int, places: _Artifacts) -> dict[str, Any]:
    physical: dict[str, Any] = {
        "artifactLocation": {
            "uri": places.artifacts[artifact]["location"]["uri"],
            "index": artifact,
        }
    }
    if problem.line:
        physical["region"] = {"startLine": problem.line, "startColumn": max(1, problem.column)}
    location: dict[str, Any] = {"physicalLocation": physical}
    if problem.element:
        location["logicalLocations"] = [{"fullyQualifiedName": problem.element, "kind": "element"}]
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": f"{problem.message}. {problem.hint}"},
        "locations": [location],
    }
