"""The Django application."""

from django.apps import AppConfig


class XblockPlatformConfig(AppConfig):
    """Gives lti_consumer its Open edX once the models of both can be imported."""

    name = "xblock_platform"

    def ready(self) -> None:
        """Put our functions in the place of the LMS's."""
        from xblock_platform import edxapp

        edxapp.install()
