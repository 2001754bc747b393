"""Tasks: a contact's six operations, the location's search, and recurring tasks."""

from typing import Any

from rapport.sandbox.clock import iso, parse_ms
from rapport.sandbox.errors import bad_request, not_found
from rapport.sandbox.ids import firestore_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import FILLED, FLAG, MAPPING, MOMENT, NUMBER, TEXT, TEXTS, Field, checked

from .contact_forms import full_name
from .contacts import contact_of
from .search_filters import contains

routes = Routes()

MOST_PER_SEARCH = 100

_UPDATE: dict[str, Field] = {
    "title": FILLED,
    "body": TEXT.or_null,
    "dueDate": MOMENT,
    "completed": FLAG,
    "assignedTo": TEXT.or_null,
}
_CREATE = {
    **_UPDATE,
    "title": FILLED.must,
    "dueDate": MOMENT.must,
    "completed": FLAG.must,
}


def shown(task: Doc) -> Doc:
    """The form of the contact's operations: no dates but the due one, no location."""
    return {
        "id": task["id"],
        "title": task["title"],
        "body": task.get("body"),
        "assignedTo": task.get("assignedTo"),
        "dueDate": iso(task["dueDate"]),
        "completed": task["completed"],
        "contactId": task["contactId"],
    }


def _task_of(call: Call) -> Doc:
    contact = contact_of(call)
    task_id = call.params["taskId"]
    task = call.core.store.task(task_id)
    if task is None or task["contactId"] != contact["id"]:
        raise not_found("Task", task_id)
    return task


def _save(call: Call, task: Doc, body: Doc) -> Answer:
    for name, value in body.items():
        task[name] = parse_ms(value) if name == "dueDate" else value
    task["dateUpdated"] = call.core.clock.now_ms()
    call.core.store.put_task(task)
    return {"task": shown(task)}


@routes("GET", "/contacts/{contactId}/tasks", "contacts.readonly")
def list_tasks(call: Call) -> Answer:
    return {"tasks": [shown(task) for task in call.core.store.tasks_of(contact_of(call)["id"])]}


@routes("POST", "/contacts/{contactId}/tasks", "contacts.write", status=201)
def create(call: Call) -> Answer:
    contact = contact_of(call)
    body = checked(call.json(), _CREATE)
    task: Doc = {
        "id": firestore_id(),
        "locationId": contact["locationId"],
        "contactId": contact["id"],
        "businessId": contact.get("businessId"),
        "dateAdded": call.core.clock.now_ms(),
    }
    return _save(call, task, body)


@routes("GET", "/contacts/{contactId}/tasks/{taskId}", "contacts.readonly")
def get(call: Call) -> Answer:
    return {"task": shown(_task_of(call))}


@routes("PUT", "/contacts/{contactId}/tasks/{taskId}", "contacts.write")
def update(call: Call) -> Answer:
    task = _task_of(call)
    return _save(call, task, checked(call.json(), _UPDATE))


@routes("PUT", "/contacts/{contactId}/tasks/{taskId}/completed", "contacts.write")
def complete(call: Call) -> Answer:
    task = _task_of(call)
    return _save(call, task, checked(call.json(), {"completed": FLAG.must}))


@routes("DELETE", "/contacts/{contactId}/tasks/{taskId}", "contacts.write")
def delete(call: Call) -> Answer:
    call.core.store.delete_task(_task_of(call)["id"])
    return {"succeded": True}


# -- the location's search -----------------------------------------------------------------------

_SEARCH: dict[str, Field] = {
    "contactId": TEXTS,
    "completed": FLAG,
    "assignedTo": TEXTS,
    "query": TEXT,
    "limit": NUMBER,
    "skip": NUMBER,
    "businessId": TEXT,
}


@routes("POST", "/locations/{locationId}/tasks/search", "locations/tasks.readonly")
def search(call: Call) -> Answer:
    """Newest first; no total, no filter by change."""
    location_id = call.check_location(call.params["locationId"])
    body = checked(call.json(), _SEARCH)
    limit, skip = int(body.get("limit") or 25), int(body.get("skip") or 0)
    if not 1 <= limit <= MOST_PER_SEARCH:
        raise bad_request(f"limit must be from 1 to {MOST_PER_SEARCH}")
    if skip < 0:
        raise bad_request("skip must not be less than 0")
    where = "location=?"
    values: list[Any] = [location_id]
    for name, column in (("contactId", "contact"), ("assignedTo", "owner")):
        if body.get(name):
            where += f" AND {column} IN ({','.join('?' * len(body[name]))})"
            values += body[name]
    if body.get("completed") is not None:
        where += " AND completed=?"
        values.append(int(body["completed"]))
    if body.get("businessId"):
        where += " AND business=?"
        values.append(body["businessId"])
    if body.get("query"):
        where += f" AND {contains('hay')}"
        values.append(body["query"].casefold())
    rows = call.core.store.search(
        "task", where, values, keys=[("added", True), ("id", True)], limit=limit, offset=skip
    )
    people: dict[str, Doc] = {}
    return {
        "tasks": [_found(call, task, after, people) for task, after in rows],
        "traceId": call.trace_id,
    }


