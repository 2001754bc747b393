"""Words and pictures that take no focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from rapport.ui.look.avatars import avatar_pixmap, badge_pixmap
from rapport.ui.look.icons import draw_icon, role_colour
from rapport.ui.look.paint import hairline
from rapport.ui.look.text import Run, baseline_in, plain_tip
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import REGULAR, SEMIBOLD, TextSize
from rapport.ui.widgets.base import Painted, is_rtl, start_alignment


class Label(QLabel):
    """Plain text in a step of the type scale and a colour token, both following the theme."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        size: TextSize = TextSize.BODY,
        weight: QFont.Weight = REGULAR,
        role: str = "text",
        wrap: bool = False,
        struck: bool = False,
        selectable: bool = False,
        line: TextSize | None = None,
    ) -> None:
        """``line`` is the step whose line height the label takes, to stand beside larger text."""
        super().__init__(parent)
        self._size, self._weight, self._role, self._struck = size, weight, role, struck
        self._line = line or size
        # Never rich: what people type must not become markup.
        self.setTextFormat(Qt.TextFormat.PlainText)
        # Inside a button a label would take the button's role of text colour.
        self.setForegroundRole(QPalette.ColorRole.WindowText)
        self.setWordWrap(wrap)
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setText(text)
        current_theme().changed.connect(self.restyle)
        self.restyle()

    def set_role(self, role: str) -> None:
        """Change the colour token."""
        self._role = role
        self.restyle()

    def restyle(self) -> None:
        type_ = current_theme().type
        font = type_.struck if self._struck else type_.font
        self.setFont(font(self._size, self._weight))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, QColor(role_colour(self._role)))
        self.setPalette(palette)
        self.setMinimumHeight(type_.line(self._line))
        self._align()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._align()

    def _align(self) -> None:
        middle = Qt.AlignmentFlag.AlignHCenter
        if not self.alignment() & middle:
            vertical = self.alignment() & Qt.AlignmentFlag.AlignVertical_Mask
            self.setAlignment(start_alignment(self) | vertical)


class ElidedLabel(Painted):
    """One line that loses its own end; the whole is in the tool-tip and in the accessible name."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        size: TextSize = TextSize.BODY,
        weight: QFont.Weight = REGULAR,
        role: str = "text",
        struck: bool = False,
    ) -> None:
        super().__init__(parent)
        self._size, self._weight, self._role, self._struck = size, weight, role, struck
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.restyle()

    def set_role(self, role: str) -> None:
        self._role = role
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(self._run(None).width) + 1, self.type.line(self._size))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.type.px(24), self.type.line(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        run = self._run(self.width())
        self.setToolTip(plain_tip(self._text) if run.elided else "")
        painter = QPainter(self)
        painter.setPen(QColor(role_colour(self._role)))
        x = self.width() - run.width if is_rtl(self) else 0
        metrics = self.type.metrics(self._size, self._weight)
        run.draw(painter, x, baseline_in(0, self.height(), metrics))

    def _run(self, limit: float | None) -> Run:
        font = self.type.struck if self._struck else self.type.font
        return Run(self._text, font(self._size, self._weight), limit)


class IconView(Painted):
    """An icon that says nothing by itself: a word stands beside it."""

    def __init__(
        self, icon: str, parent: QWidget | None = None, *, size: int = 16, role: str = "muted"
    ) -> None:
        super().__init__(parent)
        self.icon_name, self.size_px, self.role = icon, size, role
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, icon: str, role: str | None = None) -> None:
        self.icon_name = icon
        self.role = role or self.role
        self.update()

    def sizeHint(self) -> QSize:
        side = self.type.px(self.size_px)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = role_colour(self.role)
        draw_icon(painter, self.icon_name, QRectF(self.rect()), colour, mirrored=is_rtl(self))


class Avatar(Painted):
    """A person. ``size`` is one of the design's: 64, 40, 32, 24, 20, 18."""

    def __init__(
        self, seed: str = "", name: str = "", parent: QWidget | None = None, *, size: int = 32
    ) -> None:
        super().__init__(parent)
        self._seed, self._name, self._size = seed, name, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_person(self, seed: str, name: str) -> None:
        self._seed, self._name = seed, name
        self.update()

    def sizeHint(self) -> QSize:
        side = self.type.px(self._size)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        image = avatar_pixmap(self._seed, self._name, self._size, self.devicePixelRatioF())
        QPainter(self).drawPixmap(0, 0, image)


class Badge(Painted):
    """An account. ``colour`` comes from ``tokens.account_colour``."""

    def __init__(
        self, colour: str, name: str, parent: QWidget | None = None, *, size: int = 16
    ) -> None:
        super().__init__(parent)
        self._colour, self._name, self._size = colour, name, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def set_account(self, colour: str, name: str) -> None:
        self._colour, self._name = colour, name
        self.setAccessibleName(name)
        self.update()

    def sizeHint(self) -> QSize:
        side = self.type.px(self._size)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        image = badge_pixmap(self._colour, self._name, self._size, self.devicePixelRatioF())
        QPainter(self).drawPixmap(0, 0, image)


class Rule(Painted):
    """A 1-px divider."""

    def __init__(self, parent: QWidget | None = None, *, vertical: bool = False) -> None:
        super().__init__(parent)
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        hairline(QPainter(self), self.rect(), self.tokens.divider)


class SectionTitle(QWidget):
    """A title in 600 with an optional muted count beside it and room for actions at the end."""

    def __init__(
        self,
        text: str,
        parent: QWidget | None = None,
        *,
        count: str = "",
        size: TextSize = TextSize.BODY,
    ) -> None:
        super().__init__(parent)
        self.title = Label(text, self, size=size, weight=SEMIBOLD)
        self.count = Label(count, self, size=size, role="muted")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(current_theme().type.px(8))
        self.row.addWidget(self.title)
        self.row.addWidget(self.count)
        self.row.addStretch(1)
        self.set_count(count)

    def set_count(self, count: str) -> None:
        self.count.setText(count)
        self.count.setVisible(bool(count))


class DayHeader(QWidget):
    """The name of a day with a rule to the end."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        px = current_theme().type.px
        row.setContentsMargins(0, px(8), 0, px(8))
        row.setSpacing(px(8))
        row.addWidget(Label(text, self, size=TextSize.CAPTION, weight=SEMIBOLD, role="muted"))
        row.addWidget(Rule(self), 1)
