"""A repeating task that is done is followed by the next one, exactly once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from rapport.domain.changes import Op, Origin
from rapport.domain.commands import (
    CompleteTask,
    CreateTask,
    DeleteTask,
    EditTask,
    ReopenTask,
    Together,
)
from rapport.domain.records import Kind, Ref, Task
from rapport.domain.repeat import Repeat, Unit
from rapport.store import Snapshot

DUE = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
WEEKLY = Repeat(unit=Unit.WEEK, on=date(2026, 3, 6), at=time(9))


def make(desk: Any, **fields: Any) -> str:
    contact_id = desk.pull_contact()
    id = desk.new_id()
    values = {"title": "Call", "due_at": DUE, "repeat": WEEKLY, "remind_min": 10, **fields}
    desk.do(CreateTask(task_id=id, contact_id=contact_id, fields=values))
    return id


def sent(desk: Any, rid: str = "t1") -> str:
    """A repeating task that the server has."""
    id = make(desk)
    (entry,) = desk.due()
    desk.settle(entry, rid)
    return id


def tasks(desk: Any) -> list[Task]:
    detail = desk.wait(desk.store.queries.detail(desk.lid(Kind.CONTACT, "c1")))
    return sorted(detail.tasks, key=lambda task: task.due_at)


def dues(desk: Any, *, done: bool = False) -> list[str]:
    return [f"{task.due_at:%d.%m. %H:%M}" for task in tasks(desk) if task.completed is done]


def complete(desk: Any, id: str, origin: Origin = Origin.PERSON) -> Any:
    return desk.do(CompleteTask(task_id=id, at=desk.clock.now()), origin)


def test_done_is_followed_by_one_that_is_like_it(desk: Any) -> None:
    id = make(desk, body="By phone", assigned_to="u1", priority=2)
    complete(desk, id)
    complete(desk, id)  # a second click
    first, then = tasks(desk)
    assert (first.completed, first.next_id) == (True, then.id)
    assert then == Task(
        id=then.id,
        contact_id=first.contact_id,
        title="Call",
        body="By phone",
        due_at=datetime(2026, 3, 13, 9, tzinfo=UTC),
        assigned_to="u1",
        priority=2,
        remind_min=10,
        repeat=Repeat(unit=Unit.WEEK, on=date(2026, 3, 13), at=time(9), month_day=6),
    )
    (earlier,) = desk.due()
    desk.settle(earlier, "t1")
    entry = next(entry for entry in desk.due() if entry.op is Op.CREATE)
    assert entry.ref.id == then.id
    assert "repeat" not in entry.fields  # the CRM has no such field


def test_undo_takes_the_next_one_away_and_redo_brings_one(desk: Any) -> None:
    id = make(desk)
    outcome = complete(desk, id)
    undone = desk.undo(outcome.undo_id)
    assert dues(desk) == ["06.03. 09:00"]
    assert tasks(desk)[0].next_id is None
    desk.undo(undone.undo_id)
    assert (dues(desk, done=True), dues(desk)) == (["06.03. 09:00"], ["13.03. 09:00"])
    desk.do(ReopenTask(task_id=id))
    assert dues(desk) == ["06.03. 09:00"]


def test_a_next_one_that_somebody_changed_stays_and_no_other_comes(desk: Any) -> None:
    id = make(desk)
    outcome = complete(desk, id)
    coming = tasks(desk)[1]
    desk.do(EditTask(task_id=coming.id, fields={"title": "Call again"}))
    desk.undo(outcome.undo_id)
    assert dues(desk) == ["06.03. 09:00", "13.03. 09:00"]
    complete(desk, id)
    assert dues(desk) == ["13.03. 09:00"]


def test_a_next_one_that_was_moved_keeps_the_rhythm(desk: Any) -> None:
    id = make(desk)
    complete(desk, id)
    coming = tasks(desk)[1]
    moved = datetime(2026, 3, 16, 15, tzinfo=UTC)
    desk.do(EditTask(task_id=coming.id, fields={"due_at": moved}))
    complete(desk, coming.id)
    assert dues(desk) == ["20.03. 09:00"]


def test_done_elsewhere_is_followed_once_however_often_it_is_read(desk: Any) -> None:
    sent(desk)
    values = {"title": "Call", "due_at": "2026-03-06T09:00:00Z", "completed": True}
    for _ in range(3):
        desk.absorb(Snapshot(kind=Kind.TASK, rid="t1", contact_rid="c1", values=values))
    assert dues(desk) == ["13.03. 09:00"]
    (entry,) = desk.due()
    assert entry.op is Op.CREATE
    assert desk.events[-1].outbox or desk.events[-2].outbox
    desk.absorb(
        Snapshot(kind=Kind.TASK, rid="t1", contact_rid="c1", values=values | {"completed": False})
    )
    assert dues(desk) == ["06.03. 09:00"]


def test_done_here_and_there_at_once_is_followed_once(desk: Any) -> None:
    id = sent(desk)
    complete(desk, id)
    values = {"title": "Call", "due_at": "2026-03-06T09:00:00Z", "completed": True}
    desk.absorb(Snapshot(kind=Kind.TASK, rid="t1", contact_rid="c1", values=values))
    for entry in desk.due():
        desk.settle(entry, entry.rid or "t2")
    assert dues(desk) == ["13.03. 09:00"]


def test_an_edit_given_up_takes_the_next_one_away(desk: Any) -> None:
    id = sent(desk)
    complete(desk, id)
    (done,) = [entry for entry in desk.due() if entry.ref == Ref(Kind.TASK, id)]
    desk.wait(desk.store.outbox.discard(done.seq))
    assert dues(desk) == ["06.03. 09:00"]


def test_many_at_once_and_back(desk: Any) -> None:
    contact_id, ids = desk.pull_contact(), [desk.new_id() for _ in range(3)]
    for id in ids:
        values = {"title": id, "due_at": DUE, "repeat": WEEKLY}
        desk.do(CreateTask(task_id=id, contact_id=contact_id, fields=values))
    at = desk.clock.now()
    outcome = desk.do(Together(commands=tuple(CompleteTask(task_id=id, at=at) for id in ids)))
    assert dues(desk) == ["13.03. 09:00"] * 3
    desk.undo(outcome.undo_id)
    assert dues(desk) == ["06.03. 09:00"] * 3


def test_a_task_deleted_ends_its_series(desk: Any) -> None:
    id = make(desk)
    desk.do(DeleteTask(task_id=id))
    assert dues(desk) == []
