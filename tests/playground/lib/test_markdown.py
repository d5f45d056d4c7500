from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.lib import markdown
from playground.lib.markdown import (
    MAX_CHARACTERS,
    MAX_HIGHLIGHTED,
    plain_words,
    to_html,
)

# Tags that this module may write; a tag that arrives in a text has to be escaped.
OPENED = re.compile(r"<([a-zA-Z0-9]+)")
ATTRIBUTE = re.compile(r"<[a-z0-9]+((?:\s+[a-z-]+=\"[^\"]*\")*)\s*>")


def attributes_of(html: str) -> set[str]:
    """The names of all attributes in the tags of this HTML."""
    tags = ATTRIBUTE.findall(html)
    return {name for tag in tags for name in re.findall(r"([a-z-]+)=\"", tag)}


def test_plain_text_becomes_a_paragraph() -> None:
    assert to_html("Two *words* & **more**.") == (
        "<p>Two <em>words</em> &amp; <strong>more</strong>.</p>\n"
    )


def test_lists_quotes_and_struck_text_are_formatted() -> None:
    html = to_html("3. three\n4. four\n\n> said\n\n~~gone~~")
    assert '<ol start="3">' in html
    assert "<blockquote>" in html
    assert "<s>gone</s>" in html


def test_a_link_to_the_web_opens_elsewhere_and_tells_nothing() -> None:
    html = to_html("[Lucide](https://lucide.dev)")
    assert 'href="https://lucide.dev"' in html
    assert 'target="_blank"' in html
    assert 'rel="noopener noreferrer nofollow"' in html


@pytest.mark.parametrize("scheme", ["http://a.example", "mailto:a@example.org"])
def test_other_safe_schemes_stay_links(scheme: str) -> None:
    assert f'href="{scheme}"' in to_html(f"[x]({scheme})")


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#115;cript:alert(1)",
        "&#x6A;avascript:alert(1)",
        "vbscript:msgbox(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "//evil.example",
        "/sign-out/",
        "#top",
    ],
)
@pytest.mark.parametrize("form", ["[x]({})", "![x]({})", "<{}>", "[x]\n\n[x]: {}"])
def test_any_other_target_is_no_link(form: str, target: str) -> None:
    assert "<a" not in to_html(form.format(target))


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)' onclick=alert(1)>x</a>",
        "<svg/onload=alert(1)>",
        "<iframe src=//evil.example></iframe>",
        '<style>@import "//evil.example"</style>',
        "<!-- --><script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</script>",
        "<details open ontoggle=alert(1)>",
        "- <script>\n  alert(1)\n  </script>",
        "|<img src=x onerror=alert(1)>|\n|-|\n|<script>1</script>|",
        "`<b onmouseover=alert(1)>`",
        "```html\n<script>alert(1)</script>\n```",
        "```\n</code></pre><script>alert(1)</script>\n```",
        '```"><script>alert(1)</script>\ncode\n```',
        "[<img src=x onerror=alert(1)>](https://a.example)",
        '[x](https://a.example "\\" onclick=\\"alert(1)")',
        "![<script>](https://a.example/x.png)",
        "[a](https://a.example'onmouseover='alert(1))",
    ],
)
def test_hostile_markup_stays_text(hostile: str) -> None:
    html = to_html(hostile)
    assert set(OPENED.findall(html)) <= markdown.TAGS
    assert attributes_of(html) <= {
        "class",
        "href",
        "rel",
        "tabindex",
        "target",
        "title",
    }


def test_a_remote_picture_becomes_a_link() -> None:
    html = to_html("![a *calm* bay](https://a.example/bay.png)")
    assert "<img" not in html
    assert ">a calm bay</a>" in html
    assert 'href="https://a.example/bay.png"' in html


def test_a_picture_without_words_is_named_by_its_address() -> None:
    assert ">https://a.example/x.png</a>" in to_html("![](https://a.example/x.png)")


