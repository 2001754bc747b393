"""What both calendars share: one painted widget, a keyboard that reaches everything, and moving.

The keyboard is on an entry or on a free time. ``Alt`` with an arrow, or move mode, takes the entry
along; a mouse drags it. Where it would stand is a ghost until it is dropped there; whoever owns the
view carries that out and gives fresh entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QApplication,
    QWidget,
)

from rapport.domain.records import Id
from rapport.language import tr
from rapport.ui.panes.calendar.blocks import paint_entry, title_of
from rapport.ui.panes.calendar.entries import Entry, when_words
from rapport.ui.panes.calendar.model import SLOT
from rapport.ui.panes.calendar.moving import Move, grip_of
from rapport.ui.panes.calendar.painted_list import Box, PaintedList
from rapport.ui.panes.calendar.times import (
    DAY_MIN,
    STEP_MIN,
    at_wall,
    day_of,
    days_of,
    wall_min,
)
from rapport.ui.widgets.base import by_keyboard

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_SLOT_MIN = 30
"""Steps of the keyboard through free time."""


class CalendarView(PaintedList):
    """``days`` are what is shown. The subclass lays out and paints."""

    opened = Signal(object)
    """An :class:`Entry`."""
    moved = Signal(object, object, object)
    """An entry, and its new beginning and end."""
    free_chosen = Signal(object, object)
    """From when to when something new is to be."""
    day_wanted = Signal(object)
    """A day that is not shown."""
    stepped = Signal(int)
    today_wanted = Signal()
    menu_wanted = Signal(object, QPoint)
    more_wanted = Signal(object, QRect)
    """A day with more than there is room for, and where that is said in the view."""
    hinted = Signal(str)
    """What the keys do now; "" for nothing in particular."""
    reached = Signal()
    """The keyboard is on another entry or time."""

    step_min = STEP_MIN

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.days: list[date] = []
        self.zone: tzinfo = UTC
        self.now = datetime.now(UTC)
        self.slot: tuple[date, int] = (self.now.date(), 9 * 60)
        self.moving: Move | None = None
        self._by_keys = False
        self._by_alt = False
        self._ring = False
        self._pressed: QPoint | None = None
        self._pressed_row = SLOT
        self._range: tuple[date, int, int] | None = None

    # What the page says and asks.

    def show_days(
        self, days: Sequence[date], zone: tzinfo, now: datetime, *, day: date | None = None
    ) -> None:
        """``day`` is where the keyboard goes."""
        self.days, self.zone, self.now = list(days), zone, now
        if day is not None:
            self.slot = day, self.slot[1]
        self.relayout()

    def take(self, entries: Sequence[Entry]) -> None:
        """Show these; the keyboard stays on the entry, or the time, that it was on."""
        kept = self.current()
        if self.moving is not None and (self.moving.dropped or not self._by_hand()):
            self.moving = None
        self.agenda.take(entries, self.zone)
        self._tell_slot()
        row = self.agenda.row_of(kept.id) if kept is not None else SLOT
        self._set_current(row, tell=False)
        self.relayout()
        if kept is not None and row == SLOT:
            self.reached.emit()

    def current(self) -> Entry | None:
        return self.agenda.entry(self.currentIndex().row())

    def choose(self, id: Id) -> bool:
        """Put the keyboard on this entry; False where it is not shown."""
        row = self.agenda.row_of(id)
        if row != SLOT:
            self._set_current(row)
        return row != SLOT

    def slot_span(self) -> tuple[datetime, datetime]:
        """An hour at the time that the keyboard is on."""
        day, minutes = self.slot
        start = at_wall(day, minutes, self.zone)
        return start, start + timedelta(hours=1)

    def area_of(self, entry: Entry | None) -> QRect:
        """Where the entry, or the free time, is seen, in the window."""
        row = self.agenda.row_of(entry.id) if entry is not None else SLOT
        area = self.visualRect(self.agenda.index(row))
        return QRect(self.viewport().mapTo(self.window(), area.topLeft()), area.size())

    def begin_move(self) -> bool:
        """Let the arrows move the entry until Enter or Esc."""
        entry = self.current()
        if entry is None:
            return False
        self.moving, self._by_keys = Move(entry, entry.start, entry.end), True
        self._say_move()
        return True

    def give_up(self) -> None:
        """What was being moved stays where it was."""
        if self.moving is not None or self._range is not None:
            self.moving = self._range = None
            self._by_keys = self._by_alt = False
            self._pressed = None
            self.hinted.emit("")
            self.viewport().update()

    @property
    def is_moving(self) -> bool:
        return self.moving is not None and not self.moving.dropped

    # What the subclass does.

    def place_at(self, spot: QPointF) -> tuple[date, int | None] | None:
        """Day and minute at a point, left to right; the minute None where a day has no hours. None
        outside of the days."""
        raise NotImplementedError

    def ghosts(self, start: datetime, end: datetime, entry: Entry | None) -> list[QRectF]:
        """Where something of that time would be drawn."""
        raise NotImplementedError

    def more_at(self, spot: QPointF) -> tuple[date, QRectF] | None:
        """Whether “+3 more” is there."""
        return None

    # Where the keyboard is.

    def shows_ring(self, row: int) -> bool:
        return self._ring and self.hasFocus() and self.currentIndex().row() == row

    def paint_boxes(self, painter: QPainter, boxes: Iterable[Box]) -> None:
        """The entries that stand in ``boxes``; what is being moved is pale."""
        here = self.currentIndex().row()
        moving = self.moving.entry.id if self.moving is not None else None
        for box in boxes:
            entry = self.agenda.entry(box.row)
            if entry is None:
                continue
            painter.setOpacity(0.4 if entry.id == moving else 1.0)
            paint_entry(
                painter,
                self.across(box.rect),
                entry,
                self.zone,
                line=box.line,
                flipped=self.flipped,
                focused=self.shows_ring(box.row),
                chosen=box.row == here,
            )
        painter.setOpacity(1.0)

    def _set_current(self, row: int, *, tell: bool = True) -> None:
        entry = self.agenda.entry(row)
        if entry is not None:
            day = day_of(entry.start, self.zone)
            if day not in self.days:
                day = next((one for one in self._days_of(entry) if one in self.days), day)
            self.slot = day, wall_min(entry.start, self.zone)
            self._tell_slot()
        index = self.agenda.index(row)
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect)
        self.scrollTo(index)
        self.viewport().update()
        if tell:
            self.reached.emit()

    def _go_to_slot(self, day: date, minutes: int) -> None:
        self.slot = day, minutes
        self._tell_slot()
        if day not in self.days:
            self.day_wanted.emit(day)
        self._set_current(self._row_covering(day, minutes))

    def _tell_slot(self) -> None:
        day, minutes = self.slot
        self.agenda.set_slot(at_wall(day, minutes, self.zone), timed=self.step_min < DAY_MIN)

    def _row_covering(self, day: date, minutes: int) -> int:
        """What is at that time; for whole days whatever comes first."""
        for row, entry in self.rows_on(day):
            if self.step_min >= DAY_MIN:
                return row
            if day_of(entry.start, self.zone) == day and not entry.untimed:
                since = wall_min(entry.start, self.zone)
                if since <= minutes < since + (entry.end - entry.start) // timedelta(minutes=1):
                    return row
        return SLOT

    def _days_of(self, entry: Entry) -> list[date]:
        end = entry.start if entry.is_task else entry.end
        return days_of(entry.start, end, self.zone)

    def rows_on(self, day: date) -> list[tuple[int, Entry]]:
        return [
            (row, entry)
            for row, entry in enumerate(self.agenda.entries, 1)
            if day in self._days_of(entry)
        ]

    def _go(self, days: int, lines: int) -> None:
        day, minutes = self.slot
        if days:
            self._go_to_slot(day + timedelta(days=days), minutes)
            return
        on_day = [row for row, _ in self.rows_on(day)]
        here = self.currentIndex().row()
        near = self._next_row(on_day, here, minutes, lines)
        if self.step_min >= DAY_MIN:
            if near is not None:
                self._set_current(near)
            else:
                self._go_to_slot(day + timedelta(days=7 * lines), minutes)
            return
        free = self._next_free(minutes, lines)
        entry = self.agenda.entry(near) if near is not None else None
        if near is not None and entry is not None:
            at = wall_min(entry.start, self.zone)
            if entry.untimed or (at <= free if lines > 0 else at >= free) or at == minutes:
                self._set_current(near)
                return
        self.slot = day, free
        self._tell_slot()
        self._set_current(self._row_covering(day, free))

    def _next_free(self, minutes: int, by: int) -> int:
        """The half-hour below or above where the keyboard is; below an entry it begins where that
        ends."""
        entry = self.current()
        if by > 0:
            last = minutes + 1
            if entry is not None and not entry.untimed:
                last = minutes + max(1, (entry.end - entry.start) // timedelta(minutes=1))
            wanted = -(-last // _SLOT_MIN) * _SLOT_MIN
        else:
            wanted = (minutes - 1) // _SLOT_MIN * _SLOT_MIN
        return min(max(wanted, 0), DAY_MIN - _SLOT_MIN)

    def _next_row(self, rows: list[int], here: int, minutes: int, by: int) -> int | None:
        """The entry before or after where the keyboard is, on one day."""
        if here in rows:
            place = rows.index(here) + by
            return rows[place] if 0 <= place < len(rows) else None
        if self.step_min >= DAY_MIN:
            return None
        timed = [
            (wall_min(entry.start, self.zone), row)
            for row in rows
            if (entry := self.agenda.entry(row)) is not None and not entry.untimed
        ]
        ahead = [one for one in timed if (one[0] - minutes) * by > 0]
        if not ahead:
            return None
        return (min(ahead) if by > 0 else max(ahead))[1]

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring = by_keyboard(self, event.reason())
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._by_keys:
            self.give_up()
        self.viewport().update()

    # Keys.

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (self.is_moving or self._range is not None)
        ):
            event.accept()  # while something is moved every key concerns that
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        self._ring = True
        along = _ARROWS.get(Qt.Key(key))
        if along is not None:
            days, lines = along
            days = -days if self.flipped else days
            alt = bool(modifiers & Qt.KeyboardModifier.AltModifier)
            if alt and not self.is_moving:
                self._by_alt = self.begin_move()
            if self.is_moving:
                resize = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
                self._shift(days, lines, resize=resize)
            elif not alt:
                self._go(days, lines)
            return
        match key:
            case Qt.Key.Key_Escape if self.is_moving or self._range is not None:
                self.give_up()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if self.is_moving:
                    self._drop()
                elif (entry := self.current()) is not None:
                    self.opened.emit(entry)
                else:
                    self.free_chosen.emit(*self.slot_span())
            case Qt.Key.Key_PageUp | Qt.Key.Key_PageDown if not self.is_moving:
                self.stepped.emit(-1 if key == Qt.Key.Key_PageUp else 1)
            case Qt.Key.Key_Home if not self.is_moving:
                self.today_wanted.emit()
            case Qt.Key.Key_Menu:
                self._offer_menu()
            case _:
                event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Alt and self._by_alt:
            self._drop()
        else:
            super().keyReleaseEvent(event)

    def _offer_menu(self) -> None:
        entry = self.current()
        if entry is not None:
            area = self.visualRect(self.currentIndex())
            self.menu_wanted.emit(entry, self.viewport().mapToGlobal(area.center()))

    # Moving.

    def _by_hand(self) -> bool:
        return self._by_keys or self._pressed is not None

    def _shift(self, days: int, lines: int, *, resize: bool) -> None:
        move = self.moving
        assert move is not None
        whole_days = self.step_min >= DAY_MIN
        if resize and not move.entry.is_task and not whole_days:
            self.moving = move.stretched(move.end + timedelta(minutes=lines * STEP_MIN))
        elif whole_days:
            self.moving = move.by_arrows(days + 7 * lines, 0, self.zone)
        else:
            quarters = 0 if move.entry.untimed else lines
            self.moving = move.by_arrows(days, quarters, self.zone)
        self._say_move()
        day = day_of(self.moving.start, self.zone)
        if day not in self.days:
            self.day_wanted.emit(day)
        self.viewport().update()

    def _say_move(self) -> None:
        move = self.moving
        if move is None:
            return
        when = when_words(move.start, self.zone, timed=not move.entry.untimed)
        words = tr("“{what}” to {when}. Enter puts it there, Esc leaves it where it was.")
        said = words.format(what=title_of(move.entry), when=when)
        self.hinted.emit(said)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, said))
        self.viewport().update()

    def _drop(self) -> None:
        move, self._by_keys, self._by_alt = self.moving, False, False
        self._pressed = None
        self.hinted.emit("")
        if move is None or not move.differs:
            self.moving = None
            self.viewport().update()
            return
        self.moving = replace(move, dropped=True)
        self.viewport().update()
        self.moved.emit(move.entry, move.start, move.end)

    # The mouse.

    def _resizes(self, spot: QPointF) -> bool:
        grip = self.type.px(6)
        for box in reversed(self.boxes):
            if box.rect.contains(spot):
                entry = self.agenda.entry(box.row)
                low = box.rect.bottom() - spot.y() <= grip
                return low and box.last and not box.line and entry is not None and not entry.is_task
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._by_keys:
            self.give_up()
        spot = self.back(event.position().toPoint())
        self._ring = False
        row = self.row_at(spot)
        if row != SLOT:
            self._set_current(row)
        elif (place := self.place_at(spot)) is not None:
            if (more := self.more_at(spot)) is not None:
                self._set_current(SLOT, tell=False)
                area = self.across(more[1]).toRect()
                self.more_wanted.emit(more[0], area)
                return
            day, minutes = place
            free = self.slot[1] if minutes is None else minutes // _SLOT_MIN * _SLOT_MIN
            self.slot = day, free
            self._tell_slot()
            self._set_current(SLOT)
        if event.button() == Qt.MouseButton.RightButton:
            entry = self.agenda.entry(row)
            if entry is not None:
                self.menu_wanted.emit(entry, event.globalPosition().toPoint())
            return
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._pressed_row = event.position().toPoint(), row

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        spot = self.back(at)
        if self._pressed is None:
            shape = Qt.CursorShape.SizeVerCursor if self._resizes(spot) else None
            if shape is None:
                self.viewport().unsetCursor()
            else:
                self.viewport().setCursor(shape)
            return
        far = (at - self._pressed).manhattanLength() >= QApplication.startDragDistance()
        if self.moving is None and self._range is None:
            if not far:
                return
            self._begin_drag(self.back(self._pressed))
        self._drag_to(spot)

    def _begin_drag(self, spot: QPointF) -> None:
        place = self.place_at(spot)
        entry = self.agenda.entry(self._pressed_row)
        minutes = place[1] if place is not None else None
        if entry is None:
            if place is not None and minutes is not None:
                since = minutes // STEP_MIN * STEP_MIN
                self._range = place[0], since, since + STEP_MIN
            return
        grip = grip_of(entry, *place, self.zone) if place is not None else 0
        resize = self._resizes(spot)
        self.moving = Move(entry, entry.start, entry.end, resize=resize, grip_min=grip)

    def _drag_to(self, spot: QPointF) -> None:
        self._scroll_near(spot)
        place = self.place_at(spot)
        if place is None:
            return
        day, minutes = place
        if self._range is not None and minutes is not None:
            _, since, _ = self._range
            until = max(since + STEP_MIN, -(-minutes // STEP_MIN) * STEP_MIN)
            self._range = self._range[0], since, min(until, DAY_MIN)
            self.viewport().update()
        elif self.moving is not None:
            self.moving = self.moving.by_mouse(day, minutes, self.zone)
            self._say_move()

    def _scroll_near(self, spot: QPointF) -> None:
        return

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            return
        self._pressed = None
        if self._range is not None:
            day, since, until = self._range
            self._range = None
            self.slot = day, since
            self._tell_slot()
            self.viewport().update()
            self.free_chosen.emit(at_wall(day, since, self.zone), at_wall(day, until, self.zone))
        elif self.moving is not None:
            self._drop()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        spot = self.back(event.position().toPoint())
        entry = self.agenda.entry(self.row_at(spot))
        self._pressed = None
        if entry is not None:
            self.opened.emit(entry)
        elif self.place_at(spot) is not None:
            self.free_chosen.emit(*self.slot_span())
