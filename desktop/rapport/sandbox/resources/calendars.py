"""Calendars, appointments and free times."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rapport.sandbox.clock import iso, parse_ms
from rapport.sandbox.errors import bad_request, no_access_to_location, not_found, unprocessable
from rapport.sandbox.ids import firestore_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import FLAG, MOMENT, TEXT, Field, checked, one_of, whole_number

from .contact_lists import refuse_unknown
from .contacts import contact_of

routes = Routes(version="2021-04-15")
contact_routes = Routes()

_OPENS, _CLOSES = time(9), time(18)  # every working day
_MOST_SLOT_DAYS = 31

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


def _zone(call: Call) -> ZoneInfo:
    location = call.core.store.get("location", call.location)
    return ZoneInfo(location["timezone"] if location else "UTC")


def _local(ms: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone)


# -- a contact's appointments --------------------------------------------------------------------


@contact_routes("GET", "/contacts/{contactId}/appointments", "contacts.readonly")
def of_contact(call: Call) -> Answer:
    """Times are the location's, without a zone."""
    zone = _zone(call)
    visits = call.core.store.records("appointment", parent=contact_of(call)["id"])
    return {"events": [_of_contact_form(visit, zone) for visit in visits]}


def _of_contact_form(visit: Doc, zone: ZoneInfo) -> Doc:
    return {
        "id": visit["id"],
        "calendarId": visit["calendarId"],
        "status": visit["appointmentStatus"],
        "title": visit["title"],
        "assignedUserId": visit.get("assignedUserId"),
        "notes": visit.get("notes", ""),
        "startTime": f"{_local(visit['startTime'], zone):%Y-%m-%d %H:%M:%S}",
        "endTime": f"{_local(visit['endTime'], zone):%Y-%m-%d %H:%M:%S}",
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


# -- calendars -----------------------------------------------------------------------------------


def _calendar(call: Call, calendar_id: str) -> Doc:
    calendar = call.core.store.get("calendar", calendar_id)
    if calendar is None:
        raise not_found("Calendar", calendar_id)
    if calendar["locationId"] != call.location:
        raise no_access_to_location()
    return calendar


@routes("GET", "/calendars/", "calendars.readonly")
def list_calendars(call: Call) -> Answer:
    location_id = call.check_location(call.query.get("locationId"))
    refuse_unknown(call.query, "locationId", "groupId", "showDrafted")
    calendars = call.core.store.records("calendar", location=location_id)
    return {"calendars": calendars, "traceId": call.trace_id}


@routes("GET", "/calendars/{calendarId}", "calendars.readonly")
def get_calendar(call: Call) -> Answer:
    return {"calendar": _calendar(call, call.params["calendarId"]), "traceId": call.trace_id}


@routes("GET", "/calendars/{calendarId}/free-slots", "calendars.readonly")
def free_slots(call: Call) -> Answer:
    """A map by date, with ``traceId`` beside the dates."""
    calendar = _calendar(call, call.params["calendarId"])
    refuse_unknown(call.query, "startDate", "endDate", "timezone", "userId", "userIds")
    missing = [name for name in ("startDate", "endDate") if not call.query.get(name)]
    if missing:
        raise unprocessable(f"{name} must be a number string" for name in missing)
    start, end = whole_number(call.query, "startDate", 0), whole_number(call.query, "endDate", 0)
    if end <= start or end - start > _MOST_SLOT_DAYS * 86_400_000:
        raise bad_request(f"The range must be of at most {_MOST_SLOT_DAYS} days")
    try:
        shown_in = ZoneInfo(call.query["timezone"]) if "timezone" in call.query else _zone(call)
    except (ZoneInfoNotFoundError, ValueError):
        raise unprocessable(["timezone must be a valid IANA time zone"]) from None
    days: Doc = {}
    for slot in _free(call, calendar, start, end, call.query.get("userId")):
        local = _local(slot, shown_in)
        days.setdefault(f"{local:%Y-%m-%d}", {"slots": []})["slots"].append(local.isoformat())
    return {**days, "traceId": call.trace_id}


def _free(call: Call, calendar: Doc, start: int, end: int, user_id: str | None) -> Iterator[int]:
    """Beginnings of the times in ``start…end`` at which nothing is booked yet."""
    zone, length = _zone(call), calendar["slotDuration"] * 60_000
    taken = [
        (visit["startTime"], visit["endTime"])
        for visit in call.core.store.records("appointment", location=call.location)
        if visit["appointmentStatus"] not in ("cancelled", "invalid", "noshow")
        and visit["calendarId"] == calendar["id"]
        and user_id in (None, visit.get("assignedUserId"))
        and visit["endTime"] > start
        and visit["startTime"] < end
    ]
    soonest = max(start, call.core.clock.now_ms())
    day = _local(start, zone).date()
    while day <= _local(end, zone).date():
        slot = round(datetime.combine(day, _OPENS, zone).timestamp() * 1000)
        closes = round(datetime.combine(day, _CLOSES, zone).timestamp() * 1000)
        while day.weekday() < 5 and slot + length <= closes:
            clear = all(slot >= until or slot + length <= since for since, until in taken)
            if soonest <= slot < end and clear:
                yield slot
            slot += length
        day += timedelta(days=1)


# -- appointments --------------------------------------------------------------------------------


def _bare(visit: Doc, zone: ZoneInfo) -> Doc:
    """The reply to a creation and an update: no envelope, no dates of its own."""
    out = {
        name: value
        for name, value in visit.items()
        if name not in ("dateAdded", "dateUpdated", "notes")
    }
    for name in ("startTime", "endTime"):
        out[name] = _local(visit[name], zone).isoformat()
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


def _visit_of(call: Call) -> Doc:
    visit = call.core.store.get("appointment", call.params["eventId"])
    if visit is None:
        raise not_found("Appointment", call.params["eventId"])
    if visit["locationId"] != call.location:
        raise no_access_to_location()
    return visit


def _book(call: Call, visit: Doc, body: Doc) -> None:
    """Take the sent fields over, and check that the time is free unless told not to."""
    for name, value in body.items():
        if name not in _PASSING:
            visit[name] = parse_ms(value) if name in ("startTime", "endTime") else value
    calendar = _calendar(call, visit["calendarId"])
    if "startTime" in body and "endTime" not in body:
        visit["endTime"] = visit["startTime"] + calendar["slotDuration"] * 60_000
    if visit["endTime"] <= visit["startTime"]:
        raise bad_request("endTime must be after startTime")
    moved = "startTime" in body or "calendarId" in body
    if moved and not body.get("ignoreFreeSlotValidation"):
        window = visit["startTime"], visit["startTime"] + 1
        if visit["startTime"] not in list(_free(call, calendar, *window, None)):
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
        "notes": body.get("description", ""),
        "dateAdded": now,
    }
    _book(call, visit, body)
    return _bare(visit, _zone(call))


