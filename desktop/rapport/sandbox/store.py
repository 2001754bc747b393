"""All of the sandbox's data, in one SQLite database of JSON documents.

Contacts and tasks have tables of their own with the columns that searches filter and sort by;
every other kind of record shares one table. Searches read through an index that lags: what a
record was before a recent write is kept in ``*_before`` until the lag has passed, and searches
see that instead. Reads by id see every write at once.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from .clock import Clock

Doc = dict[str, Any]

SCHEMA_VERSION = 1
_CONTACT = "id, location, added, updated, first, last, email, phone, business, owner, hay, doc"
_TASK = "id, location, contact, added, updated, completed, owner, business, hay, doc"
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE contact (
  id TEXT PRIMARY KEY, location TEXT NOT NULL, added INTEGER NOT NULL, updated INTEGER NOT NULL,
  first TEXT NOT NULL, last TEXT NOT NULL, email TEXT, phone TEXT, business TEXT, owner TEXT,
  hay TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE contact_before (
  id TEXT PRIMARY KEY, location TEXT, added INTEGER, updated INTEGER, first TEXT, last TEXT,
  email TEXT, phone TEXT, business TEXT, owner TEXT, hay TEXT, doc TEXT, until INTEGER NOT NULL);
CREATE TABLE task (
  id TEXT PRIMARY KEY, location TEXT NOT NULL, contact TEXT NOT NULL, added INTEGER NOT NULL,
  updated INTEGER NOT NULL, completed INTEGER NOT NULL, owner TEXT, business TEXT,
  hay TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE task_before (
  id TEXT PRIMARY KEY, location TEXT, contact TEXT, added INTEGER, updated INTEGER,
  completed INTEGER, owner TEXT, business TEXT, hay TEXT, doc TEXT, until INTEGER NOT NULL);
CREATE TABLE record (
  kind TEXT NOT NULL, id TEXT NOT NULL, location TEXT NOT NULL, parent TEXT, key TEXT,
  position INTEGER NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE token (
  hash TEXT PRIMARY KEY, kind TEXT NOT NULL, family TEXT NOT NULL, expires INTEGER NOT NULL,
  state TEXT NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;
"""
INDEXES = """
CREATE INDEX contact_added ON contact (location, added, id);
CREATE INDEX contact_updated ON contact (location, updated, id);
CREATE INDEX contact_email ON contact (email) WHERE email IS NOT NULL;
CREATE INDEX contact_phone ON contact (phone) WHERE phone IS NOT NULL;
CREATE INDEX contact_business ON contact (business) WHERE business IS NOT NULL;
CREATE INDEX task_added ON task (location, added, id);
CREATE INDEX task_contact ON task (contact, added);
CREATE INDEX record_location ON record (kind, location, position);
CREATE INDEX record_parent ON record (kind, parent, position) WHERE parent IS NOT NULL;
CREATE INDEX record_key ON record (kind, location, key) WHERE key IS NOT NULL;
"""


#: Kinds of records that go when their parent goes.
PARTS = {
    "appointment": ("appointmentNote",),
    "calendar": ("calendarNotification",),
    "conversation": ("message",),
}


def encode(doc: Doc) -> str:
    """As text, since SQLite reads JSON only from text."""
    return msgspec.json.encode(doc).decode()


def decode(blob: str) -> Doc:
    doc: Doc = msgspec.json.decode(blob)
    return doc


def fold(text: str | None) -> str:
    """The form in which text is compared."""
    return (text or "").casefold()


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


class StateError(Exception):
    """The state file cannot be used; the message is a sentence for a person."""


