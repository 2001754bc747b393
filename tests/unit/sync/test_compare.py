"""What is left of an edit when the server has moved on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.domain.changes import Delta
from rapport.domain.records import Kind
from rapport.sync.compare import changed_since, matches, plan_update

CONTACT, TASK = Kind.CONTACT, Kind.TASK


def test_an_untouched_field_is_sent() -> None:
    plan = plan_update(CONTACT, {"city": Delta("A", "B")}, {"city": "A"})
    assert plan.send == {"city": Delta("A", "B")}
    assert not plan.conflicts


def test_what_the_server_has_already_is_not_sent_again() -> None:
    plan = plan_update(CONTACT, {"city": Delta("A", "B")}, {"city": "B"})
    assert not plan.writes
    assert not plan.conflicts


def test_what_somebody_else_changed_is_a_conflict_and_the_rest_goes() -> None:
    fields = {"city": Delta("A", "B"), "state": Delta("", "X")}
    plan = plan_update(CONTACT, fields, {"city": "C", "state": ""})
    assert plan.conflicts == {"city": "C"}
    assert plan.send == {"state": Delta("", "X")}


@pytest.mark.parametrize(
    ("name", "want", "server"),
    [
        ("phone", "+1 (202) 555-0143", "+12025550143"),
        ("due_at", "2026-11-24T09:00:00Z", "2026-11-24T09:00:00.000Z"),
        ("due_at", "2026-11-24T10:00:00+01:00", "2026-11-24T09:00:00Z"),
        ("city", "", None),
        ("assigned_to", None, ""),
    ],
)
def test_the_servers_way_of_writing_is_no_difference(name: str, want: Any, server: Any) -> None:
    plan = plan_update(CONTACT, {name: Delta("before", want)}, {name: server})
    assert not plan.writes
    assert not plan.conflicts


def test_tags_are_added_and_removed_one_by_one() -> None:
    fields = {"tags": Delta(["a", "b"], ["b", "c"])}
    plan = plan_update(CONTACT, fields, {"tags": ["a", "b", "theirs"]})
    assert (plan.add_tags, plan.remove_tags) == (("c",), ("a",))
    assert not plan.send
    assert not plan.conflicts
    done = plan_update(CONTACT, fields, {"tags": ["b", "c", "theirs"]})
    assert not done.writes


def test_custom_fields_are_compared_key_by_key() -> None:
    fields = {"custom": Delta({"x": 1, "y": 1, "z": 1}, {"x": 2, "y": 2, "new": 5})}
    plan = plan_update(CONTACT, fields, {"custom": {"x": 1, "y": 9, "z": 1, "other": 7}})
    assert plan.send == {"custom": Delta({"x": 1, "z": 1}, {"x": 2, "new": 5})}
    assert plan.conflicts == {"custom": {"x": 1, "y": 9, "z": 1, "other": 7}}


tags = st.lists(st.sampled_from("abcdef"), unique=True)


@given(base=tags, want=tags, theirs=tags)
def test_tags_of_both_sides_survive(base: list[str], want: list[str], theirs: list[str]) -> None:
    plan = plan_update(CONTACT, {"tags": Delta(base, want)}, {"tags": theirs})
    after = (set(theirs) | set(plan.add_tags)) - set(plan.remove_tags)
    assert set(want) - set(base) <= after
    assert not (set(base) - set(want)) & after
    untouched = set(theirs) - (set(base) ^ set(want))
    assert untouched <= after
    assert not plan_update(CONTACT, {"tags": Delta(base, want)}, {"tags": sorted(after)}).writes


values = st.sampled_from(["", "A", "B", "C"])


@given(base=values, want=values, theirs=values)
def test_a_field_is_sent_kept_or_asked_about(base: str, want: str, theirs: str) -> None:
    plan = plan_update(CONTACT, {"city": Delta(base, want)}, {"city": theirs})
    if theirs == want:
        assert not plan.writes
        assert not plan.conflicts
    elif theirs == base:
        assert set(plan.send) == {"city"}
    else:
        assert set(plan.conflicts) == {"city"}
        assert not plan.writes


def test_a_created_record_is_recognised() -> None:
    wanted = {"title": "Call", "due_at": "2026-11-24T09:00:00Z", "completed": False, "body": None}
    server = {
        "title": "Call",
        "due_at": "2026-11-24T09:00:00.000Z",
        "completed": False,
        "body": "",
        "assigned_to": None,
    }
    assert matches(TASK, wanted, server)
    assert not matches(TASK, wanted, {**server, "title": "Call "})
    assert not matches(TASK, wanted, {**server, "completed": True})
    assert matches(
        CONTACT,
        {"tags": ["New"], "custom": {"f": "x"}},
        {"tags": ["new", "auto"], "custom": {"f": "x", "g": "set by a rule"}},
    )


def test_a_delete_notices_a_change_but_no_stamp_and_nothing_untold() -> None:
    base = {"city": "A", "updated_at": "2026-01-01T00:00:00Z", "website": "", "tags": ["a", "b"]}
    server = {
        "city": "A",
        "updated_at": "2026-02-02T00:00:00Z",
        "website": "https://x.test",
        "tags": ["b", "a"],
    }
    assert changed_since(CONTACT, base, server) == []
    assert changed_since(CONTACT, base, {**server, "city": "B"}) == ["city"]
    assert changed_since(CONTACT, {**base, "website": "https://y.test"}, server) == ["website"]
