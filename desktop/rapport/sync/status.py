"""What the window sees of the engine, and the two things it may ask of it."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Protocol, TypeVar

from msgspec import structs

from rapport.domain.errors import NetworkError
from rapport.domain.records import Id
from rapport.domain.views import AgendaRead, Candidate, SyncStatus

log = logging.getLogger(__name__)

A = TypeVar("A")
T = TypeVar("T")
Listener = Callable[[SyncStatus], None]


class Creates(Protocol):
    """What can be found out about a create whose answer was lost; asked on the engine's loop."""

    async def candidates(self, seq: int) -> list[Candidate]: ...

    async def link(self, seq: int, rid: str) -> None: ...


class Calendar(Protocol):
    """What can be found out about a stretch of time; asked on the engine's loop."""

    async def read(self, start: datetime, end: datetime) -> AgendaRead: ...

    async def free_slots(
        self, calendar_id: str, start: datetime, end: datetime
    ) -> tuple[datetime, ...]: ...


class StatusBoard:
    """The engine's :class:`~rapport.domain.ports.SyncControl`. Every method may be called from any
    thread; listeners are called on the engine's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._status = SyncStatus()
        self._listeners: tuple[Listener, ...] = ()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sync_now: Callable[[], None] = lambda: None
        self._opened: Callable[[Id], None] = lambda contact_id: None
        self._creates: Creates | None = None
        self._calendar: Calendar | None = None

    def bind(
        self,
        loop: asyncio.AbstractEventLoop,
        sync_now: Callable[[], None],
        opened: Callable[[Id], None],
        creates: Creates | None = None,
        calendar: Calendar | None = None,
    ) -> None:
        with self._lock:
            self._loop, self._sync_now, self._opened = loop, sync_now, opened
            self._creates = creates
            self._calendar = calendar

    def unbind(self) -> None:
        with self._lock:
            self._loop = self._creates = self._calendar = None

    def status(self) -> SyncStatus:
        with self._lock:
            return self._status

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        with self._lock:
            self._listeners += (listener,)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

        return unsubscribe

    def sync_now(self) -> None:
        self._call(self._sync_now)

    def opened(self, contact_id: Id) -> None:
        self._call(self._opened, contact_id)

    async def candidates(self, seq: int) -> list[Candidate]:
        return await self._ask(self._creates, lambda creates: creates.candidates(seq))

    async def link(self, seq: int, rid: str) -> None:
        await self._ask(self._creates, lambda creates: creates.link(seq, rid))

    async def read_agenda(self, start: datetime, end: datetime) -> AgendaRead:
        return await self._ask(self._calendar, lambda calendar: calendar.read(start, end))

    async def free_slots(
        self, calendar_id: str, start: datetime, end: datetime
    ) -> tuple[datetime, ...]:
        return await self._ask(
            self._calendar, lambda calendar: calendar.free_slots(calendar_id, start, end)
        )

    async def _ask(self, of: A | None, question: Callable[[A], Coroutine[Any, Any, T]]) -> T:
        """Asked on the engine's loop, answered on the caller's."""
        with self._lock:
            if self._loop is None or self._loop.is_closed() or of is None:
                raise NetworkError("This account is not connected.", "Try again in a moment.")
            asked = asyncio.run_coroutine_threadsafe(question(of), self._loop)
        return await asyncio.wrap_future(asked)

    def set(self, **changes: Any) -> None:
        """Replaces fields of the status and tells the listeners when that made a difference."""
        with self._lock:
            status = structs.replace(self._status, **changes)
            if status == self._status:
                return
            self._status = status
            listeners = self._listeners
        for listener in listeners:
            try:
                listener(status)
            except Exception:  # whoever listens must not stop the sync
                log.exception("A listener of the sync status failed")

    def _call(self, hook: Callable[..., None], *args: Any) -> None:
        with self._lock:
            if self._loop is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(hook, *args)
