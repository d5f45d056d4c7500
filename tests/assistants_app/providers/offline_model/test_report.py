from __future__ import annotations

import json

from assistants_app.providers.base import ToolCall
from assistants_app.providers.offline_model.conversation import Made
from assistants_app.providers.offline_model.picture_wish import Wish
from assistants_app.providers.offline_model.report import report_pictures
from images_app.painter import tell_not_drawn


def made(brief, prompt="", **result):
    arguments = {"prompt": prompt or f"{brief}."}
    call = ToolCall("call_1", "generate_image", json.dumps(arguments))
    told = {"status": "completed", "image_id": "file-1", "size": "1024x1024"} | result
    return Made(Wish(brief), call, arguments, told)


def undrawn(brief):
    return made(brief, revised_prompt=tell_not_drawn(brief, 1))


def test_what_the_painter_cannot_draw_is_said_with_three_things_that_it_can():
    said = report_pictures([undrawn("a quantum flux capacitor")])
    assert said.startswith(
        "I can’t draw a quantum flux capacitor; here is the sea instead"
    )
    assert "Here is" not in said
    assert "To your words" not in said
    offered = said.partition("I can draw, for example, ")[2]
    assert offered.count(",") + offered.count(" or ") == 2


def test_what_is_mine_is_yours_in_the_answer():
    said = report_pictures([undrawn("my essay about inflation")])
    assert said.startswith("I can’t draw your essay about inflation; here is")


def test_of_several_pictures_the_undrawn_one_is_told():
    said = report_pictures([made("a cat"), undrawn("a volcano")])
    assert "I can’t draw a volcano; here is a mountain range instead." in said
    assert "**a cat**" in said
    assert "**a volcano**" not in said


def test_another_provider_s_revision_is_told_as_one():
    said = report_pictures([made("a cat", revised_prompt="A tabby cat.")])
    assert "The provider rewrote the prompt" in said


def test_a_long_wish_is_cut_at_a_word_without_a_full_stop_behind():
    said = report_pictures([made("a very long harbour " * 20)])
    assert "…** It is 1024 × 1024." in said.partition("\n")[0]
    assert said.count("…") == 1


def test_no_background_is_claimed():
    said = report_pictures([made("curtains at a window")])
    assert "background" not in said
    assert "To your words" not in said


def test_a_long_text_that_is_not_drawn_is_quoted_and_cut_at_a_word():
    said = report_pictures([undrawn("Quarterly inflation " * 40)])
    assert said.startswith("I can’t draw “Quarterly inflation")
    assert " quarterly inflation…”; here is" in said.lower()
