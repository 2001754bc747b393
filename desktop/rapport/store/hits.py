"""Single tasks and notes that a search finds; the index knows only their contacts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rapport.domain.records import Kind, Ref
from rapport.domain.views import RecordHit
from rapport.store.schema import KIND_NUMBER, KIND_OF
from rapport.store.search import Term, folded, plain, snippet, terms
from rapport.store.sql import Sql
from rapport.store.values import encode, unpack

READ_AT_MOST = 2000
"""Records of the contacts found; a giant one must not make the palette wait."""


def records_of(db: Sql, contact_keys: Sequence[int], text: str) -> list[RecordHit]:
    """Those of these contacts that have every word of ``text``: open tasks first, then notes, then
    what is done; the newest first."""
    wanted = terms(text)
    rows = db.rows(
        "SELECT r.id, r.kind, c.id, c.name, r.shown FROM record r"
        " JOIN contact_row c ON c.key = r.contact_key"
        " WHERE r.contact_key IN (SELECT value FROM json_each(?)) AND r.kind IN (?, ?)"
        " AND r.tomb = 0 ORDER BY r.key DESC LIMIT ?",
        (
            encode(list(contact_keys)).decode(),
            KIND_NUMBER[Kind.TASK],
            KIND_NUMBER[Kind.NOTE],
            READ_AT_MOST,
        ),
    )
    hits = []
    for id, number, contact_id, name, shown in rows:
        kind = KIND_OF[number]
        hit = _hit(Ref(kind, id), contact_id, name, unpack(kind, shown), wanted)
        if hit is not None:
            hits.append(hit)
    return sorted(hits, key=_order)


def _hit(
    ref: Ref, contact_id: str, name: str, values: dict[str, Any], wanted: list[Term]
) -> RecordHit | None:
    whole = f"{values['title']} {plain(values['body'])}"
    if not all(term.found_in(folded(whole)) for term in wanted):
        return None
    task = ref.kind is Kind.TASK
    at = values["due_at"] if task else values["added_at"]
    return RecordHit(
        ref=ref,
        contact_id=contact_id,
        contact_name=name,
        text=values["title"] if task else snippet(wanted, (values["title"], values["body"])),
        at=datetime.fromisoformat(at) if isinstance(at, str) else at,
        completed=bool(task and values["completed"]),
    )


def _order(hit: RecordHit) -> tuple[int, float]:
    rank = 2 if hit.completed else 0 if hit.ref.kind is Kind.TASK else 1
    return rank, -(hit.at.timestamp() if hit.at is not None else 0.0)
