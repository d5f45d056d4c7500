"""The API reference in a browser: without faults, with a filter, and without scripts."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.test_pages import check, check_all

OPEN_ALL = "document.querySelectorAll('details').forEach((it) => { it.open = true; })"

CUT_TITLES = (
    "[...document.querySelectorAll('.reference-nav [data-entry] .cut')]"
    ".filter((it) => it.offsetParent && it.scrollWidth > it.clientWidth)"
    ".map((it) => it.textContent)"
)
PATHS_OUTSIDE = (
    "[...document.querySelectorAll('.endpoint-path')].filter((it) =>"
    " it.getBoundingClientRect().right > it.closest('.endpoint-head')"
    ".getBoundingClientRect().right).map((it) => it.textContent)"
)


def test_the_start_and_a_part(page: Page) -> None:
    assert check_all(page, "/api/", "/api/models/") == []


def test_a_part_with_everything_open(page: Page) -> None:
    page.goto("/api/threads-and-messages/")
    page.evaluate(OPEN_ALL)
    assert check(page) == []


def test_every_name_of_an_element_is_there_once(page: Page) -> None:
    for path in ("/api/", "/api/responses/"):
        page.goto(path)
        # The threads come after the page.
        expect(page.locator("#thread-list h3, #thread-list > p").first).to_be_visible()
        twice = page.evaluate(
            "[...document.querySelectorAll('[id]')].map((it) => it.id)"
            ".filter((id, i, all) => all.indexOf(id) !== i)"
        )
        assert twice == []


def test_the_filter_finds_endpoints_of_all_parts(page: Page) -> None:
    page.goto("/api/")
    entries = page.locator("[data-entry]:visible")
    expect(entries).to_have_count(0)
    box = page.get_by_label("Filter endpoints")
    box.fill("/runs/ cancel")
    expect(entries).to_have_count(1)
    expect(page.locator("[data-filter-count]")).to_have_text("1 endpoint")
    box.fill("no such words")
    expect(page.get_by_text("No endpoint has these words.")).to_be_visible()
    box.fill("chat completions")
    box.press("Enter")
    page.wait_for_url("**/api/chat-completions/#*")
    expect(page.locator("article:target h2")).to_be_visible()


def test_titles_are_whole_and_long_paths_stay_in_their_cards(page: Page) -> None:
    size = page.viewport_size
    for path in ("/api/runs/", "/api/seed-dialect/"):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(path)
        assert page.evaluate(CUT_TITLES) == []
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate(PATHS_OUTSIDE) == []
    page.set_viewport_size(size)


def test_a_program_is_copied_as_it_stands(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/api/")
    page.get_by_text("Python", exact=True).click()
    page.get_by_role("button", name="Copy the Python program").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("import os\n\nfrom openai import OpenAI\n")
    assert f'base_url="{page.url.removesuffix("/api/")}/v1"' in copied


def test_it_works_without_scripts(plain_page: Page) -> None:
    plain_page.goto("/api/")
    expect(plain_page.get_by_label("Filter endpoints")).to_be_hidden()
    navigation = plain_page.get_by_role("navigation", name="API reference")
    navigation.get_by_role("link", name="Runs", exact=True).click()
    expect(plain_page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    plain_page.locator("details.form > summary").first.click()
    expect(plain_page.locator("details.form[open] .fields").first).to_be_visible()
