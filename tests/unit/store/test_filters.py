"""Every condition of a list means what it says, alone and combined."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings

from filtering import TAGS, USERS, WORDS, Person, condition, meets
from rapport.domain.filters import (
    AnyCondition,
    AnyOf,
    ContactQuery,
    DueWithin,
    FieldHas,
    HasTag,
    NoOpenTask,
    SmartList,
    Sort,
    TaskOverdue,
    Without,
)
from rapport.domain.records import Contact, Kind
from rapport.domain.text import fold


@pytest.fixture
def office(desk: Any) -> Any:
    people: tuple[tuple[str, dict[str, Any]], ...] = (
        ("c1", {"first_name": "Ana", "company": "Müller & Söhne", "tags": ["vip"]}),
        ("c2", {"first_name": "Bob", "city": "Łódź", "tags": ["vip", "cold"]}),
        ("c3", {"first_name": "Cia", "custom": {"f1": "412 m²", "f2": ["a", "Blau"]}}),
        ("c4", {"first_name": "Dan"}),
    )
    for rid, values in people:
        desk.pull_contact(rid, **values)
    for rid, contact, days in (("t1", "c1", -1), ("t2", "c2", 0), ("t3", "c3", 5)):
        due = desk.clock.now().timestamp() + days * 86_400 + 3600
        stamp = type(desk.clock.now()).fromtimestamp(due, desk.clock.now().tzinfo).isoformat()
        desk.pull_child(Kind.TASK, rid, contact, title="Call", due_at=stamp)
    return desk


def listed(desk: Any, *conditions: AnyCondition) -> str:
    query = ContactQuery(conditions=conditions)
    rows = desk.wait(desk.store.queries.contacts(query)).rows
    return "".join(sorted(row.name[0] for row in rows))


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        (FieldHas(field="company", text="sohne"), "A"),
        (FieldHas(field="city", text="LODZ"), "B"),
        (FieldHas(field="f1", text="412"), "C"),
        (FieldHas(field="f2", text="blau"), "C"),
        (FieldHas(field="f9", text="x"), ""),
        (FieldHas(field='f"9', text="x"), ""),
        (FieldHas(field="city", text="\ud800"), ""),
        (Without(of=HasTag(tag="vip")), "CD"),
        (Without(of=FieldHas(field="city", text="lodz")), "ACD"),
        (AnyOf(of=(HasTag(tag="cold"), NoOpenTask())), "BD"),
        (AnyOf(of=()), ""),
        (TaskOverdue(), "A"),
        (DueWithin(days=1), "AB"),
        (DueWithin(days=7), "ABC"),
    ],
)
def test_a_condition(office: Any, condition: AnyCondition, names: str) -> None:
    assert listed(office, condition) == names


def test_conditions_are_joined_by_and(office: Any) -> None:
    assert listed(office, HasTag(tag="vip"), Without(of=HasTag(tag="cold"))) == "A"


def test_a_saved_list_is_counted_replaced_and_removed(office: Any) -> None:
    mine = SmartList(id="s1", name="Warm", conditions=(HasTag(tag="vip"),))
    before = len(office.wait(office.store.queries.sidebar(office.clock.now(), None)).smart_lists)
    office.wait(office.store.save_list(mine))
    assert office.events[-1].reference

    def kept() -> list[tuple[SmartList, int]]:
        counts = office.wait(office.store.queries.sidebar(office.clock.now(), None))
        return list(counts.smart_lists[before:])

    assert kept() == [(mine, 2)]
    cold = SmartList(id="s1", name="Cold", conditions=(Without(of=HasTag(tag="vip")),))
    office.wait(office.store.save_list(cold))
    assert kept() == [(cold, 2)]
    other = SmartList(id="s2", name="Hot", conditions=())
    office.wait(office.store.save_list(other))
    office.wait(office.store.move_list("s2", -1))
    assert [one.id for one, _ in kept()] == ["s2", "s1"]
    assert office.wait(office.store.remove_list("s2")) == 0
    office.wait(office.store.save_list(other, 0))
    assert [one.id for one, _ in kept()] == ["s2", "s1"]
    for id in ("s1", "s2"):
        office.wait(office.store.remove_list(id))
    assert kept() == []
    assert office.wait(office.store.verify()) == []


AHEAD = ZoneInfo("Pacific/Auckland")


@pytest.fixture
def crowd(desk: Any, clock: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, list[Person]]:
    """Sixty people with values of every kind, or without, in a zone where it is another day."""
    monkeypatch.setattr(clock, "zone", lambda: AHEAD)
    rng = random.Random(5)
    people: list[Person] = []

    def some(*values: Any) -> Any:
        return rng.choice(values)

    def day(least: int, most: int) -> str:
        return (date(2026, 3, 2) + timedelta(days=rng.randrange(least, most))).isoformat()

    def moment(least: int, most: int) -> datetime:
        return clock.now() + timedelta(hours=rng.randrange(least * 24, most * 24), seconds=7)

    for number in range(60):
        custom = {
            "f1": some(None, 38.5, 400, "412", 412),
            "f2": some(None, *WORDS),
            "f3": some(None, [], rng.sample(WORDS, 2)),
            "f4": some(None, day(-400, 400)),
        }
        values: dict[str, Any] = {
            "first_name": some("Ana", "Bob", "Müller"),
            "last_name": "",
            "company": some("", *WORDS),
            "email": some("", "lisboa@x.es"),
            "phone": some("", "+351912000111", "0044 400"),
            "city": some("", "Lisboa", "Łódź"),
            "country": some("", "PT"),
            "source": some("", "or"),
            "tags": rng.sample(TAGS, rng.randrange(3)),
            "assigned_to": some(None, *USERS.values()),
            "dnd": some(True, False),
            "date_of_birth": some(None, "1990-02-29", "1990-03-09", "1985-12-30"),
            "custom": {name: value for name, value in custom.items() if value is not None},
            "added_at": moment(-800, 1).isoformat(),
            "updated_at": moment(-800, 0).isoformat(),
        }
        if values["date_of_birth"] == "1990-02-29":
            values["date_of_birth"] = "1992-02-29"
        rid = f"p{number}"
        desk.pull_contact(rid, **values)
        moments = {
            name: datetime.fromisoformat(values[name]) for name in ("added_at", "updated_at")
        }
        person = Person(Contact(id=rid, **{**values, **moments, "tags": tuple(values["tags"])}))
        for task in range(rng.randrange(3)):
            due, done = moment(-5, 40), some(True, False)
            task_values = {"title": some("roof permit", "call"), "completed": done}
            desk.pull_child(
                Kind.TASK, f"t{number}-{task}", rid, due_at=due.isoformat(), **task_values
            )
            person.texts.append(task_values["title"])
            if not done:
                person.due.append(due)
        people.append(person)
    return desk, people


def test_each_condition_finds_what_it_says(crowd: tuple[Any, list[Person]]) -> None:
    desk, people = crowd
    now = desk.clock.now().astimezone(AHEAD)

    def rid(key_id: str) -> str:
        return str(desk.wait(desk.store.replica.rid_of(Kind.CONTACT, key_id)))

    @settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
    @given(condition)
    def check(wanted: AnyCondition) -> None:
        query = ContactQuery(conditions=(wanted,))
        rows = desk.wait(desk.store.queries.contacts(query, 100)).rows
        expected = {one.contact.id for one in people if meets(one, wanted, now)}
        assert {rid(row.id) for row in rows} == expected
        assert desk.wait(desk.store.queries.count(query)) == len(expected)

    check()


@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("sort", list(Sort))
def test_each_order_is_whole_and_right(
    crowd: tuple[Any, list[Person]], sort: Sort, down: bool
) -> None:
    desk, people = crowd
    by_id = {one.contact.id: one for one in people}
    for field in ("f1", "f2") if sort is Sort.CUSTOM else ("",):
        query = ContactQuery(sort=sort, descending=down, sort_field=field)
        keys = desk.wait(desk.store.queries.contact_keys(query))
        rows = desk.wait(desk.store.queries.rows(keys))
        found = [
            by_id[str(desk.wait(desk.store.replica.rid_of(Kind.CONTACT, row.id)))] for row in rows
        ]
        assert len(found) == len(people) == len({one.contact.id for one in found})
        values = [_sorted_by(one, sort, field) for one in found]
        filled = [value for value in values if value is not None]
        assert values[: len(filled)] == sorted(filled, reverse=down)
        few = ContactQuery(
            sort=sort, descending=down, sort_field=field, conditions=(HasTag(tag="vip"),)
        )
        some = desk.wait(desk.store.queries.contacts(few)).keys
        vip = {row.key for row in rows if "vip" in row.tags}
        assert list(some) == [key for key in keys if key in vip]


def _sorted_by(person: Person, sort: Sort, field: str) -> Any:
    contact = person.contact
    match sort:
        case Sort.ACTIVITY:
            return contact.updated_at
        case Sort.ADDED:
            return contact.added_at
        case Sort.NEXT_TASK:
            return min(person.due, default=None)
        case Sort.OWNER:
            return contact.assigned_to  # no user has a name here
        case Sort.CUSTOM:
            value = contact.custom.get(field)
            return (
                (isinstance(value, str), fold(value) if isinstance(value, str) else value)
                if value is not None
                else None
            )
        case _:
            return fold(getattr(contact, sort.value)) or None
