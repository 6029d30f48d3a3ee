"""The tables that Open edX would keep around lti_consumer's own: members and grades."""

import uuid

from django.conf import settings
from django.db import models


class Profile(models.Model):
    """A member of the course.

    lti_consumer prefetches `user.profile`, and names users to the tool by `external_user_id` only.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile"
    )
    name = models.CharField(max_length=255)
    role = models.CharField(max_length=50)
    external_user_id = models.UUIDField(unique=True, default=uuid.uuid4)


class Grade(models.Model):
    """A grade that lti_consumer published. Rows are only ever added: the newest one counts."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    resource_link_id = models.CharField(max_length=255)
    earned = models.FloatField(null=True)
    possible = models.FloatField()
    published_at = models.DateTimeField(auto_now_add=True)
