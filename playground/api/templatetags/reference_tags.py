"""Template filters of the API reference."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def codes(text: str) -> SafeString:
    """A plain sentence in which what stands between backticks is code."""
    parts = str(text).split("`")
    pairs = (
        (format_html("<code>{}</code>", p) if n % 2 else p,)
        for n, p in enumerate(parts)
    )
    return format_html_join("", "{}", pairs)
