"""What every page of the picker begins with: the session of a deep linking launch."""

from __future__ import annotations

from flask import Blueprint, abort

from lti_tool.lti.claims import DeepLinkingSettings
from lti_tool.models import LaunchSession
from lti_tool.services.launches import PICKER
from lti_tool.web.sessions import instructors_only, open_session

blueprint = Blueprint("pick", __name__)


def open_picker(handle: str) -> tuple[LaunchSession, DeepLinkingSettings]:
    """The session of a deep linking launch and what its platform takes. Raises
    ``SessionRejected``, ``RequestRefused``."""
    found = open_session(handle)
    if found.kind != PICKER or found.deep_linking is None:
        abort(404)
    instructors_only(found)
    return found, DeepLinkingSettings.from_json(found.deep_linking)
