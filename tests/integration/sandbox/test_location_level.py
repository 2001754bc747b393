"""The location, its dictionaries and its people, and calendars."""

import re
from typing import Any


def test_location(api: Any) -> None:
    reply = api("GET", f"/locations/{api.location}")
    location = reply.json()["location"]
    assert location["name"] == "Lumen Solar"
    assert location["timezone"] == "Europe/Lisbon"
    assert location["companyId"] == api.info["company_id"]
    assert location["settings"]["allowDuplicateContact"] is False
    assert "active" not in location
    assert api("GET", f"/locations/{api.other_location}").status_code == 403
    assert api("GET", "/locations/search").status_code == 403
    agency = api("GET", "/locations/search", token=api.info["agency_token"])
    assert len(agency.json()["locations"]) == 3


def test_tag_dictionary(api: Any) -> None:
    path = f"/locations/{api.location}/tags"
    made = api("POST", path, json={"name": "Fresh One"})
    assert made.status_code == 200
    tag = made.json()["tag"]
    assert tag["name"] == "fresh one"
    assert api("POST", path, json={"name": "FRESH one"}).status_code == 400
    renamed = api("PUT", f"{path}/{tag['id']}", json={"name": "Older"})
    assert renamed.json()["tag"]["name"] == "older"
    assert api("GET", f"{path}/{tag['id']}").json()["tag"]["name"] == "older"
    assert api("POST", path, json={"name": "fresh one"}).status_code == 200
    assert api("DELETE", f"{path}/{tag['id']}").json() == {"succeded": True}
    assert api("GET", f"{path}/{tag['id']}").status_code == 400


def test_custom_fields_of_every_type(api: Any) -> None:
    path = f"/locations/{api.location}/customFields"
    fields = api("GET", path, params={"model": "contact"}).json()["customFields"]
    assert {field["dataType"] for field in fields} == {
        "TEXT", "LARGE_TEXT", "NUMERICAL", "PHONE", "MONETORY", "CHECKBOX", "SINGLE_OPTIONS",
        "MULTIPLE_OPTIONS", "FLOAT", "TIME", "DATE", "TEXTBOX_LIST", "FILE_UPLOAD", "SIGNATURE",
        "RADIO",
    }  # fmt: skip
    keys = {field["name"]: field["fieldKey"] for field in fields}
    assert keys["Monthly bill"] == "contact.monthly_bill"
    assert api("GET", path, params={"model": "opportunity"}).json()["customFields"] == []
    assert api("GET", path, params={"model": "car"}).status_code == 422


def test_a_custom_fields_life(api: Any) -> None:
    path = f"/locations/{api.location}/customFields"
    made = api("POST", path, json={"name": "Role", "dataType": "TEXT", "isMultipleFile": True})
    assert made.status_code == 201
    field = made.json()["customField"]
    assert field["fieldKey"] == "contact.role_2"
    assert field["isMultiFileAllowed"] is True  # written under another name
    one = f"{path}/{field['id']}"
    assert api("PUT", one, json={"name": "Part"}).json()["customField"]["name"] == "Part"
    assert api("GET", one).json()["customField"]["name"] == "Part"
    assert api("DELETE", one).json() == {"succeded": True}
    assert api("GET", one).status_code == 400
    assert api("POST", path, json={"name": "x", "dataType": "COLOUR"}).status_code == 422


def test_users(api: Any) -> None:
    listed = api("GET", "/users/", params={"locationId": api.location}).json()["users"]
    assert [user["name"] for user in listed] == ["Mara Lindqvist", "Inês Duarte", "Jonas Weber"]
    company = api.info["company_id"]
    refused = api("GET", "/users/", params={"locationId": api.location, "companyId": company})
    assert refused.status_code == 422
    bare = api("GET", "/users/search")
    assert bare.status_code == 401
    assert bare.json()["message"] == "E01 - Unauthorized request"
    half = api("GET", "/users/search", params={"locationId": api.location})
    assert half.status_code == 422
    assert half.json()["message"] == ["companyId must be a string"]
    found = api("GET", "/users/search", params={"companyId": company, "query": "inês"}).json()
    assert [user["firstName"] for user in found["users"]] == ["Inês"]
    one = api("GET", f"/users/{api.info['examples']['user']}").json()
    assert one["name"] == "Mara Lindqvist"  # bare, without an envelope


