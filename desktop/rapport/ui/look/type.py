"""Fonts and the sizes that follow from them.

All lengths in the design are given at 100 % and 13 px body text. :meth:`Type.px` carries them to
the present text scale, and :meth:`Type.line` gives the height of one line, so that a row of two
lines is ``2 * line(BODY) + px(16)`` whatever the font and scale.
"""

from __future__ import annotations

from enum import Enum
from functools import cache

from PySide6.QtCore import QLocale
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QFontMetrics, QGuiApplication

REGULAR = QFont.Weight.Normal
SEMIBOLD = QFont.Weight.DemiBold

_GENERIC = {
    "",
    "sans",
    "sans serif",
    "sans-serif",
    "system-ui",
    "helvetica",
    "dejavu sans",
    "noto sans",
}
_PREFERRED = ("Inter", "Noto Sans", "DejaVu Sans")
USUAL_PIXELS = 14.67
"""11 points at 96 dots per inch: the largest that a desktop comes with. What is larger was chosen
by somebody who needs it, and the window grows with it."""
LARGEST_SYSTEM = 2.0
_HAN_BY_LANGUAGE = {
    QLocale.Language.Japanese: "Noto Sans CJK JP",
    QLocale.Language.Korean: "Noto Sans CJK KR",
}


class TextSize(Enum):
    """A step of the type scale: pixels at 100 % and the least height of its line."""

    CAPTION = (11, 14)
    BODY = (13, 18)
    SECTION = (15, 20)
    TITLE = (20, 26)

    @property
    def pixels(self) -> int:
        return self.value[0]

    @property
    def leading(self) -> int:
        return self.value[1]


def _main_family() -> str:
    """The font the desktop asks for; where it only says "some sans", the best one at hand."""
    wanted = QGuiApplication.font().family()
    if wanted.lower() not in _GENERIC:
        return wanted
    present = set(QFontDatabase.families())
    return next((family for family in _PREFERRED if family in present), wanted)


def _fallbacks() -> list[str]:
    """Sans faces for other scripts: left alone, Qt may answer Arabic with a Nastaliq face."""
    locale = QLocale()
    han = _HAN_BY_LANGUAGE.get(locale.language(), "Noto Sans CJK SC")
    if locale.language() == QLocale.Language.Chinese and locale.territory() in (
        QLocale.Country.Taiwan,
        QLocale.Country.HongKong,
    ):
        han = "Noto Sans CJK TC"
    return ["Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", han]


def system_scale(pixels: float) -> float:
    """How much larger than usual the desktop's own text is, by the size of its general font; dots
    per inch are the business of the device pixel ratio."""
    return min(LARGEST_SYSTEM, max(1.0, pixels / USUAL_PIXELS))


def system_pixels() -> float:
    """The size of the desktop's general font."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    return float(QFontInfo(font).pixelSize())


class Type:
    """The fonts of one text scale. Cheap to ask: every answer is kept.

    ``chosen`` is the person's choice, 1.0 to 2.0; ``scale`` has the desktop's own size in it, too.
    """

    def __init__(self, chosen: float = 1.0, system: float = 1.0) -> None:
        self.chosen = min(2.0, max(1.0, chosen))
        self.system = system
        self.scale = self.chosen * system
        main = _main_family()
        present = set(QFontDatabase.families())
        self.families = [main, *(f for f in _fallbacks() if f != main and f in present)]
        self._font = cache(self._make_font)
        self._metrics = cache(self._make_metrics)
        self._line = cache(self._make_line)

    def font(self, size: TextSize = TextSize.BODY, weight: QFont.Weight = REGULAR) -> QFont:
        """Return a font with tabular digits; copy it before changing it."""
        return self._font(size, weight)

    def struck(self, size: TextSize = TextSize.BODY, weight: QFont.Weight = REGULAR) -> QFont:
        """Return the font of a thing that is done or replaced."""
        font = QFont(self.font(size, weight))
        font.setStrikeOut(True)
        return font

    def monospace(self) -> QFont:
        """Return the caption-size font of scopes, ids and replies."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(round(TextSize.CAPTION.pixels * self.scale))
        return font

    def metrics(
        self, size: TextSize = TextSize.BODY, weight: QFont.Weight = REGULAR
    ) -> QFontMetrics:
        return self._metrics(size, weight)

    def line(self, size: TextSize = TextSize.BODY) -> int:
        """Return the height of one line in pixels, never less than the font needs."""
        return self._line(size)

    def px(self, length: float) -> int:
        """Return a length of the design, given at 100 %, at the present text scale."""
        return round(length * self._line(TextSize.BODY) / TextSize.BODY.leading)

    def _make_font(self, size: TextSize, weight: QFont.Weight) -> QFont:
        font = QFont(self.families)
        font.setPixelSize(round(size.pixels * self.scale))
        font.setWeight(weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _make_metrics(self, size: TextSize, weight: QFont.Weight) -> QFontMetrics:
        return QFontMetrics(self.font(size, weight))

    def _make_line(self, size: TextSize) -> int:
        needed = max(self.metrics(size, w).height() for w in (REGULAR, SEMIBOLD))
        return max(needed, round(size.leading * self.scale))
