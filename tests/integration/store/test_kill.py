"""``kill -9`` at any moment: what was acknowledged is there, and all of it agrees."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rapport.domain.changes import Origin
from rapport.domain.commands import CreateContact
from rapport.domain.filters import ContactQuery
from rapport.domain.records import Kind
from rapport.store import Snapshot

KILLS = 8
MIGRATION_KILLS = 100
REKEY_KILLS = 40


def test_nothing_acknowledged_is_lost(open_store: Any, path: Path) -> None:
    program = Path(__file__).with_name("committing.py")
    acknowledged: list[str] = []
    for kill in range(KILLS):
        with subprocess.Popen(
            [sys.executable, program, path], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for _ in range(2 + 3 * kill):
                acknowledged.append(process.stdout.readline().strip())
            process.kill()
            # What it still said before the kill counts as well, whole lines only.
            rest = process.stdout.read()
            acknowledged += rest.split("\n")[:-1]
        assert all(acknowledged)
        store = open_store()
        assert store.verify().result() == []
        for id in acknowledged:
            detail = store.queries.detail(id).result()
            assert detail is not None
            assert detail.contact.city == detail.contact.first_name == detail.notes[0].body
        assert store.queries.contacts(ContactQuery(text="kept")).result().total >= len(acknowledged)
        states = {item.state for item in store.queries.outbox_items().result()}
        assert states <= {"pending", "uncertain"}
        store.close()
    assert len(acknowledged) >= 2 * KILLS


def test_many_edits_made_as_one_go_on(open_store: Any, path: Path) -> None:
    program = Path(__file__).with_name("batching.py")
    size = 1000
    store = open_store()
    people = [
        Snapshot(kind=Kind.CONTACT, rid=f"c{n}", values={"first_name": f"P{n}"})
        for n in range(size)
    ]
    store.replica.absorb(people, epoch=store.replica.epoch()).result()
    store.close()
    begun = 0
    for kill in range(4):
        tag = f"batch {kill}"
        with subprocess.Popen(
            [sys.executable, program, path, tag], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            while int(process.stdout.readline()) < 1 + 250 * kill:
                pass
            process.kill()
        store = open_store()
        found = dict(store.queries.suggest_tags(tag).result()).get(tag, 0)
        begun += 0 < found < size
        store.go_on().result()
        entry = store.undo_entry().result()
        assert entry is not None
        assert len(entry[1].mutations) == size
        assert dict(store.queries.suggest_tags(tag).result()) == {tag: size}
        store.commit(entry[1], Origin.UNDO, undo_of=entry[0]).result()
        assert store.verify().result() == []
        assert store.queries.outbox_items().result() == []
        store.close()
    assert begun, "no kill came in the middle"


def test_a_repeating_task_is_followed_by_exactly_one(open_store: Any, path: Path) -> None:
    program = Path(__file__).with_name("repeating.py")
    for kill in range(KILLS):
        with subprocess.Popen(
            [sys.executable, program, path], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for _ in range(3 + 2 * kill):
                assert process.stdout.readline()
            process.kill()
        store = open_store()
        assert store.verify().result() == []
        detail = store.queries.detail("the-contact").result()
        assert detail is not None
        for title in ("water", "bill", "call"):
            series = [task for task in detail.tasks if task.title == title]
            series.sort(key=lambda task: task.due_at)
            *done, coming = series
            assert all(task.completed for task in done)
            assert not coming.completed
            assert [task.next_id for task in series] == [*(task.id for task in series[1:]), None]
            months = [task.due_at.year * 12 + task.due_at.month for task in series]
            assert months == list(range(months[0], months[0] + len(months)))
        store.close()
    assert len(detail.tasks) > KILLS


@pytest.fixture
def filled(open_store: Any, path: Path) -> Path:
    store = open_store()
    page = [
        Snapshot(kind=Kind.CONTACT, rid=f"r{n}", values={"first_name": f"Pulled {n}"})
        for n in range(1500)
    ]
    store.replica.absorb(page, epoch=store.replica.epoch()).result()
    for number in range(50):
        create = CreateContact(contact_id=f"c{number}", fields={"first_name": f"Kept {number}"})
        store.commit(create).result()
    store.close()
    return path


def run(name: str, start: Path, folder: Path, kills: int) -> Any:
    folder = folder / "killed"
    folder.mkdir()
    program = Path(__file__).with_name(name)
    done = subprocess.run(
        [sys.executable, program, start, folder, str(kills)],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be copied")
def test_a_migration_leaves_the_old_schema_or_the_new_and_the_outbox_whole(
    filled: Path, tmp_path: Path
) -> None:
    said = run("migrating.py", filled, tmp_path, MIGRATION_KILLS)
    assert said["wrong"] == []
    assert sum(said["found"].values()) == MIGRATION_KILLS
    assert set(said["found"]) == {"old", "new"}, "no kill hit while it migrated"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be copied")
def test_a_change_of_the_key_leaves_the_old_one_or_the_new_and_the_outbox_whole(
    filled: Path, tmp_path: Path
) -> None:
    said = run("rekeying.py", filled, tmp_path, REKEY_KILLS)
    assert said["wrong"] == []
    assert sum(said["found"].values()) == REKEY_KILLS
    assert "old" in said["found"], "no kill hit while it was changed"
