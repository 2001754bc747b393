"""Rooms and equipment that appointments need."""

from rapport.sandbox.errors import bad_request, not_found, unprocessable
from rapport.sandbox.ids import mongo_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import (
    FILLED,
    FLAG,
    TEXT,
    TEXTS,
    Field,
    checked,
    need,
    number,
    whole_number,
)

from .calendars import calendar_of
from .contact_lists import refuse_unknown

routes = Routes(version="2021-04-15")

_TYPES = ("equipments", "rooms")
_FIELDS: dict[str, Field] = {
    "locationId": FILLED,
    "name": FILLED,
    "description": TEXT,
    "quantity": number(0),
    "outOfService": number(0),
    "capacity": number(0),
    "calendarIds": TEXTS,
}
_CREATE = {name: field.must for name, field in _FIELDS.items()}
_UPDATE = {**_FIELDS, "isActive": FLAG}


def _type(call: Call) -> str:
    kind = call.params["resourceType"]
    if kind not in _TYPES:
        raise unprocessable(
            [f"resourceType must be one of the following values: {', '.join(_TYPES)}"]
        )
    return kind


def _resource_of(call: Call) -> Doc:
    kind, resource_id = _type(call), call.params["id"]
    resource = call.core.record_of(
        "calendarResource", "Calendar resource", resource_id, call.location
    )
    if resource["resourceType"] != kind:
        raise not_found("Calendar resource", resource_id)
    return resource


def _take(call: Call, resource: Doc, body: Doc) -> None:
    if "locationId" in body:
        call.check_location(body["locationId"])
    resource.update(body)
    for calendar_id in resource["calendarIds"]:
        calendar_of(call, calendar_id)
    if resource["resourceType"] == "equipments":
        if len(resource["calendarIds"]) > 1:
            raise bad_request("One equipment can only be mapped with one service calendar")
        if resource["outOfService"] > resource["quantity"]:
            raise bad_request("outOfService must not be greater than quantity")


@routes("GET", "/calendars/resources/{resourceType}", "calendars/resources.readonly")
def list_resources(call: Call) -> Answer:
    """A bare array."""
    kind = _type(call)
    location_id = call.check_location(call.query.get("locationId"))
    refuse_unknown(call.query, "locationId", "limit", "skip")
    need(call.query, "limit", "skip")
    limit = whole_number(call.query, "limit", 20, least=1, most=100)
    skip = whole_number(call.query, "skip", 0)
    found = [
        resource
        for resource in call.core.store.records("calendarResource", location=location_id)
        if resource["resourceType"] == kind
    ]
    return found[skip : skip + limit]


@routes("POST", "/calendars/resources/{resourceType}", "calendars/resources.write", status=201)
def create(call: Call) -> Answer:
    kind, body = _type(call), call.json()
    location_id = call.check_location(body.get("locationId"))
    checked(body, _CREATE)
    resource: Doc = {"id": mongo_id(), "resourceType": kind, "isActive": True}
    _take(call, resource, body)
    call.core.store.put(
        "calendarResource", resource, location=location_id, position=call.core.clock.now_ms()
    )
    return resource


@routes("GET", "/calendars/resources/{resourceType}/{id}", "calendars/resources.readonly")
def get(call: Call) -> Answer:
    return _resource_of(call)


@routes("PUT", "/calendars/resources/{resourceType}/{id}", "calendars/resources.write")
def update(call: Call) -> Answer:
    """The reply leaves the calendars out."""
    resource = _resource_of(call)
    _take(call, resource, checked(call.json(), _UPDATE))
    call.core.store.replace("calendarResource", resource)
    return {name: value for name, value in resource.items() if name != "calendarIds"}


@routes("DELETE", "/calendars/resources/{resourceType}/{id}", "calendars/resources.write")
def delete(call: Call) -> Answer:
    call.core.store.delete("calendarResource", _resource_of(call)["id"])
    return {"success": True}
