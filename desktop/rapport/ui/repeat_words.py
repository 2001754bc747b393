"""How a repeating task's rule and a reminder are told."""

from __future__ import annotations

from PySide6.QtCore import QLocale

from rapport.domain.repeat import WORKDAYS, Repeat, Unit
from rapport.language import tr, trn
from rapport.ui.wording import count, locale


def repeat_words(rule: Repeat | None) -> str:
    """“Every 2 weeks on Monday and Thursday”."""
    if rule is None:
        return tr("Never")
    if rule.unit is Unit.WEEK and rule.every == 1 and rule.weekdays == WORKDAYS:
        words = tr("Every weekday")
    elif rule.unit is Unit.WEEK and rule.weekdays:
        words = tr("{often} on {days}").format(
            often=_often(rule), days=_together([_weekday(day) for day in rule.weekdays])
        )
    else:
        words = _often(rule)
    if rule.after_completion:
        return tr("{often}, after it was done").format(often=words)
    return words


def _often(rule: Repeat) -> str:
    every, n = rule.every, count(rule.every)
    match rule.unit:
        case Unit.DAY:
            return trn("Every day", "Every {n} days", every).format(n=n)
        case Unit.WEEK:
            return trn("Every week", "Every {n} weeks", every).format(n=n)
        case Unit.MONTH:
            return trn("Every month", "Every {n} months", every).format(n=n)
        case Unit.YEAR:
            return trn("Every year", "Every {n} years", every).format(n=n)


def _weekday(number: int) -> str:
    return locale().standaloneDayName(number + 1, QLocale.FormatType.LongFormat)


def _together(words: list[str]) -> str:
    return locale().createSeparatedList(words)


def remind_words(minutes: int | None) -> str:
    """“10 minutes before”."""
    if minutes is None:
        return tr("As in the settings")
    if minutes == 0:
        return tr("When it is due")
    if minutes % 1440 == 0:
        n = minutes // 1440
        return trn("{n} day before", "{n} days before", n).format(n=count(n))
    if minutes % 60 == 0:
        n = minutes // 60
        return trn("{n} hour before", "{n} hours before", n).format(n=count(n))
    return trn("{n} minute before", "{n} minutes before", minutes).format(n=count(minutes))
