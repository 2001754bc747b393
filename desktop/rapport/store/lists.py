"""Lists of contacts: which, how many, in which order.

Matches of a search and of conditions come as sets of row keys; the order comes from an index over
the materialised sort key. Many matches are found by walking that index until the first rows are
full, few by looking their sort keys up.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from rapport.domain.filters import AnyCondition, ContactQuery, SmartList
from rapport.domain.text import fold, storable
from rapport.domain.views import ContactRow
from rapport.store.conditions import where
from rapport.store.orders import walks
from rapport.store.read_models import NAMELESS, SORTED_CHARS
from rapport.store.schema import NO_DUE
from rapport.store.search import Term, folded_contact, match_expression, snippet, terms
from rapport.store.sql import Row, Sql
from rapport.store.transaction import Transaction
from rapport.store.values import Values, decode, encode, from_ms, from_ms_or_none

_keys = msgspec.json.Decoder(list[int])
_smart_lists = msgspec.json.Decoder(list[SmartList])

KEPT = "smart_lists"
"""The setting that holds the lists a person made."""

ALL_IN_ONE = 1000
"""Lists up to this long come whole with the first page."""


def count_where(db: Sql, conditions: Sequence[AnyCondition], now: datetime) -> int:
    sql, bound = where(conditions, now)
    count: int = db.value(f"SELECT count(*) FROM contact_row WHERE {sql}", bound)
    return count


def kept(db: Sql) -> list[SmartList]:
    """The smart lists that a person made."""
    blob = db.value("SELECT value FROM setting WHERE name = ?", (KEPT,))
    return [] if blob is None else _smart_lists.decode(blob)


def keep(tx: Transaction, smart_lists: list[SmartList]) -> None:
    tx.set_setting(KEPT, smart_lists)
    tx.reference = True


def contact_count(db: Sql) -> int:
    blob = db.value("SELECT value FROM setting WHERE name = 'contacts'")
    return int(decode(blob)) if blob else 0


def _all_keys(db: Sql, sql: str, bindings: Sequence[object] = ()) -> list[int]:
    # Gathered inside SQLite: a row at a time through Python takes three times as long.
    text = db.value(f"SELECT json_group_array(key) FROM ({sql})", bindings)
    return _keys.decode(text)


def matching(db: Sql, query: ContactQuery, now: datetime) -> list[int] | None:
    """The keys of the query's contacts in ascending order; None where it asks for all."""
    found: list[int] | None = None
    wanted = terms(query.text)
    if wanted:
        found = _all_keys(
            db,
            "SELECT rowid AS key FROM search WHERE search MATCH ? ORDER BY rowid",
            (match_expression(wanted),),
        )
    if query.conditions:
        sql, bound = where(query.conditions, now)
        kept = _all_keys(db, f"SELECT key FROM contact_row WHERE {sql}", bound)
        found = sorted(kept if found is None else set(found).intersection(kept))
    return found


def _chosen(found: list[int], keys: list[int]) -> list[int]:
    """Those of ``keys`` that are in ``found``, which ascends."""
    chosen: list[int] = []
    last = len(found)
    for key in keys:
        at = bisect_left(found, key)
        if at < last and found[at] == key:
            chosen.append(key)
    return chosen


def _walking_is_cheaper(matches: int, contacts: int, first: int) -> bool:
    # Walking passes first * contacts / matches index entries (0.5 µs each) before the first rows
    # are full; looking up costs about 2 µs a match.
    return matches * matches * 4 > first * contacts


def keys_by_name(db: Sql, beginning: str, limit: int) -> list[int]:
    """Contacts whose name begins so, the latest activity first."""
    start = fold(storable(" ".join(beginning.split())))[:SORTED_CHARS]
    if not start:
        return []
    sql = (
        "SELECT key FROM contact_row WHERE name_sort >= ? AND name_sort < ?"
        " ORDER BY activity DESC LIMIT ?"
    )
    return [key for (key,) in db.rows(sql, (start, start + NAMELESS, limit))]


def first_keys(db: Sql, query: ContactQuery, found: list[int] | None, first: int) -> list[int]:
    """The keys of the first rows in order. A list of up to ``ALL_IN_ONE`` comes whole."""
    if found is None:
        return _take(db, query, None, first)
    if len(found) <= ALL_IN_ONE or not _walking_is_cheaper(len(found), contact_count(db), first):
        return _look_up(db, query, found)
    return _take(db, query, found, first)


