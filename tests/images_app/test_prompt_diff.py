from __future__ import annotations

import pytest

from images_app.prompt_diff import is_same_prompt, prompt_diff


@pytest.mark.parametrize(
    ("before", "after", "html"),
    [
        ("A hill", "A green hill", "A <ins>green</ins> hill"),
        ("A green hill", "A hill", "A <del>green</del> hill"),
        ("A hill at dawn", "A sea at dawn", "A <del>hill</del> <ins>sea</ins> at dawn"),
        ("A hill.", "A hill, no text.", "A hill<ins>, no text</ins>."),
        ("", "A hill", "<ins>A hill</ins>"),
        ("A hill", "A hill", "A hill"),
        ("Ebbe und Flut", "Ebbe, Flut", "Ebbe <del>und</del><ins>,</ins> Flut"),
    ],
)
def test_words_that_came_and_went_are_marked_at_their_place(before, after, html):
    assert prompt_diff(before, after) == html


def test_what_a_prompt_holds_is_never_markup():
    shown = prompt_diff("<b>a</b>", '<script>alert("x")</script>')
    without = shown.replace("<ins>", "").replace("</ins>", "")
    without = without.replace("<del>", "").replace("</del>", "")
    assert "<" not in without
    assert "&lt;" in shown


def test_space_and_line_breaks_are_no_difference():
    assert is_same_prompt("A  hill\nat dawn", "A hill at dawn ")
    assert not is_same_prompt("A hill", "A hill.")
    assert "<ins>" not in prompt_diff("A  hill\nat dawn", "A hill at dawn")


def test_long_prompts_of_blanks_take_no_time():
    assert prompt_diff(" " * 32000, " " * 32000 + "x") == "<ins>x</ins>"


def test_two_texts_that_have_nothing_in_common_are_not_marked_word_by_word():
    html = prompt_diff("a quantum flux capacitor", "Meadow at noon <b>")
    assert html == "Meadow at noon &lt;b&gt;"
