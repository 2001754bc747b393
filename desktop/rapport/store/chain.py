"""The audit log as a chain of entries that is only ever added to, and its check.

Each entry's hash is SHA-256 over the hash before it and the entry's content as JSON. Ids count up
without a gap, and SQLite keeps the highest one ever given: so an entry that was altered, removed
(the last one, too), put in or moved shows. Old entries go only where a signed checkpoint is written
in the same transaction; the check goes on from there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from rapport.domain.audit import Act, Chain
from rapport.domain.text import fold
from rapport.language import mark
from rapport.store.sql import Sql
from rapport.store.values import decode, encode

FORM = 2
MOST_WORDS = 2000
PAGE = 2000


class Entry(Struct, frozen=True, kw_only=True):
    """What the hash covers. ``fields`` is JSON."""

    at: int
    contact_id: str
    kind: str
    record_id: str
    act: str
    origin: str
    who: str
    title: str
    fields: bytes
    sending: str


def entry_hash(previous: bytes, form: int, entry: Entry) -> bytes:
    content: list[Any] = [
        entry.at,
        entry.contact_id,
        entry.kind,
        entry.record_id,
        entry.act,
        entry.origin,
        entry.title,
        entry.fields,
    ]
    if form != 1:  # as in the first release
        content += [form, entry.who, entry.sending]
    return hashlib.sha256(previous + encode(content)).digest()


def append(db: Sql, entry: Entry, words: str, batch: int = 0) -> int:
    """``batch`` is the undo entry of many edits made as one."""
    last = db.value("SELECT hash FROM audit ORDER BY id DESC LIMIT 1") or b""
    db.run(
        "INSERT INTO audit (at, contact_id, kind, record_id, op, origin, who, title, fields,"
        " sending, form, words, batch, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.at,
            entry.contact_id,
            entry.kind,
            entry.record_id,
            entry.act,
            entry.origin,
            entry.who,
            entry.title,
            entry.fields,
            entry.sending,
            FORM,
            words,
            batch,
            entry_hash(last, FORM, entry),
        ),
    )
    return db.inserted()


def words_of(title: str, name: str, fields: dict[str, tuple[Any, Any]]) -> str:
    """What a search in the log looks at."""
    texts = [title, name]
    room = MOST_WORDS
    for value in _texts(list(fields.values())):
        if room <= 0:
            break
        texts.append(value[:room])
        room -= len(value)
    return fold(" ".join(texts))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)


Verified = Callable[[bytes, bytes], bool]
"""Whether a signature (the second) is ours over these bytes."""


def verify_chain(db: Sql, verified: Verified | None = None) -> Chain:
    """Reads the whole log once. ``verified`` None takes a checkpoint's signature as read: for the
    nightly check, which has no key at hand."""
    previous, expected, pruned = b"", 1, 0
    first = db.value("SELECT min(id) FROM audit")
    last = db.value("SELECT seq FROM sqlite_sequence WHERE name = 'audit'") or 0
    entries = 0
    if first is not None and first != 1:
        found = _checkpoint(db, first - 1, verified)
        if isinstance(found, str):
            return Chain(entries=0, broken=first - 1, why=found)
        previous, expected, pruned = found, first, first - 1
    for id, form, entry, kept in _entries(db):
        if id != expected:
            return Chain(
                entries=entries, broken=expected, why=mark("it is missing."), pruned=pruned
            )
        if entry_hash(previous, form, entry) != kept:
            why = mark("it was altered, or does not follow from the one before it.")
            return Chain(entries=entries, broken=id, why=why, pruned=pruned)
        previous, expected = kept, id + 1
        entries += 1
    if expected - 1 != last:
        return Chain(entries=entries, broken=expected, why=mark("it is missing."), pruned=pruned)
    return Chain(entries=entries, pruned=pruned)


def _entries(db: Sql) -> Iterator[tuple[int, int, Entry, bytes]]:
    """In pages: the writer's connection has one cursor, too (store/sql.py)."""
    sql = (
        "SELECT id, form, at, contact_id, kind, record_id, op, origin, who, title, fields, sending,"
        " hash FROM audit WHERE id > ? ORDER BY id LIMIT ?"
    )
    after = db.value("SELECT min(id) FROM audit")
    rows = [] if after is None else db.rows(sql, (after - 1, PAGE))
    while rows:
        for row in rows:
            id, form, at, contact_id, kind, record_id, act, origin, who, title, fields, *rest = row
            sending, kept = rest
            entry = Entry(
                at=at,
                contact_id=contact_id,
                kind=kind,
                record_id=record_id,
                act=act,
                origin=origin,
                who=who,
                title=title,
                fields=fields,
                sending=sending,
            )
            yield id, form, entry, kept
        rows = db.rows(sql, (rows[-1][0], PAGE))


def signed_bytes(upto: int, last_hash: bytes) -> bytes:
    """What a checkpoint's signature covers: the entries up to ``upto`` ended with this hash."""
    return encode({"rapport": "audit checkpoint", "upto": upto, "hash": last_hash})


def _checkpoint(db: Sql, upto: int, verified: Verified | None) -> bytes | str:
    """The hash that the entries up to ``upto`` ended with; or why it cannot be believed."""
    for (fields,) in db.rows("SELECT fields FROM audit WHERE op = ?", (Act.CHECKPOINT.value,)):
        told = {name: after for name, (_, after) in decode(fields).items()}
        if told.get("upto") == upto:
            last = bytes.fromhex(told["hash"])
            signature = bytes.fromhex(told["signature"])
            if verified is not None and not verified(signed_bytes(upto, last), signature):
                return "its checkpoint does not carry this account’s signature."
            return last
    return "it is missing, and no checkpoint stands for it."
