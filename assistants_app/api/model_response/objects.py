"""The objects of the seed dialect as the API's description tells them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Discriminator


class PictureResult(BaseModel):
    url: str
    revised_prompt: str


class ItemError(BaseModel):
    code: str
    message: str


class PictureItem(BaseModel):
    """One picture; `error` is there when none was made."""

    type: Literal["image_generation_call"]
    id: str
    status: Literal["in_progress", "completed", "failed", "cancelled"]
    result: PictureResult | None
    error: ItemError | None = None


class SpokenText(BaseModel):
    type: Literal["output_text"]
    text: str
    annotations: list[Any]


class ShownAddress(BaseModel):
    url: str


class ShownPicture(BaseModel):
    """The same address as in the picture's own item."""

    type: Literal["image_url"]
    image_url: ShownAddress


class SpokenMessage(BaseModel):
    type: Literal["message"]
    id: str
    role: Literal["assistant"]
    status: Literal["in_progress", "completed", "incomplete"]
    content: list[Annotated[SpokenText | ShownPicture, Discriminator("type")]]


class CallOfFunction(BaseModel):
    """A call of the client's function. One that `failed` needs no output: it named a
    function that nobody offered, and the model was told so."""

    type: Literal["function_call"]
    id: str
    call_id: str
    name: str
    arguments: str
    status: Literal["in_progress", "completed", "incomplete", "failed"]


OutputItem = Annotated[
    PictureItem | SpokenMessage | CallOfFunction, Discriminator("type")
]


class TokenUsage(BaseModel):
    input_tokens: int
    output_tokens: int
    total_tokens: int


class IncompleteDetails(BaseModel):
    reason: Literal["max_output_synapses"]


class ModelResponseObject(BaseModel):
    """A response. `output` of an answer to tool messages holds only what is new."""

    id: str
    object: Literal["response"]
    created_at: int
    status: Literal[
        "queued",
        "in_progress",
        "requires_action",
        "completed",
        "incomplete",
        "failed",
        "cancelled",
    ]
    model: str
    organization_id: str
    assistant_id: str | None
    thread_id: str
    previous_response_id: str | None
    instructions: str | None
    output: list[OutputItem]
    usage: TokenUsage | None
    error: ItemError | None
    incomplete_details: IncompleteDetails | None
    metadata: dict[str, str]


class CancelledResponse(BaseModel):
    success: Literal[True]
    cancel_mode: Literal["keep_partial"]
    elapsed_seconds: float
    user_message_deleted: Literal[False]
    assistant_response_deleted: Literal[False]
    partial_content_saved: bool
    thread_id: str
    response_id: str
    status: str


class OutputMode(BaseModel):
    mode: str
    description: str
    is_default: bool


class OutputModes(BaseModel):
    success: Literal[True]
    output_modes: list[OutputMode]


class ReasoningLevel(BaseModel):
    level: str
    description: str
    is_default: bool


class ReasoningLevels(BaseModel):
    success: Literal[True]
    reasoning_levels: list[ReasoningLevel]


class ToolParameter(BaseModel):
    name: str
    type: str
    default: Any
    description: str


class ToolCapabilities(BaseModel):
    modes: list[str]
    parameters: list[ToolParameter]
    modelCompatibility: dict[str, bool]


class SystemTool(BaseModel):
    id: str
    name: str
    description: str
    category: str
    toolKey: str
    defaultProvider: str
    isPreview: bool
    createdAt: int
    updatedAt: int
    capabilities: ToolCapabilities | None = None


class SystemToolList(BaseModel):
    tools: list[SystemTool]
    total_count: int
