"""Looking for opportunities: by query, in snake case, and by body, in camel case."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from rapport.sandbox.errors import bad_request, unprocessable
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import (
    FLAG,
    ITEMS,
    TEXT,
    Field,
    boolean,
    checked,
    choice,
    number,
    shape,
    whole_number,
)

from .appointments import of_contact_form
from .calendars import zone_of
from .contact_forms import full_name
from .contact_lists import refuse_unknown
from .notes import shown as note_shown
from .opportunities import STATUSES, shown
from .tasks import shown as task_shown

routes = Routes()

_MOST = 100
_QUERY = (
    *("q", "location_id", "pipeline_id", "pipeline_stage_id", "contact_id", "status"),
    *("assigned_to", "campaignId", "id", "order", "endDate", "startAfter", "startAfterId"),
    *("date", "country", "page", "limit", "getTasks", "getNotes", "getCalendarEvents"),
)
#: What is asked for in snake case, and where it stands.
_EXACT = {
    "pipeline_id": "pipelineId",
    "pipeline_stage_id": "pipelineStageId",
    "contact_id": "contactId",
    "assigned_to": "assignedTo",
    "id": "id",
}
_BODY: dict[str, Field] = {
    "locationId": TEXT.must,
    "query": TEXT.must,
    "limit": number(1).must,
    "page": number(1).must,
    "searchAfter": ITEMS.must,
    "additionalDetails": shape(
        dict.fromkeys(("notes", "tasks", "calendarEvents", "unReadConversations"), FLAG.must)
    ).must,
}


def _matches(call: Call, opportunity: Doc, text: str) -> bool:
    contact = call.core.store.contact(opportunity.get("contactId") or "") or {}
    hay = (opportunity["name"], full_name(contact), contact.get("email"), contact.get("phone"))
    return text in "\n".join(part or "" for part in hay).casefold()


def _day(query: dict[str, str], name: str) -> int | None:
    """Epoch milliseconds of a day written ``mm-dd-yyyy``, in UTC."""
    if not query.get(name):
        return None
    try:
        day = datetime.strptime(f"{query[name]} +0000", "%m-%d-%Y %z")
    except ValueError:
        raise unprocessable([f"{name} must be a date in the form mm-dd-yyyy"]) from None
    return round(day.timestamp() * 1000)


def _after(created: int, opportunity_id: str) -> Callable[[Doc], bool]:
    """Whether one follows this cursor, newest first."""
    return lambda one: (one["createdAt"], one["id"]) < (created, opportunity_id)


def _all(call: Call, keep: Callable[[Doc], bool]) -> list[Doc]:
    found = call.core.store.records("opportunity", location=call.location)
    return sorted(filter(keep, found), key=lambda one: (one["createdAt"], one["id"]), reverse=True)


def _with(call: Call, out: Doc, *, notes: bool, tasks: bool, events: bool) -> Doc:
    contact_id, store = out.get("contactId"), call.core.store
    if contact_id and tasks:
        out["tasks"] = [task_shown(task) for task in store.tasks_of(contact_id)]
    if contact_id and notes:
        out["notes"] = [note_shown(note) for note in store.records("note", parent=contact_id)]
    if contact_id and events:
        zone = zone_of(call)
        visits = store.records("appointment", parent=contact_id)
        out["calendarEvents"] = [of_contact_form(visit, zone) for visit in visits]
    return out


@routes("GET", "/opportunities/search", "opportunities.readonly")
def search(call: Call) -> Answer:
    """Newest first; anything in camel case is a property that should not exist."""
    query = call.query
    refuse_unknown(query, *_QUERY)
    call.check_location(query.get("location_id"))
    limit = whole_number(query, "limit", 20, least=1, most=_MOST)
    page = whole_number(query, "page", 1, least=1)
    status = choice(query, "status", *STATUSES, "all")
    since, until = _day(query, "date"), _day(query, "endDate")
    text = query.get("q", "").casefold()

    def keep(one: Doc) -> bool:
        return (
            all(query.get(name) in (None, one.get(own)) for name, own in _EXACT.items())
            and status in (None, "all", one["status"])
            and (since is None or one["createdAt"] >= since)
            and (until is None or one["createdAt"] < until + 86_400_000)
            and (not text or _matches(call, one, text))
        )

    found = _all(call, keep)
    total, first = len(found), (page - 1) * limit
    if query.get("startAfter"):
        cursor = whole_number(query, "startAfter", 0)
        found = list(filter(_after(cursor, query.get("startAfterId", "")), found))
        first = 0
    shown_ = found[first : first + limit]
    wanted = {
        "notes": boolean(query, "getNotes") or False,
        "tasks": boolean(query, "getTasks") or False,
        "events": boolean(query, "getCalendarEvents") or False,
    }
    more = first + limit < len(found)
    last = shown_[-1] if shown_ else None
    meta: dict[str, Any] = {
        "total": total,
        "nextPageUrl": None,
        "startAfterId": last["id"] if last else None,
        "startAfter": last["createdAt"] if last else None,
        "currentPage": page,
        "nextPage": page + 1 if more else None,
        "prevPage": page - 1 if page > 1 else None,
    }
    if more:
        kept = {name: value for name, value in query.items() if name != "page"}
        cursor_of = {"startAfter": meta["startAfter"], "startAfterId": meta["startAfterId"]}
        host = call.headers.get("host", "localhost")
        following = urlencode({**kept, **cursor_of})
        meta["nextPageUrl"] = f"http://{host}/opportunities/search?{following}"
    return {
        "opportunities": [_with(call, shown(call, one), **wanted) for one in shown_],
        "meta": meta,
        "aggregations": {},
        "traceId": call.trace_id,
    }


@routes("POST", "/opportunities/search", "opportunities.readonly")
def search_by_body(call: Call) -> Answer:
    """Pages by number, or from the ``sort`` of the last one seen."""
    body = call.json()
    call.check_location(body.get("locationId"))
    body = checked(body, _BODY)
    limit = int(body["limit"])
    if limit > _MOST:
        raise bad_request(f"limit must not be greater than {_MOST}")
    text = body["query"].casefold()
    found = _all(call, lambda one: not text or _matches(call, one, text))
    total, first = len(found), (int(body["page"]) - 1) * limit
    cursor = body["searchAfter"]
    if cursor:
        if len(cursor) != 2 or not str(cursor[0]).isdecimal():
            raise unprocessable(["searchAfter must be the sort of the last record"])
        found = list(filter(_after(int(cursor[0]), str(cursor[1])), found))
        first = 0
    details = body["additionalDetails"]
    wanted = {
        "notes": details["notes"],
        "tasks": details["tasks"],
        "events": details["calendarEvents"],
    }
    opportunities = [
        {
            **_with(call, shown(call, one), **wanted),
            "sort": [one["createdAt"], one["id"]],
        }
        for one in found[first : first + limit]
    ]
    return {
        "opportunities": opportunities,
        "total": total,
        "aggregations": {},
        "traceId": call.trace_id,
    }
