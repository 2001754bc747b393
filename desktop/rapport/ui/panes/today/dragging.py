"""A row of tasks that is pulled to another day. By the mouse alone: a drag of the window system
would run a loop of its own, in which the window's tasks cannot go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from PySide6.QtCore import QDate, QEvent, QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from rapport.language import tr
from rapport.ui.delegates.task_row import TaskRowDelegate
from rapport.ui.look.paint import rounded
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.models.task_list_model import TaskListModel
from rapport.ui.panes.today.task_view import TaskView
from rapport.ui.roles import TaskRole
from rapport.ui.widgets.base import Painted
from rapport.ui.wording import dated

_ZONES = 3


class RowDrag(QObject):
    """Days are taken from the section or the row below the mouse, or from the zones that come up at
    the foot of the list. Esc leaves everything where it is."""

    dropped = Signal(int, int)
    """The row that was pulled, and the days from today that it shall be due in."""

    def __init__(
        self, view: TaskView, model: TaskListModel, allowed: Callable[[int], bool]
    ) -> None:
        """``allowed`` says whether the task of a row may be changed."""
        super().__init__(view)
        self._view, self._model, self._allowed = view, model, allowed
        self._row = -1
        self._from = QPointF()
        self._ground: _Ground | None = None
        view.viewport().installEventFilter(self)
        view.installEventFilter(self)

    @property
    def is_pulling(self) -> bool:
        return self._ground is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride) and self.is_pulling:
            if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
                event.accept()
                self._end()
            return True
        if not isinstance(event, QMouseEvent) or watched is not self._view.viewport():
            return False
        if kind == QEvent.Type.MouseButtonPress:
            self._press(event)
        elif kind == QEvent.Type.MouseMove and self._row >= 0:
            return self._move(event)
        elif kind == QEvent.Type.MouseButtonRelease:
            days = self._ground.days if self._ground is not None else None
            row, pulled = self._row, self.is_pulling
            self._end()
            if pulled and days is not None and row >= 0:
                self.dropped.emit(row, days)
            return pulled
        return False

    def _press(self, event: QMouseEvent) -> None:
        self._end()
        row = self._view.indexAt(event.position().toPoint()).row()
        plain = event.button() is Qt.MouseButton.LeftButton and not event.modifiers()
        if plain and self._model.task_at(row) is not None and not self._on_circle(row, event):
            self._row, self._from = row, event.position()

    def _on_circle(self, row: int, event: QMouseEvent) -> bool:
        delegate = self._view.itemDelegate()
        area = QRectF(self._view.visualRect(self._model.index(row)))
        return isinstance(delegate, TaskRowDelegate) and delegate.is_at_circle(
            area, event.position(), right_to_left=self._view.isRightToLeft()
        )

    def _move(self, event: QMouseEvent) -> bool:
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._end()
            return False
        if self._ground is None:
            far = (event.position() - self._from).manhattanLength()
            if far < QApplication.startDragDistance() or not self._allowed(self._row):
                return False
            self._ground = _Ground(self._view.viewport(), self._model, self._row)
            self._view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        spot = event.position()
        self._ground.point(spot, *self._day_below(spot))
        return True

    def _day_below(self, spot: QPointF) -> tuple[int | None, QRect]:
        """Days from today of what is below the mouse in the list, and where that stands."""
        index = self._view.indexAt(spot.toPoint())
        if not index.isValid():
            return None, QRect()
        section = self._model.section_of(index.row())
        area = self._view.visualRect(index)
        if section == "today":
            return 0, area
        if section != "upcoming":
            return None, QRect()
        item = self._model.task_at(index.row())
        if item is None or item.row.task.due_at is None:
            return 1, area
        clock = item.workspace.clock
        zone = clock.zone()
        away = item.row.task.due_at.astimezone(zone).date() - clock.now().astimezone(zone).date()
        return max(1, away.days), area

    def _end(self) -> None:
        self._row = -1
        if self._ground is not None:
            self._ground.hide()
            self._ground.deleteLater()
            self._ground = None
            self._view.viewport().unsetCursor()


class _Ground(Painted):
    """Lies over the list while a row is pulled: zones at the foot, and where the row would go."""

    def __init__(self, viewport: QWidget, model: TaskListModel, row: int) -> None:
        super().__init__(viewport)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.days: int | None = None
        self._spot = QPointF()
        self._area = QRect()
        item = model.task_at(row)
        assert item is not None
        clock = item.workspace.clock
        today = clock.now().astimezone(clock.zone()).date()
        monday = 7 - today.weekday()
        self._zones = ((0, tr("Today")), (1, tr("Tomorrow")), (monday, tr("Next Monday")))
        self._today = today
        self._title = str(model.index(row).data(int(TaskRole.TITLE)))
        self.setGeometry(viewport.rect())
        self.show()
        self.raise_()

    def point(self, spot: QPointF, days: int | None, area: QRect) -> None:
        """The mouse is there, over a row that stands for so many days; zones go before rows."""
        self._spot, self.days, self._area = spot, days, area
        for (zone_days, _), zone in zip(self._zones, self._zone_areas(), strict=True):
            if zone.contains(spot):
                self.days, self._area = zone_days, QRect()
        self.update()

    def _zone_areas(self) -> list[QRectF]:
        px = self.type.px
        height, gap = px(44), px(8)
        width = (self.width() - gap * (_ZONES + 1)) / _ZONES
        top = self.height() - height - gap
        areas = [QRectF(gap + place * (width + gap), top, width, height) for place in range(_ZONES)]
        return areas[::-1] if self.isRightToLeft() else areas

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for (days, words), area in zip(self._zones, self._zone_areas(), strict=True):
            chosen = self.days == days and self._area.isNull()
            self._zone(painter, area, words, chosen=chosen)
        if not self._area.isNull():
            rounded(
                painter,
                QRectF(self._area).adjusted(2, 1, -2, -1),
                6,
                border=self.tokens.accent_text,
            )
        self._paint_held(painter)

    def _zone(self, painter: QPainter, area: QRectF, words: str, *, chosen: bool) -> None:
        tokens = self.tokens
        fill = tokens.selection if chosen else tokens.raised
        border = tokens.accent_text if chosen else tokens.control_border
        rounded(painter, area, self.type.px(6), fill=fill, border=border)
        run = Run(words, self.type.font(TextSize.BODY, SEMIBOLD), area.width() - 8)
        painter.setPen(QColor(tokens.text))
        baseline = baseline_in(area.top(), area.height(), self.type.metrics())
        run.draw(painter, area.center().x() - run.width / 2, baseline)

    def _paint_held(self, painter: QPainter) -> None:
        """The pulled row's title beside the mouse, and where it would go."""
        tokens, type_ = self.tokens, self.type
        words = self._title
        if self.days is not None:
            words = tr("{title}: {day}").format(title=words, day=self._day_words(self.days))
        run = Run(words, type_.font(), self.width() * 0.7)
        area = QRectF(0, 0, run.width + type_.px(20), type_.px(28))
        area.moveTopLeft(self._spot + QPointF(type_.px(12), type_.px(4)))
        area.moveRight(min(area.right(), self.width() - 4.0))
        area.moveBottom(min(area.bottom(), self.height() - 4.0))
        rounded(painter, area, type_.px(6), fill=tokens.raised, border=tokens.control_border)
        painter.setPen(QColor(tokens.text))
        baseline = baseline_in(area.top(), area.height(), type_.metrics())
        run.draw(painter, area.left() + type_.px(10), baseline)

    def _day_words(self, days: int) -> str:
        day = self._today + timedelta(days=days)
        return dated(QDate(day.year, day.month, day.day), "ddd d MMM")
