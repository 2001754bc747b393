"""When people can be booked."""

import re
from zoneinfo import available_timezones

from rapport.sandbox.clock import iso
from rapport.sandbox.errors import bad_request, unprocessable
from rapport.sandbox.ids import mongo_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import (
    FILLED,
    TEXT,
    TEXTS,
    Field,
    checked,
    need,
    one_of,
    shapes,
    whole_number,
)

from .calendars import calendar_of
from .contact_lists import refuse_unknown

routes = Routes(version="2021-04-15")

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_UPDATE: dict[str, Field] = {
    "name": FILLED,
    "timezone": FILLED,
    "rules": shapes(
        {
            "type": one_of("wday", "date").must,
            "intervals": shapes({"from": FILLED.must, "to": FILLED.must}).must,
            "date": TEXT,
            "day": one_of(*_DAYS),
        }
    ),
}
_CREATE = {
    **_UPDATE,
    "name": FILLED.must,
    "timezone": FILLED.must,
    "locationId": FILLED.must,
    "userId": FILLED.must,
    "calendarIds": TEXTS,
}
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def _schedule_of(call: Call) -> Doc:
    return call.core.record_of("schedule", "Schedule", call.params["id"], call.location)


def _shown(schedule: Doc) -> Doc:
    return {
        **schedule,
        "dateAdded": iso(schedule["dateAdded"]),
        "dateUpdated": iso(schedule["dateUpdated"]),
    }


def _save(call: Call, schedule: Doc) -> None:
    schedule["dateUpdated"] = call.core.clock.now_ms()
    call.core.store.put(
        "schedule", schedule, location=schedule["locationId"], position=schedule["dateAdded"]
    )


def _take(call: Call, schedule: Doc, body: Doc) -> Answer:
    if body.get("timezone") is not None and body["timezone"] not in available_timezones():
        raise unprocessable(["timezone must be a valid IANA time zone"])
    for rule in body.get("rules") or ():
        if ("day" if rule["type"] == "wday" else "date") not in rule:
            raise bad_request("A rule needs a day of the week or a date, as its type says")
        for span in rule["intervals"]:
            if not (_CLOCK.fullmatch(span["from"]) and _CLOCK.fullmatch(span["to"])):
                raise unprocessable(["rules.intervals must be times in the form HH:MM"])
            if span["from"] >= span["to"]:
                raise bad_request("An interval must end after it begins")
    schedule.update(body)
    for calendar_id in schedule["calendarIds"]:
        calendar_of(call, calendar_id)
    _save(call, schedule)
    return {"schedule": _shown(schedule), "traceId": call.trace_id}


@routes("POST", "/calendars/schedules", "calendars.write", status=201)
def create(call: Call) -> Answer:
    body = call.json()
    call.check_location(body.get("locationId"))
    checked(body, _CREATE)
    user = call.core.store.get("user", body["userId"])
    if user is None or call.location not in user["roles"]["locationIds"]:
        raise bad_request("The user does not belong to this location")
    schedule: Doc = {
        "id": mongo_id(),
        "rules": [],
        "calendarIds": [],
        "deleted": False,
        "dateAdded": call.core.clock.now_ms(),
    }
    return _take(call, schedule, body)


@routes("GET", "/calendars/schedules/search", "calendars.readonly")
def search(call: Call) -> Answer:
    """Those of one user."""
    query = call.query
    location_id = call.check_location(query.get("locationId"))
    refuse_unknown(query, "locationId", "userId", "calendarId", "skip", "limit")
    need(query, "userId")
    limit = whole_number(query, "limit", 50, least=1, most=500)
    skip = whole_number(query, "skip", 0)
    found = [
        _shown(schedule)
        for schedule in call.core.store.records("schedule", location=location_id)
        if schedule["userId"] == query["userId"]
        and ("calendarId" not in query or query["calendarId"] in schedule["calendarIds"])
    ]
    return {"schedules": found[skip : skip + limit], "traceId": call.trace_id}


@routes("GET", "/calendars/schedules/{id}", "calendars.readonly")
def get(call: Call) -> Answer:
    return {"schedule": _shown(_schedule_of(call)), "traceId": call.trace_id}


@routes("PUT", "/calendars/schedules/{id}", "calendars.write")
def update(call: Call) -> Answer:
    schedule = _schedule_of(call)
    return _take(call, schedule, checked(call.json(), _UPDATE))


@routes("DELETE", "/calendars/schedules/{id}", "calendars.write")
def delete(call: Call) -> Answer:
    call.core.store.delete("schedule", _schedule_of(call)["id"])
    return {"success": True}


@routes("PUT", "/calendars/schedules/{id}/associations/{calendarId}", "calendars.write")
def associate(call: Call) -> Answer:
    schedule, calendar = _schedule_of(call), calendar_of(call, call.params["calendarId"])
    if calendar["id"] not in schedule["calendarIds"]:
        schedule["calendarIds"].append(calendar["id"])
        _save(call, schedule)
    return {"success": True}


@routes("DELETE", "/calendars/schedules/{id}/associations/{calendarId}", "calendars.write")
def dissociate(call: Call) -> Answer:
    schedule, calendar_id = _schedule_of(call), call.params["calendarId"]
    if calendar_id not in schedule["calendarIds"]:
        raise bad_request("The calendar does not belong to this schedule")
    schedule["calendarIds"].remove(calendar_id)
    _save(call, schedule)
    return {"success": True}
