from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from playground.organizations.models.api_key import ApiKey
from playground.organizations.models.connection import Connection
from playground.organizations.models.organization import Organization


class UsageEntry(models.Model):
    """One chat or image call, counted once; an unknown cost is null, never 0."""

    class Kind(models.TextChoices):
        CHAT = "chat"
        IMAGE = "image"

    class CostOrigin(models.TextChoices):
        REPORTED = "reported"  # the provider said so
        COMPUTED = "computed"  # its own count times a known price
        ESTIMATED = "estimated"  # our count times a known price
        UNKNOWN = "unknown"

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="usage"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    api_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.SET_NULL
    )
    connection = models.ForeignKey(
        Connection, null=True, blank=True, on_delete=models.SET_NULL
    )
    connection_name = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind)
    model = models.CharField(max_length=200)
    # Tokens, credits or pictures, as the provider counted them.
    units = models.JSONField(default=dict)
    # USD.
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True, blank=True)
    cost_origin = models.CharField(
        max_length=12, choices=CostOrigin, default=CostOrigin.UNKNOWN
    )
    # The public id of the run or generation that caused it.
    reference = models.CharField(max_length=40, db_index=True)
    # The public id of the assistant that asked for it; "" without one.
    assistant = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "usage entries"
        indexes = [
            models.Index(fields=["organization", "created_at"], name="usage_by_month")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(cost__isnull=False)
                | models.Q(cost_origin="unknown"),
                name="usage_cost_null_only_when_unknown",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.model} for {self.reference}"


class DailyUsage(models.Model):
    """The sums of one day (UTC) of equal entries, so that no page counts them one by one.

    Numbers and no foreign keys, 0 or "" for none: a sum outlives who caused it.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="daily_usage"
    )
    day = models.DateField()
    user_number = models.PositiveBigIntegerField(default=0)
    api_key_number = models.PositiveBigIntegerField(default=0)
    assistant = models.CharField(max_length=40, blank=True)
    connection_name = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=UsageEntry.Kind)
    model = models.CharField(max_length=200)
    calls = models.PositiveIntegerField(default=0)
    pictures = models.PositiveIntegerField(default=0)
    # Of these, the pictures of calls whose cost is known.
    priced_pictures = models.PositiveIntegerField(default=0)
    tokens = models.PositiveBigIntegerField(default=0)
    # USD, and the calls of which nobody knows what they cost.
    cost = models.DecimalField(max_digits=16, decimal_places=8, default=0)
    unknown_calls = models.PositiveIntegerField(default=0)

    # What makes two entries equal, and what is added up.
    KEYS = (
        "organization",
        "day",
        "user_number",
        "api_key_number",
        "assistant",
        "connection_name",
        "kind",
        "model",
    )
    SUMS = (
        "calls",
        "pictures",
        "priced_pictures",
        "tokens",
        "cost",
        "unknown_calls",
    )

    class Meta:
        verbose_name_plural = "daily usage"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "organization",
                    "day",
                    "user_number",
                    "api_key_number",
                    "assistant",
                    "connection_name",
                    "kind",
                    "model",
                ],
                name="one_sum_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.model}: {self.calls}"


class AuditEntry(models.Model):
    """Who changed what an organization's admins are answerable for."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="audit"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    detail = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
