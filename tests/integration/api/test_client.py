"""Every operation against the sandbox, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest

from rapport.api import ApiClient, Lane, Page, wire
from rapport.domain.changes import Delta
from rapport.domain.errors import (
    AuthError,
    CapabilityError,
    DuplicateError,
    GoneError,
    InvalidError,
    NetworkError,
    RateLimitError,
    ServerError,
)
from rapport.domain.records import Kind, record_from
from rapport.sandbox.server import SandboxThread

pytestmark = pytest.mark.usefixtures("by_contract")


async def every(call: Callable[..., Any]) -> list[Any]:
    found: list[Any] = []
    page: Page = await call(cursor=None)
    while True:
        found.extend(page.items)
        if page.cursor is None:
            return found
        page = await call(cursor=page.cursor)


async def test_all_ways_of_reading_contacts_agree(client: ApiClient) -> None:
    searched = await every(lambda cursor: client.contacts.search(page_limit=17, cursor=cursor))
    listed = await every(lambda cursor: client.contacts.list(limit=17, cursor=cursor))
    assert len({remote.rid for remote in searched}) == len(searched) == 60
    by_rid = {remote.rid: remote.values for remote in listed}
    assert set(by_rid) == {remote.rid for remote in searched}
    for remote in searched:
        whole = (await client.contacts.get(remote.rid, lane=Lane.PERSON)).values
        for other in (remote.values, by_rid[remote.rid]):
            assert {name: whole[name] for name in other} == other
        record_from(Kind.CONTACT, "local", whole)


async def test_a_page_that_ends_exactly_is_the_last_or_leads_to_an_empty_one(
    client: ApiClient,
) -> None:
    found = await every(lambda cursor: client.contacts.search(page_limit=20, cursor=cursor))
    assert len(found) == 60
    assert (await client.contacts.search(page_limit=20)).total == 60


async def test_changed_contacts_come_oldest_change_first(client: ApiClient) -> None:
    started = datetime.now(UTC) - timedelta(seconds=1)
    newest = (await client.contacts.search(sort=("dateUpdated", "desc"), page_limit=3)).items
    assert newest[0].values["updated_at"] >= newest[1].values["updated_at"]
    rids = [remote.rid for remote in newest]
    for number, rid in enumerate(reversed(rids)):
        await client.contacts.update(rid, {"city": f"Town {number}"})
    changed = await every(
        lambda cursor: client.contacts.changed_since(started, page_limit=2, cursor=cursor)
    )
    assert [remote.rid for remote in changed] == list(reversed(rids))


async def test_the_life_of_a_contact(client: ApiClient) -> None:
    fields = {field.name: field for field in await client.custom_fields.list()}
    text = next(field for field in fields.values() if field.data_type == "TEXT")
    other = next(field for field in fields.values() if field.data_type == "NUMERICAL")
    made = await client.contacts.create(
        {
            "first_name": "Zoë",
            "last_name": "Ångström",
            "email": "Zoe@example.com",
            "phone": "+351912000111",
            "address": "Rua 1",
            "city": "Porto",
            "company": "Å & Co",
            "date_of_birth": "1990-02-28",
            "tags": ["VIP", "new one"],
            "custom": {text.id: "engineer", other.id: 42},
        }
    )
    read = await client.contacts.get(made.rid)
    assert read.values["first_name"] == "Zoë"
    assert read.values["company"] == "Å & Co"
    assert read.values["date_of_birth"] == "1990-02-28"
    assert sorted(read.values["tags"]) == ["new one", "vip"]
    assert read.values["custom"] == {text.id: "engineer", other.id: 42}

    changes = {
        "first_name": Delta("Zoë", "Zoe"),
        "address": Delta("Rua 1", ""),
        "assigned_to": Delta(None, (await client.users.list())[0].id),
        "dnd": Delta(False, True),
        "custom": Delta({text.id: "engineer", other.id: 42}, {other.id: 42, text.id: "architect"}),
    }
    await client.contacts.update(made.rid, wire.wanted(changes))
    read = await client.contacts.get(made.rid)
    assert read.values["first_name"] == "Zoe"
    assert read.values["last_name"] == "Ångström"
    assert read.values["address"] == ""
    assert read.values["dnd"] is True
    assert read.values["custom"] == {text.id: "architect", other.id: 42}
    assert sorted(read.values["tags"]) == ["new one", "vip"]

    gone = Delta({text.id: "architect", other.id: 42}, {other.id: 42})
    await client.contacts.update(made.rid, wire.wanted({"custom": gone}))
    read = await client.contacts.get(made.rid)
    assert wire.canonical(Kind.CONTACT, "custom", read.values["custom"]) == {other.id: 42}

    assert set(await client.contacts.add_tags(made.rid, ["Third", "vip"])) == {
        "vip",
        "new one",
        "third",
    }
    assert set(await client.contacts.remove_tags(made.rid, ["vip"])) == {"new one", "third"}
    assert "third" in await client.tags.names()

    found = await client.contacts.find_duplicate(email="zoe@EXAMPLE.com")
    assert found is not None
    assert found.rid == made.rid
    by_phone = await client.contacts.find_duplicate(phone="+351912000111")
    assert by_phone is not None
    assert by_phone.rid == made.rid
    assert await client.contacts.find_duplicate(email="nobody@example.com") is None

    again, new = await client.contacts.upsert({"email": "zoe@example.com", "city": "Faro"})
    assert (again.rid, new) == (made.rid, False)

    with pytest.raises(DuplicateError) as caught:
        await client.contacts.create({"first_name": "Other", "email": "zoe@example.com"})
    assert caught.value.other_id == made.rid

    await client.contacts.delete(made.rid)
    for call in (client.contacts.get, client.contacts.delete):
        with pytest.raises(GoneError):
            await call(made.rid)


async def test_clearing_every_field(client: ApiClient) -> None:
    rid = (await client.contacts.search(page_limit=1)).items[0].rid
    texts = ("first_name", "last_name", "phone", "address", "city", "state", "website", "timezone")
    texts += ("postal_code", "source")
    values: dict[str, Any] = dict.fromkeys(texts, "")
    values |= {"assigned_to": None, "date_of_birth": None}
    await client.contacts.update(rid, values)
    read = (await client.contacts.get(rid)).values
    assert {name: read[name] for name in values} == values


async def test_the_life_of_a_task(client: ApiClient, sandbox: SandboxThread) -> None:
    contact = sandbox.info()["examples"]["contact"]
    made = await client.tasks.create(contact, {"title": "Call", "due_at": "2026-12-01T09:30:00Z"})
    assert made.contact_rid == contact
    assert made.values["due_at"] == "2026-12-01T09:30:00Z"
    await client.tasks.update(contact, made.rid, {"title": "Call Ana", "body": "x"})
    await client.tasks.complete(contact, made.rid)
    read = await client.tasks.get(contact, made.rid)
    assert (read.values["title"], read.values["body"]) == ("Call Ana", "x")
    assert read.values["completed"] is True
    await client.tasks.complete(contact, made.rid, False)
    mine = {remote.rid: remote.values for remote in await client.tasks.of(contact)}
    assert mine[made.rid]["completed"] is False
    record_from(Kind.TASK, "local", {"contact_id": "c", **mine[made.rid]})
    await client.tasks.delete(contact, made.rid)
    with pytest.raises(GoneError):
        await client.tasks.get(contact, made.rid)


async def test_the_location_search_finds_the_same_tasks(
    client: ApiClient, sandbox: SandboxThread
) -> None:
    contact = sandbox.info()["examples"]["contact"]
    found = await every(lambda cursor: client.tasks.search(limit=20, cursor=cursor))
    assert len({remote.rid for remote in found}) == len(found) > 20
    here = {remote.rid: remote.values for remote in found if remote.contact_rid == contact}
    assert here == {remote.rid: remote.values for remote in await client.tasks.of(contact)}
    done = await client.tasks.search(completed=True, contact_rids=[contact])
    assert all(remote.values["completed"] for remote in done.items)


async def test_the_life_of_a_note(client: ApiClient, sandbox: SandboxThread) -> None:
    contact = sandbox.info()["examples"]["contact"]
    body = "<p>Ünïcode & <b>bold</b>\n</p>" + "x" * 100_000
    made = await client.notes.create(contact, {"body": body, "title": "T", "pinned": True})
    assert made.values["body"] == body
    await client.notes.update(contact, made.rid, {"body": "short"})
    read = await client.notes.get(contact, made.rid)
    assert (read.values["body"], read.values["title"]) == ("short", "T")
    assert (await client.notes.of(contact))[0].rid == made.rid
    record_from(Kind.NOTE, "local", {"contact_id": "c", **read.values})
    await client.notes.delete(contact, made.rid)
    with pytest.raises(GoneError):
        await client.notes.delete(contact, made.rid)


async def test_the_accounts_dictionaries(client: ApiClient, sandbox: SandboxThread) -> None:
    info = sandbox.info()
    location = await client.location.get()
    assert location.id == info["location_ids"][0]
    zone = ZoneInfo(location.timezone)
    appointments = await client.contacts.appointments(info["examples"]["contact"], zone=zone)
    assert appointments
    assert all(remote.values["start_at"] for remote in appointments)
    assert any(user.id == info["examples"]["user"] for user in await client.users.list())
    assert any(field.options for field in await client.custom_fields.list())
    businesses = await client.businesses.list()
    business = next(b for b in businesses if b.id == info["examples"]["business"])
    assert await client.businesses.get(business.id) == business
    employees = await every(
        lambda cursor: client.contacts.of_business(business.id, cursor=cursor, limit=1)
    )
    assert employees
    assert all(remote.values["business_id"] == business.id for remote in employees)


async def test_refusals_by_meaning(
    client: ApiClient, client_for: Callable[..., ApiClient], sandbox: SandboxThread
) -> None:
    info = sandbox.info()
    with pytest.raises(GoneError):
        await client.contacts.get("nobody-there")
    with pytest.raises(InvalidError) as caught:
        await client.contacts.update(info["examples"]["contact"], {"date_of_birth": "yesterday"})
    assert caught.value.trace_id or caught.value.details
    stranger = client_for(info["base_url"], info["access_token"], "elsewhere")
    with pytest.raises(CapabilityError):
        await stranger.contacts.search()
    with pytest.raises(AuthError):
        await client_for(info["base_url"], "rubbish", client.location_id).contacts.search()


async def test_faults_of_the_sandbox(client: ApiClient, control: Any) -> None:
    await control.fault(path="^/contacts/$", method="POST", kind="drop_after")
    with pytest.raises(NetworkError) as caught:
        await client.contacts.create({"first_name": "Kept", "email": "kept@example.com"})
    assert caught.value.sent
    assert await client.contacts.find_duplicate(email="kept@example.com") is not None

    await control.fault(path="^/contacts/$", method="POST", kind="truncate")
    with pytest.raises((NetworkError, ServerError)):
        await client.contacts.create({"first_name": "Cut", "email": "cut@example.com"})

    timed_out = {"message": "Command timed out"}
    await control.fault(path="^/users/$", kind="status", status=401, body=timed_out)
    assert await client.users.list()  # a gateway's timeout is tried again, and nobody is signed out


async def test_a_429_is_waited_out(
    sandbox: SandboxThread, client_for: Callable[..., ApiClient], control: Any
) -> None:
    class Hurried:
        """Ten seconds take a tenth of one."""

        def __init__(self) -> None:
            self._loop = asyncio.get_running_loop()

        def now(self) -> datetime:
            return datetime.now(UTC)

        def monotonic(self) -> float:
            return self._loop.time() * 100

        def zone(self) -> Any:
            return UTC

        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(seconds / 100)

    info = sandbox.info()
    location = info["location_ids"][0]
    client = client_for(info["base_url"], info["access_token"], location, clock=Hurried())
    refusal = {"statusCode": 429, "message": "Too Many Requests"}
    await control.fault(path="/tags$", kind="status", status=429, body=refusal, count=2)
    assert await client.tags.names()
    assert len(await control.seen("/tags$")) == 3
    await control.fault(path="/tags$", kind="status", status=429, body=refusal, count=None)
    with pytest.raises(RateLimitError):
        await client.tags.names()


class Scaled:
    """The real clock, twenty times as fast."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def epoch(self) -> float:
        return 1_790_000_000 + self.monotonic()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.epoch(), UTC)

    def monotonic(self) -> float:
        return (time.monotonic() - self._started) * 20

    def zone(self) -> Any:
        return UTC

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 20)


