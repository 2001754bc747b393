"""The status as other threads see it."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from rapport.domain.views import SyncState, SyncStatus
from rapport.sync.status import StatusBoard


def test_listeners_hear_of_differences_only() -> None:
    board = StatusBoard()
    heard: list[SyncStatus] = []
    unsubscribe = board.subscribe(heard.append)
    board.set(state=SyncState.SYNCING)
    board.set(state=SyncState.SYNCING)
    board.set(waiting=2)
    unsubscribe()
    board.set(waiting=3)
    assert [(one.state, one.waiting) for one in heard] == [
        (SyncState.SYNCING, 0),
        (SyncState.SYNCING, 2),
    ]
    assert board.status().waiting == 3


def test_a_failing_listener_stops_nobody(caplog: Any) -> None:
    board = StatusBoard()
    heard: list[SyncStatus] = []

    def broken(status: SyncStatus) -> None:
        raise ZeroDivisionError

    board.subscribe(broken)
    board.subscribe(heard.append)
    board.set(waiting=1)
    assert len(heard) == 1
    assert "ZeroDivisionError" in caplog.text


async def test_requests_of_another_thread_arrive_on_the_engines() -> None:
    board = StatusBoard()
    board.sync_now()  # before there is an engine: nothing happens
    calls: list[tuple[str, int]] = []
    done = asyncio.Event()

    def opened(contact_id: str) -> None:
        calls.append((contact_id, threading.get_ident()))
        done.set()

    loop = asyncio.get_running_loop()
    board.bind(loop, lambda: calls.append(("now", threading.get_ident())), opened)
    await asyncio.to_thread(board.sync_now)
    await asyncio.to_thread(board.opened, "c1")
    await done.wait()
    here = threading.get_ident()
    assert calls == [("now", here), ("c1", here)]
    board.unbind()
    board.opened("c2")
    await asyncio.sleep(0)
    assert len(calls) == 2
