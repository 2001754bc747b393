from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rapport.domain.errors import NetworkError, StoreError
from rapport.host.lock import FileLock, held


def test_one_at_a_time(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()
    second.release()


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        FileLock(tmp_path / "none" / "lock").acquire()


async def test_who_waits_comes_next(tmp_path: Path) -> None:
    order: list[int] = []

    async def work(number: int) -> None:
        async with held(tmp_path / "lock", limit_s=30):
            order.append(number)
            await asyncio.sleep(0)
            order.append(number)

    await asyncio.gather(*(work(number) for number in range(5)))
    assert order[::2] == order[1::2]
    assert sorted(order[::2]) == [0, 1, 2, 3, 4]


async def test_who_does_not_let_go_is_named(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    lock.acquire()
    with pytest.raises(NetworkError, match="Another Rapport") as caught:
        async with held(tmp_path / "lock", limit_s=0.05):
            raise AssertionError("it is held")
    assert not caught.value.sent
    lock.release()


async def test_who_stops_waiting_leaves_nothing_locked(tmp_path: Path) -> None:
    """Also when the worker thread gets the lock after that."""

    async def hold() -> None:
        async with held(tmp_path / "lock", limit_s=30):
            await asyncio.Event().wait()

    for turns in range(8):
        task = asyncio.create_task(hold())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with held(tmp_path / "lock", limit_s=10):
            pass
