"""Queries whose SQL is written once, for the few that every API request asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import Model, QuerySet

_Row = TypeVar("_Row", bound=Model)
# For a column by its number: what turns the database's value into the field's, and the
# expression that it is told.
Converters = Mapping[int, tuple[Sequence[Callable[..., Any]], Any]]


@dataclass(frozen=True)
class _Written:
    model: type[Model]
    using: str
    sql: str
    names: tuple[str, ...]
    converters: Converters


class WrittenQuery(Generic[_Row]):
    """A query with values of its own in each call.

    Django writes a query's SQL anew for each call, which costs several times what the
    database takes to answer it. `build` makes the query with any values, each in a
    `filter` of its own so that their order is certain; `rows` takes the true ones.
    """

    def __init__(self, build: Callable[[], QuerySet[_Row]]) -> None:
        self._build = build

    @cached_property
    def _written(self) -> _Written:
        queryset = self._build()
        compiler = queryset.query.get_compiler(queryset.db)
        sql, _ = compiler.as_sql()
        columns: list[Any] = [expression for expression, _, _ in compiler.select]
        names = tuple(column.target.attname for column in columns)
        converters = compiler.get_converters(columns)
        return _Written(queryset.model, queryset.db, sql, names, converters)

    def rows(self, *values: Any) -> list[_Row]:
        """What the database has for these values; columns left out are read late."""
        written = self._written
        connection = connections[written.using]
        with connection.cursor() as cursor:
            cursor.execute(written.sql, values)
            found = cursor.fetchall()
        make: Any = written.model.from_db
        return [
            make(written.using, written.names, _converted(row, written, connection))
            for row in found
        ]


def _converted(row: Sequence[Any], written: _Written, connection: Any) -> list[Any]:
    values = list(row)
    for index, (converters, expression) in written.converters.items():
        for convert in converters:
            values[index] = convert(values[index], expression, connection)
    return values
