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

Metadata = Annotated[
    dict[
        Annotated[str, Field(max_length=64)],
        Annotated[str, Field(max_length=512)],
    ],
    Field(
        max_length=16,
        description="Up to 16 pairs of texts; keys up to 64, values up to 512 letters.",
    ),
]
ModelName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=250,
        description="A model's name, or CONNECTION/MODEL.",
    ),
]
Instructions = Annotated[str, Field(max_length=256_000)]
Temperature = Annotated[float, Field(ge=0, le=2)]
TopP = Annotated[float, Field(ge=0, le=1)]
TokenLimit = Annotated[
    int, Field(ge=256, le=MAX_INTEGER, description="Tokens of the whole run.")
]
ReasoningEffort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
Detail = Literal["auto", "low", "high"]


class ToolResources(Schema):
    """Files of tools that Easel does not have: only empty entries are taken."""

    code_interpreter: dict[str, Any] | None = None
    file_search: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _is_empty(self) -> ToolResources:
        for name in ("code_interpreter", "file_search"):
            entry = getattr(self, name) or {}
            if any(entry.values()):
                raise ValueError(
                    f"the tool {name} is not served here, so it can have no resources."
                )
        return self


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


class JsonSchemaFormat(Schema):
    name: str = Field(pattern=NAME_PATTERN)
    description: str | None = None
    schema_: JsonObject | None = Field(None, alias="schema")
    strict: bool | None = None


class TextFormat(Schema):
    type: Literal["text"]


class JsonObjectFormat(Schema):
    type: Literal["json_object"]


class JsonSchemaFormatEntry(Schema):
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
]


class TruncationStrategy(Schema):
    """How much of the thread the model is told: all, or the newest messages."""

    type: Literal["auto", "last_messages"]
    last_messages: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _has_number(self) -> TruncationStrategy:
        if self.type == "last_messages" and self.last_messages is None:
            raise ValueError("“last_messages” needs the number of messages.")
        return self


class ChosenFunction(Schema):
    name: str = Field(pattern=NAME_PATTERN)


class FunctionChoice(Schema):
    type: Literal["function"]
    function: ChosenFunction


class ImageChoice(Schema):
    """Easel's own: the first turn makes a picture."""

    type: Literal["image_generation"]


ToolChoiceEntry = Annotated[FunctionChoice | ImageChoice, Discriminator("type")]
ToolChoice = Annotated[
    Annotated[Literal["none", "auto", "required"], Tag("word")]
    | Annotated[ToolChoiceEntry, Tag("object")],
    Discriminator(word_or_object),
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
