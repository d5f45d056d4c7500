"""No page has a fault that axe finds, in both themes; none scrolls sideways."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.acts import (
    ASSISTANT,
    CONNECTION,
    THREAD,
    begin,
    choose,
    draw_call,
    drawn,
    expect_picture,
    expect_state,
    pictures,
    say,
)
from tests.upstream import chat, images
from tests.upstream.server import Upstream

AXE = Axe()
RUN = "axe.run({ resultTypes: ['violations'] }).then(found => found.violations)"
TOO_WIDE = """() => [document.scrollingElement, ...document.querySelectorAll(".scroll")]
  .filter((box) => box.scrollWidth > box.clientWidth + 1)
  .map((box) => {
    const edge = box.getBoundingClientRect().left + box.clientWidth + 1;
    const out = [...box.querySelectorAll("*")]
      .filter((part) => part.getBoundingClientRect().right > edge)
      .map((part) => `${part.localName}.${part.className}`);
    return `${box.localName}.${box.className} is ${box.scrollWidth} px wide: ${out.slice(0, 6)}`;
  })"""
WIDE = {"width": 1280, "height": 800}


def faults(page: Page) -> list[str]:
    """What axe finds, as rule and places, in light and dark."""
    page.evaluate(AXE.axe_script)
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [
            f"{page.url} {scheme}: {rule['id']} at"
            f" {[node['target'] for node in rule['nodes']]}"
            for rule in page.evaluate(RUN)
        ]
    return found


def sideways(page: Page) -> list[str]:
    """What is wider than a narrow window."""
    found: list[str] = []
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        found += [f"{page.url} at {width}: {box}" for box in page.evaluate(TOO_WIDE)]
    page.set_viewport_size(WIDE)
    return found


def check(page: Page) -> list[str]:
    return [*faults(page), *sideways(page)]


def check_all(page: Page, *addresses: str) -> list[str]:
    found: list[str] = []
    for address in addresses:
        page.goto(address)
        found += check(page)
    return found


def test_the_start_of_a_thread(page: Page, loopback: str) -> None:
    assert check_all(page, "/welcome/", loopback, "/threads/rail/") == []


def test_a_thread_with_a_picture_and_a_failed_run(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    answer = (
        "# Done\n\nA `dot`:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nx = 1\n```"
    )
    upstream.script(chat.PATH, draw_call(), chat.text_stream(answer))
    upstream.script(images.GENERATIONS, drawn())
    begin(page, loopback, "Draw a dot")
    expect_picture(pictures(page))
    expect_state(page, "Completed")
    upstream.script(chat.PATH, chat.error(400, "This model is asleep."))
    say(page, "Once more")
    expect_state(page, "Failed", 1)
    page.locator(".runcard").first.click()
    page.locator(".prompts > summary").click()
    assert check(page) == []


def test_a_run_in_its_middle(page: Page, loopback: str, upstream: Upstream) -> None:
    gate = upstream.gate()
    upstream.script(chat.PATH, chat.text_stream("One ", gate, "two."))
    begin(page, loopback, "Count")
    expect(page.locator(".writing")).to_have_text("One ")
    assert check(page) == []


def test_a_paused_run(page: Page) -> None:
    choose(page, "Studio with create_image")
    say(page, "Draw a bright sun")
    page.wait_for_url(THREAD)
    expect_state(page, "Requires action")
    assert check(page) == []


def test_the_tester_with_a_result_and_its_page(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    upstream.script(images.GENERATIONS, chat.error(429, "Slow down."), drawn())
    page.goto("/images/")
    page.get_by_label("Model", exact=True).select_option(f"{CONNECTION}/gpt-image-2")
    expect(page.locator("#plan")).to_contain_text("gpt-image-2")
    page.get_by_label("Prompt", exact=True).fill("A dot")
    page.locator("#generate").click()
    failed = page.locator(".batch").first
    expect(failed.locator(".pic")).to_have_attribute("data-state", "failed")
    failed.get_by_role("button", name="Try again").click()
    drawing = page.locator(".batch").first.locator(".pic")
    expect(drawing).to_have_attribute("data-state", "completed")
    found = check(page)
    page.locator(".batch h2 a").first.click()
    expect(page.get_by_text("Request as it was sent")).to_be_visible()
    assert [*found, *check(page)] == []


def test_the_assistants(page: Page, loopback: str) -> None:
    found = check_all(page, "/assistants/", "/assistants/new/")
    page.goto("/assistants/")
    page.get_by_role("link", name=ASSISTANT, exact=True).first.click()
    page.wait_for_url("**/assistants/asst_*/")
    assert [*found, *check(page)] == []


@pytest.mark.parametrize(
    "addresses",
    [
        ("", "new/?kind=openai", f"of/{CONNECTION}/"),
        ("../members/", "new/?kind=clipdrop", f"of/{CONNECTION}/delete/"),
    ],
)
def test_the_settings(page: Page, loopback: str, addresses: tuple[str, ...]) -> None:
    page.goto("/settings/")
    base = page.url
    assert base.endswith("/connections/")
    assert check_all(page, *(base + address for address in addresses)) == []


def test_the_doors(open_context, page: Page, watch) -> None:
    watch.allow("404", "410")
    stranger = open_context(storage_state=None).new_page()
    found = check_all(stranger, "/sign-in/", "/sign-in/no-such-link/")
    found += check_all(page, "/password/", "/no-such-page/")
    assert found == []
