"""Calendars and their free times."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rapport.sandbox.errors import bad_request, unprocessable
from rapport.sandbox.ids import firestore_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import boolean, checked, need, whole_number

from .calendar_forms import CREATE, UPDATE
from .contact_lists import refuse_unknown

routes = Routes(version="2021-04-15")

_OPENS, _CLOSES = time(9), time(18)  # every working day, unless a calendar has its own hours
_MOST_SLOT_DAYS = 31
_FREE_AGAIN = ("cancelled", "invalid", "noshow")


def zone_of(call: Call) -> ZoneInfo:
    """The location's time zone."""
    location = call.core.store.get("location", call.location)
    return ZoneInfo(location["timezone"] if location else "UTC")


def local(ms: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone)


def minutes(calendar: Doc) -> int:
    """How long its appointments are."""
    hours = calendar.get("slotDurationUnit") == "hours"
    return max(1, int(calendar["slotDuration"] * (60 if hours else 1)))


def calendar_of(call: Call, calendar_id: str) -> Doc:
    return call.core.record_of("calendar", "Calendar", calendar_id, call.location)


@routes("GET", "/calendars/", "calendars.readonly")
def list_calendars(call: Call) -> Answer:
    location_id = call.check_location(call.query.get("locationId"))
    refuse_unknown(call.query, "locationId", "groupId", "showDrafted")
    group, drafts = call.query.get("groupId"), boolean(call.query, "showDrafted")
    calendars = [
        calendar
        for calendar in call.core.store.records("calendar", location=location_id)
        if group in (None, calendar.get("groupId"))
        and (drafts is not False or calendar["isActive"])
    ]
    return {"calendars": calendars, "traceId": call.trace_id}


@routes("GET", "/calendars/{calendarId}", "calendars.readonly")
def get_calendar(call: Call) -> Answer:
    return {"calendar": calendar_of(call, call.params["calendarId"]), "traceId": call.trace_id}


def _take(call: Call, calendar: Doc, body: Doc) -> None:
    if body.get("groupId"):
        call.core.record_of("calendarGroup", "Calendar group", body["groupId"], call.location)
    slug = body.get("slug")
    if slug and slug != calendar.get("slug"):
        others = call.core.store.records("calendar", location=call.location)
        if any(other["slug"] == slug for other in others):
            raise bad_request("The slug is already taken")
    calendar.update(body)


@routes("POST", "/calendars/", "calendars.write")
def create(call: Call) -> Answer:
    """Status 200."""
    body = call.json()
    location_id = call.check_location(body.get("locationId"))
    checked(body, CREATE)
    calendar_id = firestore_id()
    stem = "".join(c if c.isalnum() else "-" for c in body["name"].strip().lower())
    calendar: Doc = {
        "id": calendar_id,
        "description": "",
        "slug": f"{stem}-{calendar_id[:6].lower()}",
        "calendarType": "round_robin",
        "eventTitle": "{{contact.name}}",
        "eventColor": "#039be5",
        "slotDuration": 30,
        "slotDurationUnit": "mins",
        "slotInterval": 30,
        "slotIntervalUnit": "mins",
        "isActive": True,
        "teamMembers": [],
    }
    _take(call, calendar, body)
    call.core.store.put(
        "calendar", calendar, location=location_id, position=call.core.clock.now_ms()
    )
    return {"calendar": calendar, "traceId": call.trace_id}


@routes("PUT", "/calendars/{calendarId}", "calendars.write")
def update(call: Call) -> Answer:
    calendar = calendar_of(call, call.params["calendarId"])
    _take(call, calendar, checked(call.json(), UPDATE))
    call.core.store.replace("calendar", calendar)
    return {"calendar": calendar, "traceId": call.trace_id}


@routes("DELETE", "/calendars/{calendarId}", "calendars.write")
def delete(call: Call) -> Answer:
    """Its appointments stay where contacts have them."""
    calendar = calendar_of(call, call.params["calendarId"])
    call.core.store.delete_with_parts("calendar", calendar["id"])
    return {"success": True}


