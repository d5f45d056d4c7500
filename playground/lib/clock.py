"""Time as the product tells it: aware, in UTC."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """This moment; the only clock that models and services read."""
    return timezone.now()


def today() -> date:
    """This day in UTC, in which months of budgets and shutdown dates are counted."""
    return timezone.now().date()
