"""Groups of calendars."""

from rapport.sandbox.errors import bad_request
from rapport.sandbox.ids import firestore_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import FILLED, FLAG, TEXT, Field, checked

from .contact_lists import refuse_unknown

routes = Routes(version="2021-04-15")

_UPDATE: dict[str, Field] = {
    "name": FILLED.must,
    "description": TEXT.must,
    "slug": FILLED.must,
}
_CREATE = {**_UPDATE, "locationId": FILLED.must, "isActive": FLAG}


def _group_of(call: Call) -> Doc:
    return call.core.record_of(
        "calendarGroup", "Calendar group", call.params["groupId"], call.location
    )


def _is_free(call: Call, slug: str, but: str | None = None) -> bool:
    twin = call.core.store.find("calendarGroup", call.location, slug)
    return twin is None or twin["id"] == but


@routes("GET", "/calendars/groups", "calendars/groups.readonly")
def list_groups(call: Call) -> Answer:
    location_id = call.check_location(call.query.get("locationId"))
    refuse_unknown(call.query, "locationId")
    groups = call.core.store.records("calendarGroup", location=location_id)
    return {"groups": groups, "traceId": call.trace_id}


@routes("POST", "/calendars/groups", "calendars/groups.write", status=201)
def create(call: Call) -> Answer:
    body = call.json()
    location_id = call.check_location(body.get("locationId"))
    checked(body, _CREATE)
    if not _is_free(call, body["slug"]):
        raise bad_request("The slug is already taken")
    group: Doc = {"id": firestore_id(), "isActive": True, **body}
    call.core.store.put(
        "calendarGroup",
        group,
        location=location_id,
        key=group["slug"],
        position=call.core.clock.now_ms(),
    )
    return {"group": group, "traceId": call.trace_id}


@routes("POST", "/calendars/groups/validate-slug", "calendars/groups.write")
def validate_slug(call: Call) -> Answer:
    body = call.json()
    call.check_location(body.get("locationId"))
    checked(body, {"locationId": FILLED.must, "slug": FILLED.must})
    return {"available": _is_free(call, body["slug"])}


@routes("PUT", "/calendars/groups/{groupId}", "calendars/groups.write")
def update(call: Call) -> Answer:
    group = _group_of(call)
    group.update(checked(call.json(), _UPDATE))
    if not _is_free(call, group["slug"], group["id"]):
        raise bad_request("The slug is already taken")
    call.core.store.replace("calendarGroup", group, key=group["slug"])
    return {"group": group, "traceId": call.trace_id}


@routes("PUT", "/calendars/groups/{groupId}/status", "calendars/groups.write")
def set_status(call: Call) -> Answer:
    group = _group_of(call)
    group.update(checked(call.json(), {"isActive": FLAG.must}))
    call.core.store.replace("calendarGroup", group)
    return {"success": True}


@routes("DELETE", "/calendars/groups/{groupId}", "calendars/groups.write")
def delete(call: Call) -> Answer:
    """Its calendars stay, without a group."""
    group = _group_of(call)
    for calendar in call.core.store.records("calendar", location=call.location):
        if calendar.get("groupId") == group["id"]:
            del calendar["groupId"]
            call.core.store.replace("calendar", calendar)
    call.core.store.delete("calendarGroup", group["id"])
    return {"success": True}
