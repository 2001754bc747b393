"""Runs of text that are shaped once and drawn often.

A run follows its own direction and loses its own end when it must be shortened; where it stands
is the business of whoever draws it. Several scripts in one list share a baseline because a run is
drawn from its baseline, whatever font its glyphs came from.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QTextCharFormat, QTextLayout, QTextOption

LTR_MARK = "\u200e"
_ISOLATED = re.compile("[\u2066-\u2068][^\u2069]*\u2069")
"""What does not tell the direction of the sentence around it."""
_ENDLESS = 100_000.0


def plain_tip(text: str) -> str:
    """``text`` for a tool-tip, which Qt reads as HTML where it looks like some, and then loads the
    pictures it names: from this disk, or from a stranger's file server."""
    if "<" not in text:
        return text
    return f"<span style='white-space: pre-wrap'>{html.escape(text, quote=False)}</span>"


def runs_right_to_left(text: str) -> bool:
    """Tell whether the first strong character of ``text`` reads right to left."""
    if text.isascii():
        return False
    for character in _ISOLATED.sub("", text):
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return False
        if kind in ("R", "AL"):
            return True
    return False


class Run:
    """One line of text in one font, at most ``limit`` pixels wide."""

    __slots__ = ("_layout", "ascent", "elided", "height", "width")

    def __init__(
        self,
        text: str,
        font: QFont,
        limit: float | None = None,
        *,
        strong: Iterable[tuple[int, int]] = (),
    ) -> None:
        """``strong`` holds (start, length) of the parts set in weight 600."""
        flat = " ".join(text.split("\n"))
        shown = flat
        if limit is not None:
            shown = QFontMetrics(font).elidedText(
                flat, Qt.TextElideMode.ElideRight, max(0, int(limit))
            )
        self.elided = shown != flat
        layout = QTextLayout(shown, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        option.setTextDirection(
            Qt.LayoutDirection.RightToLeft
            if runs_right_to_left(flat)
            else Qt.LayoutDirection.LeftToRight
        )
        option.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
        layout.setTextOption(option)
        layout.setCacheEnabled(True)
        formats = []
        for start, length in strong:
            part = QTextLayout.FormatRange()
            part.start, part.length = start, length
            part.format = QTextCharFormat()
            part.format.setFontWeight(QFont.Weight.DemiBold)
            formats.append(part)
        if formats:
            layout.setFormats(formats)
        layout.beginLayout()
        line = layout.createLine()
        if line.isValid():
            line.setLineWidth(_ENDLESS)
            self.width = line.naturalTextWidth()
            self.ascent = line.ascent()
            self.height = line.height()
        else:
            self.width = self.ascent = self.height = 0.0
        layout.endLayout()
        self._layout = layout

    def draw(self, painter: QPainter, x: float, baseline: float) -> None:
        """Draw with the painter's pen, ``x`` being the left edge."""
        self._layout.draw(painter, QPointF(x, baseline - self.ascent))


def baseline_in(top: float, line: float, metrics: QFontMetrics) -> float:
    """Return the baseline that centres a line of ``metrics`` in ``line`` pixels below ``top``."""
    return top + round((line - metrics.height()) / 2) + metrics.ascent()
