"""What a person does and sees on the pages, in the words of the tests."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Page, expect

from tests.upstream import chat, images
from tests.upstream.answers import Answer

CONNECTION = "loopback"
ASSISTANT = "Loopback"
THREAD = re.compile(r"/threads/thread_\w+/$")
PICTURE = (8, 8)


def make_assistant(page: Page, name: str) -> str:
    """Make an assistant of the loopback connection in the editor; the address of its
    new thread."""
    page.goto("/assistants/new/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Chat model").select_option(f"{CONNECTION}/{chat.MODEL}")
    page.get_by_label("Provider and model").select_option(f"{CONNECTION}/gpt-image-2")
    page.get_by_role("button", name="Save as v1").first.click()
    expect(page.get_by_text(f"{name} is saved as version 1.")).to_be_visible()
    address = page.get_by_role("link", name="Use").get_attribute("href")
    assert address
    return address


def choose(page: Page, assistant: str) -> None:
    """The page of a new thread, with this assistant chosen."""
    page.goto("/assistants/")
    page.get_by_role("link", name=f"Use {assistant}", exact=True).click()


def message_field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def say(page: Page, text: str) -> None:
    """Send a message from the page that is open."""
    message_field(page).fill(text)
    page.get_by_role("button", name="Send").click()


def begin(page: Page, address: str, text: str) -> None:
    """Start a thread and wait for its own address."""
    page.goto(address)
    say(page, text)
    page.wait_for_url(THREAD)


def run_state(page: Page, index: int = -1) -> Locator:
    """The word for the state of a run; the newest one's unless told."""
    return page.locator(".runcard > summary > b").nth(index)


def expect_state(page: Page, state: str, index: int = -1) -> None:
    expect(run_state(page, index)).to_have_text(state)


def pictures(page: Page) -> Locator:
    """The finished pictures of the conversation or of the results."""
    return page.locator('.pic[data-state="completed"] .frame > img')


def expect_picture(picture: Locator, width: int | None = None) -> str:
    """The picture is there and its bytes are a picture; gives its address."""
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    natural = picture.evaluate("image => image.naturalWidth")
    assert natural > 0, "The picture's bytes did not arrive."
    assert width in {None, natural}
    address = picture.get_attribute("src")
    assert address
    return address


def draw_call(prompt: str = "a dot", call_id: str = "call_1") -> Answer:
    """The chat model wishes for a picture."""
    call = chat.Call("generate_image", json.dumps({"prompt": prompt}), call_id)
    return chat.tool_call_stream(call)


def drawn() -> Answer:
    """The image model's answer."""
    return images.stream(images.completed(images.png(*PICTURE)))


SHOWN = """entries => {
  const copy = entries.cloneNode(true);
  for (const element of copy.querySelectorAll("*")) {
    for (const name of ["hx-swap-oob", "data-entry", "open"]) element.removeAttribute(name);
    if (element.matches("[name=csrfmiddlewaretoken]")) element.remove();
    if (element.matches("[data-since], [data-until]")) element.textContent = "";
    const kept = [...element.classList].filter((name) => !name.startsWith("htmx-"));
    if (element.hasAttribute("class")) element.setAttribute("class", kept.join(" "));
  }
  return copy.innerHTML.replace(/\\s+/g, " ").replace(/> </g, "><").replace(/></g, ">\\n<");
}"""


def shown(page: Page) -> str:
    """The conversation's HTML without what the moment, the token and htmx leave in it."""
    html: str = page.locator("#entries").evaluate(SHOWN)
    return html


def hand_over(field: Locator, event: str, *files: tuple[str, str, bytes]) -> None:
    """Drop or paste files (name, type, bytes) on a field."""
    script = """(field, [event, files]) => {
      const transfer = new DataTransfer();
      for (const [name, type, bytes] of files)
        transfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
      const options = { bubbles: true, cancelable: true };
      field.dispatchEvent(event === "drop"
        ? new DragEvent(event, { ...options, dataTransfer: transfer })
        : new ClipboardEvent(event, { ...options, clipboardData: transfer }));
    }"""
    field.evaluate(
        script, [event, [(name, kind, [*data]) for name, kind, data in files]]
    )
