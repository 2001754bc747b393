"""What stands in a calendar: tasks and appointments alike, and how a person hears of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from PySide6.QtCore import QDate, QTime

from rapport.domain.records import Id, Kind
from rapport.domain.text import visible
from rapport.domain.views import Agenda, AppointmentRow, TaskRow
from rapport.language import tr
from rapport.ui.panes.calendar.times import day_of, wall_min
from rapport.ui.wording import appointment_status, clock_time, dated, locale

TASK_LASTS = timedelta(minutes=30)
"""A task has a time and no length: it is drawn as long as that."""
_WHOLE_DAY = timedelta(hours=23)
_OFF = ("cancelled", "invalid")


@dataclass(frozen=True, slots=True)
class Entry:
    kind: Kind
    id: Id
    title: str
    contact: str
    start: datetime
    end: datetime
    """Of a task so much later that it can be drawn."""
    status: str = ""
    done: bool = False
    overdue: bool = False
    pending: bool = False
    troubled: bool = False
    """In conflict, or refused by the CRM: it waits for a person."""
    untimed: bool = False
    """It stands above the hours: for whole days, or due at midnight, which means no time."""

    @property
    def is_task(self) -> bool:
        return self.kind is Kind.TASK

    @property
    def off(self) -> bool:
        """It does not take place."""
        return self.status in _OFF

    def spoken(self, zone: tzinfo) -> str:
        kind = tr("task") if self.is_task else tr("appointment")
        parts = [self.title or tr("Without a title"), kind]
        parts.append(when_words(self.start, zone, timed=not self.untimed))
        if not self.is_task:
            parts.append(tr("until {time}").format(time=clock_time(self.end, zone)))
            parts.append(appointment_status(self.status))
        if self.contact:
            parts.append(tr("with {name}").format(name=self.contact))
        if self.done:
            parts.append(tr("done"))
        elif self.overdue:
            parts.append(tr("overdue"))
        if self.troubled:
            parts.append(tr("waits for a decision"))
        elif self.pending:
            parts.append(tr("not yet sent"))
        return tr(", ").join(filter(None, parts))


def when_words(at: datetime, zone: tzinfo, *, timed: bool = True) -> str:
    """“Friday 27 November 15:00”."""
    day, minutes = day_of(at, zone), wall_min(at, zone)
    words = dated(QDate(day.year, day.month, day.day), "dddd d MMMM")
    if not timed:
        return words
    time = locale().toString(QTime(minutes // 60, minutes % 60), locale().FormatType.ShortFormat)
    return f"{words} {time}"


def entries_of(agenda: Agenda, now: datetime, zone: tzinfo) -> list[Entry]:
    """In the order of their times."""
    found = [one for row in agenda.tasks if (one := _task(row, now, zone)) is not None]
    found += [one for row in agenda.appointments if (one := _appointment(row, zone)) is not None]
    return in_order(found)


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda one: (one.start, one.is_task, one.title, one.id))


def _task(row: TaskRow, now: datetime, zone: tzinfo) -> Entry | None:
    task = row.task
    if task.due_at is None:
        return None
    return Entry(
        kind=Kind.TASK,
        id=task.id,
        title=visible(task.title),
        contact=visible(row.contact_name),
        start=task.due_at,
        end=task.due_at + TASK_LASTS,
        done=task.completed,
        overdue=not task.completed and task.due_at < now,
        pending=row.pending,
        troubled=row.conflict,
        untimed=task.due_at.astimezone(zone).time().replace(fold=0) == datetime.min.time(),
    )


def _appointment(row: AppointmentRow, zone: tzinfo) -> Entry | None:
    visit = row.appointment
    if visit.start_at is None:
        return None
    end = max(visit.end_at or visit.start_at, visit.start_at)
    return Entry(
        kind=Kind.APPOINTMENT,
        id=visit.id,
        title=visible(visit.title),
        contact=visible(row.contact_name),
        start=visit.start_at,
        end=end,
        status=visit.status.lower(),
        done=visit.status.lower() == "showed",
        pending=row.pending,
        troubled=row.conflict or row.refused,
        untimed=end - visit.start_at >= _WHOLE_DAY,
    )
