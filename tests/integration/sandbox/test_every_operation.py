"""Every operation of the vendor's documents, asked once and laid beside its declared reply."""

from typing import Any

import pytest

from openapi import DEVIATIONS, DOCUMENTS, check_reply, declared, operations

pytestmark = pytest.mark.contract


class Contract:
    """Sends requests of one document, compares the replies, and notes what was asked."""

    def __init__(self, api: Any, name: str) -> None:
        self.api = api
        self.name = name
        self.asked: set[tuple[str, str]] = set()
        self.agency = api.info["agency_token"]
        self.examples = api.info["examples"]

    def __call__(
        self, method: str, path: str, params: dict[str, Any] | None = None, **options: Any
    ) -> Any:
        """``params`` fill the path, and go into the query when it does not name them."""
        given = {"locationId": self.api.location, **(params or {})}
        url, query = path, dict(options.pop("query", {}))
        for name, value in given.items():
            if f"{{{name}}}" in url:
                url = url.replace(f"{{{name}}}", str(value))
            elif params and name in params:
                query[name] = value
        reply = self.api(method, url, params=query, **options)
        self.asked.add((method, path))
        assert reply.status_code < 300, f"{method} {path}: {reply.text}"
        kind = reply.headers["content-type"]
        if not kind.startswith("application/json"):
            return reply.content
        check_reply(method, path, reply.status_code, reply.json())
        return reply.json()

    def complete(self) -> None:
        assert set(operations(self.name)) - self.asked == set()


def test_contacts(api: Any) -> None:
    ask = Contract(api, "contacts")
    place, examples = {"locationId": api.location}, ask.examples
    new = {**place, "firstName": "Vera", "email": "vera@example.com"}
    made = ask("POST", "/contacts/", json=new)["contact"]
    one, path = {"contactId": made["id"]}, "/contacts/{contactId}"
    ask("GET", path, one)
    ask("PUT", path, one, json={"city": "Faro"})
    assert ask("POST", "/contacts/upsert", json=new)["contact"]["id"] == made["id"]
    listed = ask("GET", "/contacts/", query=place)
    assert {"count", "meta"} & set(listed) == {"meta"}
    ask("POST", "/contacts/search", json={**place, "pageLimit": 5})
    ask("GET", "/contacts/search/duplicate", query={**place, "email": "vera@example.com"})

    business = {"businessId": examples["business"]}
    ask("POST", "/contacts/bulk/business", json={**place, "ids": [made["id"]], **business})
    ask("GET", "/contacts/business/{businessId}", business, query=place)
    tags = {"contacts": [made["id"]], "tags": ["roof"], **place}
    ask("POST", "/contacts/bulk/tags/update/{type}", {"type": "add"}, json=tags)
    for method in ("POST", "DELETE"):
        ask(method, f"{path}/tags", one, json={"tags": ["a"]})
        ask(method, f"{path}/followers", one, json={"followers": [examples["user"]]})
        campaign = {**one, "campaignId": examples["campaign"]}
        ask(method, f"{path}/campaigns/{{campaignId}}", campaign, json={})
        workflow = {**one, "workflowId": examples["workflow"]}
        ask(method, f"{path}/workflow/{{workflowId}}", workflow, json={})
    ask("DELETE", f"{path}/campaigns/removeAll", one)
    ask("GET", f"{path}/appointments", one)

    ask("GET", f"{path}/notes", one)
    note = {**one, "id": ask("POST", f"{path}/notes", one, json={"body": "b"})["note"]["id"]}
    ask("GET", f"{path}/notes/{{id}}", note)
    ask("PUT", f"{path}/notes/{{id}}", note, json={"body": "c"})
    ask("DELETE", f"{path}/notes/{{id}}", note)
    ask("GET", f"{path}/tasks", one)
    body = {"title": "t", "dueDate": "2030-01-01T00:00:00Z", "completed": False}
    task = {**one, "taskId": ask("POST", f"{path}/tasks", one, json=body)["task"]["id"]}
    ask("GET", f"{path}/tasks/{{taskId}}", task)
    ask("PUT", f"{path}/tasks/{{taskId}}", task, json={"title": "u"})
    ask("PUT", f"{path}/tasks/{{taskId}}/completed", task, json={"completed": True})
    ask("DELETE", f"{path}/tasks/{{taskId}}", task)
    ask("DELETE", path, one)
    ask.complete()


