"""``/pick/<handle>``: a teacher chooses units for the LMS's course (Deep Linking 2.0)."""

from lti_tool.web.pick import choosing, preview
from lti_tool.web.pick.access import blueprint

__all__ = ["blueprint", "choosing", "preview"]
