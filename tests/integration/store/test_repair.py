"""A damaged file: noticed, never changed, and what can be read of it goes on living."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rapport.domain.commands import CreateContact, CreateNote, CreateTask, EditContact
from rapport.domain.errors import DamagedError
from rapport.domain.filters import ContactQuery
from rapport.domain.records import Kind
from rapport.store import Snapshot, Store, rescue
from rapport.store.database import Database

KEY = bytes(range(32))
Open = Callable[..., Store]


def fill(store: Store) -> None:
    page = [
        Snapshot(
            kind=Kind.CONTACT,
            rid=f"r{n}",
            values={"first_name": f"Pulled {n}", "city": "x" * 100, "tags": ["vip"]},
        )
        for n in range(300)
    ]
    store.replica.absorb(page, epoch=store.replica.epoch()).result()
    for n in range(20):
        store.commit(CreateContact(contact_id=f"c{n}", fields={"first_name": f"Made {n}"})).result()
        store.commit(
            CreateNote(note_id=f"n{n}", contact_id=f"c{n}", fields={"body": "word " * 50})
        ).result()
    store.save_draft("c1", None, "half a thought").result()
    store.replica.set_cursor("contacts.since", "2026-01-01").result()


def seen(store: Store) -> dict[str, Any]:
    """Everything of it that a person could see."""
    rows = store.queries.contacts(ContactQuery(), 1000).result().rows
    return {
        "details": [store.queries.detail(row.id).result() for row in rows],
        "edits": store.queries.outbox_items().result(),
        "draft": store.queries.draft("c1").result(),
        "found": store.queries.contacts(ContactQuery(text="word")).result().total,
    }


@pytest.fixture
def whole(open_store: Open, path: Path) -> Path:
    store = open_store()
    fill(store)
    store.keep_edits().result()
    store.close()
    return path


def put_aside(path: Path) -> Path:
    aside = path.with_name("rapport.db.unreadable-1")
    for file in path.parent.glob("rapport.db*"):
        if "unreadable" not in file.name:
            file.rename(aside.with_name(aside.name + file.name.removeprefix("rapport.db")))
    return aside


def test_each_of_a_hundred_flipped_bytes_is_noticed_or_harmless(
    open_store: Open, whole: Path, tmp_path: Path
) -> None:
    store = open_store()
    before = seen(store)
    store.close()
    content = whole.read_bytes()
    chance = random.Random(11)
    place = tmp_path / "flipped" / "rapport.db"
    place.parent.mkdir()
    noticed = rescued = 0
    for _ in range(100):
        for old in place.parent.iterdir():
            old.unlink()
        flipped = bytearray(content)
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        place.write_bytes(flipped)
        shutil.copy(whole.with_name("rapport.db.edits"), place.parent)
        damaged = None
        try:
            damaged = open_store(at=place)
            assert seen(damaged) == before
        except DamagedError:
            if damaged is not None:
                damaged.close()
            noticed += 1
            aside = put_aside(place)
            said = rescue(aside, place, KEY, forget=["contacts.since"])
            assert said.edits == len(before["edits"])
            store = open_store(at=place)
            after = seen(store)
            assert [edit.title for edit in after["edits"]] == [e.title for e in before["edits"]]
            assert after["draft"] == before["draft"]
            # What is there is right; what was on the bad page is missing as a whole.
            known = {detail.contact.id: detail.contact for detail in before["details"]}
            assert all(known[one.contact.id] == one.contact for one in after["details"])
            assert store.replica.cursor("contacts.since").result() is None
            # An audit entry that was on it leaves a gap in the chain, which is said.
            gaps = [line for line in store.verify().result() if not line.startswith("Audit")]
            assert gaps == []
            rescued += len(after["details"]) < len(known)
            store.close()
        else:
            damaged.close()
    assert noticed > 30  # how much of the file is in use follows from the schema
    assert rescued


def test_of_a_file_without_bytes_the_edits_are_kept(open_store: Open, whole: Path) -> None:
    titles = [item.title for item in open_store().queries.outbox_items().result()]
    aside = put_aside(whole)
    aside.write_bytes(b"")
    said = rescue(aside, whole, KEY)
    assert said.edits == len(titles) > 0
    store = open_store()
    items = store.queries.outbox_items().result()
    assert [item.title for item in items] == titles
    # They may have been sent since they were kept: looked up first, never sent blindly.
    assert {item.state for item in items} == {"uncertain"}
    assert store.queries.draft("c1").result() == "half a thought"
    assert store.verify().result() == []


def test_an_edit_is_not_added_twice(open_store: Open, whole: Path) -> None:
    aside = put_aside(whole)
    said = rescue(aside, whole, KEY)
    store = open_store()
    assert said.records == 340
    assert {item.state for item in store.queries.outbox_items().result()} == {"pending"}
    assert store.verify().result() == []


def test_the_kept_edits_are_encrypted_and_go_when_nothing_waits(
    open_store: Open, path: Path
) -> None:
    store = open_store()
    store.commit(CreateContact(contact_id="a", fields={"first_name": "Canarybird"})).result()
    store.keep_edits().result()
    kept = path.with_name("rapport.db.edits")
    assert b"Canarybird" not in kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0
    (entry,) = store.outbox.due(store.queries._clock.now()).result()
    store.outbox.settled(entry.seq, "r1").result()
    store.keep_edits().result()
    assert not kept.exists()


def test_a_stale_search_index_is_found_and_built_anew(open_store: Open, path: Path) -> None:
    store = open_store()
    fill(store)
    due = {"title": "Call back", "due_at": "2026-03-01T10:00:00Z"}
    store.commit(CreateTask(task_id="t1", contact_id="c1", fields=due)).result()
    store.close()
    db = Database(path, KEY).connect(writes=True)
    db.run("DELETE FROM search WHERE rowid IN (SELECT key FROM contact_row LIMIT 10)")
    db.run("UPDATE contact_row SET name = 'Somebody' WHERE key % 7 = 0")
    db.run("DELETE FROM task_row")
    db.run("UPDATE tag SET contacts = contacts + 1")
    db.close()
    store = open_store()
    assert len(store.verify().result()) > 20
    store.rebuild_at_next_start().result()
    store.close()
    store = open_store()
    assert store.verify().result() == []
    assert store.queries.contacts(ContactQuery(text="pulled 7")).result().total > 0
    store.commit(EditContact(contact_id="c1", fields={"city": "Porto"})).result()
    assert store.verify().result() == []
