"""Messages of conversations. Nothing leaves the sandbox: what is sent is stored as delivered."""

from rapport.sandbox.clock import iso, parse_ms
from rapport.sandbox.errors import bad_request, not_found, unprocessable
from rapport.sandbox.ids import firestore_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import (
    ANY,
    FILLED,
    FLAG,
    MAPPING,
    MOMENT,
    TEXT,
    TEXTS,
    Field,
    checked,
    choice,
    number,
    one_of,
    shape,
    whole_number,
)

from .contact_lists import refuse_unknown
from .conversations import conversation_of, conversation_with, save

routes = Routes(version="2021-04-15")

_PER_PAGE = 20
#: The number and the name of each channel's messages.
CHANNELS = {
    "Call": (1, "TYPE_CALL"),
    "SMS": (2, "TYPE_SMS"),
    "Email": (3, "TYPE_EMAIL"),
    "FB": (11, "TYPE_FACEBOOK"),
    "GMB": (14, "TYPE_GMB"),
    "IG": (18, "TYPE_INSTAGRAM"),
    "WhatsApp": (19, "TYPE_WHATSAPP"),
    "Custom": (20, "TYPE_CUSTOM_SMS"),
    "Live_Chat": (29, "TYPE_LIVE_CHAT"),
    "WebChat": (5, "TYPE_WEBCHAT"),
    "RCS": (40, "TYPE_RCS"),
    "TIKTOK": (44, "TYPE_TIKTOK"),
}
_STATUSES = ("delivered", "failed", "pending", "read")
_CALL = shape(
    {
        "to": TEXT,
        "from": TEXT,
        "status": one_of(
            *("pending", "completed", "answered", "busy", "no-answer", "failed", "canceled"),
            "voicemail",
        ),
    }
)
_MAIL: dict[str, Field] = {
    "html": TEXT,
    "subject": TEXT,
    "emailFrom": TEXT,
    "emailTo": TEXT,
    "emailCc": TEXTS,
    "emailBcc": TEXTS,
    "attachments": TEXTS,
    "message": TEXT,
}
_SEND: dict[str, Field] = {
    **_MAIL,
    "type": one_of(
        *("SMS", "RCS", "Email", "WhatsApp", "IG", "FB", "Custom", "Live_Chat", "TIKTOK")
    ).must,
    "contactId": FILLED.must,
    "subType": ANY,
    "scheduledTimestamp": number(0),
    "status": one_of(*_STATUSES),
    "emailReplyMode": one_of("reply", "reply_all"),
    "forward": MAPPING,
    "usesNativeSchedulingAi": FLAG,
    "optimizationPeriod": one_of("24h", "48h", "72h"),
    **dict.fromkeys(
        (
            *("appointmentId", "replyMessageId", "templateId", "threadId"),
            *("conversationProviderId", "customSubtypeId", "fromNumber", "toNumber"),
        ),
        TEXT,
    ),
}
_INBOUND: dict[str, Field] = {
    **_MAIL,
    "type": one_of(*CHANNELS).must,
    "conversationId": FILLED,
    "contactId": TEXT,
    "conversationProviderId": TEXT,
    "emailMessageId": TEXT,
    "altId": TEXT,
    "direction": ANY,
    "date": MOMENT,
    "call": _CALL,
}
_OUTBOUND_CALL: dict[str, Field] = {
    "type": one_of("Call").must,
    "attachments": TEXTS,
    "conversationId": FILLED.must,
    "conversationProviderId": FILLED.must,
    "altId": TEXT,
    "date": MOMENT,
    "call": _CALL,
}


def message_of(call: Call, name: str = "messageId") -> Doc:
    return call.core.record_of("message", "Message", call.params[name], call.location)


def shown(message: Doc) -> Doc:
    out = {name: value for name, value in message.items() if name != "mail"}
    out["dateAdded"] = iso(message["dateAdded"])
    if message["messageType"] == "TYPE_EMAIL":
        out["meta"] = {"email": {"messageIds": [message["id"]]}}
    return out


def write(
    call: Call, conversation: Doc, channel: str, body: Doc, *, inbound: bool, status: str
) -> Doc:
    """Add a message to a conversation, which moves to the top of the list."""
    type_number, type_name = CHANNELS[channel]
    now = call.core.clock.now_ms()
    message: Doc = {
        "id": firestore_id(),
        "type": type_number,
        "messageType": type_name,
        "locationId": conversation["locationId"],
        "contactId": conversation["contactId"],
        "conversationId": conversation["id"],
        "dateAdded": parse_ms(body["date"]) if body.get("date") else now,
        "body": body.get("message") or body.get("html") or "",
        "direction": "inbound" if inbound else "outbound",
        "status": status,
        "contentType": "text/html" if body.get("html") else "text/plain",
        "attachments": body.get("attachments", []),
        "source": "api",
        "userId": None if inbound else call.grant.user_id,
        "conversationProviderId": body.get("conversationProviderId"),
    }
    if body.get("scheduledTimestamp"):
        message["scheduledFor"] = int(body["scheduledTimestamp"])
    if "call" in body:
        message["meta"] = {"callStatus": body["call"].get("status", "completed")}
    if channel == "Email":
        message["mail"] = {name: body[name] for name in _MAIL if name in body}
        message["mail"]["threadId"] = body.get("threadId") or message["id"]
        message["mail"]["replyToMessageId"] = body.get("replyMessageId")
    call.core.store.put(
        "message",
        message,
        location=conversation["locationId"],
        parent=conversation["id"],
        position=-message["dateAdded"],
    )
    conversation.update(
        lastMessageBody=message["body"],
        lastMessageType=type_name,
        lastMessageDirection=message["direction"],
        lastMessageDate=message["dateAdded"],
        dateUpdated=now,
    )
    if inbound:
        conversation["unreadCount"] += 1
    save(call.core, conversation)
    return message


