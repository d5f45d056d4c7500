from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from playground.lib.ids import new_id
from playground.organizations.models import Organization

IMAGE_TOOL = "image_generation"


class Assistant(models.Model):
    """The configuration of a model: instructions, tools, limits.

    `tools` are stored as the API writes them: `{"type": "function", "function": …}` and
    `{"type": "image_generation", "mode": …, …}`. A deleted assistant keeps its row, as
    runs and threads still name it.
    """

    public_id = models.CharField(
        max_length=40, unique=True, default=partial(new_id, "asst_"), editable=False
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="assistants"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    name = models.CharField(max_length=256, blank=True)
    description = models.CharField(max_length=512, blank=True)
    instructions = models.TextField(max_length=256_000, blank=True)
    # "" means the organization's default chat connection and its default model.
    model = models.CharField(max_length=250, blank=True)
    tools = models.JSONField(default=list, blank=True)
    tool_resources = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    temperature = models.FloatField(null=True, blank=True)
    top_p = models.FloatField(null=True, blank=True)
    response_format = models.JSONField(default=None, null=True, blank=True)
    reasoning_effort = models.CharField(max_length=10, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        if self.name:
            return self.name
        # As programs make them.
        return " · ".join(filter(None, ["Unnamed assistant", self.model]))

    @property
    def image_tool(self) -> dict[str, Any] | None:
        """The entry of the image tool, or None when the assistant has none."""
        return next((tool for tool in self.tools if tool["type"] == IMAGE_TOOL), None)

    @property
    def image_mode(self) -> str:
        """auto, on or off; an assistant without the tool is off."""
        return str((self.image_tool or {"mode": "off"}).get("mode", "auto"))

    @property
    def function_tools(self) -> list[dict[str, Any]]:
        """The entries of the client's own functions."""
        return [tool for tool in self.tools if tool["type"] == "function"]


class AssistantVersion(models.Model):
    """What an assistant was at each save; the newest equals the assistant itself."""

    assistant = models.ForeignKey(
        Assistant, on_delete=models.CASCADE, related_name="versions"
    )
    number = models.PositiveIntegerField()
    snapshot = models.JSONField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["assistant", "number"], name="assistant_version_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assistant} v{self.number}"
