"""Tasks, notes and the memberships of a contact."""

from typing import Any

import pytest

DUE = "2030-06-01T15:00:00Z"


@pytest.fixture
def tasks(api: Any) -> Any:
    return f"/contacts/{api.contact}/tasks"


@pytest.fixture
def notes(api: Any) -> Any:
    return f"/contacts/{api.contact}/notes"


def test_a_tasks_life(api: Any, tasks: Any) -> None:
    made = api(
        "POST", tasks, json={"title": "Call", "dueDate": DUE, "completed": False, "body": "b"}
    )
    assert made.status_code == 201
    task = made.json()["task"]
    assert task == {
        "id": task["id"],
        "title": "Call",
        "body": "b",
        "assignedTo": None,
        "dueDate": "2030-06-01T15:00:00.000Z",
        "completed": False,
        "contactId": api.contact,
    }
    path = f"{tasks}/{task['id']}"
    assert api("GET", path).json()["task"] == task
    moved = api("PUT", path, json={"dueDate": "2030-06-02T15:00:00.250+02:00"})
    assert moved.status_code == 200
    assert moved.json()["task"] == {**task, "dueDate": "2030-06-02T13:00:00.250Z"}
    done = api("PUT", f"{path}/completed", json={"completed": True})
    assert done.json()["task"]["completed"] is True
    assert task["id"] in [one["id"] for one in api("GET", tasks).json()["tasks"]]
    assert api("DELETE", path).json() == {"succeded": True}
    gone = api("GET", path)
    assert gone.status_code == 400
    assert gone.json() == {"error": f"Task with id {task['id']} not found"}


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"dueDate": DUE, "completed": False}, "title should not be empty"),
        ({"title": "x", "completed": False}, "dueDate should not be empty"),
        ({"title": "x", "dueDate": DUE}, "completed should not be empty"),
        ({"title": " ", "dueDate": DUE, "completed": False}, "title should not be empty"),
        (
            {"title": "x", "dueDate": "soon", "completed": False},
            "dueDate must be a valid ISO 8601 date string",
        ),
        (
            {"title": "x", "dueDate": DUE, "completed": "no"},
            "completed must be a boolean value",
        ),
        (
            {"title": "x", "dueDate": DUE, "completed": False, "priority": 1},
            "property priority should not exist",
        ),
    ],
)
def test_wrong_tasks_are_422(api: Any, tasks: Any, body: Any, complaint: Any) -> None:
    reply = api("POST", tasks, json=body)
    assert reply.status_code == 422
    assert reply.json()["message"] == [complaint]


def test_a_task_belongs_to_its_contact(api: Any) -> None:
    other = api.search(pageLimit=1)["contacts"][0]["id"]
    task = api.info["examples"]["task"]
    assert api("GET", f"/contacts/{other}/tasks/{task}").status_code == 400


def test_the_locations_task_search(api: Any) -> None:
    path = f"/locations/{api.location}/tasks/search"
    found = api("POST", path, json={"limit": 100}).json()["tasks"]
    assert len(found) > 10
    one = next(task for task in found if task["_id"] == api.info["examples"]["task"])
    assert "id" not in one
    assert one["deleted"] is False
    assert one["contactDetails"]["firstName"] == "Ana"
    assert one["createdAt"] == one["dateAdded"]
    assert one["assignedToUserDetails"]["lastName"] == "Lindqvist"
    added = [task["dateAdded"] for task in found]
    assert added == sorted(added, reverse=True)

    paged = []
    while True:
        page = api("POST", path, json={"limit": 7, "skip": len(paged)}).json()["tasks"]
        paged += page
        if len(page) < 7:
            break
    assert [task["_id"] for task in paged] == [task["_id"] for task in found]

    mine = api("POST", path, json={"contactId": [api.contact], "completed": False}).json()["tasks"]
    assert {task["title"] for task in mine} == {
        "Call Ana about the roof permit",
        "Send revised 38 kWp quote",
    }
    assigned = api("POST", path, json={"assignedTo": [one["assignedTo"]], "limit": 100}).json()
    assert {task["assignedTo"] for task in assigned["tasks"]} == {one["assignedTo"]}
    by_text = api("POST", path, json={"query": "ROOF permit"}).json()["tasks"]
    assert [task["_id"] for task in by_text] == [one["_id"]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"contactId": "abc"}, 422),
        ({"completed": "true"}, 422),
        ({"updatedSince": 1}, 422),
        ({"limit": 101}, 400),
        ({"limit": "25"}, 422),
        ({"skip": -1}, 400),
    ],
)
def test_wrong_task_searches(api: Any, body: Any, status: Any) -> None:
    reply = api("POST", f"/locations/{api.location}/tasks/search", json=body)
    assert reply.status_code == status


def test_recurring_tasks(api: Any) -> None:
    path = f"/locations/{api.location}/recurring-tasks"
    rule = {
        "intervalType": "monthly",
        "interval": 1,
        "startDate": "2030-01-01T00:00:00.000Z",
        "dueAfterSeconds": 3600,
    }
    made = api(
        "POST", path, json={"title": "Review", "rruleOptions": rule, "contactIds": [api.contact]}
    )
    assert made.status_code == 201
    recurring = made.json()["recurringTask"]
    first = [
        task
        for task in api("GET", f"/contacts/{api.contact}/tasks").json()["tasks"]
        if task["title"] == "Review"
    ]
    assert [task["dueDate"] for task in first] == ["2030-01-01T01:00:00.000Z"]
    one = f"{path}/{recurring['id']}"
    assert api("GET", one).json()["recurringTask"] == recurring
    renamed = api("PUT", one, json={"title": "Survey"}).json()["recurringTask"]
    assert renamed["title"] == "Survey"
    assert api("DELETE", one).json() == {"id": recurring["id"], "success": True}
    assert api("GET", one).status_code == 400
    assert api("POST", path, json={"title": "x", "rruleOptions": {}}).status_code == 422


