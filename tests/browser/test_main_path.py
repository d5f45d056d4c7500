"""The whole main path, from the printed link to an edited picture, on a new server.

With EASEL_SCREENSHOTS=1 it also writes the README's pictures.
"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.acts import THREAD, expect_picture, expect_state, pictures, say
from tests.browser.screenshots import WINDOW, folder, shoot
from tests.running_server import running_server


def test_the_sign_in_link_leads_to_a_picture_and_to_its_edit(
    open_context, tmp_path: Path
) -> None:
    shots = folder(otherwise=tmp_path / "screenshots")
    with running_server(tmp_path / "data", "--no-browser") as server:
        context = open_context(base_url=server.url, storage_state=None, viewport=WINDOW)
        page = context.new_page()
        page.goto(server.link)
        draw_from_welcome(page, shots)
        make_it_night(page, shots)
        draw_in_the_tester(page, shots)
        context.close()
    assert len(list(shots.glob("*.png"))) == 6


def draw_from_welcome(page: Page, shots: Path) -> None:
    expect(page).to_have_url(re.compile(r"/welcome/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Draw something")
    expect_picture(page.locator(".shot img"))
    shoot(page, shots, "welcome")
    page.get_by_role("button", name="Draw a mountain at sunset Draw it").click()
    page.wait_for_url(THREAD)
    expect(page.locator(".said")).to_contain_text("Draw a mountain at sunset")
    address = expect_picture(pictures(page), width=1024)
    assert re.fullmatch(r"/images/files/[\w-]+/", address)
    assert page.request.get(address).headers["content-type"] == "image/png"
    expect_state(page, "Completed")


def make_it_night(page: Page, shots: Path) -> None:
    say(page, "make it night")
    expect(pictures(page)).to_have_count(2)
    expect_state(page, "Completed", 1)
    before = [expect_picture(picture) for picture in pictures(page).all()]
    assert before[0] != before[1]
    expect(page.locator(".pic-label").last).to_contain_text("edit")
    page.reload()
    expect(pictures(page)).to_have_count(2)
    assert [expect_picture(picture) for picture in pictures(page).all()] == before
    shoot(page, shots, "playground")


def draw_in_the_tester(page: Page, shots: Path) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Images").click()
    page.get_by_label("Prompt", exact=True).fill("A lighthouse above a calm sea, fog")
    page.get_by_role("button", name="Generate 1 picture").last.click()
    expect_picture(pictures(page))
    shoot(page, shots, "images")
