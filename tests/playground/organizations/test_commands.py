import tempfile
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, TestCase, override_settings

from playground.lib import data_dir
from playground.lib.clock import now
from playground.organizations.models import (
    ApiKey,
    Connection,
    Membership,
    Organization,
    User,
)
from playground.organizations.services.sign_in import hash_token
from tests import scripted_kind
from tests.people import make_people


def run(*arguments, **options):
    output = StringIO()
    call_command(*arguments, stdout=output, **options)
    return output.getvalue()


class CommandTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()

    def setUp(self):
        scripted_kind.register(self)
        self.org = self.people.organization.public_id

    def add(self, *more):
        arguments = ("--organization", self.org, "--kind", "scripted")
        return run("add_connection", *arguments, *more)

    def test_an_organization_is_made_and_nothing_else(self):
        printed = run("create_organization", "New one")
        organization = Organization.objects.get(name="New one")
        assert printed == f"{organization.public_id}\n"
        assert not organization.memberships.exists()
        assert not organization.connections.exists()

    def test_an_organization_needs_a_name(self):
        with pytest.raises(CommandError, match="name"):
            run("create_organization", "  ")

    def test_a_connection_is_added_with_all_its_options(self):
        models = ("--model", "a", "--model", "b", "--chat-model", "a")
        address = ("--base-url", "http://gpubox:8080/v1/", "--default-chat")
        assert self.add("--name", "gpu", *address, *models) == "gpu\n"
        gpu = Connection.objects.get(name="gpu")
        assert gpu.base_url == "http://gpubox:8080/v1"
        assert gpu.allowed_models == ["a", "b"]
        assert gpu.chat_model == "a"
        assert gpu.is_default_chat
        assert not gpu.is_default_image

    def test_a_key_comes_from_the_named_variable(self):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SOME_KEY", "sk-from-the-environment")
            self.add("--name", "a", "--api-key-env", "SOME_KEY")
        assert Connection.objects.get(name="a").api_key == "sk-from-the-environment"

    def test_a_variable_that_is_not_set_is_refused(self):
        with pytest.raises(CommandError, match="NO_SUCH_KEY is not set"):
            self.add("--name", "a", "--api-key-env", "NO_SUCH_KEY")
        assert not Connection.objects.exists()

    def test_wrong_names_kinds_scopes_and_roles_are_refused(self):
        organization = ("--organization", self.org)
        address = ("--base-url", "http://gpubox/v1")
        for arguments in (
            ("add_connection", *organization, "--kind", "nothing", "--name", "a"),
            ("create_api_key", *organization, "--name", "k", "--scope", "all"),
            ("create_user", "a@example.com", *organization, "--role", "king"),
            ("create_user", "nobody", *organization, "--role", "owner"),
        ):
            with self.subTest(arguments=arguments), pytest.raises(CommandError):
                run(*arguments)
        for name in ("Bad_Name", "a" * 41, ""):
            with self.subTest(name=name), pytest.raises(CommandError, match="name"):
                self.add("--name", name, *address)

    def test_a_name_is_unique_in_its_organization_only(self):
        address = ("--base-url", "http://gpubox/v1")
        self.add("--name", "a", *address)
        with pytest.raises(CommandError, match="Another connection"):
            self.add("--name", "a", *address)
        self.org = self.people.other_organization.public_id
        assert self.add("--name", "a", *address) == "a\n"

    def test_an_api_key_ends_after_days_or_with_a_day(self):
        arguments = ("create_api_key", "--organization", self.org, "--name", "k")
        before = now()
        run(*arguments, "--expires", "90")
        run(*arguments, "--expires", "2999-12-31")
        by_date, by_days = ApiKey.objects.values_list("expires_at", flat=True)
        assert before <= by_days - timedelta(days=90) <= now()
        assert by_date.isoformat() == "3000-01-01T00:00:00+00:00"

    def test_an_api_key_ends_at_no_moment_that_is_over_or_is_none(self):
        arguments = ("create_api_key", "--organization", self.org, "--name", "k")
        for text in ("0", "2020-01-01", "soon", "-3", "99999999999", "9999-12-31"):
            with self.subTest(text=text), pytest.raises(CommandError):
                run(*arguments, f"--expires={text}")
        assert not ApiKey.objects.exists()

    def test_an_api_key_is_printed_alone_and_stored_as_a_hash(self):
        printed = run("create_api_key", "--organization", self.org, "--name", "k")
        key = ApiKey.objects.get()
        assert key.key_hash == hash_token(printed.strip())
        assert key.scopes == ["read", "run", "images"]

    def test_scopes_can_be_chosen(self):
        arguments = ("--organization", self.org, "--name", "k")
        run("create_api_key", *arguments, "--scope", "admin", "--scope", "read")
        assert ApiKey.objects.get().scopes == ["read", "admin"]

    def test_a_user_gets_a_full_link_that_signs_in(self):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("EASEL_URL", "http://testserver")
            arguments = ("--organization", self.org, "--role", "viewer")
            link = run("create_user", "New@Example.com", *arguments).strip()
        browser = Client()
        browser.post(link.removeprefix("http://testserver"))
        user = User.objects.get(pk=browser.session["_auth_user_id"])
        assert user.email == "new@example.com"
        assert user.memberships.get().role == "viewer"

    def test_the_last_owner_cannot_be_made_less(self):
        arguments = ("--organization", self.org, "--role", "member")
        with pytest.raises(CommandError, match="last owner"):
            run("create_user", "alice@example.com", *arguments)
        assert self.people.alice.memberships.get().role == Membership.Role.OWNER

    def test_an_organization_may_be_named_while_only_one_has_the_name(self):
        run("create_api_key", "--organization", "Fjordline Travel", "--name", "k")
        Organization.objects.create(name="Fjordline Travel")
        with pytest.raises(CommandError, match="Several organizations"):
            run("create_api_key", "--organization", "Fjordline Travel", "--name", "k")
        with pytest.raises(CommandError, match="There is no organization"):
            run("create_api_key", "--organization", "org_none", "--name", "k")

    def test_a_command_names_the_organizations_that_there_are(self):
        known = rf"“Fjordline Travel” \({self.org}\)"
        with pytest.raises(CommandError, match=known):
            run("create_api_key", "--organization", "Easel", "--name", "k")
        with pytest.raises(CommandError, match=f"Say which organization.*{known}"):
            run("create_api_key", "--name", "k")
        Organization.objects.create(name="Fjordline Travel")
        with pytest.raises(CommandError, match=f"Give the org_… id.*{known}"):
            run("create_api_key", "--organization", "Fjordline Travel", "--name", "k")

    def test_the_only_organization_need_not_be_named(self):
        Organization.objects.exclude(public_id=self.org).delete()
        run("create_api_key", "--name", "k")
        assert ApiKey.objects.get().organization == self.people.organization
        run("create_user", "new@example.com", "--role", "viewer")
        run("add_connection", "--kind", "offline", "--name", "a")
        Organization.objects.all().delete()
        with pytest.raises(CommandError, match="Make one with create_organization"):
            run("create_api_key", "--name", "k")

    def test_a_link_is_for_the_first_owner_unless_somebody_is_named(self):
        run("sign_in_link")
        run("sign_in_link", user="BOB@example.com")
        assert self.people.alice.links.count() == 1
        assert self.people.bob.links.count() == 1

    def test_a_link_for_nobody_is_refused(self):
        with pytest.raises(CommandError, match="no active user"):
            run("sign_in_link", user="nobody@example.com")
        Membership.objects.all().delete()
        with pytest.raises(CommandError, match="No organization has an owner"):
            run("sign_in_link")


class RotateKeysTests(TestCase):
    def test_stored_keys_are_encrypted_again_with_a_new_one(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        old = data_dir.field_keys(folder)
        organization = make_people().organization
        with override_settings(DATA_DIR=folder, FIELD_KEYS=list(old)):
            row = Connection(organization=organization, name="a", kind="openai")
            row.set_api_key("sk-a-very-secret-key")
            row.save()
            assert run("rotate_keys", "--new") == "1\n"
        newest = data_dir.field_keys(folder)[0]
        assert newest not in old
        with override_settings(FIELD_KEYS=[newest]):
            assert Connection.objects.get().api_key == "sk-a-very-secret-key"
