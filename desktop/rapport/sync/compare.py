"""Compares an edit with the server's values: pure functions, easy to try exhaustively."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from rapport.api import wire
from rapport.domain.changes import Delta
from rapport.domain.merge import TEXT_FIELDS, Conflict, merge, set_delta
from rapport.domain.records import PASSING_FIELDS, SERVER_FIELDS, Kind
from rapport.store import OutboxEntry

_UNTOLD = frozenset({"website", "timezone"})
"""Fields of a contact that only a read by id tells (FACTS B1a): empty may mean unknown."""


class UpdatePlan(Struct, frozen=True, kw_only=True):
    """What is left of an edit, given the server's values now."""

    send: dict[str, Delta]
    """Fields to write. A delta of ``custom`` holds only the keys that may be written."""
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    conflicts: dict[str, Any] = {}
    """The server's value of each field that somebody else changed as well."""
    merged: dict[str, Any] = {}
    """The server's value of each field where both changes go together."""

    @property
    def writes(self) -> bool:
        return bool(self.send or self.add_tags or self.remove_tags)


def plan_update(kind: Kind, fields: Mapping[str, Delta], server: Mapping[str, Any]) -> UpdatePlan:
    send: dict[str, Delta] = {}
    conflicts: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    for name, delta in fields.items():
        theirs = server.get(name)
        if name in PASSING_FIELDS[kind]:
            continue
        if name == "tags":
            present = set(theirs or ())
            wanted, unwanted = set_delta(delta.base, delta.want)
            add = tuple(tag for tag in wanted if tag not in present)
            remove = tuple(tag for tag in unwanted if tag in present)
            if present not in (set(delta.base or ()), set(delta.want or ())):
                merged[name] = theirs
        elif name == "custom":
            clear, clash = _custom(delta, theirs or {})
            if clear:
                send[name] = clear
            if clash:
                conflicts[name] = theirs
        elif _same(kind, name, theirs, delta.want):
            continue
        elif _same(kind, name, theirs, delta.base):
            send[name] = delta
        elif (both := _both(name, delta, theirs)) is not None:
            send[name] = Delta(theirs, both)
            merged[name] = theirs
        else:
            conflicts[name] = theirs
    return UpdatePlan(
        send=send, add_tags=add, remove_tags=remove, conflicts=conflicts, merged=merged
    )


def whole_span(values: dict[str, Any], server: Mapping[str, Any]) -> dict[str, Any]:
    """An appointment's beginning is sent with its end: alone, the CRM would move the other."""
    if "start_at" in values or "end_at" in values:
        ends = {name: server[name] for name in ("start_at", "end_at") if server.get(name)}
        return ends | values
    return values


def _both(name: str, delta: Delta, theirs: Any) -> Any:
    if name not in TEXT_FIELDS:
        return None
    try:
        return merge(name, base=delta.base, mine=delta.want, theirs=theirs)
    except Conflict:
        return None


def _custom(delta: Delta, theirs: Mapping[str, Any]) -> tuple[Delta | None, bool]:
    """The keys that may be written, and whether another key is in conflict."""
    base, want = delta.base or {}, delta.want or {}
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    clash = False
    for key in {**base, **want}:
        old, new, now = base.get(key), want.get(key), theirs.get(key)
        if _bare(old) == _bare(new) or _bare(now) == _bare(new):
            continue
        if _bare(now) != _bare(old):
            clash = True
            continue
        if old is not None:
            before[key] = old
        if new is not None:
            after[key] = new
    return (Delta(before, after) if before or after else None), clash


def _bare(value: Any) -> Any:
    return None if value in ("", [], {}) else value


def _same(kind: Kind, name: str, one: Any, other: Any) -> bool:
    return bool(wire.canonical(kind, name, one) == wire.canonical(kind, name, other))


def matches(kind: Kind, wanted: Mapping[str, Any], server: Mapping[str, Any]) -> bool:
    """Whether a record on the server is what a create asked for, as far as the server tells."""
    for name, value in wanted.items():
        # Of an appointment the notes are sent as its description, which not every read tells.
        if name in ("user_id", "notes") or name not in server:
            continue
        if name == "tags":
            if not set(wire.canonical(kind, name, value)) <= set(
                wire.canonical(kind, name, server[name])
            ):
                return False
        elif name == "custom":
            told = wire.canonical(kind, name, server[name])
            if any(told.get(key) != v for key, v in wire.canonical(kind, name, value).items()):
                return False
        elif not _same(kind, name, value, server[name]):
            return False
    return True


def wanted_by(entry: OutboxEntry) -> dict[str, Any]:
    """The values that a create sends: what only the server sets is left out, though an undone
    delete knows it."""
    unsent = SERVER_FIELDS[entry.ref.kind] | {"contact_id"}
    return {name: delta.want for name, delta in entry.fields.items() if name not in unsent}


def changed_since(kind: Kind, base: Mapping[str, Any], server: Mapping[str, Any]) -> list[str]:
    """The fields that somebody changed since ``base``; the server's own stamps do not count, nor
    does a value that a search never told."""
    return [
        name
        for name, value in base.items()
        if name in server
        and name not in SERVER_FIELDS[kind]
        and (value or name not in _UNTOLD)
        and not _same(kind, name, value, server[name])
    ]
