"""Chips (things) and pills (states)."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rapport.language import tr
from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import mirrored, rounded
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.tokens import Pair
from rapport.ui.look.type import REGULAR, SEMIBOLD, TextSize
from rapport.ui.widgets.base import Control, is_rtl


class Chip(Control):
    """A rounded rectangle with words; a removable one goes with its cross, Delete or Backspace."""

    removed = Signal()

    def __init__(
        self,
        text: str,
        parent: QWidget | None = None,
        *,
        icon: str = "",
        removable: bool = False,
        height: int = 22,
        size: TextSize = TextSize.CAPTION,
    ) -> None:
        super().__init__(parent)
        self.icon_name = icon
        self.removable = removable
        self._design_height = height
        self._size = size
        self._over_cross = False
        self.setMouseTracking(removable)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)
        if self.removable:
            self.setAccessibleDescription(tr("Delete removes it"))
        self.restyle()

    def colours(self) -> Pair:
        """Return text and fill."""
        return Pair(self.tokens.text, self.tokens.tint)

    def sizeHint(self) -> QSize:
        type_ = self.type
        height = max(type_.px(self._design_height), type_.metrics(self._size).height() + 2)
        width = self._run().width + 2 * type_.px(8)
        if self.icon_name:
            width += type_.px(12 if self._size is TextSize.CAPTION else 14) + type_.px(4)
        if self._has_fixed_cross():
            width += type_.px(14)
        return QSize(round(width), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        colours, flipped, type_ = self.colours(), is_rtl(self), self.type
        border = colours.text if self.tokens.high_contrast else None
        rounded(painter, rect, self.corner(), fill=colours.fill, border=border)
        x: float = type_.px(8)
        if self.icon_name:
            side = type_.px(12 if self._size is TextSize.CAPTION else 14)
            spot = QRectF(x, rect.center().y() - side / 2, side, side)
            draw_icon(painter, self.icon_name, mirrored(spot, rect, flipped), colours.text)
            x += side + type_.px(4)
        end = rect.width() - type_.px(8) - (type_.px(14) if self._has_fixed_cross() else 0)
        run = self._run(end - x + 1)
        area = mirrored(QRectF(x, 0, run.width, rect.height()), rect, flipped)
        painter.setPen(QColor(colours.text))
        baseline = baseline_in(rect.top(), rect.height(), type_.metrics(self._size))
        run.draw(painter, area.left(), baseline)
        if self._shows_cross():
            self._paint_cross(painter, colours)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.removable and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = self.removable and self.cross_rect().contains(event.position())
        if over is not self._over_cross:
            self._over_cross = over
            self.update()
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if (
            self.removable
            and event.button() is Qt.MouseButton.LeftButton
            and self.isDown()
            and self.cross_rect().contains(event.position())
        ):
            self.setDown(False)
            self.removed.emit()
            return
        super().mouseReleaseEvent(event)

    def cross_rect(self) -> QRectF:
        """Return the region whose click removes the chip."""
        rect = QRectF(self.rect())
        width = self.type.px(20 if self._has_fixed_cross() else 17)
        return mirrored(QRectF(rect.width() - width, 0, width, rect.height()), rect, is_rtl(self))

    def _run(self, limit: float | None = None) -> Run:
        return Run(self.text(), self.type.font(self._size), limit)

    def _has_fixed_cross(self) -> bool:
        return False

    def _shows_cross(self) -> bool:
        # The keyboard removes by Delete and needs the words to know what.
        return self.removable and (self._has_fixed_cross() or self.underMouse())

    def _paint_cross(self, painter: QPainter, colours: Pair) -> None:
        area = self.cross_rect()
        if not self._has_fixed_cross():
            # The cross covers the end of the words, so that a chip never changes its width.
            cover = area.adjusted(0, 1, 0, -1)
            rounded(painter, cover, self.corner(), fill=colours.fill)
        side = self.type.px(12)
        spot = QRectF(0, 0, side, side)
        spot.moveCenter(QPointF(area.center().x(), area.center().y()))
        colour = colours.text if self._over_cross or self.shows_focus() else self.tokens.muted
        draw_icon(painter, "x", spot, colour)


class TagChip(Chip):
    """A tag in its hue; :attr:`removed` carries nothing, the owner knows which chip spoke."""

    def __init__(self, tag: str, parent: QWidget | None = None, *, removable: bool = True) -> None:
        self.tag = tag
        super().__init__(tag, parent, removable=removable)
        self.setAccessibleName(tr("tag {name}").format(name=tag))

    def colours(self) -> Pair:
        return self.theme.tag(self.tag)


class FilterChip(Chip):
    """A filter in force, "Owner: me", with a cross that is always there."""

    def __init__(self, text: str, parent: QWidget | None = None, *, icon: str = "") -> None:
        super().__init__(text, parent, icon=icon, removable=True, height=24, size=TextSize.BODY)

    def _has_fixed_cross(self) -> bool:
        return True


class KindChip(Chip):
    """A recognised part of a sentence, in the hue of its kind, with icon and word."""

    def __init__(self, text: str, icon: str, hue: int, parent: QWidget | None = None) -> None:
        self.hue = hue
        super().__init__(text, parent, icon=icon)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def colours(self) -> Pair:
        return self.tokens.tags[self.hue]


class Tone(Enum):
    """What a state means: the colour follows, the word always stands beside it."""

    NEUTRAL = ("muted", "tint")
    SUCCESS = ("success", "success_tint")
    WARNING = ("warning", "warning_tint")
    DANGER = ("danger", "danger_tint")


class Pill(Control):
    """A state, fully round, always with a word. Clickable ones take focus."""

    said = Signal()
    """It says something else than before."""

    def __init__(
        self,
        text: str,
        parent: QWidget | None = None,
        *,
        icon: str = "",
        tone: Tone = Tone.NEUTRAL,
        height: int = 20,
        strong: bool = False,
        clickable: bool = False,
    ) -> None:
        super().__init__(parent)
        self._design_height = height
        self._strong = strong
        self._parts: list[tuple[str, str, str]] = []
        self._ends: list[float] = []
        self._wordless = False
        self._tone = tone
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if clickable else Qt.FocusPolicy.NoFocus)
        if not clickable:
            self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_parts((icon, text, ""))

    def set_parts(self, *parts: tuple[str, str, str], tone: Tone | None = None) -> None:
        """Say (icon, word, icon role) one after the other, parted by a rule."""
        self._parts = list(parts)
        if tone is not None:
            self._tone = tone
        words = ", ".join(word for _, word, _ in parts)
        self.setText(words)
        self.setAccessibleName(words)
        self.restyle()
        self.said.emit()

    def set_wordless(self, wordless: bool) -> None:
        """Leave the words to name and tool-tip where there is no room for them."""
        if wordless != self._wordless:
            self._wordless = wordless
            self.restyle()

    def part_at(self, x: float) -> int:
        """Which of the parts is ``x`` pixels from the left."""
        self._lay_out(None)
        along = self.width() - x if is_rtl(self) else x
        return next((n for n, end in enumerate(self._ends) if along < end), len(self._ends) - 1)

    def corner(self) -> float:
        return self.sizeHint().height() / 2

    def sizeHint(self) -> QSize:
        type_ = self.type
        height = max(type_.px(self._design_height), type_.metrics(TextSize.CAPTION).height() + 4)
        return QSize(round(self._lay_out(None)), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        text, fill = (getattr(self.tokens, role) for role in self._tone.value)
        if self.underMouse() and self.isEnabled():
            fill = self.tokens.pressed if self._tone is Tone.NEUTRAL else fill
        border = text if self.tokens.high_contrast else None
        rounded(painter, rect, rect.height() / 2, fill=fill, border=border)
        self._lay_out(painter)

    def _lay_out(self, painter: QPainter | None) -> float:
        """Walk the parts, drawing them if there is a painter; return the width."""
        type_, rect, flipped = self.type, QRectF(self.rect()), is_rtl(self)
        weight = SEMIBOLD if self._strong else REGULAR
        side = type_.px(14 if self._design_height >= 24 else 12)
        colour = getattr(self.tokens, self._tone.value[0])
        x: float = type_.px(8)
        self._ends = []
        for position, (icon, word, role) in enumerate(self._parts):
            if position:
                x += type_.px(6)
                if painter is not None:
                    rule = QRectF(x, rect.center().y() - type_.px(6), 1, type_.px(12))
                    painter.fillRect(mirrored(rule, rect, flipped), QColor(self.tokens.divider))
                x += 1 + type_.px(6)
            if icon:
                if painter is not None:
                    spot = QRectF(x, rect.center().y() - side / 2, side, side)
                    ink = getattr(self.tokens, role) if role else colour
                    draw_icon(painter, icon, mirrored(spot, rect, flipped), ink)
                x += side + (type_.px(2) if self._wordless else type_.px(6))
            if icon and self._wordless:
                self._ends.append(x + type_.px(6))
                continue
            run = Run(word, type_.font(TextSize.CAPTION, weight))
            if painter is not None:
                painter.setPen(QColor(colour))
                area = mirrored(QRectF(x, 0, run.width, rect.height()), rect, flipped)
                metrics = type_.metrics(TextSize.CAPTION, weight)
                run.draw(painter, area.left(), baseline_in(0, rect.height(), metrics))
            x += run.width
            self._ends.append(x + type_.px(6))
        return x + type_.px(10 if self._design_height >= 24 else 8)
