"""Template tags that every page uses: icons, form widgets, initials, numbers.

`widget` is where form controls get their class. A form class stays free of CSS, and the
attributes that Django adds for assistive technology (`aria-invalid`, `aria-describedby`,
`required`) stay as Django made them.
"""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from playground.lib import money

register = template.Library()

# Controls that bring their own look; every other control is a box with class "input".
WITHOUT_BOX = {
    "checkbox",
    "checkboxselectmultiple",
    "clearablefile",
    "file",
    "hidden",
    "multiplehidden",
    "radioselect",
    "range",
}


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw one symbol of `static/icons.svg`; `size` is "s", "l" or empty.

    It is hidden from assistive technology: a button that shows only an icon also holds
    its name as `<span class="vh">`.
    """
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f"i {size}".strip(),
        static("icons.svg"),
        name,
    )


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """Render a form control with its class, and with the attributes of Django's forms."""
    classes = [field.field.widget.attrs.get("class", "")]
    if field.widget_type not in WITHOUT_BOX:
        classes.insert(0, "input")
    names = " ".join(name for name in classes if name)
    return field.as_widget(attrs={"class": names} if names else None)


@register.filter
def initials(name: str) -> str:
    """Return one or two capitals for a round mark: "Ines Aalto" gives "IA"."""
    words = str(name).replace("@", " ").split()[:2]
    return "".join(word[0] for word in words).upper()


@register.filter
def usd(amount: Decimal) -> str:
    """Return a sum as people read it: `$0.048`."""
    return money.usd(amount)


@register.filter
def thousands(number: int) -> str:
    """Return a count that can be read: `1,284`."""
    return f"{number:,}"
