import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.db import connection as database
from django.test import TestCase, override_settings

from playground.lib import data_dir
from playground.lib.secrets import UnreadableSecretError
from playground.organizations.models import Connection
from tests.people import make_people

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@override_settings(FIELD_KEYS=[OLD])
class EncryptedFieldTests(TestCase):
    def setUp(self):
        self.row = Connection(
            organization=make_people().organization, name="a", kind="openai"
        )
        self.row.set_api_key("sk-a-very-secret-key")
        self.row.save()

    def stored(self):
        with database.cursor() as cursor:
            cursor.execute("SELECT api_key FROM organizations_connection")
            return cursor.fetchone()[0]

    def read(self):
        return Connection.objects.get(pk=self.row.pk).api_key

    def test_the_database_holds_no_readable_key(self):
        assert "secret" not in self.stored()
        assert self.read() == "sk-a-very-secret-key"

    def test_no_key_stays_empty(self):
        self.row.set_api_key("")
        self.row.save()
        assert self.stored() == ""
        assert self.read() == ""

    def test_an_old_key_still_reads_and_the_new_one_writes(self):
        with override_settings(FIELD_KEYS=[NEW, OLD]):
            assert self.read() == "sk-a-very-secret-key"
            self.row.save()
        with override_settings(FIELD_KEYS=[NEW]):
            assert self.read() == "sk-a-very-secret-key"

    def test_a_lost_key_is_named_in_the_error(self):
        with (
            override_settings(FIELD_KEYS=[NEW]),
            pytest.raises(UnreadableSecretError, match="field_keys"),
        ):
            self.read()

    def test_a_key_can_not_be_searched_for(self):
        with pytest.raises(FieldError):
            Connection.objects.filter(api_key="sk-a-very-secret-key").exists()


def test_a_key_added_beside_a_running_server_is_found(tmp_path):
    from playground.lib.secrets import decrypt

    keys = data_dir.field_keys(tmp_path)
    data_dir.add_field_key(tmp_path)
    token = Fernet(data_dir.field_keys(tmp_path)[0]).encrypt(b"secret").decode()
    with override_settings(DATA_DIR=tmp_path, FIELD_KEYS=keys):
        assert decrypt(token) == "secret"
