"""Calendars and what surrounds them: stored, limited and refused."""

from typing import Any

TUESDAY = {"startDate": "1893456000000", "endDate": "1893542400000"}  # 2030-01-01 in Lisbon


def slots(api: Any, calendar: str) -> list[str]:
    reply = api("GET", f"/calendars/{calendar}/free-slots", params=TUESDAY)
    days = {day: found["slots"] for day, found in reply.json().items() if day != "traceId"}
    return [slot for found in days.values() for slot in found]


def make(api: Any, **more: Any) -> str:
    reply = api("POST", "/calendars/", json={"name": "New", "locationId": api.location, **more})
    assert reply.status_code == 200, reply.text
    return str(reply.json()["calendar"]["id"])


def test_opening_hours_and_length_make_the_free_slots(api: Any) -> None:
    morning = {"openHour": 8, "openMinute": 30, "closeHour": 10, "closeMinute": 0}
    calendar = make(api, slotDuration=45, openHours=[{"daysOfTheWeek": [2], "hours": [morning]}])
    assert slots(api, calendar) == ["2030-01-01T08:30:00+00:00", "2030-01-01T09:15:00+00:00"]
    api("PUT", f"/calendars/{calendar}", json={"openHours": None, "slotDuration": 120})
    assert slots(api, calendar) == []


def test_a_blocked_time_cannot_be_booked_until_it_is_deleted(api: Any) -> None:
    calendar = make(api, slotDuration=60)
    free = slots(api, calendar)
    block = {
        "title": "Stocktaking",
        "calendarId": calendar,
        "locationId": api.location,
        "startTime": "2030-01-01T09:00:00Z",
        "endTime": "2030-01-01T12:00:00Z",
    }
    made = api("POST", "/calendars/events/block-slots", json=block)
    assert made.status_code == 201
    assert slots(api, calendar) == free[3:]
    visit = {
        "calendarId": calendar,
        "locationId": api.location,
        "contactId": api.contact,
        "startTime": free[0],
    }
    refused = api("POST", "/calendars/events/appointments", json=visit)
    assert refused.status_code == 400
    gone = api("DELETE", f"/calendars/events/{made.json()['id']}", json={})
    assert (gone.status_code, gone.json()) == (201, {"succeeded": True})
    assert api("POST", "/calendars/events/appointments", json=visit).status_code == 200
    assert slots(api, calendar) == free[1:]


def test_room_for_several_in_one_slot(api: Any) -> None:
    calendar = make(api, slotDuration=60, appoinmentPerSlot=2)
    visit = {
        "calendarId": calendar,
        "locationId": api.location,
        "contactId": api.contact,
        "startTime": slots(api, calendar)[0],
    }
    answers = [api("POST", "/calendars/events/appointments", json=visit) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 400]


def test_what_a_calendar_refuses(api: Any) -> None:
    body = {"name": "x", "locationId": api.location}
    for wrong in (
        {"colour": "red"},
        {"slotDuration": 0},
        {"calendarType": "none"},
        {"availabilityType": 2},
        {"openHours": [{"daysOfTheWeek": [7], "hours": []}]},
        {"teamMembers": [{"priority": 1}]},
        {"recurring": {"freq": "DAILY", "often": True}},
    ):
        reply = api("POST", "/calendars/", json={**body, **wrong})
        assert reply.status_code == 422, reply.text
    elsewhere = {**body, "locationId": api.other_location}
    assert api("POST", "/calendars/", json=elsewhere).status_code == 403
    assert api("POST", "/calendars/", json={**body, "groupId": "none"}).status_code == 400


def test_a_deleted_group_lets_its_calendars_go(api: Any) -> None:
    group = api.info["examples"]["calendar_group"]
    query = {"locationId": api.location, "groupId": group}
    grouped = api("GET", "/calendars/", params=query).json()["calendars"]
    assert [one["groupId"] for one in grouped] == [group]
    slug = api("GET", "/calendars/groups", params={"locationId": api.location}).json()["groups"]
    taken = {"locationId": api.location, "slug": slug[0]["slug"]}
    path = "/calendars/groups/validate-slug"
    assert api("POST", path, json=taken).json() == {"available": False}
    twin = {**taken, "name": "n", "description": ""}
    assert api("POST", "/calendars/groups", json=twin).status_code == 400
    assert api("DELETE", f"/calendars/groups/{group}").json() == {"success": True}
    assert api("POST", path, json=taken).json() == {"available": True}
    alone = api("GET", f"/calendars/{grouped[0]['id']}").json()["calendar"]
    assert "groupId" not in alone


