from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from playground.lib.clock import now
from playground.organizations.models.organization import Membership, Organization


class Invitation(models.Model):
    """A link that makes its finder a member, once. Only the hash of its token is kept."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="invitations"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE
    )
    # Whom it is for; "" for whoever has the link.
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=8, choices=Membership.Role)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"Invitation of {self.email or 'whoever has the link'}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return (
            self.used_at is None and self.revoked_at is None and self.expires_at > now()
        )
