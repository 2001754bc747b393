"""The tour's calendar: a week and a month, a task that is dragged, an appointment's way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from PySide6.QtCore import QPoint, QRectF
from PySide6.QtWidgets import QLineEdit, QWidget

from rapport.app.tour.driver import NotSeen
from rapport.app.tour.shared import Steps
from rapport.domain.commands import CreateTask
from rapport.domain.records import Kind
from rapport.domain.views import AgendaRead
from rapport.language import tr
from rapport.ui.panes.calendar import CalendarPage
from rapport.ui.panes.calendar.entries import Entry
from rapport.ui.panes.calendar.times import at_wall, day_of
from rapport.ui.panes.calendar.week import WeekView

TASK = "Take the roof survey along"
VISIT = "Second roof survey"


class CalendarSteps(Steps):
    """Steps that change something do so in the week after this one."""

    async def week(self) -> None:
        """By its key, whole from the CRM; the keyboard goes through it."""
        await self._do.key("alt+3")
        page = await self._page()
        await self._do.until(lambda: page.coverage is AgendaRead.WHOLE, "the week to be whole")
        await self._do.until(page.view.hasFocus, "the week to have the keyboard")
        await self._do.key("Home", "Down", "Right", "Down")
        await self._photograph()

    async def month(self) -> None:
        """By a key, and back to the week by another."""
        page = await self._page()
        await self._do.key("shift+m")
        await self._do.see("calendar-month")
        await self._do.until(lambda: page.coverage is AgendaRead.WHOLE, "the month to be whole")
        await self._do.until(lambda: bool(page.view.agenda.entries), "what stands in the month")
        await self._photograph()
        await self._do.key("shift+w")
        await self._do.see("calendar-week")

    async def reschedule(self) -> None:
        """A task is dragged by the mouse to two days on; the CRM hears of it, and of its undo."""
        page = await self._next_week()
        view, zone = page.week, self._workspace.zone
        contact = (await self._workspace.queries.find_contacts("Ana Pérez"))[0]
        monday = view.days[0]
        at = at_wall(monday, 10 * 60, zone)
        id = self._workspace.new_id()
        fields = {"title": TASK, "due_at": at}
        await self._workspace.bus.run(CreateTask(task_id=id, contact_id=contact.id, fields=fields))
        await self._do.until_known(lambda: self.at_server(Kind.TASK, id), "the task in the CRM")
        entry = await self._entry(view, TASK)
        width = round(view._column(0)[1])
        start = self._spot(view, entry)
        hour = round(view._y(60) - view._y(0))
        await self._do.drag(
            view.viewport(),
            start,
            start + QPoint(2 * width * (-1 if view.flipped else 1), 2 * hour),
        )
        wanted = at_wall(monday + timedelta(days=2), 12 * 60, zone)
        await self._arrives(Kind.TASK, id, "dueDate", wanted)
        await self._photograph()
        await self._do.key("ctrl+z")
        await self._arrives(Kind.TASK, id, "dueDate", at)
        # The same without a mouse.
        await self._do.until(lambda: self._find(view, TASK, at), "the task where it was")
        await self._do.click(view.viewport(), at=self._spot(view, await self._entry(view, TASK)))
        await self._do.key("m")
        await self._do.until(lambda: view.is_moving, "the arrows to move it")
        await self._do.key("Left" if view.flipped else "Right", "Down", "Down", "Return")
        wanted = at_wall(monday + timedelta(days=1), 10 * 60 + 30, zone)
        await self._arrives(Kind.TASK, id, "dueDate", wanted)

    async def book(self) -> None:
        """Drawn, booked at a free time, moved by hand, and marked with one key."""
        page = await self._next_week()
        view = page.week
        hour = round(view._y(60) - view._y(0))
        top = self._free_hour(view)
        await self._do.drag(view.viewport(), top, top + QPoint(0, hour - 8))
        title = await self._do.see("appointment-title", QLineEdit)
        await self._do.until(title.hasFocus, "the title to have the focus")
        await self._do.type(VISIT)
        contact = await self._do.see("appointment-contact", QLineEdit)
        await self._do.click(contact)
        await self._do.type("Ana Pérez")
        await self._do.until(lambda: self._offered() > 0, "Ana to be found")
        await self._do.key("Return")
        slot = await self._do.see("appointment-slot")
        await self._photograph()
        await self._do.click(slot)
        await self._do.click("appointment-save")
        entry = await self._entry(view, VISIT)
        there = await self._do.until_known(
            lambda: self.at_server(Kind.APPOINTMENT, entry.id), "the appointment in the CRM"
        )
        assert there["title"] == VISIT, there
        start = self._spot(view, entry)
        await self._do.drag(view.viewport(), start, start + QPoint(0, hour + hour // 4))
        await self._arrives(
            Kind.APPOINTMENT, entry.id, "startTime", entry.start + timedelta(minutes=75)
        )
        moved = entry.start + timedelta(minutes=75)
        await self._do.until(lambda: self._find(view, VISIT, moved), "it where it was put")
        await self._do.click(view.viewport(), at=self._spot(view, await self._entry(view, VISIT)))
        await self._do.key("2")
        await self._arrives(Kind.APPOINTMENT, entry.id, "appointmentStatus", "showed")
        await self._photograph()
        await self._do.key("ctrl+z")
        await self._arrives(Kind.APPOINTMENT, entry.id, "appointmentStatus", "confirmed")
        await self._do.key("alt+2")

    # What the steps look at.

    async def _page(self) -> CalendarPage:
        return await self._do.see("calendar-page", CalendarPage)

    async def _next_week(self) -> CalendarPage:
        await self._do.key("alt+3")
        page = await self._page()
        await self._do.until(page.view.hasFocus, "the calendar to have the keyboard")
        await self._do.key("shift+w", "Home")
        today = day_of(self._workspace.clock.now(), self._workspace.zone)
        await self._do.until(lambda: today in page.week.days, "this week")
        await self._do.key("Next")
        shown: date = today + timedelta(days=7)
        await self._do.until(lambda: shown in page.week.days, "the week after")
        await self._do.until(lambda: page.coverage is AgendaRead.WHOLE, "that week to be whole")
        page.week.verticalScrollBar().setValue(round(page.week._hour * 7.5))
        return page

    def _find(self, view: WeekView, title: str, at: datetime | None = None) -> Entry | None:
        found = (one for one in view.agenda.entries if one.title == title)
        entry = next(found, None)
        settled = view.moving is None and entry is not None
        return entry if settled and entry is not None and at in (None, entry.start) else None

    async def _entry(self, view: WeekView, title: str) -> Entry:
        return await self._do.until(lambda: self._find(view, title), f"“{title}” in the week")

    def _free_hour(self, view: WeekView) -> QPoint:
        """The upper end of an hour on a working day in which there is nothing."""
        for n in range(5):
            left, width = view._column(n)
            for hour in range(10, 17):
                area = QRectF(left, view._y(hour * 60), width, view._y(60) - view._y(0))
                if not any(area.intersects(box.rect) for box in view.boxes):
                    x = round(area.center().x())
                    x = view.viewport().width() - x if view.flipped else x
                    return QPoint(x, round(area.top()) + 4)
        raise NotSeen("every hour of that week is taken")

    def _spot(self, view: WeekView, entry: Entry) -> QPoint:
        index = view.agenda.index(view.agenda.row_of(entry.id))
        view.scrollTo(index)
        area = view.visualRect(index)
        return QPoint(area.center().x(), area.top() + 8)

    def _offered(self) -> int:
        lists = [one for one in self._window.findChildren(QWidget) if _is_contacts(one)]
        return sum(one.model().rowCount() for one in lists)  # type: ignore[attr-defined]

    async def _arrives(self, kind: Kind, id: str, field: str, value: object) -> None:
        async def there() -> bool:
            record = await self.at_server(kind, id)
            found: Any = record.get(field) if record is not None else None
            if isinstance(value, datetime) and found is not None:
                found = _moment(found)
            return bool(found == value)

        await self._do.until_known(there, f"{field} = {value!r} at the sandbox")


def _is_contacts(widget: QWidget) -> bool:
    return widget.accessibleName() == tr("Contacts") and widget.isVisible()


def _moment(value: int | str) -> datetime:
    """The sandbox keeps milliseconds, or the text that was sent."""
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC)
    return datetime.fromisoformat(value)