def test_equipment_serves_one_calendar_and_is_no_room(api: Any) -> None:
    calendars = [make(api), make(api)]
    body = {
        "locationId": api.location,
        "name": "Lift",
        "description": "",
        "quantity": 2,
        "outOfService": 0,
        "capacity": 0,
    }
    path = "/calendars/resources/equipments"
    assert api("POST", path, json={**body, "calendarIds": calendars}).status_code == 400
    made = api("POST", path, json={**body, "calendarIds": calendars[:1]})
    assert made.status_code == 201
    as_room = api("GET", f"/calendars/resources/rooms/{made.json()['id']}")
    assert as_room.status_code == 400
    assert api("GET", "/calendars/resources/boats/x").status_code == 422
    page = {"locationId": api.location, "limit": "1", "skip": "0"}
    assert len(api("GET", path, params=page).json()) == 1
    assert api("GET", path, params={"locationId": api.location}).status_code == 422


def test_notifications_are_an_array_and_stay_readable_as_deleted(api: Any) -> None:
    base = f"/calendars/{api.info['examples']['calendar']}/notifications"
    before = api("GET", base).json()
    one = {"receiverType": "contact", "channel": "sms", "notificationType": "followup"}
    assert api("POST", base, json=one).status_code == 400
    assert api("POST", base, json=[{**one, "channel": "pigeon"}]).status_code == 422
    assert len(api("GET", base).json()) == len(before)
    made = api("POST", base, json=[one, one]).json()
    assert len(api("GET", base).json()) == len(before) + 2
    api("DELETE", f"{base}/{made[0]['_id']}")
    assert len(api("GET", base).json()) == len(before) + 1
    gone = api("GET", base, params={"deleted": "true"}).json()
    assert [entry["_id"] for entry in gone] == [made[0]["_id"]]


def test_notes_of_an_appointment_page_by_page(api: Any) -> None:
    base = f"/calendars/appointments/{api.info['examples']['appointment']}/notes"
    known = api("GET", base, params={"limit": "2", "offset": "0"}).json()["notes"]
    assert [note["id"] for note in known] == [api.info["examples"]["appointment_note"]]
    for number in range(2):
        assert api("POST", base, json={"body": f"note {number}"}).status_code == 201
    first = api("GET", base, params={"limit": "2", "offset": "0"}).json()
    assert (len(first["notes"]), first["hasMore"]) == (2, True)
    second = api("GET", base, params={"limit": "2", "offset": "2"}).json()
    assert (len(second["notes"]), second["hasMore"]) == (1, False)
    assert api("GET", base, params={"limit": "21", "offset": "0"}).status_code == 400
    assert api("GET", base).status_code == 422
    assert api("POST", base, json={"body": "x" * 5001}).status_code == 422
    assert api("POST", base, json={"body": "x" * 5000}).status_code == 201


def test_schedules_refuse_what_makes_no_sense(api: Any) -> None:
    user = api.info["examples"]["user"]
    body = {"name": "n", "timezone": "Europe/Lisbon", "locationId": api.location, "userId": user}
    span = {"from": "17:00", "to": "09:00"}
    for wrong, status in (
        ({"timezone": "Europe/Nowhere"}, 422),
        ({"userId": "nobody"}, 400),
        ({"calendarIds": ["none"]}, 400),
        ({"rules": [{"type": "wday", "day": "monday", "intervals": [span]}]}, 400),
        ({"rules": [{"type": "date", "intervals": []}]}, 400),
        (
            {"rules": [{"type": "wday", "day": "monday", "intervals": [{"from": "9", "to": "x"}]}]},
            422,
        ),
    ):
        reply = api("POST", "/calendars/schedules", json={**body, **wrong})
        assert reply.status_code == status, (wrong, reply.text)
    query = {"locationId": api.location, "userId": user}
    known = api("GET", "/calendars/schedules/search", params=query).json()["schedules"]
    assert [one["name"] for one in known] == ["Working week"]
