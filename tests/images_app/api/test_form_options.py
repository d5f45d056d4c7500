"""A model's own parameters in a form, as the official clients spell nested values."""

from __future__ import annotations

import pytest

from images_app.api.schemas_images import EditForm
from images_app.api.wishes import _read_options
from playground.api.errors import ApiError


def read(**texts: str):
    return _read_options(
        EditForm, {name: [text] for name, text in texts.items()}, set()
    )


def test_they_are_put_together_with_their_types():
    form = {"options[extend_left]": "100", "options[mode]": "fast"}
    form |= {"options[strength]": "0.5", "options[tiled]": "true"}
    options = read(prompt="x", **form).options
    assert options == {
        "extend_left": 100,
        "mode": "fast",
        "strength": 0.5,
        "tiled": True,
    }


def test_what_looks_like_an_object_stays_a_text():
    assert read(prompt="x", **{"options[a]": "[1]"}).options == {"a": "[1]"}


@pytest.mark.parametrize("form", [{"options": "words"}, {"other[a]": "1"}])
def test_other_forms_are_refused(form):
    with pytest.raises(ApiError):
        read(prompt="x", **form)
