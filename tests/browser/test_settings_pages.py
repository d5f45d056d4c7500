"""An admin at work in the settings: connections, models, members, the log."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acts import CONNECTION
from tests.browser.conftest import OpenContext, Watch
from tests.browser.test_pages import check, check_all
from tests.upstream import answers
from tests.upstream.server import Upstream

ROOT = "/settings/connections/"


def test_a_connection_is_changed_by_an_admin(
    page: Page, loopback: str, upstream: Upstream
) -> None:
    upstream.script("/v1/models", answers.json({"data": [{"id": "gpt-image-2"}]}))
    page.goto(ROOT)
    card = page.locator(f"#connection-{CONNECTION}")
    card.get_by_role("button", name="Test").click()
    expect(card.get_by_text("Nothing was charged.")).to_be_visible()
    card.get_by_role("link", name="Edit").click()
    page.get_by_text("Time-outs and fallback").click()
    page.get_by_label("Place among fallbacks").fill("2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("fallback 2")).to_be_visible()
    page.get_by_role("button", name="Look for local servers").click()
    expect(page.get_by_text("On the machine that Easel runs on")).to_be_visible()
    assert check(page) == []


@pytest.mark.usefixtures("loopback")
def test_a_model_is_described_by_an_admin(page: Page) -> None:
    models = f"{ROOT}of/{CONNECTION}/models/"
    page.goto(models)
    page.get_by_role("link", name="Change gpt-image-2", exact=True).click()
    found = check(page)
    page.get_by_label("Pictures in one call").fill("3")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("changed by you")).to_be_visible()
    found += check(page)
    page.get_by_role("link", name="Change gpt-image-2", exact=True).click()
    page.get_by_role("button", name="Forget what you say").click()
    page.get_by_role("button", name="Forget it").click()
    expect(page.get_by_text("changed by you")).to_have_count(0)
    assert found == []


def test_somebody_is_invited_and_comes(
    page: Page, open_context: OpenContext, watch: Watch
) -> None:
    page.goto("/settings/members/")
    invite = page.locator("#invite")
    invite.get_by_label("Email").fill("mei@example.com")
    invite.get_by_role("button", name="Make a link").click()
    link = page.locator("#new-link").inner_text()
    expect(page.get_by_role("rowheader", name="mei@example.com")).to_be_visible()
    found = check(page)
    stranger = open_context(storage_state=None).new_page()
    stranger.goto(link)
    found += check(stranger)
    stranger.get_by_label("Password", exact=True).fill("a-long-and-rare-one-81")
    stranger.get_by_label("Password again").fill("a-long-and-rare-one-81")
    stranger.get_by_role("button", name="Make an account and join").click()
    expect(stranger.get_by_text("You work in My organization now.")).to_be_visible()
    watch.allow("410")
    stranger.goto(link)
    found += check(stranger)
    page.reload()
    member = page.get_by_role("row").filter(has_text="mei@example.com")
    member.get_by_label("Role of").select_option("viewer")
    member.get_by_role("button", name="Change").click()
    expect(page.get_by_text("mei@example.com is viewer now.")).to_be_visible()
    page.get_by_role("button", name="Remove mei@example.com").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("is no longer a member")).to_be_visible()
    assert found == []


@pytest.mark.usefixtures("loopback")
def test_the_log_and_the_forms_of_a_connection(page: Page) -> None:
    addresses = ("/settings/audit/", "/settings/audit/?action=connection.added")
    found = check_all(page, *addresses, f"{ROOT}new/?kind=localai")
    page.goto("/settings/audit/")
    page.get_by_label("Change", exact=True).select_option("connection.added")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="Show all")).to_be_visible()
    expect(page.get_by_role("cell").filter(has_text=CONNECTION).first).to_be_visible()
    assert found == []
