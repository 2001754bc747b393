"""Looks like a field and opens the panel in which a task is typed as a sentence."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rapport.language import tr
from rapport.ui.key_names import cap_of
from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import key_cap, key_cap_size, mirrored, rounded
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.widgets.base import Control, is_rtl


class QuickLine(Control):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("task-sentence")
        self.setText(tr("Add a task: call Ana fri 3pm #hot"))
        self.setAccessibleName(tr("Add task in a sentence"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self.type.px(240), max(self.type.px(36), self.type.line() + self.type.px(12)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.type.px(120), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, px, tokens = QPainter(self), self.type.px, self.tokens
        rect, flipped = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), is_rtl(self)
        fill = tokens.hover if self.underMouse() and self.isEnabled() else tokens.surface
        rounded(painter, rect, self.corner(), fill=fill, border=tokens.control_border)
        side = px(16)
        spot = QRectF(rect.left() + px(12), rect.center().y() - side / 2, side, side)
        draw_icon(painter, "plus", mirrored(spot, rect, flipped), tokens.muted)
        key = cap_of("task.quick-add")
        width, height = key_cap_size(key) if key else (0, 0)
        cap = QRectF(rect.right() - px(10) - width, rect.center().y() - height / 2, width, height)
        if key:
            key_cap(painter, mirrored(cap, rect, flipped), key)
        start = px(40)
        run = Run(self.text(), self.type.font(), max(0, cap.left() - px(8) - start))
        area = mirrored(QRectF(start, 0, run.width, rect.height()), rect, flipped)
        painter.setPen(QColor(tokens.muted))
        baseline = baseline_in(rect.top(), rect.height(), self.type.metrics())
        run.draw(painter, area.left(), baseline)
