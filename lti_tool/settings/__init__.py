"""The tool's settings: environment variables ``LTI_TOOL_*`` over a TOML file that
``LTI_TOOL_CONFIG`` names. Each is documented in config/lti-tool.example.toml and
docs/administrators.md; a wrong one says which it is, where it was found and what to write."""

from lti_tool.settings.fields import Settings, shipped_courses
from lti_tool.settings.loading import load_settings, unknown_variables

__all__ = ["Settings", "load_settings", "shipped_courses", "unknown_variables"]
