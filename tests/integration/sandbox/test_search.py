"""The contact search: filters, order, cursors, and an index that lags."""

from typing import Any

import pytest


def ids(found: Any) -> Any:
    return [contact["id"] for contact in found["contacts"]]


def test_a_result_has_the_searchs_own_form(api: Any) -> None:
    found = api.search(query="ølgaard")
    assert found["total"] == 1
    assert found["traceId"]
    contact = found["contacts"][0]
    assert contact["address"] == "Rua das Flores 214, 3.º"
    assert "address1" not in contact
    assert "dndSettings" not in contact
    assert contact["firstName"] == "Ana"
    assert contact["searchAfter"][1] == api.contact


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"pageLimit": 10}, 422),
        ({"locationId": "L"}, 422),
        ({"locationId": "L", "pageLimit": "10"}, 422),
        ({"locationId": "L", "pageLimit": 0}, 422),
        ({"locationId": "L", "pageLimit": 501}, 400),
        ({"locationId": "L", "pageLimit": 10, "limit": 10}, 422),
        ({"locationId": "L", "pageLimit": 500, "page": 21}, 400),
        ({"locationId": "L", "pageLimit": 10, "page": 1, "searchAfter": [1, "a"]}, 400),
        ({"locationId": "L", "pageLimit": 10, "searchAfter": [1]}, 400),
        ({"locationId": "L", "pageLimit": 10, "query": "q" * 76}, 422),
        ({"locationId": "L", "pageLimit": 10, "sort": [{"field": "shoe"}]}, 400),
        (
            {"locationId": "L", "pageLimit": 10, "filters": [{"field": "shoe", "operator": "eq"}]},
            400,
        ),
        (
            {
                "locationId": "L",
                "pageLimit": 10,
                "filters": [{"field": "city", "operator": "like"}],
            },
            400,
        ),
        ({"locationId": "L", "pageLimit": 10, "startAfter": 1}, 200),
        ({"locationId": "L", "pageLimit": 1e300}, 400),
    ],
)
def test_what_a_search_may_carry(api: Any, body: Any, status: Any) -> None:
    body = {name: api.location if value == "L" else value for name, value in body.items()}
    assert api("POST", "/contacts/search", json=body).status_code == status


def every(api: Any) -> Any:
    return api.search(pageLimit=500)["contacts"]


def has(contact: Any, name: Any) -> Any:
    return bool(contact[name])


@pytest.mark.parametrize(
    ("condition", "matches"),
    [
        (
            {"field": "tags", "operator": "eq", "value": "vip"},
            lambda c: "vip" in c["tags"],
        ),
        (
            {"field": "tags", "operator": "not_eq", "value": ["vip", "lead"]},
            lambda c: not {"vip", "lead"} & set(c["tags"]),
        ),
        (
            {"field": "tags", "operator": "contains", "value": "EWS"},
            lambda c: any("ews" in tag for tag in c["tags"]),
        ),
        ({"field": "country", "operator": "eq", "value": "PT"}, lambda c: c["country"] == "PT"),
        (
            {"field": "firstNameLowerCase", "operator": "contains", "value": "ΙΩΆ"},
            lambda c: "ιωάννα" in c["firstNameLowerCase"],
        ),
        ({"field": "email", "operator": "exists"}, lambda c: has(c, "email")),
        ({"field": "companyName", "operator": "not_exists"}, lambda c: not c["companyName"]),
        ({"field": "dnd", "operator": "eq", "value": True}, lambda c: c["dnd"]),
        (
            {"field": "email", "operator": "not_contains", "value": "example.com"},
            lambda c: "example.com" not in (c["email"] or ""),
        ),
        (
            {
                "group": "OR",
                "filters": [
                    {"field": "country", "operator": "eq", "value": "CN"},
                    {
                        "group": "AND",
                        "filters": [
                            {"field": "country", "operator": "eq", "value": "PT"},
                            {"field": "tags", "operator": "eq", "value": "newsletter"},
                        ],
                    },
                ],
            },
            lambda c: c["country"] == "CN" or (c["country"] == "PT" and "newsletter" in c["tags"]),
        ),
    ],
)
def test_filters(api: Any, condition: Any, matches: Any) -> None:
    expected = {contact["id"] for contact in every(api) if matches(contact)}
    found = api.search(filters=[condition], pageLimit=500)
    assert expected
    assert len(expected) < 40
    assert set(ids(found)) == expected
    assert found["total"] == len(expected)


