"""The queries of what answers with items."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assistants_app.api.responses.schemas_responses import (
    INCLUDED,
    INPUT_IMAGE_URL,
    Include,
)
from playground.api.cursors import Page
from playground.api.validation import Schema


class IncludeQuery(Schema):
    """What else is wanted; the official clients write `include[]`."""

    model_config = {"strict": False, "extra": "forbid"}

    include: list[Include] | None = Field(None, description=INCLUDED)
    include_brackets: list[Include] | None = Field(
        None, alias="include[]", description="The same as `include`."
    )

    @property
    def image_urls(self) -> bool:
        """Whether the bytes of a user's pictures are wanted."""
        wanted = [*(self.include or ()), *(self.include_brackets or ())]
        return INPUT_IMAGE_URL in wanted


class ItemQuery(IncludeQuery):
    """A list of items."""

    limit: int = Field(20, ge=1, le=100, description="How many, 1 to 100.")
    order: Literal["asc", "desc"] = Field("desc", description="By their place.")
    after: str | None = Field(None, description="The id that the page begins behind.")

    @property
    def page(self) -> Page:
        """The cursor's part."""
        return Page(limit=self.limit, order=self.order, after=self.after, before=None)


class ResponseQuery(IncludeQuery):
    """One response; `stream` gives its events."""

    stream: bool | None = Field(
        None,
        description="Answer with its events, from the first on, also those to come."
        " Default: false.",
    )
    starting_after: int | None = Field(
        None, ge=0, description="With `stream`: only events behind this number."
    )
    include_obfuscation: bool | None = Field(
        None, description="Accepted; no event is obfuscated here."
    )
