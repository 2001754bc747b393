"""Conversations and what is said in them (FACTS B5)."""

from __future__ import annotations

from typing import Any

from rapport.api import codec
from rapport.api.codec import Codec
from rapport.api.pacing import Lane
from rapport.api.pages import Cursor, Page
from rapport.api.replies import checked, listed, one, records_in, reply_object
from rapport.api.resources.resource import Resource
from rapport.domain.resources import Conversation, Message

CONVERSATION = Codec(
    Conversation,
    "a conversation",
    contact_rid=codec.ref("contactId"),
    type=codec.text("type"),
    unread=codec.whole("unreadCount"),
    starred=codec.flag("starred"),
    last_body=codec.text("lastMessageBody"),
    last_type=codec.text("lastMessageType"),
    last_at=codec.time("lastMessageDate"),
    assigned_to=codec.ref("assignedTo"),
)
MESSAGE = Codec(
    Message,
    "a message",
    conversation_id=codec.ref("conversationId"),
    contact_rid=codec.ref("contactId"),
    type=codec.text("messageType"),
    direction=codec.text("direction"),
    status=codec.text("status"),
    body=codec.text("body"),
    attachments=codec.texts("attachments"),
    user_id=codec.ref("userId"),
    added_at=codec.time("dateAdded"),
)
_LIMIT = 20


class Conversations(Resource):
    async def search(
        self,
        *,
        contact_rid: str = "",
        query: str = "",
        status: str = "",
        assigned_to: str = "",
        cursor: Cursor | None = None,
        limit: int = _LIMIT,
        lane: Lane = Lane.BACKGROUND,
    ) -> Page[Conversation]:
        """One page, the newest message first. ``status`` is all, read, unread, starred or
        recents."""
        reply = await self._call(
            "conversations.search",
            lane,
            contactId=contact_rid or None,
            query=query or None,
            status=status or None,
            assignedTo=assigned_to or None,
            startAfterDate=cursor[0] if cursor else None,
            limit=limit,
        )
        found = listed(reply, "conversations")
        last = found[-1] if found else None
        after = last.get("lastMessageDate") if isinstance(last, dict) else None
        total = reply.get("total")
        more = len(found) >= limit and after is not None and [after] != cursor
        return Page(
            items=records_in(found, CONVERSATION.read),
            total=total if isinstance(total, int) else None,
            cursor=[after] if more else None,
        )

    async def get(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> Conversation:
        reply = await self._call("conversations.get", lane, conversationId=id)
        return checked(CONVERSATION.read, reply)  # a bare object

    async def create(self, contact_rid: str, *, lane: Lane = Lane.BACKGROUND) -> Conversation:
        """Raises DuplicateError when there is one, which its ``other_id`` names: making a contact
        makes its conversation too (FACTS B1, B5)."""
        reply = await self._call("conversations.create", lane, contactId=contact_rid)
        return one(reply, "conversation", CONVERSATION.read)

    async def messages(
        self,
        id: str,
        *,
        cursor: Cursor | None = None,
        limit: int = _LIMIT,
        lane: Lane = Lane.BACKGROUND,
    ) -> Page[Message]:
        """One page, newest first. The reply may stand in a ``messages`` of its own."""
        reply = reply_object(
            await self._call(
                "conversations.messages.list",
                lane,
                conversationId=id,
                lastMessageId=cursor[0] if cursor else None,
                limit=limit,
            )
        )
        if isinstance(reply.get("messages"), dict):
            reply = reply["messages"]
        last: Any = reply.get("lastMessageId")
        return Page(
            items=records_in(listed(reply, "messages"), MESSAGE.read),
            cursor=[last] if reply.get("nextPage") is True and last else None,
        )

    async def message(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> Message:
        return checked(MESSAGE.read, await self._call("conversations.messages.get", lane, id=id))
