"""The socket of a thread's page, spoken to as a browser does."""

import json

from asgiref.sync import sync_to_async
from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.test import TestCase, TransactionTestCase

from assistants_app.engine.events import (
    MessageEnded,
    MessageStarted,
    RunCompleted,
    RunStarted,
    TextAdded,
)
from assistants_app.engine.progress import text_part
from assistants_app.models import Thread
from assistants_app.routing import websocket_urlpatterns
from assistants_app.services import dispatch, hub
from assistants_app.services.record import Recorder
from assistants_app.services.runs import RunOptions, create_run
from assistants_app.services.stored import append
from assistants_app.services.threads import add_user_message, create_thread
from playground.organizations.services.organizations import create_api_key
from tests.assistants_app.rows import COMPLETED
from tests.people import client_of, make_people

application = AuthMiddlewareStack(URLRouter(websocket_urlpatterns))


class ThreadConsumerTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.assistant = cls.people.organization.assistants.create(name="A", model="m")
        cls.thread = create_thread(
            organization=cls.people.organization, assistant=cls.assistant
        )
        cls.message = add_user_message(thread=cls.thread, text="<b>Hello</b>")
        cls.thread.refresh_from_db()
        cls.run_ = create_run(thread=cls.thread, assistant=cls.assistant)

    def tearDown(self):
        hub.live_runs.clear()

    @sync_to_async
    def socket(self, user):
        cookies = client_of(user).cookies.output(header="", sep=";").strip()
        headers = [(b"cookie", cookies.encode())]
        path = f"/ws/threads/{self.thread.public_id}/"
        return WebsocketCommunicator(application, path, headers=headers)

    async def opened(self, after=""):
        socket = await self.socket(self.people.bob)
        connected, _ = await socket.connect()
        assert connected
        await socket.send_to(json.dumps({"type": "follow", "after": after}))
        return socket

    async def test_a_new_page_gets_the_whole_thread_escaped(self):
        socket = await self.opened()
        html = await socket.receive_from()
        assert 'id="entries" hx-swap-oob="innerHTML"' in html
        assert "&lt;b&gt;Hello&lt;/b&gt;" in html
        await socket.disconnect()

    async def test_a_run_is_followed_to_its_end(self):
        recorder = Recorder(self.run_.public_id, self.run_.last_sequence)
        socket = await self.opened(after=self.message.public_id)
        html = await socket.receive_from()
        assert self.run_.public_id in html
        await recorder.add(RunStarted())
        await recorder.add(MessageStarted("step_1", "msg_1"))
        await recorder.add(TextAdded("msg_1", 0, "<i>Hi"))
        await recorder.add(MessageEnded("step_1", "msg_1", [text_part("*Hi*")]))
        await recorder.add(RunCompleted())
        html = await self.read_until(socket, 'id="announce"')
        assert 'hx-swap-oob="beforeend:#msg_1_text">&lt;i&gt;Hi</span>' in html
        assert "<em>Hi</em>" in html
        await socket.disconnect()

    async def read_until(self, socket, words):
        html = ""
        while words not in html:
            html += await socket.receive_from()
        return html

    async def test_a_page_that_is_up_to_date_is_sent_nothing(self):
        recorder = Recorder(self.run_.public_id, self.run_.last_sequence)
        await recorder.add(RunCompleted())
        await self.run_.arefresh_from_db(fields=["last_sequence"])
        version = f"{self.run_.public_id}@{self.run_.last_sequence}"
        socket = await self.opened(after=version)
        assert await socket.receive_nothing()
        await socket.disconnect()

    async def test_a_page_that_comes_back_gets_its_last_entry_anew(self):
        recorder = Recorder(self.run_.public_id, self.run_.last_sequence)
        await recorder.add(RunStarted())
        await recorder.add(MessageStarted("step_1", "msg_1"))
        await recorder.add(TextAdded("msg_1", 0, "While you were away"))
        await recorder.flush()
        socket = await self.opened(after=f"{self.run_.public_id}@1")
        html = await socket.receive_from()
        assert "While you were away" in html
        assert html.count("While you were away") == 1
        await socket.disconnect()

    async def test_a_page_whose_thread_is_deleted_is_told_so(self):
        recorder = Recorder(self.run_.public_id, self.run_.last_sequence)
        await recorder.add(RunCompleted())
        socket = await self.opened()
        await socket.receive_from()
        rows = Thread.objects.select_related("organization")
        await dispatch.delete_thread(await rows.aget(pk=self.thread.pk))
        assert "This thread was deleted." in await self.read_until(socket, "deleted")
        while (output := await socket.receive_output())["type"] != "websocket.close":
            assert 'id="thread-list"' in output["text"]
        assert output["code"] == 4410

    async def test_strangers_find_no_such_thread(self):
        socket = await self.socket(self.people.mallory)
        await socket.connect()
        assert await socket.receive_output() == {
            "type": "websocket.close",
            "code": 4404,
        }

    async def test_nonsense_closes_the_socket_with_its_own_code(self):
        socket = await self.socket(self.people.bob)
        await socket.connect()
        await socket.send_to("not JSON")
        assert (await socket.receive_output())["code"] == 4400

    async def test_somebody_who_left_the_organization_is_shown_nothing_more(self):
        socket = await self.socket(self.people.bob)
        await socket.connect()
        await self.people.bob.memberships.all().adelete()
        await socket.send_to(json.dumps({"type": "follow"}))
        assert (await socket.receive_output())["code"] == 4404

    async def test_leaving_the_page_stops_nothing(self):
        recorder = Recorder(self.run_.public_id, self.run_.last_sequence)
        socket = await self.opened()
        await socket.receive_from()
        await socket.disconnect()
        await recorder.add(RunCompleted())
        await self.run_.arefresh_from_db(fields=["status"])
        assert self.run_.status == "completed"


