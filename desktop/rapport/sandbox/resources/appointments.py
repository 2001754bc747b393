"""Appointments and blocked times."""

from zoneinfo import ZoneInfo

from rapport.sandbox.clock import iso, parse_ms
from rapport.sandbox.errors import bad_request, unprocessable
from rapport.sandbox.ids import firestore_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import (
    FILLED,
    FLAG,
    MOMENT,
    TEXT,
    Field,
    checked,
    need,
    one_of,
    whole_number,
)

from .calendars import calendar_of, free_slots_of, local, minutes, zone_of
from .contact_lists import refuse_unknown
from .contacts import contact_of

routes = Routes(version="2021-04-15")
contact_routes = Routes()

STATUSES = ("new", "confirmed", "cancelled", "showed", "noshow", "invalid")
_UPDATE: dict[str, Field] = {
    "title": TEXT,
    "meetingLocationType": one_of(
        "custom", "zoom", "gmeet", "phone", "address", "ms_teams", "google"
    ),
    "meetingLocationId": TEXT,
    "overrideLocationConfig": FLAG,
    "appointmentStatus": one_of(*STATUSES),
    "assignedUserId": TEXT,
    "description": TEXT,
    "address": TEXT,
    "ignoreDateRange": FLAG,
    "toNotify": FLAG,
    "ignoreFreeSlotValidation": FLAG,
    "rrule": TEXT,
    "calendarId": TEXT,
    "startTime": MOMENT,
    "endTime": MOMENT,
}
_CREATE: dict[str, Field] = {
    **_UPDATE,
    "calendarId": TEXT.must,
    "startTime": MOMENT.must,
    "locationId": TEXT.must,
    "contactId": TEXT.must,
}
#: Sent with a request, and not part of the appointment.
_PASSING = frozenset(
    {"overrideLocationConfig", "ignoreDateRange", "toNotify", "ignoreFreeSlotValidation"}
)


# -- a contact's appointments --------------------------------------------------------------------


@contact_routes("GET", "/contacts/{contactId}/appointments", "contacts.readonly")
def of_contact(call: Call) -> Answer:
    """Times are the location's, without a zone."""
    zone = zone_of(call)
    visits = call.core.store.records("appointment", parent=contact_of(call)["id"])
    return {"events": [of_contact_form(visit, zone) for visit in visits]}


def of_contact_form(visit: Doc, zone: ZoneInfo) -> Doc:
    return {
        "id": visit["id"],
        "calendarId": visit["calendarId"],
        "status": visit["appointmentStatus"],
        "title": visit["title"],
        "assignedUserId": visit.get("assignedUserId"),
        "notes": visit.get("notes", ""),
        "startTime": f"{local(visit['startTime'], zone):%Y-%m-%d %H:%M:%S}",
        "endTime": f"{local(visit['endTime'], zone):%Y-%m-%d %H:%M:%S}",
        "address": visit.get("address"),
        "locationId": visit["locationId"],
        "contactId": visit["contactId"],
        "groupId": visit.get("groupId"),
        "appointmentStatus": visit["appointmentStatus"],
        "users": [],
        "dateAdded": iso(visit["dateAdded"]),
        "dateUpdated": iso(visit["dateUpdated"]),
        "assignedResources": [],
    }


# -- appointments --------------------------------------------------------------------------------


def _bare(visit: Doc, zone: ZoneInfo) -> Doc:
    """The reply to a creation and an update: no envelope, no dates of its own."""
    out = {
        name: value
        for name, value in visit.items()
        if name not in ("dateAdded", "dateUpdated", "notes")
    }
    for name in ("startTime", "endTime"):
        out[name] = local(visit[name], zone).isoformat()
    return out


def _event(visit: Doc, zone: ZoneInfo) -> Doc:
    """The form of a read."""
    return {
        **_bare(visit, zone),
        "groupId": visit.get("groupId", ""),
        "users": [],
        "notes": visit.get("notes", ""),
        "assignedResources": [],
        "dateAdded": iso(visit["dateAdded"]),
        "dateUpdated": iso(visit["dateUpdated"]),
    }


def appointment_of(call: Call, event_id: str) -> Doc:
    return call.core.record_of("appointment", "Appointment", event_id, call.location)


def _visit_of(call: Call) -> Doc:
    return appointment_of(call, call.params["eventId"])


def _book(call: Call, visit: Doc, body: Doc) -> None:
    """Take the sent fields over, and check that the time is free unless told not to."""
    for name, value in body.items():
        if name == "description":
            visit["notes"] = value  # as reads call it
        elif name not in _PASSING:
            visit[name] = parse_ms(value) if name in ("startTime", "endTime") else value
    calendar = calendar_of(call, visit["calendarId"])
    if "startTime" in body and "endTime" not in body:
        visit["endTime"] = visit["startTime"] + minutes(calendar) * 60_000
    if visit["endTime"] <= visit["startTime"]:
        raise bad_request("endTime must be after startTime")
    moved = "startTime" in body or "calendarId" in body
    if moved and not body.get("ignoreFreeSlotValidation"):
        window = visit["startTime"], visit["startTime"] + 1
        if visit["startTime"] not in list(free_slots_of(call, calendar, *window, but=visit["id"])):
            raise bad_request("The slot you have selected is no longer available.")
    visit["isRecurring"] = bool(visit.get("rrule"))
    visit["dateUpdated"] = call.core.clock.now_ms()
    call.core.store.put(
        "appointment",
        visit,
        location=visit["locationId"],
        parent=visit["contactId"],
        position=visit["startTime"],
    )


