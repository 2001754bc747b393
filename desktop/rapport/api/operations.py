"""The operations of the CRM as values: one generic request serves them all."""

from __future__ import annotations

import re

from msgspec import Struct

_PARAMETER = re.compile(r"\{(\w+)\}")

CONTACTS_VERSION = "2021-07-28"
CALENDARS_VERSION = "2021-04-15"


class Operation(Struct, frozen=True):
    """One operation. ``path`` has its parameters in braces; ``{location_id}`` is filled in by the
    client. ``scope`` is what the token must hold, "" where the API declares none."""

    id: str
    method: str
    path: str
    scope: str
    version: str = CONTACTS_VERSION

    @property
    def writes(self) -> bool:
        """Whether the operation can change something on the server.

        Searches are POST requests that change nothing, so the method alone does not tell.
        """
        return self.method != "GET" and not self.path.endswith("/search")

    @property
    def names_record(self) -> bool:
        """Whether the path names a record, so that a 404 means that the record is gone."""
        return any(
            name.lower().endswith("id") and name.lower().replace("_", "") != "locationid"
            for name in _PARAMETER.findall(self.path)
        )


_R, _W = "contacts.readonly", "contacts.write"

SEARCH_CONTACTS = Operation("contacts.search", "POST", "/contacts/search", _R)
LIST_CONTACTS = Operation("contacts.list", "GET", "/contacts/", _R)
GET_CONTACT = Operation("contacts.get", "GET", "/contacts/{contact_id}", _R)
CREATE_CONTACT = Operation("contacts.create", "POST", "/contacts/", _W)
UPDATE_CONTACT = Operation("contacts.update", "PUT", "/contacts/{contact_id}", _W)
UPSERT_CONTACT = Operation("contacts.upsert", "POST", "/contacts/upsert", _W)
DELETE_CONTACT = Operation("contacts.delete", "DELETE", "/contacts/{contact_id}", _W)
FIND_DUPLICATE = Operation("contacts.duplicate", "GET", "/contacts/search/duplicate", _R)
CONTACTS_OF_BUSINESS = Operation(
    "contacts.by-business", "GET", "/contacts/business/{business_id}", _R
)
ADD_TAGS = Operation("contacts.tags.add", "POST", "/contacts/{contact_id}/tags", _W)
REMOVE_TAGS = Operation("contacts.tags.remove", "DELETE", "/contacts/{contact_id}/tags", _W)
APPOINTMENTS_OF_CONTACT = Operation(
    "contacts.appointments", "GET", "/contacts/{contact_id}/appointments", _R
)

LIST_TASKS = Operation("tasks.list", "GET", "/contacts/{contact_id}/tasks", _R)
GET_TASK = Operation("tasks.get", "GET", "/contacts/{contact_id}/tasks/{task_id}", _R)
CREATE_TASK = Operation("tasks.create", "POST", "/contacts/{contact_id}/tasks", _W)
UPDATE_TASK = Operation("tasks.update", "PUT", "/contacts/{contact_id}/tasks/{task_id}", _W)
COMPLETE_TASK = Operation(
    "tasks.completed", "PUT", "/contacts/{contact_id}/tasks/{task_id}/completed", _W
)
DELETE_TASK = Operation("tasks.delete", "DELETE", "/contacts/{contact_id}/tasks/{task_id}", _W)
SEARCH_TASKS = Operation(
    "tasks.search", "POST", "/locations/{location_id}/tasks/search", "locations/tasks.readonly"
)

LIST_NOTES = Operation("notes.list", "GET", "/contacts/{contact_id}/notes", _R)
GET_NOTE = Operation("notes.get", "GET", "/contacts/{contact_id}/notes/{note_id}", _R)
CREATE_NOTE = Operation("notes.create", "POST", "/contacts/{contact_id}/notes", _W)
UPDATE_NOTE = Operation("notes.update", "PUT", "/contacts/{contact_id}/notes/{note_id}", _W)
DELETE_NOTE = Operation("notes.delete", "DELETE", "/contacts/{contact_id}/notes/{note_id}", _W)

GET_LOCATION = Operation("location.get", "GET", "/locations/{location_id}", "locations.readonly")
LIST_TAGS = Operation(
    "location.tags", "GET", "/locations/{location_id}/tags", "locations/tags.readonly"
)
LIST_CUSTOM_FIELDS = Operation(
    "location.custom-fields",
    "GET",
    "/locations/{location_id}/customFields",
    "locations/customFields.readonly",
)
LIST_USERS = Operation("users.list", "GET", "/users/", "users.readonly")
LIST_BUSINESSES = Operation("businesses.list", "GET", "/businesses/", "businesses.readonly")
GET_BUSINESS = Operation(
    "businesses.get", "GET", "/businesses/{business_id}", "businesses.readonly"
)
