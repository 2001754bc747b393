"""A process that completes repeating tasks, here and as if elsewhere, until it is killed."""

from __future__ import annotations

import itertools
import sys
import uuid
from datetime import UTC, date, datetime, time
from pathlib import Path

from committing import WallClock

from rapport.domain.changes import Origin
from rapport.domain.commands import CompleteTask, CreateContact, CreateTask
from rapport.domain.records import Kind, Task
from rapport.domain.repeat import Repeat, Unit
from rapport.store import Snapshot, Store

CONTACT = "the-contact"
SERIES = ("water", "bill", "call")
DAY = date(2040, 1, 31)
"""Far ahead, so that each is followed by the very next month's."""


def main(path: Path) -> None:
    store = Store.open(path, bytes(range(32)), clock=WallClock(), new_id=lambda: uuid.uuid4().hex)
    if store.queries.detail(CONTACT).result() is None:
        store.commit(CreateContact(contact_id=CONTACT, fields={"first_name": "Ana"})).result()
        entry = store.outbox.due(datetime.now(UTC), 1).result()[0]
        store.outbox.sending(entry.seq).result()
        store.outbox.settled(entry.seq, "r-contact").result()
    for title in SERIES:
        if not tasks(store, title):
            fields = {
                "title": title,
                "due_at": datetime.combine(DAY, time(9), UTC),
                "repeat": Repeat(unit=Unit.MONTH, on=DAY, at=time(9)),
            }
            made = CreateTask(task_id=uuid.uuid4().hex, contact_id=CONTACT, fields=fields)
            store.commit(made).result()
    for number in itertools.count():
        title = SERIES[number % len(SERIES)]
        (task,) = (one for one in tasks(store, title) if not one.completed)
        if number % 4 == 3:
            elsewhere(store, task)
        else:
            command = CompleteTask(task_id=task.id, at=datetime.now(UTC))
            twice = [store.commit(command), store.commit(command)]
            outcome, nothing = (future.result() for future in twice)
            assert nothing.undo_id is None
            undo_id = outcome.undo_id
            if number % 4 == 1:
                entry = store.undo_entry(undo_id).result()
                assert entry is not None
                store.commit(entry[1], Origin.UNDO, undo_of=entry[0]).result()
        print(title, flush=True)


def elsewhere(store: Store, task: Task) -> None:
    """The server has it, and says that somebody completed it."""
    rid = f"r-{task.id}"
    for entry in store.outbox.due(datetime.now(UTC), 1000).result():
        if entry.ref.id == task.id and store.outbox.sending(entry.seq).result() is not None:
            store.outbox.settled(entry.seq, rid).result()
    known = store.replica.rid_of(Kind.TASK, task.id).result()
    if known is None:
        return  # what is before it in the outbox waits
    assert task.due_at is not None
    values = {"title": task.title, "due_at": task.due_at.isoformat(), "completed": True}
    done = Snapshot(kind=Kind.TASK, rid=known, contact_rid="r-contact", values=values)
    store.replica.absorb([done, done], epoch=store.replica.epoch()).result()


def tasks(store: Store, title: str) -> list[Task]:
    detail = store.queries.detail(CONTACT).result()
    return [] if detail is None else [one for one in detail.tasks if one.title == title]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
