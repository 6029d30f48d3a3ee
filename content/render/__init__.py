"""A course → the one HTML document that every medium shows: docs/architecture.md."""

from content.render.assets import Medium, PlayerFile, player_files
from content.render.document import RenderedDocument, render_document
from content.render.questions import public_question
from content.render.results import result_as_json

__all__ = [
    "Medium",
    "PlayerFile",
    "RenderedDocument",
    "player_files",
    "public_question",
    "render_document",
    "result_as_json",
]
