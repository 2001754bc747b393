"""What has a time: open tasks by their day, and what a calendar shows."""

from __future__ import annotations

from datetime import datetime
from types import EllipsisType
from typing import Any

from rapport.domain.records import (
    Appointment,
    Id,
    Kind,
    Task,
    record_from,
)
from rapport.domain.views import (
    Agenda,
    AppointmentRow,
    TaskGroups,
    TaskRow,
)
from rapport.store.sql import Sql
from rapport.store.values import (
    to_ms,
    unpack,
)

LONGEST_APPOINTMENT_MS = 62 * 86_400_000
"""One that began longer ago is not looked for, though it may not have ended."""

_TASK = """
    SELECT r.id, r.shown, c.id, c.name, c.company, c.seed,
           EXISTS (SELECT 1 FROM op WHERE op.key = t.key),
           EXISTS (SELECT 1 FROM conflict f WHERE f.key = t.key)
    FROM task_row t JOIN record r ON r.key = t.key JOIN contact_row c ON c.key = t.contact_key
"""


_APPOINTMENT = """
    SELECT r.id, r.shown, c.id, c.name,
           coalesce((SELECT max(state) FROM op WHERE op.key = a.key
                     AND state IN ('parked', 'ask')), ''),
           EXISTS (SELECT 1 FROM op WHERE op.key = a.key),
           EXISTS (SELECT 1 FROM conflict f WHERE f.key = a.key),
           r.rid IS NOT NULL
    FROM appointment_row a JOIN record r ON r.key = a.key
    JOIN contact_row c ON c.key = a.contact_key
"""


def _appointment_row(row: tuple[Any, ...]) -> AppointmentRow:
    id, shown, contact_id, name, refused, pending, conflict, known = row
    values = unpack(Kind.APPOINTMENT, shown)
    values["contact_id"] = contact_id
    appointment = record_from(Kind.APPOINTMENT, id, values)
    assert isinstance(appointment, Appointment)
    return AppointmentRow(
        appointment=appointment,
        contact_name=name,
        refused=bool(refused),
        pending=bool(pending),
        conflict=bool(conflict),
        at_server=bool(known),
    )


def _task_row(row: tuple[Any, ...]) -> TaskRow:
    id, shown, contact_id, name, company, seed, pending, conflict = row
    values = unpack(Kind.TASK, shown)
    values["contact_id"] = contact_id
    task = record_from(Kind.TASK, id, values)
    assert isinstance(task, Task)
    return TaskRow(
        task=task,
        contact_name=name,
        company=company,
        contact_seed=seed,
        pending=bool(pending),
        conflict=bool(conflict),
    )


def tasks_by_day(
    db: Sql, now: datetime, midnight: datetime, assigned_to: str | EllipsisType | None, limit: int
) -> TaskGroups:
    """``midnight`` ends today. ``assigned_to`` None means nobody, ``...`` anybody."""
    today, tomorrow = to_ms(now), to_ms(midnight)
    mine = "" if assigned_to is ... else " AND t.assigned_to IS ?"
    bound = () if assigned_to is ... else (assigned_to,)

    def between(start: int, end: int) -> tuple[TaskRow, ...]:
        sql = (
            f"{_TASK} WHERE t.completed = 0 AND t.due >= ? AND t.due < ?{mine}"
            " ORDER BY t.due, t.key LIMIT ?"
        )
        return tuple(map(_task_row, db.rows(sql, (start, end, *bound, limit))))

    total = db.value(
        f"SELECT count(*) FROM task_row t WHERE t.completed = 0 AND t.due >= ?{mine}",
        (tomorrow, *bound),
    )
    return TaskGroups(
        overdue=between(-(1 << 62), today),
        today=between(today, tomorrow),
        upcoming=between(tomorrow, (1 << 62) + 1),
        upcoming_total=total,
    )


def task(db: Sql, id: Id) -> TaskRow | None:
    return next(map(_task_row, db.rows(f"{_TASK} WHERE r.id = ?", (id,))), None)


def appointment(db: Sql, id: Id) -> AppointmentRow | None:
    return next(map(_appointment_row, db.rows(f"{_APPOINTMENT} WHERE r.id = ?", (id,))), None)


def reminded_between(db: Sql, start: datetime, end: datetime) -> list[TaskRow]:
    rows = db.rows(
        f"{_TASK} WHERE t.completed = 0 AND t.remind >= ? AND t.remind < ?"
        " ORDER BY t.remind, t.key",
        (to_ms(start), to_ms(end)),
    )
    return list(map(_task_row, rows))


def agenda(db: Sql, start: datetime, end: datetime) -> Agenda:
    since, until = to_ms(start), to_ms(end)
    tasks = db.rows(f"{_TASK} WHERE t.due >= ? AND t.due < ? ORDER BY t.due, t.key", (since, until))
    visits = db.rows(
        f"{_APPOINTMENT} WHERE a.start > ? AND a.start < ?"
        " AND (a.until > ? OR a.start >= ?) ORDER BY a.start, a.key",
        (since - LONGEST_APPOINTMENT_MS, until, since, since),
    )
    return Agenda(
        tasks=tuple(map(_task_row, tasks)),
        appointments=tuple(map(_appointment_row, visits)),
    )


def next_tasks(db: Sql, now: datetime, limit: int) -> list[TaskRow]:
    at, open_ = to_ms(now), f"{_TASK} WHERE t.completed = 0"
    ahead = db.rows(f"{open_} AND t.due >= ? ORDER BY t.due, t.key LIMIT ?", (at, limit))
    coming = list(map(_task_row, ahead))
    behind = db.rows(
        f"{open_} AND t.due < ? ORDER BY t.due DESC, t.key DESC LIMIT ?",
        (at, limit - len(coming)),
    )
    return [*reversed(list(map(_task_row, behind))), *coming]
