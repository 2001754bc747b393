"""Every condition of a list means what it says, alone and combined."""

from __future__ import annotations

from typing import Any

import pytest

from rapport.domain.filters import (
    AnyCondition,
    AnyOf,
    ContactQuery,
    DueWithin,
    FieldHas,
    HasTag,
    NoOpenTask,
    SmartList,
    TaskOverdue,
    Without,
)
from rapport.domain.records import Kind


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
    office.wait(office.store.remove_list("s1"))
    assert kept() == []
    assert office.wait(office.store.verify()) == []
