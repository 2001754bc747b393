"""Every typed method of the client, called once against the sandbox: each request and each reply is
laid beside the vendor's own documents."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from openapi import Watch, operations
from rapport.api import ApiClient
from rapport.api.catalogue import action
from rapport.api.resources.resource import Resource
from rapport.domain.errors import DuplicateError, InvalidError
from rapport.sandbox.server import SandboxThread

pytestmark = pytest.mark.contract

RESOURCES = sorted(name for name in vars(ApiClient) if not name.startswith("_"))


class Called:
    """A client that notes which methods of its resources were called."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self.names: set[str] = set()

    def __getattr__(self, resource: str) -> Any:
        return _Noted(getattr(self._client, resource), resource, self.names)


class _Noted:
    def __init__(self, resource: Resource, name: str, names: set[str]) -> None:
        self._resource, self._name, self._names = resource, name, names

    def __getattr__(self, method: str) -> Any:
        self._names.add(f"{self._name}.{method}")
        return getattr(self._resource, method)


def methods(client: ApiClient) -> set[str]:
    return {
        f"{resource}.{name}"
        for resource in RESOURCES
        for name, _ in inspect.getmembers(getattr(client, resource), inspect.iscoroutinefunction)
        if not name.startswith("_")
    }


ROWS = (
    # FACTS B2.
    "locations.tasks.search",
    *(f"locations.recurring-tasks.{what}" for what in ("create", "get", "update", "delete")),
    # B4.
    "locations.get",
    *(
        f"locations.{kind}.{what}"
        for kind in ("tags", "custom-fields", "custom-values")
        for what in ("list", "create", "get", "update", "delete")
    ),
    *("users.list", "users.search", "users.get"),
    # B5.
    *("calendars.list", "calendars.events.list", "calendars.events.delete"),
    *(f"calendars.appointments.{what}" for what in ("create", "update", "get")),
    *(f"calendars.appointments.notes.{what}" for what in ("list", "create", "update", "delete")),
    *("calendars.free-slots.list", "calendars.blocked-slots.list"),
    *("calendars.blocked-slots.create", "calendars.blocked-slots.update"),
    *("opportunities.pipelines.list", "opportunities.search", "opportunities.search-by-body"),
    *("opportunities.get", "opportunities.create", "opportunities.update"),
    *("opportunities.status", "opportunities.upsert", "opportunities.delete"),
    *("conversations.search", "conversations.get", "conversations.create"),
    *("conversations.messages.list", "conversations.messages.get"),
)
"""What there is a typed method for, beside everything in the documents about contacts (B1, B3),
businesses, workflows and campaigns."""


@pytest.fixture
def unlimited() -> Iterator[SandboxThread]:
    with SandboxThread(contacts=40, rate_limit="off", index_lag_s=0.0) as running:
        yield running


async def test_every_typed_method(
    client_for: Callable[..., ApiClient],
    unlimited: SandboxThread,
    control_of: Any,
    by_contract: Watch,
) -> None:
    info = unlimited.info()
    examples = info["examples"]
    client = client_for(info["base_url"], info["access_token"], info["location_ids"][0])
    call = Called(client)
    await _contacts(call, examples)
    await _tasks_and_notes(call, examples["contact"], examples["user"])
    await _location(call)
    await _team(call, examples)
    await _calendars(call, examples)
    await _opportunities(call, examples)
    await _conversations(call, examples, control_of(unlimited))
    assert methods(client) - call.names == set()
    rows = {(entry.method, entry.path) for entry in map(action, ROWS)}
    rows |= set(operations("contacts", "businesses", "workflows", "campaigns"))
    assert rows - by_contract.seen == set()


async def test_what_is_not_by_the_contract_is_noticed(
    client: ApiClient, sandbox: SandboxThread, by_contract: Watch
) -> None:
    with pytest.raises(InvalidError, match="did not accept"):
        await client.tasks.create(sandbox.info()["examples"]["contact"], {"title": "no due date"})
    assert "'dueDate' is a required property" in by_contract.complaints.pop()


