"""Logs: structured, on standard error, without handles and without personal data."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from lti_tool.settings import Settings

#: What must never stand in a log: handles and invitations in URLs, bearers, tokens in queries.
_SECRETS = (
    re.compile(r"(/(?:play|teach|pick|me|review|privacy|register|window)/)[A-Za-z0-9_\-]{8,}"),
    re.compile(r"((?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=\-]+", re.IGNORECASE),
    re.compile(
        r"\b((?:id_token|state|nonce|registration_token|login_hint|lti_message_hint|sesskey|"
        r"access_token|client_assertion|JWT)=)[^&\s\"']+"
    ),
    re.compile(r"()\beyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-.]+"),
)
_STREAM = "lti_tool.log_stream"


def mask(text: str) -> str:
    """``text`` with every secret in it replaced by ``***``."""
    for pattern in _SECRETS:
        text = pattern.sub(r"\1***", text)
    return text


def _mask_event(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = mask(value)
    return event


def set_up_logs(settings: Settings) -> None:
    """Send structlog's and the standard library's records through one masking chain. Done again,
    it changes level and format and adds nothing."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask_event,
    ]
    json = settings.log_format == "json"
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.processors.LogfmtRenderer(
            key_order=["timestamp", "level", "event"], bool_as_flag=False
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for handler in [item for item in root.handlers if item.get_name() == _STREAM]:
        root.removeHandler(handler)
    handler = logging.StreamHandler(sys.stderr)
    handler.set_name(_STREAM)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _mask_event,
                renderer,
            ],
        )
    )
    root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    for noisy in ("urllib3", "alembic.runtime", "pylti1p3", "markdown_it"):
        logging.getLogger(noisy).setLevel("WARNING")
    # It warns of every request that waits for a thread, thousands of times under load.
    logging.getLogger("waitress.queue").setLevel("ERROR")
