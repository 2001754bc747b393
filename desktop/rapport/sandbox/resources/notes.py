"""A contact's notes. The body is kept as it came, text or HTML."""

from rapport.sandbox.clock import iso
from rapport.sandbox.errors import not_found
from rapport.sandbox.ids import firestore_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import FILLED, FLAG, TEXT, Field, checked

from .contacts import contact_of

routes = Routes()

_UPDATE: dict[str, Field] = {
    "body": FILLED,
    "userId": TEXT.or_null,
    "title": TEXT.or_null,
    "color": TEXT.or_null,
    "pinned": FLAG,
}
_CREATE = {**_UPDATE, "body": FILLED.must}


def shown(note: Doc) -> Doc:
    out = {name: value for name, value in note.items() if name != "locationId"}
    out["dateAdded"] = iso(note["dateAdded"])
    return out


def _note_of(call: Call) -> Doc:
    contact = contact_of(call)
    note = call.core.store.get("note", call.params["id"])
    if note is None or note["contactId"] != contact["id"]:
        raise not_found("Note", call.params["id"])
    return note


@routes("GET", "/contacts/{contactId}/notes", "contacts.readonly")
def list_notes(call: Call) -> Answer:
    notes = call.core.store.records("note", parent=contact_of(call)["id"])
    return {"notes": [shown(note) for note in notes]}


@routes("POST", "/contacts/{contactId}/notes", "contacts.write", status=201)
def create(call: Call) -> Answer:
    contact = contact_of(call)
    body = checked(call.json(), _CREATE)
    now = call.core.clock.now_ms()
    note: Doc = {
        "id": firestore_id(),
        "contactId": contact["id"],
        "locationId": contact["locationId"],
        "body": "",
        "userId": None,
        "dateAdded": now,
        "title": None,
        "color": None,
        "pinned": False,
        **body,
    }
    call.core.store.put(
        "note", note, location=note["locationId"], parent=contact["id"], position=-now
    )
    return {"note": shown(note)}


@routes("GET", "/contacts/{contactId}/notes/{id}", "contacts.readonly")
def get(call: Call) -> Answer:
    return {"note": shown(_note_of(call))}


@routes("PUT", "/contacts/{contactId}/notes/{id}", "contacts.write")
def update(call: Call) -> Answer:
    note = _note_of(call)
    note.update(checked(call.json(), _UPDATE))
    call.core.store.replace("note", note)
    return {"note": shown(note)}


@routes("DELETE", "/contacts/{contactId}/notes/{id}", "contacts.write")
def delete(call: Call) -> Answer:
    call.core.store.delete("note", _note_of(call)["id"])
    return {"succeded": True}