def test_businesses(api: Any) -> None:
    listed = api("GET", "/businesses/", params={"locationId": api.location})
    assert "Fjord & Vale Interiors" in [one["name"] for one in listed.json()["businesses"]]
    made = api("POST", "/businesses/", json={"name": "New Co", "locationId": api.location})
    assert made.status_code == 201
    business = made.json()["buiseness"]
    assert re.fullmatch("[0-9a-f]{24}", business["id"])
    one = f"/businesses/{business['id']}"
    changed = api("PUT", one, json={"city": "Faro"})
    assert changed.json()["buiseness"]["city"] == "Faro"
    assert api("GET", one).json()["business"]["city"] == "Faro"
    assert api("DELETE", one).json() == {"success": True}
    assert api("GET", one).status_code == 400


def test_lists_of_workflows_and_campaigns(api: Any) -> None:
    params = {"locationId": api.location}
    workflows = api("GET", "/workflows/", params=params).json()["workflows"]
    assert {workflow["status"] for workflow in workflows} == {"published", "draft"}
    drafts = api("GET", "/campaigns/", params={**params, "status": "draft"}).json()["campaigns"]
    assert [campaign["status"] for campaign in drafts] == ["draft"]
    assert api("GET", "/campaigns/", params={**params, "status": "old"}).status_code == 422


def test_appointments_of_a_contact_have_naive_times(api: Any) -> None:
    events = api("GET", f"/contacts/{api.contact}/appointments").json()["events"]
    assert [event["title"] for event in events] == ["Site visit, roof survey"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d 09:30:00", events[0]["startTime"])
    assert events[0]["appointmentStatus"] == "confirmed"


def free_slot(api: Any) -> Any:
    calendar = api.info["examples"]["calendar"]
    now = int(api.control("GET", "clock")["now"] * 1000)
    reply = api(
        "GET",
        f"/calendars/{calendar}/free-slots",
        params={"startDate": now, "endDate": now + 14 * 86_400_000, "timezone": "Asia/Tokyo"},
    )
    assert reply.status_code == 200
    days = reply.json()
    assert days.pop("traceId")
    assert all(slot.endswith("+09:00") for day in days.values() for slot in day["slots"])
    return next(iter(days.values()))["slots"][0]


def test_an_appointments_life(api: Any) -> None:
    calendar, slot = api.info["examples"]["calendar"], free_slot(api)
    body = {
        "calendarId": calendar,
        "locationId": api.location,
        "contactId": api.contact,
        "startTime": slot,
        "title": "Second visit",
    }
    made = api("POST", "/calendars/events/appointments", json=body)
    assert made.status_code == 200
    visit = made.json()
    assert visit["title"] == "Second visit"  # bare
    assert "dateAdded" not in visit
    assert free_slot(api) != slot
    assert api("POST", "/calendars/events/appointments", json=body).status_code == 400
    forced = api(
        "POST",
        "/calendars/events/appointments",
        json={**body, "ignoreFreeSlotValidation": True},
    )
    assert forced.status_code == 200
    path = f"/calendars/events/appointments/{visit['id']}"
    cancelled = api("PUT", path, json={"appointmentStatus": "cancelled"})
    assert cancelled.status_code == 200
    assert cancelled.json()["appointmentStatus"] == "cancelled"
    read = api("GET", path).json()
    assert read["appointment"]["title"] == "Second visit"
    assert "event" not in read
    gone = api("DELETE", f"/calendars/events/{visit['id']}", json={})
    assert gone.status_code == 201
    assert gone.json() == {"succeeded": True}
    assert api("GET", path).status_code == 400


def test_appointments_in_a_range(api: Any) -> None:
    now = int(api.control("GET", "clock")["now"] * 1000)
    window = {
        "locationId": api.location,
        "startTime": str(now),
        "endTime": str(now + 5 * 86_400_000),
    }
    assert api("GET", "/calendars/events", params=window).status_code == 422
    calendar = api.info["examples"]["calendar"]
    found = api("GET", "/calendars/events", params={**window, "calendarId": calendar}).json()
    assert "Site visit, roof survey" in [event["title"] for event in found["events"]]


def test_calendars(api: Any) -> None:
    listed = api("GET", "/calendars/", params={"locationId": api.location}).json()["calendars"]
    assert [calendar["name"] for calendar in listed] == ["Site visits", "Video calls"]
    one = api("GET", f"/calendars/{listed[0]['id']}").json()
    assert one["calendar"]["id"] == listed[0]["id"]
