from playground.lib import data_dir


def mode(path):
    return path.stat().st_mode & 0o777


def test_the_folder_is_private_even_if_it_was_not(tmp_path):
    folder = tmp_path / "a" / "b"
    assert mode(data_dir.prepare(folder)) == 0o700
    data_dir.secret_key(folder)
    folder.chmod(0o755)
    assert mode(data_dir.prepare(folder)) == 0o700


def test_a_folder_that_holds_other_things_keeps_its_mode(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "thesis.txt").write_text("mine")
    assert mode(data_dir.prepare(tmp_path)) == 0o755


def test_keys_are_made_once_and_only_for_their_owner(tmp_path):
    first = data_dir.secret_key(tmp_path), data_dir.field_keys(tmp_path)
    assert (data_dir.secret_key(tmp_path), data_dir.field_keys(tmp_path)) == first
    assert mode(tmp_path / "secret_key") == mode(tmp_path / "field_keys") == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "field_keys",
        "secret_key",
    ]


def test_a_new_field_key_stands_before_the_old_one(tmp_path):
    [old] = data_dir.field_keys(tmp_path)
    data_dir.add_field_key(tmp_path)
    new, kept = data_dir.field_keys(tmp_path)
    assert kept == old
    assert new != old
    assert mode(tmp_path / "field_keys") == 0o600
