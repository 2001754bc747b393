"""What a condition of a list says to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale

from rapport.domain.filters import (
    AddedWithin,
    AllOf,
    AnyCondition,
    AnyOf,
    BirthdayWithin,
    DateIn,
    Day,
    DoNotDisturb,
    DueWithin,
    FieldFilled,
    FieldHas,
    FieldIs,
    FieldNumber,
    HasTag,
    Mentions,
    NoOpenTask,
    OwnedBy,
    QuietFor,
    TaskOverdue,
    Than,
    Without,
)
from rapport.domain.text import visible
from rapport.language import mark, tr, trn
from rapport.ui.wording import count, locale

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

FIELD_NAMES = {
    "tags": mark("Tag"),
    "owner": mark("Owner"),
    "task": mark("Task"),
    "due": mark("Next task due"),
    "added": mark("Created"),
    "updated": mark("Changed"),
    "activity": mark("Last activity"),
    "birthday": mark("Birthday"),
    "dnd": mark("Do not disturb"),
    "text": mark("Anything"),
    "name": mark("Name"),
    "company": mark("Company"),
    "email": mark("E-mail"),
    "phone": mark("Phone"),
    "address": mark("Address"),
    "city": mark("City"),
    "state": mark("State"),
    "country": mark("Country"),
    "postal_code": mark("Postal code"),
    "website": mark("Website"),
    "source": mark("Source"),
    "type": mark("Type"),
    "timezone": mark("Time zone"),
}
_SIGNS = {Than.EQUAL: "=", Than.LEAST: "≥", Than.MOST: "≤", Than.OVER: ">", Than.UNDER: "<"}


def field_name(field: str, workspace: Workspace) -> str:
    """A field of the contact, or a custom field by its id."""
    if field in FIELD_NAMES:
        return tr(FIELD_NAMES[field])
    custom = workspace.reference.custom_field(field)
    return visible(custom.name) if custom is not None else tr("Custom field")


def words_of(condition: AnyCondition, workspace: Workspace) -> tuple[str, str]:
    """Icon and words of a condition."""
    match condition:
        case HasTag(tag=tag):
            return "tag", visible(tag)
        case OwnedBy(user_id=None):
            return "user", tr("No owner")
        case OwnedBy(user_id=user_id):
            name = visible(workspace.reference.user_name(user_id))
            return "user", tr("Owner: {name}").format(name=name)
        case AddedWithin(days=days):
            words = trn("Created in the last day", "Created in the last {n} days", days)
            return "plus", words.format(n=count(days))
        case QuietFor(days=days):
            return "history", trn("Quiet for {n} day", "Quiet for {n} days", days).format(
                n=count(days)
            )
        case NoOpenTask():
            return "task", tr("No open task")
        case TaskOverdue():
            return "alert", tr("Task overdue")
        case DoNotDisturb():
            return "dnd", tr("Do not disturb")
        case DueWithin(days=1):
            return "task", tr("Due today or before")
        case DueWithin(days=days):
            return "task", tr("Due in {n} days").format(n=count(days))
        case BirthdayWithin(days=1):
            return "calendar", tr("Birthday today")
        case BirthdayWithin(days=days):
            return "calendar", tr("Birthday in {n} days").format(n=count(days))
        case Mentions(text=text):
            return "search", tr("Mentions “{text}”").format(text=visible(text))
        case Without(of=FieldFilled(field=field)):
            return "filter", tr("{field}: empty").format(field=field_name(field, workspace))
        case Without(of=NoOpenTask()):
            return "task", tr("Has an open task")
        case Without(of=OwnedBy(user_id=None)):
            return "user", tr("Has an owner")
        case Without(of=inner):
            icon, words = words_of(inner, workspace)
            return icon, tr("Not: {condition}").format(condition=words)
        case AnyOf(of=several):
            return "filter", _joined(several, tr(" or "), workspace)
        case AllOf(of=several):
            return "filter", _joined(several, tr(" and "), workspace)
    return "filter", tr("{field}: {value}").format(
        field=field_name(condition.field, workspace), value=_value(condition)
    )


def _joined(several: tuple[AnyCondition, ...], between: str, workspace: Workspace) -> str:
    words = []
    for one in several:
        said = words_of(one, workspace)[1]
        words.append(f"({said})" if isinstance(one, AnyOf | AllOf) else said)
    return between.join(words)


def _value(condition: FieldHas | FieldIs | FieldFilled | FieldNumber | DateIn) -> str:
    match condition:
        case FieldHas(text=text):
            return visible(text)
        case FieldIs(text=text):
            return tr("exactly {text}").format(text=visible(text))
        case FieldFilled():
            return tr("filled in")
        case FieldNumber(than=than, number=number):
            return f"{_SIGNS[than]} {locale().toString(float(number), 'g', 12)}"
        case DateIn(first=None, last=None):
            return tr("filled in")
        case DateIn(first=None, last=last) if last is not None:
            return tr("until {day}").format(day=day_words(last))
        case DateIn(first=first, last=None) if first is not None:
            return tr("from {day}").format(day=day_words(first))
        case DateIn(first=first, last=last) if first == last and first is not None:
            return day_words(first)
        case DateIn(first=int(first), last=0):
            return tr("in the last {n} days").format(n=count(-first))
        case DateIn(first=0, last=int(last)):
            return tr("in the next {n} days").format(n=count(last))
        case DateIn(first=first, last=last):
            assert first is not None
            assert last is not None
            return tr("{first} to {last}").format(first=day_words(first), last=day_words(last))


def day_words(day: Day) -> str:
    """“today”, “3 days ago”, “24 Nov 2026”."""
    if isinstance(day, str):
        date = QDate.fromString(day, "yyyy-MM-dd")
        return locale().toString(date, QLocale.FormatType.ShortFormat) if date.isValid() else day
    if day == 0:
        return tr("today")
    if day > 0:
        return trn("tomorrow", "in {n} days", day).format(n=count(day))
    return trn("yesterday", "{n} days ago", -day).format(n=count(-day))