def _sent(message: Doc, /, **more: object) -> Doc:
    out = {"conversationId": message["conversationId"], "messageId": message["id"]}
    if message["messageType"] == "TYPE_EMAIL":
        out["emailMessageId"] = message["id"]
    return {**out, **more}


# -- writing -------------------------------------------------------------------------------------


@routes("POST", "/conversations/messages", "conversations/message.write")
def send(call: Call) -> Answer:
    body = checked(call.json(), _SEND)
    if not any(body.get(name) for name in ("message", "html", "attachments", "templateId")):
        raise bad_request("There is no message or attachments for this message. Skip sending.")
    contact = call.core.contact_of(body["contactId"], call.location)
    later = body.get("scheduledTimestamp", 0)
    if later and later * (1000 if later < 10**11 else 1) <= call.core.clock.now_ms():
        raise bad_request("scheduledTimestamp must be in the future")
    status = "scheduled" if later else body.get("status", "delivered")
    conversation = conversation_with(call.core, contact)
    message = write(call, conversation, body["type"], body, inbound=False, status=status)
    reported = status if status in _STATUSES else "pending"
    return _sent(message, msg="Message queued successfully.", status=reported)


def _received(call: Call, message: Doc) -> Doc:
    return _sent(
        message,
        success=True,
        message="Message added successfully",
        contactId=message["contactId"],
        dateAdded=iso(message["dateAdded"]),
    )


@routes("POST", "/conversations/messages/inbound", "conversations/message.write")
def add_inbound(call: Call) -> Answer:
    """To a conversation, or to that of a contact."""
    body = checked(call.json(), _INBOUND)
    if body.get("conversationId"):
        conversation = conversation_of(call, body["conversationId"])
    elif body.get("contactId"):
        contact = call.core.contact_of(body["contactId"], call.location)
        conversation = conversation_with(call.core, contact)
    else:
        raise unprocessable(["conversationId should not be empty"])
    message = write(call, conversation, body["type"], body, inbound=True, status="delivered")
    return _received(call, message)


@routes("POST", "/conversations/messages/outbound", "conversations/message.write")
def add_outbound_call(call: Call) -> Answer:
    """A call that was made elsewhere."""
    body = checked(call.json(), _OUTBOUND_CALL)
    conversation = conversation_of(call, body["conversationId"])
    message = write(call, conversation, "Call", body, inbound=False, status="connected")
    return _received(call, message)


@routes("POST", "/conversations/messages/review-reply", "conversations/message.write")
def reply_to_review(call: Call) -> Answer:
    body = call.json()
    call.check_location(body.get("locationId"))
    checked(body, dict.fromkeys(("conversationId", "locationId", "message"), FILLED.must))
    conversation = conversation_of(call, body["conversationId"])
    message = write(call, conversation, "GMB", body, inbound=False, status="delivered")
    return _sent(message, status="delivered")


@routes("PUT", "/conversations/messages/{messageId}/status", "conversations/message.write")
def set_status(call: Call) -> Answer:
    message = message_of(call)
    failure = shape(dict.fromkeys(("code", "type", "message"), TEXT.must))
    fields = {
        "status": one_of(*_STATUSES).must,
        "error": failure,
        "emailMessageId": TEXT,
        "recipients": TEXTS,
    }
    body = checked(call.json(), fields)
    message["status"] = body["status"]
    if "error" in body:
        message["error"] = body["error"]["message"]
    call.core.store.replace("message", message)
    return _sent(message, status=message["status"])


@routes("PUT", "/conversations/messages/{messageId}/attachments", "conversations/message.write")
def set_attachments(call: Call) -> Answer:
    """In place of those it has, at most five; for calls only."""
    message = message_of(call)
    attachments = checked(call.json(), {"attachments": TEXTS.must})["attachments"]
    if len(attachments) > 5:
        raise bad_request("attachments must contain no more than 5 elements")
    if message["messageType"] != "TYPE_CALL":
        raise bad_request("Attachments can only be set on calls")
    message["attachments"] = attachments
    call.core.store.replace("message", message)
    return {"success": True, "messageId": message["id"]}


def _cancel(call: Call, name: str) -> Answer:
    message = message_of(call, name)
    if message["status"] != "scheduled":
        raise bad_request("The message is not scheduled")
    call.core.store.delete("message", message["id"])
    return {"status": 200, "message": "Scheduled message cancelled"}


