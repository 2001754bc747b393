"""What a calendar tells whom, and when."""

from typing import Any

from rapport.sandbox.errors import not_found, unprocessable
from rapport.sandbox.ids import mongo_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import (
    FLAG,
    TEXT,
    TEXTS,
    Field,
    boolean,
    checked,
    number,
    one_of,
    shape,
    shapes,
    whole_number,
)

from .calendars import calendar_of
from .contact_lists import refuse_unknown

routes = Routes(version="2021-04-15")

_TIMES = shapes({"timeOffset": number(0), "unit": TEXT})
_COMMON: dict[str, Field] = {
    "receiverType": one_of(
        "contact", "guest", "assignedUser", "emails", "phoneNumbers", "business"
    ),
    "channel": one_of("email", "inApp", "sms", "whatsapp"),
    "notificationType": one_of(
        "booked", "confirmation", "cancellation", "reminder", "followup", "reschedule"
    ),
    "isActive": FLAG,
    "afterTime": _TIMES,
    "beforeTime": _TIMES,
    **dict.fromkeys(("templateId", "body", "subject"), TEXT),
    **dict.fromkeys(("fromAddress", "fromName", "fromNumber"), TEXT),
    **dict.fromkeys(("additionalEmailIds", "additionalPhoneNumbers", "selectedUsers"), TEXTS),
}
_CREATE = {
    **_COMMON,
    **{name: _COMMON[name].must for name in ("receiverType", "channel", "notificationType")},
}
_UPDATE = {**_COMMON, "deleted": FLAG}


def _calendar_of(call: Call) -> Doc:
    return calendar_of(call, call.params["calendarId"])


def _shown(notification: Doc) -> Doc:
    """Under ``_id``."""
    inside = ("id", "locationId", "calendarId")
    kept = {name: value for name, value in notification.items() if name not in inside}
    return {"_id": notification["id"], **kept}


def _notification_of(call: Call) -> Doc:
    calendar, wanted = _calendar_of(call), call.params["notificationId"]
    notification = call.core.store.get("calendarNotification", wanted)
    if notification is None or notification["calendarId"] != calendar["id"]:
        raise not_found("Notification", wanted)
    return notification


@routes("GET", "/calendars/{calendarId}/notifications", "calendars/events.readonly")
def list_notifications(call: Call) -> Answer:
    """A bare array; deleted ones only when asked for."""
    calendar, query = _calendar_of(call), call.query
    refuse_unknown(query, "isActive", "deleted", "limit", "skip")
    active, deleted = boolean(query, "isActive"), boolean(query, "deleted") or False
    limit = whole_number(query, "limit", 100, least=1, most=100)
    skip = whole_number(query, "skip", 0)
    found = [
        _shown(one)
        for one in call.core.store.records("calendarNotification", parent=calendar["id"])
        if active in (None, one["isActive"]) and one["deleted"] == deleted
    ]
    return found[skip : skip + limit]


@routes("POST", "/calendars/{calendarId}/notifications", "calendars/events.write")
def create(call: Call) -> Answer:
    """Several at once: an array both ways. Status 200."""
    calendar, wanted = _calendar_of(call), call.json_list()
    for place, one in enumerate(wanted):
        complaint: Any = shape(_CREATE).check(str(place), one)
        if complaint:
            raise unprocessable([complaint])
    made: list[Doc] = []
    for one in wanted:
        notification: Doc = {
            "id": mongo_id(),
            "isActive": True,
            "afterTime": [],
            "beforeTime": [],
            "additionalEmailIds": [],
            "additionalPhoneNumbers": [],
            "additionalWhatsappNumbers": [],
            "selectedUsers": [],
            "deleted": False,
            **one,
            "calendarId": calendar["id"],
            "locationId": calendar["locationId"],
        }
        call.core.store.put(
            "calendarNotification",
            notification,
            location=calendar["locationId"],
            parent=calendar["id"],
            position=call.core.clock.now_ms(),
        )
        made.append(_shown(notification))
    return made


@routes(
    "GET", "/calendars/{calendarId}/notifications/{notificationId}", "calendars/events.readonly"
)
def get(call: Call) -> Answer:
    return _shown(_notification_of(call))


@routes("PUT", "/calendars/{calendarId}/notifications/{notificationId}", "calendars/events.write")
def update(call: Call) -> Answer:
    notification = _notification_of(call)
    notification.update(checked(call.json(), _UPDATE))
    call.core.store.replace("calendarNotification", notification)
    return {"message": "Notification updated successfully"}


@routes(
    "DELETE", "/calendars/{calendarId}/notifications/{notificationId}", "calendars/events.write"
)
def delete(call: Call) -> Answer:
    """It stays readable, as deleted."""
    notification = _notification_of(call)
    notification["deleted"] = True
    call.core.store.replace("calendarNotification", notification)
    return {"message": "Notification deleted successfully"}
