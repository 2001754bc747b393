"""Dates in words, and the moments that Snooze offers."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

from PySide6.QtCore import QDate

from rapport.language import tr
from rapport.ui.wording import clock_time, dated

EVENING = time(19, 0)
MORNING = time(9, 0)


def day_words(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """“Today, Tue 24 Nov”, “Fri 27 Nov”, with the year where it is another one."""
    day, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    form = "ddd d MMM" if day.year == today.year else "ddd d MMM yyyy"
    words = dated(QDate(day.year, day.month, day.day), form)
    away = (day - today).days
    near = {0: tr("Today"), 1: tr("Tomorrow"), -1: tr("Yesterday")}.get(away)
    return tr("{near}, {date}").format(near=near, date=words) if near else words


def moment_words(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """“Today, Tue 24 Nov · 15:00”."""
    return f"{day_words(moment, now, zone)} · {clock_time(moment, zone)}"


def snoozes(now: datetime, zone: tzinfo) -> list[tuple[str, str, datetime]]:
    """(id, words, until) of what Snooze offers now. “Tonight” is gone once it is evening."""
    local = now.astimezone(zone)
    evening = datetime.combine(local.date(), EVENING, zone)
    morning = datetime.combine(local.date() + timedelta(days=1), MORNING, zone)
    offers = [
        ("10min", tr("10 min"), now + timedelta(minutes=10)),
        ("1h", tr("1 h"), now + timedelta(hours=1)),
        ("tonight", tr("Tonight"), evening),
        ("tomorrow", tr("Tomorrow"), morning),
    ]
    return [offer for offer in offers if offer[0] != "tonight" or evening > now]
