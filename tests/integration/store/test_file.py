"""The file on the disk: encrypted, checked, kept, and never in the way of the program."""

from __future__ import annotations

import gc
import os
import sqlite3
import threading
from concurrent.futures import wait
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import pytest

from rapport.domain.commands import CreateContact, CreateNote, EditContact
from rapport.domain.errors import StoreError
from rapport.domain.filters import ContactQuery
from rapport.domain.records import Kind
from rapport.store import Snapshot, database
from rapport.store.schema import MIGRATIONS

CANARY = "Canarybird7319"
KEY = bytes(range(32))


def create(store: Any, id: str, **fields: Any) -> Any:
    return store.commit(
        CreateContact(contact_id=id, fields={"first_name": CANARY, **fields})
    ).result()


def test_all_is_there_after_a_restart(open_store: Any) -> None:
    store = open_store()
    outcome = create(store, "a1", tags=["vip"])
    store.save_draft("a1", None, "half").result()
    store.close()
    store = open_store()
    assert [r.name for r in store.queries.contacts(ContactQuery(text="canary")).result().rows] == [
        CANARY
    ]
    assert store.queries.draft("a1").result() == "half"
    assert store.undo_entry().result()[0] == outcome.undo_id
    assert store.outbox.counts().result().waiting == 1
    assert store.verify().result() == []


def test_what_was_on_its_way_is_uncertain_after_a_restart(open_store: Any) -> None:
    store = open_store()
    create(store, "a1")
    (entry,) = store.outbox.due(datetime.now(UTC)).result()
    store.outbox.sending(entry.seq, ["x", "y"]).result()
    store.close()
    store = open_store()
    kept = store.outbox.entry(entry.seq).result()
    assert (kept.state, kept.attempt, kept.pre_ids) == ("uncertain", 1, ("x", "y"))


def test_nothing_in_the_clear_on_the_disk(open_store: Any, path: Path, tmp_path: Path) -> None:
    store = open_store()
    for number in range(200):
        create(store, f"a{number}", city=CANARY, tags=[CANARY.lower()])
    store.commit(CreateNote(note_id="n", contact_id="a1", fields={"body": CANARY * 500})).result()
    store.save_draft("a1", "n", CANARY).result()
    store.replica.set_cursor(CANARY, CANARY).result()
    store.backup(tmp_path / "backup.db").result()
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {file.name for file in files} >= {"rapport.db", "rapport.db-wal", "backup.db"}
    for file in files:
        content = file.read_bytes().lower()
        assert CANARY.lower().encode() not in content, file
        assert CANARY.lower().encode("utf-16-le") not in content, file
        assert not content.startswith(b"sqlite format"), file
        assert b"create table" not in content, file
        assert KEY not in content
        assert KEY.hex().encode() not in content
    assert path.stat().st_mode & 0o077 == 0


def test_a_backup_opens_with_the_same_key_and_never_replaces_a_file(
    open_store: Any, tmp_path: Path
) -> None:
    store = open_store()
    create(store, "a1")
    store.backup(tmp_path / "backup.db").result()
    with pytest.raises(StoreError):
        store.backup(tmp_path / "backup.db").result()
    copy = open_store(at=tmp_path / "backup.db")
    assert copy.queries.row_of("a1").result().name == CANARY
    with pytest.raises(StoreError):
        open_store(bytes(32), tmp_path / "backup.db")


@pytest.mark.parametrize("size", [0, 100, 5000])
def test_a_file_that_is_no_database_is_refused_and_kept(
    open_store: Any, path: Path, size: int
) -> None:
    path.parent.mkdir()
    path.write_bytes(b"x" * size)
    with pytest.raises(StoreError) as caught:
        open_store()
    assert "kept" in caught.value.message
    assert path.read_bytes() == b"x" * size


