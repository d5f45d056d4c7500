"""Sums of money as people read them."""

from __future__ import annotations

from decimal import Decimal


def usd(amount: Decimal) -> str:
    """`$0.048`: two digits, more where the amount has them and is small."""
    if amount == 0 or amount >= 1:
        return f"${amount:,.2f}"
    digits = 3 if amount >= Decimal("0.01") else max(3, 1 - amount.adjusted())
    text = f"{amount:.{digits}f}".rstrip("0")
    whole, _, fraction = text.partition(".")
    return f"${whole}.{fraction:0<2}"
