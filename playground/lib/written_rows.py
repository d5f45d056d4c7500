"""Inserts and updates of one row whose SQL is written once, for the path of a run.

Django writes the SQL of each `save` anew, which costs several times what the database
takes for it. These are for rows that a streamed run writes; anything else saves with
Django. No signal is sent, and related objects are taken to be saved.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import DatabaseError, connections, router
from django.db.models import Field, Model

Fields = list["Field[Any, Any]"]


def insert(row: Model) -> None:
    """`row.save(force_insert=True)`, for a key that the database counts."""
    using = router.db_for_write(type(row), instance=row)
    sql, fields = _insert(type(row), using)
    with connections[using].cursor() as cursor:
        cursor.execute(sql, _values(row, fields, using, is_new=True))
        (row.pk,) = cursor.fetchone()
    row._state.adding = False
    row._state.db = using


def update(row: Model, names: tuple[str, ...]) -> None:
    """`row.save(update_fields=names)`; DatabaseError when the row is gone."""
    using = row._state.db or router.db_for_write(type(row), instance=row)
    sql, fields = _update(type(row), names, using)
    with connections[using].cursor() as cursor:
        cursor.execute(sql, [*_values(row, fields, using, is_new=False), row.pk])
        if cursor.rowcount == 0:
            raise DatabaseError(f"{row} is not there any more.")


def _values(row: Model, fields: Fields, using: str, *, is_new: bool) -> list[Any]:
    connection = connections[using]
    return [
        field.get_db_prep_save(field.pre_save(row, is_new), connection)
        for field in fields
    ]


@lru_cache
def _insert(kind: type[Model], using: str) -> tuple[str, Fields]:
    """The statement, and the fields whose values it takes."""
    table, key = _names(kind, using)
    fields = [field for field in kind._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(_column(field, using) for field in fields)
    marks = ", ".join("%s" for _ in fields)
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING {key}", fields


@lru_cache
def _update(
    kind: type[Model], names: tuple[str, ...], using: str
) -> tuple[str, Fields]:
    """The same for a row whose key comes last."""
    table, key = _names(kind, using)
    by_name = {field.name: field for field in kind._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    changes = ", ".join(f"{_column(field, using)} = %s" for field in fields)
    return f"UPDATE {table} SET {changes} WHERE {key} = %s", fields


def _names(kind: type[Model], using: str) -> tuple[str, str]:
    """The table and its key, quoted."""
    assert kind._meta.pk is not None
    table = connections[using].ops.quote_name(kind._meta.db_table)
    return table, _column(kind._meta.pk, using)


def _column(field: Field[Any, Any], using: str) -> str:
    assert field.column is not None
    return connections[using].ops.quote_name(field.column)


def add(row: Model, keys: tuple[str, ...], sums: tuple[str, ...]) -> None:
    """Insert a row, or add its `sums` to the row with the same `keys`.

    A unique constraint has to be on just these keys. The row itself gets no key.
    """
    using = router.db_for_write(type(row), instance=row)
    sql, fields = _add(type(row), keys, sums, using)
    with connections[using].cursor() as cursor:
        cursor.execute(sql, _values(row, fields, using, is_new=True))


@lru_cache
def _add(
    kind: type[Model], keys: tuple[str, ...], sums: tuple[str, ...], using: str
) -> tuple[str, Fields]:
    table, _ = _names(kind, using)
    by_name = {field.name: field for field in kind._meta.concrete_fields}
    fields = [by_name[name] for name in (*keys, *sums)]
    columns = ", ".join(_column(field, using) for field in fields)
    marks = ", ".join("%s" for _ in fields)
    same = ", ".join(_column(by_name[name], using) for name in keys)
    summed = [_column(by_name[name], using) for name in sums]
    added = ", ".join(f"{c} = {table}.{c} + excluded.{c}" for c in summed)
    return (
        f"INSERT INTO {table} ({columns}) VALUES ({marks})"
        f" ON CONFLICT ({same}) DO UPDATE SET {added}",
        fields,
    )
