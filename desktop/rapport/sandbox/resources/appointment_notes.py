"""Notes of an appointment; they are not those of its contact."""

from rapport.sandbox.clock import iso
from rapport.sandbox.errors import not_found
from rapport.sandbox.ids import firestore_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import TEXT, Field, at_most, checked, need, whole_number

from .appointments import appointment_of
from .contact_lists import refuse_unknown

routes = Routes(version="2021-04-15")

_MOST_PER_PAGE = 20
_FIELDS: dict[str, Field] = {"userId": TEXT, "body": at_most(5000).must}


def _visit_of(call: Call) -> Doc:
    return appointment_of(call, call.params["appointmentId"])


def _note_of(call: Call) -> Doc:
    visit, note_id = _visit_of(call), call.params["noteId"]
    note = call.core.store.get("appointmentNote", note_id)
    if note is None or note["appointmentId"] != visit["id"]:
        raise not_found("Note", note_id)
    return note


def _shown(call: Call, note: Doc) -> Doc:
    user = call.core.store.get("user", note["userId"]) or {}
    return {
        "id": note["id"],
        "body": note["body"],
        "userId": note["userId"],
        "dateAdded": iso(note["dateAdded"]),
        "contactId": note["contactId"],
        "createdBy": {"id": note["userId"], "name": user.get("name", "")},
    }


@routes("GET", "/calendars/appointments/{appointmentId}/notes", "calendars/events.readonly")
def list_notes(call: Call) -> Answer:
    """Newest first; at most 20 at a time."""
    visit = _visit_of(call)
    refuse_unknown(call.query, "limit", "offset")
    need(call.query, "limit", "offset")
    limit = whole_number(call.query, "limit", 10, least=1, most=_MOST_PER_PAGE)
    offset = whole_number(call.query, "offset", 0)
    notes = call.core.store.records("appointmentNote", parent=visit["id"])
    shown = [_shown(call, note) for note in notes[offset : offset + limit]]
    return {"notes": shown, "hasMore": len(notes) > offset + limit}


@routes(
    "POST",
    "/calendars/appointments/{appointmentId}/notes",
    "calendars/events.write",
    status=201,
)
def create(call: Call) -> Answer:
    visit = _visit_of(call)
    now = call.core.clock.now_ms()
    note: Doc = {
        "id": firestore_id(),
        "userId": call.grant.user_id,
        **checked(call.json(), _FIELDS),
        "dateAdded": now,
        "contactId": visit["contactId"],
        "appointmentId": visit["id"],
        "locationId": visit["locationId"],
    }
    call.core.store.put(
        "appointmentNote", note, location=call.location, parent=visit["id"], position=-now
    )
    return {"note": _shown(call, note)}


@routes("PUT", "/calendars/appointments/{appointmentId}/notes/{noteId}", "calendars/events.write")
def update(call: Call) -> Answer:
    note = _note_of(call)
    note.update(checked(call.json(), _FIELDS))
    call.core.store.replace("appointmentNote", note)
    return {"note": _shown(call, note)}


@routes(
    "DELETE", "/calendars/appointments/{appointmentId}/notes/{noteId}", "calendars/events.write"
)
def delete(call: Call) -> Answer:
    call.core.store.delete("appointmentNote", _note_of(call)["id"])
    return {"success": True}
