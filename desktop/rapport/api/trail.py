"""What the CRM answered to the writes of one piece of work, for the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from rapport.domain.audit import ServerReply

_trail: ContextVar[list[ServerReply] | None] = ContextVar("trail", default=None)


@contextmanager
def follow_replies() -> Iterator[list[ServerReply]]:
    """Collects the replies to what is written within, in their order: of this task alone."""
    replies: list[ServerReply] = []
    token = _trail.set(replies)
    try:
        yield replies
    finally:
        _trail.reset(token)


def is_followed() -> bool:
    return _trail.get() is not None


def heard(reply: ServerReply) -> None:
    replies = _trail.get()
    if replies is not None:
        replies.append(reply)
