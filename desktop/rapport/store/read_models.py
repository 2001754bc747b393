"""The tables that lists, counts and the search read, kept in the same transaction as the record.

They follow from ``record``, ``op``, ``conflict`` and ``details``, so that ``verify`` can recompute
them.
"""

from __future__ import annotations

from typing import Any

from rapport.domain.records import Id, Kind
from rapport.domain.text import fold
from rapport.store.schema import KIND_NUMBER, NO_DUE
from rapport.store.search import index_words
from rapport.store.sql import Sql
from rapport.store.values import Stored, Values, decode, encode, to_ms, unpack

SORTED_CHARS = 32
MINUTE_MS = 60_000
NAMELESS = "\U0010ffff"
"""Sorts contacts without a name last."""
SORTED_TEXTS = ("company", "email", "phone", "city", "country", "source")

Row = tuple[Any, ...]

ROW = (
    "id, seed, name, company, tags, owner, dnd, pending, conflict, name_sort, activity, added,"
    " next_due, details_at, company_sort, email_sort, phone_sort, city_sort, country_sort,"
    " source_sort"
)
_PLACES = ", ".join("?" * len(ROW.split(",")))


def contact_name(values: Values) -> str:
    full = f"{values['first_name']} {values['last_name']}".strip()
    return full or values["company"] or values["email"] or values["phone"]


def sort_name(name: str) -> str:
    return fold(name)[:SORTED_CHARS] or NAMELESS


class Fresh:
    """A contact that this transaction brought, with its tasks and notes: nothing to look up."""

    def __init__(self, contact: Stored) -> None:
        self.contact = contact
        self.children: list[Values] = []


