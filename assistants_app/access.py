"""The only ways to reach an assistant, thread or run: through its organization."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from assistants_app.models import Assistant, Message, Run, Thread
from playground.organizations.models import Membership, Organization


def get_assistant(organization: Organization, public_id: str) -> Assistant:
    """An assistant of this organization that has not been deleted, or 404."""
    return get_object_or_404(
        Assistant, organization=organization, public_id=public_id, deleted_at=None
    )


def check_assistant_change(membership: Membership, assistant: Assistant) -> None:
    """Members change what they made, admins everything; PermissionDenied else."""
    own = assistant.created_by_id == membership.user_id and membership.can_run
    if not own and not membership.can_administer:
        raise PermissionDenied(
            "Only an admin, or the member who made it, can change this assistant."
        )


def check_thread_change(
    membership: Membership, thread: Thread, message: Message | None = None
) -> None:
    """The same for a thread and what is in it: who wrote a message may change it."""
    makers = {thread.created_by_id, message.created_by_id if message else None}
    own = membership.user_id in makers and membership.can_run
    if not own and not membership.can_administer:
        raise PermissionDenied(
            "Only an admin, or the member who made it, can change this."
        )


def get_thread(organization: Organization, public_id: str) -> Thread:
    """A thread of this organization, or 404: that it exists is nobody else's business.

    So is what a client keeps hidden: its pages are not there for anybody.
    """
    return get_object_or_404(
        Thread.objects.select_related("organization", "assistant", "head"),
        organization=organization,
        public_id=public_id,
        is_hidden=False,
    )


def get_run(organization: Organization, public_id: str) -> Run:
    """A run in a thread of this organization, or 404."""
    return get_object_or_404(
        Run.objects.select_related("thread__organization", "assistant", "created_by"),
        thread__organization=organization,
        thread__is_hidden=False,
        public_id=public_id,
    )
