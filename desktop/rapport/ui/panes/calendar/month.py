"""A month in whole weeks."""

from __future__ import annotations

from datetime import date, datetime

from PySide6.QtCore import QDate, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from rapport.language import trn
from rapport.ui.look.paint import focus_ring, rounded
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import REGULAR, SEMIBOLD, TextSize
from rapport.ui.panes.calendar.blocks import paint_ghost, title_of
from rapport.ui.panes.calendar.entries import Entry
from rapport.ui.panes.calendar.model import SLOT
from rapport.ui.panes.calendar.painted_list import Box
from rapport.ui.panes.calendar.times import DAY_MIN, day_of, days_of
from rapport.ui.panes.calendar.view import CalendarView
from rapport.ui.wording import count, dated, locale

_HEAD, _NUMBER = 28, 24


class MonthView(CalendarView):
    step_min = DAY_MIN

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.month = 0
        """What is shown of other months is muted."""
        self._more: list[tuple[date, QRectF, int]] = []

    # Geometry.

    @property
    def _line(self) -> int:
        return self.type.line(TextSize.CAPTION) + self.type.px(2)

    def _cell(self, n: int) -> QRectF:
        head = self.type.px(_HEAD)
        weeks = max(1, len(self.days) // 7)
        width = self.viewport().width() / 7
        height = (self.viewport().height() - head) / weeks
        return QRectF(n % 7 * width, head + n // 7 * height, width, height)

    def lay_out(self) -> list[Box]:
        rows: dict[date, list[int]] = {day: [] for day in self.days}
        for row, entry in enumerate(self.agenda.entries, 1):
            for day in self._days_of(entry):
                if day in rows:
                    rows[day].append(row)
        boxes: list[Box] = []
        self._more = []
        line, number = self._line, self.type.px(_NUMBER)
        for n, day in enumerate(self.days):
            cell = self._cell(n)
            places = max(1, int((cell.height() - number - 3) / (line + 2)))
            found = rows[day]
            shown = found if len(found) <= places else found[: places - 1]
            for k, row in enumerate(shown):
                top = cell.top() + number + k * (line + 2)
                rect = QRectF(cell.left() + 4, top, cell.width() - 8, line)
                boxes.append(Box(row, rect, line=True))
            if len(shown) < len(found):
                top = cell.top() + number + len(shown) * (line + 2)
                rect = QRectF(cell.left() + 4, top, cell.width() - 8, line)
                self._more.append((day, rect, len(found) - len(shown)))
        return boxes

    def place_at(self, spot: QPointF) -> tuple[date, int | None] | None:
        for n, day in enumerate(self.days):
            if self._cell(n).contains(spot):
                return day, None
        return None

    def slot_rect(self) -> QRectF:
        day, _ = self.slot
        return self._cell(self.days.index(day)) if day in self.days else QRectF()

    def ghosts(self, start: datetime, end: datetime, entry: Entry | None) -> list[QRectF]:
        until = start if entry is not None and entry.is_task else end
        found = []
        for day in days_of(start, until, self.zone):
            if day in self.days:
                cell = self._cell(self.days.index(day))
                top = cell.top() + self.type.px(_NUMBER)
                found.append(QRectF(cell.left() + 4, top, cell.width() - 8, self._line))
        return found

    def more_at(self, spot: QPointF) -> tuple[date, QRectF] | None:
        return next(((day, rect) for day, rect, _ in self._more if rect.contains(spot)), None)

    # Painting.

    def paint(self, painter: QPainter) -> None:
        if not self.days:
            return
        self._paint_cells(painter)
        self.paint_boxes(painter, self.boxes)
        self._paint_more(painter)
        if self.moving is not None:
            move = self.moving
            for area in self.ghosts(move.start, move.end, move.entry):
                paint_ghost(painter, self.across(area), title_of(move.entry), self.flipped)

    def _paint_cells(self, painter: QPainter) -> None:
        tokens, type_ = current_theme().tokens, self.type
        width, height, head = self.viewport().width(), self.viewport().height(), type_.px(_HEAD)
        divider = QColor(tokens.divider)
        today = day_of(self.now, self.zone)
        for n, day in enumerate(self.days):
            cell = self._cell(n)
            other = day.month != self.month
            if other:
                painter.fillRect(self.across(cell), QColor(tokens.window))
            self._paint_number(painter, cell, day, today=day == today, other=other)
        for n in range(7):
            self._paint_weekday(painter, n)
            line = QRectF(n * width / 7, head, 1, height)
            if n:
                painter.fillRect(self.across(line), divider)
        for week in range(len(self.days) // 7):
            painter.fillRect(QRectF(0, self._cell(7 * week).top(), width, 1), divider)
        if self.currentIndex().row() <= SLOT and self.hasFocus():
            area = self.across(self.slot_rect().adjusted(2, 2, -1, -1))
            if self._ring:
                focus_ring(painter, area, type_.px(6))
            else:
                rounded(painter, area, type_.px(6), border=tokens.control_border)

    def _paint_weekday(self, painter: QPainter, n: int) -> None:
        tokens, type_ = current_theme().tokens, self.type
        day, cell, head = self.days[n], self._cell(n), type_.px(_HEAD)
        words = dated(QDate(day.year, day.month, day.day), "ddd")
        run = Run(words, type_.font(TextSize.CAPTION), cell.width() - 8)
        spot = self.across(QRectF(cell.left() + 8, 0, run.width, head))
        painter.setPen(QColor(tokens.muted))
        baseline = baseline_in(0, head, type_.metrics(TextSize.CAPTION))
        run.draw(painter, spot.left(), baseline)

    def _paint_number(
        self, painter: QPainter, cell: QRectF, day: date, *, today: bool, other: bool
    ) -> None:
        tokens, type_ = current_theme().tokens, self.type
        words = locale().toString(day.day)
        if day.day == 1:
            words = dated(QDate(day.year, day.month, day.day), "d MMM")
        weight = SEMIBOLD if today or day.day == 1 else REGULAR
        run = Run(words, type_.font(TextSize.CAPTION, weight), cell.width() - 12)
        line = type_.px(18)
        area = QRectF(cell.left() + 8, cell.top() + type_.px(3), run.width, line)
        if today:
            pill = area.adjusted(-type_.px(6), 0, type_.px(6), 0)
            rounded(painter, self.across(pill), line / 2, fill=tokens.accent_fill)
        colour = tokens.on_accent if today else tokens.muted if other else tokens.text
        painter.setPen(QColor(colour))
        baseline = baseline_in(area.top(), line, type_.metrics(TextSize.CAPTION, weight))
        run.draw(painter, self.across(area).left(), baseline)

    def _paint_more(self, painter: QPainter) -> None:
        type_ = self.type
        painter.setPen(QColor(current_theme().tokens.muted))
        for _, rect, number in self._more:
            words = trn("+{n} more", "+{n} more", number).format(n=count(number))
            run = Run(words, type_.font(TextSize.CAPTION, SEMIBOLD), rect.width() - 8)
            spot = self.across(QRectF(rect.left() + 4, rect.top(), run.width, rect.height()))
            metrics = type_.metrics(TextSize.CAPTION, SEMIBOLD)
            run.draw(painter, spot.left(), baseline_in(rect.top(), rect.height(), metrics))
