"""Puts the practice LMS together."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from tests.practice_lms.gradebook import pages
from tests.practice_lms.messages import Messages
from tests.practice_lms.people import services
from tests.practice_lms.store import Store


def create_app(base_url: str, store_path: Path | str = ":memory:") -> Flask:
    """The practice LMS as it is reached at ``base_url`` (its issuer), remembering in
    ``store_path``."""
    app = Flask(__name__)
    app.extensions["practice_lms"] = Messages(Store(store_path), base_url)
    app.register_blueprint(services)
    app.register_blueprint(pages)
    return app