def _found(call: Call, task: Doc, search_after: list[Any], people: dict[str, Doc]) -> Doc:
    """The search's own form: ``_id`` instead of ``id``, and the people spelt out."""
    added, updated = iso(task["dateAdded"]), iso(task["dateUpdated"])
    return {
        "_id": task["id"],
        "locationId": task["locationId"],
        "title": task["title"],
        "body": task.get("body"),
        "dueDate": iso(task["dueDate"]),
        "completed": task["completed"],
        "status": "completed" if task["completed"] else "incomplete",
        "statusGroup": "completed" if task["completed"] else "incomplete",
        "contactId": task["contactId"],
        "contactDetails": _contact_details(call, task["contactId"], people),
        "assignedTo": task.get("assignedTo"),
        "assignedToUserDetails": _user_details(call, task.get("assignedTo"), people),
        "businessId": task.get("businessId"),
        "deleted": False,
        "dateAdded": added,
        "dateUpdated": updated,
        "createdAt": added,
        "updatedAt": updated,
        "searchAfter": search_after,
    }


def _contact_details(call: Call, contact_id: str, people: dict[str, Doc]) -> Doc:
    if contact_id not in people:
        contact = call.core.store.contact(contact_id) or {}
        people[contact_id] = {
            "id": contact_id,
            "firstName": contact.get("firstName"),
            "lastName": contact.get("lastName"),
            "contactName": full_name(contact),
            "email": contact.get("email"),
            "phone": contact.get("phone"),
        }
    return people[contact_id]


def _user_details(call: Call, user_id: str | None, people: dict[str, Doc]) -> Doc:
    if user_id is None:
        return {}
    if user_id not in people:
        user = call.core.store.get("user", user_id) or {}
        people[user_id] = {
            "id": user_id,
            "firstName": user.get("firstName"),
            "lastName": user.get("lastName"),
        }
    return people[user_id]


# -- recurring -----------------------------------------------------------------------------------

_RULE: dict[str, Field] = {
    "intervalType": TEXT.must,
    "interval": NUMBER.must,
    "startDate": MOMENT.must,
    "dueAfterSeconds": NUMBER.must,
    "endDate": MOMENT,
    "dayOfMonth": NUMBER,
    "dayOfWeek": TEXT,
    "monthOfYear": NUMBER,
    "count": NUMBER,
    "createTaskIfOverDue": FLAG,
}
_RECURRING_UPDATE: dict[str, Field] = {
    "title": FILLED,
    "description": TEXT,
    "contactIds": TEXTS,
    "owners": TEXTS,
    "rruleOptions": MAPPING,
    "ignoreTaskCreation": FLAG,
}
_RECURRING_CREATE = {
    **_RECURRING_UPDATE,
    "title": FILLED.must,
    "rruleOptions": MAPPING.must,
}


def _recurring_of(call: Call) -> Doc:
    location_id = call.check_location(call.params["locationId"])
    recurring = call.core.store.get("recurringTask", call.params["id"])
    if recurring is None or recurring["locationId"] != location_id:
        raise not_found("Recurring task", call.params["id"])
    return recurring


def _recurring_shown(recurring: Doc) -> Answer:
    out = dict(recurring)
    out["createdAt"], out["updatedAt"] = iso(out["createdAt"]), iso(out["updatedAt"])
    return {"recurringTask": out}


def _fill_recurring(call: Call, recurring: Doc, body: Doc) -> None:
    if "rruleOptions" in body:
        recurring["rruleOptions"] = checked(body["rruleOptions"], _RULE)
    for name in ("title", "description"):
        if name in body:
            recurring[name] = body[name]
    if body.get("contactIds"):
        contact = call.core.contact_of(body["contactIds"][0], call.location)
        recurring["contactId"] = contact["id"]
    if body.get("owners"):
        recurring["assignedTo"] = body["owners"][0]
    recurring["updatedAt"] = call.core.clock.now_ms()


@routes("POST", "/locations/{locationId}/recurring-tasks", status=201)
def create_recurring(call: Call) -> Answer:
    """Also makes the first task, unless asked not to."""
    location_id = call.check_location(call.params["locationId"])
    body = checked(call.json(), _RECURRING_CREATE)
    now = call.core.clock.now_ms()
    recurring: Doc = {
        "id": firestore_id(),
        "description": "",
        "locationId": location_id,
        "createdAt": now,
        "totalOccurrence": 0,
        "deleted": False,
    }
    _fill_recurring(call, recurring, body)
    if recurring.get("contactId") and not body.get("ignoreTaskCreation"):
        rule = recurring["rruleOptions"]
        start = parse_ms(rule["startDate"]) or now
        call.core.store.put_task(
            {
                "id": firestore_id(),
                "locationId": location_id,
                "contactId": recurring["contactId"],
                "title": recurring["title"],
                "body": recurring["description"],
                "assignedTo": recurring.get("assignedTo"),
                "dueDate": start + int(rule["dueAfterSeconds"] * 1000),
                "completed": False,
                "dateAdded": now,
                "dateUpdated": now,
            }
        )
        recurring["totalOccurrence"] = 1
    call.core.store.put("recurringTask", recurring, location=location_id, position=now)
    return _recurring_shown(recurring)


@routes("GET", "/locations/{locationId}/recurring-tasks/{id}")
def get_recurring(call: Call) -> Answer:
    return _recurring_shown(_recurring_of(call))


@routes("PUT", "/locations/{locationId}/recurring-tasks/{id}")
def update_recurring(call: Call) -> Answer:
    recurring = _recurring_of(call)
    _fill_recurring(call, recurring, checked(call.json(), _RECURRING_UPDATE))
    call.core.store.replace("recurringTask", recurring)
    return _recurring_shown(recurring)


@routes("DELETE", "/locations/{locationId}/recurring-tasks/{id}")
def delete_recurring(call: Call) -> Answer:
    recurring = _recurring_of(call)
    call.core.store.delete("recurringTask", recurring["id"])
    return {"id": recurring["id"], "success": True}
