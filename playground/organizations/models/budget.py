from __future__ import annotations

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from playground.organizations.models.api_key import ApiKey
from playground.organizations.models.organization import Organization


class Budget(models.Model):
    """How much may be spent in a calendar month (UTC), in USD.

    By the whole organization, or, where one of them is named, by one member or one API
    key. A hard budget refuses the call that would pass it; a soft one only warns.
    """

    class Mode(models.TextChoices):
        HARD = "hard"
        SOFT = "soft"

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="budgets"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE
    )
    api_key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.CASCADE)
    amount = models.DecimalField(
        max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.HARD)
    # Whether a hard budget also refuses calls whose price nobody knows.
    stops_unknown = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(api_key__isnull=True),
                name="budget_of_one_subject",
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(user__isnull=True, api_key__isnull=True),
                name="one_budget_per_organization",
            ),
            models.UniqueConstraint(
                fields=["organization", "user"],
                condition=Q(user__isnull=False),
                name="one_budget_per_member",
            ),
            models.UniqueConstraint(
                fields=["api_key"],
                condition=Q(api_key__isnull=False),
                name="one_budget_per_api_key",
            ),
        ]

    def __str__(self) -> str:
        return f"${self.amount} a month ({self.mode})"


class Reservation(models.Model):
    """Money set aside for one call that is being made; removed when it is settled."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="reservations"
    )
    # Which call: a generation, or a turn of a run.
    reference = models.CharField(max_length=80, unique=True)
    user_number = models.PositiveBigIntegerField(default=0)
    api_key_number = models.PositiveBigIntegerField(default=0)
    # USD; 0 where the price is unknown.
    amount = models.DecimalField(max_digits=14, decimal_places=8)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["organization", "created_at"], name="reserved_by_month"
            )
        ]

    def __str__(self) -> str:
        return f"${self.amount} for {self.reference}"
