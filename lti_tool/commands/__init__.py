"""The groups of the command ``lti-tool`` (``lti_tool.cli``)."""
