"""What a model wrote in Markdown, as HTML that cannot do anything.

Raw HTML stays text, pictures become links (a remote one would tell its server who
reads), and nh3 removes whatever should not have come this far.
"""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from typing import Any

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

logger = logging.getLogger(__name__)

# Longer text is shown as it is: formatting it would keep a thread busy for seconds.
MAX_CHARACTERS = 100_000
# Code beyond this much in one text is shown without colours, for the same reason.
MAX_HIGHLIGHTED = 20_000

TAGS = frozenset(
    {"a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "span"}
    | {"strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}
    | {"h1", "h2", "h3", "h4", "h5", "h6"}
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "ol": {"start"},
    # What may scroll sideways has to be reached by the keyboard.
    "pre": {"tabindex"},
    "span": {"class"},
    "table": {"tabindex"},
    "td": {"class"},
    "th": {"class"},
}
SCHEMES = frozenset({"http", "https", "mailto"})
_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,30}")

_BREAKS = {"softbreak": " ", "hardbreak": " "}

Environment = MutableMapping[str, Any]


def to_html(text: str) -> SafeString:
    """The text as safe HTML with Pygments' short classes; it never raises."""
    if len(text) > MAX_CHARACTERS:
        return _plain(text)
    try:
        return mark_safe(_clean(_markdown().render(text)))
    except Exception:  # a text that a library trips over must still be readable
        logger.exception("Markdown could not be rendered")
        return _plain(text)


def plain_words(text: str) -> str:
    """The words of a short text on one line, without the marks of Markdown."""
    words: list[str] = []
    for token in _markdown().parse(text):
        if token.type in {"fence", "code_block"}:
            words.append(token.content)
        elif token.type == "inline":
            pieces = (
                child.content or _BREAKS.get(child.type, "")
                for child in token.children or ()
            )
            words.append("".join(pieces))
    return " ".join(" ".join(words).split())


def _plain(text: str) -> SafeString:
    return mark_safe(f'<pre tabindex="0">{escape(text)}</pre>')


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


class _Markdown(MarkdownIt):
    """CommonMark whose links lead to the web or a mailbox and nowhere else."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 (the library's name)
        scheme = _SCHEME.match(url)
        return scheme is not None and scheme[1].lower() in SCHEMES


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    markdown = _Markdown("commonmark", {"html": False, "linkify": False})
    markdown.enable(["table", "strikethrough"])
    markdown.add_render_rule("fence", _fence)
    markdown.add_render_rule("code_block", _fence)
    markdown.add_render_rule("image", _image)
    markdown.add_render_rule("table_open", _table)
    markdown.add_render_rule("th_open", _cell)
    markdown.add_render_rule("td_open", _cell)
    return markdown


def _fence(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    environment: Environment,
) -> str:
    token = tokens[index]
    language = _LANGUAGE.match(token.info.strip())
    if language is None:
        return f'<pre tabindex="0"><code>{escape(token.content)}</code></pre>\n'
    code = _highlighted(token.content, language[0], environment)
    return (
        f'<pre tabindex="0"><code class="language-{escape(language[0])}">{code}'
        "</code></pre>\n"
    )


def _highlighted(code: str, language: str, environment: Environment) -> str:
    """Code with colours, or plain where the language or the budget has none."""
    coloured = environment.get("highlighted", 0) + len(code)
    lexer = _lexer(language)
    if lexer is None or coloured > MAX_HIGHLIGHTED:
        return escape(code)
    environment["highlighted"] = coloured
    formatted: str = highlight(code, lexer, HtmlFormatter(nowrap=True))
    return formatted


def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None


def _image(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    environment: Environment,
) -> str:
    """A link to the picture; inside another link only its words."""
    token = tokens[index]
    label = renderer.renderInlineAsText(token.children or [], options, environment)
    source = str(token.attrGet("src") or "")
    opened = sum(t.nesting for t in tokens[:index] if t.type.startswith("link_"))
    if opened:
        return escape(label or source)
    return f'<a href="{escape(source)}">{escape(label or source)}</a>'


def _table(*_arguments: Any) -> str:
    return '<table tabindex="0">\n'


def _cell(
    _renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _environment: Environment,
) -> str:
    """A cell's alignment as a class: the content policy forbids inline style."""
    token = tokens[index]
    style = str(token.attrGet("style") or "")
    side = style.removeprefix("text-align:")
    if side not in {"right", "center"}:
        return f"<{token.tag}>"
    return f'<{token.tag} class="{side}">'
