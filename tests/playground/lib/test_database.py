from __future__ import annotations

import asyncio
import threading

import pytest
from django.test import TestCase

from playground.lib.database import in_database
from playground.organizations.models import Organization


class InDatabaseTests(TestCase):
    async def test_it_sees_the_transaction_of_a_synchronous_caller(self):
        made = await in_database(Organization.objects.create, name="Fjordline")
        assert await in_database(Organization.objects.get) == made
        assert await in_database(threading.current_thread) is threading.main_thread()


class OwnLoop:
    """Runs a coroutine on a loop that no synchronous caller of ours waits for."""

    def __init__(self, coroutine) -> None:
        self.result = None
        thread = threading.Thread(target=self._run, args=(coroutine,))
        thread.start()
        thread.join()

    def _run(self, coroutine) -> None:
        self.result = asyncio.run(coroutine)


async def two_threads():
    return [await in_database(threading.current_thread) for _ in range(2)]


def test_work_is_done_by_threads_that_stay():
    found = OwnLoop(two_threads()).result
    assert all(thread.name.startswith("database") for thread in found)
    assert all(thread.is_alive() for thread in found)


async def cancelled_in_the_middle():
    begun, may_end = threading.Event(), threading.Event()
    done = []

    def work():
        begun.set()
        assert may_end.wait(20)
        done.append(True)

    task = asyncio.create_task(in_database(work))
    await asyncio.to_thread(begun.wait, 20)
    task.cancel()
    asyncio.get_running_loop().call_soon(may_end.set)
    with pytest.raises(asyncio.CancelledError):
        await task
    return done


def test_being_cancelled_waits_for_the_rows():
    assert OwnLoop(cancelled_in_the_middle()).result == [True]
