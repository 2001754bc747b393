"""The calendar: what a mouse drags and the keyboard moves, and what a screen reader hears."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from rapport.domain.records import Kind, Location
from rapport.domain.resources import Calendar
from rapport.domain.scopes import ALL
from rapport.domain.views import AgendaRead
from rapport.store import Snapshot
from rapport.ui.context import Page
from rapport.ui.panes.calendar.page import CalendarPage
from rapport.ui.panes.calendar.times import Span
from rapport.ui.panes.calendar.view import CalendarView
from rapport.ui.rooms import STANDARD_ROOMS, Rooms
from rapport.ui.widgets.labels import ElidedLabel

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
FRIDAY_3PM = MONDAY + timedelta(days=4, hours=15)
LEFT = Qt.MouseButton.LeftButton
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
async def page(
    open_window: Any, plain_rooms: Rooms, book: Any, store: Any, until: Any
) -> CalendarPage:
    await book.add({"first_name": "Ana", "last_name": "Pérez"})
    values = {"title": "Call Ana", "due_at": FRIDAY_3PM.isoformat(), "completed": False}
    visit = {
        **{"title": "Roof survey", "status": "new", "calendar_id": "k1"},
        "start_at": (MONDAY + timedelta(days=2, hours=9)).isoformat(),
        "end_at": (MONDAY + timedelta(days=2, hours=10)).isoformat(),
    }
    await book.absorb(
        [
            Snapshot(kind=Kind.TASK, rid="t1", contact_rid="c000000", values=values),
            Snapshot(kind=Kind.APPOINTMENT, rid="a1", contact_rid="c000000", values=visit),
        ]
    )
    known = store.replica.set_reference(
        calendars=[Calendar(id="k1", name="Site visits", active=True)],
        location=Location(id="loc", name="Lumen", timezone="Europe/Lisbon"),
    )
    await asyncio.wrap_future(known)
    rooms = Rooms(
        detail=plain_rooms.detail, today=plain_rooms.today, calendar=STANDARD_ROOMS.calendar
    )
    window = await open_window(rooms=rooms)
    window.resize(1200, 800)
    window.show_page(Page.CALENDAR)
    found: CalendarPage = window.findChild(CalendarPage)
    await until(lambda: len(found.view.agenda.entries) == 2 and found.view.hasFocus())
    return found


def spot_of(view: CalendarView, title: str) -> QPoint:
    row = next(n for n, one in enumerate(view.agenda.entries, 1) if one.title == title)
    area = view.visualRect(view.agenda.index(row))
    return QPoint(area.center().x(), area.top() + min(8, area.height() // 2))


def drag(view: CalendarView, start: QPoint, end: QPoint, *, drop: bool = True) -> None:
    target = view.viewport()
    QTest.mousePress(target, LEFT, pos=start)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(target, start + (end - start) * share)
    if drop:
        QTest.mouseRelease(target, LEFT, pos=end)


async def due(page: CalendarPage) -> datetime | None:
    (entry,) = [one for one in page.view.agenda.entries if one.is_task]
    row = await page._workspace.queries.task(entry.id)
    return row.task.due_at if row is not None else None


async def visit(page: CalendarPage) -> Any:
    (entry,) = [one for one in page.view.agenda.entries if one.title == "Roof survey"]
    row = await page._workspace.queries.appointment(entry.id)
    assert row is not None
    return row.appointment


async def test_a_task_is_dragged_to_another_time_and_taken_back(
    page: CalendarPage, until: Any
) -> None:
    view = page.week
    start = spot_of(view, "Call Ana")
    width, hour = view._column(0)[1], view._hour
    drag(view, start, start - QPoint(int(width), hour + hour // 4))
    await until(lambda: view.agenda.entries[-1].start != FRIDAY_3PM and view.moving is None)
    assert await due(page) == FRIDAY_3PM - timedelta(days=1, hours=1, minutes=15)
    page._context.actions.trigger("edit.undo")
    await until(lambda: view.agenda.entries[-1].start == FRIDAY_3PM)


async def test_escape_ends_a_drag_and_nothing_has_happened(page: CalendarPage, until: Any) -> None:
    view = page.week
    start = spot_of(view, "Call Ana")
    drag(view, start, start - QPoint(300, 0), drop=False)
    assert view.is_moving
    assert "Thursday" in page.status.text() or "Wednesday" in page.status.text()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(view.viewport(), LEFT, pos=start - QPoint(300, 0))
    assert view.moving is None
    assert await due(page) == FRIDAY_3PM
    assert page._context.situation.page is Page.CALENDAR


async def test_an_appointments_end_is_dragged(page: CalendarPage, until: Any) -> None:
    view = page.week
    area = view.visualRect(view.agenda.index(1))
    grip = QPoint(area.center().x(), area.bottom() - 2)
    drag(view, grip, grip + QPoint(0, view._hour))
    await until(
        lambda: view.agenda.entries[0].end - view.agenda.entries[0].start > timedelta(hours=1)
    )
    found = await visit(page)
    assert (found.start_at, found.end_at) == (
        MONDAY + timedelta(days=2, hours=9),
        MONDAY + timedelta(days=2, hours=11),
    )


async def test_the_keyboard_reaches_moves_and_opens_everything(
    page: CalendarPage, until: Any
) -> None:
    view = page.week
    QTest.keyClick(view, Qt.Key.Key_Right)  # Wednesday at nine: the appointment
    assert view.current() is not None
    assert view.current().title == "Roof survey"
    QTest.keyPress(view, Qt.Key.Key_Right, ALT)
    QTest.keyPress(view, Qt.Key.Key_Down, ALT)
    assert "Thursday 26 November 09:15" in page.status.text()
    QTest.keyRelease(view, Qt.Key.Key_Alt)
    await until(lambda: view.agenda.entries[0].start == MONDAY + timedelta(days=3, hours=9.25))
    assert (await visit(page)).end_at == MONDAY + timedelta(days=3, hours=10.25)
    # By the key of move mode, and given up.
    page._context.actions.press("M")
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.is_moving
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.moving is None
    QTest.keyClick(view, Qt.Key.Key_Return)
    popover = lambda: page.window().findChild(QWidget, "appointment-popover")  # noqa: E731
    await until(lambda: popover() is not None)
    popover().close()
    await until(lambda: view.hasFocus())
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view.current() is None
    assert view.slot == (datetime(2026, 11, 26, tzinfo=UTC).date(), 10 * 60 + 30)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.current() is not None


async def test_a_screen_reader_hears_every_entry_and_every_free_time(page: CalendarPage) -> None:
    view = page.week
    index = view.agenda.index(2)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Call Ana, task, Friday 27 November 15:00")
    assert "Ana Pérez" in spoken
    assert view.accessibleName()
    told = QAccessible.queryAccessibleInterface(view)
    names = [
        child.text(QAccessible.Text.Name)
        for child in map(told.child, range(told.childCount()))
        if child is not None
    ]
    assert spoken in names
    slot = view.agenda.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert slot == "Tuesday 24 November 09:00, free"


async def test_a_range_that_is_drawn_is_booked(page: CalendarPage, until: Any) -> None:
    view = page.week
    left, width = view._column(3)
    top = QPoint(int(left + width / 2), int(view._y(13 * 60)))
    drag(view, top + QPoint(0, 2), top + QPoint(0, view._hour * 3 // 2))
    assert page.appointments.is_open
    window = page.window()
    title = window.findChild(QLineEdit, "appointment-title")
    QTest.keyClicks(title, "Second visit")
    contact = window.findChild(QLineEdit, "appointment-contact")
    contact.setFocus()
    QTest.keyClicks(contact, "ana")
    await until(
        lambda: any(
            w.accessibleName() == "Contacts" and w.isVisible() for w in window.findChildren(QWidget)
        )
    )
    QTest.keyClick(contact, Qt.Key.Key_Return)
    await until(lambda: window.findChild(QWidget, "appointment-slot") is not None)
    QTest.keyClick(title, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: any(one.title == "Second visit" for one in view.agenda.entries))
    (made,) = [one for one in view.agenda.entries if one.title == "Second visit"]
    start = MONDAY + timedelta(days=3, hours=13)
    assert (made.start, made.end) == (start, start + timedelta(minutes=90))
    assert made.pending
    row = await page._workspace.queries.appointment(made.id)
    assert row is not None
    assert not row.appointment.anywhen
    assert not row.at_server


async def test_a_status_takes_an_arrow_and_a_key(page: CalendarPage, until: Any) -> None:
    view = page.week
    QTest.keyClick(view, Qt.Key.Key_Right)
    page._context.actions.press("2")
    await until(lambda: view.agenda.entries[0].status == "showed")
    assert (await visit(page)).status == "showed"


@pytest.mark.parametrize(
    "scopes", [tuple(one.name for one in ALL if not one.name.endswith(".write"))]
)
async def test_without_the_right_it_says_why_and_stays(page: CalendarPage, until: Any) -> None:
    view = page.week
    told: list[Any] = []
    page._context.noticed.connect(told.append)
    start = spot_of(view, "Call Ana")
    drag(view, start, start - QPoint(300, 0))
    assert "may only read" in told[0].text
    assert view.moving is None
    assert await due(page) == FRIDAY_3PM
    assert not page.add.isEnabled()
    assert "may only read" in page.add.toolTip()


async def test_a_month_keeps_the_time_and_opens_what_it_has_no_room_for(
    page: CalendarPage, book: Any, until: Any, sync: Any
) -> None:
    at = MONDAY + timedelta(days=1)
    many = [
        Snapshot(
            kind=Kind.TASK,
            rid=f"m{n}",
            contact_rid="c000000",
            values={"title": f"Task {n}", "due_at": (at + timedelta(hours=8 + n)).isoformat()},
        )
        for n in range(9)
    ]
    await book.absorb(many)
    page._context.actions.press("Shift+M")
    view = page.month
    assert page.span is Span.MONTH
    await until(lambda: len(view.agenda.entries) == 11 and view._more)
    start = spot_of(view, "Call Ana")
    drag(view, start, start - QPoint(int(view._cell(0).width()), 0))
    await until(lambda: view.moving is None)
    assert await due_of(page, "Call Ana") == FRIDAY_3PM - timedelta(days=1)
    spot = view.across(view._more[0][1]).toRect().center()
    QTest.mouseClick(view.viewport(), LEFT, pos=spot)
    day = page.window().findChild(QWidget, "calendar-day")
    assert len(day.findChildren(QWidget, "calendar-day-entry")) == 9
    day.close()
    asked = len(sync.agendas)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert page.findChild(ElidedLabel, "calendar-title").text() == "December 2026"
    await until(lambda: len(sync.agendas) > asked)
    assert sync.agendas[-1][0] <= datetime(2026, 12, 1, tzinfo=UTC)
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert page.day == datetime(2026, 11, 24).date()


async def due_of(page: CalendarPage, title: str) -> datetime | None:
    (entry,) = [one for one in page.view.agenda.entries if one.title == title]
    row = await page._workspace.queries.task(entry.id)
    return row.task.due_at if row is not None else None


async def test_it_says_how_complete_it_is(page: CalendarPage, sync: Any, until: Any) -> None:
    sync.coverage = AgendaRead.PARTLY
    page.step(1)
    await until(lambda: "may be missing" in page.status.text())


async def test_right_to_left_the_hours_are_on_the_right(
    page: CalendarPage, qapp: QApplication
) -> None:
    view: Callable[[], Any] = lambda: page.week.visualRect(page.week.agenda.index(1)).center().x()  # noqa: E731
    before = view()
    page.window().setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    width = page.week.viewport().width()
    assert abs(view() - (width - before)) <= 2
    start = spot_of(page.week, "Roof survey")
    QTest.mouseClick(page.week.viewport(), LEFT, pos=start)
    assert page.week.current() is not None
    assert page.week.current().title == "Roof survey"
