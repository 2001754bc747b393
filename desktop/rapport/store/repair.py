"""What can still be done for a damaged copy: read what is readable, compute the rest afresh.

Encrypted pages carry a checksum: a damaged one is never read wrongly, it is not read at all. So
each row that can be read is right, and only the rows on bad pages are missing. The CRM gives the
records back at the next sync; what exists nowhere else are open edits, drafts and what concerns
this computer only. Edits are therefore also kept in a small file beside the copy (``keep_edits``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import apsw
from msgspec import Struct

from rapport.domain.errors import StoreError
from rapport.domain.records import Kind
from rapport.store.database import KEPT_EDITS, Database, plain_words
from rapport.store.read_models import ReadModels
from rapport.store.schema import KIND_NUMBER, MIGRATIONS
from rapport.store.sql import Sql
from rapport.store.values import unpack

REBUILD = "rebuild"
"""The setting that asks the next start for it."""

_BY_ROWID = ("record", "op", "conflict", "audit", "undo", "undo_part", "settled", "merge")
_WITHOUT_ROWID = ("draft", "setting", "gone", "departed", "apart")
"""Not among them: what follows from these, and ``details``, so that the notes and appointments of
every contact are read once more."""
_OPEN = (
    "SELECT key FROM op UNION SELECT contact_key FROM op"
    " UNION SELECT key FROM conflict UNION SELECT contact_key FROM conflict"
)
_MANY = 2_000_000
"""How far a table is searched whose end cannot be read."""

_log = logging.getLogger(__name__)


class Rescued(Struct, frozen=True, kw_only=True):
    """What of a damaged copy is in the new one."""

    records: int = 0
    edits: int = 0
    """Open edits, those from the kept file among them."""


def rebuild(db: Sql) -> None:
    """Computes lists, counts and the search afresh from the records, in one transaction. For a
    copy that nobody uses yet: an edit would wait for it."""
    models = ReadModels(db)
    with db.immediate():
        db.run("DELETE FROM setting WHERE name = ?", (REBUILD,))
        for table in ("task_row", "appointment_row", "contact_tag", "contact_row"):
            db.run(f"DELETE FROM {table}")
        db.run("UPDATE tag SET contacts = 0")
        db.run("INSERT INTO search (search) VALUES ('delete-all')")
        models.set_setting("contacts", 0)
        tasks = "SELECT key, contact_key, shown FROM record WHERE kind = ? AND tomb = 0"
        for key, contact_key, shown in db.rows(tasks, (KIND_NUMBER[Kind.TASK],)):
            models.list_task(key, contact_key, unpack(Kind.TASK, shown))
        visits = "SELECT key, contact_key, shown, tomb FROM record WHERE kind = ?"
        for key, contact_key, shown, tomb in db.rows(visits, (KIND_NUMBER[Kind.APPOINTMENT],)):
            values = unpack(Kind.APPOINTMENT, shown)
            models.write_appointment(key, contact_key, values, tomb=bool(tomb))
        contacts = "SELECT key FROM record WHERE kind = ?"
        for (key,) in db.rows(contacts, (KIND_NUMBER[Kind.CONTACT],)):
            models.refresh(key, words=True)
        models.flush()


def keep_edits(database: Database, db: Sql) -> None:
    """Writes the open edits, with their records and drafts, into the small file beside the copy.
    Without an open edit or draft there is no such file."""
    if database.path is None:
        return
    kept = _beside(database.path)
    if not db.value("SELECT EXISTS (SELECT 1 FROM op) OR EXISTS (SELECT 1 FROM draft)"):
        kept.unlink(missing_ok=True)
        return
    part = kept.with_name(kept.name + ".part")
    part.unlink(missing_ok=True)
    target = database.beside(part).open()
    try:
        with db.snapshot(), target.immediate():
            target.run("PRAGMA defer_foreign_keys = ON")
            for table in ("record", "op", "conflict", "draft"):
                only = f" WHERE key IN ({_OPEN})" if table == "record" else ""
                for row in db.stream(f"SELECT * FROM {table}{only}"):
                    _insert(target, table, row)
        # One file, whatever becomes of the program between here and the rename.
        target.pragma("journal_mode", "DELETE")
    finally:
        target.close()
    part.rename(kept)


def rescue(source: Path, into: Path, key: bytes, forget: Iterable[str] = ()) -> Rescued:
    """Fills the new copy ``into`` with what can be read of the damaged one, then from its file of
    kept edits with those that could not. ``forget`` names the cursors by which the sync knows what
    it has read: it must read it once more. The damaged files stay. Raises StoreError when the new
    copy cannot be written."""
    new = Database(into, key)
    target = new.open()
    try:
        with target.immediate():
            target.run("PRAGMA defer_foreign_keys = ON")
            for table, row in _readable(new.beside(source)):
                _insert(target, table, row)
            _drop_strays(target)
            _add_kept_edits(target, new.beside(_beside(source)))
            # A part may be lost: nothing more is deleted.
            target.run("UPDATE merge SET state = 'stopping' WHERE state = 'open'")
            target.run_each(
                "DELETE FROM setting WHERE name = ?", [(f"cursor:{name}",) for name in forget]
            )
            _count_epochs(target)
            records = int(target.value("SELECT count(*) FROM record"))
            edits = int(target.value("SELECT count(*) FROM op"))
        rebuild(target)
    except (apsw.Error, OSError) as error:
        raise plain_words(error) from None
    finally:
        target.close()
    return Rescued(records=records, edits=edits)


# Reading what may be damaged.


def _readable(source: Database) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Table and row, of each row that can be read."""
    if source.path is None or not source.path.exists():
        return
    try:
        db = source.connect(writes=False)
    except (apsw.Error, StoreError) as error:
        _log.warning("the damaged copy cannot be opened: %s", type(error).__name__)
        return
    try:
        if db.pragma("user_version") != len(MIGRATIONS):
            _log.warning("the damaged copy has another schema")
            return
        for table in _BY_ROWID:
            yield from ((table, row) for row in _by_rowid(db, table))
        for table in _WITHOUT_ROWID:
            yield from ((table, row) for row in _from_both_ends(db, table))
    except apsw.Error as error:
        _log.warning("the damaged copy cannot be read: %s", type(error).__name__)
    finally:
        db.close()


