"""The path of messages that leads somewhere, and the runs that answered along it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import zip_longest

from django.db.models import prefetch_related_objects

from assistants_app.models import Message, Run, Thread
from playground.lib.written_query import WrittenQuery

# The runs that answered each message, by the message's key, in order.
Answering = dict[int, list[Run]]


_messages = WrittenQuery(lambda: Message.objects.filter(thread_id=0).order_by())
_thread_runs = WrittenQuery(lambda: Run.objects.filter(thread_id=0).order_by("pk"))


def message_path(thread: Thread, head_id: int | None) -> list[Message]:
    """The messages from the first to `head_id`, along their parents."""
    by_id = {message.pk: message for message in _messages.rows(thread.pk)}
    for message in by_id.values():
        message.thread = thread
    path: list[Message] = []
    while head_id is not None and head_id in by_id:
        message = by_id.pop(head_id)  # popped, so that no circle can trap us
        path.append(message)
        head_id = message.parent_id
    return path[::-1]


def path_ids(thread: Thread, head_id: int | None) -> list[str]:
    """The public ids of the same messages, without anything else of them."""
    links = thread.messages.values_list("pk", "parent_id", "public_id")
    by_id = {pk: (parent_id, public_id) for pk, parent_id, public_id in links}
    path: list[str] = []
    while head_id is not None and head_id in by_id:
        head_id, public_id = by_id.pop(head_id)
        path.append(public_id)
    return path[::-1]


def runs_on_path(
    thread: Thread, path: Sequence[Message], *, but: Run | None = None
) -> dict[int, Run]:
    """For each message that was answered, the run that answered it on this path.

    That is the run of the message that follows. Where no run wrote that one, it is the
    newest run, which may have failed, or made pictures although it wrote nothing.
    """
    runs = {run.pk: run for run in _runs(thread, but)}
    newest: dict[int, Run] = {}
    for run in runs.values():
        if run.input_message_id is not None:
            newest[run.input_message_id] = run
    chosen: dict[int, Run] = {}
    for message, following in zip_longest(path, path[1:]):
        wrote = following.run_id if following is not None else None
        if wrote is not None and wrote == message.run_id:
            continue  # one run wrote both
        if wrote in runs:
            chosen[message.pk] = runs[wrote]
        elif message.pk in newest:
            chosen[message.pk] = newest[message.pk]
    return chosen


def _runs(thread: Thread, but: Run | None = None) -> list[Run]:
    runs = [run for run in _thread_runs.rows(thread.pk) if run != but]
    for run in runs:
        run.thread = thread
    prefetch_related_objects(runs, "steps")
    return runs


def context_of(run: Run) -> tuple[list[Message], Answering]:
    """What was there before the run: the path to its input, and the runs on it."""
    path = message_path(run.thread, run.input_message_id)
    answering = answering_runs(run, path)
    earlier = {
        key: [answer for answer in runs if answer != run]
        for key, runs in answering.items()
    }
    return path, earlier


def context_of_path(
    thread: Thread, head_id: int | None
) -> tuple[list[Message], Answering]:
    """A path and the runs on it."""
    path = message_path(thread, head_id)
    return path, {key: [run] for key, run in runs_on_path(thread, path).items()}


def answering_runs(run: Run, path: Sequence[Message]) -> Answering:
    """The runs that answered each message, in order; this run comes last.

    A chain of responses names its runs, so that a fork sees its own past only.
    """
    chain = _chain(run)
    found: dict[int, list[Run]] = defaultdict(list)
    others = runs_on_path(run.thread, _before(chain, path), but=run)
    for key, answer in others.items():
        if key != path[-1].pk:
            found[key] = [answer]
    for earlier in chain:
        if earlier.input_message_id is not None:
            found[earlier.input_message_id].append(earlier)
    if path:
        found[path[-1].pk].append(run)
    return found


def _before(chain: Sequence[Run], path: Sequence[Message]) -> Sequence[Message]:
    """The part of the path that is older than the chain, if there is a chain."""
    if not chain:
        return path
    for index, message in enumerate(path):
        if message.pk == chain[0].input_message_id:
            return path[:index]
    return ()


def _chain(run: Run) -> list[Run]:
    """The earlier runs of a chain of responses, oldest first."""
    if run.previous_run_id is None:
        return []
    by_id = {other.pk: other for other in _runs(run.thread)}
    chain: list[Run] = []
    previous_id: int | None = run.previous_run_id
    while previous_id is not None and previous_id in by_id:
        earlier = by_id.pop(previous_id)
        chain.append(earlier)
        previous_id = earlier.previous_run_id
    return chain[::-1]
