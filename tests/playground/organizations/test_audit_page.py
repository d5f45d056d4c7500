from django.test import TestCase

from playground.organizations.services import audit
from tests.people import client_of, make_people

AUDIT = "/settings/audit/"


class AuditPageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()

    def setUp(self):
        self.client = client_of(self.people.alice)

    def record(self, action="connection.changed", subject="ours", user=None, **detail):
        organization = self.people.organization
        return audit.record(organization, user, action, subject, detail)

    def subjects(self, query=""):
        lines = self.client.get(AUDIT + query).context["lines"]
        return [line.entry.subject for line in lines]

    def test_a_change_says_who_did_what_from_what_to_what(self):
        changes = {"base_url": {"from": "http://a", "to": "http://b"}}
        self.record(user=self.people.alice, changes=changes)
        response = self.client.get(AUDIT)
        (line,) = response.context["lines"]
        assert (line.who, line.did) == ("Alice", "changed the connection")
        (change,) = line.changes
        assert (change.field, change.before, change.after) == (
            "base URL",
            "http://a",
            "http://b",
        )
        self.assertContains(response, "http://b")

    def test_an_action_without_words_of_its_own_is_still_shown(self):
        self.record("brand_new.thing", "it", amount=5)
        self.assertContains(self.client.get(AUDIT), "brand new thing:")

    def test_an_entry_of_any_shape_is_shown(self):
        for changes in (
            None,
            "text",
            ["a"],
            {"field": "value"},
            {"field": {"from": 1}},
        ):
            self.record(changes=changes, other={"deep": [1]}, long="x" * 1000)
        assert self.client.get(AUDIT).status_code == 200

    def test_the_log_can_be_filtered_by_member_and_change(self):
        self.record(subject="alices", user=self.people.alice)
        self.record("default.changed", "chat", user=self.people.alice)
        self.record(subject="bobs", user=self.people.bob)
        self.record(subject="nobodys")
        alice = self.people.alice.pk
        assert self.subjects(f"?member={alice}") == ["chat", "alices"]
        assert self.subjects("?member=none") == ["nobodys"]
        query = f"?member={alice}&action=connection.changed"
        assert self.subjects(query) == ["alices"]

    def test_pages_follow_each_other_without_gap_or_repeat(self):
        for number in range(120):
            self.record(subject=str(number))
        seen, query = [], ""
        while True:
            response = self.client.get(AUDIT + query)
            seen += [line.entry.subject for line in response.context["lines"]]
            query = response.context["older"]
            if not query:
                break
            self.record(subject="while reading")
        assert seen == [str(number) for number in reversed(range(120))]

    def test_the_filter_goes_along_to_the_next_page(self):
        for _ in range(51):
            self.record(user=self.people.bob)
        response = self.client.get(f"{AUDIT}?member={self.people.bob.pk}")
        assert f"member={self.people.bob.pk}" in response.context["older"]

    def test_a_filter_that_is_none_is_refused(self):
        for query in ("?member=999999", "?action=no", "?before=x", "?before=-1"):
            with self.subTest(query=query):
                assert self.client.get(AUDIT + query).status_code == 422

    def test_an_empty_log_says_so(self):
        self.assertContains(self.client.get(AUDIT), "Nothing was changed yet.")

    def test_a_page_of_many_asks_the_database_a_fixed_number_of_times(self):
        for number in range(60):
            self.record(subject=str(number), user=self.people.alice)
        with self.assertNumQueries(8):
            self.client.get(AUDIT)

    def test_only_admins_of_the_organization_read_it(self):
        self.record(subject="secret-plan", user=self.people.alice)
        assert client_of(self.people.bob).get(AUDIT).status_code == 403
        mallory = client_of(self.people.mallory)
        self.assertNotContains(mallory.get(AUDIT), "secret-plan")
        query = f"?member={self.people.alice.pk}"
        assert mallory.get(AUDIT + query).status_code == 422
