"""A week, or a day, by the hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtCore import (
    QDate,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QTime,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QWidget

from rapport.ui.look.paint import more_words, rounded
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.panes.calendar.blocks import paint_ghost
from rapport.ui.panes.calendar.entries import Entry
from rapport.ui.panes.calendar.model import SLOT
from rapport.ui.panes.calendar.painted_list import Box
from rapport.ui.panes.calendar.times import (
    DAY_MIN,
    day_of,
    lanes,
    on_day,
    wall_min,
)
from rapport.ui.panes.calendar.view import CalendarView
from rapport.ui.wording import clock_time, locale

_HOUR, _GUTTER, _HEAD = 48, 60, 48
_LEAST_MIN = 25
"""However short something is, it is drawn so many minutes high."""
_UNTIMED_ROWS = 3
_OPENS_AT = 7
"""The first hour that is seen, unless something is earlier."""


class WeekView(CalendarView):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._more: list[tuple[date, QRectF, int]] = []
        self._untimed_rows = 0
        self._opened_at = False
        self.verticalScrollBar().valueChanged.connect(lambda _: self.relayout())

    # Geometry.

    @property
    def _hour(self) -> int:
        return self.type.px(_HOUR)

    @property
    def _line(self) -> int:
        return self.type.line(TextSize.CAPTION) + self.type.px(4)

    @property
    def _above(self) -> int:
        """Pixels above the hours: the days' names, and what has no time."""
        strip = self._untimed_rows * (self._line + 2) + self.type.px(6)
        return self.type.px(_HEAD) + (strip if self._untimed_rows else 0)

    def _column(self, n: int) -> tuple[float, float]:
        gutter = self.type.px(_GUTTER)
        width = (self.viewport().width() - gutter) / max(1, len(self.days))
        return gutter + n * width, width

    def _y(self, minutes: int) -> float:
        return self._above + minutes * self._hour / 60 - self.verticalScrollBar().value()

    def lay_out(self) -> list[Box]:
        untimed: dict[date, list[int]] = {day: [] for day in self.days}
        timed: dict[date, list[tuple[int, int, int]]] = {day: [] for day in self.days}
        for row, entry in enumerate(self.agenda.entries, 1):
            for day in self._days_of(entry):
                if day not in timed:
                    continue
                if entry.untimed:
                    untimed[day].append(row)
                elif (span := on_day(entry.start, entry.end, day, self.zone)) is not None:
                    timed[day].append((row, *span))
        most = max(map(len, untimed.values()), default=0)
        self._untimed_rows = min(most, _UNTIMED_ROWS)
        self._set_range()
        boxes: list[Box] = []
        self._more = []
        for n, day in enumerate(self.days):
            boxes += self._untimed_boxes(n, day, untimed[day])
            boxes += self._timed_boxes(n, day, timed[day])
        return boxes

    def _untimed_boxes(self, n: int, day: date, rows: list[int]) -> list[Box]:
        left, width = self._column(n)
        top, height = self.type.px(_HEAD) + self.type.px(2), self._line
        fits = rows if len(rows) <= _UNTIMED_ROWS else rows[: _UNTIMED_ROWS - 1]
        boxes = [
            Box(row, QRectF(left + 2, top + k * (height + 2), width - 5, height), line=True)
            for k, row in enumerate(fits)
        ]
        if len(fits) < len(rows):
            spot = QRectF(left + 2, top + len(fits) * (height + 2), width - 5, height)
            self._more.append((day, spot, len(rows) - len(fits)))
        return boxes

    def _timed_boxes(self, n: int, day: date, spans: list[tuple[int, int, int]]) -> list[Box]:
        left, width = self._column(n)
        room = width - self.type.px(8)
        # What is drawn higher than it lasts must not lie over what follows.
        drawn = [(since, max(until, since + _LEAST_MIN)) for _, since, until in spans]
        boxes = []
        for (row, _, _), (since, until), (lane, count) in zip(
            spans, drawn, lanes(drawn), strict=True
        ):
            entry = self.agenda.entry(row)
            ends = entry is not None and day_of(entry.end, self.zone) == day
            share = room / count
            top = self._y(since)
            rect = QRectF(left + 2 + lane * share, top + 1, share - 2, self._y(until) - top - 2)
            boxes.append(Box(row, rect, line=False, last=ends))
        return boxes

    def _set_range(self) -> None:
        bar = self.verticalScrollBar()
        page = max(1, self.viewport().height() - self._above)
        bar.blockSignals(True)
        bar.setRange(0, max(0, 24 * self._hour - page))
        bar.setPageStep(page)
        bar.setSingleStep(self._hour // 2)
        if not self._opened_at and self.viewport().height() > self._above + self._hour:
            self._opened_at = True
            bar.setValue(_OPENS_AT * self._hour + self._hour // 2)
        bar.blockSignals(False)

    def place_at(self, spot: QPointF) -> tuple[date, int | None] | None:
        gutter = self.type.px(_GUTTER)
        if spot.x() < gutter or not self.days:
            return None
        _, width = self._column(0)
        n = min(len(self.days) - 1, max(0, int((spot.x() - gutter) / width)))
        if spot.y() < self._above:
            return self.days[n], None
        minutes = round((spot.y() - self._y(0)) * 60 / self._hour)
        return self.days[n], min(max(minutes, 0), DAY_MIN - 1)

    def slot_rect(self) -> QRectF:
        day, minutes = self.slot
        if day not in self.days:
            return QRectF()
        left, width = self._column(self.days.index(day))
        return QRectF(left + 1, self._y(minutes), width - 2, self._hour / 2)

    def ghosts(self, start: datetime, end: datetime, entry: Entry | None) -> list[QRectF]:
        found = []
        for n, day in enumerate(self.days):
            left, width = self._column(n)
            if entry is not None and entry.untimed:
                if day_of(start, self.zone) == day:
                    top = float(self.type.px(_HEAD) + self.type.px(2))
                    found.append(QRectF(left + 2, top, width - 5, self._line))
                continue
            span = on_day(start, end, day, self.zone)
            if span is not None:
                until = max(span[1], span[0] + _LEAST_MIN)
                top = self._y(span[0])
                height = self._y(until) - top - 2
                found.append(QRectF(left + 2, top + 1, width - self.type.px(8), height))
        return found

    def more_at(self, spot: QPointF) -> tuple[date, QRectF] | None:
        return next(((day, rect) for day, rect, _ in self._more if rect.contains(spot)), None)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        entry = self.agenda.entry(index.row())
        if entry is not None and entry.untimed:
            return
        minutes = wall_min(entry.start, self.zone) if entry is not None else self.slot[1]
        bar, hour = self.verticalScrollBar(), self._hour
        top = minutes * hour // 60
        page = bar.pageStep()
        if top < bar.value():
            bar.setValue(top - hour // 4)
        elif top + hour > bar.value() + page:
            bar.setValue(top + hour - page)

    def _scroll_near(self, spot: QPointF) -> None:
        bar = self.verticalScrollBar()
        if self._above <= spot.y() < self._above + self.type.px(24):
            bar.setValue(bar.value() - self._hour // 4)
        elif spot.y() > self.viewport().height() - self.type.px(24):
            bar.setValue(bar.value() + self._hour // 4)

    def focus_range(self, entries: Sequence[Entry]) -> None:
        """Scroll so that the first thing of the days shown is seen."""
        timed = [wall_min(one.start, self.zone) for one in entries if not one.untimed]
        if timed and min(timed) < _OPENS_AT * 60:
            self.verticalScrollBar().setValue(min(timed) * self._hour // 60)

    # Painting.

    def paint(self, painter: QPainter) -> None:
        if not self.days:
            return
        view = self.viewport().rect()
        below = view.adjusted(0, self._above, 0, 0)
        painter.setClipRect(below)
        self._paint_hours(painter)
        self._paint_boxes(painter, line=False)
        self._paint_now(painter)
        self._paint_moving(painter, timed=True)
        painter.setClipping(False)
        self._paint_head(painter)
        self._paint_boxes(painter, line=True)
        self._paint_more(painter)
        self._paint_moving(painter, timed=False)

    def _paint_hours(self, painter: QPainter) -> None:
        tokens, type_ = current_theme().tokens, self.type
        gutter, width = type_.px(_GUTTER), self.viewport().width()
        font, metrics = type_.font(TextSize.CAPTION), type_.metrics(TextSize.CAPTION)
        today = day_of(self.now, self.zone)
        if today in self.days and len(self.days) > 1:
            left, column = self._column(self.days.index(today))
            strip = self.across(QRectF(left, self._above, column, self.viewport().height()))
            painter.fillRect(strip, QColor(tokens.window))
        divider = QColor(tokens.divider)
        for hour in range(24):
            y = self._y(hour * 60)
            if y > self.viewport().height() or y + self._hour < self._above:
                continue
            painter.fillRect(self.across(QRectF(gutter, y, width - gutter, 1)), divider)
            if hour:
                words = locale().toString(QTime(hour, 0), QLocale.FormatType.ShortFormat)
                run = Run(words, font, gutter - type_.px(10))
                spot = QRectF(gutter - type_.px(8) - run.width, y - 8, run.width, 16)
                painter.setPen(QColor(tokens.muted))
                run.draw(painter, self.across(spot).left(), baseline_in(y - 8, 16, metrics))
        for n in range(len(self.days)):
            left, _ = self._column(n)
            line = QRectF(left, self._above, 1, self.viewport().height())
            painter.fillRect(self.across(line), divider)
        if self.currentIndex().row() <= SLOT and self.hasFocus():
            area = self.across(self.slot_rect())
            border = tokens.accent_text if self._ring else tokens.control_border
            rounded(painter, area, type_.px(4), fill=tokens.hover, border=border)

    def _paint_boxes(self, painter: QPainter, *, line: bool) -> None:
        height = self.viewport().height()
        seen = [box for box in self.boxes if box.line is line and box.rect.top() <= height]
        if not line:
            seen = [box for box in seen if box.rect.bottom() >= self._above]
        self.paint_boxes(painter, seen)

    def _paint_now(self, painter: QPainter) -> None:
        today = day_of(self.now, self.zone)
        if today not in self.days:
            return
        tokens = current_theme().tokens
        left, width = self._column(self.days.index(today))
        y = self._y(wall_min(self.now, self.zone))
        painter.fillRect(self.across(QRectF(left, y - 1, width, 2)), QColor(tokens.danger))
        side = self.type.px(8)
        dot = self.across(QRectF(left - side / 2, y - side / 2, side, side))
        rounded(painter, dot, side / 2, fill=tokens.danger)

    def _paint_moving(self, painter: QPainter, *, timed: bool) -> None:
        if self._range is not None and timed:
            day, since, until = self._range
            left, width = self._column(self.days.index(day))
            top = self._y(since)
            area = QRectF(left + 2, top, width - self.type.px(8), self._y(until) - top)
            words = f"{_clock(since)}–{_clock(until)}"
            paint_ghost(painter, self.across(area), words, self.flipped)
        move = self.moving
        if move is None or move.entry.untimed is timed:
            return
        words = clock_time(move.start, self.zone)
        if not move.entry.is_task:
            words = f"{words}–{clock_time(move.end, self.zone)}"
        for area in self.ghosts(move.start, move.end, move.entry):
            paint_ghost(painter, self.across(area), words, self.flipped)

    def _paint_head(self, painter: QPainter) -> None:
        tokens, type_ = current_theme().tokens, self.type
        width, head = self.viewport().width(), type_.px(_HEAD)
        painter.fillRect(QRectF(0, 0, width, self._above), QColor(tokens.surface))
        today = day_of(self.now, self.zone)
        for n, day in enumerate(self.days):
            left, column = self._column(n)
            date_ = QDate(day.year, day.month, day.day)
            name = Run(locale().toString(date_, "ddd"), type_.font(TextSize.CAPTION), column - 8)
            number = Run(str(locale().toString(day.day)), type_.font(TextSize.SECTION, SEMIBOLD))
            middle = left + column / 2
            top = type_.px(5)
            line = type_.line(TextSize.CAPTION)
            spot = self.across(QRectF(middle - name.width / 2, top, name.width, line))
            is_today = day == today
            painter.setPen(QColor(tokens.accent_text if is_today else tokens.muted))
            name.draw(painter, spot.left(), baseline_in(top, line, type_.metrics(TextSize.CAPTION)))
            top += line
            line = type_.line(TextSize.SECTION)
            if is_today:
                side = max(number.width + type_.px(10), line + 2)
                pill = self.across(QRectF(middle - side / 2, top, side, line + 2))
                rounded(painter, pill, (line + 2) / 2, fill=tokens.accent_fill)
            spot = self.across(QRectF(middle - number.width / 2, top, number.width, line))
            painter.setPen(QColor(tokens.on_accent if is_today else tokens.text))
            metrics = type_.metrics(TextSize.SECTION, SEMIBOLD)
            number.draw(painter, spot.left(), baseline_in(top + 1, line, metrics))
        divider = QColor(tokens.divider)
        if self._untimed_rows:
            painter.fillRect(QRectF(0, head - 1, width, 1), divider)
            for n in range(len(self.days)):
                left, _ = self._column(n)
                painter.fillRect(self.across(QRectF(left, head, 1, self._above - head)), divider)
        painter.fillRect(QRectF(0, self._above - 1, width, 1), divider)

    def _paint_more(self, painter: QPainter) -> None:
        type_ = self.type
        painter.setPen(QColor(current_theme().tokens.muted))
        for _, rect, count in self._more:
            run = Run(more_words(count), type_.font(TextSize.CAPTION), rect.width() - 8)
            spot = self.across(QRectF(rect.left() + 6, rect.top(), run.width, rect.height()))
            metrics = type_.metrics(TextSize.CAPTION)
            run.draw(painter, spot.left(), baseline_in(rect.top(), rect.height(), metrics))


def _clock(minutes: int) -> str:
    time = QTime(minutes // 60 % 24, minutes % 60)
    return locale().toString(time, QLocale.FormatType.ShortFormat)
