from __future__ import annotations

from decimal import Decimal

from django.test import TestCase

from images_app.models import File, Generation
from images_app.providers.base import GeneratedImage, ImageResult
from images_app.services import outcome
from playground.lib.clock import now
from playground.lib.errors import ErrorKind, ProviderError
from playground.organizations.models import UsageEntry
from tests.images_app.making import add_connection, make_generation, picture
from tests.people import make_people

Status = Generation.Status


class OutcomeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = make_people()
        add_connection(cls.people.organization, is_default_image=True)
        add_connection(cls.people.organization, "paid", "openai")

    def make(self, status="sending", **fields):
        organization = self.people.organization
        return make_generation(
            organization, status=status, user=self.people.bob, **fields
        )

    def fail(self, kind, **fields):
        generation = self.make()
        error = ProviderError(kind, "It failed.", **fields)
        outcome.failed(generation.public_id, error)
        generation.refresh_from_db()
        return generation

    def test_the_log_of_a_failure_names_connection_and_kind_and_no_words(self):
        with self.assertLogs("images_app.services.outcome", "WARNING") as logged:
            made = self.fail(ErrorKind.RATE, status=429, admin_text="429: slow down")
        said = f"connection “{made.connection_name}”, rate, HTTP 429"
        expected = f"Generation {made.public_id} failed: {said}"
        assert [record.getMessage() for record in logged.records] == [expected]

    def test_pictures_are_stored_with_the_measure_of_their_bytes(self):
        generation = self.make()
        image = GeneratedImage(picture(9, 5), revised_prompt="Nine by five", seed=3)
        outcome.completed(generation.public_id, ImageResult((image,)))
        stored = generation.pictures.get()
        assert (stored.file.width, stored.file.height) == (9, 5)
        assert stored.revised_prompt == "Nine by five"
        assert stored.file.created_by == self.people.bob

    def test_a_cost_that_nobody_told_stays_unknown_in_the_ledger(self):
        generation = self.make(connection=None)
        result = ImageResult((GeneratedImage(picture()),))
        outcome.completed(generation.public_id, result)
        entry = UsageEntry.objects.get(reference=generation.public_id)
        assert entry.cost is None
        assert entry.cost_origin == "unknown"

    def test_a_reported_cost_of_zero_is_kept_as_zero(self):
        generation = self.make()
        result = ImageResult((GeneratedImage(picture()),), cost=Decimal(0))
        outcome.completed(generation.public_id, result)
        generation.refresh_from_db()
        assert (generation.cost, generation.cost_origin) == (Decimal(0), "reported")

    def test_an_answer_that_is_no_picture_fails_and_is_counted(self):
        generation = self.make()
        result = ImageResult((GeneratedImage(b"<html>502</html>"),))
        outcome.completed(generation.public_id, result)
        generation.refresh_from_db()
        assert generation.status != Status.COMPLETED
        assert "not a picture" in generation.error_text
        assert generation.may_have_cost
        assert not File.objects.filter(purpose=File.Purpose.GENERATED).exists()
        assert UsageEntry.objects.filter(reference=generation.public_id).count() == 1

    def test_a_refusal_for_its_content_is_moderated(self):
        assert self.fail(ErrorKind.MODERATED, status=400).status == Status.MODERATED

    def test_a_broken_line_after_the_body_was_sent_is_unknown(self):
        lost = self.fail(ErrorKind.UPSTREAM, may_have_cost=True)
        assert lost.status == Status.UNKNOWN

    def test_an_answer_that_names_the_failure_is_failed_not_unknown(self):
        failed = self.fail(ErrorKind.UPSTREAM, may_have_cost=True, status=500)
        assert failed.status == Status.FAILED

    def test_a_failure_before_sending_is_not_counted(self):
        failed = self.fail(ErrorKind.CONFIGURATION)
        assert not UsageEntry.objects.filter(reference=failed.public_id).exists()

    def test_the_first_ending_stays(self):
        generation = self.make(status="cancelled")
        outcome.completed(
            generation.public_id, ImageResult((GeneratedImage(picture()),))
        )
        generation.refresh_from_db()
        assert generation.status == Status.CANCELLED
        assert not generation.pictures.exists()

    def test_a_page_that_is_about_to_load_a_preview_still_finds_it(self):
        generation = self.make()
        first = outcome.keep_preview(generation.public_id, 0, picture())
        second = outcome.keep_preview(generation.public_id, 1, picture())
        outcome.cancelled(generation.public_id)
        generation.refresh_from_db()
        assert generation.partial is None
        assert File.objects.filter(public_id__in=[first, second]).count() == 2

    def test_old_previews_are_swept_away_with_their_bytes(self):
        generation = self.make()
        name = outcome.keep_preview(generation.public_id, 0, picture())
        file = File.objects.get(public_id=name)
        File.objects.update(created_at=now() - 2 * outcome.PREVIEW_LIFETIME)
        with self.captureOnCommitCallbacks(execute=True):
            outcome.sweep_files()
        assert not File.objects.filter(public_id=name).exists()
        assert not file.content.storage.exists(file.content.name)

    def test_a_preview_that_is_no_picture_is_passed_over(self):
        generation = self.make()
        assert outcome.keep_preview(generation.public_id, 0, b"nonsense") == ""

    def test_recovery_calls_a_paid_call_unknown_and_a_free_one_cancelled(self):
        paid = self.make(model="paid/gpt-image-2")
        free, queued = self.make(), self.make(status="queued")
        assert outcome.recover() == 3
        found = [Generation.objects.get(pk=row.pk) for row in (paid, free, queued)]
        assert [row.status for row in found] == ["unknown", "cancelled", "cancelled"]
        assert [row.may_have_cost for row in found] == [True, False, False]
