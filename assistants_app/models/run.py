from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from assistants_app.models.assistant import Assistant
from assistants_app.models.thread import Message, Thread
from playground.lib.ids import new_id
from playground.lib.json_encoder import QuickJSONEncoder
from playground.organizations.models import ApiKey, Connection

LIFETIME = timedelta(minutes=10)


def default_expiry() -> datetime:
    """A run that waits for tool outputs does so for ten minutes at most."""
    return timezone.now() + LIFETIME


class Run(models.Model):
    """One attempt by an assistant to answer the last message of a thread.

    Everything that it needs is copied from the assistant and the request when it is
    created, so that a later change of the assistant changes no run.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        IN_PROGRESS = "in_progress"
        REQUIRES_ACTION = "requires_action"
        CANCELLING = "cancelling"
        CANCELLED = "cancelled"
        FAILED = "failed"
        COMPLETED = "completed"
        INCOMPLETE = "incomplete"
        EXPIRED = "expired"

    UNFINISHED = (
        Status.QUEUED,
        Status.IN_PROGRESS,
        Status.REQUIRES_ACTION,
        Status.CANCELLING,
    )

    public_id = models.CharField(
        max_length=40, unique=True, default=partial(new_id, "run_"), editable=False
    )
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="runs")
    assistant = models.ForeignKey(
        Assistant, null=True, blank=True, on_delete=models.SET_NULL
    )
    # The end of the path that this run answers.
    input_message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # The run whose chain is the context, for responses outside a conversation.
    previous_run = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="next"
    )
    # False for responses, which may overlap in one hidden thread.
    locks_thread = models.BooleanField(default=True)
    # False for responses: they end with a function call, and the next one answers it.
    pauses = models.BooleanField(default=True)
    # False for what its client did not want kept: no API gives it back.
    is_stored = models.BooleanField(default=True)
    is_background = models.BooleanField(default=False)
    # What the request said that only its own dialect repeats to the client.
    asked = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    api_key = models.ForeignKey(
        ApiKey, null=True, blank=True, on_delete=models.SET_NULL
    )
    connection = models.ForeignKey(
        Connection, null=True, blank=True, on_delete=models.SET_NULL
    )
    status = models.CharField(max_length=16, choices=Status, default=Status.QUEUED)
    # As asked for, and the name that is sent to the connection.
    model = models.CharField(max_length=250)
    sent_model = models.CharField(max_length=250, blank=True)
    instructions = models.TextField(blank=True)
    tools = models.JSONField(default=list)
    # Overrides of the image tool for this run: mode, model, size, …
    image_options = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    temperature = models.FloatField(null=True, blank=True)
    top_p = models.FloatField(null=True, blank=True)
    max_prompt_tokens = models.PositiveIntegerField(null=True, blank=True)
    max_completion_tokens = models.PositiveIntegerField(null=True, blank=True)
    truncation_strategy = models.JSONField(null=True, blank=True)
    tool_choice = models.JSONField(null=True, blank=True)
    parallel_tool_calls = models.BooleanField(default=True)
    response_format = models.JSONField(null=True, blank=True)
    reasoning_effort = models.CharField(max_length=10, blank=True)
    # {"code", "message"} for API clients; the two texts are for pages.
    last_error = models.JSONField(null=True, blank=True)
    # The provider's own code for the failure, such as model_not_found.
    error_cause = models.CharField(max_length=100, blank=True)
    error_text = models.TextField(blank=True)
    error_admin_text = models.TextField(blank=True)
    incomplete_reason = models.CharField(max_length=24, blank=True)
    usage = models.JSONField(null=True, blank=True)
    # How many model turns are over; bounds loops and forces only the first.
    turns = models.PositiveSmallIntegerField(default=0)
    last_sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(default=default_expiry, null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["thread"],
                condition=Q(
                    locks_thread=True,
                    status__in=[
                        "queued",
                        "in_progress",
                        "requires_action",
                        "cancelling",
                    ],
                ),
                name="one_unfinished_run_per_thread",
            )
        ]
        indexes = [models.Index(fields=["status"], name="runs_by_status")]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.status})"

    @property
    def is_finished(self) -> bool:
        return self.status not in self.UNFINISHED

    @property
    def assistant_name(self) -> str:
        """The assistant's public id; "" for none."""
        return self.assistant.public_id if self.assistant else ""

    @property
    def waits(self) -> bool:
        """Whether it waits for the outputs of function tools."""
        return self.status == self.Status.REQUIRES_ACTION


class RunStep(models.Model):
    """What a run did: wrote a message, or called tools.

    `tool_calls` are dicts with `id` and `type`: `function` holds name, arguments and
    output (null until submitted); `image_generation_call` holds status, prompt,
    revised_prompt, generation_id, file_ids and the `output` told to the model.
    """

    class Type(models.TextChoices):
        MESSAGE_CREATION = "message_creation"
        TOOL_CALLS = "tool_calls"

    class Status(models.TextChoices):
        IN_PROGRESS = "in_progress"
        CANCELLED = "cancelled"
        FAILED = "failed"
        COMPLETED = "completed"
        EXPIRED = "expired"

    public_id = models.CharField(
        max_length=40, unique=True, default=partial(new_id, "step_"), editable=False
    )
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    index = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=16, choices=Type)
    status = models.CharField(max_length=12, choices=Status, default=Status.IN_PROGRESS)
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    tool_calls = models.JSONField(default=list)
    metadata = models.JSONField(default=dict, blank=True)
    last_error = models.JSONField(null=True, blank=True)
    usage = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["run", "index"]
        constraints = [
            models.UniqueConstraint(fields=["run", "index"], name="step_index_in_run")
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.type}, {self.status})"

    @property
    def open_calls(self) -> list[dict[str, Any]]:
        """Function calls that still wait for their output."""
        return [
            call
            for call in self.tool_calls
            if call["type"] == "function" and call["function"]["output"] is None
        ]


class RunEvents(models.Model):
    """A batch of a run's events, in order: one row per flush, never one per delta.

    `events` holds the values of `assistants_app.engine.events` as JSON; their sequence
    numbers run from `first` to `last` without a gap.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="event_batches")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    events = models.JSONField(encoder=QuickJSONEncoder)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["run", "first"]
        verbose_name_plural = "run events"
        constraints = [
            models.UniqueConstraint(fields=["run", "first"], name="events_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.run.public_id} {self.first} to {self.last}"
