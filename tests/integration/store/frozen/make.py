"""Makes the frozen database of the present schema: once for each schema that is released.

    .venv/bin/python tests/integration/store/frozen/make.py

The key is bytes(range(32)), as in the tests. A file that is there is never made again: what matters
is that the code of its time wrote it.
"""

from __future__ import annotations

import itertools
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from rapport.domain.commands import (
    AddTags,
    CompleteTask,
    CreateContact,
    CreateNote,
    CreateTask,
    DeleteContact,
    DeleteTask,
    EditContact,
    EditNote,
)
from rapport.domain.records import Kind
from rapport.store import Snapshot, Store
from rapport.store.schema import MIGRATIONS

KEY = bytes(range(32))
DUE = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)


class _Clock:
    """Each look is a second later than the one before."""

    def __init__(self) -> None:
        self._at = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self._at += timedelta(seconds=1)
        return self._at

    def monotonic(self) -> float:
        return self._at.timestamp()

    def zone(self) -> tzinfo:
        return UTC

    async def sleep(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)


def _done(future: Future[Any]) -> Any:
    return future.result(timeout=30)


def make(path: Path) -> None:
    ids = itertools.count(1)

    def new_id() -> str:
        return f"01{next(ids):024d}"

    clock = _Clock()
    store = Store.open(path, KEY, clock=clock, new_id=new_id)

    def absorb(*snapshots: Snapshot) -> None:
        _done(store.replica.absorb(snapshots, epoch=store.replica.epoch()))

    absorb(
        *(
            Snapshot(
                kind=Kind.CONTACT,
                rid=f"c{number}",
                values={
                    "first_name": name,
                    "last_name": last,
                    "email": f"{name.lower()}@example.org",
                    "tags": ["vip", "süd"] if number % 2 else ["north"],
                    "custom": {"cf1": number},
                    "added_at": "2026-01-05T08:00:00Z",
                    "updated_at": "2026-02-01T08:00:00Z",
                },
            )
            for number, (name, last) in enumerate(
                [("Ana", "Ruiz"), ("Zoë", "Müller"), ("Lì", "Chén"), ("Omar", "Haddad")], start=1
            )
        ),
        Snapshot(
            kind=Kind.TASK,
            rid="t1",
            contact_rid="c1",
            values={"title": "Send the offer", "due_at": "2026-03-03T09:00:00Z"},
        ),
        Snapshot(
            kind=Kind.TASK,
            rid="t2",
            contact_rid="c2",
            values={"title": "Call back", "due_at": "2026-03-04T09:00:00Z"},
        ),
        Snapshot(kind=Kind.NOTE, rid="n1", contact_rid="c1", values={"body": "<p>Likes calls</p>"}),
    )
    lid = {
        rid: _done(store.replica.lid_of(kind, rid))
        for kind, rid in [(Kind.CONTACT, f"c{n}") for n in range(1, 5)]
        + [(Kind.TASK, "t1"), (Kind.TASK, "t2"), (Kind.NOTE, "n1")]
    }
    do = store.commit
    # In the outbox: an edit that waits, one that is uncertain, one that was refused, a new contact
    # with what was made under it, and a delete that is held back.
    _done(do(EditContact(contact_id=lid["c1"], fields={"phone": "+34911234567"})))
    _done(do(AddTags(contact_id=lid["c2"], tags=("asked",))))
    (entry,) = [e for e in _done(store.outbox.due(clock.now(), 9)) if e.contact_id == lid["c2"]]
    _done(store.outbox.sending(entry.seq))
    _done(store.outbox.uncertain(entry.seq, "No answer came."))
    _done(do(EditContact(contact_id=lid["c3"], fields={"city": "Lyon"})))
    (entry,) = [e for e in _done(store.outbox.due(clock.now(), 9)) if e.contact_id == lid["c3"]]
    _done(store.outbox.sending(entry.seq))
    _done(store.outbox.park(entry.seq, "The CRM did not accept this."))
    made = new_id()
    _done(do(CreateContact(contact_id=made, fields={"first_name": "Neu", "tags": ["fresh"]})))
    fields: dict[str, Any] = {"title": "First call", "due_at": DUE}
    _done(do(CreateTask(task_id=new_id(), contact_id=made, fields=fields)))
    _done(do(CreateNote(note_id=new_id(), contact_id=made, fields={"body": "Met at the fair"})))
    _done(do(CompleteTask(task_id=lid["t1"], at=clock.now())))
    _done(do(DeleteTask(task_id=lid["t2"])))
    _done(do(EditNote(note_id=lid["n1"], fields={"body": "Likes e-mail"})))
    _done(do(DeleteContact(contact_id=lid["c4"])))
    # Changed elsewhere too: a conflict.
    absorb(Snapshot(kind=Kind.CONTACT, rid="c1", values={"phone": "+34999999999"}))
    absorb(Snapshot(kind=Kind.CONTACT, rid="c2", values={"city": "Zürich"}))
    _done(store.save_draft(lid["c1"], None, "half a sentence"))
    _done(store.replica.mark_details([lid["c1"]], clock.now()))
    _done(store.replica.set_cursor("contacts.since", "2026-02-01T08:00:00+00:00"))
    assert _done(store.queries.undo_items(50))
    assert _done(store.verify()) == []
    store.close()


if __name__ == "__main__":
    target = Path(__file__).with_name(f"schema-{len(MIGRATIONS)}.db")
    if target.exists():
        raise SystemExit(f"{target.name} is there already.")
    make(target)
    print(f"{target.name}: {target.stat().st_size:,} bytes")
