"""Prepare everything and serve it: what `python3 run.py` becomes."""

from __future__ import annotations

import os
import signal
import sys
import threading
import webbrowser
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from playground.lib import address, env
from playground.shell import server, startup


class Command(BaseCommand):
    help = "Prepare the database and serve Easel in this one process."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", help="address to listen on")
        parser.add_argument("--port", help="port to listen on")
        parser.add_argument(
            "--no-browser", action="store_true", help="do not open the sign-in link"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Twisted takes both signals over; this is for the seconds before it runs.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            self.serve(options)
        except KeyboardInterrupt:
            pass
        except server.CannotServeError as exc:
            print(exc, file=sys.stderr)  # noqa: T201 - without Django's colours
            raise SystemExit(1) from exc

    def serve(self, options: dict[str, Any]) -> None:
        """Bind first: a busy port must be found before anything is touched."""
        host = options["host"] or env.text("HOST", address.DEFAULT_HOST)
        host = host.strip("[]")
        port = port_number(options["port"] or env.text("PORT") or address.DEFAULT_PORT)
        with server.bind(host, port) as bound:
            url = address.server_url(host, bound.getsockname()[1])
            with server.sole_server(settings.DATA_DIR, url):
                allow(host)
                startup.prepare()
                startup.recover()
                application = server.load()
                link = startup.start_link(url)
                connections.close_all()
                print(greeting(url, link, host), flush=True)  # noqa: T201
                server.listen(bound, host)
                shown = "" if options["no_browser"] else link or url
                server.run(application, bound, lambda: open_browser(shown))


def port_number(value: str | int) -> int:
    """The port that was asked for; 0 lets the system choose."""
    text = str(value)
    if text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise server.CannotServeError(
        f"{text} is not a port; give a number from 1 to 65535."
    )


def allow(host: str) -> None:
    """Let the server be called by the name that it listens on."""
    names = address.own_names() if address.is_wildcard(host) else [host]
    for name in names:
        bracketed = f"[{name}]" if ":" in name and name[0] != "[" else name
        if bracketed not in settings.ALLOWED_HOSTS:
            settings.ALLOWED_HOSTS.append(bracketed)


def greeting(url: str, link: str | None, host: str) -> str:
    """What is printed before the port answers; the link is the last URL in it."""
    lines = ["", "Easel is ready. Press Ctrl-C to stop it."]
    lines += [f"Your data is in {shortened(settings.DATA_DIR)}"]
    if address.is_wildcard(host):
        names = ", ".join(address.own_names())
        lines += [
            f"Other machines can call it by these names: {names}. To allow another one,"
            " set EASEL_ALLOWED_HOSTS."
        ]
    if link:
        lines += ["Open this link to sign in. It works once, within 24 hours:"]
    elif startup.first_owner() is None:
        lines += [
            "Nobody can sign in yet. This makes an owner: manage.py create_user EMAIL"
            " --organization NAME --role owner"
        ]
    return "\n".join([*lines, "", link or url, ""])


def shortened(path: Path) -> str:
    """The path from here where it is below, else in full."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def open_browser(url: str) -> None:
    """Open the link where there is a person with a screen to see it."""
    has_screen = sys.platform in {"darwin", "win32"} or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if url and has_screen and sys.stdout.isatty():
        threading.Thread(target=_open, args=[url], daemon=True).start()


def _open(url: str) -> None:
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    # A text browser would take over the terminal that shows the link.
    if type(browser) is not webbrowser.GenericBrowser:
        browser.open(url)
