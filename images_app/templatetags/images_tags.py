"""Template tags of the tester."""

from __future__ import annotations

from django import template

from images_app.forms import ImageForm, Slot

register = template.Library()


@register.simple_tag
def slot_of(form: ImageForm, name: str) -> Slot:
    """The place for a field's error."""
    return form.slot(name)