def _take(db: Sql, query: ContactQuery, found: list[int] | None, first: int) -> list[int]:
    taken: list[int] = []
    for walk in walks(db, query):
        offset, length = 0, max(first, 1)
        while len(taken) < first:
            keys = _all_keys(db, f"{walk.sql()} LIMIT ? OFFSET ?", (*walk.bound, length, offset))
            taken += keys if found is None else _chosen(found, keys)
            if len(keys) < length:
                break
            # Skipping costs as much as reading: longer steps keep the sum of both linear.
            offset += length
            length *= 2
    return taken[:first]


def _look_up(db: Sql, query: ContactQuery, found: list[int]) -> list[int]:
    wanted = encode(found).decode()
    keys: list[int] = []
    for walk in walks(db, query):
        if len(keys) < len(found):
            keys += (key for (key,) in db.rows(walk.among(), (*walk.bound, wanted)))
    return keys


def all_keys(db: Sql, query: ContactQuery, found: list[int] | None) -> array[int]:
    """The keys of the whole list in order."""
    if found is not None and len(found) * 8 < contact_count(db):
        return array("q", _look_up(db, query, found))
    keys: array[int] = array("q")
    chosen = None if found is None else set(found)
    for walk in walks(db, query):
        part = _all_keys(db, walk.sql(), walk.bound)
        keys.extend(part if chosen is None else [key for key in part if key in chosen])
    return keys


_ROW = "key, id, seed, name, company, tags, next_due, pending, conflict, dnd, activity, added"


def rows(
    db: Sql, keys: Sequence[int], text: str = "", fields: Sequence[str] = ()
) -> list[ContactRow]:
    """The rows of ``keys`` in that order, those that exist, with ``fields`` besides."""
    sql = f"SELECT {_ROW} FROM contact_row WHERE key IN (SELECT value FROM json_each(?))"
    found = {row[0]: row for row in db.rows(sql, (encode(list(keys)).decode(),))}
    snippets = _snippets(db, [found[key] for key in keys if key in found], text)
    wide = _fields(db, found, fields) if fields else {}
    made: list[ContactRow] = []
    for wanted in keys:
        row = found.get(wanted)
        if row is None:
            continue
        key, id, seed, name, company, tags, next_due, pending, conflict, dnd, *_ = row
        made.append(
            ContactRow(
                key=key,
                id=id,
                seed=seed,
                name=name,
                company=company,
                tags=tuple(decode(tags)),
                next_due_at=None if next_due == NO_DUE else from_ms(next_due),
                pending=bool(pending),
                conflict=bool(conflict),
                dnd=bool(dnd),
                fields=wide.get(key, {}),
                snippet=snippets.get(key, ""),
            )
        )
    return made


def _fields(db: Sql, found: dict[int, Row], fields: Sequence[str]) -> dict[int, dict[str, object]]:
    """What the columns of a table ask for, by key."""
    wide: dict[int, dict[str, object]] = {}
    for key, values in _shown(db, "key", "kind = 1", found):
        *_, activity, added = found[key]
        custom = values.get("custom", {})
        known = {
            **values,
            "owner": values.get("assigned_to"),
            "activity": from_ms_or_none(activity),
            "added": from_ms_or_none(added),
        }
        wide[key] = {field: known.get(field, custom.get(field)) for field in fields}
    return wide


def _snippets(db: Sql, found: list[Row], text: str) -> dict[int, str]:
    """For contacts that a task or note made match: the text around it, by key."""
    wanted = terms(text)
    if not wanted:
        return {}
    missing: dict[int, list[Term]] = {}
    for key, _, _, name, company, tags, *_ in found:
        shown = fold(f"{name} {company} {tags.decode()}")
        if lacking := [term for term in wanted if not term.found_in(shown)]:
            missing[key] = lacking
    for key, values in _shown(db, "key", "kind = 1", missing):
        own = folded_contact(values)
        missing[key] = [term for term in missing[key] if not term.found_in(own)]
    texts: dict[int, list[str]] = {}
    elsewhere = [key for key, lacking in missing.items() if lacking]
    for key, values in _shown(db, "contact_key", "kind IN (2, 3) AND tomb = 0", elsewhere):
        texts.setdefault(key, []).append(f"{values.get('title', '')} {values.get('body', '')}")
    return {key: snippet(missing[key], reversed(some)) for key, some in texts.items()}


def _shown(db: Sql, column: str, where: str, keys: Iterable[int]) -> Iterator[tuple[int, Values]]:
    sql = (
        f"SELECT {column}, shown FROM record"
        f" WHERE {column} IN (SELECT value FROM json_each(?)) AND {where} ORDER BY kind, key"
    )
    for key, shown in db.rows(sql, (encode(list(keys)).decode(),)):
        yield key, decode(shown)
