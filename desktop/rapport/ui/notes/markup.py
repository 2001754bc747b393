"""What is typed into a note, as text or as the little HTML that Rapport writes.

Bold, italic, underlined, lists and links: a note that uses none of them is saved as plain text, one
that uses any as HTML made of ``p br strong em u ul ol li a`` alone. So a plain note stays plain for
everybody else who reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from PySide6.QtGui import QFont, QTextBlock, QTextDocument, QTextFragment, QTextListFormat

_ORDERED = frozenset(
    {
        QTextListFormat.Style.ListDecimal,
        QTextListFormat.Style.ListLowerAlpha,
        QTextListFormat.Style.ListUpperAlpha,
        QTextListFormat.Style.ListLowerRoman,
        QTextListFormat.Style.ListUpperRoman,
    }
)
_LINE_BREAK = "\u2028"

LIST_INDENT = 18
"""Design pixels by which the entries of a list stand in."""


def blocks(document: QTextDocument) -> Iterator[QTextBlock]:
    block = document.begin()
    while block.isValid():
        yield block
        block = block.next()


def fragments(block: QTextBlock) -> Iterator[QTextFragment]:
    walk = block.begin()
    while not walk.atEnd():
        yield walk.fragment()
        walk += 1


def is_formatted(document: QTextDocument) -> bool:
    """Whether plain text would lose something."""
    for block in blocks(document):
        if block.textList() is not None:
            return True
        for fragment in fragments(block):
            form = fragment.charFormat()
            if form.isAnchor() or form.fontItalic() or form.fontUnderline() or _bold(fragment):
                return True
    return False


def body_of(document: QTextDocument, *, keep_html: bool = False) -> str:
    """The note as it is saved: HTML where it needs to be, or (``keep_html``) was before."""
    if keep_html or is_formatted(document):
        return to_html(document)
    return document.toPlainText()


def to_html(document: QTextDocument) -> str:
    """The document in the small HTML."""
    parts: list[str] = []
    lists: list[str] = []
    for block in blocks(document):
        listed = block.textList()
        depth = listed.format().indent() if listed is not None else 0
        tag = "ol" if listed is not None and listed.format().style() in _ORDERED else "ul"
        while lists and (len(lists) > depth or (len(lists) == depth and lists[-1] != tag)):
            parts.append(f"</{lists.pop()}>")
        while len(lists) < depth:
            parts.append(f"<{tag}>")
            lists.append(tag)
        inner = "".join(map(_fragment, fragments(block)))
        parts.append(f"<li>{inner}</li>" if listed is not None else f"<p>{inner or '<br>'}</p>")
    parts.extend(f"</{tag}>" for tag in reversed(lists))
    return "".join(parts)


def _fragment(fragment: QTextFragment) -> str:
    form = fragment.charFormat()
    text = escape(fragment.text().replace("\ufffc", ""), quote=False).replace(_LINE_BREAK, "<br>")
    if not text:
        return ""
    link = form.anchorHref() if form.isAnchor() else ""
    if _bold(fragment):
        text = f"<strong>{text}</strong>"
    if form.fontItalic():
        text = f"<em>{text}</em>"
    if form.fontUnderline() and not link:
        text = f"<u>{text}</u>"
    return f'<a href="{escape(link)}">{text}</a>' if link else text


def _bold(fragment: QTextFragment) -> bool:
    return fragment.charFormat().fontWeight() >= QFont.Weight.DemiBold
