from __future__ import annotations

from functools import partial

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from assistants_app.models.assistant import Assistant
from playground.lib.ids import new_id
from playground.organizations.models import Organization


class Thread(models.Model):
    """A kept exchange. Its messages form a tree; `head` ends the path that is shown."""

    public_id = models.CharField(
        max_length=40, unique=True, default=partial(new_id, "thread_"), editable=False
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="threads"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    title = models.CharField(max_length=200, blank=True)
    # The assistant that the page offers for the next message.
    assistant = models.ForeignKey(
        Assistant, null=True, blank=True, on_delete=models.SET_NULL
    )
    head = models.ForeignKey(
        "Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    metadata = models.JSONField(default=dict, blank=True)
    tool_resources = models.JSONField(default=dict, blank=True)
    # True for what holds a response without a conversation: in no list.
    is_hidden = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(
                fields=["organization", "is_hidden", "-updated_at"],
                name="threads_newest",
            )
        ]

    def __str__(self) -> str:
        return self.title or self.public_id

    def get_absolute_url(self) -> str:
        return reverse("assistants:thread_detail", args=[self.public_id])


class Message(models.Model):
    """One turn of a thread.

    `content` is a list of parts as the API stores them: `text` with value and
    annotations, `image_file` with file_id and detail, `image_url` with url and detail.
    An input of a response that is no message (`function_call`, `function_call_output`,
    `image_generation_call`, `reasoning`, …) is one part of that type, alone in its row.
    """

    class Role(models.TextChoices):
        USER = "user"
        ASSISTANT = "assistant"
        SYSTEM = "system"
        DEVELOPER = "developer"

    class Status(models.TextChoices):
        IN_PROGRESS = "in_progress"
        INCOMPLETE = "incomplete"
        COMPLETED = "completed"

    public_id = models.CharField(
        max_length=40, unique=True, default=partial(new_id, "msg_"), editable=False
    )
    thread = models.ForeignKey(
        Thread, on_delete=models.CASCADE, related_name="messages"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="answers"
    )
    role = models.CharField(max_length=10, choices=Role)
    status = models.CharField(max_length=12, choices=Status, default=Status.COMPLETED)
    content = models.JSONField(default=list)
    attachments = models.JSONField(default=list, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    assistant = models.ForeignKey(
        Assistant, null=True, blank=True, on_delete=models.SET_NULL
    )
    run = models.ForeignKey(
        "Run",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="messages",
    )
    incomplete_reason = models.CharField(max_length=20, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)
    incomplete_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["thread", "created_at"], name="messages_newest")
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.role})"

    @property
    def text(self) -> str:
        """Its written parts, joined by blank lines."""
        texts = [
            part["text"]["value"] for part in self.content if part["type"] == "text"
        ]
        return "\n\n".join(texts)

    @property
    def file_ids(self) -> list[str]:
        """The files of its picture parts, in order."""
        return [
            part["image_file"]["file_id"]
            for part in self.content
            if part["type"] == "image_file"
        ]
