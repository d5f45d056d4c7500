import pytest

from assistants_app.providers.base import (
    ChatRequest,
    FinishReason,
    TextArrived,
    TurnEnded,
)
from assistants_app.providers.patient import PatientProvider
from playground.lib.errors import ErrorKind, ProviderError
from tests.assistants_app.scripted import ScriptedProvider

ENDED = TurnEnded(FinishReason.STOP)
REQUEST = ChatRequest(model="m", messages=[])


def busy(**fields):
    return ProviderError(ErrorKind.RATE, "Too many.", retry_safe=True, **fields)


async def answers(script, **options):
    patient = PatientProvider(script, first_wait=0, **options)
    return [delta async for delta in patient.stream(REQUEST)]


async def test_a_busy_server_is_asked_again():
    script = ScriptedProvider([busy()], [busy()], [TextArrived("Hi"), ENDED])
    assert await answers(script) == [TextArrived("Hi"), ENDED]
    assert len(script.requests) == 3


async def test_it_gives_up_after_a_few_tries():
    script = ScriptedProvider(*[[busy()] for _ in range(9)])
    with pytest.raises(ProviderError):
        await answers(script)
    assert len(script.requests) == 4


async def test_a_longer_wait_than_patience_is_a_failure_at_once():
    script = ScriptedProvider([busy(retry_after=30)], [ENDED])
    with pytest.raises(ProviderError):
        await answers(script, patience=10)
    assert len(script.requests) == 1


async def test_what_may_have_cost_money_is_never_repeated():
    lost = ProviderError(ErrorKind.UPSTREAM, "Cut.", may_have_cost=True)
    script = ScriptedProvider([lost], [ENDED])
    with pytest.raises(ProviderError):
        await answers(script)
    assert len(script.requests) == 1


async def test_an_answer_that_has_begun_is_never_repeated():
    script = ScriptedProvider([TextArrived("Hel"), busy()], [ENDED])
    with pytest.raises(ProviderError):
        await answers(script)
    assert len(script.requests) == 1
