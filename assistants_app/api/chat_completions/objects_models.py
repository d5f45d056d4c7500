"""Models as the API lists them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class Model(BaseModel):
    """A model that this organization offers."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    shutdown_date: str | None = None


class ModelList(BaseModel):
    """All of them; this list has no pages."""

    object: Literal["list"]
    data: list[Model]
