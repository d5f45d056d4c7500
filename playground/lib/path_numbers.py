"""`<number:…>` in a URL: a row's key, of no more digits than a database takes."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter


class RowNumber(IntConverter):
    """A longer number is nobody's, so its address is not found."""

    regex = "[0-9]{1,18}"


register_converter(RowNumber, "number")