def test_businesses_workflows_and_campaigns(api: Any) -> None:
    ask, place = Contract(api, "businesses"), {"locationId": api.location}
    made = ask("POST", "/businesses/", json={"name": "Sol e Mar", **place})["buiseness"]
    one = {"businessId": made["id"]}
    ask("GET", "/businesses/", query=place)
    ask("PUT", "/businesses/{businessId}", one, json={"city": "Faro"})
    assert ask("GET", "/businesses/{businessId}", one)["business"]["city"] == "Faro"
    ask("DELETE", "/businesses/{businessId}", one)
    ask.complete()
    for name in ("workflows", "campaigns"):
        ask = Contract(api, name)
        assert ask("GET", f"/{name}/", query=place)[name]
        ask.complete()


def test_locations(api: Any) -> None:
    ask = Contract(api, "locations")
    one, company = "/locations/{locationId}", {"companyId": api.info["company_id"]}
    ask("GET", "/locations/search", company, token=ask.agency)
    ask("GET", one)
    new = ask("POST", "/locations/", json={"name": "Fourth", **company}, token=ask.agency)
    place = {"locationId": new["id"]}
    changed = ask("PUT", one, place, json={"city": "Faro", **company}, token=ask.agency)
    assert changed["city"] == "Faro"
    assert changed["name"] == "Fourth"
    query = {"deleteTwilioAccount": "false"}
    ask("DELETE", one, place, query=query, token=ask.agency)
    ask("GET", f"{one}/timezones")

    ask("GET", f"{one}/tags")
    tag = {"tagId": ask("POST", f"{one}/tags", json={"name": "fresh"})["tag"]["id"]}
    ask("GET", f"{one}/tags/{{tagId}}", tag)
    ask("PUT", f"{one}/tags/{{tagId}}", tag, json={"name": "renamed"})
    ask("DELETE", f"{one}/tags/{{tagId}}", tag)

    ask("POST", f"{one}/tasks/search", json={})
    rule = {
        "intervalType": "daily",
        "interval": 1,
        "startDate": "2030-01-01T00:00:00Z",
        "dueAfterSeconds": 60,
    }
    body = {"title": "r", "rruleOptions": rule}
    base = f"{one}/recurring-tasks"
    task = {"id": ask("POST", base, json=body)["recurringTask"]["id"]}
    ask("GET", f"{base}/{{id}}", task)
    ask("PUT", f"{base}/{{id}}", task, json={"title": "s"})
    ask("DELETE", f"{base}/{{id}}", task)

    base = f"{one}/customFields"
    ask("GET", base)
    made = ask("POST", base, json={"name": "Pets", "dataType": "TEXT"})
    field = {"id": made["customField"]["id"]}
    ask("GET", f"{base}/{{id}}", field)
    ask("PUT", f"{base}/{{id}}", field, json={"name": "Animals"})
    files = {"meter_1": ("bill.csv", b"a,b\n1,2\n", "text/csv")}
    sent = ask("POST", f"{base}/upload", data={"id": api.contact}, files=files)
    assert set(sent["uploadedFiles"]) == {"bill.csv"}
    assert sent["meta"][0]["size"] == 8
    ask("DELETE", f"{base}/{{id}}", field)

    base = f"{one}/customValues"
    ask("GET", base)
    made = ask("POST", base, json={"name": "Slogan", "value": "Sun"})
    value = {"id": made["customValue"]["id"]}
    ask("PUT", f"{base}/{{id}}", value, json={"name": "Slogan", "value": "Wind"})
    assert ask("GET", f"{base}/{{id}}", value)["customValue"]["value"] == "Wind"
    ask("DELETE", f"{base}/{{id}}", value)
    assert value["id"] not in {one["id"] for one in ask("GET", base)["customValues"]}

    ask("GET", f"{one}/templates", query={"originId": api.location})
    ask("DELETE", f"{one}/templates/{{id}}", {"id": ask.examples["template"]})
    ask.complete()


