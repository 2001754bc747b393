from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.api import grains, wire
from rapport.api.grains import Malformed
from rapport.api.resources.location import LOCATION
from rapport.api.resources.team import user
from rapport.domain.changes import Delta
from rapport.domain.errors import InvalidError
from rapport.domain.records import Kind, record_from

GET = {
    "id": "seD4",
    "locationId": "ve9E",
    "name": "rubika deo",
    "firstName": "Rubika",
    "lastName": "Deo",
    "email": "rubika@deos.com",
    "emailLowerCase": "rubika@deos.com",
    "phone": "+18832327657",
    "companyName": "DGS VolMAX",
    "type": "lead",
    "source": "public api",
    "assignedTo": "u1",
    "address1": "3535 1st St N",
    "city": "Dolomite",
    "state": "AL",
    "country": "US",
    "postalCode": "35061",
    "website": "https://example.com",
    "timezone": "Asia/Calcutta",
    "dnd": False,
    "dndSettings": {},
    "tags": ["a", "a", 7, "b"],
    "dateOfBirth": "1990-09-25T00:00:00.000Z",
    "dateAdded": "2021-07-02T05:18:26.704Z",
    "dateUpdated": "2021-07-02T05:18:26Z",
    "customFields": [{"id": "c1", "value": "name"}, {"id": "c2", "value": ["x"]}, {"id": 3}],
    "businessId": None,
    "attributionSource": {"url": "x"},
}


def test_a_contact_as_read() -> None:
    remote = wire.contact(GET)
    assert remote.rid == "seD4"
    assert remote.values["first_name"] == "Rubika"
    assert remote.values["tags"] == ["a", "b"]
    assert remote.values["custom"] == {"c1": "name", "c2": ["x"]}
    assert remote.values["date_of_birth"] == "1990-09-25"
    assert remote.values["added_at"] == "2021-07-02T05:18:26.704000Z"
    assert remote.values["updated_at"] == "2021-07-02T05:18:26Z"
    assert remote.extra == {"attributionSource": {"url": "x"}}
    record_from(Kind.CONTACT, "local", remote.values)


def test_a_search_says_nothing_of_website_and_time_zone() -> None:
    found = {"id": "x", "address": "Main St 1", "firstName": None, "searchAfter": [1, "x"]}
    values = wire.contact(found, partial=True).values
    assert "website" not in values
    assert "timezone" not in values
    assert values["address"] == "Main St 1"
    assert values["first_name"] == ""


def test_the_list_lower_cases_names_and_has_the_real_ones_beside() -> None:
    listed = {"id": "x", "firstName": "ana", "firstNameRaw": "Ana", "lastName": "pérez"}
    values = wire.contact(listed, partial=True).values
    assert (values["first_name"], values["last_name"]) == ("Ana", "pérez")


def test_a_task_from_the_location_search() -> None:
    remote = wire.task(
        {
            "_id": "t1",
            "contactId": "c1",
            "title": "Call",
            "dueDate": "2021-07-08T02:30:00.000Z",
            "completed": True,
            "contactDetails": {"firstName": "x"},
        }
    )
    assert (remote.rid, remote.contact_rid) == ("t1", "c1")
    assert remote.values["due_at"] == "2021-07-08T02:30:00Z"
    assert remote.extra == {}
    record_from(Kind.TASK, "local", {"contact_id": "lc", **remote.values})


def test_appointment_times_are_the_locations() -> None:
    raw = {"id": "e1", "startTime": "2021-07-16 11:00:00", "endTime": "2021-07-16 12:00:00"}
    remote = wire.appointment(raw, contact_rid="c1", zone=ZoneInfo("Europe/Lisbon"))
    assert remote.values["start_at"] == "2021-07-16T10:00:00Z"
    assert remote.contact_rid == "c1"
    record_from(Kind.APPOINTMENT, "local", {"contact_id": "lc", **remote.values})


