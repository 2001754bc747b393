"""Contacts: get, create, update, upsert, delete, and looking for duplicates."""

from rapport.sandbox.errors import ApiError, no_access_to_location, unprocessable
from rapport.sandbox.ids import firestore_id
from rapport.sandbox.store import Doc, fold
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import checked

from . import contact_forms as forms
from .conversations import conversation_with

routes = Routes()


def contact_of(call: Call) -> Doc:
    """The contact the path names, if the token may see it."""
    return call.core.contact_of(call.params["contactId"], call.location)


def _location(call: Call) -> Doc:
    location = call.core.store.get("location", call.location)
    if location is None:
        raise no_access_to_location()
    return location


def touch(call: Call, contact: Doc) -> None:
    """Write a changed contact back."""
    contact["dateUpdated"] = call.core.clock.now_ms()
    call.core.store.put_contact(contact)


def _twin(call: Call, doc: Doc, *, but: str | None = None) -> tuple[Doc, str] | None:
    """Another contact with the same e-mail, else the same phone, and which of the two."""
    for field, value in (("email", fold(doc.get("email"))), ("phone", doc.get("phone"))):
        if value:
            other = call.core.store.contact_by(call.location, field, value)
            if other is not None and other["id"] != but:
                return other, field
    return None


@routes("GET", "/contacts/search/duplicate", "contacts.readonly")
def find_duplicate(call: Call) -> Answer:
    call.check_location(call.query.get("locationId"))
    strange = set(call.query) - {"locationId", "number", "email"}
    if strange:
        raise unprocessable(f"property {name} should not exist" for name in sorted(strange))
    probe: Doc = {"email": call.query.get("email")}
    if call.query.get("number"):
        probe["phone"] = forms.phone_number(call.query["number"], _location(call)["country"])
    twin = _twin(call, probe)
    return {"contact": forms.full(twin[0]) if twin else None, "traceId": call.trace_id}


@routes("GET", "/contacts/{contactId}", "contacts.readonly")
def get(call: Call) -> Answer:
    return {"contact": forms.full(contact_of(call)), "traceId": call.trace_id}


@routes("POST", "/contacts/", "contacts.write", status=201)
def create(call: Call) -> Answer:
    body = call.json()
    call.check_location(body.get("locationId"))
    checked(body, forms.CREATE_FIELDS)
    if set(body) == {"locationId"}:
        # Answered with status 400, while the body speaks of 422.
        raise ApiError(
            400,
            {
                "statusCode": 422,
                "message": ["A contact needs at least a name, an e-mail or a phone number"],
                "error": "Unprocessable Entity",
            },
            traced=True,
        )
    return {"contact": forms.created(_create(call, body))}


def _create(call: Call, body: Doc, *, even_if_duplicate: bool = False) -> Doc:
    location, now = _location(call), call.core.clock.now_ms()
    contact: Doc = {
        "id": firestore_id(),
        "locationId": location["id"],
        "type": "lead",
        "source": "public api",
        "country": location["country"],
        "dnd": False,
        "dndSettings": {},
        "tags": [],
        "customFields": [],
        "additionalEmails": [],
        "followers": [],
        "dateAdded": now,
        "dateUpdated": now,
    }
    forms.apply(call.core, location, contact, body, v3=call.headers.get("version") == "v3")
    if not location["settings"]["allowDuplicateContact"] and not even_if_duplicate:
        twin = _twin(call, contact)
        if twin is not None:
            raise forms.duplicate(*twin)
    call.core.store.put_contact(contact)
    conversation_with(call.core, contact)
    return contact


@routes("POST", "/contacts/upsert", "contacts.write")
def upsert(call: Call) -> Answer:
    """Matches by e-mail, then phone; the first match wins and the second field is ignored."""
    body = call.json()
    call.check_location(body.get("locationId"))
    checked(body, forms.UPSERT_FIELDS)
    location = _location(call)
    may_repeat = location["settings"]["allowDuplicateContact"]
    probe: Doc = {"email": body.get("email")}
    if body.get("phone"):
        probe["phone"] = forms.phone_number(body["phone"], location["country"])
    twin = (
        None
        if body.pop("createNewIfDuplicateAllowed", False) and may_repeat
        else _twin(call, probe)
    )
    if twin is None:
        contact = _create(call, body)
        return {"new": True, "contact": forms.full(contact), "traceId": call.trace_id}
    contact, matched = twin
    other = "phone" if matched == "email" else "email"
    owner = _twin(call, {other: probe.get(other)}, but=contact["id"])
    if owner is not None:
        body.pop(other, None)
    forms.apply(call.core, location, contact, body, v3=call.headers.get("version") == "v3")
    touch(call, contact)
    return {"new": False, "contact": forms.full(contact), "traceId": call.trace_id}


@routes("PUT", "/contacts/{contactId}", "contacts.write")
def update(call: Call) -> Answer:
    contact = contact_of(call)
    body = checked(call.json(), forms.UPDATE_FIELDS)
    location = _location(call)
    forms.apply(call.core, location, contact, body, v3=call.headers.get("version") == "v3")
    if not location["settings"]["allowDuplicateContact"] and ("email" in body or "phone" in body):
        sent: Doc = {name: contact.get(name) for name in ("email", "phone") if name in body}
        twin = _twin(call, sent, but=contact["id"])
        if twin is not None:
            raise forms.duplicate(*twin)
    touch(call, contact)
    return {"succeded": True, "contact": forms.full(contact)}


@routes("DELETE", "/contacts/{contactId}", "contacts.write")
def delete(call: Call) -> Answer:
    call.core.store.delete_contact(contact_of(call)["id"])
    return {"succeded": True}