class ApiOnPagesTests(TransactionTestCase):
    """What clients of the API do to threads, on pages that are open meanwhile."""

    def setUp(self):
        self.people = make_people()
        self.organization = self.people.organization
        self.thread = create_thread(organization=self.organization)
        _, self.key = create_api_key(organization=self.organization, name="app")
        self.path = f"/v1/threads/{self.thread.public_id}"

    def tearDown(self):
        hub.live_runs.clear()

    @sync_to_async
    def socket(self, path):
        cookies = client_of(self.people.bob).cookies.output(header="", sep=";").strip()
        headers = [(b"cookie", cookies.encode())]
        return WebsocketCommunicator(application, path, headers=headers)

    async def opened(self, path, after=""):
        socket = await self.socket(path)
        await socket.connect()
        if after is not None:
            await socket.send_to(json.dumps({"type": "follow", "after": after}))
        return socket

    async def page(self):
        socket = await self.opened(f"/ws/threads/{self.thread.public_id}/")
        await socket.receive_from()
        return socket

    async def call(self, method, path, body=None):
        response = await self.async_client.generic(
            method,
            path,
            json.dumps(body or {}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.key}"},
        )
        assert response.status_code == 200, response.content
        return response.json()

    async def say(self, text):
        body = {"role": "user", "content": text}
        return await self.call("POST", f"{self.path}/messages", body)

    async def read_until(self, socket, words):
        html = ""
        while words not in html:
            html += await socket.receive_from()
        return html

    async def test_a_message_appears_on_an_open_page(self):
        socket = await self.page()
        await self.say("Said from elsewhere")
        assert "Said from elsewhere" in await self.read_until(socket, "elsewhere")
        await socket.disconnect()

    async def test_a_message_that_was_deleted_disappears_wherever_it_stood(self):
        first, _ = await self.say("First of all"), await self.say("And then")
        socket = await self.page()
        await self.call("DELETE", f"{self.path}/messages/{first['id']}")
        html = await self.read_until(socket, 'id="entries"')
        assert "And then" in html
        assert "First of all" not in html.split('id="thread-topbar"')[0]
        await socket.disconnect()

    async def test_the_header_follows_what_happens_in_the_thread(self):
        assistant = await self.organization.assistants.acreate(name="Painter")
        socket = await self.page()
        await self.say("Draw **a sun**")
        html = await self.read_until(socket, "</h1>")
        assert 'data-page-title="Draw a sun · Easel"' in html
        await self.thread.arefresh_from_db()
        run = await sync_to_async(create_run)(thread=self.thread, assistant=assistant)
        await sync_to_async(append)(run, [COMPLETED])
        hub.ring(self.thread.public_id)
        html = await self.read_until(socket, 'id="answered-by"')
        assert '<small class="faint">Painter</small>' in html
        assert "Choose an assistant" not in html
        await socket.disconnect()

    async def test_a_deleted_conversation_with_responses_is_said_to_be_deleted(self):
        options = RunOptions(model="offline-chat", pauses=False)
        response = await sync_to_async(create_run)(
            thread=self.thread, assistant=None, options=options
        )
        await sync_to_async(append)(response, [COMPLETED])
        socket = await self.page()
        name = self.thread.public_id.replace("thread_", "conv_")
        await self.call("DELETE", f"/v1/conversations/{name}")
        await self.read_until(socket, "This thread was deleted.")

    async def test_a_thread_that_was_deleted_is_said_to_be(self):
        socket = await self.page()
        await self.call("DELETE", self.path)
        html = await self.read_until(socket, "This thread was deleted.")
        assert self.path.removeprefix("/v1") not in html

    async def test_a_new_thread_appears_in_the_lists_of_all_pages(self):
        new, thread = await self.opened("/ws/threads/", None), await self.page()
        for socket in (new, thread):
            await socket.receive_nothing()
        body = {"messages": [{"role": "user", "content": "A brand new one"}]}
        await self.call("POST", "/v1/threads", body)
        for socket in (new, thread):
            await self.read_until(socket, "A brand new one")
            await socket.disconnect()

    async def test_items_of_a_conversation_appear_and_disappear_too(self):
        socket = await self.page()
        name = self.thread.public_id.replace("thread_", "conv_")
        item = {"type": "message", "role": "user", "content": "An item"}
        path = f"/v1/conversations/{name}/items"
        added = await self.call("POST", path, {"items": [item]})
        await self.read_until(socket, "An item</p>")
        await self.call("DELETE", f"{path}/{added['data'][0]['id']}")
        await self.read_until(socket, 'hx-swap-oob="innerHTML"></div>')
        await socket.disconnect()

    async def test_strangers_see_no_list(self):
        socket = WebsocketCommunicator(application, "/ws/threads/")
        await socket.connect()
        assert (await socket.receive_output())["code"] == 4404