def test_a_notes_life(api: Any, notes: Any) -> None:
    body = '<p>Hi <b onclick="x()">there</b></p>\r\n<script>1</script>  '
    made = api("POST", notes, json={"body": body, "title": "T", "pinned": True})
    assert made.status_code == 201
    note = made.json()["note"]
    assert note["body"] == body  # unchanged, whatever it is
    assert note["contactId"] == api.contact
    assert "dateUpdated" not in note
    listed = api("GET", notes).json()["notes"]
    assert listed[0] == note  # newest first
    assert len(listed) == 3
    path = f"{notes}/{note['id']}"
    changed = api("PUT", path, json={"body": "plain"})
    assert changed.status_code == 200
    assert changed.json()["note"] == {**note, "body": "plain"}
    assert api("GET", path).json()["note"]["body"] == "plain"
    assert api("DELETE", path).json() == {"succeded": True}
    assert api("GET", path).json() == {"error": f"Note with id {note['id']} not found"}


def test_equal_notes_are_two_notes(api: Any, notes: Any) -> None:
    for _ in range(2):
        api("POST", notes, json={"body": "same"})
    bodies = [note["body"] for note in api("GET", notes).json()["notes"]]
    assert bodies.count("same") == 2


def test_wrong_notes_are_422(api: Any, notes: Any) -> None:
    assert api("POST", notes, json={}).status_code == 422
    assert api("POST", notes, json={"body": "x", "html": True}).status_code == 422


def test_tags_are_lower_cased_and_kept_once(api: Any) -> None:
    path = f"/contacts/{api.contact}/tags"
    added = api("POST", path, json={"tags": ["VIP", "Água", "água"]})
    assert added.status_code == 201
    assert added.json() == {"tags": ["vip", "lead", "newsletter", "hot", "água"]}
    removed = api("DELETE", path, json={"tags": ["Água", "hot"]})
    assert removed.status_code == 200
    assert removed.json() == {"tags": ["vip", "lead", "newsletter"]}
    dictionary = api("GET", f"/locations/{api.location}/tags").json()["tags"]
    assert "água" in [tag["name"] for tag in dictionary]
    assert api("POST", path, json={}).status_code == 422


def test_bulk_tags(api: Any) -> None:
    other = next(
        contact["id"] for contact in api.search()["contacts"] if contact["id"] != api.contact
    )
    reply = api(
        "POST",
        "/contacts/bulk/tags/update/add",
        json={
            "locationId": api.location,
            "contacts": [api.contact, other, "bad", "A" * 20],
            "tags": ["Bulk"],
        },
    )
    assert reply.status_code == 201
    body = reply.json()
    assert body["errorCount"] == 2
    assert [one["message"] for one in body["responses"]] == [
        "Tags updated",
        "Tags updated",
        "contact id is not a valid firebase id",
        "contact is deleted",
    ]
    assert body["responses"][0]["tagsAdded"] == ["bulk"]
    emptied = api(
        "POST",
        "/contacts/bulk/tags/update/remove",
        json={
            "locationId": api.location,
            "contacts": [other],
            "tags": [],
            "removeAllTags": True,
        },
    )
    assert emptied.status_code == 201
    assert api("GET", f"/contacts/{other}").json()["contact"]["tags"] == []


def test_followers(api: Any) -> None:
    path, user = f"/contacts/{api.contact}/followers", api.info["examples"]["user"]
    added = api("POST", path, json={"followers": [user]})
    assert added.status_code == 201
    assert added.json() == {"followers": [user], "followersAdded": [user]}
    removed = api("DELETE", path, json={"followers": [user]})
    assert removed.status_code == 200
    assert removed.json() == {"followers": [], "followersRemoved": [user]}


def test_campaigns_and_workflows(api: Any) -> None:
    campaign = api("GET", "/campaigns/", params={"locationId": api.location}).json()["campaigns"][0]
    workflow = api("GET", "/workflows/", params={"locationId": api.location}).json()["workflows"][0]
    base = f"/contacts/{api.contact}"
    added = api("POST", f"{base}/campaigns/{campaign['id']}", json={})
    assert (added.status_code, added.json()) == (201, {"succeded": True})
    assert api("DELETE", f"{base}/campaigns/removeAll").status_code == 200
    assert api("DELETE", f"{base}/campaigns/{campaign['id']}").status_code == 200
    assert api("POST", f"{base}/campaigns/nowhere", json={}).status_code == 400
    joined = api(
        "POST",
        f"{base}/workflow/{workflow['id']}",
        json={"eventStartTime": "2030-01-01T00:00:00+01:00"},
    )
    assert (joined.status_code, joined.json()) == (200, {"succeded": True})
    left = api("DELETE", f"{base}/workflow/{workflow['id']}", json={})
    assert left.status_code == 200


def test_bulk_business(api: Any) -> None:
    body = {"locationId": api.location, "ids": [api.contact], "businessId": None}
    assert api("POST", "/contacts/bulk/business", json=body).json() == {
        "success": True,
        "ids": [api.contact],
    }
    assert api("GET", f"/contacts/{api.contact}").json()["contact"]["businessId"] is None
    too_many = {**body, "ids": [api.contact] * 51}
    assert api("POST", "/contacts/bulk/business", json=too_many).status_code == 400
