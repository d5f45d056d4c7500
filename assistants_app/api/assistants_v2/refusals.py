"""How the refusals of this app's services are told to API clients."""

from __future__ import annotations

from assistants_app.services.runs import RunInProgressError, ToolOutputsError
from assistants_app.services.stored import RunStateError
from playground.api.errors import ApiError, translates


@translates(RunInProgressError)
def _run_in_progress(exc: RunInProgressError) -> ApiError:
    return ApiError(400, str(exc))


@translates(RunStateError)
def _run_state(exc: RunStateError) -> ApiError:
    return ApiError(400, str(exc))


@translates(ToolOutputsError)
def _tool_outputs(exc: ToolOutputsError) -> ApiError:
    return ApiError(400, str(exc))


def busy(exc: RunInProgressError, what: str) -> ApiError:
    """The same as RunInProgressError for a change that has to wait."""
    run_id = exc.run.public_id if exc.run else "of its own"
    return ApiError(
        400, f"Can't {what} {exc.thread.public_id} while a run {run_id} is active."
    )
