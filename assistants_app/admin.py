"""Django's database admin of assistants, threads and runs: to read, hardly to change."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import JSONField, Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from assistants_app.models import (
    Assistant,
    AssistantVersion,
    Message,
    Run,
    RunEvents,
    RunStep,
    Thread,
)

MAX_JSON = 100_000


def readable(value: Any) -> SafeString:
    """JSON over several lines; what is very long is cut and says so."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    if len(text) > MAX_JSON:
        text = f"{text[:MAX_JSON]}\n… cut after {MAX_JSON:,} characters"
    return format_html("<pre>{}</pre>", text)


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that the product alone writes; deleting is for whole threads and assistants.

    A JSON field is shown by a method of its own, over several lines.
    """

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        fields = [f for f in self.opts.fields if not f.primary_key]
        return [
            f"{f.name}_json" if isinstance(f, JSONField) else f.name for f in fields
        ]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Model | None = None
    ) -> list[str]:
        return self.get_fields(request, obj)

    @admin.display(description="content")
    def content_json(self, row: Any) -> SafeString:
        return readable(row.content)

    @admin.display(description="attachments")
    def attachments_json(self, row: Any) -> SafeString:
        return readable(row.attachments)

    @admin.display(description="tools")
    def tools_json(self, row: Any) -> SafeString:
        return readable(row.tools)

    @admin.display(description="tool resources")
    def tool_resources_json(self, row: Any) -> SafeString:
        return readable(row.tool_resources)

    @admin.display(description="metadata")
    def metadata_json(self, row: Any) -> SafeString:
        return readable(row.metadata)

    @admin.display(description="response format")
    def response_format_json(self, row: Any) -> SafeString:
        return readable(row.response_format)

    @admin.display(description="snapshot")
    def snapshot_json(self, row: Any) -> SafeString:
        return readable(row.snapshot)

    @admin.display(description="asked")
    def asked_json(self, row: Any) -> SafeString:
        return readable(row.asked)

    @admin.display(description="image options")
    def image_options_json(self, row: Any) -> SafeString:
        return readable(row.image_options)

    @admin.display(description="truncation strategy")
    def truncation_strategy_json(self, row: Any) -> SafeString:
        return readable(row.truncation_strategy)

    @admin.display(description="tool choice")
    def tool_choice_json(self, row: Any) -> SafeString:
        return readable(row.tool_choice)

    @admin.display(description="last error")
    def last_error_json(self, row: Any) -> SafeString:
        return readable(row.last_error)

    @admin.display(description="usage")
    def usage_json(self, row: Any) -> SafeString:
        return readable(row.usage)

    @admin.display(description="tool calls")
    def tool_calls_json(self, row: Any) -> SafeString:
        return readable(row.tool_calls)

    @admin.display(description="events")
    def events_json(self, row: Any) -> SafeString:
        return readable(row.events)


@admin.register(Assistant)
class AssistantAdmin(ReadOnly):
    list_display = ("name", "organization", "model", "version", "deleted_at")
    list_filter = ("organization",)
    list_select_related = ("organization",)
    search_fields = ("name", "public_id", "model")


@admin.register(AssistantVersion)
class AssistantVersionAdmin(ReadOnly):
    list_display = ("assistant", "number", "created_by", "created_at")
    list_select_related = ("assistant", "created_by")
    search_fields = ("assistant__name", "assistant__public_id")


@admin.register(Thread)
class ThreadAdmin(ReadOnly):
    list_display = ("title", "public_id", "organization", "created_by", "updated_at")
    list_filter = ("is_hidden", "organization")
    list_select_related = ("organization", "created_by")
    search_fields = ("title", "public_id")
    date_hierarchy = "created_at"


@admin.register(Message)
class MessageAdmin(ReadOnly):
    list_display = ("public_id", "thread", "role", "status", "created_at")
    list_filter = ("role", "status")
    list_select_related = ("thread",)
    search_fields = ("public_id", "thread__public_id")


@admin.register(Run)
class RunAdmin(ReadOnly):
    list_display = ("public_id", "thread", "assistant", "model", "status", "created_at")
    list_filter = ("status",)
    list_select_related = ("thread", "assistant")
    search_fields = ("public_id", "thread__public_id", "model")
    date_hierarchy = "created_at"


@admin.register(RunStep)
class RunStepAdmin(ReadOnly):
    list_display = ("public_id", "run", "index", "type", "status")
    list_filter = ("type", "status")
    list_select_related = ("run",)
    search_fields = ("public_id", "run__public_id")


@admin.register(RunEvents)
class RunEventsAdmin(ReadOnly):
    list_display = ("run", "first", "last", "created_at")
    list_select_related = ("run",)
    search_fields = ("run__public_id",)
