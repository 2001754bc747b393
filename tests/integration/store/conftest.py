from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import pytest

from rapport.store import Store


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        raise NotImplementedError

    def zone(self) -> tzinfo:
        return UTC

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


KEY = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "account" / "rapport.db"


@pytest.fixture
def open_store(path: Path) -> Iterator[Callable[..., Store]]:
    opened: list[Store] = []
    ids = itertools.count(1)

    def open_(key: bytes = KEY, at: Path = path) -> Store:
        store = Store.open(at, key, clock=WallClock(), new_id=lambda: f"01{next(ids):024d}")
        opened.append(store)
        return store

    yield open_
    for store in opened:
        store.close()
