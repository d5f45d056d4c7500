"""The bodies of runs."""

from __future__ import annotations

from pydantic import Field, field_validator

from assistants_app.api.assistants_v2.schemas_threads import MessageCreate, ThreadCreate
from assistants_app.api.schemas_fields import (
    Instructions,
    Metadata,
    ModelName,
    ParallelCalls,
    ReasoningEffort,
    ResponseFormat,
    Streamed,
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
    assistant_id: str = Field(max_length=40, description="Who answers.")
    model: ModelName | None = Field(
        None, description="In place of the assistant's; also CONNECTION/MODEL."
    )
    instructions: Instructions | None = Field(
        None, description="In place of the assistant's, for this run."
    )
    tools: list[Tool] | None = Field(
        None,
        max_length=MAX_TOOLS,
        description="In place of the assistant's, for this run.",
    )
    metadata: Metadata | None = None
    temperature: Temperature | None = None
    top_p: TopP | None = None
    stream: Streamed | None = None
    max_prompt_tokens: TokenLimit | None = None
    max_completion_tokens: TokenLimit | None = None
    truncation_strategy: TruncationStrategy | None = Field(
        None, description="How much of the thread is told. Default: all that fits."
    )
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: ParallelCalls | None = None
    response_format: ResponseFormat | None = None


class RunCreate(RunFields):
    reasoning_effort: ReasoningEffort | None = None
    additional_instructions: Instructions | None = Field(
        None, description="Said after the assistant's, for this run."
    )
    additional_messages: list[MessageCreate] | None = Field(
        None, description="Added to the thread before the run."
    )


class ThreadRunCreate(RunFields):
    thread: ThreadCreate | None = Field(
        None, description="What the new thread begins with. Default: nothing."
    )
    tool_resources: ToolResources | None = Field(
        None, description="Empty; tools that need files are not served here."
    )


class ToolOutput(Schema):
    tool_call_id: str = Field(description="The call, as `required_action` names it.")
    output: str = Field("", description="What your function returned, as text.")


class ToolOutputs(Schema):
    tool_outputs: list[ToolOutput] = Field(description="One for each call that waits.")
    stream: Streamed | None = None


class IncludeQuery(Schema):
    """What to include, in either spelling: taken, though no step has such results."""

    model_config = {"strict": False}

    include: list[str] | None = Field(
        None, description="Accepted; no step here has search results."
    )
    includes: list[str] | None = Field(
        None, alias="include[]", description="The same as `include`."
    )

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
