"""One choice of a few: a track of segments, round filters, or tabs."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLayout, QSizePolicy, QWidget

from rapport.ui.look.paint import mirrored, rounded
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import REGULAR, SEMIBOLD, TextSize
from rapport.ui.widgets.base import Control, Painted, is_rtl
from rapport.ui.widgets.flow import FlowLayout

_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class Shape(Enum):
    """How the choices look."""

    TRACK = "track"
    ROUND = "round"
    TABS = "tabs"


class _Segment(Control):
    def __init__(self, text: str, shape: Shape, parent: QWidget) -> None:
        super().__init__(parent)
        self.shape = shape
        self.count = ""
        self.alert = False
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def corner(self) -> float:
        return self.type.px(12 if self.shape is Shape.ROUND else 5)

    def sizeHint(self) -> QSize:
        type_ = self.type
        # Measured at the heavier weight: choosing must not move the neighbours.
        width = Run(self.text(), type_.font(TextSize.BODY, SEMIBOLD)).width
        width += 2 * type_.px(0 if self.shape is Shape.TABS else 10)
        if self.count:
            width += type_.px(6) + self._badge_side()[0]
        height = type_.px(56 if self.shape is Shape.TABS else 24)
        return QSize(round(width), max(height, type_.line() + 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens, type_, rect = self.tokens, self.type, QRectF(self.rect())
        chosen, flipped = self.isChecked(), is_rtl(self)
        weight, colour = REGULAR, tokens.text if self.underMouse() else tokens.muted
        if chosen and self.shape is Shape.TRACK:
            edge = tokens.control_border if tokens.high_contrast else tokens.divider
            rounded(painter, rect, type_.px(5), fill=tokens.raised, border=edge)
            colour = tokens.text
        elif chosen and self.shape is Shape.ROUND:
            edge_or_none = tokens.control_border if tokens.high_contrast else None
            rounded(painter, rect, rect.height() / 2, fill=tokens.selection, border=edge_or_none)
            weight, colour = SEMIBOLD, tokens.accent_text
        elif chosen:
            line = QRectF(rect.left(), rect.bottom() - 2, rect.width(), 2)
            painter.fillRect(line, QColor(tokens.accent_text))
            weight, colour = SEMIBOLD, tokens.text
        run = Run(self.text(), type_.font(TextSize.BODY, weight))
        badge = self._badge_side()[0] + type_.px(6) if self.count else 0
        x = (rect.width() - run.width - badge) / 2
        area = mirrored(QRectF(x, 0, run.width, rect.height()), rect, flipped)
        painter.setPen(QColor(colour))
        run.draw(painter, area.left(), baseline_in(0, rect.height(), type_.metrics()))
        if self.count:
            self._paint_badge(painter, rect, x + run.width + type_.px(6), flipped)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ARROWS:
            event.ignore()  # the row of segments moves the choice
            return
        super().keyPressEvent(event)

    def _badge_side(self) -> tuple[float, float]:
        type_ = self.type
        height = max(type_.px(18), type_.metrics(TextSize.CAPTION).height() + 2)
        width = type_.metrics(TextSize.CAPTION).horizontalAdvance(self.count) + type_.px(10)
        return max(width, height), height

    def _paint_badge(self, painter: QPainter, rect: QRectF, x: float, flipped: bool) -> None:
        width, height = self._badge_side()
        tokens = self.tokens
        area = QRectF(x, round(rect.center().y() - height / 2), width, height)
        area = mirrored(area, rect, flipped)
        fill = tokens.danger_tint if self.alert else tokens.tint
        rounded(painter, area, height / 2, fill=fill)
        painter.setPen(QColor(tokens.danger if self.alert else tokens.muted))
        weight = SEMIBOLD if self.alert else REGULAR
        run = Run(self.count, self.type.font(TextSize.CAPTION, weight))
        metrics = self.type.metrics(TextSize.CAPTION)
        run.draw(
            painter, area.center().x() - run.width / 2, baseline_in(area.top(), height, metrics)
        )


class Segmented(Painted):
    """Named choices, one of them chosen. Tab reaches the chosen one, arrows move the choice."""

    chosen = Signal(object)
    """The value a person chose."""

    def __init__(
        self,
        choices: Sequence[tuple[object, str]],
        parent: QWidget | None = None,
        *,
        shape: Shape = Shape.TRACK,
        name: str = "",
    ) -> None:
        super().__init__(parent)
        self._shape = shape
        self._group = QButtonGroup(self)
        self._values = [value for value, _ in choices]
        # Round ones stand apart, so that they may go on in a second line.
        self._wraps = shape is Shape.ROUND
        self._layout: QLayout = FlowLayout(self, gap=2) if self._wraps else QHBoxLayout(self)
        self._segments: list[_Segment] = []
        for position, (_, text) in enumerate(choices):
            segment = _Segment(text, shape, self)
            self._segments.append(segment)
            self._group.addButton(segment, position)
            self._layout.addWidget(segment)
        self._group.idClicked.connect(self._picked)
        self.setAccessibleName(name)
        if self._wraps:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        else:
            self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.restyle()
        if self._values:
            self.set_value(self._values[0])

    def value(self) -> object:
        """Return the chosen value."""
        position = self._group.checkedId()
        return self._values[position] if position >= 0 else None

    def set_value(self, value: object) -> None:
        """Choose without telling anyone."""
        position = self._values.index(value)
        self._segments[position].setChecked(True)
        self._keep_one_tab_stop(position)

    def segment(self, value: object) -> QWidget:
        """Return the control of one choice."""
        return self._segments[self._values.index(value)]

    def set_count(self, value: object, count: str, *, alert: bool = False) -> None:
        """Show ``count`` in a round badge; ``alert`` says that a decision waits."""
        segment = self._segments[self._values.index(value)]
        segment.count, segment.alert = count, alert
        name = f"{segment.text()}, {count}" if count else segment.text()
        segment.setAccessibleName(name)
        segment.restyle()

    def restyle(self) -> None:
        px = current_theme().type.px
        inset = px(2) if self._shape is Shape.TRACK else 0
        self._layout.setContentsMargins(inset, inset, inset, inset)
        gaps = {Shape.TRACK: 0, Shape.ROUND: 2, Shape.TABS: 20}
        if not self._wraps:
            self._layout.setSpacing(px(gaps[self._shape]))
        super().restyle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        forward = Qt.Key.Key_Left if is_rtl(self) else Qt.Key.Key_Right
        steps: dict[int, int] = {forward: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        back = Qt.Key.Key_Right if is_rtl(self) else Qt.Key.Key_Left
        steps[back] = -1
        step = steps.get(event.key())
        if step is None:
            super().keyPressEvent(event)
            return
        target = min(max(0, self._group.checkedId() + step), len(self._segments) - 1)
        if target != self._group.checkedId():
            self._segments[target].setChecked(True)
            self._picked(target)
            self._segments[target].setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._shape is Shape.TRACK:
            border = self.tokens.control_border if self.tokens.high_contrast else None
            painter = QPainter(self)
            rounded(
                painter, QRectF(self.rect()), self.type.px(6), fill=self.tokens.tint, border=border
            )

    def _picked(self, position: int) -> None:
        self._keep_one_tab_stop(position)
        self.chosen.emit(self._values[position])

    def _keep_one_tab_stop(self, position: int) -> None:
        for other, segment in enumerate(self._segments):
            segment.setFocusPolicy(
                Qt.FocusPolicy.StrongFocus if other == position else Qt.FocusPolicy.ClickFocus
            )
