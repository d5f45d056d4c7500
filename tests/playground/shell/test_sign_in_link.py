from datetime import timedelta

from django.test import Client, TestCase, override_settings

from playground.lib.clock import now
from playground.organizations.models import SignInLink
from playground.organizations.services.sign_in import create_sign_in_link
from tests.people import client_of, make_people

NAVIGATION = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@override_settings(ALLOWED_HOSTS=["localhost", "easel.example", "testserver"])
class SignInLinkTests(TestCase):
    def setUp(self):
        self.people = make_people()
        self.path = f"/sign-in/{create_sign_in_link(user=self.people.alice)}/"

    def open(self, host="easel.example", **headers):
        return self.client.get(
            self.path, headers={"Host": host, **headers}, secure=False
        )

    def is_signed_in(self):
        return "_auth_user_id" in self.client.session

    def is_unused(self):
        return SignInLink.objects.filter(used_at=None).exists()

    def test_a_browsers_navigation_signs_in_once(self):
        response = self.open(**NAVIGATION)
        self.assertRedirects(response, "/", fetch_redirect_response=False)
        assert self.is_signed_in()
        assert response["Referrer-Policy"] == "same-origin"
        assert "no-store" in response["Cache-Control"]
        again = self.open(**NAVIGATION)
        assert again.status_code == 410
        self.assertTemplateUsed(again, "shell/sign_in_link_dead.html")

    def test_the_session_gets_another_key(self):
        self.client.session.save()
        before = self.client.session.session_key
        self.open(**NAVIGATION)
        assert self.client.session.session_key != before

    def test_head_does_not_use_it_up(self):
        response = self.client.head(self.path, headers=NAVIGATION)
        assert response.status_code == 200
        assert not self.is_signed_in()
        assert self.is_unused()

    def test_fetching_ahead_does_not_use_it_up(self):
        for name, value in [
            ("Sec-Purpose", "prefetch;prerender"),
            ("Purpose", "prefetch"),
            ("X-Moz", "prefetch"),
            ("X-Purpose", "preview"),
        ]:
            with self.subTest(name=name):
                response = self.open("localhost", **NAVIGATION, **{name: value})
                assert response.status_code == 204
                assert not self.is_signed_in()
        assert self.is_unused()

    def test_a_script_or_a_frame_does_not_use_it_up(self):
        for mode, dest in [("cors", "empty"), ("navigate", "iframe")]:
            with self.subTest(mode=mode):
                headers = {"Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
                self.assertContains(
                    self.open("localhost", **headers), "Sign in as Alice"
                )
        assert self.is_unused()

    def test_a_link_previewer_sees_a_button_and_the_button_signs_in(self):
        self.assertContains(self.open(), "Sign in as Alice")
        assert self.is_unused()
        response = self.client.post(self.path, headers={"Host": "easel.example"})
        assert response.status_code == 302
        assert self.is_signed_in()

    def test_the_button_needs_its_token(self):
        strict = Client(enforce_csrf_checks=True)
        assert strict.post(self.path).status_code == 403
        assert self.is_unused()

    def test_a_plain_client_on_this_machine_signs_in(self):
        assert self.open("localhost:8000").status_code == 302
        assert self.is_signed_in()

    def test_an_expired_or_unknown_link_says_what_to_do(self):
        SignInLink.objects.update(expires_at=now() - timedelta(seconds=1))
        for path in (self.path, "/sign-in/never-made/"):
            with self.subTest(path=path):
                response = self.client.get(path, headers=NAVIGATION)
                self.assertContains(response, "sign_in_link", status_code=410)

    def test_a_disabled_account_cannot_use_its_link(self):
        self.people.alice.is_active = False
        self.people.alice.save()
        assert self.open(**NAVIGATION).status_code == 410

    def test_mallorys_session_does_not_become_alices(self):
        self.client = client_of(self.people.mallory)
        self.client.session["organization"] = "org_of_mallory"
        self.open(**NAVIGATION)
        assert self.client.session["_auth_user_id"] == str(self.people.alice.pk)
        assert "organization" not in self.client.session
