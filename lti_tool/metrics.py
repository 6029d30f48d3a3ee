"""What Prometheus reads. No label names a person, and each has few values: routes, not addresses;
codes, not messages. With several server processes, set PROMETHEUS_MULTIPROC_DIR
(config/gunicorn.conf.py does)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from lti_tool.services.figures import Figures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_REGISTRY = CollectorRegistry()
_REQUESTS = Histogram(
    "lti_tool_request_seconds",
    "Time to answer, by route and status.",
    ("route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=_REGISTRY,
)
_LAUNCHES = Counter(
    "lti_tool_launches",
    "Launches, by outcome: accepted, or the code of the refusal.",
    ("outcome",),
    registry=_REGISTRY,
)
ACCEPTED = "accepted"


def note_request(route: str, status: int, seconds: float) -> None:
    """A request was answered. ``route`` is the rule, never the address."""
    _REQUESTS.labels(route, f"{status // 100}xx").observe(seconds)


def note_launch(outcome: str) -> None:
    """A launch was accepted, or refused with a code."""
    _LAUNCHES.labels(outcome).inc()


def exposition(figures: Figures | None, now: datetime) -> bytes:
    """Everything, in Prometheus' text format. ``figures`` None says that the database cannot be
    reached."""
    registry = _REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    rest = CollectorRegistry()
    rest.register(_FromDatabase(figures, now))
    return generate_latest(registry) + generate_latest(rest)


class _FromDatabase(Collector):
    def __init__(self, figures: Figures | None, now: datetime) -> None:
        self._figures, self._now = figures, now

    def collect(self) -> Iterator[Metric]:
        figures = self._figures
        up = 1 if figures else 0
        yield GaugeMetricFamily("lti_tool_database_up", "Whether the database answers.", up)
        if figures is None:
            return
        for name, text, counts in (
            ("lti_tool_deliveries", "Scores for LMSs, by state.", figures.deliveries),
            ("lti_tool_jobs", "Background jobs, by state.", figures.jobs),
        ):
            family = GaugeMetricFamily(name, text, labels=("state",))
            for state, count in counts.items():
                family.add_metric((state,), count)
            yield family
        yield self._age(
            "lti_tool_oldest_due_score_seconds",
            "Age of the oldest waiting score.",
            figures.oldest_due,
        )
        if figures.last_beat is not None:
            yield self._age(
                "lti_tool_worker_seen_seconds", "Since a worker was last seen.", figures.last_beat
            )

    def _age(self, name: str, text: str, moment: datetime | None) -> Metric:
        age = (self._now - moment).total_seconds() if moment else 0.0
        return GaugeMetricFamily(name, text, max(0.0, age))