# -- free times ----------------------------------------------------------------------------------


@routes("GET", "/calendars/{calendarId}/free-slots", "calendars.readonly")
def free_slots(call: Call) -> Answer:
    """A map by date, with ``traceId`` beside the dates."""
    calendar = calendar_of(call, call.params["calendarId"])
    refuse_unknown(call.query, "startDate", "endDate", "timezone", "userId", "userIds")
    need(call.query, "startDate", "endDate")
    start, end = whole_number(call.query, "startDate", 0), whole_number(call.query, "endDate", 0)
    if end <= start or end - start > _MOST_SLOT_DAYS * 86_400_000:
        raise bad_request(f"The range must be of at most {_MOST_SLOT_DAYS} days")
    try:
        shown_in = ZoneInfo(call.query["timezone"]) if "timezone" in call.query else zone_of(call)
    except (ZoneInfoNotFoundError, ValueError):
        raise unprocessable(["timezone must be a valid IANA time zone"]) from None
    days: Doc = {}
    for slot in free_slots_of(call, calendar, start, end, call.query.get("userId")):
        shown = local(slot, shown_in)
        days.setdefault(f"{shown:%Y-%m-%d}", {"slots": []})["slots"].append(shown.isoformat())
    return {**days, "traceId": call.trace_id}


def _taken(
    call: Call, calendar: Doc, start: int, end: int, user_id: str | None, but: str | None
) -> list[tuple[int, int]]:
    """What is booked or blocked between two moments, ``but`` one appointment."""
    store = call.core.store
    booked = [
        visit
        for visit in store.records("appointment", location=call.location)
        if visit["appointmentStatus"] not in _FREE_AGAIN
    ]
    blocked = store.records("blockSlot", location=call.location)
    return [
        (event["startTime"], event["endTime"])
        for event in (*booked, *blocked)
        if event.get("calendarId") == calendar["id"]
        and event["id"] != but
        and user_id in (None, event.get("assignedUserId"))
        and event["endTime"] > start
        and event["startTime"] < end
    ]


def _open(calendar: Doc, day: date, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """When the calendar is open on a day, as epoch milliseconds."""
    hours = [(_OPENS, _CLOSES)] if day.weekday() < 5 else []
    if calendar.get("openHours"):
        sunday_first = day.isoweekday() % 7
        hours = [
            (
                time(int(span["openHour"]), min(59, int(span["openMinute"]))),
                time(int(span["closeHour"]), min(59, int(span["closeMinute"]))),
            )
            for rule in calendar["openHours"]
            if sunday_first in rule["daysOfTheWeek"]
            for span in rule["hours"]
        ]
    for opens, closes in hours:
        yield (
            round(datetime.combine(day, opens, zone).timestamp() * 1000),
            round(datetime.combine(day, closes, zone).timestamp() * 1000),
        )


def free_slots_of(
    call: Call,
    calendar: Doc,
    start: int,
    end: int,
    user_id: str | None = None,
    *,
    but: str | None = None,
) -> Iterator[int]:
    """Beginnings of the times in ``start…end`` at which there is still room.

    ``but`` is an appointment that is about to be moved.
    """
    zone, length = zone_of(call), minutes(calendar) * 60_000
    room = int(calendar.get("appoinmentPerSlot", 1))
    taken = _taken(call, calendar, start, end + length, user_id, but)
    soonest = max(start, call.core.clock.now_ms())
    day = local(start, zone).date()
    while day <= local(end, zone).date():
        for slot, closes in _open(calendar, day, zone):
            while slot + length <= closes:
                meanwhile = sum(since < slot + length and slot < until for since, until in taken)
                if soonest <= slot < end and meanwhile < room:
                    yield slot
                slot += length
        day += timedelta(days=1)
