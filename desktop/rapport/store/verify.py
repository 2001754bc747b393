"""The nightly check: do the read models still follow from the records?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zlib import crc32

from rapport.domain.records import Kind
from rapport.store.chain import verify_chain
from rapport.store.read_models import ROW, ReadModels
from rapport.store.schema import KIND_NUMBER
from rapport.store.sql import Sql
from rapport.store.values import decode, unpack

OF_THE_LOG = "Audit:"
"""How a finding begins that no rebuilding can mend."""


def verify(db: Sql) -> list[str]:
    """One sentence per difference; empty when all is well. Seconds to a minute."""
    with db.snapshot():  # edits go on meanwhile
        return check(db)


def check(db: Sql) -> list[str]:
    parts = (_file, _contacts, _tasks, _appointments, _counts, _audit)
    return [finding for part in parts for finding in part(db)]


def _file(db: Sql) -> Iterator[str]:
    for (line,) in db.rows("PRAGMA quick_check"):
        if line != "ok":
            yield f"The file: {line}"
    for table, *_ in db.rows("PRAGMA foreign_key_check"):
        yield f"A line of {table} belongs to nothing."


def _contacts(db: Sql) -> Iterator[str]:
    models = ReadModels(db)
    indexed = _indexed(db)
    tags: dict[int, set[str]] = {}
    for key, name in db.stream("SELECT key, name FROM contact_tag JOIN tag USING (tag)"):
        tags.setdefault(key, set()).add(name)
    for (key,) in db.rows("SELECT key FROM record WHERE kind = ?", (KIND_NUMBER[Kind.CONTACT],)):
        made = models.row(key)
        row = db.row(f"SELECT {ROW} FROM contact_row WHERE key = ?", (key,))
        if row != (made[0] if made else None):
            yield f"Contact {key}: its list row differs."
        words = models.words(key, made[1]).split() if made else []
        if _sum(words) != indexed.pop(key, 0):
            yield f"Contact {key}: the search has other words of it."
        if tags.pop(key, set()) != set(made[1]["tags"] if made else ()):
            yield f"Contact {key}: its tags differ."
    for key in indexed:
        yield f"Contact {key}: the search finds it, and it is not there."
    for (key,) in db.rows("SELECT key FROM contact_row WHERE key NOT IN (SELECT key FROM record)"):
        yield f"Contact {key}: listed, and not there."


def _indexed(db: Sql) -> dict[int, int]:
    """By contact, the sum over its words in the index: one pass, whatever their order."""
    db.run("CREATE VIRTUAL TABLE temp.found USING fts5vocab(main, search, instance)")
    sums: dict[int, int] = {}
    for word, key in db.stream("SELECT term, doc FROM temp.found"):
        sums[key] = sums.get(key, 0) + crc32(word.encode())
    db.run("DROP TABLE temp.found")
    return sums


def _sum(words: Iterable[str]) -> int:
    return sum(crc32(word.encode()) for word in words)


def _tasks(db: Sql) -> Iterator[str]:
    models = ReadModels(db)
    rows = db.rows(
        "SELECT r.key, r.shown, r.contact_key, r.tomb OR c.tomb"
        " FROM record r JOIN record c ON c.key = r.contact_key WHERE r.kind = ?",
        (KIND_NUMBER[Kind.TASK],),
    )
    for key, shown, contact_key, hidden in rows:
        line = None if hidden else models.task_line(key, contact_key, unpack(Kind.TASK, shown))
        if db.row("SELECT * FROM task_row WHERE key = ?", (key,)) != line:
            yield f"Task {key}: its list row differs."
    for (key,) in db.rows("SELECT key FROM task_row WHERE key NOT IN (SELECT key FROM record)"):
        yield f"Task {key}: listed, and not there."


def _appointments(db: Sql) -> Iterator[str]:
    models = ReadModels(db)
    rows = db.rows(
        "SELECT r.key, r.shown, r.contact_key, r.tomb OR c.tomb"
        " FROM record r JOIN record c ON c.key = r.contact_key WHERE r.kind = ?",
        (KIND_NUMBER[Kind.APPOINTMENT],),
    )
    for key, shown, contact_key, hidden in rows:
        values = unpack(Kind.APPOINTMENT, shown)
        line = None if hidden else models.appointment_line(key, contact_key, values)
        if db.row("SELECT * FROM appointment_row WHERE key = ?", (key,)) != line:
            yield f"Appointment {key}: its list row differs."
    for (key,) in db.rows(
        "SELECT key FROM appointment_row WHERE key NOT IN (SELECT key FROM record)"
    ):
        yield f"Appointment {key}: listed, and not there."


def _counts(db: Sql) -> Iterator[str]:
    counted = db.value("SELECT count(*) FROM contact_row")
    kept = db.value("SELECT value FROM setting WHERE name = 'contacts'")
    if counted != (decode(kept) if kept else 0):
        yield "The number of contacts differs."
    for (name,) in db.rows(
        "SELECT name FROM tag WHERE contacts <>"
        " (SELECT count(*) FROM contact_tag WHERE contact_tag.tag = tag.tag)"
    ):
        yield f"Tag “{name}”: its count differs."


def _audit(db: Sql) -> Iterator[str]:
    chain = verify_chain(db)
    if chain.broken is not None:
        yield f"{OF_THE_LOG} {chain}"
