"""Fields that the bodies of assistants, threads and runs have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from playground.api.validation import Schema

# The largest number of a database column.
MAX_INTEGER = 2_147_483_647
# Deeper JSON cannot be stored by every database, and no model reads it.
MAX_DEPTH = 100
NAME_PATTERN = r"^[A-Za-z0-9_-]{1,64}$"


def check_depth(value: Any) -> Any:
    """ValueError for JSON with more than MAX_DEPTH levels."""
    level, depth = [value], 0
    while level := [inner for outer in level for inner in _inner(outer)]:
        depth += 1
        if depth > MAX_DEPTH:
            raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels.")
    return value


def _inner(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


JsonObject = Annotated[dict[str, Any], AfterValidator(check_depth)]


Metadata = Annotated[
    dict[
        Annotated[str, Field(max_length=64)],
        Annotated[str, Field(max_length=512)],
    ],
    Field(
        max_length=16,
        description="Your own notes: up to 16 pairs of texts, keys up to 64 and values up to"
        " 512 letters.",
    ),
]
ModelName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=250,
        description="A chat model, or CONNECTION/MODEL for one certain connection.",
    ),
]
Instructions = Annotated[
    str,
    Field(
        max_length=256_000, description="What the model is told before all messages."
    ),
]
Temperature = Annotated[
    float,
    Field(ge=0, le=2, description="Higher is more random. Default: the provider's."),
]
TopP = Annotated[
    float,
    Field(
        ge=0,
        le=1,
        description="Only the most likely tokens that make up this share are drawn from."
        " Default: the provider's.",
    ),
]
TokenLimit = Annotated[
    int,
    Field(
        ge=256,
        le=MAX_INTEGER,
        description="Tokens of the whole run. Default: no limit.",
    ),
]
ReasoningEffort = Annotated[
    Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"],
    Field(
        description="How long a reasoning model thinks before it answers. Default: the"
        " provider's."
    ),
]
Detail = Annotated[
    Literal["auto", "low", "high"],
    Field(description="How closely a model looks at the picture. Default: `auto`."),
]
Streamed = Annotated[
    bool,
    Field(description="Answer as server-sent events as they happen. Default: false."),
]
ParallelCalls = Annotated[
    bool,
    Field(
        description="Whether the model may call several functions at once. Default: true."
    ),
]
FunctionName = Annotated[
    str, Field(pattern=NAME_PATTERN, description="What the model calls it by.")
]
FunctionAbout = Annotated[
    str, Field(description="What it does and when to call it; the model reads this.")
]
PARAMETERS = "Its arguments as a JSON schema. Default: none."
Parameters = Annotated[JsonObject, Field(description=PARAMETERS)]
Strict = Annotated[
    bool,
    Field(description="Whether the provider enforces the schema. Default: false."),
]
FormatName = Annotated[
    str, Field(pattern=NAME_PATTERN, description="What the format is called.")
]
FormatAbout = Annotated[
    str, Field(description="What the format is for; the model reads this.")
]
FORMAT_SCHEMA = "The JSON schema that the answer has to fit."
FormatSchema = Annotated[JsonObject, Field(description=FORMAT_SCHEMA)]


class ToolResources(Schema):
    """Files of tools that Easel does not have: only empty entries are taken."""

    code_interpreter: dict[str, Any] | None = Field(
        None, description="Empty; the tool is not served here."
    )
    file_search: dict[str, Any] | None = Field(
        None, description="Empty; the tool is not served here."
    )

    @model_validator(mode="after")
    def _is_empty(self) -> ToolResources:
        for name in ("code_interpreter", "file_search"):
            entry = getattr(self, name) or {}
            if any(entry.values()):
                raise ValueError(
                    f"the tool {name} is not served here, so it can have no resources."
                )
        return self


class JsonSchemaFormat(Schema):
    """The form that the answer must have."""

    name: FormatName
    description: FormatAbout | None = None
    schema_: FormatSchema | None = Field(None, alias="schema")
    strict: Strict | None = None


class TextFormat(Schema):
    """Plain text, as when nothing is said."""

    type: Literal["text"]


class JsonObjectFormat(Schema):
    """Any JSON object."""

    type: Literal["json_object"]


class JsonSchemaFormatEntry(Schema):
    """JSON that fits a schema."""

    type: Literal["json_schema"]
    json_schema: JsonSchemaFormat


FormatEntry = Annotated[
    TextFormat | JsonObjectFormat | JsonSchemaFormatEntry, Discriminator("type")
]


def word_or_object(value: Any) -> str:
    """Which branch of a union a value belongs to, so that errors name the right one."""
    return "object" if isinstance(value, dict) else "word"


ResponseFormat = Annotated[
    Annotated[Literal["auto"], Tag("word")] | Annotated[FormatEntry, Tag("object")],
    Discriminator(word_or_object),
    Field(description="The form of the answer. Default: `auto`, which is text."),
]


class TruncationStrategy(Schema):
    """How much of the thread the model is told: all, or the newest messages."""

    type: Literal["auto", "last_messages"] = Field(
        description="Whether to leave out old messages when there are too many, or all"
        " but the newest."
    )
    last_messages: int | None = Field(
        None, ge=1, description="How many messages are told, for `last_messages`."
    )

    @model_validator(mode="after")
    def _has_number(self) -> TruncationStrategy:
        if self.type == "last_messages" and self.last_messages is None:
            raise ValueError("“last_messages” needs the number of messages.")
        return self


class ChosenFunction(Schema):
    name: FunctionName


class FunctionChoice(Schema):
    """This function is called first."""

    type: Literal["function"]
    function: ChosenFunction = Field(description="Which of the functions.")


class ImageChoice(Schema):
    """Easel's own: the first turn makes a picture."""

    type: Literal["image_generation"]


ToolChoiceEntry = Annotated[FunctionChoice | ImageChoice, Discriminator("type")]
ToolChoice = Annotated[
    Annotated[Literal["none", "auto", "required"], Tag("word")]
    | Annotated[ToolChoiceEntry, Tag("object")],
    Discriminator(word_or_object),
    Field(
        description="Whether the model may call tools, must call one, or must call this"
        " one first. Default: `auto`."
    ),
]


def plain(value: Any) -> Any:
    """A field of a body as it is stored: what was not said is left out."""
    if isinstance(value, Schema):
        return value.model_dump(exclude_unset=True, by_alias=True)
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return value


def response_format(value: Any) -> Any:
    """ "auto" is what every provider does when nothing is said."""
    return None if value == "auto" else plain(value)
