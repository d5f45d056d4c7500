"""Lists by cursor: `limit`, `order`, `after` and `before`, as every SDK pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar

from django.db.models import Model, Q, QuerySet
from pydantic import Field

from playground.api.errors import ApiError
from playground.api.validation import Schema

_Row = TypeVar("_Row", bound=Model)
_Item = TypeVar("_Item")


class Page(Schema):
    """The query of a list. Numbers arrive as text here, so they are coerced."""

    model_config = {"strict": False, "extra": "forbid"}

    limit: int = Field(20, ge=1, le=100, description="How many, 1 to 100.")
    order: Literal["asc", "desc"] = Field("desc", description="By creation time.")
    after: str | None = Field(None, description="The id that the page begins behind.")
    before: str | None = Field(None, description="The id that the page ends before.")


def page_of(rows: QuerySet[_Row], page: Page) -> tuple[list[_Row], bool]:
    """A page of rows by `created_at`, ties broken by their key; and if more follow.

    ApiError 400 for a cursor that names no row of this list.
    """
    newest_first = page.order == "desc"
    if page.after:
        rows = rows.filter(_beyond(rows, "after", page.after, later=not newest_first))
    if page.before:
        rows = rows.filter(_beyond(rows, "before", page.before, later=newest_first))
    # "The page that ends before X" is counted from X on, backwards.
    from_end = page.before is not None and page.after is None
    descending = newest_first != from_end
    order = ("-created_at", "-pk") if descending else ("created_at", "pk")
    found = list(rows.order_by(*order)[: page.limit + 1])
    has_more = len(found) > page.limit
    found = found[: page.limit]
    return (found[::-1] if from_end else found), has_more


def _beyond(rows: QuerySet[Any], param: str, public_id: str, *, later: bool) -> Q:
    # A NUL is a fault for some databases; no id has one.
    named = rows.none() if "\0" in public_id else rows.filter(public_id=public_id)
    cursor = named.values("created_at", "pk").first()
    if cursor is None:
        raise bad_cursor(param, public_id)
    side = "gt" if later else "lt"
    return Q(**{f"created_at__{side}": cursor["created_at"]}) | Q(
        created_at=cursor["created_at"], **{f"pk__{side}": cursor["pk"]}
    )


def slice_of(
    items: Sequence[_Item], page: Page, name: Callable[[_Item], str]
) -> tuple[list[_Item], bool]:
    """The same for a list that is in memory, in its natural (oldest first) order."""
    ordered = list(items) if page.order == "asc" else list(reversed(items))
    names = [name(item) for item in ordered]
    start, end = 0, len(ordered)
    if page.after:
        start = _index(names, "after", page.after) + 1
    if page.before:
        end = _index(names, "before", page.before)
    found = ordered[start:end]
    if page.before and not page.after:
        return found[-page.limit :], len(found) > page.limit
    return found[: page.limit], len(found) > page.limit


def _index(names: Sequence[str], param: str, public_id: str) -> int:
    try:
        return names.index(public_id)
    except ValueError:
        raise bad_cursor(param, public_id) from None


def bad_cursor(param: str, public_id: str) -> ApiError:
    """A cursor that names nothing in the list."""
    return ApiError(
        400,
        f"Invalid '{param}': there is nothing with id '{public_id[:64]}' in this list.",
        param,
        "invalid_value",
    )


def list_body(data: Sequence[dict[str, Any]], has_more: bool) -> dict[str, Any]:
    """A page as every dialect writes it."""
    return {
        "object": "list",
        "data": list(data),
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
        "has_more": has_more,
    }
