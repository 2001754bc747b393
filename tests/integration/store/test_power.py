"""Power that goes away: each commit that was acknowledged is there when it comes back."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from rapport.domain.commands import CreateContact, CreateNote, EditContact
from rapport.domain.records import Kind
from rapport.store import Snapshot, Store
from rapport.store.database import Database
from rapport.store.sql import Sql

KEY = bytes(range(32))
IMAGES = 1000
COMMITS = 300


def _work(store: Store, disk: Any, recording: ModuleType) -> None:
    """What a person and the sync do, checkpoints of the log included."""
    for number in range(COMMITS):
        id = f"c{number:05}"
        store.commit(CreateContact(contact_id=id, fields={"first_name": id})).result()
        disk.note(recording.Acknowledged(id))
        if number % 3 == 0:
            note = CreateNote(note_id=f"n{number}", contact_id=id, fields={"body": id * 40})
            store.commit(note).result()
            disk.note(recording.Acknowledged(f"n{number}"))
        if number % 5 == 0:
            store.commit(EditContact(contact_id=id, fields={"city": id})).result()
            page = [
                Snapshot(kind=Kind.CONTACT, rid=f"r{number}-{n}", values={"first_name": f"P{n}"})
                for n in range(10)
            ]
            store.replica.absorb(page, epoch=store.replica.epoch())


def _lost(
    disk: Any, start: dict[str, bytes], folder: Path, images: int, seed: int
) -> tuple[int, int]:
    """How many of the images lack something acknowledged, and how many are not sound."""
    lost = broken = 0
    path = folder / "rapport.db"
    for files, acknowledged in disk.after_power_cuts(start, images, random.Random(seed)):
        for old in folder.iterdir():
            old.unlink()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        db = Database(path, KEY).open()
        try:
            if db.value("PRAGMA quick_check(1)") != "ok":
                broken += 1
            there = {id for (id,) in db.rows("SELECT id FROM record")}
            lost += not there.issuperset(acknowledged)
        finally:
            db.close()
    return lost, broken


@pytest.fixture
def worked(
    remembering: Any, recording: ModuleType, open_store: Callable[..., Store], path: Path
) -> dict[str, bytes]:
    """Records a life of the store; what was on the disk before it."""
    store = open_store()
    remembering.events.clear()
    start = {
        file.name: file.read_bytes()
        for file in path.parent.iterdir()
        if not file.name.endswith("-shm")
    }
    _work(store, remembering, recording)
    store.close()
    return start


@pytest.mark.timeout(240)
def test_a_thousand_power_cuts_lose_nothing_acknowledged(
    remembering: Any,
    recording: ModuleType,
    worked: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checkpointed = recording.Sync("rapport.db") in remembering.events
    assert checkpointed, "the log was never moved into the database: nothing was tried of that"
    monkeypatch.undo()  # the images are read from the ordinary disk
    folder = tmp_path / "image"
    folder.mkdir()
    assert _lost(remembering, worked, folder, IMAGES, seed=1) == (0, 0)


@pytest.fixture
def lax(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that does not wait for the disk."""
    ordinary = Sql.pragma

    def pragma(db: Sql, name: str, value: Any = None) -> Any:
        return ordinary(db, name, "NORMAL" if name == "synchronous" else value)

    monkeypatch.setattr(Sql, "pragma", pragma)


def test_the_check_would_notice_a_store_that_does_not_wait_for_the_disk(
    lax: None,
    remembering: Any,
    worked: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    folder = tmp_path / "image"
    folder.mkdir()
    lost, _ = _lost(remembering, worked, folder, 60, seed=2)
    assert lost > 20
