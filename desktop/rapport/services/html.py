"""Notes made safe to show: what others wrote is either whitelisted HTML or plain text.

No image, style, script or remote load survives, and a link only to https, mailto or tel. The stored
text stays as the server has it; only what is shown passes through here.
"""

from __future__ import annotations

import html
import re

import nh3

_INLINE = {"a", "b", "code", "del", "em", "i", "s", "strong", "sub", "sup", "u"}
_BLOCKS = {"blockquote", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "p", "pre"}
_LISTS = {"li", "ol", "table", "tbody", "td", "th", "thead", "tr", "ul"}
ALLOWED_TAGS = frozenset(_INLINE | _BLOCKS | _LISTS)
ALLOWED_SCHEMES = frozenset({"https", "mailto", "tel"})

_DROPPED_WHOLE = {"iframe", "math", "noscript", "object", "script", "select", "style", "svg"}
_DROPPED_WHOLE |= {"template", "textarea", "title"}
_UNWRAPPED = {"audio", "base", "big", "body", "button", "center", "embed", "figure", "font"}
_UNWRAPPED |= {"footer", "form", "head", "header", "html", "img", "input", "label", "link"}
_UNWRAPPED |= {"meta", "picture", "section", "small", "source", "span", "strike", "video"}
_NAMES = "|".join(sorted(ALLOWED_TAGS | _DROPPED_WHOLE | _UNWRAPPED, key=len, reverse=True))
_LOOKS_LIKE_HTML = re.compile(rf"<(?:/?(?:{_NAMES})(?:[\s/>])|!--|!doctype)", re.IGNORECASE)
_OPENS = re.compile(r"<(?!(?:br|hr|img|p|li|td|th|tr|input|meta|link)\b)[a-z]", re.IGNORECASE)
_CLOSES = re.compile(r"</(?!(?:p|li|td|th|tr)\b)[a-z]", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"<(?:br|hr)\b[^>]*>|</(?:p|div|li|h[1-6]|tr|blockquote|pre|ul|ol|table)>")
_CELL = re.compile(r"</t[dh]>")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_LINK = re.compile(
    r"https://[^\s<>\"'“”]+|(?<![\w.@+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?!\w)"
)

MAX_NESTING = 200
"""Deeper nesting costs the parser quadratic time and means nothing to a reader."""


def is_html(body: str) -> bool:
    """Whether the body has tags that a browser would take for tags."""
    return _LOOKS_LIKE_HTML.search(body) is not None


def sanitised(body: str) -> str:
    """``body`` as HTML to show. Plain text becomes escaped paragraphs with links."""
    if not is_html(body):
        return _paragraphs(body)
    if _nesting(body) > MAX_NESTING:
        return _paragraphs(_without_tags(body))
    return _clean(body)


def plain_text(body: str) -> str:
    """``body`` as text, for snippets, copying and search."""
    if not is_html(body):
        return body.strip()
    if _nesting(body) > MAX_NESTING:
        return _without_tags(body)
    return _text_of(_clean(body))


def is_safe_link(url: str) -> bool:
    """Whether a clicked address may be handed to the operating system."""
    scheme, colon, rest = url.partition(":")
    if not colon or scheme.lower() not in ALLOWED_SCHEMES or any(ord(c) < 0x21 for c in url):
        return False
    return scheme.lower() != "https" or (rest.startswith("//") and len(rest) > 2)


_NOWHERE = re.compile(r"<a>(.*?)</a>", re.DOTALL)
"""A link that lost where it led: it must not look like one."""


def _clean(body: str) -> str:
    return _NOWHERE.sub(r"\1", _whitelisted(body))


def _whitelisted(body: str) -> str:
    return nh3.clean(
        body,
        tags=set(ALLOWED_TAGS),
        clean_content_tags=_DROPPED_WHOLE,
        attributes={"a": {"href"}},
        attribute_filter=lambda tag, name, value: value if is_safe_link(value) else None,
        url_schemes=set(ALLOWED_SCHEMES),
        url_relative="deny",
        link_rel=None,
        strip_comments=True,
    )


def _nesting(body: str) -> int:
    return len(_OPENS.findall(body)) - len(_CLOSES.findall(body))


def _without_tags(body: str) -> str:
    """Tags cut out without parsing, for text that no parser should see."""
    return _text_of(_TAG.sub(lambda tag: tag[0] if _BREAK.match(tag[0]) else "", body))


def _text_of(markup: str) -> str:
    text = _TAG.sub("", _CELL.sub("\t", _BREAK.sub("\n", markup)))
    return _BLANK_LINES.sub("\n\n", html.unescape(text)).replace("\xa0", " ").strip()


def _paragraphs(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    blocks = re.split(r"\n[ \t]*\n+", text)
    return "".join(f"<p>{_linked(block).replace(chr(10), '<br>')}</p>" for block in blocks)


def _linked(text: str) -> str:
    parts: list[str] = []
    end = 0
    for found in _LINK.finditer(text):
        shown = found[0].rstrip(".,;:!?)]}")
        target = shown if shown.startswith("https://") else f"mailto:{shown}"
        parts.append(html.escape(text[end : found.start()]))
        if is_safe_link(target):
            parts.append(f'<a href="{html.escape(target)}">{html.escape(shown)}</a>')
        else:
            parts.append(html.escape(shown))
        end = found.start() + len(shown)
    parts.append(html.escape(text[end:]))
    return "".join(parts)
