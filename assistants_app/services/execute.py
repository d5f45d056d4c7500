"""Works on one segment of a run, from its rows to its ending."""

from __future__ import annotations

import asyncio
import logging
from copy import copy

from assistants_app.engine.events import (
    ENDINGS,
    RunCancelled,
    RunCancelling,
    RunEvent,
    RunFailed,
    RunPaused,
    RunStarted,
)
from assistants_app.engine.loop import run_events
from assistants_app.engine.progress import Progress
from assistants_app.models import Run
from assistants_app.services.record import Recorder
from assistants_app.services.setup import Prepared, prepare
from assistants_app.services.stored import RunStateError, first_event
from playground.lib.database import in_database
from playground.organizations.services.connections import NoConnectionError

logger = logging.getLogger(__name__)


class Execution:
    """One segment in work: can be cancelled, and always ends the run's segment.

    It writes only once it has taken the run, which has to be queued. Before, a run is
    stopped by whoever stops it (`dispatch.cancel_run`).
    """

    def __init__(self, run: Run) -> None:
        self.run_id = run.public_id
        # Nothing of a new run has changed since it was created; a copy, since whoever
        # created it goes on reading it.
        is_new = run.last_sequence == 1
        self.created = copy(run) if is_new else None
        # All that a new run has stored, so that its first readers need not ask for it.
        earlier = [first_event(run)] if is_new else []
        self.recorder = Recorder(run.public_id, run.last_sequence, earlier)
        self.progress = Progress()
        self.work: asyncio.Task[None] | None = None
        self.is_wanted = True
        self.has_taken_run = False
        self.was_stopped = False
        self.told = asyncio.Event()  # set once readers see it stopping, or it is over

    async def run(self) -> None:
        """Work until the segment has ended; what may go wrong becomes an event."""
        try:
            await self._run()
        except Exception:  # the store refuses even the ending
            logger.exception("Run %s could not be ended", self.run_id)
        finally:
            self.recorder.close()
            self.told.set()

    async def _run(self) -> None:
        self.work = asyncio.create_task(self._work())
        if not self.is_wanted:
            self.work.cancel()
        try:
            await self.work
        except asyncio.CancelledError:
            self.work.cancel()
            await asyncio.gather(self.work, return_exceptions=True)
            await self._stop()
        except RunStateError as exc:
            logger.info("Run %s is not worked on: %s", self.run_id, exc)
        except Exception:  # a run always ends with an event
            logger.exception("Run %s crashed", self.run_id)
            failure = RunFailed("server_error", "Something went wrong inside Easel.")
            await self._close([*self.progress.close("failed"), failure])

    async def _stop(self) -> None:
        if not self.has_taken_run or self.has_ended:
            return
        await self._close([RunCancelling()])
        self.was_stopped = True
        self.told.set()
        await self._close([*self.progress.close("cancelled"), RunCancelled()])

    @property
    def has_ended(self) -> bool:
        """Whether the segment's last event is there; being cancelled is too late then."""
        events = self.recorder.live.events
        return bool(events) and isinstance(events[-1].event, ENDINGS)

    @property
    def has_paused(self) -> bool:
        """Whether the segment has ended with calls that wait for the client."""
        events = self.recorder.live.events
        return bool(events) and isinstance(events[-1].event, RunPaused)

    async def cancel(self) -> bool:
        """Stop the work; True once the run is seen to be stopping.

        False when the segment was over before, or had not taken its run.
        """
        self.is_wanted = False
        if self.work is not None:
            self.work.cancel()
        await self.told.wait()
        return self.was_stopped

    async def _work(self) -> None:
        try:
            prepared = await in_database(prepare, self.run_id, self.created)
        except NoConnectionError as exc:
            self.has_taken_run = True
            for event in (RunStarted(), RunFailed("server_error", str(exc), str(exc))):
                await self._add(event)
            return
        self.has_taken_run = True
        self.recorder.rows.begin(prepared.run, has_reserved=prepared.has_reserved)
        try:
            await self._record(prepared)
        finally:
            await prepared.provider.aclose()

    async def _record(self, prepared: Prepared) -> None:
        events = run_events(prepared.setup, prepared.provider, prepared.images)
        try:
            async for event in events:
                await self._add(event)
        finally:
            await events.aclose()

    async def _add(self, event: RunEvent) -> None:
        self.progress.apply(event)
        await self.recorder.add(event)

    async def _close(self, events: list[RunEvent]) -> None:
        if self.has_ended:
            return
        for event in events:
            await self.recorder.add(event)
