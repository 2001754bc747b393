"""Calendars: what stands in them, what is free, what is blocked (FACTS B5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rapport.api import codec, wire
from rapport.api.codec import Codec
from rapport.api.grains import epoch_ms, moment
from rapport.api.pacing import Lane
from rapport.api.pages import Cursor, Page, skipped
from rapport.api.replies import (
    checked,
    confirmed,
    listed,
    one,
    records_in,
    reply_object,
)
from rapport.api.resources.resource import Resource
from rapport.api.wire import Remote
from rapport.domain.resources import AppointmentNote, BlockedSlot, Calendar

_LONGEST_SPAN = timedelta(days=31)
"""Of one question for free slots."""
_NOTES_LIMIT = 20

CALENDAR = Codec(
    Calendar,
    "a calendar",
    name=codec.text("name"),
    description=codec.text("description"),
    kind=codec.text("calendarType"),
    group_id=codec.ref("groupId"),
    active=codec.flag("isActive"),
)
BLOCKED_SLOT = Codec(
    BlockedSlot,
    "a blocked slot",
    title=codec.text("title"),
    start_at=codec.time("startTime"),
    end_at=codec.time("endTime"),
    calendar_id=codec.ref("calendarId"),
    assigned_to=codec.ref("assignedUserId"),
)
APPOINTMENT_NOTE = Codec(
    AppointmentNote,
    "a note",
    body=codec.text("body"),
    user_id=codec.ref("userId"),
    contact_rid=codec.ref("contactId", sent=""),
    added_at=codec.time("dateAdded", sent=""),
)


class Calendars(Resource):
    async def list(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[Calendar, ...]:
        reply = await self._call("calendars.list", lane)
        return records_in(listed(reply, "calendars"), CALENDAR.read)

    async def free_slots(
        self,
        id: str,
        start: datetime,
        end: datetime,
        *,
        user_id: str = "",
        lane: Lane = Lane.BACKGROUND,
    ) -> tuple[str, ...]:
        """When an appointment could start, as JSON-ready UTC, in order. A long span takes one
        request for each 31 days. The reply is a map by date with a trace id in it (FACTS F17)."""
        found: set[str] = set()
        while start < end:
            until = min(end, start + _LONGEST_SPAN)
            reply = await self._call(
                "calendars.free-slots.list",
                lane,
                calendarId=id,
                startDate=epoch_ms(start),
                endDate=epoch_ms(until),
                userId=user_id or None,
            )
            days = [day for day in reply_object(reply).values() if isinstance(day, dict)]
            slots = (slot for day in days for slot in day.get("slots") or ())
            found.update(at for at in map(moment, slots) if at)
            start = until
        return tuple(sorted(found))


class Appointments(Resource):
    """Those of one contact are read with ``contacts.appointments``, whose times have no zone."""

    async def between(
        self,
        start: datetime,
        end: datetime,
        *,
        calendar_id: str = "",
        user_id: str = "",
        group_id: str = "",
        lane: Lane = Lane.BACKGROUND,
    ) -> tuple[Remote, ...]:
        """One of calendar, user and group is needed."""
        reply = await self._call(
            "calendars.events.list", lane, **_span(start, end, calendar_id, user_id, group_id)
        )
        return records_in(listed(reply, "events"), wire.appointment)

    async def get(self, rid: str, *, lane: Lane = Lane.BACKGROUND) -> Remote:
        reply = reply_object(await self._call("calendars.appointments.get", lane, eventId=rid))
        # FACTS F7: documented as event, called appointment.
        key = "appointment" if "appointment" in reply else "event"
        return one(reply, key, wire.appointment)

    async def create(
        self,
        contact_rid: str,
        values: Mapping[str, Any],
        *,
        anywhen: bool = False,
        notify: bool = True,
        lane: Lane = Lane.BACKGROUND,
    ) -> Remote:
        """``values`` needs calendar_id, start_at and end_at. ``anywhen`` books even where no slot
        is free; ``notify`` lets the CRM's own automations tell the contact."""
        body = wire.appointment_body(values, create=True) | _how(anywhen, notify)
        reply = await self._call(
            "calendars.appointments.create", lane, contactId=contact_rid, **body
        )
        return checked(wire.appointment, reply)  # a bare object

    async def update(
        self,
        rid: str,
        values: Mapping[str, Any],
        *,
        anywhen: bool = False,
        notify: bool = True,
        lane: Lane = Lane.BACKGROUND,
    ) -> Remote:
        """Changes only the given fields. The contact stays."""
        body = wire.appointment_body(values) | _how(anywhen, notify)
        reply = await self._call("calendars.appointments.update", lane, eventId=rid, **body)
        return checked(wire.appointment, reply)

    async def delete(self, rid: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        confirmed(await self._call("calendars.events.delete", lane, eventId=rid))

    # Notes on one appointment.

    async def notes(
        self, rid: str, *, cursor: Cursor | None = None, lane: Lane = Lane.BACKGROUND
    ) -> Page[AppointmentNote]:
        """A page of at most twenty."""
        offset = skipped(cursor)
        reply = await self._call(
            "calendars.appointments.notes.list",
            lane,
            appointmentId=rid,
            limit=_NOTES_LIMIT,
            offset=offset,
        )
        found = listed(reply, "notes")
        more = found and reply.get("hasMore") is True
        return Page(
            items=records_in(found, APPOINTMENT_NOTE.read),
            cursor=[offset + len(found)] if more else None,
        )

    async def add_note(
        self, rid: str, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> AppointmentNote:
        """``values`` needs body."""
        body = APPOINTMENT_NOTE.body(values)
        reply = await self._call(
            "calendars.appointments.notes.create", lane, appointmentId=rid, **body
        )
        return one(reply, "note", APPOINTMENT_NOTE.read)

    async def update_note(
        self, rid: str, note_id: str, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> AppointmentNote:
        """``values`` needs body."""
        body = APPOINTMENT_NOTE.body(values)
        reply = await self._call(
            "calendars.appointments.notes.update", lane, appointmentId=rid, noteId=note_id, **body
        )
        return one(reply, "note", APPOINTMENT_NOTE.read)

    async def delete_note(self, rid: str, note_id: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        confirmed(
            await self._call(
                "calendars.appointments.notes.delete", lane, appointmentId=rid, noteId=note_id
            )
        )


class BlockedSlots(Resource):
    async def between(
        self,
        start: datetime,
        end: datetime,
        *,
        calendar_id: str = "",
        user_id: str = "",
        group_id: str = "",
        lane: Lane = Lane.BACKGROUND,
    ) -> tuple[BlockedSlot, ...]:
        """One of calendar, user and group is needed."""
        span = _span(start, end, calendar_id, user_id, group_id)
        reply = await self._call("calendars.blocked-slots.list", lane, **span)
        return records_in(listed(reply, "events"), BLOCKED_SLOT.read)

    async def create(
        self, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> BlockedSlot:
        """``values`` needs calendar_id, start_at and end_at."""
        body = BLOCKED_SLOT.body(values)
        reply = await self._call("calendars.blocked-slots.create", lane, **body)
        return checked(BLOCKED_SLOT.read, reply)

    async def update(
        self, id: str, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> BlockedSlot:
        """``values`` needs calendar_id, changed or not."""
        body = BLOCKED_SLOT.body(values)
        reply = await self._call("calendars.blocked-slots.update", lane, eventId=id, **body)
        return checked(BLOCKED_SLOT.read, reply)

    async def delete(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        confirmed(await self._call("calendars.events.delete", lane, eventId=id))


def _span(
    start: datetime, end: datetime, calendar_id: str, user_id: str, group_id: str
) -> dict[str, Any]:
    """Milliseconds as text (FACTS B5)."""
    return {
        "startTime": epoch_ms(start),
        "endTime": epoch_ms(end),
        "calendarId": calendar_id or None,
        "userId": user_id or None,
        "groupId": group_id or None,
    }


def _how(anywhen: bool, notify: bool) -> dict[str, bool]:
    """Only what differs from what the CRM does by itself."""
    how = {"ignoreFreeSlotValidation": True, "ignoreDateRange": True} if anywhen else {}
    return how if notify else how | {"toNotify": False}
