"""Conversations with the people who are known by name."""

import random

from rapport.sandbox import ids
from rapport.sandbox.filling import Filling
from rapport.sandbox.resources.conversations import new_conversation
from rapport.sandbox.resources.messages import CHANNELS
from rapport.sandbox.store import Doc

from .agency import Place
from .records import MINUTE_MS

#: Hours ago, channel, whether it came in, and what was said. Newest last.
_MESSAGES = (
    (100, "Email", False, "Here is the quote we talked about."),
    (52, "Call", False, ""),
    (27, "SMS", True, "Thank you, I will look at it tonight."),
    (26, "SMS", False, "Take your time. Ring me when something is unclear."),
    (3, "SMS", True, "When could you come by?"),
)


def build(fill: Filling, rng: random.Random, now_ms: int, place: Place) -> dict[str, str | None]:
    """The first person's conversation, with a message of every kind."""
    found: dict[str, str | None] = dict.fromkeys(
        ("conversation", "message", "email_message", "call_message")
    )
    for number, contact in enumerate(place.people):
        told = _MESSAGES if number == 0 else _MESSAGES[rng.randrange(len(_MESSAGES)) :]
        made = _conversation(fill, rng, now_ms - number * 95 * MINUTE_MS, contact, told)
        if number == 0:
            by_kind = {message["messageType"]: message["id"] for message in made}
            found = {
                "conversation": made[0]["conversationId"],
                "message": made[-1]["id"],
                "email_message": by_kind["TYPE_EMAIL"],
                "call_message": by_kind["TYPE_CALL"],
            }
    return found


def _conversation(
    fill: Filling,
    rng: random.Random,
    now_ms: int,
    contact: Doc,
    told: tuple[tuple[int, str, bool, str], ...],
) -> list[Doc]:
    conversation = new_conversation(contact, contact["dateAdded"], ids.firestore_id(rng))
    made = []
    for hours, channel, inbound, text in told:
        number, kind = CHANNELS[channel]
        written = now_ms - hours * 60 * MINUTE_MS
        message: Doc = {
            "id": ids.firestore_id(rng),
            "type": number,
            "messageType": kind,
            "locationId": contact["locationId"],
            "contactId": contact["id"],
            "conversationId": conversation["id"],
            "dateAdded": written,
            "body": text,
            "direction": "inbound" if inbound else "outbound",
            "status": "delivered",
            "contentType": "text/plain",
            "attachments": [],
            "source": "app",
            "userId": None if inbound else contact.get("assignedTo"),
        }
        if channel == "Email":
            message["mail"] = {"subject": "Your quote", "threadId": message["id"]}
        elif channel == "Call":
            message["meta"] = {"callDuration": "184", "callStatus": "completed"}
        fill.record(
            "message",
            message,
            location=contact["locationId"],
            parent=conversation["id"],
            position=-written,
        )
        conversation.update(
            lastMessageBody=text,
            lastMessageType=kind,
            lastMessageDirection=message["direction"],
            lastMessageDate=written,
            dateUpdated=written,
            unreadCount=int(inbound),
        )
        made.append(message)
    fill.record(
        "conversation",
        conversation,
        location=contact["locationId"],
        parent=contact["id"],
        position=-conversation["lastMessageDate"],
    )
    return made