async def _contacts(call: Any, examples: dict[str, str]) -> None:
    contacts, user = call.contacts, examples["user"]
    fields = {field.data_type: field.id for field in await call.custom_fields.list()}
    values = {
        **{"first_name": "Vera", "last_name": "Ø", "email": "vera@example.com", "city": "Faro"},
        **{"phone": "+351912000333", "address": "Rua 1", "state": "F", "postal_code": "8000"},
        **{"country": "PT", "website": "https://x.example", "timezone": "Europe/Lisbon"},
        **{"company": "V", "source": "test", "date_of_birth": "1990-02-28", "dnd": True},
        **{"tags": ["new"], "assigned_to": user, "custom": {fields["TEXT"]: "x"}},
    }
    made = (await contacts.create(values)).rid
    await contacts.update(made, {"custom": {fields["NUMERICAL"]: 4, fields["TEXT"]: None}})
    changes = {name: value for name, value in values.items() if name not in ("tags", "company")}
    await contacts.update(made, changes)
    cleared = {name: "" for name in changes if name not in ("custom", "email", "country")}
    await contacts.update(made, {**cleared, "dnd": False})
    assert not (await contacts.upsert({**values, "email": "vera@example.com"}))[1]
    assert (await contacts.get(made)).values["city"] == "Faro"

    page = await contacts.search(page_limit=2, query="a", sort=("dateUpdated", "desc"))
    await contacts.search(page_limit=2, cursor=page.cursor)
    since = datetime.now(UTC) - timedelta(minutes=1)
    assert made in {one.rid for one in (await contacts.changed_since(since)).items}
    page = await contacts.list(limit=2)
    await contacts.list(limit=2, cursor=page.cursor)
    await contacts.list(query="vera")
    assert await contacts.find_duplicate(email="vera@example.com")
    assert await contacts.find_duplicate(phone="+351912000333")
    assert await contacts.appointments(examples["contact"])

    await contacts.set_business([made], examples["business"])
    page = await contacts.of_business(examples["business"], limit=1)
    await contacts.of_business(examples["business"], limit=1, cursor=page.cursor)
    await contacts.set_business([made], None)
    assert "roof" in await contacts.add_tags(made, ["Roof"])
    assert "roof" not in await contacts.remove_tags(made, ["roof"])
    done, refused = await contacts.add_tags_to_many([made, "nobody"], ["bulk"])
    assert (done.done, done.added, refused.done) == (True, ("bulk",), False)
    assert refused.message
    (done,) = await contacts.remove_tags_from_many([made], ["bulk"], all_tags=True)
    assert done.done
    assert (await contacts.get(made)).values["tags"] == []
    assert await contacts.add_followers(made, [user]) == (user,)
    assert await contacts.remove_followers(made, [user]) == ()
    (campaign, *_) = await call.campaigns.list("published")
    await contacts.add_to_campaign(made, campaign.id)
    await contacts.remove_from_campaign(made, campaign.id)
    await contacts.remove_from_all_campaigns(made)
    (workflow, *_) = await call.workflows.list()
    await contacts.add_to_workflow(made, workflow.id, event_at=datetime.now(UTC))
    await contacts.remove_from_workflow(made, workflow.id)
    await contacts.delete(made)


