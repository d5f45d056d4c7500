"""How many tokens a run may use, and what happens when it has."""

from __future__ import annotations

from assistants_app.engine.state import RunSetup, State
from assistants_app.providers.base import FinishReason

COMPLETION = "max_completion_tokens"
PROMPT = "max_prompt_tokens"


def tokens_left(setup: RunSetup, state: State) -> int | None:
    """The completion tokens that the run may still use; at least one is asked for."""
    if setup.max_tokens is None:
        return None
    return max(1, setup.max_tokens - state.tokens)


def is_used_up(setup: RunSetup, state: State) -> bool:
    """Whether no further turn can be asked for."""
    return setup.max_tokens is not None and state.tokens >= setup.max_tokens


def passed(setup: RunSetup, state: State, reason: FinishReason) -> str:
    """Why the run ends with the turn that is over, whatever the model wants, or ""."""
    if reason == FinishReason.LENGTH:
        return COMPLETION
    limit = setup.max_prompt_tokens
    return PROMPT if limit is not None and state.prompt_tokens > limit else ""