def _by_rowid(db: Sql, table: str) -> Iterator[tuple[Any, ...]]:
    """Every readable row; the reading goes on behind a bad page."""
    at: int | None = 0
    while at is not None:
        try:
            for row in db.stream(f"SELECT * FROM {table} WHERE rowid > ? ORDER BY rowid", (at,)):
                yield row
                at = row[0]
            return
        except apsw.Error:
            at = _behind_bad_page(db, table, at)


def _behind_bad_page(db: Sql, table: str, at: int) -> int | None:
    """The smallest row key from which reading works again; None where it never does."""

    def readable(key: int) -> bool:
        try:
            db.value(f"SELECT 1 FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT 1", (key,))
        except apsw.Error:
            return False
        return True

    bad, step = at, 1
    while not readable(at + step):
        bad, step = at + step, 2 * step
        if bad > _MANY:
            return None
    good = at + step
    while good - bad > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if readable(middle) else (good, middle)
    return good


def _from_both_ends(db: Sql, table: str) -> Iterator[tuple[Any, ...]]:
    seen: set[tuple[Any, ...]] = set()
    for order in ("ASC", "DESC"):
        try:
            for row in db.stream(f"SELECT * FROM {table} ORDER BY 1 {order}, 2 {order}"):
                if row not in seen:
                    seen.add(row)
                    yield row
            return
        except apsw.Error:
            continue


# Writing what was read.


def _insert(target: Sql, table: str, row: tuple[Any, ...]) -> None:
    target.run(f"INSERT OR REPLACE INTO {table} VALUES ({_places(row)})", row)


def _places(row: tuple[Any, ...]) -> str:
    return ", ".join("?" * len(row))


def _drop_strays(target: Sql) -> None:
    """Rows whose record, or whose contact, was on a bad page."""
    target.run(
        "DELETE FROM record WHERE contact_key IS NOT NULL"
        " AND contact_key NOT IN (SELECT key FROM record WHERE contact_key IS NULL)"
    )
    for key in ("key", "contact_key"):
        for table in ("op", "conflict"):
            target.run(f"DELETE FROM {table} WHERE {key} NOT IN (SELECT key FROM record)")


def _add_kept_edits(target: Sql, kept: Database) -> None:
    """Edits that could not be read, from the file of kept ones. They may have reached the CRM
    since they were kept, so that they are uncertain: looked up before anything is sent."""
    known = {seq for (seq,) in target.rows("SELECT seq FROM op")}
    rows = list(_readable(kept))
    added = [row for table, row in rows if table == "op" and row[0] not in known]
    keys = {key for row in added for key in row[1:3]}
    for table, row in rows:
        if table == "record" and row[0] in keys:
            target.run(f"INSERT OR IGNORE INTO record VALUES ({_places(row)})", row)
        elif table == "draft":
            target.run(f"INSERT OR IGNORE INTO draft VALUES ({_places(row)})", row)
    for row in added:
        _insert(target, "op", row)
    target.run_each(
        "UPDATE op SET state = 'uncertain', sent_at = max(sent_at, created_at) WHERE seq = ?",
        [(row[0],) for row in added],
    )


def _count_epochs(target: Sql) -> None:
    """The counter that tells a stale read goes on from the newest record, if it was lost."""
    models = ReadModels(target)
    newest = target.value("SELECT coalesce(max(epoch), 0) FROM record")
    models.set_setting("epoch", max(models.setting("epoch", 0), newest))


def _beside(path: Path) -> Path:
    return path.with_name(path.name + KEPT_EDITS)
