from __future__ import annotations

import pytest

from playground.lib.azure import API_VERSION, read_azure_address

RESOURCE = "https://res.openai.azure.com"


def url(base_url: str, path: str = "/chat/completions", model: str = "my-gpt") -> str:
    address = read_azure_address(base_url)
    return address.base_url + address.path(path, model)


@pytest.mark.parametrize(
    "typed", ["", "/", "/openai", "/openai/", "/openai/v1", "/openai/v1/"]
)
def test_a_resource_is_called_by_its_v1_address(typed):
    assert url(RESOURCE + typed) == f"{RESOURCE}/openai/v1/chat/completions"
    address = read_azure_address(RESOURCE + typed)
    assert (address.query, address.by_path) == ({}, False)


@pytest.mark.parametrize("typed", ["/openai/deployments", "/openai/deployments/"])
def test_a_path_of_deployments_takes_the_models_name(typed):
    assert url(RESOURCE + typed) == (
        f"{RESOURCE}/openai/deployments/my-gpt/chat/completions"
    )
    assert read_azure_address(RESOURCE + typed).query == {"api-version": API_VERSION}


def test_a_named_deployment_stands_for_every_model():
    base_url = f"{RESOURCE}/openai/deployments/one"
    assert url(base_url, model="another") == f"{base_url}/chat/completions"


def test_a_models_name_cannot_leave_its_place_in_the_path():
    found = url(f"{RESOURCE}/openai/deployments", model="../../v1?x=")
    assert found == (
        f"{RESOURCE}/openai/deployments/..%2F..%2Fv1%3Fx%3D/chat/completions"
    )


def test_a_connections_api_version_wins():
    by_path = read_azure_address(f"{RESOURCE}/openai/deployments", "2026-06-01")
    assert by_path.query == {"api-version": "2026-06-01"}
    assert read_azure_address(RESOURCE, "preview").query == {"api-version": "preview"}


def test_a_gateway_with_a_path_of_its_own_is_called_there():
    base_url = "https://gate.example/ai/openai/v1"
    assert url(base_url) == f"{base_url}/chat/completions"
    assert url("https://gate.example/ai/v3") == (
        "https://gate.example/ai/v3/chat/completions"
    )


def test_a_folder_that_only_begins_alike_is_no_deployment():
    base_url = f"{RESOURCE}/openai/deploymentsandmore"
    assert not read_azure_address(base_url).by_path
