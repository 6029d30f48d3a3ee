"""Django settings, computed because the port and the data directory are known only at start."""

from pathlib import Path
from typing import Any

# Open edX's own way of matching a usage key in a URL; lti_consumer's urls require it.
USAGE_ID_PATTERN = r"(?P<usage_id>(?:i4x://?[^/]+/[^/]+/[^/]+/[^@]+(?:@[^/]+)?)|(?:[^/]+))"


def platform_settings(
    base_url: str, data: Path, *, custom_parameters: list[str], share_personal_data: bool
) -> dict[str, Any]:
    """Return the settings of a platform that answers at `base_url` and keeps its rows in `data`."""
    return {
        # What the placements of the tool are configured with: see course.py.
        "PLACEMENT_CUSTOM_PARAMETERS": custom_parameters,
        "PLACEMENT_SHARES_PERSONAL_DATA": share_personal_data,
        # What lti_consumer reads.
        "LMS_ROOT_URL": base_url,
        "LTI_API_BASE": base_url,
        "LTI_BASE": base_url,
        "OPENEDX_TELEMETRY": [],
        "PLATFORM_NAME": "Open edX stand-in",
        "USAGE_ID_PATTERN": USAGE_ID_PATTERN,
        # Django.
        "ALLOWED_HOSTS": ["127.0.0.1"],
        "CACHES": {
            "default": {
                "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
                # Each launch in flight is an entry; Django's 300 would drop some under load.
                "OPTIONS": {"MAX_ENTRIES": 20_000},
            }
        },
        "DATABASES": {
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": data / "platform.sqlite3",
                # As in the LMS: a score that cannot be published is not kept either.
                "ATOMIC_REQUESTS": True,
                "OPTIONS": {
                    "timeout": 20,
                    "transaction_mode": "IMMEDIATE",
                    # Nothing here outlives a test run, so nothing waits for the disk.
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
                },
            }
        },
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": [
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "config_models",
            "django_filters",
            "rest_framework",
            "lti_consumer",
            "xblock_platform.apps.XblockPlatformConfig",
        ],
        "LOGGING_CONFIG": None,
        # The ones of the LMS on which lti_consumer depends.
        "MIDDLEWARE": [
            "edx_django_utils.cache.middleware.RequestCacheMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "crum.CurrentRequestUserMiddleware",
        ],
        "ROOT_URLCONF": "xblock_platform.urls",
        "SECRET_KEY": "a throw-away platform on the loopback address has nothing to sign",
        # Cookies are shared by all ports of a host: keep clear of the tool's.
        "SESSION_COOKIE_NAME": "xblock_platform_session",
        "TEMPLATES": [
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
        "USE_TZ": True,
    }