async def _tasks_and_notes(call: Any, contact: str, user: str) -> None:
    tasks, notes = call.tasks, call.notes
    values = {"title": "Call", "body": "b", "due_at": "2030-01-01T00:00:00Z", "assigned_to": user}
    made = await tasks.create(contact, values)
    await tasks.update(contact, made.rid, {**values, "completed": True, "assigned_to": None})
    assert (await tasks.complete(contact, made.rid)).values["completed"] is True
    assert (await tasks.get(contact, made.rid)).rid in {t.rid for t in await tasks.of(contact)}
    page = await tasks.search(limit=2, completed=False, assigned_to=[user])
    await tasks.search(limit=2, contact_rids=[contact], cursor=page.cursor)
    await tasks.delete(contact, made.rid)

    rule = {"intervalType": "daily", "interval": 1, "startDate": "2030-01-01T00:00:00Z"}
    rule = {**rule, "dueAfterSeconds": 60}
    again = await call.recurring_tasks.create(
        {"title": "Weekly", "rule": rule, "contact_rids": [contact], "assigned_to": user}
    )
    assert (await call.recurring_tasks.update(again.id, {"title": "W"})).title == "W"
    assert (await call.recurring_tasks.get(again.id)).rule["interval"] == 1
    await call.recurring_tasks.delete(again.id)

    values = {"body": "Text", "title": "T", "color": "#FFAA00", "pinned": True, "user_id": user}
    note = await notes.create(contact, values)
    await notes.update(contact, note.rid, {**values, "body": "Other"})
    assert (await notes.get(contact, note.rid)).values["body"] == "Other"
    assert note.rid in {one.rid for one in await notes.of(contact)}
    await notes.delete(contact, note.rid)


async def _location(call: Any) -> None:
    assert (await call.location.get()).company_id
    tag = await call.tags.create("fresh")
    assert (await call.tags.rename(tag.id, "renamed")).name == "renamed"
    assert (await call.tags.get(tag.id)).name in await call.tags.names()
    assert tag.id in {one.id for one in await call.tags.list()}
    await call.tags.delete(tag.id)

    values = {"name": "Colour", "data_type": "SINGLE_OPTIONS", "options": ("red", "green")}
    field = await call.custom_fields.create({**values, "model": "contact", "position": 3})
    assert field.options == ("red", "green")
    field = await call.custom_fields.update(
        field.id, {"name": "Color", "options": ("red",), "placeholder": "which"}
    )
    assert (await call.custom_fields.get(field.id)) == field
    assert field.options == ("red",)
    assert field in await call.custom_fields.list("all")
    await call.custom_fields.delete(field.id)

    value = await call.custom_values.create("Slogan", "Sun")
    value = await call.custom_values.update(value.id, "Slogan", "Wind")
    assert await call.custom_values.get(value.id) == value
    assert value in await call.custom_values.list()
    await call.custom_values.delete(value.id)


async def _team(call: Any, examples: dict[str, str]) -> None:
    company = (await call.location.get()).company_id
    users = await call.users.list()
    found = await call.users.search(company, query="", limit=1)
    await call.users.search(company, limit=1, cursor=found.cursor)
    assert (await call.users.get(examples["user"])) in users

    made = await call.businesses.create({"name": "Sol e Mar", "country": "PT"})
    made = await call.businesses.update(made.id, {"city": "Faro", "description": "tiles"})
    assert (made.name, made.city) == ("Sol e Mar", "Faro")
    assert await call.businesses.get(made.id) == made
    assert made in await call.businesses.list()
    await call.businesses.delete(made.id)


async def _calendars(call: Any, examples: dict[str, str]) -> None:
    calendar, contact, user = (examples[name] for name in ("calendar", "contact", "user"))
    assert calendar in {one.id for one in await call.calendars.list()}
    start = datetime(2030, 1, 7, tzinfo=UTC)
    end = start + timedelta(days=40)
    slots = await call.calendars.free_slots(calendar, start, end, user_id=user)
    assert slots == tuple(sorted(set(slots)))
    assert slots[-1] > "2030-02-08"

    visits = call.appointments
    visit = await visits.create(
        contact,
        {
            **{"calendar_id": calendar, "title": "Visit", "start_at": slots[0]},
            **{"end_at": slots[1], "assigned_to": user, "status": "confirmed"},
            **{"address": "Rua 1", "notes": "Bring the plan"},
        },
        notify=False,
    )
    assert (visit.values["start_at"], visit.contact_rid) == (slots[0], contact)
    moved = {"start_at": slots[2], "end_at": slots[3], "title": "Moved"}
    await visits.update(visit.rid, moved, anywhen=True)
    assert (await visits.get(visit.rid)).values["title"] == "Moved"
    found = await visits.between(start, end, calendar_id=calendar)
    assert [one.values["start_at"] for one in found] == [slots[2]]
    note = await visits.add_note(visit.rid, {"body": "Ring twice", "user_id": user})
    await visits.update_note(visit.rid, note.id, {"body": "Ring once"})
    assert [one.body for one in (await visits.notes(visit.rid)).items] == ["Ring once"]
    await visits.delete_note(visit.rid, note.id)
    await visits.delete(visit.rid)

    times = {"start_at": start, "end_at": start + timedelta(hours=1)}
    slot = await call.blocked_slots.create({"calendar_id": calendar, "title": "Lunch", **times})
    assert slot.start_at == start
    changed = {"calendar_id": calendar, "title": "Long lunch", **times}
    await call.blocked_slots.update(slot.id, changed)
    blocked = await call.blocked_slots.between(start, end, calendar_id=calendar)
    assert [one.title for one in blocked] == ["Long lunch"]
    await call.blocked_slots.delete(slot.id)


