"""A real server and a real Chromium for each worker; every test gets fresh pages.

A page that logs an error, or throws one, fails its test. What a test expects (the
browser's own line about a 422, a socket that was cut) it names: `watch.allow("422")`.
Data is made by management commands and by pages; Django is not used in this process.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.acts import ASSISTANT, CONNECTION, make_assistant
from tests.prepared import NewDataDir
from tests.running_server import Running, command, finished, running_server
from tests.upstream import chat
from tests.upstream.server import KEY, Upstream

NAMES = ("chromium", "chromium-browser", "chromium-headless-shell", "google-chrome")
# Chromium keeps a process ready for the next page, of which most tests open only one.
NO_SPARE = "--renderer-process-limit=1"
PATIENCE = 20_000
"""Milliseconds until something that never comes up fails its test."""


@dataclass
class Driver:
    """The browser, and the event loop that Playwright keeps in this thread.

    As long as that loop counts as running, Django refuses its database and
    `async_to_sync` refuses to start: the other tests of this worker would fail. So it
    counts only while a browser test is at work.
    """

    browser: Browser
    loop: asyncio.AbstractEventLoop

    @contextmanager
    def at_work(self) -> Iterator[Browser]:
        asyncio._set_running_loop(self.loop)
        try:
            yield self.browser
        finally:
            asyncio._set_running_loop(None)


@dataclass
class Watch:
    """What pages complained about, except what the test expects."""

    problems: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, *texts: str) -> None:
        self.allowed.extend(texts)

    def note(self, text: str) -> None:
        self.problems.append(text)

    def follow(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.note(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                self.note(f"{page.url}: {message.text} {message.location}")
                if message.type == "error"
                else None
            ),
        )

    @property
    def unexpected(self) -> list[str]:
        return [
            problem
            for problem in self.problems
            if not any(text in problem for text in self.allowed)
        ]


@pytest.fixture(scope="session")
def driver() -> Iterator[Driver]:
    """One Chromium for all tests of this worker."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"No browser was found; the tests look for {', '.join(NAMES)}.")
    playwright = sync_playwright().start()
    expect.set_options(timeout=PATIENCE)
    browser = playwright.chromium.launch(executable_path=path, args=[NO_SPARE])
    driver = Driver(browser, asyncio.get_running_loop())
    asyncio._set_running_loop(None)
    yield driver
    with driver.at_work():
        browser.close()
        playwright.stop()


@pytest.fixture(scope="session")
def server(new_data_dir: NewDataDir) -> Iterator[Running]:
    """A server with a data folder of its own."""
    with running_server(new_data_dir("easel"), "--no-browser") as running:
        yield running


Manage = Callable[..., str]


@pytest.fixture(scope="session")
def manage(server: Running) -> Manage:
    """Run a management command beside the server; gives what it printed."""

    def run(*arguments: str, **environment: str) -> str:
        process = command(*arguments, data_dir=server.data_dir, **environment)
        out, err = finished(process)
        assert process.returncode == 0, err
        return out.strip()

    return run


@pytest.fixture(scope="session")
def owner(driver: Driver, server: Running) -> Any:
    """The cookies of the owner, who came in by the sign-in link."""
    with driver.at_work() as browser:
        return sign_in(browser, server.link)


def sign_in(browser: Browser, link: str) -> Any:
    context = browser.new_context()
    context.new_page().goto(link, wait_until="commit")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def viewer(driver: Driver, manage: Manage, owner: Any) -> Any:
    """The cookies of a viewer of the same organization."""
    arguments = ("--organization", "My organization", "--role", "viewer")
    link = manage("create_user", "viewer@example.com", *arguments)
    with driver.at_work() as browser:
        return sign_in(browser, link)


@pytest.fixture(scope="session")
def loopback(
    driver: Driver,
    server: Running,
    manage: Manage,
    owner: Any,
    upstream_server: Upstream,
) -> str:
    """An assistant that is answered by the loopback upstream: the address of its new
    thread's page."""
    manage(
        "add_connection",
        *("--organization", "My organization"),
        *("--kind", "openai", "--name", CONNECTION),
        *("--base-url", upstream_server.base_url, "--api-key-env", "LOOPBACK_KEY"),
        *("--chat-model", chat.MODEL, "--image-model", "gpt-image-2"),
        *("--model", chat.MODEL, "--model", "gpt-image-2"),
        LOOPBACK_KEY=KEY,
    )
    with driver.at_work() as browser:
        context = browser.new_context(base_url=server.url, storage_state=owner)
        address = make_assistant(context.new_page(), ASSISTANT)
        context.close()
    return address


@pytest.fixture
def browser(driver: Driver) -> Iterator[Browser]:
    """The browser while this test is at work."""
    with driver.at_work() as browser:
        yield browser


@pytest.fixture
def watch() -> Watch:
    return Watch()


OpenContext = Callable[..., BrowserContext]


@pytest.fixture
def open_context(
    browser: Browser, server: Running, owner: Any, watch: Watch
) -> Iterator[OpenContext]:
    """Make windows whose pages are watched; the owner's unless other cookies are
    named. They are closed at the end, and then nothing may have gone wrong."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        wanted = {"base_url": server.url, "storage_state": owner, **options}
        context = browser.new_context(reduced_motion="reduce", **wanted)
        context.set_default_timeout(PATIENCE)
        context.on("page", watch.follow)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert not watch.unexpected, "\n".join(watch.unexpected)


@pytest.fixture
def page(open_context: OpenContext) -> Page:
    """A fresh page of the owner."""
    return open_context().new_page()


@pytest.fixture
def plain_page(open_context: OpenContext) -> Page:
    """The same without JavaScript."""
    return open_context(java_script_enabled=False).new_page()
