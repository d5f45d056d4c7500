"""Queries whose SQL is written once, for the few that every API request asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

_Row = TypeVar("_Row", bound=Model)


class WrittenQuery(Generic[_Row]):
    """A query with values of its own in each call.

    Django writes a query's SQL anew for each call, which costs several times what the
    database takes to answer it. `build` makes the query with any values, each in a
    `filter` of its own so that their order is certain; `rows` takes the true ones.
    """

    def __init__(self, build: Callable[[], QuerySet[_Row]]) -> None:
        self._build = build

    @cached_property
    def _written(self) -> tuple[type[_Row], str]:
        queryset = self._build()
        sql, _ = queryset.query.sql_with_params()
        return queryset.model, sql

    def rows(self, *values: object) -> list[_Row]:
        """What the database has for these values; columns left out are read late."""
        model, sql = self._written
        return list(model._default_manager.raw(sql, values))
