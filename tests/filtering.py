"""Conditions of every kind, and what they mean in plain Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from rapport.domain.filters import (
    DATES,
    FIELDS,
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
from rapport.domain.records import Contact
from rapport.domain.text import digits, fold

USERS = {"Mara Lindqvist": "u1", "Marc Bell": "u2", "Zoë Ng": "u3"}
TAGS = ("vip", "cold", "hot lead", "Été", "a:b", "or")
CUSTOM = {
    "Roof area": ("f1", "NUMERICAL"),
    "Stage": ("f2", "SINGLE_OPTIONS"),
    "Interests": ("f3", "MULTIPLE_OPTIONS"),
    "Grid ends": ("f4", "DATE"),
    "Meter (old)": ("f5", "TEXT"),
}
WORDS = ("Fjord & Vale", "müller", "O'Brien", "lisboa", "PT", "400", "a b", "or", "+351 912", 'x"y')
ZONE_DAYS = st.integers(-400, 400)

text = st.sampled_from(WORDS)
text_field = st.sampled_from([*FIELDS, "f2", "f3", "f5"])
day: st.SearchStrategy[Day] = st.one_of(
    ZONE_DAYS, st.dates(date(2024, 1, 1), date(2028, 1, 1)).map(date.isoformat)
)
date_field = st.sampled_from([*DATES, "f4"])
simple: st.SearchStrategy[AnyCondition] = st.one_of(
    st.builds(HasTag, tag=st.sampled_from(TAGS)),
    st.builds(OwnedBy, user_id=st.sampled_from([*USERS.values(), None])),
    st.builds(AddedWithin, days=st.integers(1, 900)),
    st.builds(QuietFor, days=st.integers(1, 900)),
    st.just(NoOpenTask()),
    st.just(TaskOverdue()),
    st.just(DoNotDisturb()),
    st.builds(DueWithin, days=st.integers(1, 60)),
    st.builds(FieldHas, field=text_field, text=text),
    st.builds(FieldIs, field=text_field, text=text),
    st.builds(
        FieldFilled, field=st.sampled_from([*FIELDS, *("f1", "f2", "f3", "f4"), "tags", "birthday"])
    ),
    st.builds(
        FieldNumber,
        field=st.just("f1"),
        than=st.sampled_from(Than),
        number=st.sampled_from([0.0, 38.5, 400.0, 412.0]),
    ),
    st.builds(
        DateIn, field=date_field, first=st.one_of(st.none(), day), last=st.one_of(st.none(), day)
    ).filter(lambda one: one.first is not None or one.last is not None),
    st.builds(BirthdayWithin, days=st.integers(1, 366)),
    st.builds(Mentions, text=st.sampled_from(["ana", "roof permit", "müller"])),
)
condition: st.SearchStrategy[AnyCondition] = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(Without, of=inner),
        st.builds(AnyOf, of=st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(AllOf, of=st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)


@dataclass
class Person:
    """A contact with what a condition can ask about it besides."""

    contact: Contact
    due: list[datetime] = field(default_factory=list)
    """of its open tasks that have a date"""
    texts: list[str] = field(default_factory=list)
    """of its notes and tasks"""


def meets(person: Person, condition: AnyCondition, now: datetime) -> bool:
    """``now`` in the person's zone."""
    contact = person.contact
    match condition:
        case HasTag(tag=tag):
            return any(fold(one) == fold(tag) for one in contact.tags)
        case OwnedBy(user_id=user_id):
            return contact.assigned_to == user_id
        case AddedWithin(days=days):
            return contact.added_at is not None and contact.added_at >= now - timedelta(days=days)
        case QuietFor(days=days):
            assert contact.updated_at is not None
            return contact.updated_at <= now - timedelta(days=days)
        case NoOpenTask():
            return not person.due
        case TaskOverdue():
            return any(due < now for due in person.due)
        case DoNotDisturb():
            return contact.dnd
        case DueWithin(days=days):
            return any(due.astimezone(now.tzinfo).date() < _of(days, now) for due in person.due)
        case FieldHas(field="phone", text=sought) if set(sought) <= set(" +0123456789"):
            return digits(sought) in digits(contact.phone)
        case FieldHas(field=name, text=sought):
            return any(fold(sought) in fold(str(value)) for value in values(contact, name))
        case FieldIs(field=name, text=sought):
            return any(fold(sought) == fold(str(value)) for value in values(contact, name))
        case FieldFilled(field=name):
            return bool(values(contact, name))
        case FieldNumber(field=name, than=than, number=number):
            return any(_compares(value, than, number) for value in values(contact, name))
        case DateIn(field=name, first=first, last=last):
            return any(
                (first is None or day >= _of(first, now))
                and (last is None or day <= _of(last, now))
                for day in days_of(person, name, now)
            )
        case BirthdayWithin(days=days):
            born = contact.date_of_birth
            return born is not None and any(
                _celebrates(date.fromisoformat(born), now.date() + timedelta(days=ahead))
                for ahead in range(days)
            )
        case Mentions(text=sought):
            said = fold(
                f"{contact.name} {contact.company} {contact.email} {' '.join(person.texts)}"
            )
            words = said.split()
            return all(any(one.startswith(word) for one in words) for word in fold(sought).split())
        case Without(of=inner):
            return not meets(person, inner, now)
        case AnyOf(of=several):
            return any(meets(person, one, now) for one in several)
        case AllOf(of=several):
            return all(meets(person, one, now) for one in several)


def values(contact: Contact, name: str) -> list[Any]:
    if name == "birthday":
        found: Any = contact.date_of_birth
    elif name in FIELDS or name == "tags":
        found = getattr(contact, name)
    else:
        found = contact.custom.get(name)
    several = list(found) if isinstance(found, list | tuple) else [found]
    return [one for one in several if one not in (None, "")]


def days_of(person: Person, name: str, now: datetime) -> list[date]:
    contact = person.contact
    moments = {"added": contact.added_at, "updated": contact.updated_at}
    moments["activity"] = contact.updated_at
    if name == "due":
        return [min(person.due).astimezone(now.tzinfo).date()] if person.due else []
    if name in moments:
        at = moments[name]
        return [at.astimezone(now.tzinfo).date()] if at else []
    return [date.fromisoformat(value) for value in values(contact, name)]


def midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(), now.tzinfo)


def _of(day: Day, now: datetime) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else now.date() + timedelta(days=day)


def _celebrates(born: date, on: date) -> bool:
    try:
        return born.replace(year=on.year) == on
    except ValueError:
        return (on.month, on.day) == (3, 1)


def _compares(value: Any, than: Than, number: float) -> bool:
    at = float(value)
    return {
        Than.EQUAL: at == number,
        Than.LEAST: at >= number,
        Than.MOST: at <= number,
        Than.OVER: at > number,
        Than.UNDER: at < number,
    }[than]