@pytest.mark.parametrize("raw", [None, [], "x", {}, {"id": ""}, {"id": 7}, {"id": None}])
@pytest.mark.parametrize("read", [wire.contact, wire.task, wire.note, user, LOCATION.read])
def test_nothing_is_read_without_an_id(read: Any, raw: Any) -> None:
    with pytest.raises(Malformed):
        read(raw)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from([*GET, "userId", "body", "pinned", "dueDate", "title"]), JSON)
)
def test_whatever_the_values_are_a_record_comes_out(raw: dict[str, Any]) -> None:
    raw["id"] = "x"
    for kind, read in (
        (Kind.CONTACT, wire.contact),
        (Kind.TASK, wire.task),
        (Kind.NOTE, wire.note),
        (Kind.APPOINTMENT, wire.appointment),
    ):
        values = read(raw).values
        owner = {} if kind is Kind.CONTACT else {"contact_id": "c"}
        record_from(kind, "local", {**owner, **values})


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2021-07-08T02:30:00.000Z", "2021-07-08T02:30:00Z"),
        ("2021-07-08T02:30:00.123456Z", "2021-07-08T02:30:00.123000Z"),
        ("2021-06-23T03:30:00+05:30", "2021-06-22T22:00:00Z"),
        (1603963890255, "2020-10-29T09:31:30.255000Z"),
        ("1603963890255", "2020-10-29T09:31:30.255000Z"),
        ("2038-01-19T03:14:08Z", "2038-01-19T03:14:08Z"),
        ("", None),
        (None, None),
        (True, None),
        ("soon", None),
        (10**18, None),
        ("9999-12-31T23:59:59-23:59", None),
        ([], None),
    ],
)
def test_moment(value: Any, moment: str | None) -> None:
    assert grains.moment(value) == moment


def test_an_update_sends_what_changed_and_clears_with_null() -> None:
    body = wire.contact_body(
        {
            "first_name": "",
            "address": "Main St 1",
            "postal_code": "",
            "assigned_to": None,
            "dnd": False,
            "custom": {"c1": "x", "c2": None},
        }
    )
    assert body == {
        "firstName": None,
        "address1": "Main St 1",
        "postalCode": "",
        "assignedTo": None,
        "dnd": False,
        "customFields": [{"id": "c1", "field_value": "x"}, {"id": "c2", "field_value": None}],
    }


def test_a_creation_leaves_out_what_is_empty() -> None:
    body = wire.contact_body(
        {"first_name": "Ana", "email": "", "company": "X", "dnd": False, "tags": ["vip"]},
        create=True,
    )
    assert body == {"firstName": "Ana", "companyName": "X", "tags": ["vip"]}


@pytest.mark.parametrize("field", ["tags", "company", "type", "added_at", "nonsense"])
def test_an_update_refuses_what_the_crm_would(field: str) -> None:
    with pytest.raises(InvalidError):
        wire.contact_body({field: ["x"]})


def test_task_and_note_bodies() -> None:
    assert wire.task_body(
        {"title": "x", "due_at": "2021-07-08T02:30:00Z", "body": ""}, create=True
    ) == {
        "title": "x",
        "dueDate": "2021-07-08T02:30:00.000Z",
        "completed": False,
    }
    assert wire.task_body({"assigned_to": None, "body": ""}) == {"assignedTo": None, "body": ""}
    assert wire.note_body({"body": "x", "pinned": True}) == {"body": "x", "pinned": True}
    with pytest.raises(InvalidError):
        wire.task_body({"priority": 3})


def test_wanted_sends_only_the_custom_fields_that_change_and_no_tags() -> None:
    fields = {
        "first_name": Delta("a", "b"),
        "tags": Delta(["x"], ["y"]),
        "custom": Delta({"same": 1, "other": 2, "gone": 3}, {"same": 1, "other": 4, "new": 5}),
    }
    assert wire.wanted(fields) == {
        "first_name": "b",
        "custom": {"other": 4, "new": 5, "gone": None},
    }


def test_canonical_forms_agree_where_the_server_only_normalises() -> None:
    def same(field: str, mine: Any, theirs: Any) -> bool:
        return bool(
            wire.canonical(Kind.CONTACT, field, mine) == wire.canonical(Kind.CONTACT, field, theirs)
        )

    assert same("tags", ["VIP", "b"], ["b", "vip"])
    assert same("phone", "+1 (888) 232-7657", "+18882327657")
    assert same("due_at", "2021-07-08T02:30:00.000400Z", "2021-07-08T02:30:00Z")
    assert same("assigned_to", None, "")
    assert same("custom", {"a": None, "b": 1}, {"b": 1})
    assert not same("first_name", "Ana", "Anna")
