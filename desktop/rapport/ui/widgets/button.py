"""Buttons and key caps."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rapport.ui.key_names import cap_of
from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import key_cap, key_cap_size, mirrored, rounded
from rapport.ui.look.text import Run, baseline_in, plain_tip
from rapport.ui.look.type import REGULAR, SEMIBOLD, TextSize
from rapport.ui.widgets.base import Control, Painted, is_rtl


class Kind(Enum):
    """How much a button asks for attention."""

    TONAL = "tonal"
    QUIET = "quiet"
    FILLED = "filled"
    """At most one per pane."""
    OUTLINE = "outline"
    LINK = "link"
    """Accent text without a ground."""


class Size(Enum):
    """Height and padding in design pixels."""

    NORMAL = (32, 12)
    SMALL = (28, 10)
    INLINE = (24, 4)
    CHIP = (22, 8)


class Button(Control):
    """A button with any of icon, words, key cap and chevron.

    Without words it is a square icon button and needs ``name``, which is spoken and shown as
    tool-tip.
    """

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        kind: Kind = Kind.TONAL,
        size: Size = Size.NORMAL,
        icon: str = "",
        key: str = "",
        key_of: str = "",
        name: str = "",
        chevron: bool = False,
    ) -> None:
        super().__init__(parent)
        if not text and not name:
            raise ValueError("a button without words needs a name")
        self.kind = kind
        self.size_step = size
        self.icon_name = icon
        self.icon_role = ""
        """A token name; empty is muted, or the text's where that is accent or on accent."""
        self.key = key or cap_of(key_of)
        self._key_of = key_of
        """The action whose key the button carries, whichever that is."""
        self.chevron = chevron
        self.is_alarming = False
        """Shown in red: pressing it is possible, and asks first."""
        self.badge_dot = False
        """A red dot at the icon: something unread."""
        self._wordless = not text
        self._keyless = False
        self.setText(text)
        self.setAccessibleName(name or text)
        if not text:
            self.setToolTip(plain_tip(name))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_wordless(self, wordless: bool) -> None:
        """Drop the words where there is no room; the name stays, as tool-tip."""
        self._wordless = wordless or not self.text()
        self.setToolTip(plain_tip(self.accessibleName()) if self._wordless else "")
        self.restyle()

    def set_keyless(self, keyless: bool) -> None:
        """Drop the key cap where there is no room; menus and tool-tips still say the key."""
        self._keyless = keyless
        self.restyle()

    def restyle(self) -> None:
        if self._key_of:
            self.key = cap_of(self._key_of)
        super().restyle()

    def set_icon(self, icon: str, role: str = "") -> None:
        self.icon_name, self.icon_role = icon, role
        self.update()

    def set_alarming(self, alarming: bool) -> None:
        if alarming != self.is_alarming:
            self.is_alarming = alarming
            self.update()

    def set_badge_dot(self, shown: bool) -> None:
        self.badge_dot = shown
        self.update()

    def sizeHint(self) -> QSize:
        height = self._height()
        if self._wordless and not self.chevron:
            return QSize(height, height)
        padding = self.type.px(self.size_step.value[1])
        return QSize(round(self._content_width() + 2 * padding), height)

    def width_with_words(self) -> int:
        """Pixels that the button takes, or would take, with its words."""
        words = self._run().width + self.type.px(6) if self._wordless else 0.0
        return round(self._content_width() + words + 2 * self.type.px(self.size_step.value[1]))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def corner(self) -> float:
        return self.type.px(6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        fill, border, colour = self._colours()
        if fill or border:
            rounded(painter, rect, self.corner(), fill=fill, border=border)
        self._paint_content(painter, rect, colour)

    def _height(self) -> int:
        type_ = self.type
        return max(type_.px(self.size_step.value[0]), type_.line(self._text_size()) + 2)

    def _text_size(self) -> TextSize:
        return TextSize.CAPTION if self.size_step is Size.CHIP else TextSize.BODY

    def _run(self, limit: float | None = None) -> Run:
        weight = SEMIBOLD if self.kind is Kind.FILLED else REGULAR
        return Run(self.text(), self.type.font(self._text_size(), weight), limit)

    def _icon_side(self) -> int:
        return self.type.px(12 if self.size_step is Size.CHIP else 16)

    def _content_width(self) -> float:
        gap = self.type.px(4 if self.size_step is Size.CHIP else 6)
        parts: list[float] = []
        if self.icon_name:
            parts.append(self._icon_side())
        if not self._wordless:
            parts.append(self._run().width)
        if self.key and not self._wordless and not self._keyless:
            parts.append(key_cap_size(self.key)[0])
        if self.chevron:
            parts.append(self.type.px(12))
        return sum(parts) + gap * max(0, len(parts) - 1)

    def _colours(self) -> tuple[str | None, str | None, str]:
        """Return fill, border and text colour for the present state."""
        tokens = self.tokens
        pressed = self.isDown() or self.isChecked()
        hovered = self.underMouse() and self.isEnabled()
        outline = tokens.control_border if tokens.high_contrast else None
        if not self.isEnabled():
            ground = None if self.kind in (Kind.QUIET, Kind.LINK) else tokens.tint
            return ground, outline, tokens.muted
        if self.is_alarming:
            ground = tokens.pressed if pressed or hovered else tokens.tint
            return ground, tokens.danger, tokens.danger
        if self.kind is Kind.FILLED:
            return tokens.accent_fill, tokens.text if pressed else outline, tokens.on_accent
        if self.kind is Kind.LINK:
            return (tokens.hover if hovered else None), None, tokens.accent_text
        if pressed:
            return tokens.pressed, outline, tokens.text
        if self.kind is Kind.TONAL:
            return tokens.pressed if hovered else tokens.tint, outline, tokens.text
        if self.kind is Kind.OUTLINE:
            border = tokens.control_border if tokens.high_contrast else tokens.divider
            return (tokens.hover if hovered else None), border, tokens.muted
        return (tokens.hover if hovered else None), outline, tokens.text

    def _paint_content(self, painter: QPainter, rect: QRectF, colour: str) -> None:
        flipped = is_rtl(self)
        gap = self.type.px(4 if self.size_step is Size.CHIP else 6)
        x = rect.left() + max(0.0, (rect.width() - self._content_width()) / 2)
        side = self._icon_side()
        ink = getattr(self.tokens, self.icon_role or "muted")
        alarming = self.is_alarming and self.isEnabled()
        if not self.icon_role and (alarming or self.kind in (Kind.FILLED, Kind.LINK)):
            ink = colour
        if self.icon_name:
            spot = QRectF(x, rect.center().y() - side / 2, side, side)
            spot = mirrored(spot, rect, flipped)
            draw_icon(painter, self.icon_name, spot, ink, mirrored=flipped)
            if self.badge_dot:
                self._paint_dot(painter, spot)
            x += side + gap
        if not self._wordless:
            run = self._run(rect.right() - x)
            area = mirrored(QRectF(x, rect.top(), run.width, rect.height()), rect, flipped)
            painter.setPen(QColor(colour))
            size = self._text_size()
            run.draw(
                painter,
                area.left(),
                baseline_in(rect.top(), rect.height(), self.type.metrics(size)),
            )
            x += run.width + gap
        if self.key and not self._wordless and not self._keyless:
            width, height = key_cap_size(self.key)
            area = QRectF(x, round(rect.center().y() - height / 2), width, height)
            key_cap(
                painter,
                mirrored(area, rect, flipped),
                self.key,
                on_accent=self.kind is Kind.FILLED and self.isEnabled(),
            )
            x += width + gap
        if self.chevron:
            small = self.type.px(12)
            area = QRectF(x, rect.center().y() - small / 2, small, small)
            draw_icon(painter, "down", mirrored(area, rect, flipped), self.tokens.muted)

    def _paint_dot(self, painter: QPainter, icon: QRectF) -> None:
        side = self.type.px(7)
        dot = QRectF(icon.right() - side / 2 - 1, icon.top() - side / 2 + 2, side, side)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.tokens.danger))
        painter.drawEllipse(dot)
        painter.restore()


