"""The parts of a running tool that live as long as the process."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app

from lti_tool.lti.keysets import Keysets
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.outbound import Outbound
from lti_tool.services.courses import CourseShelf
from lti_tool.services.lately import LatelyKnown
from lti_tool.settings import Settings

_KEY = "lti_tool"


@dataclass(frozen=True, slots=True)
class Tool:
    """Made once by ``create_app``; everything else asks for it."""

    settings: Settings
    shelf: CourseShelf
    outbound: Outbound
    keysets: Keysets
    tokens: ServiceTokens
    lately: LatelyKnown

    def url(self, path: str) -> str:
        """An address of the tool as others reach it."""
        return self.settings.public_url + path

    @property
    def launch_url(self) -> str:
        return self.url("/lti/launch")

    @property
    def jwks_url(self) -> str:
        return self.url("/lti/jwks")

    def login_url(self, public_id: str) -> str:
        return self.url(f"/lti/{public_id}/login")

    def notices_url(self, public_id: str) -> str:
        return self.url(f"/lti/{public_id}/notices")


def install(app: Flask, tool: Tool) -> None:
    app.extensions[_KEY] = tool


def tool_of(app: Flask) -> Tool:
    found: Tool = app.extensions[_KEY]
    return found


def current_tool() -> Tool:
    """The tool of the application at work."""
    return tool_of(current_app)