def test_users(api: Any) -> None:
    ask = Contract(api, "users")
    company = {"companyId": api.info["company_id"]}
    body = {
        **company,
        "firstName": "Olga",
        "lastName": "Reis",
        "email": "olga@lumensolar.example",
        "password": "not kept",
        "type": "account",
        "role": "user",
        "locationIds": [api.location],
        "scopes": ["contacts.write"],
    }
    made = ask("POST", "/users/", json=body)
    user = {"userId": made["id"]}
    ask("GET", "/users/", query={"locationId": api.location})
    ask("GET", "/users/search", query=company)
    mails = {**company, "emails": "olga@lumensolar.example,nobody@x.example"}
    found = ask("POST", "/users/search/filter-by-email", json=mails, token=ask.agency)
    assert found["users"] == [{"id": made["id"], "email": body["email"]}]
    changed = {"lastName": "Reis Lima", "scopes": []}
    reply = api("PUT", f"/users/{made['id']}", json=changed)
    assert reply.json()["name"] == "Olga Reis Lima"
    one = ask.examples["user"]
    ask("PUT", "/users/{userId}", {"userId": one}, json={"phone": "+351912000199"})
    ask("GET", "/users/{userId}", {"userId": one})
    ask("DELETE", "/users/{userId}", user)
    ask.complete()


def test_calendars(api: Any) -> None:
    ask = Contract(api, "calendars")
    place = {"locationId": api.location}
    calendar = ask("POST", "/calendars/", json={"name": "Third", **place})["calendar"]
    one = {"calendarId": calendar["id"]}
    ask("GET", "/calendars/", query=place)
    ask("GET", "/calendars/{calendarId}", one)
    ask("PUT", "/calendars/{calendarId}", one, json={"slotDuration": 60})

    day = {"startDate": "1893488400000", "endDate": "1893574800000"}  # 2030-01-01, a Tuesday
    free = ask("GET", "/calendars/{calendarId}/free-slots", one, query=day)
    slot = free["2030-01-01"]["slots"][0]
    booked = {**place, **one, "contactId": api.contact, "startTime": slot}
    base = "/calendars/events/appointments"
    visit = ask("POST", base, json=booked)
    event = {"eventId": visit["id"]}
    ask("PUT", f"{base}/{{eventId}}", event, json={"title": "Moved"})
    assert ask("GET", f"{base}/{{eventId}}", event)["appointment"]["title"] == "Moved"
    span = {"startTime": "1893400000000", "endTime": "1893700000000"}
    assert ask("GET", "/calendars/events", query={**place, **one, **span})["events"]

    base = "/calendars/appointments/{appointmentId}/notes"
    of = {"appointmentId": visit["id"]}
    note = ask("POST", base, of, json={"body": "Bring the plan"})["note"]
    ask("PUT", f"{base}/{{noteId}}", {**of, "noteId": note["id"]}, json={"body": "Plans"})
    listed = ask("GET", base, of, query={"limit": "20", "offset": "0"})
    assert [entry["body"] for entry in listed["notes"]] == ["Plans"]
    ask("DELETE", f"{base}/{{noteId}}", {**of, "noteId": note["id"]})
    ask("DELETE", "/calendars/events/{eventId}", event, json={})

    times = {"startTime": "2030-01-02T10:00:00Z", "endTime": "2030-01-02T12:00:00Z"}
    base = "/calendars/events/block-slots"
    block = ask("POST", base, json={"title": "Lunch", **place, **one, **times})
    later = {"title": "Long lunch", **place, **one}
    ask("PUT", f"{base}/{{eventId}}", {"eventId": block["id"]}, json=later)
    events = ask("GET", "/calendars/blocked-slots", query={**place, **one, **span})["events"]
    assert [entry["title"] for entry in events] == ["Long lunch"]

    base = "/calendars/{calendarId}/notifications"
    wanted = {"receiverType": "contact", "channel": "email", "notificationType": "booked"}
    made = ask("POST", base, one, json=[wanted])
    told = {**one, "notificationId": made[0]["_id"]}
    ask("GET", base, one)
    ask("PUT", f"{base}/{{notificationId}}", told, json={"isActive": False})
    assert ask("GET", f"{base}/{{notificationId}}", told)["isActive"] is False
    ask("DELETE", f"{base}/{{notificationId}}", told)

    base = "/calendars/schedules"
    rule = {"type": "wday", "day": "monday", "intervals": [{"from": "09:00", "to": "17:00"}]}
    body = {"name": "Mondays", "timezone": "Europe/Lisbon", "rules": [rule], **place}
    user = {"userId": ask.examples["user"]}
    schedule = {"id": ask("POST", base, json={**body, **user})["schedule"]["id"]}
    ask("GET", f"{base}/search", query={**place, **user})
    ask("PUT", f"{base}/{{id}}/associations/{{calendarId}}", {**schedule, **one})
    assert ask("GET", f"{base}/{{id}}", schedule)["schedule"]["calendarIds"] == [calendar["id"]]
    ask("DELETE", f"{base}/{{id}}/associations/{{calendarId}}", {**schedule, **one})
    ask("PUT", f"{base}/{{id}}", schedule, json={"name": "Only Mondays"})
    ask("DELETE", f"{base}/{{id}}", schedule)

    base = "/calendars/groups"
    ask("GET", base, query=place)
    ask("POST", f"{base}/validate-slug", json={**place, "slug": "free"})
    words = {"name": "G", "description": "", "slug": "g"}
    group = {"groupId": ask("POST", base, json={**words, **place})["group"]["id"]}
    ask("PUT", f"{base}/{{groupId}}", group, json={**words, "name": "H"})
    ask("PUT", f"{base}/{{groupId}}/status", group, json={"isActive": False})
    ask("DELETE", f"{base}/{{groupId}}", group)

    base = "/calendars/resources/{resourceType}"
    room = {"name": "Attic", "description": "", "quantity": 0, "outOfService": 0, "capacity": 4}
    kind = {"resourceType": "rooms"}
    body = {**room, **place, "calendarIds": [calendar["id"]]}
    thing = {**kind, "id": ask("POST", base, kind, json=body)["id"]}
    ask("GET", base, kind, query={**place, "limit": "10", "skip": "0"})
    ask("PUT", f"{base}/{{id}}", thing, json={"capacity": 5})
    assert ask("GET", f"{base}/{{id}}", thing)["capacity"] == 5
    ask("DELETE", f"{base}/{{id}}", thing)
    ask("DELETE", "/calendars/{calendarId}", one)
    ask.complete()


