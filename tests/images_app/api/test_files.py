"""Files as a program keeps them here, and addresses that open without a key."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings

from images_app.models import File
from images_app.services.files import (
    read_bytes,
    store_file,
    store_picture,
    sweep_expired,
)
from images_app.services.signed_urls import sign
from playground.lib.clock import now
from playground.organizations.services.organizations import create_api_key
from tests.images_app.making import (
    add_connection,
    add_picture,
    make_file,
    make_generation,
    picture,
)
from tests.people import client_of, make_member, make_people

FILES = "/v1/files"


class FilesTests(TestCase):
    def setUp(self):
        self.people = make_people()
        self.organization = self.people.organization
        self.headers = self.key_headers("read", "images")

    def key_headers(self, *scopes):
        _, key = create_api_key(
            organization=self.organization, name="app", scopes=scopes
        )
        return {"Authorization": f"Bearer {key}"}

    def upload(self, name="notes.jsonl", data=b'{"a": 1}\n', **fields):
        form = {"file": SimpleUploadedFile(name, data), **fields}
        return self.client.post(FILES, form, headers=self.headers)

    def get(self, path="", **query):
        return self.client.get(f"{FILES}{path}", query, headers=self.headers)

    def refused(self, response, status, param, code=None):
        error = response.json()["error"]
        assert (response.status_code, error["param"]) == (status, param), error
        assert code in (None, error["code"]), error
        return error["message"]


class UploadTests(FilesTests):
    def test_it_is_kept_byte_for_byte(self):
        for name, data in (("notes.txt", b"\x00\xff\r\n"), ("sea.png", picture())):
            with self.subTest(name=name):
                made = self.upload(name, data, purpose="user_data").json()
                assert made["object"] == "file"
                assert (made["filename"], made["bytes"]) == (name, len(data))
                assert "expires_at" not in made
                assert self.get(f"/{made['id']}").json() == made
                content = self.get(f"/{made['id']}/content")
                assert content.content == data
                disposition = content["Content-Disposition"]
                assert disposition == f'attachment; filename="{name}"'

    def test_only_what_can_be_read_as_a_picture_is_called_one(self):
        page = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
        for name, data, mime in (
            ("sea.txt", picture(), "image/png"),
            ("sea.svg", page, "application/octet-stream"),
            ("sea.png", b"none", "application/octet-stream"),
            ("sea.html", page, "text/html"),
        ):
            with self.subTest(name=name):
                made = self.upload(name, data, purpose="user_data").json()
                content = self.get(f"/{made['id']}/content")
                assert content["Content-Type"] == mime
                assert content["X-Content-Type-Options"] == "nosniff"
                assert "sandbox" in content["Content-Security-Policy"]

    def test_what_cannot_be_kept_is_refused_by_name(self):
        cases = [
            ({}, "purpose", "missing_required_parameter"),
            ({"purpose": "fun"}, "purpose", "invalid_value"),
            ({"purpose": "assistants_output"}, "purpose", "invalid_value"),
            ({"purpose": "vision"}, "file", "invalid_image_file"),
            ({"purpose": "user_data", "data": b""}, "file", "invalid_value"),
            ({"purpose": "user_data", "foo": "1"}, "foo", "unknown_parameter"),
            (
                {"purpose": "user_data", "expires_after[anchor]": "created_at"},
                "expires_after.seconds",
                "missing_required_parameter",
            ),
            (
                {
                    "purpose": "user_data",
                    "expires_after[anchor]": "now",
                    "expires_after[seconds]": "3600",
                },
                "expires_after.anchor",
                "invalid_value",
            ),
            (
                {"purpose": "user_data", "expires_after": "soon"},
                "expires_after",
                "invalid_type",
            ),
        ]
        for fields, param, code in cases:
            with self.subTest(fields=fields):
                self.refused(self.upload(**fields), 400, param, code)
        assert not File.objects.exists()

    def test_a_form_without_a_file_names_it(self):
        response = self.client.post(
            FILES, {"purpose": "user_data", "file": "text"}, headers=self.headers
        )
        self.refused(response, 400, "file", "invalid_type")
        response = self.client.post(
            FILES, {"purpose": "user_data"}, headers=self.headers
        )
        self.refused(response, 400, "file", "missing_required_parameter")

    def test_json_is_told_what_is_taken_instead(self):
        response = self.client.post(
            FILES, {}, content_type="application/json", headers=self.headers
        )
        self.refused(response, 400, None, "invalid_content_type")

    @override_settings(UPLOAD_MAX_BODY_BYTES=1024 * 1024)
    def test_a_body_above_the_limit_is_413_with_the_limit(self):
        response = self.upload(data=b"x" * 1024 * 1024, purpose="user_data")
        assert "1 MiB" in self.refused(response, 413, None, "request_too_large")

    def test_an_expiry_is_counted_from_now(self):
        before = int(now().timestamp())
        for fields in (
            {"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"},
            {"expires_after": '{"anchor": "created_at", "seconds": 3600}'},
        ):
            with self.subTest(fields=fields):
                made = self.upload(purpose="user_data", **fields).json()
                assert before + 3600 <= made["expires_at"] <= before + 3700

    def test_a_batch_expires_by_itself(self):
        made = self.upload(purpose="batch").json()
        assert made["expires_at"] > now().timestamp() + 29 * 86400

    def test_only_a_key_makes_a_repeated_upload_the_same_file(self):
        self.headers["Idempotency-Key"] = "k"
        first = self.upload(purpose="user_data").json()
        assert self.upload(purpose="user_data").json() == first
        renamed = self.upload("other.jsonl", purpose="user_data")
        self.refused(renamed, 409, "Idempotency-Key", "idempotency_key_reused")
        del self.headers["Idempotency-Key"]
        self.headers["X-Stainless-Retry-Count"] = "1"
        assert self.upload(purpose="user_data").json()["id"] != first["id"]

    def test_a_client_that_repeats_its_own_deletion_is_told_the_same(self):
        path = f"{FILES}/{make_file(self.organization).public_id}"
        first = self.client.delete(path, headers=self.headers)
        assert first.status_code == 200
        again = {**self.headers, "X-Stainless-Retry-Count": "1"}
        assert self.client.delete(path, headers=again).json() == first.json()
        assert self.client.delete(path, headers=self.headers).status_code == 404
        unknown = self.client.delete(f"{FILES}/file-none", headers=again)
        assert unknown.status_code == 404

    def test_a_key_that_only_reads_keeps_and_deletes_nothing(self):
        file = make_file(self.organization)
        self.headers = self.key_headers("read")
        self.refused(self.upload(purpose="user_data"), 403, None, "missing_scope")
        response = self.client.delete(f"{FILES}/{file.public_id}", headers=self.headers)
        self.refused(response, 403, None, "missing_scope")
        assert File.objects.count() == 1


class ListTests(FilesTests):
    def test_it_is_a_cursor_list_of_one_organization(self):
        names = [f"{n}.png" for n in range(3)]
        files = [make_file(self.organization, name) for name in names]
        make_file(self.people.other_organization)
        page = self.get(limit=2).json()
        assert [f["filename"] for f in page["data"]] == ["2.png", "1.png"]
        assert page["has_more"] is True
        rest = self.get(limit=2, after=page["last_id"]).json()
        assert [f["id"] for f in rest["data"]] == [files[0].public_id]
        assert rest["has_more"] is False
        oldest = self.get(order="asc", limit=1).json()
        assert oldest["first_id"] == files[0].public_id

    def test_a_purpose_is_a_filter(self):
        make_file(self.organization)
        made = self.upload(purpose="user_data").json()
        found = self.get(purpose="user_data").json()["data"]
        assert [f["id"] for f in found] == [made["id"]]

    def test_what_is_no_query_is_refused_by_name(self):
        for query, code in (
            ({"limit": "0"}, "integer_below_min_value"),
            ({"limit": "10001"}, "integer_above_max_value"),
            ({"limit": "many"}, "invalid_type"),
            ({"order": "up"}, "invalid_value"),
            ({"after": "file-none"}, "invalid_value"),
            ({"purpose": "partial"}, "invalid_value"),
            ({"colour": "red"}, "unknown_parameter"),
        ):
            with self.subTest(query=query):
                (param,) = query
                self.refused(self.get(**query), 400, param, code)

    def test_previews_are_nobodys_files(self):
        preview = store_picture(
            organization=self.organization,
            data=picture(),
            name="preview",
            purpose=File.Purpose.PARTIAL,
        )
        assert self.get().json()["data"] == []
        for path in ("", "/content"):
            response = self.get(f"/{preview.public_id}{path}")
            assert preview.public_id in self.refused(response, 404, None)


class ContentTests(FilesTests):
    def test_bytes_that_a_client_has_are_not_sent_again(self):
        file = make_file(self.organization)
        path = f"{FILES}/{file.public_id}/content"
        whole = self.client.get(path, headers=self.headers)
        assert whole.content == read_bytes(file)
        known = {**self.headers, "If-None-Match": whole["ETag"]}
        again = self.client.get(path, headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == whole["ETag"]
        other = {**self.headers, "If-None-Match": '"other"'}
        assert self.client.get(path, headers=other).status_code == 200

    def test_head_tells_type_and_length_without_the_bytes(self):
        file = make_file(self.organization)
        path = f"{FILES}/{file.public_id}/content"
        response = self.client.head(path, headers=self.headers)
        assert (response.status_code, response.content) == (200, b"")
        assert response["Content-Type"] == "image/png"
        assert response["Content-Length"] == str(file.size)

    def test_a_signed_address_is_as_sparing(self):
        file = make_file(self.organization)
        url = sign("", file.public_id)
        tag = self.client.get(url)["ETag"]
        again = self.client.get(url, headers={"If-None-Match": tag})
        assert again.status_code == 304
        assert again["Cross-Origin-Resource-Policy"] == "cross-origin"

    def test_a_picture_above_the_limit_is_413(self):
        with self.settings(UPLOAD_MAX_PICTURE_BYTES=1024 * 1024):
            data = b"x" * (1024 * 1024 + 1)
            response = self.upload("large.png", data, purpose="vision")
        assert "1 MiB" in self.refused(response, 413, "file", "image_too_large")


class GoneTests(FilesTests):
    def delete(self, file, client=None):
        headers = {} if client else self.headers
        return (client or self.client).delete(
            f"{FILES}/{file.public_id}", headers=headers
        )

    def test_a_deleted_file_is_gone_with_its_bytes(self):
        file = make_file(self.organization)
        storage, place = file.content.storage, file.content.name
        with self.captureOnCommitCallbacks(execute=True):
            response = self.delete(file)
        assert response.json() == {
            "id": file.public_id,
            "object": "file",
            "deleted": True,
        }
        assert not storage.exists(place)
        self.refused(self.get(f"/{file.public_id}"), 404, None)
        self.refused(self.delete(file), 404, None)

    def test_another_organizations_file_is_not_there(self):
        theirs = make_file(self.people.other_organization)
        for response in (
            self.get(f"/{theirs.public_id}"),
            self.get(f"/{theirs.public_id}/content"),
            self.delete(theirs),
        ):
            message = self.refused(response, 404, None)
            assert message == f"No file found with id '{theirs.public_id}'."
        assert File.objects.filter(pk=theirs.pk).exists()

    def test_a_made_picture_leaves_a_card_that_still_opens(self):
        add_connection(self.organization, is_default_image=True)
        generation = make_generation(self.organization, user=self.people.bob)
        made = add_picture(generation)
        self.delete(made.file)
        bob = client_of(self.people.bob)
        for path in (f"/images/{generation.public_id}/", "/images/"):
            with self.subTest(path=path):
                assert bob.get(path).status_code == 200

    def test_a_picture_that_an_edit_started_from_can_go(self):
        add_connection(self.organization, is_default_image=True)
        generation = make_generation(self.organization, user=self.people.bob)
        source = make_file(self.organization)
        generation.sources.set([source])
        add_picture(generation)
        self.delete(source)
        page = client_of(self.people.bob).get(f"/images/{generation.public_id}/")
        assert page.status_code == 200

    def test_a_member_deletes_what_is_his_and_an_admin_everything(self):
        file = make_file(self.organization)
        token = {"HTTP_X_CSRFTOKEN": "x"}
        bob, alice = client_of(self.people.bob), client_of(self.people.alice)
        bob.defaults |= token
        self.refused(self.delete(file, bob), 403, None)
        File.objects.filter(pk=file.pk).update(created_by=self.people.bob)
        assert self.delete(file, bob).status_code == 200
        other = make_file(self.organization)
        assert self.delete(other, alice).status_code == 200

    def test_a_viewer_reads_and_deletes_nothing(self):
        file = make_file(self.organization)
        viewer = make_member(self.organization, "vera@example.com", "viewer")
        vera = client_of(viewer)
        assert vera.get(f"{FILES}/{file.public_id}").status_code == 200
        self.refused(self.delete(file, vera), 403, None)

    def test_an_expired_file_is_gone_before_it_is_swept(self):
        file = make_file(self.organization)
        File.objects.filter(pk=file.pk).update(expires_at=now() - timedelta(seconds=1))
        self.refused(self.get(f"/{file.public_id}"), 404, None)
        assert self.get().json()["data"] == []
        signed = self.client.get(sign("", file.public_id))
        self.refused(signed, 404, None)
        sweep_expired()
        assert not File.objects.exists()


class SignedTests(FilesTests):
    def setUp(self):
        super().setUp()
        self.file = make_file(self.organization)
        self.url = sign("", self.file.public_id)

    def test_it_opens_without_a_key_and_can_be_shown_elsewhere(self):
        response = self.client.get(self.url)
        assert response.content == read_bytes(self.file)
        assert response["Content-Type"] == "image/png"
        assert response["Content-Disposition"].startswith("inline")
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert self.client.head(self.url).status_code == 200

    def test_what_a_browser_or_cache_adds_to_it_changes_nothing(self):
        response = self.client.get(f"{self.url}?t=1&width=40")
        assert response.content == read_bytes(self.file)

    def test_it_dies_after_an_hour(self):
        later = signing.time.time() + 3600 + 1
        with patch("django.core.signing.time.time", return_value=later):
            response = self.client.get(self.url)
        self.refused(response, 403, None, "signed_url_expired")

    def test_it_opens_nothing_else(self):
        other = make_file(self.organization)
        moved = self.url.replace(self.file.public_id, other.public_id)
        for url in (moved, self.url[:-1], f"{self.url[:-2]}xy"):
            with self.subTest(url=url):
                response = self.client.get(url)
                self.refused(response, 403, None, "signed_url_invalid")

    def test_what_is_no_picture_is_only_saved(self):
        page = store_file(
            organization=self.organization,
            data=b"<script>alert(1)</script>",
            name="page.html",
            purpose=File.Purpose.USER_DATA,
            measured=None,
        )
        response = self.client.get(sign("", page.public_id))
        assert response["Content-Disposition"].startswith("attachment")
        shown = client_of(self.people.bob).get(f"/images/files/{page.public_id}/")
        assert shown["Content-Disposition"].startswith("attachment")

    def test_a_deleted_file_is_404(self):
        self.file.delete()
        self.refused(self.client.get(self.url), 404, None)
