"""A calendar that drops from a line into which a date can be typed as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QCalendarWidget, QLineEdit, QMenu, QWidgetAction

from rapport.language import tr
from rapport.ui.look.icons import icon


class DatePicker(QObject):
    """Gives a line a calendar at its end: a click or Alt+Down opens it, a day chosen is written as
    YYYY-MM-DD and taken at once."""

    def __init__(self, line: QLineEdit, today: date, take: Callable[[], object]) -> None:
        super().__init__(line)
        self._line, self._today, self._take = line, today, take
        button = QAction(icon("calendar"), tr("Choose from a calendar (Alt+Down)"), line)
        button.triggered.connect(self.open)
        line.addAction(button, QLineEdit.ActionPosition.TrailingPosition)
        line.installEventFilter(self)

    def open(self) -> None:
        day = QDate.fromString(self._line.text().strip()[:10], Qt.DateFormat.ISODate)
        today = QDate(self._today.year, self._today.month, self._today.day)
        menu = QMenu(self._line)
        menu.setObjectName("date-picker")
        calendar = QCalendarWidget(menu)
        calendar.setAccessibleName(tr("Calendar"))
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setSelectedDate(day if day.isValid() else today)
        # One click, or Enter on a day that the arrows went to.
        calendar.clicked.connect(lambda chosen: self._chosen(menu, chosen))
        calendar.activated.connect(lambda chosen: self._chosen(menu, chosen))
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(calendar)
        menu.addAction(holder)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._line.mapToGlobal(QPoint(0, self._line.height())))
        calendar.setFocus(Qt.FocusReason.PopupFocusReason)

    def _chosen(self, menu: QMenu, day: QDate) -> None:
        if not menu.isVisible():
            return  # the second signal of the same press
        menu.close()
        self._line.setText(day.toString(Qt.DateFormat.ISODate))
        self._take()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
            if event.key() == Qt.Key.Key_Down and alt:
                self.open()
                return True
        return super().eventFilter(watched, event)
