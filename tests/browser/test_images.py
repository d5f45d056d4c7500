"""The direct tester: plan, result, refusal, failure."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.acts import drawn, expect_picture
from tests.upstream import chat, images
from tests.upstream.server import Upstream


def open_loopback(page: Page, prompt: str) -> None:
    """The tester with the loopback's model and this prompt."""
    page.goto("/images/")
    page.get_by_label("Model", exact=True).select_option("loopback/gpt-image-2")
    expect(page.locator("#plan")).to_contain_text("gpt-image-2")
    page.get_by_label("Prompt", exact=True).fill(prompt)


def generate(page: Page) -> None:
    page.locator("#generate").click()


def test_a_picture_is_planned_then_drawn(page: Page) -> None:
    page.goto("/images/")
    page.get_by_label("Prompt", exact=True).fill("A red boat on a lake")
    page.get_by_label("3:2", exact=True).check(force=True)
    plan = page.locator("#plan")
    expect(plan).to_contain_text("Will be sent")
    expect(plan).to_contain_text(re.compile(r"1248\s*×\s*832"))
    generate(page)
    result = page.locator(".batch").first
    expect(result.locator("h2")).to_contain_text("A red boat on a lake")
    expect(result.locator(".pic")).to_have_attribute("data-state", "completed")
    expect_picture(result.locator(".frame > img"), width=1248)


def test_an_own_size_that_does_not_fit_names_the_rule_and_the_nearest(
    page: Page, loopback: str, watch
) -> None:
    watch.allow("422")
    open_loopback(page, "A dot")
    page.get_by_label("Own", exact=True).check(force=True)
    page.get_by_label("Width in pixels").fill("1000")
    page.get_by_label("Height in pixels").fill("1000")
    slot = page.locator("#id_shape_error")
    expect(slot).to_contain_text("16")
    expect(page.get_by_label("Width in pixels")).to_have_attribute(
        "aria-invalid", "true"
    )
    with page.expect_response(lambda response: "hx-refused" in response.headers):
        generate(page)
    expect(page.get_by_label("Width in pixels")).to_be_focused()
    slot.get_by_role("button").click()
    expect(page.get_by_label("Width in pixels")).not_to_have_value("1000")
    expect(slot).to_have_text("")
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("A dot")
    expect(page.locator("#generate")).to_contain_text("1 picture")


def test_an_empty_prompt_is_refused_beside_its_field(page: Page, watch) -> None:
    watch.allow("422")
    page.goto("/images/")
    generate(page)
    expect(page.locator("#id_prompt_error")).not_to_be_empty()
    expect(page.get_by_label("Prompt", exact=True)).to_be_focused()


def test_a_failure_is_told_in_words_and_can_be_tried_again(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    refusal = chat.error(429, "Slow down.", type="requests", code="rate_limit_exceeded")
    upstream.script(images.GENERATIONS, refusal, drawn())
    open_loopback(page, "A dot at noon")
    generate(page)
    results = page.locator(".batch").filter(has_text="A dot at noon")
    failed = results.locator('.pic[data-state="failed"]')
    expect(failed.locator(".why")).to_contain_text("loopback")
    failed.get_by_role("button", name="Try again").click()
    expect_picture(results.locator('.pic[data-state="completed"] .frame > img'), 8)
    expect(failed).to_be_visible()
    assert len(upstream.ledger) == 2
