from django.core.cache import cache
from django.test import Client, TestCase

from playground.shell import attempts
from tests.people import client_of, make_people

PASSWORD = "correct horse battery"


class SignInTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        cls.people.alice.set_password(PASSWORD)
        cls.people.alice.save()

    def setUp(self):
        cache.clear()

    def try_password(self, password, email="Alice@Example.com", **more):
        data = {"email": email, "password": password, **more}
        return self.client.post("/sign-in/", data)

    def test_the_right_password_leads_to_the_page_that_was_asked_for(self):
        response = self.try_password(PASSWORD, next="/settings/members/")
        self.assertRedirects(response, "/settings/members/")

    def test_another_server_is_no_page_to_go_on_to(self):
        response = self.try_password(PASSWORD, next="https://evil.example/")
        self.assertRedirects(response, "/", fetch_redirect_response=False)

    def test_a_wrong_password_keeps_the_email_and_never_the_password(self):
        response = self.try_password("wrong word")
        self.assertContains(response, "do not belong together", status_code=422)
        self.assertContains(response, "Alice@Example.com", status_code=422)
        self.assertNotContains(response, "wrong word", status_code=422)

    def test_an_unknown_person_gets_the_same_answer(self):
        known = self.try_password("wrong").context["form"].non_field_errors()
        unknown = self.try_password("wrong", "nobody@example.com")
        assert unknown.context["form"].non_field_errors() == known

    def test_after_ten_failures_even_the_right_password_waits(self):
        for _ in range(attempts.LIMIT):
            attempts.take("alice@example.com", "127.0.0.1")
        response = self.try_password(PASSWORD)
        self.assertContains(response, "Try again in 10 minutes.", status_code=422)
        assert "_auth_user_id" not in self.client.session

    def test_failures_of_others_do_not_lock_anybody_out(self):
        for _ in range(attempts.LIMIT):
            attempts.take("alice@example.com", "10.0.0.9")
            attempts.take("bob@example.com", "127.0.0.1")
        assert self.try_password(PASSWORD).status_code == 302

    def test_a_right_password_begins_the_count_again(self):
        for _ in range(attempts.LIMIT - 1):
            attempts.take("alice@example.com", "127.0.0.1")
        self.try_password(PASSWORD)
        self.client.logout()
        assert self.try_password("wrong").status_code == 422
        assert self.try_password(PASSWORD).status_code == 302

    def test_an_account_without_a_password_has_none_that_fits(self):
        for password in ("", "!", "None"):
            with self.subTest(password=password):
                assert self.try_password(password, "bob@example.com").status_code == 422

    def test_signing_out_is_a_form_and_ends_the_session(self):
        self.client.force_login(self.people.alice)
        assert self.client.get("/sign-out/").status_code == 405
        self.client.post("/sign-out/")
        assert "_auth_user_id" not in self.client.session

    def test_no_page_is_readable_without_signing_in(self):
        for path in (
            "/",
            "/welcome/",
            "/settings/connections/",
            "/password/",
            "/admin/",
        ):
            with self.subTest(path=path):
                response = self.client.get(path, follow=True)
                assert response.redirect_chain[-1][0].startswith("/sign-in/?next=")

    def test_the_database_admin_is_for_staff(self):
        response = client_of(self.people.alice).get("/admin/", follow=True)
        assert response.status_code == 403


class PasswordTests(TestCase):
    def setUp(self):
        self.people = make_people()
        self.client = client_of(self.people.alice)

    def send(self, new, again=None, **more):
        return self.client.post(
            "/password/", {"new": new, "again": again or new, **more}
        )

    def test_a_first_password_needs_no_present_one(self):
        assert self.send(PASSWORD).status_code == 302
        guest = Client()
        assert guest.login(username="alice@example.com", password=PASSWORD)

    def test_the_own_session_stays_and_others_end(self):
        elsewhere = client_of(self.people.alice)
        self.send(PASSWORD)
        assert self.client.get("/password/").status_code == 200
        assert elsewhere.get("/password/").status_code == 302

    def test_a_later_one_needs_the_present_one(self):
        self.send(PASSWORD)
        wrong = self.send("another good one", current="a guess")
        self.assertContains(wrong, "not your present password", status_code=422)
        assert self.send("another good one", current=PASSWORD).status_code == 302

    def test_weak_or_different_passwords_are_refused_beside_their_fields(self):
        weak = self.send("12345678").context["form"]
        assert "new" in weak.errors
        different = self.send(PASSWORD, "something else").context["form"]
        assert different.errors["again"] == ["The two new passwords differ."]
