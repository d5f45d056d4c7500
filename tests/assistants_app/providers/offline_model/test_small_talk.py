from __future__ import annotations

import pytest

from assistants_app.providers.offline_model.small_talk import (
    answer_anything,
    answer_question,
    answer_small_talk,
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("How do I add my OpenAI key?", "Connections"),
        ("where do I put an API key", "Connections"),
        ("what does auto mean", "recommended"),
        ("what is the difference between mode auto and on?", "Off"),
        ("How much does it cost?", "nothing"),
        ("what is the base url of the API?", "comes next"),
        ("which keyboard shortcuts are there", "Enter"),
        ("what is requires_action", "waits for your output"),
        ("But how do I continue the run ?", "one output for every call"),
        ("But what will be the output sent ? Just the url ?", "output"),
        ("why can't you generate images?", "image_generation"),
        (
            "how can I test image generation with the generations endpoint",
            "image_generation",
        ),
        ("Are you ChatGPT?", "no language model"),
        ("What is Easel?", "assistants that draw"),
        ("what can you do?", "Draw"),
        ("how do I write a good prompt?", "Composition"),
        ("what styles do you know", "watercolour"),
        ("which sizes can I get?", "1024"),
        ("can I attach a picture?", "PNG"),
        ("where are my pictures stored?", "server"),
        ("What is the revised_prompt?", "revised"),
        ("how do I draw a cat", "Draw"),
        ("which providers are there?", "clipdrop"),
        ("how do I invite a colleague?", "create_user"),
    ],
)
def test_a_question_about_easel_has_its_fact(text, word):
    answer = answer_question(text)
    assert answer is not None
    assert word in answer


@pytest.mark.parametrize(
    "text",
    [
        "Hello",
        "hi there!",
        "thanks!",
        "I love it",
        "bye",
        "how are you?",
        "stop",
        "draw",
    ],
)
def test_small_talk_is_answered_shortly(text):
    answer = answer_small_talk(text)
    assert answer is not None
    assert len(answer) < 200


@pytest.mark.parametrize(
    "text", ["What is the capital of France?", "translate this", "2 + 2"]
)
def test_other_questions_are_no_small_talk(text):
    assert answer_small_talk(text) is None
    assert answer_question(text) is None


def test_what_is_not_known_is_said_honestly_with_examples():
    answer = answer_anything("What is the capital of France?", draws=True)
    assert "no language model" in answer
    assert "France" in answer
    assert answer.count("\n- ") == 3


def test_the_second_time_is_shorter():
    answer = answer_anything("Write a poem about a fox", draws=True, again=True)
    assert len(answer) < 200
    assert "a fox" in answer
