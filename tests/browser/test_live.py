"""A conversation that is open in several places, or in none, while its run goes on.

The upstream's gates hold a stream in its middle, so that no test waits for the clock.
"""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.browser.acts import (
    begin,
    draw_call,
    drawn,
    expect_picture,
    expect_state,
    message_field,
    pictures,
    say,
    shown,
)
from tests.browser.cable import cable
from tests.upstream import answers, chat, images
from tests.upstream.answers import Gate
from tests.upstream.server import Upstream


def held_answer(upstream: Upstream) -> Gate:
    """The next answer says "One ", waits at the gate, and goes on with "two."."""
    gate = upstream.gate()
    upstream.script(chat.PATH, chat.text_stream("One ", gate, "two."))
    return gate


def test_two_tabs_show_the_same_while_one_of_them_speaks(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    upstream.script(chat.PATH, chat.text_stream("Hello."))
    begin(page, loopback, "Hi")
    other = page.context.new_page()
    other.goto(page.url)
    upstream.script(chat.PATH, draw_call(), chat.text_stream("There it is."))
    upstream.script(images.GENERATIONS, drawn())
    say(page, "Draw a dot")
    for tab in (other, page):
        expect(tab.locator(".said").last).to_contain_text("Draw a dot")
        expect_picture(pictures(tab), width=8)
        expect(tab.get_by_text("There it is.")).to_be_visible()
        expect_state(tab, "Completed")
    assert shown(page) == shown(other)


def test_a_reload_in_the_middle_of_a_run_goes_on_and_ends_the_same(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    gate = held_answer(upstream)
    begin(page, loopback, "Count")
    expect(page.locator("#entries")).to_contain_text("One ")
    page.reload()
    expect(page.locator(".writing")).to_have_text("One ")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    gate.open()
    expect_state(page, "Completed")
    expect(page.locator(".run .prose")).to_have_text("One two.")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    before = shown(page)
    page.reload()
    assert shown(page) == before


def test_a_cut_connection_comes_back_with_what_was_missed(
    open_context, server, loopback: str, upstream: Upstream, watch
) -> None:
    # What the browser and htmx say while the wire is cut.
    watch.allow("WebSocket connection", "[object Event]", "net::ERR_")
    gate = held_answer(upstream)
    with cable(server.url) as wire:
        page = open_context(base_url=wire.url).new_page()
        begin(page, loopback, "Count")
        expect(page.locator(".writing")).to_have_text("One ")
        expect(page.locator("#connection")).to_have_text("Live")
        wire.cut()
        expect(page.locator("#connection")).to_have_text("Reconnecting")
        gate.open()
        upstream.requests[0].wait_ended()
        wire.mend()
        expect(page.locator("#connection")).to_have_text("Live")
        expect_state(page, "Completed")
        expect(page.locator(".run .prose")).to_have_text("One two.")
        stayed = shown(page)
        page.reload()
        assert shown(page) == stayed


def test_a_page_that_stayed_open_shows_what_a_fresh_one_shows(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    upstream.script(chat.PATH, chat.text_stream("Hello **you**."))
    begin(page, loopback, "Hi")
    expect_state(page, "Completed")
    upstream.script(chat.PATH, draw_call(), chat.text_stream("There it is."))
    preview, whole = (images.png(8, 8, colour) for colour in ("red", "navy"))
    upstream.script(
        images.GENERATIONS,
        images.stream(images.preview(preview), images.completed(whole)),
    )
    say(page, "Draw a dot")
    expect(page.get_by_text("There it is.")).to_be_visible()
    expect_state(page, "Completed", 1)
    upstream.script(chat.PATH, chat.error(400, "This model is asleep."))
    say(page, "Once more")
    expect_state(page, "Failed", 2)
    fresh = page.context.new_page()
    fresh.goto(page.url)
    assert shown(page) == shown(fresh)


def test_an_edit_hangs_below_the_picture_that_it_came_from(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    upstream.script(chat.PATH, draw_call(), chat.text_stream("A dot."))
    upstream.script(images.GENERATIONS, drawn())
    begin(page, loopback, "Draw a dot")
    expect_state(page, "Completed")
    picture_id = expect_picture(pictures(page)).rstrip("/").rpartition("/")[2]
    edit = json.dumps({"prompt": "a red dot", "image_ids": [picture_id]})
    call = chat.Call("edit_image", edit, "call_2")
    upstream.script(chat.PATH, chat.tool_call_stream(call), chat.text_stream("Red."))
    upstream.script(
        images.EDITS,
        images.stream(images.completed(images.png(8, 8, "red"), edit=True)),
    )
    say(page, "Make it red")
    expect_state(page, "Completed", 1)
    expect(pictures(page)).to_have_count(2)
    expect_picture(pictures(page).last, width=8)


def test_stop_ends_the_call_and_keeps_the_words_so_far(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    held_answer(upstream)
    begin(page, loopback, "Count")
    expect(page.locator(".writing")).to_have_text("One ")
    page.get_by_role("button", name="Stop").click()
    expect_state(page, "Stopped")
    upstream.requests[0].wait_ended()
    assert upstream.requests[0].client_left
    expect(page.locator(".run .prose")).to_contain_text("One")
    upstream.script(chat.PATH, chat.text_stream("Again."))
    say(page, "Go on")
    expect_state(page, "Completed", 1)
    expect_state(page, "Stopped", 0)


def test_a_picture_that_was_ordered_before_the_stop_still_appears(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    gate = upstream.gate()
    upstream.script(chat.PATH, draw_call())
    upstream.script(images.GENERATIONS, answers.hang(gate, drawn()))
    begin(page, loopback, "Draw a dot")
    gate.wait_reached()
    page.get_by_role("button", name="Stop").click()
    expect_state(page, "Stopped")
    expect(page.locator(".run-foot")).to_contain_text("had already been ordered")
    gate.open()
    expect_picture(pictures(page), 8)
    expect(page.locator(".run-foot")).not_to_contain_text("ordered")
    paid = [request.path for request in upstream.ledger]
    assert paid.count(images.GENERATIONS) == 1


def test_after_a_stop_the_keyboard_sends_the_next_message(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    held_answer(upstream)
    begin(page, loopback, "Count")
    expect(page.locator(".writing")).to_have_text("One ")
    page.keyboard.press("Escape")
    expect_state(page, "Stopped")
    upstream.script(chat.PATH, chat.text_stream("Again."))
    message_field(page).fill("Go on")
    message_field(page).press("Control+Enter")
    expect_state(page, "Completed", 1)
    expect(message_field(page)).to_have_value("")


def test_escape_stops_a_run(page: Page, loopback: str, upstream: Upstream) -> None:
    held_answer(upstream)
    begin(page, loopback, "Count")
    expect(page.locator(".writing")).to_have_text("One ")
    page.keyboard.press("Escape")
    expect_state(page, "Stopped")
    expect(page.get_by_role("button", name="Send")).to_be_visible()


def test_a_run_outlives_the_page_that_started_it(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    gate = held_answer(upstream)
    begin(page, loopback, "Count")
    address, context = page.url, page.context
    gate.wait_reached()
    page.close()
    gate.open()
    upstream.requests[0].wait_ended()
    assert not upstream.requests[0].client_left
    again = context.new_page()
    again.goto(address)
    expect_state(again, "Completed")
    expect(again.locator(".run .prose")).to_have_text("One two.")


def test_a_failed_run_says_why_and_can_be_tried_again(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    upstream.script(chat.PATH, chat.error(400, "This model is asleep."))
    begin(page, loopback, "Wake up")
    expect_state(page, "Failed")
    expect(page.locator(".note.madder")).to_contain_text("The provider refused")
    expect(page.locator(".said")).to_contain_text("Wake up")
    upstream.script(chat.PATH, chat.text_stream("Good morning."))
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Good morning.")).to_be_visible()
    expect_state(page, "Completed")


def test_the_headers_of_an_open_thread_follow_what_a_program_does_there(
    page: Page, loopback: str
) -> None:
    page.goto(loopback)
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()

    def post(path: str, body: dict[str, object]) -> str:
        headers = {"X-CSRFToken": token, "Referer": page.url}
        answer = page.request.post(f"/v1/{path}", data=body, headers=headers)
        assert answer.ok, answer.text()
        made: str = answer.json()["id"]
        return made

    thread = post("threads", {})
    page.goto(f"/threads/{thread}/")
    expect(page).to_have_title("New thread · Easel")
    expect(page.get_by_label("Answered by")).to_be_visible()
    post(f"threads/{thread}/messages", {"role": "user", "content": "Draw **a sun**"})
    expect(page).to_have_title("Draw a sun · Easel")
    expect(page.locator("#thread-bar h1")).to_have_text("Draw a sun")
    fields = {"model": "offline-chat", "name": "Named by a program"}
    assistant = post("assistants", fields)
    post(f"threads/{thread}/runs", {"assistant_id": assistant})
    expect(page.locator("#thread-bar .chip")).to_contain_text("Named by a program")
    expect(page.get_by_label("Answered by")).to_have_count(0)
