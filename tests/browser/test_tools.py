"""A run that pauses at a function of the client's, answered on the page."""

from __future__ import annotations

import json

from playwright.sync_api import Locator, Page, expect

from tests.browser.acts import THREAD, choose, expect_state, say


def pause(page: Page) -> Locator:
    """Bring a run to its pause; gives the field of the output."""
    choose(page, "Studio with create_image")
    say(page, "Draw a bright sun")
    page.wait_for_url(THREAD)
    expect_state(page, "Requires action")
    return page.get_by_label("Output", exact=True)


def test_a_call_shows_its_arguments_and_takes_an_output(page: Page) -> None:
    output = pause(page)
    call = page.locator(".call")
    expect(call.get_by_role("heading")).to_have_text("create_image")
    arguments = json.loads(call.locator("pre").inner_text())
    assert "sun" in arguments["prompt"]
    row = page.locator('.thread[aria-current="true"]')
    expect(row.locator(".dot.ochre")).to_have_text("Waiting")
    output.fill('{"url": "https://example.com/sun.png"}')
    page.get_by_role("button", name="Submit output").click()
    expect_state(page, "Completed")
    expect(page.get_by_text("answered", exact=True)).to_be_visible()
    expect(call.locator("pre").last).to_contain_text("https://example.com/sun.png")
    expect(row.locator(".dot")).to_have_count(0)
    expect(page.get_by_role("button", name="Send")).to_be_visible()


def test_any_text_is_an_output_and_the_keyboard_sends_it(page: Page) -> None:
    output = pause(page)
    output.fill("no picture today")
    output.press("Control+Enter")
    expect_state(page, "Completed")
    given = page.get_by_label("Output of create_image")
    expect(given).to_have_text("no picture today")


def test_an_empty_output_is_sent_on_purpose_only(page: Page) -> None:
    pause(page).press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("choose “Submit empty”")
    page.get_by_role("button", name="Submit empty").click()
    expect_state(page, "Completed")


def test_a_paused_run_can_be_stopped(page: Page) -> None:
    pause(page)
    page.get_by_role("button", name="Stop").click()
    expect_state(page, "Stopped")
    expect(page.get_by_text("not answered")).to_be_visible()
    expect(page.get_by_role("button", name="Submit output")).to_have_count(0)


def answer_from_elsewhere(page: Page, output: str) -> None:
    """Submit a call's output as somebody else would, past the page's own form."""
    address = page.locator(".calls form").get_attribute("action")
    field = page.get_by_label("Output", exact=True).get_attribute("name")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    form = {str(field): output, "csrfmiddlewaretoken": token}
    headers = {"Referer": page.url}
    assert page.request.post(str(address), form=form, headers=headers).ok


def test_a_half_typed_output_is_kept_when_the_call_is_answered_elsewhere(
    page: Page,
) -> None:
    pause(page).fill("half a word")
    answer_from_elsewhere(page, "said by a program")
    expect_state(page, "Completed")
    note = page.locator("#messages .note")
    expect(note).to_contain_text("Your output was not sent.")
    expect(note.locator("pre")).to_have_text("half a word")
    note.get_by_role("button", name="Close this message").click()
    expect(note).to_have_count(0)


def test_what_was_sent_itself_is_no_lost_output(page: Page) -> None:
    pause(page).fill("two\nlines")
    page.get_by_role("button", name="Submit output").click()
    expect_state(page, "Completed")
    expect(page.locator("#messages .note")).to_have_count(0)
