"""Conversations: one for each contact, from the contact's creation on."""

from rapport.sandbox.clock import iso
from rapport.sandbox.core import Core
from rapport.sandbox.errors import ApiError, unprocessable
from rapport.sandbox.ids import firestore_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import (
    FILLED,
    FLAG,
    MAPPING,
    Field,
    checked,
    choice,
    number,
    whole_number,
)

from .contact_forms import full_name
from .contact_lists import refuse_unknown

routes = Routes(version="2021-04-15")

_MOST = 100
#: As text in the search; a read by id gives the number.
_TYPES = {"TYPE_PHONE": 1, "TYPE_EMAIL": 2, "TYPE_FB_MESSENGER": 3, "TYPE_REVIEW": 4}
_UPDATE: dict[str, Field] = {
    "locationId": FILLED.must,
    "unreadCount": number(0),
    "starred": FLAG,
    "feedback": MAPPING,
}
_QUERY = (
    *("locationId", "contactId", "assignedTo", "followers", "mentions", "query", "sort"),
    *("startAfterDate", "id", "limit", "lastMessageType", "lastMessageAction"),
    *("lastMessageDirection", "status", "sortBy", "sortScoreProfile", "scoreProfile"),
    *("scoreProfileMin", "scoreProfileMax", "startDate", "endDate"),
)


def new_conversation(contact: Doc, now_ms: int, conversation_id: str | None = None) -> Doc:
    return {
        "id": conversation_id or firestore_id(),
        "locationId": contact["locationId"],
        "contactId": contact["id"],
        "type": "TYPE_PHONE",
        "unreadCount": 0,
        "starred": False,
        "inbox": True,
        "deleted": False,
        "lastMessageBody": "",
        "lastMessageType": "TYPE_ACTIVITY_CONTACT",
        "lastMessageDirection": "outbound",
        "lastMessageDate": now_ms,
        "dateAdded": now_ms,
        "dateUpdated": now_ms,
    }


def save(core: Core, conversation: Doc) -> None:
    core.store.put(
        "conversation",
        conversation,
        location=conversation["locationId"],
        parent=conversation["contactId"],
        position=-conversation["lastMessageDate"],
    )


def conversation_with(core: Core, contact: Doc) -> Doc:
    """The contact's conversation, begun now if there was none."""
    for conversation in core.store.records("conversation", parent=contact["id"]):
        return conversation
    conversation = new_conversation(contact, core.clock.now_ms())
    save(core, conversation)
    return conversation


def conversation_of(call: Call, conversation_id: str) -> Doc:
    return call.core.record_of("conversation", "Conversation", conversation_id, call.location)


def _found(call: Call, conversation: Doc) -> Doc:
    """The search's form: ``type`` as text, dates as epoch milliseconds, the contact spelt out."""
    contact = call.core.store.contact(conversation["contactId"]) or {}
    name = full_name(contact)
    return {
        **conversation,
        "assignedTo": contact.get("assignedTo"),
        "fullName": name,
        "contactName": name,
        "email": contact.get("email") or "",
        "phone": contact.get("phone") or "",
        "tags": contact.get("tags", []),
        "sort": [conversation["lastMessageDate"]],
    }


@routes("GET", "/conversations/search", "conversations.readonly")
def search(call: Call) -> Answer:
    """The latest first, unless asked for the other way round."""
    query = call.query
    location_id = call.check_location(query.get("locationId"))
    refuse_unknown(query, *_QUERY)
    limit = whole_number(query, "limit", 20, least=1, most=_MOST)
    oldest_first = choice(query, "sort", "asc", "desc") == "asc"
    status = choice(query, "status", "all", "read", "unread", "starred", "recents")
    direction = choice(query, "lastMessageDirection", "inbound", "outbound")
    text = query.get("query", "").casefold()
    found = [
        shown
        for shown in (
            _found(call, one)
            for one in call.core.store.records("conversation", location=location_id)
        )
        if query.get("contactId") in (None, shown["contactId"])
        and query.get("id") in (None, shown["id"])
        and query.get("assignedTo") in (None, shown["assignedTo"])
        and query.get("lastMessageType") in (None, shown["lastMessageType"])
        and direction in (None, shown["lastMessageDirection"])
        and (status != "read" or not shown["unreadCount"])
        and (status != "unread" or shown["unreadCount"])
        and (status != "starred" or shown["starred"])
        and text in f"{shown['fullName']}\n{shown['email']}\n{shown['phone']}".casefold()
    ]
    total = len(found)
    if oldest_first:
        found.reverse()
    if query.get("startAfterDate"):
        after = whole_number(query, "startAfterDate", 0)
        sign = 1 if oldest_first else -1
        found = [one for one in found if sign * (one["lastMessageDate"] - after) > 0]
    return {"conversations": found[:limit], "total": total, "traceId": call.trace_id}


@routes("POST", "/conversations/", "conversations.write", status=201)
def create(call: Call) -> Answer:
    """Refused while the contact has one, which the reply then names."""
    body = call.json()
    location_id = call.check_location(body.get("locationId"))
    checked(body, {"locationId": FILLED.must, "contactId": FILLED.must})
    contact = call.core.contact_of(body["contactId"], location_id)
    for known in call.core.store.records("conversation", parent=contact["id"]):
        raise ApiError(
            400,
            {
                "message": "Conversation already exists",
                "canonicalCode": "CONVERSATIONS_CONVERSATION_ALREADY_EXISTS",
                "conversationId": known["id"],
            },
        )
    conversation = conversation_with(call.core, contact)
    dates = ("dateAdded", "dateUpdated", "lastMessageDate")
    kept = ("id", "contactId", "locationId", "deleted")
    return {
        "success": True,
        "conversation": {
            **{name: conversation[name] for name in kept},
            **{name: iso(conversation[name]) for name in dates},
            "assignedTo": contact.get("assignedTo"),
        },
    }


@routes("GET", "/conversations/{conversationId}", "conversations.readonly")
def get(call: Call) -> Answer:
    """A bare object whose ``type`` is a number."""
    conversation = conversation_of(call, call.params["conversationId"])
    contact = call.core.store.contact(conversation["contactId"]) or {}
    return {
        **conversation,
        "type": _TYPES[conversation["type"]],
        "assignedTo": contact.get("assignedTo"),
        "traceId": call.trace_id,
    }


@routes("PUT", "/conversations/{conversationId}", "conversations.write")
def update(call: Call) -> Answer:
    body = call.json()
    call.check_location(body.get("locationId"))
    body = checked(body, _UPDATE)
    conversation = conversation_of(call, call.params["conversationId"])
    if float(body.get("unreadCount", 0)) % 1:
        raise unprocessable(["unreadCount must be an integer number"])
    body.pop("feedback", None)
    conversation.update(body)
    conversation["dateUpdated"] = call.core.clock.now_ms()
    save(call.core, conversation)
    date = str(conversation["lastMessageDate"])
    return {"success": True, "conversation": {**conversation, "lastMessageDate": date}}


@routes("DELETE", "/conversations/{conversationId}", "conversations.write")
def delete(call: Call) -> Answer:
    """With its messages."""
    conversation = conversation_of(call, call.params["conversationId"])
    call.core.store.delete_with_parts("conversation", conversation["id"])
    return {"success": True}