async def test_the_vendors_limit_is_never_hit(client_for: Callable[..., ApiClient]) -> None:
    clock = Scaled()
    with SandboxThread(contacts=5, index_lag_s=0.0, clock=clock.epoch) as sandbox:
        info = sandbox.info()
        location = info["location_ids"][0]
        client = client_for(info["base_url"], info["access_token"], location, clock=clock)
        headers = {"Authorization": f"Bearer {info['control_token']}"}
        await asyncio.gather(*(client.tags.names() for _ in range(250)))
        async with httpx2.AsyncClient(trust_env=False, headers=headers) as http:
            log = (await http.get(f"{info['base_url']}/_sandbox/log")).json()["requests"]
    assert [entry["status"] for entry in log] == [200] * 250


async def test_a_business_for_more_contacts_than_one_request_takes(
    client: ApiClient, sandbox: SandboxThread, control: Any
) -> None:
    business = sandbox.info()["examples"]["business"]
    rids = [one.rid for one in (await client.contacts.search(page_limit=100)).items]
    assert len(rids) == 60
    await client.contacts.set_business(rids, business)
    asked = [json.loads(one["body"])["ids"] for one in await control.seen("bulk/business")]
    assert [len(ids) for ids in asked] == [50, 10]
    employees = await every(lambda cursor: client.contacts.of_business(business, cursor=cursor))
    assert {one.rid for one in employees} == set(rids)


UNKNOWN = {"lunarPhase": {"name": "waxing", "days": [1, 2]}, "weight": 0.5}


async def test_what_the_client_does_not_know_survives_a_round_trip(
    client: ApiClient, sandbox: SandboxThread, control: Any
) -> None:
    """Read into ``extra``, and still there after a write that sent only what changed."""
    examples = sandbox.info()["examples"]
    for kind, resource, change in [
        ("contact", client.contacts, {"city": "Faro"}),
        ("opportunity", client.opportunities, {"name": "Roof"}),
        ("business", client.businesses, {"city": "Faro"}),
    ]:
        rid = examples[kind]
        await control("POST", f"records/{kind}/{rid}", UNKNOWN)
        before = await resource.get(rid)
        assert {name: before.extra[name] for name in UNKNOWN} == UNKNOWN
        await resource.update(rid, change)
        (asked,) = [one for one in await control.seen(rid) if one["method"] == "PUT"]
        assert json.loads(asked["body"]) == change
        after = await resource.get(rid)
        assert after != before
        assert {name: after.extra[name] for name in UNKNOWN} == UNKNOWN
