from channels.testing import WebsocketCommunicator
from django.test import SimpleTestCase

from playground.asgi import application
from playground.lib.origin import ExactOriginGuard


def handshake(app, origin, path="/nowhere/"):
    headers = [(b"host", b"localhost:8000"), (b"origin", origin)]
    socket = WebsocketCommunicator(app, path, headers=headers)
    socket.scope["scheme"] = "ws"
    return socket


async def accepting(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})


class SocketTests(SimpleTestCase):
    async def test_an_unknown_address_is_refused_without_an_error(self):
        connected, _ = await handshake(application, b"http://localhost:8000").connect()
        assert not connected

    async def test_our_own_page_reaches_the_application(self):
        guarded = ExactOriginGuard(accepting)
        connected, _ = await handshake(guarded, b"http://localhost:8000").connect()
        assert connected

    async def test_another_port_of_this_machine_does_not(self):
        guarded = ExactOriginGuard(accepting)
        connected, _ = await handshake(guarded, b"http://localhost:9999").connect()
        assert not connected


def test_the_health_check_needs_nobody(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")
