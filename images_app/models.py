"""Stored bytes, and what was paid to make them."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.db import models
from django.utils import timezone

from playground.lib.ids import new_id
from playground.organizations.models import ApiKey, Connection, Organization


class File(models.Model):
    """Bytes as they came, with type and measure read from the bytes themselves."""

    class Purpose(models.TextChoices):
        GENERATED = "assistants_output"  # made by a provider
        VISION = "vision"  # given by a user
        PARTIAL = "partial"  # a preview, removed when its generation ends
        # What API clients say a file is for; Easel itself makes no difference.
        ASSISTANTS = "assistants"
        BATCH = "batch"
        FINE_TUNE = "fine-tune"
        USER_DATA = "user_data"
        EVALS = "evals"

    public_id = models.CharField(
        max_length=40, unique=True, default=partial(new_id, "file-"), editable=False
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="files"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    purpose = models.CharField(max_length=20, choices=Purpose)
    name = models.CharField(max_length=255)
    content = models.FileField(max_length=255)
    mime = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    # Pixels; null for what is no picture.
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    # When it is removed by itself; null for never.
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["organization", "purpose", "-created_at"], name="files_newest"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """Whether its bytes were read as a picture that can be shown."""
        return self.width is not None


class Generation(models.Model):
    """One paid call for pictures: what was asked, what was sent, what came back.

    `sending` is written before the body leaves. A process that dies there leaves
    `unknown`: the call may have been billed, so only a person tries again.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        COMPLETED = "completed"
        FAILED = "failed"
        MODERATED = "moderated"
        CANCELLED = "cancelled"
        UNKNOWN = "unknown"

    class Operation(models.TextChoices):
        GENERATE = "generate"
        EDIT = "edit"

    public_id = models.CharField(
        max_length=40, unique=True, default=partial(new_id, "ig_"), editable=False
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="generations"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    api_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.SET_NULL
    )
    connection = models.ForeignKey(
        Connection, null=True, blank=True, on_delete=models.SET_NULL
    )
    connection_name = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    model = models.CharField(max_length=200)
    operation = models.CharField(max_length=8, choices=Operation)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    # What the person or the model wished for, before planning.
    asked = models.JSONField(default=dict)
    asked_prompt = models.TextField()
    sent_prompt = models.TextField()
    # What will be sent and why it differs; `images_app.services.plan.Plan`.
    plan = models.JSONField(default=dict)
    # What really left and what came back, without bytes and keys.
    sent = models.JSONField(default=dict, blank=True)
    received = models.JSONField(default=dict, blank=True)
    usage = models.JSONField(null=True, blank=True)
    # USD; null is unknown, never 0.
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True, blank=True)
    cost_origin = models.CharField(max_length=12, default="unknown")
    error_kind = models.CharField(max_length=16, blank=True)
    error_text = models.TextField(blank=True)
    error_admin_text = models.TextField(blank=True)
    error_param = models.CharField(max_length=100, blank=True)
    error_code = models.CharField(max_length=100, blank=True)
    # The provider's own words of a request that it refused, and what else it told.
    error_said = models.TextField(blank=True)
    error_details = models.JSONField(default=dict, blank=True)
    # The provider's HTTP status, and after how many seconds it may be asked again.
    error_status = models.PositiveSmallIntegerField(null=True, blank=True)
    retry_after = models.FloatField(null=True, blank=True)
    may_have_cost = models.BooleanField(default=False)
    # The run whose tool call this is, if any: its public id, no import upwards. And that
    # run's assistant.
    reference = models.CharField(max_length=40, blank=True, db_index=True)
    assistant = models.CharField(max_length=40, blank=True)
    sources = models.ManyToManyField(File, related_name="used_by", blank=True)
    mask = models.ForeignKey(
        File, null=True, blank=True, on_delete=models.SET_NULL, related_name="masks"
    )
    partial = models.ForeignKey(
        File, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    partial_count = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["organization", "-created_at"], name="generations_newest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.status})"

    @property
    def is_finished(self) -> bool:
        return self.status not in {self.Status.QUEUED, self.Status.SENDING}

    @property
    def seconds(self) -> float | None:
        """From the moment of sending to the end; None while that is not over."""
        if not self.sent_at or not self.finished_at:
            return None
        return (self.finished_at - self.sent_at).total_seconds()


class Picture(models.Model):
    """One finished picture of a generation."""

    generation = models.ForeignKey(
        Generation, on_delete=models.CASCADE, related_name="pictures"
    )
    index = models.PositiveSmallIntegerField()
    file = models.OneToOneField(File, on_delete=models.CASCADE, related_name="picture")
    # The provider's own wording, where it tells; "" where it doesn't.
    revised_prompt = models.TextField(blank=True)
    seed = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["generation", "index"]
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "index"], name="picture_index_in_generation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.generation.public_id} #{self.index}"
