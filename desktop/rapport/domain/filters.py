"""What a list of contacts shows: a search, conditions, and an order."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from rapport.language import mark


class Sort(StrEnum):
    """The orders a list can have. Ties are broken by name, then by the record's key; contacts
    without the value come last, whichever way the order runs."""

    ACTIVITY = "activity"
    NAME = "name"
    ADDED = "added"
    NEXT_TASK = "next_task"
    COMPANY = "company"
    EMAIL = "email"
    PHONE = "phone"
    CITY = "city"
    COUNTRY = "country"
    SOURCE = "source"
    OWNER = "owner"
    """by the owner's name"""
    CUSTOM = "custom"
    """by the custom field that ``ContactQuery.sort_field`` names"""


class Condition(Struct, frozen=True, kw_only=True, tag=True):
    """The base of all conditions; they are joined by "and"."""


class HasTag(Condition, frozen=True, kw_only=True):
    tag: str


class OwnedBy(Condition, frozen=True, kw_only=True):
    """``user_id`` None means nobody."""

    user_id: str | None


class AddedWithin(Condition, frozen=True, kw_only=True):
    days: int


class QuietFor(Condition, frozen=True, kw_only=True):
    """No change for so many days."""

    days: int


class NoOpenTask(Condition, frozen=True, kw_only=True):
    pass


class TaskOverdue(Condition, frozen=True, kw_only=True):
    pass


class DoNotDisturb(Condition, frozen=True, kw_only=True):
    pass


class DueWithin(Condition, frozen=True, kw_only=True):
    """The next open task is due before so many days are over, today being the first; an overdue
    one counts."""

    days: int


class FieldHas(Condition, frozen=True, kw_only=True):
    """A field contains this text, blind to accents and case; a phone number contains its digits,
    however they are grouped. ``field`` is one of ``FIELDS``, or the id of a custom field."""

    field: str
    text: str


class FieldIs(Condition, frozen=True, kw_only=True):
    """A field is this text, blind to accents and case; of several values, one of them."""

    field: str
    text: str


class FieldFilled(Condition, frozen=True, kw_only=True):
    """A field has a value, whatever it is."""

    field: str


class Than(StrEnum):
    """How a number stands to another."""

    EQUAL = "="
    LEAST = ">="
    MOST = "<="
    OVER = ">"
    UNDER = "<"


class FieldNumber(Condition, frozen=True, kw_only=True):
    """A custom field that holds a number, compared."""

    field: str
    than: Than
    number: float


Day = int | str
"""A day of the person's calendar: so many days from today, or an ISO date."""


class DateIn(Condition, frozen=True, kw_only=True):
    """A date lies between two days, both included; None leaves that end open. ``field`` is one of
    ``DATES``, or the id of a custom field."""

    field: str
    first: Day | None = None
    last: Day | None = None


class BirthdayWithin(Condition, frozen=True, kw_only=True):
    """The birthday comes before so many days are over, today being the first."""

    days: int


class Mentions(Condition, frozen=True, kw_only=True):
    """The words are found in the contact, its notes or its tasks, as the search finds them."""

    text: str


class Without(Condition, frozen=True, kw_only=True):
    """The opposite of a condition."""

    of: AnyCondition


class AnyOf(Condition, frozen=True, kw_only=True):
    """At least one of them."""

    of: tuple[AnyCondition, ...]


class AllOf(Condition, frozen=True, kw_only=True):
    """Every one of them."""

    of: tuple[AnyCondition, ...]


AnyCondition = (
    HasTag
    | OwnedBy
    | AddedWithin
    | QuietFor
    | NoOpenTask
    | TaskOverdue
    | DoNotDisturb
    | DueWithin
    | FieldHas
    | FieldIs
    | FieldFilled
    | FieldNumber
    | DateIn
    | BirthdayWithin
    | Mentions
    | Without
    | AnyOf
    | AllOf
)

FIELDS = (
    "name",
    "company",
    "email",
    "phone",
    "address",
    "city",
    "state",
    "country",
    "postal_code",
    "website",
    "source",
    "type",
    "timezone",
)
"""Those that hold text, besides custom fields."""

DATES = ("added", "updated", "activity", "birthday", "due")
"""Those that hold a date, besides custom fields; ``due`` is the next open task's."""


def joined(conditions: tuple[AnyCondition, ...]) -> AnyCondition | None:
    """Conditions in force together as one; None where there are none."""
    if len(conditions) == 1:
        return conditions[0]
    return AllOf(of=conditions) if conditions else None


def parted(condition: AnyCondition | None) -> tuple[AnyCondition, ...]:
    """The inverse of :func:`joined`."""
    if condition is None:
        return ()
    return condition.of if isinstance(condition, AllOf) else (condition,)


class ContactQuery(Struct, frozen=True, kw_only=True):
    """``text`` is what a person typed: words matched by prefix in every searchable field."""

    text: str = ""
    conditions: tuple[AnyCondition, ...] = ()
    sort: Sort = Sort.ACTIVITY
    descending: bool = True
    sort_field: str = ""
    """The id of the custom field that ``Sort.CUSTOM`` means."""


class SmartList(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    conditions: tuple[AnyCondition, ...]


STANDARD_LISTS = (
    SmartList(
        id="vip-no-task",
        name=mark("VIP, no next task"),
        conditions=(HasTag(tag="vip"), NoOpenTask()),
    ),
    SmartList(id="new-week", name=mark("New this week"), conditions=(AddedWithin(days=7),)),
    SmartList(id="stale", name=mark("Stale over 60 days"), conditions=(QuietFor(days=60),)),
    SmartList(id="overdue", name=mark("Task overdue"), conditions=(TaskOverdue(),)),
)