class ElidedButton(Button):
    """A button whose words give way where there is no room for them: names that others chose."""

    def __init__(
        self, text: str, parent: QWidget | None = None, *, kind: Kind, size: Size, icon: str = ""
    ) -> None:
        super().__init__(text, parent, kind=kind, size=size, icon=icon)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(hint.width(), self.type.px(60)), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tool-tip has the whole words, where it has nothing else to say."""
        super().resizeEvent(event)
        whole, tip = plain_tip(self.text()), self.toolTip()
        if tip in ("", whole):
            self.setToolTip(whole if self.width() < self.sizeHint().width() else "")


class IconButton(Button):
    """A quiet square button: ``name`` is spoken and shown as tool-tip."""

    def __init__(
        self,
        icon: str,
        name: str,
        parent: QWidget | None = None,
        *,
        size: Size = Size.NORMAL,
        kind: Kind = Kind.QUIET,
    ) -> None:
        super().__init__("", parent, kind=kind, size=size, icon=icon, name=name)

    def _icon_side(self) -> int:
        return self.type.px(14 if self.size_step is Size.INLINE else 16)


class KeyCap(Painted):
    """A key drawn beside what it does."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(*key_cap_size(self.key))

    def paintEvent(self, event: QPaintEvent) -> None:
        key_cap(QPainter(self), self.rect(), self.key)
