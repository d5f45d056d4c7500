"""What has been asked before, so that no repeated request is paid twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from playground.organizations.models import ApiKey


class IdempotentRequest(models.Model):
    """A POST that made something, and what it made.

    Only a reference is kept, from which the same answer is made again. `key` is what
    the client called the request in `Idempotency-Key`; "" where it did not, and then
    the row serves a client library's own retries for ten minutes.
    """

    api_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    path = models.CharField(max_length=250)
    key = models.CharField(max_length=255, blank=True)
    # SHA-256 of the body; of a form, of its parts.
    fingerprint = models.CharField(max_length=64)
    # The public id of what was made, with what else its answer depends on.
    reference = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["api_key", "path", "key"],
                condition=~Q(key="") & Q(api_key__isnull=False),
                name="idempotency_key_once_per_api_key",
            ),
            models.UniqueConstraint(
                fields=["user", "path", "key"],
                condition=~Q(key="") & Q(user__isnull=False),
                name="idempotency_key_once_per_user",
            ),
        ]
        indexes = [
            models.Index(fields=["fingerprint", "path"], name="requests_by_content")
        ]

    def __str__(self) -> str:
        return f"{self.path} made {self.reference}"