def test_opportunities(api: Any) -> None:
    ask = Contract(api, "opportunities")
    place = {"locationId": api.location}
    stages = ask("GET", "/opportunities/pipelines", query=place)["pipelines"][0]
    ask("GET", "/opportunities/lost-reason", query=place)
    body = {"pipelineId": stages["id"], "name": "Roof", "status": "open", **place}
    made = ask("POST", "/opportunities/", json={**body, "contactId": api.contact})
    one = {"id": made["opportunity"]["id"]}
    wanted = {"location_id": api.location, "contact_id": api.contact, "getTasks": "true"}
    found = ask("GET", "/opportunities/search", query=wanted)["opportunities"]
    assert [entry["id"] for entry in found] == [one["id"]]
    assert found[0]["tasks"]
    details = dict.fromkeys(("notes", "tasks", "calendarEvents", "unReadConversations"), True)
    asked = {**place, "query": "", "limit": 5, "page": 1, "searchAfter": []}
    ask("POST", "/opportunities/search", json={**asked, "additionalDetails": details})
    path = "/opportunities/{id}"
    ask("PUT", path, one, json={"monetaryValue": 900, "pipelineStageId": stages["stages"][1]["id"]})
    ask("PUT", f"{path}/status", one, json={"status": "won"})
    read = ask("GET", path, one)["opportunity"]
    assert (read["monetaryValue"], read["status"]) == (900, "won")
    follower = {"followers": [ask.examples["user"]]}
    ask("POST", f"{path}/followers", one, json=follower)
    ask("DELETE", f"{path}/followers", one, json=follower)
    ways = {"isRemoveAllFollowers": False, "followersActionType": "add", **follower}
    sent = {"pipelineId": stages["id"], **place, **ways}
    assert ask("POST", "/opportunities/upsert", json={**sent, **one})["new"] is False
    ask("DELETE", path, one)
    ask.complete()


