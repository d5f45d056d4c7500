"""What a provider's price list says of a model, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

UNITS = ("image", "megapixel", "token", "credit")


@dataclass(frozen=True)
class PriceRow:
    """USD for one picture of this size and quality; "" stands for any."""

    usd: Decimal
    size: str = ""
    quality: str = ""


@dataclass(frozen=True)
class ListPrice:
    """One model's price on the day `as_of`, in USD.

    `unit` says what is billed:

    - `image`: `usd` for each picture, or the `rows` where it depends on size or quality.
    - `megapixel`: `usd` for each million pixels of each picture.
    - `token`: USD per million tokens of each sort; None where the model has no such
      tokens. `rows` then hold what a picture usually comes to, for estimates.
    - `credit`: `credits` for each picture, each of them `usd`; None where only the
      account's owner knows what he paid for a credit.
    """

    unit: str
    as_of: date
    usd: Decimal | None = None
    credits: Decimal | None = None
    text_input: Decimal | None = None
    image_input: Decimal | None = None
    text_output: Decimal | None = None
    image_output: Decimal | None = None
    rows: tuple[PriceRow, ...] = ()


_NUMBERS = {f.name for f in fields(ListPrice)} - {"unit", "as_of", "rows"}


def read_price(raw: Mapping[str, Any]) -> ListPrice:
    """The price in an entry; ValueError or TypeError says what is wrong with it."""
    values: dict[str, Any] = {
        name: _number(name, value) if name in _NUMBERS else value
        for name, value in raw.items()
    }
    values["rows"] = tuple(_row(row) for row in raw.get("rows", ()))
    price = ListPrice(**values)
    _check(price)
    return price


def _row(raw: Mapping[str, Any]) -> PriceRow:
    return PriceRow(**{**raw, "usd": _number("usd", raw.get("usd"))})


def _number(name: str, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
        raise ValueError(f"{name} must be a number of 0 or more, not {value!r}")
    return Decimal(value)


def _check(price: ListPrice) -> None:
    if price.unit not in UNITS:
        raise ValueError(f"unit must be one of {', '.join(UNITS)}, not {price.unit!r}")
    if not isinstance(price.as_of, date):
        raise ValueError("as_of must be a date")
    tokens = (price.text_input, price.image_output, price.text_output)
    is_told = {
        "image": price.usd is not None or bool(price.rows),
        "megapixel": price.usd is not None,
        "token": any(usd is not None for usd in tokens),
        "credit": price.credits is not None,
    }
    if not is_told[price.unit]:
        raise ValueError(f"a price per {price.unit} is not complete")


def price_of_json(raw: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A stored price as `read_price` takes it: JSON has no decimals and no dates."""
    if raw is None:
        return None
    values = {name: _decimal(value) for name, value in raw.items() if name in _NUMBERS}
    rows = [{**row, "usd": _decimal(row.get("usd"))} for row in raw.get("rows", ())]
    day = raw.get("as_of")
    as_of = date.fromisoformat(day) if isinstance(day, str) else day
    return {**raw, **values, "rows": rows, "as_of": as_of}


def _decimal(value: Any) -> Any:
    """A number that was written as a text; anything else is left to the check."""
    try:
        return Decimal(value) if isinstance(value, str) else value
    except InvalidOperation:
        return value