def test_another_key_is_refused_and_the_file_kept(open_store: Any, path: Path) -> None:
    store = open_store()
    create(store, "a1")
    store.close()
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        open_store(bytes(32))
    assert "unlocked" in caught.value.title
    assert path.read_bytes() == before
    with pytest.raises(StoreError):
        open_store(b"short")
    assert open_store().queries.row_of("a1").result() is not None


def test_a_newer_version_is_refused_and_the_file_kept(open_store: Any, path: Path) -> None:
    open_store().close()
    db = database.Database(path, KEY).connect(writes=True)
    db.pragma("user_version", len(MIGRATIONS) + 1)
    db.close()
    with pytest.raises(StoreError) as caught:
        open_store()
    assert "newer version" in caught.value.title
    assert path.exists()


def test_a_migration_keeps_an_encrypted_backup(
    open_store: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    create(store, "a1")
    store.close()
    monkeypatch.setattr(
        database, "MIGRATIONS", (*MIGRATIONS, "ALTER TABLE draft ADD COLUMN extra TEXT")
    )
    store = open_store()
    assert store.queries.row_of("a1").result().name == CANARY
    store.close()
    kept = path.with_name(f"rapport.db.before-{len(MIGRATIONS) + 1}")
    assert CANARY.encode() not in kept.read_bytes()
    monkeypatch.setattr(database, "MIGRATIONS", MIGRATIONS)
    assert open_store(at=kept).queries.row_of("a1").result().name == CANARY


def test_a_migration_that_fails_changes_nothing(
    open_store: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    create(store, "a1")
    store.close()
    broken = (*MIGRATIONS, "ALTER TABLE draft ADD COLUMN extra TEXT; SELECT * FROM nowhere")
    monkeypatch.setattr(database, "MIGRATIONS", broken)
    with pytest.raises(StoreError):
        open_store()
    monkeypatch.setattr(database, "MIGRATIONS", MIGRATIONS)
    assert open_store().queries.row_of("a1").result().name == CANARY


def test_a_creation_that_was_cut_off_is_begun_again(open_store: Any, path: Path) -> None:
    path.parent.mkdir()
    path.with_name("rapport.db.new").write_bytes(b"half")
    create(open_store(), "a1")
    assert not path.with_name("rapport.db.new").exists()


def test_damage_is_told_and_the_file_kept(open_store: Any, path: Path) -> None:
    store = open_store()
    for number in range(300):
        create(store, f"a{number}", city="x" * 200)
    store.close()
    damaged = bytearray(path.read_bytes())
    for at in range(20_000, len(damaged), 4096):
        damaged[at] ^= 0xFF
    path.write_bytes(damaged)

    def use() -> None:
        store = open_store()
        store.queries.contacts(ContactQuery()).result()
        store.verify().result()

    with pytest.raises(StoreError, match=r"damaged|unlocked"):
        use()
    assert path.stat().st_size == len(damaged)


def test_a_full_disk_is_told_before_anything_counts_as_saved(open_store: Any) -> None:
    store = open_store()
    create(store, "a1")
    db = store._writer._db
    db.pragma("max_page_count", db.pragma("page_count") + 2)
    body = "long " * 20_000
    note = CreateNote(note_id="n1", contact_id="a1", fields={"body": body})
    with pytest.raises(StoreError) as caught:
        store.commit(note).result()
    assert "full" in caught.value.title
    assert caught.value.retry
    assert "full" in (store.trouble or "")
    assert store.queries.detail("a1").result().notes == ()
    pulled = [Snapshot(kind=Kind.CONTACT, rid="c1", values={"city": body})]
    with pytest.raises(StoreError):
        store.replica.absorb(pulled, epoch=0).result()
    db.pragma("max_page_count", 1 << 30)
    store.commit(note).result()
    assert store.trouble is None
    assert len(store.queries.detail("a1").result().notes) == 1
    assert store.verify().result() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_may_not_be_written_is_refused(open_store: Any, path: Path) -> None:
    open_store().close()
    path.chmod(0o400)
    with pytest.raises(StoreError):
        open_store()


def test_another_program_that_holds_the_file_is_named(
    open_store: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store().close()
    monkeypatch.setattr(database, "BUSY_MS", 50)
    other = database.Database(path, KEY).connect(writes=True)
    with other.immediate(), pytest.raises(StoreError) as caught:
        open_store()
    assert "holds" in caught.value.title
    other.close()


def test_an_unsafe_library_is_refused(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    for version in ("3.51.2", "3.52.0"):
        monkeypatch.setattr(apsw, "sqlite_lib_version", lambda version=version: version)
        with pytest.raises(StoreError):
            database.Database(path, KEY)


def test_a_person_goes_before_the_sync(open_store: Any) -> None:
    store = open_store()
    create(store, "a1")
    order: list[str] = []
    page = [
        Snapshot(kind=Kind.CONTACT, rid=f"c{n}", values={"first_name": f"N{n}"})
        for n in range(2000)
    ]
    pull = store.replica.absorb(page, epoch=store.replica.epoch())
    pull.add_done_callback(lambda _: order.append("pull"))
    edits = [store.commit(EditContact(contact_id="a1", fields={"city": f"c{n}"})) for n in range(5)]
    for edit in edits:
        edit.add_done_callback(lambda _: order.append("edit"))
    wait([pull, *edits])
    assert order == ["edit"] * 5 + ["pull"]


def test_readers_and_writers_together(open_store: Any) -> None:
    store = open_store()
    create(store, "a1")
    failures: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(100):
                page = store.queries.contacts(ContactQuery(text="n")).result()
                keys = store.queries.contact_keys(ContactQuery(text="n")).result()
                assert len(keys) >= page.total
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for start in range(0, 1000, 100):
        page = [
            Snapshot(kind=Kind.CONTACT, rid=f"c{n}", values={"first_name": f"N{n}"})
            for n in range(start, start + 100)
        ]
        store.replica.absorb(page, epoch=store.replica.epoch()).result()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.queries.contacts(ContactQuery(text="n")).result().total == 1000


def test_a_closed_store_says_so(open_store: Any) -> None:
    store = open_store()
    store.close()
    with pytest.raises(StoreError):
        create(store, "a1")
    with pytest.raises(StoreError):
        store.queries.row_of("a1").result()
    store.close()


def test_statements_do_not_slow_down_or_pile_up(open_store: Any) -> None:
    """apsw 3.54.0 keeps cursors that end in the wrong order; see ``store.sql``."""
    store = open_store()
    store.replica.absorb(
        [
            Snapshot(kind=Kind.CONTACT, rid=f"c{n}", values={"first_name": f"N{n}"})
            for n in range(50)
        ],
        epoch=0,
    ).result()

    def cursors() -> int:
        gc.collect()
        return sum(type(one) is apsw.Cursor for one in gc.get_objects())

    before = cursors()
    for number in range(50):
        store.queries.contacts(ContactQuery(text="n")).result()
        create(store, f"a{number}")
    assert cursors() == before


def test_the_file_is_not_readable_by_plain_sqlite(open_store: Any, path: Path) -> None:
    open_store().close()
    with pytest.raises(sqlite3.DatabaseError), sqlite3.connect(path) as plain:
        plain.execute("SELECT * FROM sqlite_master").fetchall()
    plain.close()


def test_the_key_can_be_changed(open_store: Any, path: Path) -> None:
    store = open_store()
    create(store, "a1")
    store.keep_edits().result()
    store.close()
    new = bytes(reversed(range(32)))
    database.Database(path, KEY).change_key(new)
    assert {file.name for file in path.parent.iterdir()} == {"rapport.db"}
    with pytest.raises(StoreError):
        open_store()
    store = open_store(new)
    assert store.queries.row_of("a1").result().name == CANARY
    assert store.verify().result() == []
    assert not database.Database(path, KEY).opens()