def test_conversations(api: Any) -> None:
    ask = Contract(api, "conversations")
    place, examples = {"locationId": api.location}, ask.examples
    one, path = {"conversationId": examples["conversation"]}, "/conversations/{conversationId}"
    found = ask("GET", "/conversations/search", query=place)
    assert found["total"] == len(found["conversations"])
    assert ask("GET", path, one)["type"] == 1
    ask("PUT", path, one, json={**place, "unreadCount": 0})
    assert len(ask("GET", f"{path}/messages", one)["messages"]) == 5

    base = "/conversations/messages"
    ask("GET", f"{base}/{{id}}", {"id": examples["message"]})
    ask("GET", f"{base}/email/{{id}}", {"id": examples["email_message"]})
    assert ask("GET", f"{base}/export", query=place)["messages"]
    text = {"type": "SMS", "contactId": api.contact, "message": "On my way"}
    sent = ask("POST", base, json=text)
    assert sent["conversationId"] == examples["conversation"]
    ask("PUT", f"{base}/{{messageId}}/status", sent, json={"status": "read"})
    came = {"type": "SMS", **one, "contactId": api.contact, "conversationProviderId": "p"}
    ask("POST", f"{base}/inbound", json={**came, "message": "See you"})
    called = {"type": "Call", **one, "conversationProviderId": "p"}
    call = {"messageId": ask("POST", f"{base}/outbound", json=called)["messageId"]}
    recordings = {"attachments": ["https://files.example.com/a.wav"]}
    ask("PUT", f"{base}/{{messageId}}/attachments", call, json=recordings)
    ask("POST", f"{base}/review-reply", json={**one, **place, "message": "Thanks"})
    later = {**text, "scheduledTimestamp": 1_900_000_000}
    due = {"messageId": ask("POST", base, json=later)["messageId"]}
    ask("DELETE", f"{base}/{{messageId}}/schedule", due)
    mail = {**later, "type": "Email", "html": "<p>Hello</p>"}
    due = {"emailMessageId": ask("POST", base, json=mail)["emailMessageId"]}
    ask("DELETE", f"{base}/email/{{emailMessageId}}/schedule", due)

    form = {**one, **place, "contactId": api.contact, "attachmentUrls": ""}
    files = {"fileAttachment": ("plan.pdf", b"%PDF", "application/pdf")}
    ask("POST", f"{base}/upload", data=form, files=files)
    film = {"filename": "roof.mp4", **one, **place}
    begin = {**film, "contentType": "video/mp4", "channel": "WHATSAPP"}
    begun = ask("POST", f"{base}/upload/initiate", json=begin)
    end = {**film, "uploadId": begun["uploadId"], "filePath": begun["filePath"]}
    ask("POST", f"{base}/upload/complete", json=end)
    sound = ask("GET", f"{base}/{{messageId}}/locations/{{locationId}}/recording", call)
    assert sound.startswith(b"RIFF")
    base = "/conversations/locations/{locationId}/messages/{messageId}/transcription"
    said = ask("GET", base, call)["transcript"]
    assert ask("GET", f"{base}/download", call).decode().strip() == said

    base = "/conversations/preferences"
    kind = {"name": "News", "channel": "email", "language": "en"}
    made = ask("POST", f"{base}/custom-subtypes", query=place, json=kind)["customSubtype"]
    subtype = {"id": made["id"]}
    ask("PUT", f"{base}/custom-subtypes/{{id}}", subtype, query=place, json={"archived": True})
    assert ask("GET", f"{base}/custom-subtypes", query=place)["customSubtypes"][0]["archived"]
    action = {"type": "custom", "subtype_id": made["id"], "subtype_status": "unsubscribed"}
    who = {**place, "contactId": api.contact}
    wish = {**who, "email": "a@b.example", "subscription_action": action}
    ask("POST", f"{base}/unsubscriptions/user-change", json=wish)
    known = ask("GET", f"{base}/unsubscriptions/status", query=who)["subscriptions"]
    assert known == [{"email": "a@b.example", "statuses": {made["id"]: "unsubscribed"}}]
    typing = {**place, **one, "isTyping": True, "visitorId": "v"}
    ask("POST", "/conversations/providers/live-chat/typing", json=typing)
    ask("DELETE", path, one)
    ask("POST", "/conversations/", json=who)
    ask.complete()


def test_the_table_is_that_of_the_documents() -> None:
    from rapport.sandbox.resources import OPERATIONS

    have = {(operation.method, operation.path) for operation in OPERATIONS}
    assert set(operations(*DOCUMENTS)) - have == set()
    known = {f"{method} {path}" for method, path in declared()}
    assert {one for deviation in DEVIATIONS for one in deviation.operations} <= known
