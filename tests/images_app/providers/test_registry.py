from __future__ import annotations

import pytest

from images_app.providers.clipdrop import ClipDropImageProvider
from images_app.providers.openai import OpenAIImageProvider
from images_app.providers.registry import make_image_provider


@pytest.mark.parametrize(
    ("kind", "adapter"),
    [("openai", OpenAIImageProvider), ("clipdrop", ClipDropImageProvider)],
)
def test_each_kind_has_its_adapter(kind, adapter):
    provider = make_image_provider(kind, base_url="http://127.0.0.1", api_key="k")
    assert isinstance(provider, adapter)


def test_a_kind_without_pictures_is_refused():
    with pytest.raises(ValueError, match="'fax'"):
        make_image_provider("fax")
