from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import models
from django.utils import timezone

from playground.lib.clock import now
from playground.lib.ids import new_id
from playground.organizations.models.organization import Organization

SCOPES = ("read", "run", "images", "admin")
DEFAULT_SCOPES = ("read", "run", "images")
SOON = timedelta(days=14)


class ApiKey(models.Model):
    """A program's access to one organization. Only the hash of the key is kept."""

    public_id = models.CharField(
        max_length=40, unique=True, default=partial(new_id, "key_"), editable=False
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="api_keys"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    name = models.CharField(max_length=120)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    key_end = models.CharField(max_length=4, editable=False)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} …{self.key_end}"

    @property
    def is_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= now()

    @property
    def expires_soon(self) -> bool:
        """Whether somebody should make another one by now."""
        if self.expires_at is None or self.is_expired:
            return False
        return self.expires_at <= now() + SOON
