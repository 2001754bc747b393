"""Sentences that several parts of the window say: what was done, when it is due, how long."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QDate, QLocale, QTime

from rapport.domain.text import visible
from rapport.language import mark, tr, trc, trn
from rapport.ui.roles import DueState

if TYPE_CHECKING:
    from rapport.services.workspace import Reference


@cache
def locale() -> QLocale:
    """How the person writes numbers and dates. The bare "C" of a machine without settings would
    write 8310 for 8,310; English stands in for it."""
    system = QLocale()
    if system.language() is QLocale.Language.C:
        return QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)
    return system


def colleague(reference: Reference, user_id: str | None) -> str:
    """The name of an owner or assignee; "" for nobody. A bare id would tell a person nothing."""
    if not user_id:
        return ""
    user = reference.user(user_id)
    return visible(user.name) if user is not None and user.name else tr("A colleague")


def count(number: int) -> str:
    """A count with the person's group separators: 8,310."""
    return locale().toString(number)


def to_send(number: int) -> str:
    return trn("{n} to send", "{n} to send", number).format(n=count(number))


def clock_time(moment: datetime, zone: tzinfo) -> str:
    """The time of day, short, as the person's locale writes it."""
    local = moment.astimezone(zone)
    return locale().toString(QTime(local.hour, local.minute), QLocale.FormatType.ShortFormat)


def day(moment: datetime, now: datetime, zone: tzinfo, *, weekday: bool = True) -> str:
    """A date without its year where that is this one: "Thu 26 Nov"."""
    local = moment.astimezone(zone)
    pattern = "ddd d MMM" if weekday else "d MMM"
    if local.year != now.astimezone(zone).year:
        pattern = "d MMM yyyy"
    return dated(QDate(local.year, local.month, local.day), pattern)


_DAY = re.compile(r"(?<!d)d(?!d)")
_WEEKDAY = re.compile(r"(d{3,4}) (?=d M)")
"""A day of the week before a date, not before the number of a day alone."""


def dated(date: QDate, pattern: str) -> str:
    """A date in a pattern of Qt's. Languages write the number of a day beside its month in their
    own way, such as 24. in German."""
    between = trc("date", "dddd d").removeprefix("dddd").removesuffix("d")
    pattern = _WEEKDAY.sub(rf"\1{between}", pattern)
    return locale().toString(date, _DAY.sub(trc("date", "d"), pattern))


def near_moment(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment within a sentence: "today 15:00", "Thu 26 Nov 09:00"."""
    days = (moment.astimezone(zone).date() - now.astimezone(zone).date()).days
    near = {0: tr("today"), 1: tr("tomorrow"), -1: tr("yesterday")}.get(days)
    date = near if near is not None else day(moment, now, zone)
    return tr("{date} {time}").format(date=date, time=clock_time(moment, zone))


class Due(NamedTuple):
    """When something is due: in full, for narrow columns, and how near it is."""

    text: str
    short: str
    state: DueState


NOT_DUE = Due("", "", DueState.NONE)


def due_words(due_at: datetime | None, now: datetime, zone: tzinfo) -> Due:
    """How a contact's next task is told: "2 days late", "Today 15:00", "Thu 26", "9 Dec"."""
    if due_at is None:
        return NOT_DUE
    local, today = due_at.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    if days < 0:
        full = trn("{n} day late", "{n} days late", -days).format(n=count(-days))
        return Due(full, tr("{n} d late").format(n=count(-days)), DueState.OVERDUE)
    if days == 0:
        at = clock_time(due_at, zone)
        state = DueState.OVERDUE if due_at < now else DueState.TODAY
        return Due(tr("Today {time}").format(time=at), at, state)
    if days < 7:
        near = dated(QDate(local.year, local.month, local.day), "ddd d")
        return Due(near, near, DueState.FUTURE)
    far = day(due_at, now, zone, weekday=False)
    return Due(far, far, DueState.FUTURE)


def task_due_words(due_at: datetime | None, now: datetime, zone: tzinfo) -> Due:
    """How a task in Today's list tells its own date: a time today, a day otherwise."""
    if due_at is None:
        return NOT_DUE
    short = due_words(due_at, now, zone)
    if (
        short.state is DueState.TODAY
        or due_at.astimezone(zone).date() == now.astimezone(zone).date()
    ):
        at = clock_time(due_at, zone)
        return Due(at, at, short.state)
    date = day(due_at, now, zone)
    return Due(date, date, short.state)


def time_left(seconds: float) -> str:
    """About how long something still takes, never more exact than it is."""
    if seconds < 50:
        return tr("less than a minute")
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return tr("about {n} min").format(n=count(minutes))
    return tr("about {n} h").format(n=count(max(1, round(minutes / 60))))


_APPOINTMENT_STATUSES = {
    "new": mark("New"),
    "booked": mark("Booked"),
    "confirmed": mark("Confirmed"),
    "showed": mark("Showed"),
    "noshow": mark("No-show"),
    "cancelled": mark("Cancelled"),
    "invalid": mark("Invalid"),
}


def appointment_status(status: str) -> str:
    """What the CRM calls the status, in words; one that is not known as it is."""
    words = _APPOINTMENT_STATUSES.get(status.lower())
    return tr(words) if words else visible(status)
