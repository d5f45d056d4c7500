from io import StringIO

from django.core.management import call_command
from django.test import TestCase

from playground.organizations.models import Connection, Organization, User
from playground.organizations.services.organizations import create_organization
from playground.shell import startup
from tests.people import make_people


class FirstRunTests(TestCase):
    def test_it_makes_an_organization_that_can_draw(self):
        assert startup.first_run()
        organization = Organization.objects.get()
        connection = organization.connections.get()
        assert organization.name == "My organization"
        assert (connection.name, connection.kind) == ("offline", "offline")
        assert connection.is_default_chat
        assert connection.is_default_image
        owner = organization.memberships.get()
        assert owner.role == "owner"
        assert owner.user.is_superuser
        assert not owner.user.has_usable_password()

    def test_a_second_start_changes_nothing(self):
        startup.first_run()
        Connection.objects.update(name="renamed")
        assert not startup.first_run()
        assert Connection.objects.get().name == "renamed"
        assert User.objects.count() == 1

    def test_nothing_is_made_beside_an_organization_of_somebody_else(self):
        create_organization(name="Mine")
        call_command("prepare", stdout=StringIO())
        assert Organization.objects.get().name == "Mine"
        assert not User.objects.exists()

    def test_apps_add_their_samples(self):
        seen = []

        def hook(organization, owner):
            seen.append((organization, owner))

        startup.on_first_run.append(hook)
        self.addCleanup(startup.on_first_run.remove, hook)
        startup.first_run()
        startup.first_run()
        assert seen == [(Organization.objects.get(), User.objects.get())]


class StartLinkTests(TestCase):
    def test_each_start_makes_a_new_link_for_the_first_owner(self):
        people = make_people()
        links = {startup.start_link("http://127.0.0.1:8000/") for _ in range(2)}
        assert len(links) == 2
        assert all(link.startswith("http://127.0.0.1:8000/sign-in/") for link in links)
        assert people.alice.links.count() == 2

    def test_a_password_ends_the_links(self):
        people = make_people()
        people.bob.set_password("correct horse battery")
        people.bob.save()
        assert startup.start_link("http://127.0.0.1:8000/") is None

    def test_nobody_gets_a_link_where_there_is_no_owner(self):
        assert startup.start_link("http://127.0.0.1:8000/") is None


class RecoveryTests(TestCase):
    def test_every_registered_recovery_is_called_at_a_start(self):
        calls = []

        def recovery():
            calls.append(1)

        startup.register(recovery)
        self.addCleanup(startup.recoveries.remove, recovery)
        startup.recover()
        assert calls == [1]
