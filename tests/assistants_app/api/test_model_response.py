import base64

import pytest
from django.test import TestCase

from assistants_app.api.model_response.begin import begin
from assistants_app.api.model_response.schemas import ModelResponseCreate
from assistants_app.engine.events import RunCompleted, RunStarted
from assistants_app.models import Run, Thread
from assistants_app.services.runs import create_run
from assistants_app.services.stored import append
from images_app.models import File
from images_app.services.signed_urls import sign
from playground.api.callers import Caller
from playground.api.errors import ApiError
from playground.api.validation import validate
from playground.organizations.models import Membership
from playground.organizations.services.organizations import create_api_key
from tests.assistants_app.rows import (
    assistant_of,
    called,
    offline,
    picture_of,
    run_with,
    thread_with,
    wrote,
)
from tests.people import client_of, make_member, make_people

URL = "/v1/model/response"
HELLO = {"role": "user", "content": "Hello"}
IMAGE_TOOL = {"type": "image_generation", "mode": "off", "quality": "auto"}


class ModelResponseCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.organization = cls.people.organization
        offline(cls.organization)
        cls.key, cls.secret = create_api_key(
            organization=cls.organization, name="program"
        )
        cls.caller = Caller(
            cls.organization,
            frozenset(cls.key.scopes),
            api_key=cls.key,
            base_url="http://easel.test",
        )

    def begin(self, *, caller: Caller | None = None, **body) -> Run:
        """The run that this body begins, or goes on with."""
        data = validate(ModelResponseCreate, {"inputs": [HELLO], **body})
        reference = begin(caller or self.caller, data)
        return Run.objects.get(public_id=reference.partition(":")[0])

    def refused(self, **body) -> ApiError:
        with pytest.raises(ApiError) as caught:
            self.begin(**body)
        return caught.value

    def post(self, body, **more):
        return self.client.post(
            URL,
            body,
            content_type="application/json",
            headers={"X-API-Key": self.secret},
            **more,
        )


