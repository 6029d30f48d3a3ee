"""What each LMS needs beyond the specifications, as data. Looked up once per registration; no
product's name is tested in the flow."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Quirks:
    """``service_domains``: domains that the product's services answer from although the
    registration names other hosts. ``throttle_statuses``: answers that mean "later"."""

    name: str = ""
    service_domains: tuple[str, ...] = ()
    throttle_statuses: frozenset[int] = frozenset({429})


DEFAULT = Quirks()

QUIRKS: MappingProxyType[str, Quirks] = MappingProxyType(
    {
        "moodle": Quirks("moodle"),
        # Canvas throttles by cost: 403 in one edition of its documents, 429 in another.
        "canvas": Quirks(
            "canvas",
            service_domains=("instructure.com", "canvaslms.com"),
            throttle_statuses=frozenset({403, 429}),
        ),
        "blackboardlearn": Quirks("blackboardlearn", service_domains=("blackboard.com",)),
        "desire2learn": Quirks(
            "desire2learn", service_domains=("brightspace.com", "desire2learn.com")
        ),
    }
)

#: Clouds where every customer shares one issuer, known without a product name.
ISSUERS: MappingProxyType[str, str] = MappingProxyType(
    {
        "https://canvas.instructure.com": "canvas",
        "https://canvas.beta.instructure.com": "canvas",
        "https://canvas.test.instructure.com": "canvas",
        "https://blackboard.com": "blackboardlearn",
    }
)


def quirks_for(product: str, issuer: str) -> Quirks:
    """The quirks of a product family, else of a known issuer, else none."""
    family = "".join(c for c in product.lower() if c.isalnum())
    by_name = QUIRKS.get(family)
    return by_name or QUIRKS.get(ISSUERS.get(issuer.rstrip("/"), ""), DEFAULT)
