"""Opportunities: found in snake case, written with one name and read with another."""

from typing import Any


def search(api: Any, **query: str) -> Any:
    return api("GET", "/opportunities/search", params={"location_id": api.location, **query})


def create(api: Any, **more: Any) -> Any:
    body = {
        "pipelineId": api.info["examples"]["pipeline"],
        "locationId": api.location,
        "contactId": api.contact,
        "name": "Heat pump",
        "status": "open",
    }
    return api("POST", "/opportunities/", json={**body, **more})


def test_the_search_knows_only_snake_case(api: Any) -> None:
    everything = search(api).json()
    assert everything["meta"]["total"] == len(everything["opportunities"]) > 2
    for name in ("locationId", "pipelineId", "contactId"):
        refused = search(api, **{name: "x"})
        assert refused.status_code == 422
        assert refused.json()["message"] == [f"property {name} should not exist"]
    assert search(api, limit="101").status_code == 400
    assert search(api, status="lost").json()["meta"]["total"] < everything["meta"]["total"]
    assert search(api, status="gone").status_code == 422
    assert search(api, date="2026-01-01").status_code == 422
    assert search(api, date="01-31-2100").json()["meta"]["total"] == 0
    elsewhere = api("GET", "/opportunities/search", params={"location_id": api.other_location})
    assert elsewhere.status_code == 403


def test_pages_by_cursor_and_by_number_give_each_once(api: Any) -> None:
    whole = [one["id"] for one in search(api).json()["opportunities"]]
    by_cursor: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = search(api, limit="2", **cursor).json()
        by_cursor += [one["id"] for one in page["opportunities"]]
        if page["meta"]["nextPageUrl"] is None:
            break
        meta = page["meta"]
        cursor = {"startAfter": str(meta["startAfter"]), "startAfterId": meta["startAfterId"]}
    assert by_cursor == whole
    second = search(api, limit="2", page="2").json()
    assert [one["id"] for one in second["opportunities"]] == whole[2:4]
    assert second["meta"]["prevPage"] == 1


def test_the_search_by_body_pages_by_its_sort(api: Any) -> None:
    whole = [one["id"] for one in search(api).json()["opportunities"]]
    details = dict.fromkeys(("notes", "tasks", "calendarEvents", "unReadConversations"), False)
    body = {
        "locationId": api.location,
        "query": "",
        "limit": 2,
        "page": 1,
        "searchAfter": [],
        "additionalDetails": details,
    }
    path = "/opportunities/search"
    first = api("POST", path, json=body).json()
    assert first["total"] == len(whole)
    after = first["opportunities"][-1]["sort"]
    second = api("POST", path, json={**body, "searchAfter": after}).json()
    assert [one["id"] for one in second["opportunities"]] == whole[2:4]
    assert api("POST", path, json={**body, "searchAfter": ["x"]}).status_code == 422
    assert api("POST", path, json={"locationId": api.location}).status_code == 422


def test_a_second_one_for_the_same_contact_depends_on_the_setting(api: Any) -> None:
    assert create(api).status_code == 201
    assert create(api).status_code == 400
    api.control(
        "POST", f"locations/{api.location}", json={"settings": {"allowDuplicateOpportunity": True}}
    )
    assert create(api).status_code == 201


def test_fields_stages_and_dates(api: Any) -> None:
    made = api(
        "POST",
        f"/locations/{api.location}/customFields",
        json={"name": "Size", "dataType": "TEXT", "model": "opportunity"},
    )
    field = made.json()["customField"]["id"]
    one = create(api, customFields=[{"key": "size", "field_value": "10 kW"}])
    assert one.status_code == 201
    doc = one.json()["opportunity"]
    assert doc["customFields"] == [{"id": field, "fieldValue": "10 kW"}]
    assert doc["contact"]["id"] == api.contact
    path = f"/opportunities/{doc['id']}"
    assert api("PUT", path, json={"contactId": "x"}).status_code == 422
    assert api("PUT", path, json={"pipelineStageId": "none"}).status_code == 400
    assert api("PUT", path, json={"customFields": {"a": 1}}).status_code == 422
    assert api("PUT", path, json={"status": "all"}).status_code == 422
    api.control("POST", "clock", json={"shift_s": 3600})
    lost = {"status": "lost", "lostReasonId": api.info["examples"]["lost_reason"]}
    assert api("PUT", f"{path}/status", json=lost).json()["succeded"] is True
    read = api("GET", path).json()["opportunity"]
    assert read["lastStatusChangeAt"] > doc["lastStatusChangeAt"]
    assert read["lastStageChangeAt"] == doc["lastStageChangeAt"]
    assert api("DELETE", path).json()["succeded"] is True
    assert api("GET", path).status_code == 400


def test_they_go_with_their_contact(api: Any) -> None:
    doc = create(api).json()["opportunity"]
    api("DELETE", f"/contacts/{api.contact}")
    assert api("GET", f"/opportunities/{doc['id']}").status_code == 400