@routes("POST", "/calendars/events/appointments", "calendars/events.write")
def create(call: Call) -> Answer:
    """Status 200, and the appointment bare."""
    body = call.json()
    location_id = call.check_location(body.get("locationId"))
    checked(body, _CREATE)
    contact = call.core.contact_of(body["contactId"], location_id)
    now = call.core.clock.now_ms()
    visit: Doc = {
        "id": firestore_id(),
        "title": " ".join(
            part for part in (contact.get("firstName"), contact.get("lastName")) if part
        ),
        "meetingLocationType": "custom",
        "appointmentStatus": "confirmed",
        "assignedUserId": contact.get("assignedTo") or call.grant.user_id,
        "notes": "",
        "dateAdded": now,
    }
    _book(call, visit, body)
    return _bare(visit, zone_of(call))


@routes("PUT", "/calendars/events/appointments/{eventId}", "calendars/events.write")
def update(call: Call) -> Answer:
    visit = _visit_of(call)
    _book(call, visit, checked(call.json(), _UPDATE))
    return _bare(visit, zone_of(call))


@routes("GET", "/calendars/events/appointments/{eventId}", "calendars/events.readonly")
def get(call: Call) -> Answer:
    """Under ``appointment``, where the documents say ``event``."""
    return {"appointment": _event(_visit_of(call), zone_of(call)), "traceId": call.trace_id}


@routes("DELETE", "/calendars/events/{eventId}", "calendars/events.write", status=201)
def delete(call: Call) -> Answer:
    """An appointment or a blocked time. 201 and, for once, ``succeeded`` spelt right."""
    checked(call.json(), {})
    if call.core.store.get("blockSlot", call.params["eventId"]) is not None:
        call.core.store.delete("blockSlot", _block_of(call)["id"])
    else:
        call.core.store.delete_with_parts("appointment", _visit_of(call)["id"])
    return {"succeeded": True}


def _in_range(call: Call, kind: str) -> list[Doc]:
    """Events of a kind that begin in a window of epoch milliseconds."""
    query = call.query
    location_id = call.check_location(query.get("locationId"))
    refuse_unknown(query, "locationId", "startTime", "endTime", "userId", "calendarId", "groupId")
    need(query, "startTime", "endTime")
    if not any(query.get(name) for name in ("userId", "calendarId", "groupId")):
        raise unprocessable(["one of userId, calendarId or groupId is required"])
    start, end = whole_number(query, "startTime", 0), whole_number(query, "endTime", 0)
    store = call.core.store
    group = query.get("groupId")
    grouped = {
        calendar["id"]
        for calendar in store.records("calendar", location=location_id)
        if group in (None, calendar.get("groupId"))
    }
    return [
        event
        for event in store.records(kind, location=location_id)
        if start <= event["startTime"] <= end
        and query.get("userId") in (None, event.get("assignedUserId"))
        and query.get("calendarId") in (None, event["calendarId"])
        and (group is None or event["calendarId"] in grouped)
    ]


@routes("GET", "/calendars/events", "calendars/events.readonly")
def in_range(call: Call) -> Answer:
    zone = zone_of(call)
    visits = _in_range(call, "appointment")
    return {"events": [_event(visit, zone) for visit in visits], "traceId": call.trace_id}


# -- blocked times -------------------------------------------------------------------------------

_BLOCK: dict[str, Field] = {
    "title": TEXT,
    "calendarId": FILLED.must,
    "assignedUserId": TEXT,
    "locationId": FILLED.must,
    "startTime": MOMENT,
    "endTime": MOMENT,
}


def _block_of(call: Call) -> Doc:
    return call.core.record_of("blockSlot", "Block slot", call.params["eventId"], call.location)


def _block(call: Call, block: Doc, body: Doc) -> Answer:
    calendar_of(call, body["calendarId"])
    for name, value in body.items():
        block[name] = parse_ms(value) if name in ("startTime", "endTime") else value
    if block["endTime"] <= block["startTime"]:
        raise bad_request("endTime must be after startTime")
    block["dateUpdated"] = call.core.clock.now_ms()
    call.core.store.put(
        "blockSlot", block, location=block["locationId"], position=block["startTime"]
    )
    return _bare(block, zone_of(call))


@routes("POST", "/calendars/events/block-slots", "calendars/events.write", status=201)
def block_slot(call: Call) -> Answer:
    """Bare. A time that nobody can book."""
    body = call.json()
    call.check_location(body.get("locationId"))
    checked(body, {**_BLOCK, "startTime": MOMENT.must, "endTime": MOMENT.must})
    block: Doc = {
        "id": firestore_id(),
        "title": "Blocked",
        "assignedUserId": call.grant.user_id,
        "dateAdded": call.core.clock.now_ms(),
    }
    return _block(call, block, body)


@routes("PUT", "/calendars/events/block-slots/{eventId}", "calendars/events.write", status=201)
def edit_block_slot(call: Call) -> Answer:
    block, body = _block_of(call), call.json()
    call.check_location(body.get("locationId"))
    return _block(call, block, checked(body, _BLOCK))


@routes("GET", "/calendars/blocked-slots", "calendars/events.readonly")
def blocked_in_range(call: Call) -> Answer:
    """In the form of appointments, with nobody to meet."""
    zone = zone_of(call)
    events = [
        {**_event(block, zone), "contactId": "", "appointmentStatus": ""}
        for block in _in_range(call, "blockSlot")
    ]
    return {"events": events, "traceId": call.trace_id}