@routes("PUT", "/calendars/events/appointments/{eventId}", "calendars/events.write")
def update(call: Call) -> Answer:
    visit = _visit_of(call)
    _book(call, visit, checked(call.json(), _UPDATE))
    return _bare(visit, _zone(call))


@routes("GET", "/calendars/events/appointments/{eventId}", "calendars/events.readonly")
def get(call: Call) -> Answer:
    """Under ``appointment``, where the documents say ``event``."""
    return {"appointment": _event(_visit_of(call), _zone(call)), "traceId": call.trace_id}


@routes("DELETE", "/calendars/events/{eventId}", "calendars/events.write", status=201)
def delete(call: Call) -> Answer:
    """Status 201 and, for once, ``succeeded`` spelt right."""
    visit = _visit_of(call)
    checked(call.json(), {})
    call.core.store.delete("appointment", visit["id"])
    return {"succeeded": True}


@routes("GET", "/calendars/events", "calendars/events.readonly")
def in_range(call: Call) -> Answer:
    """Appointments that begin in a window of epoch milliseconds."""
    query = call.query
    location_id = call.check_location(query.get("locationId"))
    refuse_unknown(query, "locationId", "startTime", "endTime", "userId", "calendarId", "groupId")
    missing = [name for name in ("startTime", "endTime") if not query.get(name)]
    if missing:
        raise unprocessable(f"{name} must be a number string" for name in missing)
    if not any(query.get(name) for name in ("userId", "calendarId", "groupId")):
        raise unprocessable(["one of userId, calendarId or groupId is required"])
    start, end = whole_number(query, "startTime", 0), whole_number(query, "endTime", 0)
    zone = _zone(call)
    events = [
        _event(visit, zone)
        for visit in call.core.store.records("appointment", location=location_id)
        if start <= visit["startTime"] <= end
        and query.get("userId") in (None, visit.get("assignedUserId"))
        and query.get("calendarId") in (None, visit["calendarId"])
        and query.get("groupId") in (None, visit.get("groupId"))
    ]
    return {"events": events, "traceId": call.trace_id}
