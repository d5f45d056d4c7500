"""Responses and conversations as the API's description tells them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel


class ResponseError(BaseModel):
    code: str
    message: str


class IncompleteDetails(BaseModel):
    reason: str


class ConversationName(BaseModel):
    id: str


class InputDetails(BaseModel):
    cached_tokens: int
    cache_write_tokens: int


class OutputDetails(BaseModel):
    reasoning_tokens: int


class Usage(BaseModel):
    input_tokens: int
    input_tokens_details: InputDetails
    output_tokens: int
    output_tokens_details: OutputDetails
    total_tokens: int


class ResponseObject(BaseModel):
    """`output` holds items of the types message, function_call and
    image_generation_call; the last one carries its picture as base64 in `result`."""

    id: str
    object: Literal["response"]
    created_at: int
    completed_at: int | None
    status: Literal[
        "queued", "in_progress", "completed", "incomplete", "failed", "cancelled"
    ]
    model: str
    output: list[dict[str, Any]]
    error: ResponseError | None
    incomplete_details: IncompleteDetails | None
    usage: Usage | None
    instructions: str | None
    tools: list[dict[str, Any]]
    tool_choice: str | dict[str, Any]
    parallel_tool_calls: bool
    max_tool_calls: int | None
    max_output_tokens: int | None
    temperature: float | None
    top_p: float | None
    top_logprobs: int
    text: dict[str, Any]
    reasoning: dict[str, Any]
    truncation: Literal["auto", "disabled"]
    previous_response_id: str | None
    conversation: ConversationName | None
    background: bool
    store: bool
    metadata: dict[str, str]
    service_tier: str
    prompt_cache_key: str | None
    safety_identifier: str | None
    user: str | None


class ItemList(BaseModel):
    object: Literal["list"]
    data: list[dict[str, Any]]
    first_id: str | None
    last_id: str | None
    has_more: bool


class ConversationObject(BaseModel):
    id: str
    object: Literal["conversation"]
    created_at: int
    metadata: dict[str, str]
