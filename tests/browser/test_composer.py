"""What a person says: text, pictures, and what is refused without losing a word."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import (
    begin,
    choose,
    expect_picture,
    expect_state,
    hand_over,
    message_field,
    say,
)
from tests.upstream import chat, images
from tests.upstream.server import Upstream

GREEN = images.picture("PNG", 64, 48, "green")


def file(name: str, kind: str, data: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": kind, "buffer": data}


def test_a_picked_picture_is_shown_sent_and_described(page: Page) -> None:
    choose(page, "Illustrator")
    picker = page.get_by_label("Attach pictures")
    picker.set_input_files([file("meadow.png", "image/png", GREEN)])
    expect_picture(page.locator("#composer .thumb img"), width=64)
    say(page, "What do you see in this picture?")
    expect_picture(page.locator(".said .thumb img"), width=64)
    expect_state(page, "Completed")
    answer = page.locator(".run .prose")
    expect(answer).to_contain_text(re.compile(r"64\s*[x×]\s*48"))
    expect(answer).to_contain_text(re.compile("green", re.I))


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_pictures_can_be_dropped_and_pasted(
    page: Page, loopback: str, upstream: Upstream, event: str
) -> None:
    page.goto(loopback)
    hand_over(message_field(page), event, ("meadow.png", "image/png", GREEN))
    expect(page.locator("#composer .thumb")).to_contain_text("meadow.png")
    upstream.script(chat.PATH, chat.text_stream("Green."))
    say(page, "Look")
    expect(page.get_by_text("Green.")).to_be_visible()
    parts = upstream.requests[0].json["messages"][-1]["content"]
    assert {part["type"] for part in parts} == {"text", "image_url"}


def test_an_attached_picture_can_be_taken_away(page: Page, loopback: str) -> None:
    page.goto(loopback)
    picker = page.get_by_label("Attach pictures")
    picker.set_input_files([file("meadow.png", "image/png", GREEN)])
    page.get_by_role("button", name="Remove meadow.png").click()
    expect(page.locator("#composer .thumb")).to_have_count(0)
    assert picker.evaluate("input => input.files.length") == 0


def test_another_kind_of_file_is_refused_and_the_text_kept(
    page: Page, loopback: str
) -> None:
    page.goto(loopback)
    field = message_field(page)
    field.fill("Read this")
    picker = page.get_by_label("Attach pictures")
    picker.set_input_files([file("notes.txt", "text/plain", b"Hello")])
    sentence = "notes.txt is not a PNG, JPEG, WebP or GIF picture."
    expect(page.locator("[data-attach-error]")).to_have_text(sentence)
    expect(page.locator("#composer .thumb")).to_have_count(0)
    expect(field).to_have_value("Read this")


def test_a_picture_that_is_none_is_refused_by_the_server_and_the_text_kept(
    page: Page, loopback: str, watch
) -> None:
    watch.allow("422")
    page.goto(loopback)
    picker = page.get_by_label("Attach pictures")
    picker.set_input_files([file("fake.png", "image/png", b"no picture at all")])
    say(page, "Look at this")
    expect(page.locator("[data-attach-error]")).to_contain_text("fake.png: ")
    expect(message_field(page)).to_have_value("Look at this")
    expect(page).to_have_url(re.compile("/playground/"))


def test_an_empty_message_is_refused_beside_its_field(
    page: Page, loopback: str, upstream: Upstream, watch
) -> None:
    watch.allow("422")
    upstream.script(chat.PATH, chat.text_stream("Hello."))
    begin(page, loopback, "Hi")
    expect_state(page, "Completed")
    say(page, "   ")
    field = message_field(page)
    expect(field).to_have_accessible_description(
        "Write a message, or attach a picture."
    )
    expect(field).to_be_focused()
    expect(page.locator(".said")).to_have_count(1)


def test_pictures_can_be_switched_off_for_one_message(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    page.goto(loopback)
    page.get_by_role("radiogroup", name="Pictures in this answer").get_by_text(
        "Off"
    ).click()
    upstream.script(chat.PATH, chat.text_stream("Only words."))
    say(page, "Draw a dot")
    expect_state(page, "Completed")
    upstream.script(chat.PATH, chat.text_stream("And now?"))
    say(page, "Now with a picture")
    expect_state(page, "Completed", 1)
    without, with_tools = (request.json for request in upstream.requests)
    assert "tools" not in without
    assert [tool["function"]["name"] for tool in with_tools["tools"]] == [
        "generate_image"
    ]


def test_a_viewer_reads_but_finds_no_composer(
    page: Page, loopback: str, upstream: Upstream, open_context, viewer
) -> None:
    upstream.script(chat.PATH, chat.text_stream("Hello."))
    begin(page, loopback, "Hi")
    expect_state(page, "Completed")
    reader = open_context(storage_state=viewer).new_page()
    reader.goto(page.url)
    expect(reader.get_by_text("Hello.")).to_be_visible()
    expect(reader.get_by_text("You are a viewer here")).to_be_visible()
    expect(reader.locator("form textarea")).to_have_count(0)
    expect(reader.get_by_role("button", name="Try again")).to_have_count(0)
