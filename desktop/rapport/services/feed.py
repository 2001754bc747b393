"""The change feed as the window hears it: on its own loop, in order, bursts joined."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable

from rapport.domain.changes import ChangeEvent

Listener = Callable[[ChangeEvent], None]


class WindowFeed:
    """Takes events from the store's writer thread and hands them out on the window's loop.

    What arrives between two turns of the loop is delivered in one go; neighbours of the same origin
    become one event, so that a burst of sync batches repaints a list once.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._waiting: deque[ChangeEvent] = deque()
        self._scheduled = False
        self._closed = False
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def post(self, event: ChangeEvent) -> None:
        """Called on any thread."""
        with self._lock:
            if self._closed:
                return
            self._waiting.append(event)
            if self._scheduled:
                return
            self._scheduled = True
        self._loop.call_soon_threadsafe(self._deliver)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._waiting.clear()
        self._listeners.clear()

    def _deliver(self) -> None:
        with self._lock:
            events = list(self._waiting)
            self._waiting.clear()
            self._scheduled = False
        for event in join_neighbours(events):
            for listener in tuple(self._listeners):
                try:
                    listener(event)
                except Exception as error:  # one view's mistake must not silence the others
                    self._loop.call_exception_handler(
                        {"message": "A listener of the change feed failed", "exception": error}
                    )


def join_neighbours(events: list[ChangeEvent]) -> list[ChangeEvent]:
    """Joins runs of events with the same origin; the order of the changes stays."""
    joined: list[ChangeEvent] = []
    for event in events:
        if joined and joined[-1].origin is event.origin:
            last = joined[-1]
            joined[-1] = ChangeEvent(
                origin=event.origin,
                changes=last.changes + event.changes,
                outbox=last.outbox or event.outbox,
                reference=last.reference or event.reference,
                touched=last.touched | event.touched,
                more=event.more,
            )
        else:
            joined.append(event)
    return joined
