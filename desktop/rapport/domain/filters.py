"""What a list of contacts shows: a search, conditions, and an order."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from rapport.language import mark


class Sort(StrEnum):
    """The orders a list can have. Ties are broken by name, then by the record's key."""

    ACTIVITY = "activity"
    NAME = "name"
    ADDED = "added"
    NEXT_TASK = "next_task"


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
    """The next open task is due before so many days from now are over; an overdue one counts."""

    days: int


class FieldHas(Condition, frozen=True, kw_only=True):
    """A field contains this text, blind to accents and case. ``field`` is a field of the contact
    (see ``FIELDS``), or the id of a custom field."""

    field: str
    text: str


class Without(Condition, frozen=True, kw_only=True):
    """The opposite of a condition."""

    of: AnyCondition


class AnyOf(Condition, frozen=True, kw_only=True):
    """At least one of them."""

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
    | Without
    | AnyOf
)

FIELDS = ("company", "email", "phone", "city", "state", "country", "postal_code", "source", "type")
"""Those that ``FieldHas`` knows besides custom fields."""


class ContactQuery(Struct, frozen=True, kw_only=True):
    """``text`` is what a person typed: words matched by prefix in every searchable field."""

    text: str = ""
    conditions: tuple[AnyCondition, ...] = ()
    sort: Sort = Sort.ACTIVITY
    descending: bool = True


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
