"""The daily sums of a month as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from playground.organizations.models import DailyUsage
from playground.organizations.services.usage_names import Names

COLUMNS = (
    "day",
    "member",
    "api_key",
    "assistant",
    "assistant_id",
    "connection",
    "kind",
    "model",
    "calls",
    "pictures",
    "tokens",
    "cost_usd",
    "calls_of_unknown_price",
)
# A spreadsheet takes a cell that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def usage_csv(rows: Iterable[DailyUsage], names: Names) -> str:
    """One line for each day's sum of equal calls, in days of UTC."""
    out = io.StringIO()
    out.write("\ufeff")  # spreadsheets take it for another encoding else
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            (
                row.day.isoformat(),
                plain(names.member(row.user_number) if row.user_number else ""),
                plain(names.api_key(row.api_key_number) if row.api_key_number else ""),
                plain(names.assistants.get(row.assistant, "")),
                row.assistant,
                row.connection_name,
                row.kind,
                plain(row.model),
                row.calls,
                row.pictures,
                row.tokens,
                f"{row.cost:.8f}",
                row.unknown_calls,
            )
        )
    return out.getvalue()


def plain(text: str) -> str:
    """A name that no spreadsheet computes."""
    return f"'{text}" if text.startswith(FORMULA) else text
