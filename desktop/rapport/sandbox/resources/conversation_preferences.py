"""What contacts wish to be written about, and signs of life in a live chat."""

from rapport.sandbox.clock import iso
from rapport.sandbox.errors import bad_request
from rapport.sandbox.ids import mongo_id
from rapport.sandbox.store import Doc, fold
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import (
    ANY,
    FILLED,
    FLAG,
    TEXT,
    Field,
    at_most,
    checked,
    need,
    one_of,
    shape,
)

from .contact_lists import refuse_unknown
from .conversations import conversation_of

routes = Routes(version="2021-04-15")

_UPDATE: dict[str, Field] = {
    "name": at_most(100),
    "description": at_most(100),
    "archived": FLAG,
    "resubscription_legal_form_id": TEXT,
}
_CREATE: dict[str, Field] = {
    "name": at_most(100).must,
    "description": at_most(100),
    "channel": one_of("email", "sms").must,
    "language": FILLED.must,
}
_CHANGE: dict[str, Field] = {
    **dict.fromkeys(("locationId", "contactId", "email"), FILLED.must),
    "subscription_action": shape(
        {
            "type": one_of("default", "custom", "resub_all").must,
            "subtype_name": one_of("One on One"),
            "subtype_id": TEXT,
            "subtype_status": one_of("subscribed", "unsubscribed").must,
        }
    ).must,
    "legal_reason": TEXT,
    "legal_description": TEXT,
}


def _shown(subtype: Doc) -> Doc:
    return {**subtype, "createdAt": iso(subtype["createdAt"])}


@routes("GET", "/conversations/preferences/custom-subtypes")
def list_subtypes(call: Call) -> Answer:
    location_id = call.check_location(call.query.get("locationId"))
    refuse_unknown(call.query, "locationId")
    subtypes = call.core.store.records("messageSubtype", location=location_id)
    return {"customSubtypes": [_shown(one) for one in subtypes], "traceId": call.trace_id}


@routes("POST", "/conversations/preferences/custom-subtypes", status=201)
def create_subtype(call: Call) -> Answer:
    location_id = call.check_location(call.query.get("locationId"))
    body = checked(call.json(), _CREATE)
    if call.core.store.find("messageSubtype", location_id, fold(body["name"])) is not None:
        raise bad_request("A subtype of this name already exists")
    now = call.core.clock.now_ms()
    subtype: Doc = {
        "id": mongo_id(),
        "description": "",
        **body,
        "archived": False,
        "locationId": location_id,
        "createdAt": now,
    }
    call.core.store.put(
        "messageSubtype", subtype, location=location_id, key=fold(body["name"]), position=now
    )
    return {"customSubtype": _shown(subtype), "traceId": call.trace_id}


@routes("PUT", "/conversations/preferences/custom-subtypes/{id}")
def update_subtype(call: Call) -> Answer:
    location_id = call.check_location(call.query.get("locationId"))
    subtype = call.core.record_of(
        "messageSubtype", "Custom subtype", call.params["id"], location_id
    )
    subtype.update(checked(call.json(), _UPDATE))
    call.core.store.replace("messageSubtype", subtype, key=fold(subtype["name"]))
    return {"customSubtype": _shown(subtype), "traceId": call.trace_id}


def _wishes(contact_id: str, email: str) -> str:
    return f"{contact_id} {fold(email)}"


@routes("GET", "/conversations/preferences/unsubscriptions/status")
def subscription_status(call: Call) -> Answer:
    """Of one address of a contact, or of all that ever changed anything."""
    query = call.query
    location_id = call.check_location(query.get("locationId"))
    refuse_unknown(query, "locationId", "contactId", "email")
    need(query, "contactId")
    contact = call.core.contact_of(query["contactId"], location_id)
    wishes = [
        {"email": wish["email"], "statuses": wish["statuses"]}
        for wish in call.core.store.records("subscription", parent=contact["id"])
        if fold(query.get("email")) in ("", fold(wish["email"]))
    ]
    return {"contactId": contact["id"], "subscriptions": wishes, "traceId": call.trace_id}


@routes("POST", "/conversations/preferences/unsubscriptions/user-change", status=201)
def change_subscription(call: Call) -> Answer:
    """On somebody's behalf: one kind of mail, or everything again."""
    body = call.json()
    location_id = call.check_location(body.get("locationId"))
    body = checked(body, _CHANGE)
    contact = call.core.contact_of(body["contactId"], location_id)
    action = body["subscription_action"]
    key = _wishes(contact["id"], body["email"])
    wish = call.core.store.find("subscription", location_id, key) or {
        "id": mongo_id(),
        "email": body["email"],
        "locationId": location_id,
        "statuses": {},
    }
    match action["type"]:
        case "resub_all":
            wish["statuses"] = dict.fromkeys(wish["statuses"], "subscribed")
        case "custom":
            subtype = action.get("subtype_id") or ""
            call.core.record_of("messageSubtype", "Custom subtype", subtype, location_id)
            wish["statuses"][subtype] = action["subtype_status"]
        case _:
            wish["statuses"][action.get("subtype_name", "One on One")] = action["subtype_status"]
    call.core.store.put(
        "subscription",
        wish,
        location=location_id,
        parent=contact["id"],
        key=key,
        position=call.core.clock.now_ms(),
    )
    return {"success": True, "statuses": wish["statuses"], "traceId": call.trace_id}


@routes(
    "POST",
    "/conversations/providers/live-chat/typing",
    "conversations/livechat.write",
    status=201,
)
def show_typing(call: Call) -> Answer:
    body = call.json()
    call.check_location(body.get("locationId"))
    needed = dict.fromkeys(("locationId", "visitorId", "conversationId"), FILLED.must)
    checked(body, {**needed, "isTyping": ANY.must})
    conversation_of(call, body["conversationId"])
    return {"success": True}
