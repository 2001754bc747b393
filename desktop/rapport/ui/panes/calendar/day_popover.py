"""Everything of a day that has more than there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from functools import partial

from PySide6.QtCore import QDate, QObject, QRect, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.panes.calendar.blocks import paint_entry
from rapport.ui.panes.calendar.entries import Entry
from rapport.ui.widgets.base import Control, is_rtl
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.overlay import Popover
from rapport.ui.widgets.scroll import ScrollArea
from rapport.ui.wording import dated

_MOST_SEEN = 12


class _Line(Control):
    """An entry that is pressed."""

    def __init__(self, entry: Entry, zone: tzinfo, parent: QWidget) -> None:
        super().__init__(parent)
        self._entry, self._zone = entry, zone
        self.setObjectName("calendar-day-entry")
        self.setAccessibleName(entry.spoken(zone))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self.type.px(200), self.type.line(TextSize.CAPTION) + self.type.px(6))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, area = QPainter(self), QRectF(self.rect())
        paint_entry(painter, area, self._entry, self._zone, line=True, flipped=is_rtl(self))


class DayPopover(QObject):
    chosen = Signal(str)
    """The id of an entry."""

    def __init__(self, home: QWidget) -> None:
        super().__init__(home)
        self._home = home

    def open(self, spot: QRect, day: date, entries: Sequence[Entry], zone: tzinfo) -> Popover:
        words = dated(QDate(day.year, day.month, day.day), "dddd d MMMM")
        popover = Popover(self._home, width=300, name=words)
        popover.setObjectName("calendar-day")
        popover.body.addWidget(Label(words, popover.panel, size=TextSize.SECTION, weight=SEMIBOLD))
        scroll = ScrollArea(popover.panel)
        inner = QWidget(scroll)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        height = 0
        for place, entry in enumerate(entries):
            line = _Line(entry, zone, inner)
            line.clicked.connect(partial(self._choose, entry.id, popover))
            column.addWidget(line)
            if place < _MOST_SEEN:
                height += line.sizeHint().height() + 4
        column.addStretch(1)
        scroll.setWidget(inner)
        bar = scroll.verticalScrollBar().sizeHint().width()
        column.setContentsMargins(0, 0, bar if len(entries) > _MOST_SEEN else 0, 0)
        scroll.setFixedHeight(height + 4)
        for part in (scroll.viewport(), inner):
            part.setAutoFillBackground(False)
        popover.body.addWidget(scroll)
        popover.closed.connect(popover.deleteLater)
        popover.open_at_rect(spot)
        return popover

    def _choose(self, id: str, popover: Popover) -> None:
        popover.close()
        self.chosen.emit(id)