def contact_columns(doc: Doc) -> tuple[Any, ...]:
    first, last = doc.get("firstName") or "", doc.get("lastName") or ""
    email, phone = doc.get("email") or "", doc.get("phone") or ""
    hay = f"{first} {last}\n{last} {first}\n{email}\n{phone}\n{doc.get('companyName') or ''}"
    return (
        doc["id"],
        doc["locationId"],
        doc["dateAdded"],
        doc["dateUpdated"],
        first.casefold(),
        last.casefold(),
        email.casefold() or None,
        phone or None,
        doc.get("businessId"),
        doc.get("assignedTo"),
        hay.casefold(),
        encode(doc),
    )


def task_columns(doc: Doc) -> tuple[Any, ...]:
    return (
        doc["id"],
        doc["locationId"],
        doc["contactId"],
        doc["dateAdded"],
        doc["dateUpdated"],
        int(doc["completed"]),
        doc.get("assignedTo"),
        doc.get("businessId"),
        f"{doc['title']}\n{doc.get('body') or ''}".casefold(),
        encode(doc),
    )


class Store:
    """Documents in SQLite. One thread at a time; every write is durable when it returns.

    Dates inside documents are epoch milliseconds; the resource modules give them the form
    each reply wants.
    """

    def __init__(self, clock: Clock, path: Path | None = None, index_lag_s: float = 3.0) -> None:
        self.clock = clock
        self.index_lag_s = index_lag_s
        self._lagging: dict[str, int] = {}  # table → earliest moment its *_before has a row due
        self._depth = 0
        self._counts: dict[tuple[Any, ...], int] = {}  # until something is written
        self.db = self._open(path)

    def _open(self, path: Path | None) -> sqlite3.Connection:
        try:
            db = sqlite3.connect(
                str(path) if path else ":memory:", check_same_thread=False, isolation_level=None
            )
            db.create_function("fold", 1, fold, deterministic=True)
            db.execute("PRAGMA cache_size=-65536")
            # One sandbox per file: a second one is refused at once.
            db.execute("PRAGMA busy_timeout=0")
            db.execute("PRAGMA locking_mode=EXCLUSIVE")
            version = db.execute("PRAGMA user_version").fetchone()[0]
            tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if version not in (0, SCHEMA_VERSION) or (version == 0 and tables):
                db.close()
                raise StateError(f"{path} is not a state file of this sandbox.")
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.execute("BEGIN IMMEDIATE")
            db.execute("COMMIT")
        except sqlite3.Error as error:
            raise StateError(f"The state file {path} cannot be used: {error}.") from error
        self.fresh = version == 0
        if not self.fresh:
            for table in ("contact", "task"):
                due = db.execute(f"SELECT min(until) FROM {table}_before").fetchone()[0]
                if due is not None:
                    self._lagging[table] = due
        return db

    def close(self) -> None:
        self.db.close()

    # -- transactions ------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside, or nothing. May be nested; the outermost one commits."""
        if self._depth == 0:
            self.db.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self.db.execute("ROLLBACK")
                self._changed()
            raise
        self._depth -= 1
        if self._depth == 0:
            self.db.execute("COMMIT")

    def _changed(self) -> None:
        self._counts.clear()

    def refilled(self) -> None:
        """Everything has been written anew."""
        self.fresh = False
        self._lagging.clear()
        self._changed()

    # -- settings ----------------------------------------------------------------------------

    def meta(self, key: str) -> str | None:
        row = self.db.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?,?)", (key, value))

    # -- contacts and tasks --------------------------------------------------------------------

    def contact(self, contact_id: str) -> Doc | None:
        return self._get("contact", contact_id)

    def task(self, task_id: str) -> Doc | None:
        return self._get("task", task_id)

    def put_contact(self, doc: Doc) -> None:
        self._put("contact", _CONTACT, contact_columns(doc))

    def put_task(self, doc: Doc) -> None:
        self._put("task", _TASK, task_columns(doc))

    def delete_contact(self, contact_id: str) -> None:
        """The contact with everything that cannot be without it."""
        with self.transaction():
            for task in self.tasks_of(contact_id):
                self.delete_task(task["id"])
            for kind in ("note", "appointment", "opportunity", "conversation", "subscription"):
                for record in self.records(kind, parent=contact_id):
                    self.delete_with_parts(kind, record["id"])
            self._delete("contact", _CONTACT, contact_id)

    def delete_location(self, location_id: str) -> None:
        """The location with everything in it."""
        with self.transaction():
            for table in ("contact", "contact_before", "task", "task_before", "record"):
                self.db.execute(f"DELETE FROM {table} WHERE location=?", (location_id,))
        self._changed()

    def delete_task(self, task_id: str) -> None:
        self._delete("task", _TASK, task_id)

    def tasks_of(self, contact_id: str) -> list[Doc]:
        rows = self.db.execute(
            "SELECT doc FROM task WHERE contact=? ORDER BY added, id", (contact_id,)
        )
        return [decode(row[0]) for row in rows]

    def contact_by(self, location_id: str, column: str, value: str) -> Doc | None:
        """The oldest contact of a location with this folded ``email`` or E.164 ``phone``."""
        assert column in ("email", "phone")
        row = self.db.execute(
            f"SELECT doc FROM contact WHERE {column}=? AND location=? ORDER BY added LIMIT 1",
            (value, location_id),
        ).fetchone()
        return None if row is None else decode(row[0])

    def _get(self, table: str, record_id: str) -> Doc | None:
        row = self.db.execute(f"SELECT doc FROM {table} WHERE id=?", (record_id,)).fetchone()
        return None if row is None else decode(row[0])

    def _put(self, table: str, columns: str, values: Sequence[Any]) -> None:
        with self.transaction():
            self._keep_before(table, columns, values[0])
            marks = ",".join("?" * len(values))
            self.db.execute(f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})", values)
        self._changed()

    def _delete(self, table: str, columns: str, record_id: str) -> None:
        with self.transaction():
            self._keep_before(table, columns, record_id)
            self.db.execute(f"DELETE FROM {table} WHERE id=?", (record_id,))
        self._changed()

    def _keep_before(self, table: str, columns: str, record_id: str) -> None:
        """Remember what searches still see of this record, unless something older is kept."""
        if self.index_lag_s <= 0:
            return
        until = self.clock.now_ms() + round(self.index_lag_s * 1000)
        self.refresh_index()
        kept = self.db.execute(
            f"INSERT OR IGNORE INTO {table}_before ({columns}, until)"
            f" SELECT {columns}, ? FROM {table} WHERE id=?",
            (until, record_id),
        )
        if kept.rowcount == 0:  # new, or something older is kept already
            self.db.execute(
                f"INSERT OR IGNORE INTO {table}_before (id, until) VALUES (?,?)",
                (record_id, until),
            )
        self._lagging[table] = min(self._lagging.get(table, until), until)

    def refresh_index(self) -> None:
        """Let searches see the writes whose lag has passed."""
        now = self.clock.now_ms()
        for table, due in list(self._lagging.items()):
            if due > now:
                continue
            self.db.execute(f"DELETE FROM {table}_before WHERE until<=?", (now,))
            left = self.db.execute(f"SELECT min(until) FROM {table}_before").fetchone()[0]
            if left is None:
                del self._lagging[table]
            else:
                self._lagging[table] = left
            self._changed()

    def show_all(self) -> None:
        """Let searches see every write now."""
        for table in ("contact", "task"):
            self.db.execute(f"DELETE FROM {table}_before")
        self._lagging.clear()
        self._changed()

    # -- searches ----------------------------------------------------------------------------

    def search(
        self,
        table: str,
        where: str,
        values: Sequence[Any],
        *,
        keys: Sequence[tuple[str, bool]],
        limit: int,
        offset: int = 0,
    ) -> list[tuple[Doc, list[Any]]]:
        """Documents as the index shows them, with the value of each sort key.

        ``keys`` are SQL expressions and whether each descends; the last should be unique.
        """
        self.refresh_index()
        picked = ", ".join(f"{key} AS k{n}" for n, (key, _) in enumerate(keys))
        order = ", ".join(f"k{n} {'DESC' if down else 'ASC'}" for n, (_, down) in enumerate(keys))
        sql = f"SELECT {picked}, doc FROM {table} WHERE {where}"
        bound = list(values)
        if table in self._lagging:
            sql += f" AND id NOT IN (SELECT id FROM {table}_before)"
            sql += f" UNION ALL SELECT {picked}, doc FROM {table}_before"
            sql += f" WHERE doc IS NOT NULL AND ({where})"
            bound += values
        sql += f" ORDER BY {order} LIMIT ? OFFSET ?"
        rows = self.db.execute(sql, (*bound, limit, offset))
        return [(decode(row[-1]), list(row[:-1])) for row in rows]

    def count(self, table: str, where: str, values: Sequence[Any]) -> int:
        """How many records the index shows; remembered until something is written."""
        self.refresh_index()
        known = (table, where, *values)
        if known not in self._counts:
            sql = f"SELECT count(*) FROM {table} WHERE {where}"
            bound = list(values)
            if table in self._lagging:
                sql += f" AND id NOT IN (SELECT id FROM {table}_before)"
                sql = f"SELECT ({sql}) + (SELECT count(*) FROM {table}_before"
                sql += f" WHERE doc IS NOT NULL AND ({where}))"
                bound += values
            self._counts[known] = self.db.execute(sql, bound).fetchone()[0]
        return self._counts[known]

    # -- every other kind ----------------------------------------------------------------------

    def get(self, kind: str, record_id: str) -> Doc | None:
        row = self.db.execute(
            "SELECT doc FROM record WHERE kind=? AND id=?", (kind, record_id)
        ).fetchone()
        return None if row is None else decode(row[0])

    def find(self, kind: str, location_id: str, key: str) -> Doc | None:
        row = self.db.execute(
            "SELECT doc FROM record WHERE kind=? AND location=? AND key=?",
            (kind, location_id, key),
        ).fetchone()
        return None if row is None else decode(row[0])

    def records(
        self, kind: str, *, location: str | None = None, parent: str | None = None
    ) -> list[Doc]:
        """All of a kind, in the order of their position."""
        where, values = "kind=?", [kind]
        if location is not None:
            where, values = f"{where} AND location=?", [*values, location]
        if parent is not None:
            where, values = f"{where} AND parent=?", [*values, parent]
        rows = self.db.execute(f"SELECT doc FROM record WHERE {where} ORDER BY position", values)
        return [decode(row[0]) for row in rows]

    def put(
        self,
        kind: str,
        doc: Doc,
        *,
        location: str,
        parent: str | None = None,
        key: str | None = None,
        position: int = 0,
    ) -> None:
        """Write a record. ``key`` is what ``find`` looks for, ``position`` what lists sort by."""
        self.db.execute(
            "INSERT OR REPLACE INTO record VALUES (?,?,?,?,?,?,?)",
            (kind, doc["id"], location, parent, key, position, encode(doc)),
        )
        self._changed()

    def replace(self, kind: str, doc: Doc, *, key: str | None = None) -> None:
        """Write a record again where it is."""
        self.db.execute(
            "UPDATE record SET doc=?, key=coalesce(?, key) WHERE kind=? AND id=?",
            (encode(doc), key, kind, doc["id"]),
        )
        self._changed()

    def delete(self, kind: str, record_id: str) -> bool:
        gone = self.db.execute("DELETE FROM record WHERE kind=? AND id=?", (kind, record_id))
        self._changed()
        return gone.rowcount > 0

    def delete_with_parts(self, kind: str, record_id: str) -> None:
        """A record with those that have it as their parent."""
        with self.transaction():
            for part in PARTS.get(kind, ()):
                for record in self.records(part, parent=record_id):
                    self.delete(part, record["id"])
            self.delete(kind, record_id)
