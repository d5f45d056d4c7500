"""Works on one segment of a run, from its rows to its ending."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from assistants_app.engine.events import (
    Numbered,
    RunCancelled,
    RunCancelling,
    RunEvent,
    RunFailed,
    RunPaused,
    RunStarted,
)
from assistants_app.engine.loop import run_events
from assistants_app.engine.progress import Progress
from assistants_app.services.record import Recorder
from assistants_app.services.setup import Prepared, prepare
from playground.lib.database import in_database
from playground.organizations.services.connections import NoConnectionError

logger = logging.getLogger(__name__)


class Execution:
    """One segment in work: can be cancelled, and always ends the run's segment."""

    def __init__(
        self, run_id: str, last_sequence: int, earlier: Sequence[Numbered] = ()
    ) -> None:
        self.run_id = run_id
        self.recorder = Recorder(run_id, last_sequence, earlier)
        self.progress = Progress()
        self.work: asyncio.Task[None] | None = None
        self.told = asyncio.Event()  # set once readers can see that it is stopping

    async def run(self) -> None:
        """Work until the segment has ended; what may go wrong becomes an event."""
        self.work = asyncio.create_task(self._work())
        try:
            await self.work
        except asyncio.CancelledError:
            self.work.cancel()
            await asyncio.gather(self.work, return_exceptions=True)
            await self._close([RunCancelling()])
            self.told.set()
            await self._close([*self.progress.close("cancelled"), RunCancelled()])
        except Exception:  # a run always ends with an event
            logger.exception("Run %s crashed", self.run_id)
            failure = RunFailed("server_error", "Something went wrong inside Easel.")
            await self._close([*self.progress.close("failed"), failure])
        finally:
            self.told.set()

    @property
    def has_paused(self) -> bool:
        """Whether the segment has ended with calls that wait for the client."""
        events = self.recorder.live.events
        return bool(events) and isinstance(events[-1].event, RunPaused)

    async def cancel(self) -> None:
        """Stop the work; returns once the run is seen to be stopping, or has ended."""
        if self.work is None or self.work.done():
            return
        self.work.cancel()
        await self.told.wait()

    async def _work(self) -> None:
        try:
            prepared = await in_database(prepare, self.run_id)
        except NoConnectionError as exc:
            for event in (RunStarted(), RunFailed("server_error", str(exc), str(exc))):
                await self._add(event)
            return
        self.recorder.rows.begin(prepared.run)
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
        if self.recorder.live.ended:
            return
        for event in events:
            await self.recorder.add(event)
