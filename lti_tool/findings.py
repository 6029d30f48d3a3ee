"""What an examination finds (``lti-tool doctor``)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Level = Literal["ok", "advice", "problem"]
SIGNS = {"ok": "ok     ", "advice": "advice ", "problem": "PROBLEM"}


@dataclass(frozen=True, slots=True)
class Finding:
    """``check`` names what was looked at; ``remedy`` is empty where all is well."""

    level: Level
    check: str
    message: str
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

    def __str__(self) -> str:
        remedy = f"\n         → {self.remedy}" if self.remedy else ""
        return f"{SIGNS[self.level]}  {self.check}: {self.message}{remedy}"
