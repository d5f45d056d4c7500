import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from playground.shell.middleware import quiet_refusals


def answer(status, **headers):
    view = quiet_refusals(lambda request: HttpResponse(status=status))
    return view(RequestFactory().post("/", headers=headers))


@pytest.mark.parametrize("status", [409, 413, 422, 429])
def test_a_refusal_to_htmx_travels_as_a_success_with_its_true_status(status):
    response = answer(status, **{"HX-Request": "true"})
    assert (response.status_code, response["HX-Refused"]) == (200, str(status))


@pytest.mark.parametrize("status", [404, 403, 500])
def test_a_fault_stays_a_fault(status):
    assert answer(status, **{"HX-Request": "true"}).status_code == status


def test_a_plain_form_gets_the_status_itself():
    assert answer(422).status_code == 422


async def test_async_views_are_wrapped_as_well():
    async def view(request):
        return HttpResponse(status=422)

    request = RequestFactory().post("/", headers={"HX-Request": "true"})
    assert (await quiet_refusals(view)(request)).status_code == 200
