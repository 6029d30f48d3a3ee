"""What each LMS needs beyond the specifications, as data. Looked up once per registration; no
product's name is tested in the flow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Quirks:
    """``service_domains``: domains that the product's services answer from although the
    registration names other hosts. ``throttle_statuses``: answers that mean "later".
    ``parallel_calls``: scores that one process sends it at a time. ``pause_seconds``: how long it
    is left alone when it throttles without saying for how long. ``keeps_grades``: a post without
    a score leaves a grade as it is, so that progress may be told. The configuration of a cloud
    whose customers share one issuer is read from one of its ``service_domains``."""

    name: str = ""
    service_domains: tuple[str, ...] = ()
    throttle_statuses: frozenset[int] = frozenset({429})
    parallel_calls: int = 4
    pause_seconds: float = 10
    keeps_grades: bool = False
    #: Where the picker is to appear, besides what the standard calls ``ContentArea``.
    placements: tuple[str, ...] = ()
    #: Added to the tool's configuration when it registers itself.
    tool_extras: Mapping[str, str] = field(default_factory=dict)
    #: Its ``authorization_server`` is no audience for token requests: the token URL is.
    audience_is_token_url: bool = False


DEFAULT = Quirks()

QUIRKS: MappingProxyType[str, Quirks] = MappingProxyType(
    {
        "moodle": Quirks("moodle"),
        # Canvas throttles by cost: 403 in one edition of its documents, 429 in another. Calls at
        # the same time cost more, and what was spent comes back within a minute.
        "canvas": Quirks(
            "canvas",
            service_domains=("instructure.com", "canvaslms.com"),
            throttle_statuses=frozenset({403, 429}),
            parallel_calls=2,
            pause_seconds=30,
            placements=("assignment_selection", "link_selection"),
            # Without it no names are shared, whatever claims are asked for.
            tool_extras={"https://canvas.instructure.com/lti/privacy_level": "name_only"},
            audience_is_token_url=True,
        ),
        "blackboardlearn": Quirks("blackboardlearn", service_domains=("blackboard.com",)),
        "desire2learn": Quirks(
            "desire2learn", service_domains=("brightspace.com", "desire2learn.com")
        ),
        "sakai": Quirks("sakai"),
        # It publishes nothing to its gradebook without a score.
        "openedx": Quirks("openedx", keeps_grades=True),
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