@routes("DELETE", "/conversations/messages/{messageId}/schedule", "conversations/message.write")
def cancel(call: Call) -> Answer:
    return _cancel(call, "messageId")


@routes("DELETE", "/conversations/messages/email/{emailMessageId}/schedule")
def cancel_email(call: Call) -> Answer:
    return _cancel(call, "emailMessageId")


# -- reading -------------------------------------------------------------------------------------


@routes("GET", "/conversations/{conversationId}/messages", "conversations/message.readonly")
def list_messages(call: Call) -> Answer:
    """Newest first; the next page begins after ``lastMessageId``."""
    conversation = conversation_of(call, call.params["conversationId"])
    query = call.query
    refuse_unknown(query, "lastMessageId", "limit", "type")
    limit = whole_number(query, "limit", _PER_PAGE, least=1, most=100)
    wanted = set(query["type"].split(",")) if query.get("type") else None
    messages = [
        message
        for message in call.core.store.records("message", parent=conversation["id"])
        if wanted is None or message["messageType"] in wanted
    ]
    last = query.get("lastMessageId")
    if last:
        known = [message["id"] for message in messages]
        if last not in known:
            raise not_found("Message", last)
        messages = messages[known.index(last) + 1 :]
    page = messages[:limit]
    return {
        "lastMessageId": page[-1]["id"] if page else "",
        "nextPage": len(messages) > limit,
        "messages": [shown(message) for message in page],
        "traceId": call.trace_id,
    }


@routes("GET", "/conversations/messages/export", "conversations/message.readonly")
def export(call: Call) -> Answer:
    """All of the location, page by page. The cursor is the id of the last message seen."""
    query = call.query
    location_id = call.check_location(query.get("locationId"))
    refuse_unknown(
        *(query, "locationId", "limit", "cursor", "sortBy", "sortOrder", "conversationId"),
        *("contactId", "channel", "startDate", "endDate"),
    )
    limit = whole_number(query, "limit", 100, least=10, most=500)
    choice(query, "sortBy", "createdAt", "updatedAt")
    oldest_first = choice(query, "sortOrder", "asc", "desc") == "asc"
    channels = {"Call": "Call", "SMS": "SMS", "Email": "Email", "WhatsApp": "WhatsApp"}
    channels |= {"Instagram": "IG", "Facebook": "FB"}
    channel = choice(query, "channel", *channels)
    kind = CHANNELS[channels[channel]][1] if channel else None
    bounds = {name: parse_ms(query[name]) for name in ("startDate", "endDate") if name in query}
    if None in bounds.values():
        raise unprocessable(["startDate and endDate must be valid ISO 8601 date strings"])
    found = [
        message
        for message in call.core.store.records("message", location=location_id)
        if query.get("conversationId") in (None, message["conversationId"])
        and query.get("contactId") in (None, message["contactId"])
        and kind in (None, message["messageType"])
        and message["dateAdded"] >= (bounds.get("startDate") or 0)
        and message["dateAdded"] <= (bounds.get("endDate") or message["dateAdded"])
    ]
    if oldest_first:
        found.reverse()
    total, cursor = len(found), query.get("cursor")
    if cursor:
        known = [message["id"] for message in found]
        if cursor not in known:
            raise bad_request("Invalid cursor")
        found = found[known.index(cursor) + 1 :]
    page = found[:limit]
    return {
        "messages": [shown(message) for message in page],
        "nextCursor": page[-1]["id"] if len(found) > limit else None,
        "total": total,
        "traceId": call.trace_id,
    }


@routes("GET", "/conversations/messages/{id}", "conversations/message.readonly")
def get(call: Call) -> Answer:
    return {**shown(message_of(call, "id")), "traceId": call.trace_id}


@routes("GET", "/conversations/messages/email/{id}")
def get_email(call: Call) -> Answer:
    """A bare object, with who wrote to whom."""
    message = message_of(call, "id")
    if message["messageType"] != "TYPE_EMAIL":
        raise not_found("Email message", message["id"])
    mail = message["mail"]
    contact = call.core.store.contact(message["contactId"]) or {}
    location = call.core.store.get("location", call.location) or {}
    people = [contact.get("email") or "", location.get("email") or ""]
    sender, receiver = people if message["direction"] == "inbound" else reversed(people)
    kept = (
        *("id", "locationId", "contactId", "conversationId", "body", "direction", "status"),
        *("contentType", "attachments", "source", "conversationProviderId"),
    )
    return {
        **{name: message.get(name) for name in kept},
        "threadId": mail["threadId"],
        "dateAdded": iso(message["dateAdded"]),
        "subject": mail.get("subject", ""),
        "from": mail.get("emailFrom") or sender,
        "to": [mail.get("emailTo") or receiver],
        "cc": mail.get("emailCc", []),
        "bcc": mail.get("emailBcc", []),
        "replyToMessageId": mail.get("replyToMessageId"),
        "provider": "Sandbox",
    }
