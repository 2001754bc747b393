from __future__ import annotations

import importlib.util
import itertools
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import apsw
import pytest

from rapport.store import Store, database


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


@pytest.fixture(scope="session")
def recording() -> ModuleType:
    """The disk that remembers; tests are no package that it could be imported from."""
    spec = importlib.util.spec_from_file_location(
        "remembering_disk", Path(__file__).with_name("recording.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def remembering(recording: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A disk that every connection of this test goes through."""
    disk = recording.Disk()
    disk.mount()
    opener = partial(apsw.Connection, vfs=recording.VFS)
    monkeypatch.setattr(database.apsw, "Connection", opener)
    return disk


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
