"""Budgets, prices and usage as an admin and a viewer see them."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.acts import CONNECTION, begin, draw_call, drawn, expect_state
from tests.browser.conftest import Watch
from tests.browser.test_pages import check
from tests.upstream import chat, images
from tests.upstream.server import Upstream

PAGE = "/settings/budget/"
PRICE = f"{PAGE}prices/of/{CONNECTION}/?service=image&model=gpt-image-2"


def test_an_admin_sees_what_was_spent_and_sets_a_price(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    upstream.script(chat.PATH, draw_call(), chat.text_stream("Done."))
    upstream.script(images.GENERATIONS, drawn())
    begin(page, loopback, "Draw a dot")
    expect_state(page, "Completed")
    page.goto(PAGE)
    expect(page.get_by_role("img", name="Spend by day")).to_be_visible()
    expect(page.locator("#models")).to_contain_text("gpt-image-2")
    page.get_by_text("As a table").click()
    for folded in page.get_by_text(re.compile("more models?,")).all():
        folded.click()  # models that no test of this server has used
    found = check(page)
    page.goto(PRICE)
    page.get_by_label("By tokens").check()
    page.get_by_label("1M image tokens out").fill("30")
    page.get_by_label("By the picture").check()
    expect(page.get_by_label("1M image tokens out")).to_be_hidden()
    page.get_by_label("A picture, USD").fill("0.04")
    page.get_by_label("By tokens").check()
    expect(page.get_by_label("1M image tokens out")).to_have_value("30")
    page.get_by_label("By the picture").check()
    found += check(page)
    page.get_by_role("button", name="Save the price").click()
    row = page.locator("#prices tr").filter(has_text=f"gpt-image-2 {CONNECTION}")
    expect(row).to_contain_text("$0.04")
    expect(row).to_contain_text("own")
    row.get_by_role("link", name="Change").click()
    page.get_by_role("button", name="Remove own price").click()
    page.locator("#confirm").get_by_role("button", name="Remove").click()
    expect(
        page.get_by_text("Your own price of gpt-image-2 is removed.")
    ).to_be_visible()
    assert found == []


def test_an_admin_sets_a_budget_and_is_warned_on_every_page(
    page: Page, watch: Watch
) -> None:
    watch.allow("422")
    page.goto(PAGE)
    page.get_by_role("link", name="Add a budget").click()
    page.get_by_label("Each month, in USD").fill("nothing")
    page.get_by_label("Only warn admins").check()
    page.get_by_role("button", name="Add the budget").click()
    expect(page.get_by_text("Write an amount such as 200")).to_be_visible()
    expect(page.get_by_label("Only warn admins")).to_be_checked()
    found = check(page)
    page.get_by_label("Each month, in USD").fill("0")
    page.get_by_role("button", name="Add the budget").click()
    warning = page.locator("#budget-warning")
    expect(warning).to_contain_text("is used up")
    found += check(page)
    page.goto("/assistants/")
    expect(warning).to_contain_text("this budget only warns")
    found += check(page)
    warning.get_by_role("link", name="See budgets").click()
    page.get_by_role("link", name="Change the budget: Organization").click()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove the budget").click()
    expect(page.get_by_text("there is no budget any more")).to_be_visible()
    expect(warning).to_have_count(0)
    assert found == []


def test_the_chosen_month_is_shown_stands_in_the_address_and_keeps_the_focus(
    page: Page,
) -> None:
    page.goto(PAGE)
    month = page.get_by_label("Month", exact=True)
    present = month.input_value()
    month.evaluate("(field) => field.add(new Option('January 2026', '2026-01'))")
    month.focus()
    month.select_option("2026-01")
    page.wait_for_url("**/settings/budget/?month=2026-01")
    expect(page.get_by_text("Nothing was called in January 2026.")).to_be_visible()
    expect(month).to_have_value("2026-01")
    expect(month).to_be_focused()
    month.select_option(present)
    expect(page.get_by_text("Nothing was called in January 2026.")).to_be_hidden()


def test_a_viewer_sees_his_own_usage(open_context, viewer) -> None:
    page = open_context(storage_state=viewer).new_page()
    page.goto("/settings/usage/")
    expect(page.get_by_role("heading", name="Your usage")).to_be_visible()
    assert check(page) == []
