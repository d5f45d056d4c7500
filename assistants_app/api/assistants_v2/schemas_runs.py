"""The bodies of runs."""

from __future__ import annotations

from pydantic import Field, field_validator

from assistants_app.api.assistants_v2.schemas_threads import MessageCreate, ThreadCreate
from assistants_app.api.schemas_fields import (
    Instructions,
    Metadata,
    ModelName,
    ReasoningEffort,
    ResponseFormat,
    Temperature,
    TokenLimit,
    ToolChoice,
    ToolResources,
    TopP,
    TruncationStrategy,
)
from assistants_app.api.schemas_tools import Tool
from playground.api.cursors import Page
from playground.api.validation import Schema

MAX_TOOLS = 20

SEARCH_RESULTS = "step_details.tool_calls[*].file_search.results[*].content"


class RunFields(Schema):
    assistant_id: str = Field(max_length=40)
    model: ModelName | None = None
    instructions: Instructions | None = None
    tools: list[Tool] | None = Field(None, max_length=MAX_TOOLS)
    metadata: Metadata | None = None
    temperature: Temperature | None = None
    top_p: TopP | None = None
    stream: bool | None = None
    max_prompt_tokens: TokenLimit | None = None
    max_completion_tokens: TokenLimit | None = None
    truncation_strategy: TruncationStrategy | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    response_format: ResponseFormat | None = None


class RunCreate(RunFields):
    reasoning_effort: ReasoningEffort | None = None
    additional_instructions: Instructions | None = None
    additional_messages: list[MessageCreate] | None = None


class ThreadRunCreate(RunFields):
    thread: ThreadCreate | None = None
    tool_resources: ToolResources | None = None


class ToolOutput(Schema):
    tool_call_id: str
    output: str = ""


class ToolOutputs(Schema):
    tool_outputs: list[ToolOutput]
    stream: bool | None = None


class IncludeQuery(Schema):
    """What to include, in either spelling: taken, though no step has such results."""

    model_config = {"strict": False}

    include: list[str] | None = None
    includes: list[str] | None = Field(None, alias="include[]")

    @field_validator("include", "includes")
    @classmethod
    def _is_known(cls, names: list[str] | None) -> list[str] | None:
        if names and set(names) - {SEARCH_RESULTS}:
            raise ValueError(f"the only value here is {SEARCH_RESULTS}.")
        return names


class StepPage(Page, IncludeQuery):
    """The query of a list of steps."""


class MessagePage(Page):
    run_id: str | None = Field(None, description="Only messages that this run wrote.")
