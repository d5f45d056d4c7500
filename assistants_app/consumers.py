"""The live half of a thread's page: follows the thread, sends HTML fragments."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Coroutine
from typing import Any, Literal, cast

from autobahn.exception import Disconnected
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import Http404
from pydantic import BaseModel, Field, ValidationError

from assistants_app import fragments
from assistants_app.access import get_thread
from assistants_app.engine.events import Numbered, RunCancelled
from assistants_app.entries import Entry, RunEntry
from assistants_app.models import Run, Thread
from assistants_app.services import dispatch, feed, hub
from assistants_app.services.paths import path_ids
from assistants_app.services.stored import RunStateError, unfinished_run
from playground.organizations.access import SESSION_KEY, choose_membership
from playground.organizations.models import Membership, User

logger = logging.getLogger(__name__)

NOT_FOUND = 4404
DELETED = 4410  # while somebody looked at it
NOT_UNDERSTOOD = 4400
# Frames of streamed text are at least this far apart, so that a fast model costs the
# browser no more than a person can see.
FRAME_SECONDS = 0.03
# A run that streams is stored every 100 ms; reading a page in between succeeds soon.
READ_TRIES = 20


class SocketMessage(BaseModel):
    """What a page may say: where it stands, or that the run is to be stopped."""

    type: Literal["follow", "cancel"]
    after: str = Field(default="", max_length=80)


class PageConsumer(AsyncWebsocketConsumer):
    """One per open page. A page that leaves stops nothing."""

    membership: Membership

    async def connect(self) -> None:
        self.tasks: list[asyncio.Task[None]] = []
        # Accepted first: a refused handshake would be tried again for ever.
        await self.accept()
        if await database_sync_to_async(self._find)():
            self._begin()
        else:
            await self.close(code=NOT_FOUND)

    def _begin(self) -> None:
        """The page may be here."""

    def _find(self) -> bool:
        """Whether the page's user may see what it shows; asked again at each message."""
        user, session = self.scope["user"], self.scope["session"]
        if user is None or not user.is_authenticated:
            return False
        if not session.exists(session.session_key or ""):
            return False  # signed out since the socket was opened
        membership = choose_membership(cast(User, user), session.get(SESSION_KEY))
        if membership is None:
            return False
        self.membership = membership
        return True

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.create_task(self._logged(work)))

    async def _logged(self, work: Coroutine[Any, Any, None]) -> None:
        """A task's failure would otherwise be silent; the page reconnects by itself."""
        try:
            await work
        except Disconnected:
            logger.debug("A page left while something was sent to it")
        except Exception:
            logger.exception("A page could not be kept up to date")

    async def disconnect(self, code: int) -> None:
        self._stop_tasks()

    def _stop_tasks(self) -> None:
        for task in self.tasks:
            task.cancel()
        self.tasks = []

    async def _forward_rail(self, thread: Thread | None = None) -> None:
        """Keep the thread list of the organization as it is."""
        organization = self.membership.organization
        async with hub.watching(organization.public_id) as doorbell:
            # Alone, it also brings what has changed since its page was made.
            count = doorbell.count if thread else -1
            while True:
                count = await doorbell.changed(count)
                html = await database_sync_to_async(fragments.rail_html)(
                    organization, thread
                )
                await self.send(text_data=html)


class RailConsumer(PageConsumer):
    """Of a page without a thread of its own: keeps its thread list."""

    def _begin(self) -> None:
        self._start(self._forward_rail())


