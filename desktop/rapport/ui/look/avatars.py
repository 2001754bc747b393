"""Avatars of people and badges of accounts.

People are circles in low-chroma tones; accounts are rounded squares with one white letter, so that
shape and letter tell them apart and not colour alone.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt, QTextBoundaryFinder
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPixmap

from rapport.ui.look.icons import draw_icon
from rapport.ui.look.theme import current_theme
from rapport.ui.look.tokens import ON_BADGE, Pair, avatar_tone
from rapport.ui.look.type import SEMIBOLD, TextSize

# fmt: off
_PARTICLES = frozenset((
    "af", "al", "av", "bin", "da", "das", "de", "del", "della", "den", "der", "des", "di", "do",
    "dos", "du", "e", "el", "ibn", "la", "las", "le", "les", "lo", "los", "och", "of", "ten",
    "ter", "tot", "und", "van", "vom", "von", "y", "zu", "zum", "zur",
))
# fmt: on
_TWO_LETTER_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")


def _first_grapheme(word: str) -> str:
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, word)
    end = finder.toNextBoundary()
    # Qt counts UTF-16 units.
    return word.encode("utf-16-le")[: 2 * end].decode("utf-16-le") if end > 0 else ""


def _capital(grapheme: str) -> str:
    upper = grapheme.upper()
    return upper if len(upper) == len(grapheme) else grapheme


def _words(name: str) -> list[str]:
    words = []
    for word in name.split():
        start = next((i for i, c in enumerate(word) if c.isalnum()), None)
        if start is not None:
            words.append(word[start:])
    return words


def initials(name: str) -> str:
    """Return what an avatar says: two letters, one character, or nothing for an empty name.

    Latin, Greek and Cyrillic names give the first grapheme of their first and last word, particles
    apart; other scripts give one grapheme.
    """
    words = _words(name)
    telling = [word for word in words if word not in _PARTICLES] or words
    if not telling:
        return ""
    first = _first_grapheme(telling[0])
    script = unicodedata.name(first[0], "")
    if not script.startswith(_TWO_LETTER_SCRIPTS):
        return first
    last = _first_grapheme(telling[-1]) if len(telling) > 1 else ""
    if last and not unicodedata.name(last[0], "").startswith(_TWO_LETTER_SCRIPTS):
        last = ""
    return _capital(first) + _capital(last)


def letter(name: str) -> str:
    """Return the one character a badge carries."""
    words = _words(name)
    return _capital(_first_grapheme(words[0])) if words else ""


def _text_size(size: int) -> TextSize:
    if size >= 64:
        return TextSize.TITLE
    if size >= 40:
        return TextSize.SECTION
    return TextSize.BODY if size >= 32 else TextSize.CAPTION


def _draw_centred(painter: QPainter, rect: QRectF, text: str, size: TextSize) -> None:
    font = current_theme().type.font(size, SEMIBOLD)
    metrics = QFontMetricsF(font)
    # By the ink, not by the line: letters of scripts with a deep descent would hang low.
    ink = metrics.tightBoundingRect(text)
    painter.setFont(font)
    painter.drawText(
        QPointF(
            rect.center().x() - ink.center().x(),
            rect.center().y() - ink.center().y(),
        ),
        text,
    )


def draw_avatar(painter: QPainter, rect: QRectF, seed: str, name: str, size: int) -> None:
    """Draw a person's avatar; ``size`` is its design size and chooses the text size."""
    tone = current_theme().tokens.avatars[avatar_tone(seed)]
    text = initials(name) if size > 20 else letter(name)
    _draw_circle(painter, rect, tone, text, size)


def _draw_circle(painter: QPainter, rect: QRectF, tone: Pair, text: str, size: int) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tone.fill))
    painter.drawEllipse(rect)
    painter.setPen(QColor(tone.text))
    if text:
        _draw_centred(painter, rect, text, _text_size(size))
    else:
        side = rect.width() * 0.56
        spot = QRectF(0, 0, side, side)
        spot.moveCenter(rect.center())
        draw_icon(painter, "user", spot, tone.text)
    painter.restore()


@lru_cache(maxsize=2048)
def _avatar_pixmap(tone: Pair, text: str, size: int, side: int, ratio: float) -> QPixmap:
    result = _blank(side, ratio)
    painter = QPainter(result)
    _draw_circle(painter, QRectF(0, 0, side, side), tone, text, size)
    painter.end()
    return result


def avatar_pixmap(seed: str, name: str, size: int, ratio: float) -> QPixmap:
    """Return a person's avatar, ``size`` design pixels wide, for one device pixel ratio."""
    theme = current_theme()
    text = initials(name) if size > 20 else letter(name)
    tone = theme.tokens.avatars[avatar_tone(seed)]
    return _avatar_pixmap(tone, text, size, theme.type.px(size), ratio)


@lru_cache(maxsize=256)
def _badge_pixmap(colour: str, text: str, size: int, side: int, ratio: float) -> QPixmap:
    result = _blank(side, ratio)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    rect = QRectF(0, 0, side, side)
    painter.drawRoundedRect(rect, side / 4, side / 4)
    painter.setPen(QColor(ON_BADGE))
    _draw_centred(painter, rect, text, TextSize.BODY if size >= 24 else TextSize.CAPTION)
    painter.end()
    return result


def badge_pixmap(colour: str, name: str, size: int, ratio: float) -> QPixmap:
    """Return an account's badge: a rounded square of ``colour`` with its first letter."""
    return _badge_pixmap(colour, letter(name), size, current_theme().type.px(size), ratio)


def _blank(side: int, ratio: float) -> QPixmap:
    result = QPixmap(round(side * ratio), round(side * ratio))
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    return result
