"""What a call will cost, and what it has cost, by a model's price list. Pure.

Every sum is USD for the whole call. What cannot be known is None, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from images_app.catalog.prices import ListPrice, PriceRow
from images_app.services.plan_values import Price
from images_app.services.sizes import Box, parse_size

MILLION = Decimal(1_000_000)
SMALLEST = Decimal("0.00000001")
AT_MOST = "The model chooses size or quality; this is the most that it may be."
NO_PRICE = "No price is known for this model."
NO_CREDIT_PRICE = "What a credit costs is not set for this connection."


@dataclass(frozen=True)
class Wanted:
    """What of a planned request its price depends on.

    Several `sizes` or `qualities` are those among which the model chooses; none where
    it has no such choice.
    """

    n: int
    sizes: tuple[str, ...] = ()
    qualities: tuple[str, ...] = ()


def price_before(price: ListPrice | None, wanted: Wanted) -> Price:
    """What a call will cost, or the most that it may."""
    if price is None:
        return Price(note=NO_PRICE)
    if price.unit == "credit":
        return _in_credits(price, price.credits, wanted.n)
    found = [
        _of_one(price, size, quality)
        for size in wanted.sizes or ("",)
        for quality in wanted.qualities or ("",)
    ]
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        return Price(note="The price of this size and quality is not known.")
    most = max(usd for usd, _ in known) * wanted.n
    if min(usd for usd, _ in known) * wanted.n < most:
        return Price(_rounded(most), "estimated", AT_MOST)
    if price.unit == "token" or not all(is_exact for _, is_exact in known):
        return Price(_rounded(most), "estimated", "By the prices of usual pictures.")
    return Price(_rounded(most), "computed", _told(price))


def cost_after(
    price: ListPrice | None,
    usage: Mapping[str, Any] | None,
    pictures: Sequence[tuple[int, int]],
    quality: str = "",
) -> Price:
    """What a call has cost, from the provider's own account and the measured pictures.

    `pictures` are their widths and heights in pixels.
    """
    if price is None:
        return Price(note=NO_PRICE)
    if price.unit == "token":
        return _by_tokens(price, usage or {})
    if price.unit == "credit":
        told = (usage or {}).get("credits_consumed")
        is_number = isinstance(told, int | float) and not isinstance(told, bool)
        credits = Decimal(str(told)) if is_number else price.credits
        return _in_credits(price, credits, 1 if is_number else len(pictures))
    total = Decimal(0)
    for width, height in pictures:
        one = _of_one(price, f"{width}x{height}", quality)
        if one is None or not one[1]:
            return Price(note="The price of this size and quality is not known.")
        total += one[0]
    return Price(_rounded(total), "computed", _told(price))


def _of_one(price: ListPrice, size: str, quality: str) -> tuple[Decimal, bool] | None:
    """USD for one picture, and whether the list has just this one."""
    box = parse_size(size)
    if price.unit == "megapixel":
        if box is None or price.usd is None:
            return None
        return price.usd * box.width * box.height / MILLION, True
    rows = [row for row in price.rows if row.quality in {"", quality}]
    exact = [row for row in rows if row.size in {"", size}]
    if exact:
        best = min(exact, key=lambda row: (not row.size, not row.quality))
        return best.usd, True
    if rows and box is not None:
        return max(_scaled(row, box) for row in rows), False
    return (price.usd, True) if price.usd is not None else None


def _scaled(row: PriceRow, box: Box) -> Decimal:
    """A row's price for another size: it grows with the pixels."""
    of_row = parse_size(row.size)
    if of_row is None:
        return row.usd
    return row.usd * box.pixels / of_row.pixels


def _in_credits(price: ListPrice, credits: Decimal | None, times: int) -> Price:
    if credits is None:
        return Price(note=NO_PRICE)
    if price.usd is None:
        return Price(note=f"{credits * times:g} credits. {NO_CREDIT_PRICE}")
    return Price(_rounded(credits * times * price.usd), "computed", _told(price))


def _by_tokens(price: ListPrice, usage: Mapping[str, Any]) -> Price:
    """Tokens by their sort; output that is not split is priced as pictures."""
    inputs, outputs = _details(usage, "input"), _details(usage, "output")
    if outputs is None:
        return Price(note="The provider did not say how many tokens it took.")
    parts = (
        (price.text_input, (inputs or {}).get("text_tokens", 0)),
        (price.image_input, (inputs or {}).get("image_tokens", 0)),
        (price.text_output, outputs.get("text_tokens", 0)),
        (price.image_output, outputs.get("image_tokens", 0)),
    )
    total = Decimal(0)
    for usd, count in parts:
        if count and usd is None:
            return Price(note="The price of one sort of token is not known.")
        total += (usd or Decimal(0)) * count / MILLION
    return Price(_rounded(total), "computed", _told(price))


def _details(usage: Mapping[str, Any], side: str) -> dict[str, int] | None:
    """Tokens of one side by sort; None where they were not counted."""
    total = _count(usage.get(f"{side}_tokens"))
    if total is None:
        return None
    told = usage.get(f"{side}_tokens_details")
    split = told if isinstance(told, Mapping) else {}
    text, image = _count(split.get("text_tokens")), _count(split.get("image_tokens"))
    if text is None and image is None:
        rest = "image_tokens" if side == "output" else "text_tokens"
        return {rest: total}
    return {"text_tokens": text or 0, "image_tokens": image or 0}


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _told(price: ListPrice) -> str:
    return f"By the price list of {price.as_of}."


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(SMALLEST, ROUND_HALF_UP)
