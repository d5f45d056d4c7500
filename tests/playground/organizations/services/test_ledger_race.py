"""Fifty calls race for the last dollar, in processes of their own, on a database file."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

from tests.running_server import command, finished

PROCESSES, CALLS = 2, 25

PREPARE = """
from decimal import Decimal
from django.core.management import call_command
from playground.organizations.models import Budget, Organization
call_command("migrate", verbosity=0)
made = Organization.objects.create(name="Race")
Budget.objects.create(organization=made, amount=Decimal("1.00"))
print(made.pk)
"""
RACE = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from playground.organizations.services.ledger import (
    BudgetExceededError, Payer, release, reserve,
)

def call(number):
    try:
        reserve(Payer(ORGANIZATION), f"call-PROCESS-{number}", Decimal("0.07"))
        return "reserved"
    except BudgetExceededError:
        return "refused"

with ThreadPoolExecutor(CALLS) as pool:
    print(json.dumps(list(pool.map(call, range(CALLS)))))
"""


def shell(data_dir, script: str):
    return command("shell", "--no-imports", "-c", script, data_dir=data_dir)


def printed(process) -> str:
    output, errors = finished(process)
    assert output.strip(), errors
    return output.strip()


def test_fifty_calls_get_no_more_than_the_last_dollar(tmp_path):
    organization = printed(shell(tmp_path, PREPARE))
    script = RACE.replace("ORGANIZATION", organization).replace("CALLS", str(CALLS))
    racing = [
        shell(tmp_path, script.replace("PROCESS", str(number)))
        for number in range(PROCESSES)
    ]
    outcomes = [outcome for each in racing for outcome in json.loads(printed(each))]
    assert len(outcomes) == PROCESSES * CALLS
    assert outcomes.count("reserved") == 14  # 14 × 0.07 = 0.98
    with closing(sqlite3.connect(tmp_path / "easel.sqlite3")) as database:
        rows = database.execute("SELECT amount FROM organizations_reservation")
        assert round(sum(amount for (amount,) in rows), 8) == 0.98
