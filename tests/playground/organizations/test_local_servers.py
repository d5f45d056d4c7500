import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.test import TestCase

from playground.organizations.services.connections import add_connection
from playground.organizations.services.local_servers import find_local_servers
from tests.people import client_of, make_people

SEARCH = "/settings/connections/local/"


def listed(**model):
    return {"object": "list", "data": [model]}


ANSWERS = {
    "Ollama": {
        "/api/version": {"version": "0.14.1"},
        "/v1/models": listed(id="qwen3", owned_by="library"),
    },
    "LM Studio": {"/v1/models": listed(id="qwen3", owned_by="organization_owner")},
    "stable-diffusion.cpp": {
        "/v1/models": listed(id="sd-cpp-local", owned_by="local"),
        "/sdapi/v1/options": {"sd_model_checkpoint": "a"},
    },
    "llama.cpp": {
        "/props": {"default_generation_settings": {}, "total_slots": 1},
        "/v1/models": listed(id="a.gguf", owned_by="llamacpp"),
    },
    "LocalAI": {
        "/.well-known/localai.json": {"version": "v3", "endpoints": {}},
        "/api/version": {"version": "0.9"},
    },
    "Automatic1111, Forge or SD.Next": {
        "/sdapi/v1/options": {"sd_model_checkpoint": "a"}
    },
    "ComfyUI": {"/system_stats": {"system": {"os": "posix"}, "devices": []}},
}


class LocalServer:
    """A server of this machine on a free port, with these answers and no others."""

    def __init__(self, test, answers):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = answers.get(self.path, "")
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(200 if self.path in answers else 404)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(
            target=self.server.serve_forever, args=(0.01,), daemon=True
        ).start()
        test.addCleanup(self.server.server_close)
        test.addCleanup(self.server.shutdown)


class LocalServerTests(TestCase):
    def setUp(self):
        self.people = make_people()
        self.client = client_of(self.people.alice)

    def serve(self, answers):
        return LocalServer(self, answers).port

    def search(self, *ports, **headers):
        with self.settings(LOCAL_SERVER_PORTS=ports):
            return self.client.post(SEARCH, headers=headers)

    async def test_each_server_is_recognised_by_its_answer_on_any_port(self):
        ports = {self.serve(answers): name for name, answers in ANSWERS.items()}
        found = await find_local_servers(list(ports))
        assert {server.port: server.label for server in found} == ports

    async def test_a_closed_port_is_left_out(self):
        server = LocalServer(self, {})
        server.server.shutdown()
        server.server.server_close()
        assert await find_local_servers([server.port]) == []

    async def test_an_answer_that_is_none_of_ours_is_no_server_of_ours(self):
        for answers in (
            {},
            {"/api/version": ["0.1"]},
            {"/v1/models": b"<html>"},
            {"/v1/models": {"data": "none"}},
            {"/props": b"[" * 100},
            {"/system_stats": b" " * 2_000_000},
        ):
            with self.subTest(answers=str(answers)[:40]):
                (server,) = await find_local_servers([self.serve(answers)])
                assert server.label == ""

    def test_a_found_server_leads_to_its_filled_in_form(self):
        port = self.serve(ANSWERS["Ollama"])
        response = self.search(port, **{"HX-Request": "true"})
        self.assertTemplateNotUsed(response, "organizations/frame.html")
        (found,) = response.context["found"]
        form = self.client.get(found.add_url).context["form"]
        assert form["base_url"].value() == f"http://127.0.0.1:{port}/v1"
        assert form["name"].value() == "ollama"

    def test_one_that_is_a_connection_already_is_not_offered_again(self):
        port = self.serve(ANSWERS["LocalAI"])
        add_connection(
            organization=self.people.organization,
            kind="localai",
            name="box",
            base_url=f"http://localhost:{port}/v1",
        )
        response = self.search(port)
        self.assertTemplateUsed(response, "organizations/local_servers.html")
        self.assertContains(response, "It is the connection")
        self.assertNotContains(response, "base_url=")

    def test_a_server_without_a_kind_and_an_unknown_one_are_told_and_not_offered(self):
        ports = [self.serve(ANSWERS["ComfyUI"]), self.serve({})]
        response = self.search(*ports)
        self.assertContains(response, "Easel has no kind of connection for it.")
        self.assertContains(response, "does not answer like any server")
        self.assertNotContains(response, "base_url=")

    def test_nothing_is_found_where_nothing_listens(self):
        self.assertContains(self.search(), "Nothing answers on these ports.")

    def test_looking_needs_a_click(self):
        assert self.client.get(SEARCH).status_code == 405


@pytest.mark.parametrize("name", list(ANSWERS))
def test_every_found_server_but_comfyui_has_a_kind(name):
    from playground.organizations.kinds import get_kind
    from playground.organizations.services.local_servers import RECOGNISED

    (server,) = [server for server in RECOGNISED if server.label == name]
    assert name == "ComfyUI" or get_kind(server.kind)
