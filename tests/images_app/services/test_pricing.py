from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from images_app.catalog.load import get_image_model
from images_app.catalog.prices import read_price
from images_app.services.plan import ImageAsk, plan
from images_app.services.pricing import Wanted, cost_after, price_before

DAY = date(2026, 11, 20)
SQUARE = (1024, 1024)


def listed(**fields):
    return read_price({"as_of": DAY, **fields})


def rows(*entries):
    names = ("size", "quality", "usd")
    return [dict(zip(names, entry, strict=True)) for entry in entries]


BY_ROWS = listed(
    unit="image",
    rows=rows(
        ("1024x1024", "low", Decimal("0.01")),
        ("1024x1024", "high", Decimal("0.20")),
        ("", "medium", Decimal("0.05")),
    ),
)
BY_TOKEN = listed(
    unit="token",
    text_input=5,
    image_input=8,
    image_output=30,
    rows=rows(("1024x1024", "low", Decimal("0.006"))),
)


def before(price, n=1, size="1024x1024", qualities=("low",)):
    return price_before(price, Wanted(n, (size,), qualities))


def test_an_unknown_price_is_none_and_says_so():
    found = before(None)
    assert (found.amount, found.origin) == (None, "unknown")
    assert "No price is known" in found.note


def test_a_price_per_picture_is_certain():
    price = listed(unit="image", usd=Decimal("0.04"))
    found = before(price, n=3)
    assert (found.amount, found.origin) == (Decimal("0.12"), "computed")
    assert cost_after(price, None, [SQUARE] * 2).amount == Decimal("0.08")


def test_nothing_is_a_price_too():
    assert before(listed(unit="image", usd=0)).amount == 0


@pytest.mark.parametrize(
    ("size", "quality", "usd"),
    [
        ("1024x1024", "low", "0.01"),
        ("1024x1024", "high", "0.20"),
        ("2048x2048", "medium", "0.05"),
    ],
)
def test_the_row_of_this_size_and_quality_counts(size, quality, usd):
    found = before(BY_ROWS, size=size, qualities=(quality,))
    assert (found.amount, found.origin) == (Decimal(usd), "computed")


def test_what_the_model_chooses_is_the_most_that_it_may_be():
    found = before(BY_ROWS, qualities=("low", "medium", "high"))
    assert (found.amount, found.origin) == (Decimal("0.20"), "estimated")
    assert "most" in found.note


def test_one_possible_price_that_is_unknown_leaves_all_unknown():
    assert before(BY_ROWS, qualities=("low", "xhigh")).amount is None


def test_pixels_are_counted():
    price = listed(unit="megapixel", usd=Decimal("0.01"))
    assert before(price, size="2000x1000").amount == Decimal("0.02")
    assert cost_after(price, None, [(2000, 1000)]).amount == Decimal("0.02")
    assert before(price, size="").amount is None


def test_credits_cost_what_the_admin_says():
    bare = listed(unit="credit", credits=2)
    assert before(bare).amount is None
    assert "2 credits" in before(bare).note
    priced = listed(unit="credit", credits=2, usd=Decimal("0.10"))
    assert before(priced, n=2).amount == Decimal("0.40")


def test_credits_that_the_provider_reports_count():
    price = listed(unit="credit", credits=2, usd=Decimal("0.10"))
    told = cost_after(price, {"credits_consumed": 3}, [SQUARE])
    assert told.amount == Decimal("0.30")
    assert cost_after(price, None, [SQUARE]).amount == Decimal("0.20")


def test_tokens_are_estimated_before_and_computed_after():
    assert before(BY_TOKEN).origin == "estimated"
    usage = {
        "input_tokens": 110,
        "input_tokens_details": {"text_tokens": 10, "image_tokens": 100},
        "output_tokens": 200,
    }
    found = cost_after(BY_TOKEN, usage, [SQUARE])
    # 10 × 5 + 100 × 8 + 200 × 30, per million.
    assert (found.amount, found.origin) == (Decimal("0.00685"), "computed")


def test_an_estimate_grows_with_the_pixels():
    assert before(BY_TOKEN, size="2048x2048").amount == Decimal("0.024")


@pytest.mark.parametrize(
    "usage", [None, {}, {"output_tokens": "many"}, {"output_tokens": -1}]
)
def test_uncounted_tokens_leave_the_cost_unknown(usage):
    assert cost_after(BY_TOKEN, usage, [SQUARE]).amount is None


def test_a_sort_of_token_without_price_leaves_the_cost_unknown():
    usage = {
        "output_tokens": 9,
        "output_tokens_details": {"text_tokens": 1, "image_tokens": 8},
    }
    assert cost_after(BY_TOKEN, usage, [SQUARE]).amount is None


def test_a_plan_tells_the_price_of_what_is_sent():
    model = get_image_model("gpt-image-2", "openai")
    ask = ImageAsk("a fox", "gpt-image-2", n=2, size="1024x1024", quality="medium")
    price = plan(ask, model).price
    assert (price.amount, price.origin) == (Decimal("0.106"), "estimated")
    unknown = get_image_model("gpt-image-2.6-flare", "openai")
    assert plan(ImageAsk("a fox", unknown.id), unknown).price.amount is None


def test_the_offline_painter_costs_nothing():
    model = get_image_model("offline-painter", "offline")
    assert plan(ImageAsk("a fox", model.id), model).price.amount == 0