class ReadModels:
    def __init__(self, db: Sql) -> None:
        self._db = db
        self.last_id: Id = ""
        self._new_contacts = 0
        self._tags: dict[str, int] = {}
        self._tag_keys: dict[str, int] = {}

    def setting(self, name: str, default: Any = None) -> Any:
        blob = self._db.value("SELECT value FROM setting WHERE name = ?", (name,))
        return default if blob is None else decode(blob)

    def set_setting(self, name: str, value: Any) -> None:
        self._db.run(
            "INSERT INTO setting VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, encode(value)),
        )

    # Tasks

    def task_line(self, key: int, contact_key: int, values: Values) -> Row:
        due = to_ms(values["due_at"]) if values["due_at"] else NO_DUE
        remind = due - MINUTE_MS * (values["remind_min"] or 0)
        snoozed = to_ms(values["snoozed_until"])
        return (
            key,
            contact_key,
            due,
            max(remind, snoozed) if due != NO_DUE else snoozed or NO_DUE,
            int(values["completed"]),
            values["assigned_to"],
        )

    def write_task(self, task: Stored) -> None:
        self.drop_task(task.key)
        if not task.tomb:
            self.add_task(task)

    def add_task(self, task: Stored) -> None:
        self.list_task(task.key, task.contact_key, task.values)

    def list_task(self, key: int, contact_key: int, values: Values) -> None:
        """A task of a deleted contact is not listed."""
        self._db.run(
            "INSERT INTO task_row SELECT ?, ?, ?, ?, ?, ? FROM record WHERE key = ? AND tomb = 0",
            (*self.task_line(key, contact_key, values), contact_key),
        )

    def drop_task(self, key: int) -> None:
        self._db.run("DELETE FROM task_row WHERE key = ?", (key,))

    def hide_tasks(self, contact_key: int) -> None:
        self._db.run(
            "DELETE FROM task_row WHERE key IN"
            " (SELECT key FROM record WHERE contact_key = ? AND kind = ?)",
            (contact_key, KIND_NUMBER[Kind.TASK]),
        )

    # Appointments

    def appointment_line(self, key: int, contact_key: int, values: Values) -> Row | None:
        """None for one without a time: no calendar can show it."""
        if not values["start_at"]:
            return None
        start = to_ms(values["start_at"])
        return key, contact_key, start, max(start, to_ms(values["end_at"]))

    def write_appointment(self, key: int, contact_key: int, values: Values, *, tomb: bool) -> None:
        self.drop_appointment(key)
        line = None if tomb else self.appointment_line(key, contact_key, values)
        if line is not None:
            self._db.run(
                "INSERT INTO appointment_row SELECT ?, ?, ?, ? FROM record"
                " WHERE key = ? AND tomb = 0",
                (*line, contact_key),
            )

    def drop_appointment(self, key: int) -> None:
        self._db.run("DELETE FROM appointment_row WHERE key = ?", (key,))

    def hide_appointments(self, contact_key: int) -> None:
        self._db.run(
            "DELETE FROM appointment_row WHERE key IN"
            " (SELECT key FROM record WHERE contact_key = ? AND kind = ?)",
            (contact_key, KIND_NUMBER[Kind.APPOINTMENT]),
        )

    # Contacts

    def row(self, key: int) -> tuple[Row, Values] | None:
        """The list row as it follows from the record, in the order of ``ROW``; None when the
        contact is deleted."""
        sql = "SELECT id, rid, shown, touched, tomb FROM record WHERE key = ?"
        found = self._db.row(sql, (key,))
        if found is None or found[4]:
            return None
        id, rid, shown, touched, _ = found
        values = unpack(Kind.CONTACT, shown)
        return self._row(key, id, rid, values, touched), values

    def _row(self, key: int, id: Id, rid: str | None, values: Values, touched: int) -> Row:
        name = contact_name(values)
        marks = self._db.row(
            "SELECT (SELECT min(due) FROM task_row WHERE contact_key = ?1 AND completed = 0),"
            " EXISTS (SELECT 1 FROM op WHERE contact_key = ?1),"
            " EXISTS (SELECT 1 FROM conflict WHERE contact_key = ?1),"
            " (SELECT at FROM details WHERE key = ?1)",
            (key,),
        )
        assert marks is not None
        next_due, pending, conflict, details_at = marks
        return (
            id,
            rid or id,
            name,
            values["company"],
            encode(values["tags"]),
            values["assigned_to"],
            int(values["dnd"]),
            pending,
            conflict,
            sort_name(name),
            max(to_ms(values["updated_at"]), touched),
            to_ms(values["added_at"]) or touched,
            NO_DUE if next_due is None else next_due,
            details_at or 0,
            *(sort_name(values[field]) for field in SORTED_TEXTS),
        )

    def words(self, key: int, values: Values) -> str:
        rows = self._db.rows(
            "SELECT shown FROM record WHERE contact_key = ? AND kind IN (?, ?) AND tomb = 0",
            (key, KIND_NUMBER[Kind.TASK], KIND_NUMBER[Kind.NOTE]),
        )
        return index_words(values, [decode(shown) for (shown,) in rows])

    def refresh(
        self, key: int, *, words: bool, fresh: Fresh | None = None
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Recomputes the contact's row; returns its tags before and after."""
        if fresh is not None:
            return (), self._list(key, fresh)
        old = self._db.row(f"SELECT {ROW} FROM contact_row WHERE key = ?", (key,))
        made = self.row(key)
        if made is None:
            if old is not None:
                self.last_id = old[0]
                self.drop_contact(key)
                return tuple(decode(old[4])), ()
            return (), ()
        row, values = made
        self.last_id = row[0]
        if old is None:
            self._insert(key, row)
        elif old != row:
            self._db.run(
                f"UPDATE contact_row SET ({ROW}) = ({_PLACES}) WHERE key = ?",
                (*row, key),
            )
        before: tuple[str, ...] = tuple(decode(old[4])) if old else ()
        after: tuple[str, ...] = tuple(values["tags"])
        if before != after:
            self._tag(key, before, after)
        if words or old is None:
            self._db.run(
                "INSERT INTO search (rowid, words) VALUES (?, ?)"
                if old is None
                else "INSERT OR REPLACE INTO search (rowid, words) VALUES (?, ?)",
                (key, self.words(key, values)),
            )
        return before, after

    def _list(self, key: int, fresh: Fresh) -> tuple[str, ...]:
        contact = fresh.contact
        self.last_id = contact.id
        row = self._row(key, contact.id, contact.rid, contact.values, contact.touched)
        self._insert(key, row)
        tags: tuple[str, ...] = tuple(contact.values["tags"])
        if tags:
            self._tag(key, (), tags)
        self._db.run(
            "INSERT INTO search (rowid, words) VALUES (?, ?)",
            (key, index_words(contact.values, fresh.children)),
        )
        return tags

    def _insert(self, key: int, row: Row) -> None:
        self._db.run(
            f"INSERT INTO contact_row (key, {ROW}) VALUES (?, {_PLACES})",
            (key, *row),
        )
        self._new_contacts += 1

    def drop_contact(self, key: int) -> tuple[str, ...]:
        """Takes the contact out of lists, counts and the search; its record stays. Returns the tags
        it had."""
        blob = self._db.value("SELECT tags FROM contact_row WHERE key = ?", (key,))
        if blob is None:
            return ()
        tags = tuple(decode(blob))
        self._tag(key, tags, ())
        self._db.run("DELETE FROM search WHERE rowid = ?", (key,))
        self._db.run("DELETE FROM contact_row WHERE key = ?", (key,))
        self._new_contacts -= 1
        return tags

    def define_tag(self, name: str) -> int:
        tag = self._tag_keys.get(name)
        if tag is None:
            self._db.run(
                "INSERT INTO tag (name, folded) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                (name, fold(name)),
            )
            tag = int(self._db.value("SELECT tag FROM tag WHERE name = ?", (name,)))
            self._tag_keys[name] = tag
        return tag

    def _tag(self, key: int, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        for name in set(before) - set(after):
            tag = self.define_tag(name)
            self._db.run("DELETE FROM contact_tag WHERE tag = ? AND key = ?", (tag, key))
            self._tags[name] = self._tags.get(name, 0) - 1
        for name in set(after) - set(before):
            tag = self.define_tag(name)
            self._db.run("INSERT INTO contact_tag VALUES (?, ?)", (tag, key))
            self._tags[name] = self._tags.get(name, 0) + 1

    def flush(self) -> None:
        """Writes the counts."""
        for name, more in self._tags.items():
            if more:
                self._db.run("UPDATE tag SET contacts = contacts + ? WHERE name = ?", (more, name))
        self._tags.clear()
        if self._new_contacts:
            self.set_setting("contacts", self.setting("contacts", 0) + self._new_contacts)
            self._new_contacts = 0

    def forget(self) -> None:
        """The transaction did not happen."""
        self._tags.clear()
        self._tag_keys.clear()
        self._new_contacts = 0
