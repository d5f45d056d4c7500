from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from PIL import Image

from images_app.management.commands.contact_sheet import PROMPTS
from playground.lib.picture_prompt import read_prompt
from playground.lib.picture_words import STYLES


def test_the_sheet_is_written_and_its_path_printed(tmp_path, capsys):
    file = tmp_path / "sheet.png"
    call_command("contact_sheet", str(file), "--cell", "32")
    assert capsys.readouterr().out.strip() == str(file)
    with Image.open(file) as sheet:
        assert sheet.width == 7 * 40


def test_a_folder_that_does_not_exist_is_told(tmp_path):
    with pytest.raises(CommandError, match="does not exist"):
        call_command(
            "contact_sheet", str(tmp_path / "no" / "sheet.png"), "--cell", "32"
        )


def test_the_sheet_shows_every_style_and_many_shapes():
    styles = {style for prompt, _ in PROMPTS for style in read_prompt(prompt).styles}
    assert styles == set(STYLES)
    assert len(PROMPTS) >= 36
    assert len({ratio for _, ratio in PROMPTS}) >= 5
