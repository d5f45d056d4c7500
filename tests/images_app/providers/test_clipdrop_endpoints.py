from __future__ import annotations

import pytest

from images_app.catalog.load import get_image_model, image_models
from images_app.providers.clipdrop_endpoints import ENDPOINTS
from images_app.services.plan import ImageAsk, PlanError, plan

UNCROP, UPSCALE = "clipdrop-uncrop", "clipdrop-upscale"


def test_every_endpoint_is_a_model_of_the_catalog_with_its_price_in_credits():
    models = {m.id: m for m in image_models().values() if m.kind == "clipdrop"}
    assert set(models) == set(ENDPOINTS)
    assert len(models) == 10
    for model in models.values():
        assert model.price is not None
        assert (model.price.unit, model.price.usd) == ("credit", None)


@pytest.mark.parametrize("model", ENDPOINTS)
def test_the_catalog_and_the_endpoint_agree(model):
    entry, endpoint = get_image_model(model, "clipdrop"), ENDPOINTS[model]
    assert ("edit" in entry.operations) == bool(endpoint.picture)
    assert ("mask" in entry.operations) == bool(endpoint.mask)
    assert (entry.prompt == "none") == (not endpoint.prompt)
    assert entry.prompt == "none" or entry.prompt_limit == endpoint.prompt_limit
    options = {*endpoint.options, *endpoint.margins}
    options |= {"seed"} if endpoint.seed else set()
    options |= {"output_format"} if endpoint.formats else set()
    assert options == set(entry.parameters) - {"size"}


def test_a_plan_drops_the_words_of_an_operation_that_takes_none_and_says_so():
    ask = ImageAsk(prompt="Make it blue", model=UPSCALE, n_images=1, size="300x200")
    planned = plan(ask, get_image_model(UPSCALE, "clipdrop"))
    assert planned.sent_prompt == ""
    assert planned.request_fields["size"] == "300x200"
    assert [change.parameter for change in planned.adjustments] == ["prompt"]


def test_a_plan_without_a_picture_is_refused():
    ask = ImageAsk(prompt="", model=UPSCALE)
    with pytest.raises(PlanError, match="works on a picture"):
        plan(ask, get_image_model(UPSCALE, "clipdrop"))


@pytest.mark.parametrize(("extend", "is_planned"), [(2000, True), (2001, False)])
def test_a_plan_keeps_margins_within_the_documents_limit(extend, is_planned):
    ask = ImageAsk(prompt="", model=UNCROP, n_images=1, options={"extend_left": extend})
    model = get_image_model(UNCROP, "clipdrop")
    if is_planned:
        assert plan(ask, model).request_fields["options"] == {"extend_left": 2000}
    else:
        with pytest.raises(PlanError, match="2000"):
            plan(ask, model)