class InputTests(ModelResponseCase):
    def test_inputs_become_the_messages_of_a_new_thread(self):
        picture = picture_of(self.organization)
        blocks = [
            {"type": "text", "text": "What is this?"},
            {"type": "file", "file_id": picture.public_id},
            {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        ]
        run = self.begin(
            inputs=[
                {"role": "system", "content": "Be kind."},
                {"role": "user", "content": blocks},
            ],
            metadata={"ticket": "7"},
        )
        system, user = run.thread.messages.order_by("pk")
        assert (system.role, system.text) == ("system", "Be kind.")
        assert user.parent == system
        assert [part["type"] for part in user.content] == [
            "text",
            "image_file",
            "image_url",
        ]
        assert run.input_message == user
        assert (run.api_key, run.created_by) == (self.key, None)
        assert run.thread.metadata == run.metadata == {"ticket": "7"}
        assert run.thread.title == "What is this?"

    def test_a_picture_comes_as_files_as_data_or_by_the_address_of_an_answer(self):
        picture = picture_of(self.organization)
        with picture.content.open("rb") as stored:
            data = base64.b64encode(stored.read()).decode()
        urls = [
            f"data:image/png;base64,{data}",
            sign("http://easel.test", picture.public_id),
        ]
        blocks = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
        run = self.begin(
            inputs=[
                {
                    "role": "user",
                    "content": [*blocks, {"type": "text", "text": "Compare."}],
                    "files": [{"file_id": picture.public_id}],
                }
            ]
        )
        uploaded, *named = run.input_message.file_ids
        assert named == [picture.public_id] * 2
        stored = File.objects.get(public_id=uploaded)
        assert stored.sha256 == picture.sha256

    def test_pictures_that_cannot_be_taken_are_named(self):
        other = picture_of(self.people.other_organization)
        wrong = {
            "data:image/png;base64,AAAA": "picture that Easel can read",
            "data:image/png;base64,???": "base64",
            "data:image/png;base64,é": "base64",
            "http://[": "https://",
            "ftp://example.com/a.png": "https://",
            "http://easel.test/v1/files/file-x/signed/x": "its time is over",
        }
        for url, rule in wrong.items():
            block = {"type": "image_url", "image_url": {"url": url}}
            error = self.refused(inputs=[{"role": "user", "content": [block]}])
            assert error.param == "inputs[0].content[0].image_url.url"
            assert rule in error.message
        files = [{"file_id": other.public_id}]
        error = self.refused(inputs=[{**HELLO, "files": files}])
        assert (error.status, error.param) == (404, "inputs[0].files[0].file_id")
        assert not Thread.objects.exists()

    def test_a_system_message_holds_only_text(self):
        files = [{"file_id": picture_of(self.organization).public_id}]
        system = {"role": "system", "content": "Look", "files": files}
        assert self.refused(inputs=[system, HELLO]).param == "inputs[0].content"

    def test_somebody_has_to_ask(self):
        error = self.refused(inputs=[{"role": "assistant", "content": "Hi"}])
        assert error.param == "inputs"

    def test_limits_and_types_are_told_with_their_field(self):
        eleven = [{"file_id": "file-1"}] * 11
        many = [{"type": "function", "name": f"f{n}"} for n in range(129)]
        big = {"type": "object", "description": "x" * 33_000}
        cases = {
            "inputs": {"inputs": "Hello"},
            "inputs[0].role": {"inputs": [{"role": "ghost", "content": "Boo"}]},
            "inputs[0].content": {"inputs": [{"role": "user", "content": {"a": 1}}]},
            "inputs[0].tool_call_id": {"inputs": [{"role": "tool", "content": "x"}]},
            "inputs[0].files": {"inputs": [{**HELLO, "files": eleven}]},
            "instructions": {"instructions": "x" * 5001},
            "temperature": {"temperature": 1.01},
            "top_p": {"top_p": -0.1},
            "max_output_synapses": {"max_output_synapses": 0},
            "output_mode": {"output_mode": "json_schema"},
            "include[0]": {"include": ["everything"]},
            "reasoning.effort": {"reasoning": {"effort": "extreme"}},
            "metadata.a": {"metadata": {"a": 1}},
            "tools": {"tools": many},
            "tools[0].type": {"tools": [{"type": "web_search"}]},
            "tools[0].name": {"tools": [{"type": "function", "name": "9lives"}]},
            "tools[0].parameters": {
                "tools": [{"type": "function", "name": "f", "parameters": big}]
            },
            "system_tools.image_operations.mode": {
                "system_tools": {"image_operations": {"mode": "often"}}
            },
            "system_tools.web_search.mode": {
                "system_tools": {"web_search": {"mode": "on"}}
            },
            "vector_store_ids": {"vector_store_ids": ["vs_1"]},
        }
        for field, body in cases.items():
            with self.subTest(field):
                answer = self.post({"inputs": [HELLO], **body})
                assert answer.status_code == 422
                error = answer.json()["error"]
                assert error["code"] == "VALIDATION_ERROR"
                assert error["details"] == {"field": field}
                assert field in error["message"]

    def test_json_that_is_none_is_400(self):
        answer = self.post("{")
        assert answer.status_code == 400
        assert answer.json()["success"] is False


class ThreadTests(ModelResponseCase):
    def answered(self, thread: Thread, text: str) -> Run:
        run = create_run(thread=thread, assistant=thread.assistant)
        append(run, [RunStarted(), *wrote(text), RunCompleted()])
        thread.refresh_from_db()
        return run

    def test_a_thread_goes_on_behind_its_last_message(self):
        assistant = assistant_of(self.organization)
        thread = thread_with(assistant)
        self.answered(thread, "A bay.")
        run = self.begin(thread_id=thread.public_id)
        assert run.thread == thread
        assert run.assistant == assistant
        assert run.input_message.parent.text == "A bay."

    def test_an_assistant_is_bound_to_its_thread(self):
        first, second = (assistant_of(self.organization) for _ in range(2))
        run = self.begin(assistant_id=first.public_id)
        assert run.thread.assistant == first
        Run.objects.filter(pk=run.pk).update(status="completed")
        thread = {"thread_id": run.thread.public_id}
        error = self.refused(assistant_id=second.public_id, **thread)
        assert error.param == "assistant_id"
        assert first.public_id in error.message
        assert self.begin(assistant_id=first.public_id, **thread).assistant == first

    def test_a_thread_that_waits_for_outputs_names_them(self):
        assistant = assistant_of(self.organization)
        thread = thread_with(assistant)
        run_with(thread, assistant, *called(("call_1", "weather")))
        error = self.refused(thread_id=thread.public_id)
        assert error.param == "inputs"
        assert "call_1" in error.message

    def test_outputs_that_nobody_waits_for_are_refused(self):
        thread = thread_with(assistant_of(self.organization))
        result = {"role": "tool", "tool_call_id": "call_1", "content": "rain"}
        error = self.refused(inputs=[result], thread_id=thread.public_id)
        assert error.param == "inputs[0].tool_call_id"
        mixed = self.refused(inputs=[result, HELLO], thread_id=thread.public_id)
        assert mixed.param == "inputs[1]"

    def test_outputs_let_the_same_run_go_on(self):
        assistant = assistant_of(self.organization)
        thread = thread_with(assistant)
        run = run_with(thread, assistant, *called(("call_1", "weather")))
        result = {"role": "tool", "tool_call_id": "call_1", "content": [
            {"type": "text", "text": "Rain"}, {"type": "text", "text": "all day"},
        ]}  # fmt: skip
        again = self.begin(inputs=[result], thread_id=thread.public_id)
        assert again == run
        assert again.status == "queued"
        function = again.steps.get().tool_calls[0]["function"]
        assert function["output"] == "Rain\n\nall day"

    def test_an_edited_message_begins_a_branch(self):
        thread = thread_with(assistant_of(self.organization), "A bay")
        asked = thread.head
        answered = self.answered(thread, "A bay.")
        edited = self.begin(thread_id=thread.public_id, edit_message_id=asked.public_id)
        assert edited.input_message.parent is None
        Run.objects.filter(pk=edited.pk).update(status="completed")
        response = f"resp_{answered.public_id.removeprefix('run_')}"
        back = self.begin(previous_response_id=response)
        assert back.thread == thread
        assert back.input_message.parent.text == "A bay."

    def test_ways_to_name_a_place_exclude_each_other(self):
        thread = thread_with(assistant_of(self.organization))
        message = thread.head.public_id
        error = self.refused(
            thread_id=thread.public_id,
            edit_message_id=message,
            previous_message_id=message,
        )
        assert error.param == "edit_message_id"
        assert self.refused(edit_message_id=message).param == "edit_message_id"

    def test_foreign_and_missing_objects_are_the_same_404(self):
        other = thread_with(assistant_of(self.people.other_organization))
        foreign = {
            "thread_id": other.public_id,
            "assistant_id": other.assistant.public_id,
            "previous_response_id": "resp_x",
        }
        for field, value in foreign.items():
            assert self.refused(**{field: value}).status == 404

    def test_what_is_not_to_be_stored_is_in_no_list(self):
        assert self.begin(store=False).thread.is_hidden is True
        assert self.begin().thread.is_hidden is False


class ToolTests(ModelResponseCase):
    def test_naming_the_image_tool_switches_it_on(self):
        assistant = assistant_of(self.organization, tools=[IMAGE_TOOL])
        asked = {"assistant_id": assistant.public_id}
        run = self.begin(tools=[{"type": "image_generation"}], **asked)
        assert run.image_options == {"mode": "auto"}
        assert self.begin(**asked).image_options == {}

    def test_the_assistants_own_mode_counts_unless_the_request_says_one(self):
        tool = {**IMAGE_TOOL, "mode": "on"}
        assistant = assistant_of(self.organization, tools=[tool])
        asked = {"assistant_id": assistant.public_id}
        run = self.begin(tools=[{"type": "image_generation"}], **asked)
        assert run.image_options == {"mode": "on"}
        run = self.begin(system_tools={"image_generation": {"mode": "off"}}, **asked)
        assert run.image_options == {"mode": "off"}

    def test_another_provider_does_not_get_the_assistants_model(self):
        tool = {**IMAGE_TOOL, "mode": "on", "model": "gpt-image-2"}
        assistant = assistant_of(self.organization, tools=[tool])
        new = {"type": "image_generation", "provider": "offline"}
        run = self.begin(assistant_id=assistant.public_id, tools=[new])
        assert run.image_options == {"mode": "on", "provider": "offline"}
        assert "model" not in run.tools[0]
        assert self.begin(assistant_id=assistant.public_id).tools == [tool]

    def test_both_spellings_of_the_system_tool_take_options(self):
        for name in ("image_generation", "image_operations"):
            options = {"mode": "on", "provider": "offline", "aspect_ratio": "16:9"}
            run = self.begin(system_tools={name: options})
            assert run.image_options == options

    def test_the_tool_is_configured_in_one_place(self):
        error = self.refused(
            tools=[{"type": "image_generation"}],
            system_tools={"image_operations": {"mode": "on"}},
        )
        assert error.param == "system_tools.image_operations"

    def test_an_option_that_nobody_can_fulfil_is_named_before_anything_is_paid(self):
        cases = {
            "size": "banana",
            "provider": "nobody",
            "aspect_ratio": "wide",
        }
        for name, value in cases.items():
            tool = {"type": "image_generation", "mode": "on", name: value}
            error = self.refused(tools=[tool], model="offline-chat")
            assert error.param == f"tools[0].{name}", name

    def test_functions_join_the_assistants_own_and_win_over_them(self):
        own = [
            {"type": "function", "function": {"name": "weather"}},
            {"type": "function", "function": {"name": "time"}},
        ]
        assistant = assistant_of(self.organization, tools=own)
        new = {"type": "function", "name": "weather", "description": "New."}
        run = self.begin(assistant_id=assistant.public_id, tools=[new])
        assert [tool["function"] for tool in run.tools] == [
            {"name": "time"},
            {"name": "weather", "description": "New."},
        ]
        twice = self.refused(tools=[new, new])
        assert twice.param == "tools[1].name"
        reserved = {"type": "function", "name": "generate_image"}
        assert self.refused(tools=[reserved]).param == "tools[0].name"

    def test_options_of_the_request_reach_the_run(self):
        assistant = assistant_of(self.organization, instructions="Be exact.")
        run = self.begin(
            assistant_id=assistant.public_id,
            model="offline-chat",
            instructions="Be brief.",
            temperature=0,
            top_p=0.5,
            max_output_synapses=100,
            reasoning={"effort": "maximum"},
            output_mode="json",
            include=["usage.detailed"],
            disable_rules=True,
        )
        assert run.instructions == "Be exact.\n\nBe brief."
        assert (run.temperature, run.top_p) == (0, 0.5)
        assert run.max_completion_tokens == 100
        assert run.reasoning_effort == "high"
        assert run.response_format == {"type": "json_object"}


class OrganizationTests(ModelResponseCase):
    def test_a_foreign_and_a_missing_organization_are_the_same_403(self):
        for name in (self.people.other_organization.public_id, "org_missing"):
            answer = self.post({"inputs": [HELLO], "organization_id": name})
            assert answer.status_code == 403
            error = answer.json()["error"]
            assert error["code"] == "ORGANIZATION_ACCESS_DENIED"

    def test_a_person_with_several_has_to_name_one(self):
        Membership.objects.create(
            organization=self.people.other_organization,
            user=self.people.bob,
            role="viewer",
        )
        client = client_of(self.people.bob)
        body = {"inputs": [HELLO]}
        answer = client.post(URL, body, content_type="application/json")
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "AMBIGUOUS_ORGANIZATION"
        body["organization_id"] = self.people.other_organization.public_id
        answer = client.post(URL, body, content_type="application/json")
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "INSUFFICIENT_PERMISSIONS"

    def test_a_persons_run_is_his_own(self):
        bob = self.people.bob
        member = bob.memberships.get()
        caller = Caller(
            self.organization, frozenset({"run"}), user=bob, membership=member
        )
        run = self.begin(caller=caller)
        assert (run.created_by, run.api_key) == (bob, None)
        assert run.thread.created_by == bob

    def test_a_viewer_starts_nothing(self):
        make_member(self.organization, "vera@example.com", "viewer")
        vera = self.organization.memberships.get(role="viewer").user
        answer = client_of(vera).post(
            URL, {"inputs": [HELLO]}, content_type="application/json"
        )
        assert answer.status_code == 403

    def test_a_foreign_response_is_404(self):
        other = thread_with(assistant_of(self.people.other_organization))
        run = create_run(thread=other, assistant=other.assistant)
        response = f"resp_{run.public_id.removeprefix('run_')}"
        answer = self.client.get(
            f"{URL}/{response}", headers={"X-API-Key": self.secret}
        )
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "RESOURCE_NOT_FOUND"

    def test_modes_and_levels_are_listed(self):
        headers = {"X-API-Key": self.secret}
        modes = self.client.get(f"{URL}/output-modes", headers=headers).json()
        assert [m["mode"] for m in modes["output_modes"] if m["is_default"]] == ["text"]
        levels = self.client.get(f"{URL}/reasoning-levels", headers=headers).json()
        assert [level["level"] for level in levels["reasoning_levels"]] == [
            "off",
            "low",
            "medium",
            "high",
            "maximum",
        ]