def test_filter_by_custom_field(api: Any) -> None:
    role = api.info["examples"]["custom_field"]
    found = api.search(
        filters=[
            {"field": f"customFields.{role}", "operator": "eq", "value": "facilities director"}
        ]
    )
    assert api.contact in ids(found)
    assert all(
        {"id": role, "value": "Facilities director"} in contact["customFields"]
        for contact in found["contacts"]
    )
    without = api.search(
        filters=[{"field": f"customFields.{role}", "operator": "not_exists"}], pageLimit=500
    )
    assert api.contact not in ids(without)


def test_changed_since_in_ascending_pages(api: Any) -> None:
    """The way a client keeps up: a range over dateUpdated, ascending, by cursor."""
    ascending = [{"field": "dateUpdated", "direction": "asc"}]
    everybody = api.search(pageLimit=500, sort=ascending)["contacts"]
    moments = [contact["searchAfter"][0] for contact in everybody]
    assert moments == sorted(moments)
    since = moments[10]
    filters = [{"field": "dateUpdated", "operator": "range", "value": {"gte": since}}]
    seen, after = [], None
    while True:
        cursor = {"searchAfter": after} if after else {}
        found = api.search(filters=filters, sort=ascending, pageLimit=7, **cursor)
        assert found["total"] == 30
        seen += ids(found)
        if len(found["contacts"]) < 7:
            break
        after = found["contacts"][-1]["searchAfter"]
    assert seen == [contact["id"] for contact in everybody[10:]]
    iso = everybody[10]["dateUpdated"]
    by_text = api.search(
        filters=[{"field": "dateUpdated", "operator": "range", "value": {"gt": iso}}]
    )
    assert by_text["total"] == 29


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_sorting_by_two_fields_pages_without_gaps(api: Any, direction: Any) -> None:
    sort = [
        {"field": "country", "direction": direction},
        {"field": "firstName", "direction": "asc"},
    ]
    seen, after = [], None
    for _ in range(20):
        cursor = {"searchAfter": after} if after else {}
        found = api.search(sort=sort, pageLimit=6, **cursor)
        seen += ids(found)
        if len(found["contacts"]) < 6:
            break
        after = found["contacts"][-1]["searchAfter"]
    assert len(seen) == len(set(seen)) == 40


def test_pages_by_number(api: Any) -> None:
    first = api.search(pageLimit=15, page=1)
    third = api.search(pageLimit=15, page=3)
    assert len(first["contacts"]) == 15
    assert len(third["contacts"]) == 10
    assert not set(ids(first)) & set(ids(third))


def test_the_index_lags_behind_every_kind_of_write(start: Any) -> None:
    now = [1_800_000_000.0]
    api = start(index_lag_s=3.0, clock=lambda: now[0])
    made = api(
        "POST", "/contacts/", json={"locationId": api.location, "firstName": "Zzyzx"}
    ).json()["contact"]["id"]
    api("PUT", f"/contacts/{api.contact}", json={"firstName": "Qwerty"})
    victim = api.search(pageLimit=1, sort=[{"field": "dateAdded", "direction": "asc"}])
    gone = victim["contacts"][0]["id"]
    api("DELETE", f"/contacts/{gone}")

    assert api("GET", f"/contacts/{made}").status_code == 200  # reads by id see it at once
    assert api("GET", f"/contacts/{gone}").status_code == 400
    before = api.search()
    assert before["total"] == 40
    assert made not in ids(before)
    assert gone in ids(before)
    assert api.search(query="Qwerty")["total"] == 0
    assert api.search(query="ølgaard")["contacts"][0]["firstName"] == "Ana"

    now[0] += 3.1
    after = api.search()
    assert after["total"] == 40  # one more, one less
    assert made in ids(after)
    assert gone not in ids(after)
    assert api.search(query="Qwerty")["total"] == 1


def test_tasks_are_searched_through_the_same_index(start: Any) -> None:
    now = [1_800_000_000.0]
    api = start(index_lag_s=3.0, clock=lambda: now[0])
    task = api.info["examples"]["task"]
    api("PUT", f"/contacts/{api.contact}/tasks/{task}/completed", json={"completed": True})

    def completed() -> Any:
        body = {"contactId": [api.contact], "limit": 100}
        found = api("POST", f"/locations/{api.location}/tasks/search", json=body).json()["tasks"]
        return {one["_id"]: one["completed"] for one in found}[task]

    assert completed() is False
    now[0] += 3.1
    assert completed() is True
