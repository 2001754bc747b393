"""The nightly check: do the read models still follow from the records?"""

from __future__ import annotations

from collections.abc import Iterator

import apsw

from rapport.domain.records import Kind
from rapport.store.read_models import ROW, ReadModels
from rapport.store.schema import KIND_NUMBER
from rapport.store.transaction import audit_hash
from rapport.store.values import decode, unpack

WORDS_AT_ONCE = 100
"""SQLite refuses much longer search expressions."""


def verify(db: apsw.Connection) -> list[str]:
    """One sentence per difference; empty when all is well. Minutes for a large account."""
    checks = (_file, _contacts, _tasks, _counts, _audit)
    # One snapshot for all checks: edits go on meanwhile.
    db.execute("BEGIN")
    try:
        return [finding for check in checks for finding in check(db)]
    finally:
        db.execute("ROLLBACK")


def _file(db: apsw.Connection) -> Iterator[str]:
    for (line,) in db.execute("PRAGMA quick_check"):
        if line != "ok":
            yield f"The file: {line}"
    for table, *_ in db.execute("PRAGMA foreign_key_check"):
        yield f"A line of {table} belongs to nothing."


def _contacts(db: apsw.Connection) -> Iterator[str]:
    models = ReadModels(db)
    for (key,) in db.execute("SELECT key FROM record WHERE kind = ?", (KIND_NUMBER[Kind.CONTACT],)):
        made = models.row(key)
        row = db.execute(f"SELECT {ROW} FROM contact_row WHERE key = ?", (key,)).fetchone()
        if row != (made[0] if made else None):
            yield f"Contact {key}: its list row differs."
        if made is None:
            continue
        if not _all_indexed(db, models.words(key, made[1]).split(), key):
            yield f"Contact {key}: some of its words are not found."
        sql = "SELECT name FROM contact_tag JOIN tag USING (tag) WHERE key = ?"
        if {name for (name,) in db.execute(sql, (key,))} != set(made[1]["tags"]):
            yield f"Contact {key}: its tags differ."
    for (key,) in db.execute(
        "SELECT key FROM contact_row WHERE key NOT IN (SELECT key FROM record)"
    ):
        yield f"Contact {key}: listed, and not there."


def _all_indexed(db: apsw.Connection, words: list[str], key: int) -> bool:
    for start in range(0, len(words), WORDS_AT_ONCE):
        some = " AND ".join(f'"{word}"' for word in words[start : start + WORDS_AT_ONCE])
        sql = "SELECT 1 FROM search WHERE search MATCH ? AND rowid = ?"
        if db.execute(sql, (some, key)).get is None:
            return False
    return True


def _tasks(db: apsw.Connection) -> Iterator[str]:
    models = ReadModels(db)
    rows = db.execute(
        "SELECT r.key, r.shown, r.contact_key, r.tomb OR c.tomb"
        " FROM record r JOIN record c ON c.key = r.contact_key WHERE r.kind = ?",
        (KIND_NUMBER[Kind.TASK],),
    )
    for key, shown, contact_key, hidden in rows:
        line = None if hidden else models.task_line(key, contact_key, unpack(Kind.TASK, shown))
        if db.execute("SELECT * FROM task_row WHERE key = ?", (key,)).fetchone() != line:
            yield f"Task {key}: its list row differs."
    for (key,) in db.execute("SELECT key FROM task_row WHERE key NOT IN (SELECT key FROM record)"):
        yield f"Task {key}: listed, and not there."


def _counts(db: apsw.Connection) -> Iterator[str]:
    counted = db.execute("SELECT count(*) FROM contact_row").get
    kept = db.execute("SELECT value FROM setting WHERE name = 'contacts'").get
    if counted != (decode(kept) if kept else 0):
        yield "The number of contacts differs."
    for (name,) in db.execute(
        "SELECT name FROM tag WHERE contacts <>"
        " (SELECT count(*) FROM contact_tag WHERE contact_tag.tag = tag.tag)"
    ):
        yield f"Tag “{name}”: its count differs."


def _audit(db: apsw.Connection) -> Iterator[str]:
    previous = b""
    for id, *entry, kept in db.execute(
        "SELECT id, at, contact_id, kind, record_id, op, origin, title, fields, hash"
        " FROM audit ORDER BY id"
    ):
        if audit_hash(previous, tuple(entry)) != kept:
            yield f"Audit entry {id}: it, or the one before it, was altered."
        previous = kept