async def _opportunities(call: Any, examples: dict[str, str]) -> None:
    deals, contact, user = call.opportunities, examples["contact"], examples["user"]
    pipeline = (await deals.pipelines())[0]
    made = await deals.create(
        contact,
        {
            **{"pipeline_id": pipeline.id, "name": "Roof", "status": "open"},
            **{"stage_id": pipeline.stages[0].id, "monetary_value": 100.5, "assigned_to": user},
        },
    )
    assert made.monetary_value == 100.5
    fields = [one for one in await call.custom_fields.list("all") if one.model == "opportunity"]
    custom = {"custom": {fields[0].id: "x"}} if fields else {}
    await deals.update(made.id, {"stage_id": pipeline.stages[1].id, "assigned_to": None, **custom})
    await deals.set_status(made.id, "lost", lost_reason_id=examples["lost_reason"])
    read = await deals.get(made.id)
    assert (read.stage_id, read.status) == (pipeline.stages[1].id, "lost")
    again, new = await deals.upsert({"pipeline_id": pipeline.id, "name": "Roof 2"}, id=made.id)
    assert (again.id, again.name, new) == (made.id, "Roof 2", False)
    assert await deals.add_followers(made.id, [user]) == (user,)
    assert await deals.remove_followers(made.id, [user]) == ()
    found = await deals.search(
        contact_rid=contact, pipeline_id=pipeline.id, status="lost", query=""
    )
    assert made.id in {one.id for one in found.items}
    for search in (deals.search, deals.search_with):
        seen: list[str] = []
        page = await search(limit=5)
        while True:
            seen += [one.id for one in page.items]
            if page.cursor is None:
                break
            page = await search(limit=5, cursor=page.cursor)
        assert len(set(seen)) == len(seen) == page.total
    await deals.delete(made.id)


async def _conversations(call: Any, examples: dict[str, str], control: Any) -> None:
    talks, contact = call.conversations, examples["contact"]
    seen: list[str] = []
    page = await talks.search(limit=5)
    while True:
        seen += [one.id for one in page.items]
        if page.cursor is None:
            break
        page = await talks.search(limit=5, cursor=page.cursor)
    assert len(set(seen)) == len(seen) == page.total
    (mine,) = (await talks.search(contact_rid=contact, status="all")).items
    assert (await talks.get(mine.id)).contact_rid == contact
    first = await talks.messages(mine.id, limit=2)
    rest = await talks.messages(mine.id, limit=20, cursor=first.cursor)
    ids = [one.id for one in (*first.items, *rest.items)]
    assert len(set(ids)) == len(ids) == 5
    assert (await talks.message(ids[0])) == first.items[0]
    with pytest.raises(DuplicateError) as caught:
        await talks.create(contact)
    assert caught.value.other_id == mine.id
    await control("DELETE", f"records/conversation/{mine.id}")
    assert (await talks.create(contact)).contact_rid == contact
