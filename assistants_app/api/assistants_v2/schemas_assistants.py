"""The bodies of assistants."""

from __future__ import annotations

from pydantic import Field

from assistants_app.api.schemas_fields import (
    Instructions,
    Metadata,
    ModelName,
    ReasoningEffort,
    ResponseFormat,
    Temperature,
    ToolResources,
    TopP,
)
from assistants_app.api.schemas_tools import Tool
from playground.api.validation import Schema

MAX_TOOLS = 128


class AssistantFields(Schema):
    name: str | None = Field(None, max_length=256, description="What people see.")
    description: str | None = Field(
        None, max_length=512, description="What it is for, for people."
    )
    instructions: Instructions | None = None
    tools: list[Tool] | None = Field(
        None,
        max_length=MAX_TOOLS,
        description="What its runs may call. Default: nothing.",
    )
    tool_resources: ToolResources | None = Field(
        None, description="Empty; tools that need files are not served here."
    )
    metadata: Metadata | None = None
    temperature: Temperature | None = None
    top_p: TopP | None = None
    response_format: ResponseFormat | None = None
    reasoning_effort: ReasoningEffort | None = None


class AssistantCreate(AssistantFields):
    model: ModelName


class AssistantUpdate(AssistantFields):
    model: ModelName | None = None
