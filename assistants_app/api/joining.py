"""Which runs and messages may be the answer to a client's own retry.

Without a key only an equal body ties a retry to its first try, and the same body is
sent on every turn of a conversation: what an earlier turn made must not be taken for
the answer to a new one.
"""

from __future__ import annotations

from datetime import timedelta

from assistants_app.models import Run, Thread
from assistants_app.services.stored import is_at_end
from assistants_app.services.withdrawal import makes_its_thread
from playground.lib.clock import now

# Two users may begin with the same words: later than this it is rather another one.
OWN_THREAD_JOINED_FOR = timedelta(seconds=30)


def is_last_run(run_id: str) -> bool:
    """Whether the run is there and its thread holds nothing newer.

    One that came with its thread must also be unfinished, or only just have ended.
    """
    run = Run.objects.filter(public_id=run_id).first()
    if run is None or not is_at_end(run):
        return False
    if Run.objects.filter(thread_id=run.thread_id, pk__gt=run.pk).exists():
        return False
    if not makes_its_thread(run) or run.finished_at is None:
        return True
    return run.finished_at > now() - OWN_THREAD_JOINED_FOR


def is_last_message(thread: Thread, message_id: str) -> bool:
    """Whether the message ends its thread, and no run has answered it."""
    heads = Thread.objects.filter(pk=thread.pk, head__public_id=message_id)
    answers = Run.objects.filter(input_message__public_id=message_id)
    return heads.exists() and not answers.exists()
