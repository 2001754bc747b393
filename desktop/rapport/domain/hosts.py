"""Which hosts the program spoke to since it was started, and what for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from threading import Lock

from msgspec import Struct

from rapport.language import mark


class Purpose(StrEnum):
    """The value is what a person reads."""

    RECORDS = mark("contacts, tasks, notes and what belongs to them")
    SIGN_IN = mark("signing in and staying signed in")
    SIGN_IN_PAGE = mark("the sign-in page, with what it loads of its own")


class Contact(Struct, frozen=True, kw_only=True):
    """``at`` is when it was spoken to last, an aware moment."""

    host: str
    purpose: Purpose
    times: int
    at: datetime


class Hosts:
    """Told by whatever opens a connection, on any thread; kept in memory only."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: dict[tuple[str, Purpose], Contact] = {}

    def tell(self, host: str, purpose: Purpose, at: datetime) -> None:
        with self._lock:
            known = self._seen.get((host, purpose))
            times = known.times + 1 if known is not None else 1
            self._seen[host, purpose] = Contact(host=host, purpose=purpose, times=times, at=at)

    def seen(self) -> tuple[Contact, ...]:
        """The host that was spoken to most comes first."""
        with self._lock:
            return tuple(sorted(self._seen.values(), key=lambda one: (-one.times, one.host)))

    def forget(self) -> None:
        with self._lock:
            self._seen.clear()


contacted = Hosts()
"""The process's own: a list that something could be left out of by not passing it on would be
worth nothing."""
