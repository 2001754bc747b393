"""Appointments made, moved and marked here reach the CRM once, and a shown week is whole."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rapport.domain.changes import Delta
from rapport.domain.commands import (
    CreateAppointment,
    DeleteAppointment,
    EditAppointment,
    MoveAppointment,
    ResolveConflict,
    SetAppointmentStatus,
)
from rapport.domain.errors import InputError
from rapport.domain.records import Kind
from rapport.domain.scopes import ALL
from rapport.domain.views import AgendaRead, EntryState

HOUR = timedelta(hours=1)


@pytest.fixture
async def desk(open_desk: Any, slow: Any) -> Any:
    desk = await open_desk(pace=slow)
    await desk.first_sync()
    return desk


async def booked(desk: Any, **more: Any) -> tuple[str, datetime]:
    """The id of an appointment that waits to be sent, and when it begins: at a free time."""
    workspace = desk.workspace
    calendar = workspace.reference.calendars[0].id
    now = workspace.clock.now()
    free = await workspace.sync.free_slots(calendar, now, now + timedelta(days=7))
    contact_id = (await desk.rows())[0].id
    start = more.pop("start_at", free[0])
    new = workspace.new_id()
    fields = {
        **{"title": "Roof survey", "calendar_id": calendar, "start_at": start},
        **{"end_at": start + HOUR, "address": "Rua 1", "notes": "Bring the plan"},
        **more,
    }
    await desk.run(CreateAppointment(appointment_id=new, contact_id=contact_id, fields=fields))
    return new, start


async def at_server(server: Any, desk: Any, id: str) -> dict[str, Any]:
    rid = await desk.rid(Kind.APPOINTMENT, id)
    found: dict[str, Any] = await server.control("GET", f"records/appointment/{rid}")
    return found


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


async def test_an_appointments_life_arrives_and_every_step_can_be_undone(
    server: Any, desk: Any, until: Any
) -> None:
    id, start = await booked(desk)
    await desk.sent()
    there = await at_server(server, desk, id)
    assert (there["title"], there["notes"]) == ("Roof survey", "Bring the plan")
    assert (there["startTime"], there["endTime"]) == (ms(start), ms(start + HOUR))

    later = start + timedelta(minutes=75)  # no calendar offers that: a hand does
    moved = await desk.run(MoveAppointment(appointment_id=id, start_at=later, end_at=later + HOUR))
    await desk.run(SetAppointmentStatus(appointment_id=id, status="showed"))
    await desk.run(EditAppointment(appointment_id=id, fields={"notes": "And the key"}))
    await desk.sent()
    there = await at_server(server, desk, id)
    assert (there["startTime"], there["endTime"]) == (ms(later), ms(later + HOUR))
    assert (there["appointmentStatus"], there["notes"]) == ("showed", "And the key")

    await desk.workspace.bus.undo(moved.undo_id)
    await desk.sent()
    there = await at_server(server, desk, id)
    assert (there["startTime"], there["appointmentStatus"]) == (ms(start), "showed")

    rid = await desk.rid(Kind.APPOINTMENT, id)
    await desk.run(DeleteAppointment(appointment_id=id))
    assert await desk.workspace.queries.appointment(id) is None
    await desk.sent()
    assert len(await server.log(f"/calendars/events/{rid}", "DELETE")) == 1
    assert desk.store.verify().result() == []


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
async def test_a_lost_reply_books_no_second_appointment(server: Any, desk: Any, kind: str) -> None:
    await server.fault("/calendars/events/appointments$", kind, method="POST")
    id, start = await booked(desk)
    await desk.sent()
    ends = f"startTime={ms(start) - 1}&endTime={ms(start) + 1}"
    calendar = desk.workspace.reference.calendars[0].id
    path = f"/calendars/events?locationId={server.location_id}&calendarId={calendar}&{ends}"
    found = [one["id"] for one in (await server.api("GET", path))["events"]]
    assert found == [await desk.rid(Kind.APPOINTMENT, id)]


async def test_an_end_while_it_is_booked_makes_no_second_one(
    server: Any, tmp_path: Path, desk_at: Any, slow: Any, until: Any
) -> None:
    async with desk_at(server, tmp_path / "db", pace=slow) as desk:
        await desk.first_sync()
        await server.fault("/calendars/events/appointments$", "delay", method="POST", seconds=0.3)
        id, start = await booked(desk)

        async def sending() -> bool:
            items = await desk.workspace.waiting.items()
            return [one.state for one in items] == [EntryState.SENDING]

        await until(sending, "it is on its way")
    async with desk_at(server, tmp_path / "db", pace=slow) as desk:
        await desk.sent()
        calendar = desk.workspace.reference.calendars[0].id
        ends = f"startTime={ms(start) - 1}&endTime={ms(start) + 1}"
        path = f"/calendars/events?locationId={server.location_id}&calendarId={calendar}&{ends}"
        found = [one["id"] for one in (await server.api("GET", path))["events"]]
        assert found == [await desk.rid(Kind.APPOINTMENT, id)]


async def test_a_time_that_is_not_free_is_kept_and_can_be_booked_anyway(
    server: Any, desk: Any, until: Any
) -> None:
    _, start = await booked(desk)
    await desk.sent()
    id, _ = await booked(desk, start_at=start, anywhen=False, title="Second")

    async def refused() -> bool:
        items = await desk.workspace.waiting.items()
        return [one.state for one in items] == [EntryState.REFUSED]

    await until(refused, "the CRM refuses it")
    row = await desk.workspace.queries.appointment(id)
    assert (row.refused, row.at_server, row.appointment.title) == (True, False, "Second")
    (item,) = await desk.workspace.waiting.items()
    assert "does not offer this time" in item.error
    await desk.run(EditAppointment(appointment_id=id, fields={"anywhen": True}))
    await desk.sent()
    assert (await at_server(server, desk, id))["startTime"] == ms(start)


async def test_a_shown_week_is_whole(server: Any, desk: Any, until: Any) -> None:
    """What somebody books, moves away and deletes there is seen, without any contact opened."""
    _, start = await booked(desk)
    await booked(desk, start_at=start + HOUR)
    await booked(desk, start_at=start + 2 * HOUR)
    await desk.sent()
    week = desk.workspace.clock.now() - timedelta(days=3)
    ends = week + timedelta(days=60)
    sync, queries = desk.workspace.sync, desk.workspace.queries
    assert await sync.read_agenda(week, ends) is AgendaRead.WHOLE
    calendar = desk.workspace.reference.calendars[0].id
    path = f"/calendars/events?locationId={server.location_id}&calendarId={calendar}"
    path += f"&startTime={ms(week)}&endTime={ms(ends)}"
    events = (await server.api("GET", path))["events"]
    shown = (await queries.agenda(week, ends)).appointments
    assert len(shown) == len(events) > 2
    first, second = shown[0].appointment, shown[1].appointment
    rids = [await desk.rid(Kind.APPOINTMENT, one.id) for one in (first, second)]
    far = datetime(2031, 5, 6, 9, tzinfo=UTC)
    body = {"startTime": far.isoformat(), "endTime": (far + HOUR).isoformat()}
    body |= {"ignoreFreeSlotValidation": True}
    await server.api("PUT", f"/calendars/events/appointments/{rids[0]}", body)
    await server.api("DELETE", f"/calendars/events/{rids[1]}", {})
    await sync.read_agenda(week, ends)
    left = {row.appointment.id for row in (await queries.agenda(week, ends)).appointments}
    assert left == {row.appointment.id for row in shown[2:]}
    moved = await queries.appointment(first.id)
    assert moved.appointment.start_at == far


async def test_offline_the_calendar_knows_what_it_has_read(server: Any, desk: Any) -> None:
    now, sync = desk.workspace.clock.now(), desk.workspace.sync
    week = now, now + timedelta(days=7)
    assert await sync.read_agenda(*week) is AgendaRead.WHOLE
    await server.fault("/calendars/events$", "drop_before", count=None)
    assert await sync.read_agenda(*week) is AgendaRead.BEFORE
    later = week[1], week[1] + timedelta(days=7)
    assert await sync.read_agenda(*later) is AgendaRead.PARTLY


async def test_one_that_both_sides_moved_waits_for_a_choice_and_keeps_its_length(
    server: Any, desk: Any, until: Any
) -> None:
    id, start = await booked(desk)
    await desk.sent()
    rid = await desk.rid(Kind.APPOINTMENT, id)
    there, here = start + timedelta(days=1), start + timedelta(days=2)
    body = {"startTime": there.isoformat(), "endTime": (there + HOUR).isoformat()}
    body |= {"ignoreFreeSlotValidation": True}
    await server.api("PUT", f"/calendars/events/appointments/{rid}", body)
    await desk.run(MoveAppointment(appointment_id=id, start_at=here, end_at=here + HOUR))

    async def told() -> bool:
        found = await desk.workspace.queries.conflicts()
        return [len(one.fields) for one in found] == [2]

    await until(told, "both ends wait for a choice")
    row = await desk.workspace.queries.appointment(id)
    assert (row.conflict, row.appointment.start_at) == (True, there)
    (conflict,) = await desk.workspace.queries.conflicts()
    mine = {one.field: Delta(one.theirs, one.mine) for one in conflict.fields}
    assert set(mine) == {"start_at", "end_at"}
    await desk.run(ResolveConflict(ref=conflict.ref, fields=mine))
    await desk.sent()
    found = await at_server(server, desk, id)
    assert (found["startTime"], found["endTime"]) == (ms(here), ms(here + HOUR))


async def test_a_longer_end_there_survives_an_earlier_beginning_here(
    server: Any, desk: Any
) -> None:
    """The beginning is sent with the end that the CRM has: alone it would move that, too."""
    id, start = await booked(desk)
    await desk.sent()
    rid = await desk.rid(Kind.APPOINTMENT, id)
    longer = {"endTime": (start + 3 * HOUR).isoformat(), "ignoreFreeSlotValidation": True}
    await server.api("PUT", f"/calendars/events/appointments/{rid}", longer)
    sooner = start - timedelta(minutes=15)
    await desk.run(EditAppointment(appointment_id=id, fields={"start_at": sooner}))
    await desk.sent()
    found = await at_server(server, desk, id)
    assert (found["startTime"], found["endTime"]) == (ms(sooner), ms(start + 3 * HOUR))


async def test_without_the_scope_the_calendar_says_so_and_nothing_is_booked(
    open_desk: Any, slow: Any
) -> None:
    scopes = frozenset(one.name for one in ALL if not one.name.startswith("calendars/events"))
    desk = await open_desk(pace=slow, scopes=scopes)
    await desk.first_sync()
    now = desk.workspace.clock.now()
    assert await desk.workspace.sync.read_agenda(now, now + HOUR) is AgendaRead.NO_RIGHT
    with pytest.raises(InputError, match="Change appointments"):
        await booked(desk)
    assert (await asyncio.wrap_future(desk.store.outbox.counts())).waiting == 0
