"""Sentences that several parts of the window say: what was done, how long it takes, when it was."""

from __future__ import annotations

from datetime import datetime, tzinfo

from PySide6.QtCore import QCoreApplication, QLocale

_DONE = {
    "Create": "created",
    "Add": "added",
    "Edit": "changed",
    "Delete": "deleted",
    "Remove": "removed",
    "Complete": "completed",
    "Reopen": "reopened",
    "Snooze": "snoozed",
}


def tr(text: str, n: int = -1) -> str:
    return QCoreApplication.translate("rapport", text, None, n)


def done_words(title: str) -> str:
    """A command's title as something that has happened: "Complete task" → "Task completed"."""
    verb, _, thing = title.partition(" ")
    if verb == "Undo":
        return tr("Undone: {what}").format(what=thing)
    if verb in _DONE and thing:
        return f"{thing[:1].upper()}{thing[1:]} {_DONE[verb]}"
    return title


def count(number: int) -> str:
    """A count with the person's group separators: 8,310."""
    return QLocale().toString(number)


def clock_time(moment: datetime, zone: tzinfo) -> str:
    """The time of day as the person's locale writes it, short: 10:41."""
    local = moment.astimezone(zone)
    return f"{local:%H:%M}" if _is_24h() else local.strftime("%-I:%M %p")


def _is_24h() -> bool:
    pattern = QLocale().timeFormat(QLocale.FormatType.ShortFormat)
    return "a" not in pattern.lower()


def time_left(seconds: float) -> str:
    """About how long something still takes, never more exact than it is."""
    if seconds < 50:
        return tr("less than a minute")
    minutes = max(1, round(seconds / 60))
    if minutes < 60:
        return tr("about {n} min").format(n=minutes)
    return tr("about {n} h").format(n=max(1, round(minutes / 60)))
