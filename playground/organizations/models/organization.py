from __future__ import annotations

from functools import partial

from django.conf import settings
from django.db import models
from django.utils import timezone

from playground.lib.ids import new_id


class Organization(models.Model):
    """The tenant: every object belongs to one, and nobody else can see it."""

    public_id = models.CharField(
        max_length=40, unique=True, default=partial(new_id, "org_"), editable=False
    )
    name = models.CharField(max_length=120)
    # Whether dall-e-2 and dall-e-3, which clients still name, are served by the default
    # image connection under their old rules.
    serves_retired_models = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """What a user may do in an organization."""

    class Role(models.TextChoices):
        OWNER = "owner"
        ADMIN = "admin"
        MEMBER = "member"
        VIEWER = "viewer"

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=8, choices=Role, default=Role.MEMBER)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"], name="one_membership_per_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.organization}"

    @property
    def can_run(self) -> bool:
        """Whether he may start runs and spend money."""
        return self.role != self.Role.VIEWER

    @property
    def can_administer(self) -> bool:
        """Whether he may change connections, members, keys and others' assistants."""
        return self.role in {self.Role.OWNER, self.Role.ADMIN}