class ThreadConsumer(PageConsumer):
    """Of a thread's page."""

    thread: Thread
    # The messages on the path that the page shows; None before the first look.
    path: list[str] | None = None

    def _find(self) -> bool:
        if not super()._find():
            return False
        thread_id = self.scope["url_route"]["kwargs"]["thread_id"]
        try:
            self.thread = get_thread(self.membership.organization, thread_id)
        except Http404:
            return False
        return True

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None
    ) -> None:
        try:
            message = SocketMessage.model_validate(json.loads(text_data or ""))
        except (ValidationError, ValueError, RecursionError):
            await self.close(code=NOT_UNDERSTOOD)
            return
        if not await database_sync_to_async(self._find)():
            await self.close(code=NOT_FOUND)  # signed out, or no member any more
        elif message.type == "cancel":
            await self._cancel()
        else:
            self._follow(message.after)

    def _follow(self, after: str) -> None:
        # Channels hands over one frame at a time: following here would leave the next
        # frame unread until the run has ended, so tasks do it.
        self._stop_tasks()
        self.path = None
        self._start(self._forward_thread(after))
        self._start(self._forward_rail(self.thread))

    async def _cancel(self) -> None:
        run = await database_sync_to_async(unfinished_run)(self.thread)
        if run is not None and self.membership.can_run:
            with contextlib.suppress(RunStateError):
                await dispatch.cancel_run(run)

    async def _forward_thread(self, shown: str) -> None:
        """Keep the page as the thread is, until that is deleted."""
        try:
            await self._follow_thread(shown)
        except (Thread.DoesNotExist, Run.DoesNotExist):
            html = await database_sync_to_async(fragments.deleted_html)(
                self.membership.organization
            )
            await self.send(text_data=html)
            await self.close(code=DELETED)

    async def _follow_thread(self, shown: str) -> None:
        """Catch up, then follow whatever run is going on; wait for the next one."""
        async with hub.watching(self.thread.public_id) as doorbell:
            while True:
                count = doorbell.count
                html, shown, run_id, sequence = await self._catch_up(shown)
                if html:
                    await self.send(text_data=html)
                if run_id:
                    async for batch in feed.follow(run_id, after=sequence):
                        await self.send(text_data=await self._render(run_id, batch))
                        shown = f"{run_id}@{batch[-1].sequence}"
                        if isinstance(batch[-1].event, RunCancelled):
                            # A picture may have come since that was rendered, so the
                            # next look must not take what is shown for the newest.
                            shown += "?"
                        await asyncio.sleep(FRAME_SECONDS)
                else:
                    await doorbell.changed(count)

    @database_sync_to_async
    def _catch_up(self, shown: str) -> tuple[str, str, str, int]:
        """What the page lacks, its new last entry, and the run to follow, if any."""
        if self._has_lost_messages():
            shown = ""  # the whole path again
        for _ in range(READ_TRIES):
            self.thread.refresh_from_db(
                fields=["head", "title", "assistant", "is_hidden"]
            )
            if self.thread.is_hidden:
                raise Thread.DoesNotExist  # deleted, but for what others still read
            run = unfinished_run(self.thread)
            html, entries = fragments.entries_html(
                self.thread, self.membership, shown=shown
            )
            if run is None or not _went_on(run, entries):
                break
        if html:  # the list on that page is as old as the page is
            html += fragments.rail_html(self.thread.organization, self.thread)
        last = entries[-1].version if entries else ""
        if run is None or run.waits:
            return html, last, "", 0
        known = next((e for e in entries if e.key == run.public_id), None)
        sequence = known.run.last_sequence if known else run.last_sequence  # type: ignore[union-attr]
        return html, last, run.public_id, sequence

    async def _render(self, run_id: str, batch: list[Numbered]) -> str:
        if all(isinstance(n.event, fragments.STREAMED) for n in batch):
            return fragments.streamed(batch)
        return await database_sync_to_async(fragments.to_html)(
            run_id, batch, self.membership
        )

    def _has_lost_messages(self) -> bool:
        """Whether some that the page shows are not on the path any more."""
        self.thread.refresh_from_db(fields=["head"])
        shown, self.path = self.path, path_ids(self.thread, self.thread.head_id)
        return shown is not None and self.path[: len(shown)] != shown


def _went_on(run: Run, entries: list[Entry]) -> bool:
    """Whether the run was stored further while its entries were being read: they may
    then hold words that would come again as events."""
    known = next((entry for entry in entries if entry.key == run.public_id), None)
    run.refresh_from_db(fields=["last_sequence"])
    return isinstance(known, RunEntry) and (
        known.run.last_sequence != run.last_sequence
    )