def test_a_picture_inside_a_link_leaves_one_link() -> None:
    html = to_html("[![badge](https://a.example/b.svg)](https://b.example)")
    assert html.count("<a ") == 1
    assert 'href="https://b.example"' in html
    assert "badge" in html


def test_a_bare_address_is_not_linked() -> None:
    assert "<a" not in to_html("See https://a.example or www.b.example.")


def test_cell_alignment_is_a_class_and_no_style() -> None:
    html = to_html("|a|b|c|\n|-|-:|:-:|\n|1|2|3|")
    assert '<td class="right">2</td>' in html
    assert '<th class="center">c</th>' in html
    assert "<td>1</td>" in html
    assert "style" not in html


def test_code_is_coloured_by_classes() -> None:
    html = to_html("```python\ndef draw(): ...\n```")
    assert '<code class="language-python">' in html
    assert '<span class="k">def</span>' in html
    assert "style" not in html


def test_code_in_an_unknown_language_stays_plain() -> None:
    html = to_html("```klingon\nif a < b\n```")
    assert '<code class="language-klingon">if a &lt; b\n</code>' in html


def test_code_keeps_its_first_blank_lines() -> None:
    assert "\n\nx" in to_html("```\n\n\nx\n```")


def test_much_code_is_shown_without_colours() -> None:
    code = "x = 1\n" * (MAX_HIGHLIGHTED // 6 + 1)
    html = to_html(f"```python\n{code}```\n\n```python\ny = 2\n```")
    assert "<span" not in html[: html.index("y")]
    assert "<span" in html[html.index("</pre>") :]


def test_an_unclosed_fence_is_code_to_the_end() -> None:
    html = to_html("```json\n{ <b>")
    assert html.rstrip().endswith("</code></pre>")
    assert "<b>" not in html


def test_what_scrolls_can_be_reached_by_the_keyboard() -> None:
    html = to_html("```\nx\n```\n\n|a|\n|-|\n|1|")
    assert html.count('tabindex="0"') == 2


def test_very_long_text_is_shown_as_it_is() -> None:
    html = to_html("<b>" + "*a*" * MAX_CHARACTERS)
    assert html.startswith('<pre tabindex="0">&lt;b&gt;*a*')
    assert "<em>" not in html


def test_a_huge_table_is_cut_or_shown_but_stays_safe() -> None:
    html = to_html("|" + "a|" * 1000 + "\n|" + "-|" * 1000 + "\n" + "|<i>|\n" * 1000)
    assert "<i>" not in html


def test_deep_nesting_does_not_raise() -> None:
    assert to_html(">" * 5000 + " x") != ""
    assert to_html("[" * 5000 + "]" * 5000) != ""


def test_a_renderer_that_fails_leaves_readable_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_html: str) -> str:
        raise RecursionError

    monkeypatch.setattr(markdown, "_clean", fail)
    assert to_html("a < b") == '<pre tabindex="0">a &lt; b</pre>'


@settings(deadline=None)
@given(st.text(alphabet="<>\"'`*_[]()!|:-~#&;/\\ \n\tajscript:onx=", max_size=200))
def test_no_text_makes_a_tag_that_is_not_allowed(text: str) -> None:
    html = to_html(text)
    assert set(OPENED.findall(html)) <= markdown.TAGS
    assert not re.search(r"<[^>]*\son[a-z]+=", re.sub(r'"[^"]*"', '""', html))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Draw **a** _bright_ `sun`", "Draw a bright sun"),
        ("# One\n\n- two\n- [three](https://x.org)", "One two three"),
        ("one  \ntwo\nthree", "one two three"),
        ("```py\nprint(1)\n```", "print(1)"),
        ("2 * 3 * 4 < 25, <b>", "2 * 3 * 4 < 25, <b>"),
        ("![a fox](https://x.org/a.png)", "a fox"),
        ("---", ""),
    ],
)
def test_words_alone_have_no_marks(text: str, words: str) -> None:
    assert plain_words(text) == words
