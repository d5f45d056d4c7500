"""Whether a budget allows a run at all, asked before anything of it is written."""

from __future__ import annotations

from assistants_app.services.chat_prices import most_it_may_cost
from playground.api.callers import Caller
from playground.organizations.services import ledger
from playground.organizations.services.connections import Route


def check_budget(caller: Caller, route: Route, max_tokens: int | None) -> None:
    """BudgetExceededError when not even the first answer could be paid.

    What a turn is told comes on top; it is only known when the run has begun.
    """
    if not ledger.has_budgets(caller.payer):
        return
    amount = most_it_may_cost(
        route.connection, route.model, prompt_bytes=0, max_tokens=max_tokens
    )
    ledger.check(caller.payer, amount)
