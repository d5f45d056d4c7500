"""Everything but live streaming works with plain links and forms."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.acts import (
    THREAD,
    choose,
    expect_picture,
    message_field,
    pictures,
    run_state,
    say,
)
from tests.upstream import chat
from tests.upstream.server import Upstream

MOST_REFRESHES = 400


def refresh_until(page: Page, wanted: Locator) -> None:
    """Load the page again, as its reader would, until the wanted is there."""
    for _ in range(MOST_REFRESHES):
        if wanted.count():
            return
        page.reload()
    raise AssertionError(f"It did not come: {wanted}")


def completed(page: Page, index: int = -1) -> Locator:
    return run_state(page, index).filter(has_text="Completed")


def test_a_thread_is_begun_refreshed_and_continued(plain_page: Page) -> None:
    page = plain_page
    choose(page, "Illustrator")
    say(page, "Draw a mountain at sunset")
    expect(page).to_have_url(THREAD)
    expect(page.get_by_role("link", name="Refresh")).to_be_visible()
    refresh_until(page, completed(page))
    expect_picture(pictures(page), width=1024)
    say(page, "Thank you")
    expect(page).to_have_url(THREAD)
    expect(page.locator(".said")).to_have_count(2)
    refresh_until(page, completed(page, 1))


def test_a_call_begun_on_the_welcome_page_is_answered(plain_page: Page) -> None:
    page = plain_page
    page.goto("/welcome/")
    page.get_by_role("button", name="pause at a tool call").click()
    refresh_until(page, page.get_by_label("Output", exact=True))
    page.get_by_label("Output", exact=True).fill("no picture today")
    page.get_by_role("button", name="Submit output").click()
    expect(page).to_have_url(THREAD)
    refresh_until(page, completed(page))
    expect(page.get_by_text("no picture today").first).to_be_visible()


def test_a_run_is_stopped(plain_page: Page, loopback: str, upstream: Upstream) -> None:
    page = plain_page
    gate = upstream.gate()
    upstream.script(chat.PATH, chat.text_stream("One ", gate, "two."))
    page.goto(loopback)
    say(page, "Count")
    gate.wait_reached()
    page.get_by_role("button", name="Stop").click()
    expect(page).to_have_url(THREAD)
    refresh_until(page, run_state(page).filter(has_text="Stopped"))
    expect(page.locator(".run .prose")).to_contain_text("One")
    expect(page.get_by_role("button", name="Send")).to_be_visible()


def test_a_refused_message_keeps_its_text(plain_page: Page, watch) -> None:
    watch.allow("422")
    choose(plain_page, "Illustrator")
    fake = {"name": "fake.png", "mimeType": "image/png", "buffer": b"no picture"}
    plain_page.get_by_label("Attach pictures").set_input_files([fake])
    say(plain_page, "Look at this")
    expect(plain_page.get_by_text("fake.png: ")).to_be_visible()
    expect(message_field(plain_page)).to_have_value("Look at this")


def test_the_tester_draws(plain_page: Page) -> None:
    page = plain_page
    page.goto("/images/")
    page.get_by_label("Prompt", exact=True).fill("A blue hill")
    page.get_by_role("button", name="Generate").last.click()
    first = page.locator(".batch").first
    expect(first.locator("h2")).to_contain_text("A blue hill")
    refresh_until(page, first.locator('.pic[data-state="completed"]'))
    expect_picture(first.locator(".frame > img"))


def test_an_assistant_is_made_and_changed(plain_page: Page) -> None:
    page = plain_page
    page.goto("/assistants/new/")
    page.get_by_label("Name", exact=True).fill("Plain")
    page.get_by_role("button", name="Load the create_image example").click()
    expect(page.get_by_label("Name, description and parameters")).to_have_value(
        re.compile("create_image")
    )
    page.get_by_role("button", name="Save as v1").first.click()
    expect(page.get_by_text("Plain is saved as version 1.")).to_be_visible()
    page.get_by_label("Description", exact=True).fill("Without scripts")
    page.get_by_role("button", name="Save as v2").first.click()
    expect(page.get_by_label("Description", exact=True)).to_have_value(
        "Without scripts"
    )
