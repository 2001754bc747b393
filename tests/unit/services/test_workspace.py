"""One account as the window sees it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec import structs

from rapport.domain.changes import ChangeEvent, Op, Origin, RecordChange
from rapport.domain.commands import (
    AddTags,
    CreateTask,
    EditContact,
    EditTask,
    SnoozeTask,
)
from rapport.domain.errors import InputError
from rapport.domain.records import CustomField, Kind, Location, Ref, User
from rapport.domain.views import SyncState, SyncStatus
from rapport.services.feed import WindowFeed, join_neighbours


async def test_a_command_is_run_told_and_taken_back(
    workspace: Any, contact: str, until: Any
) -> None:
    events: list[ChangeEvent] = []
    workspace.feed.subscribe(events.append)
    outcome = await workspace.bus.run(EditContact(contact_id=contact, fields={"city": "Faro"}))
    await until(lambda: events, "the feed tells")
    assert events[0].origin is Origin.PERSON
    assert contact in events[0].contacts()
    assert await workspace.bus.undo_text() == "Undo edit contact"
    undone = await workspace.bus.undo(outcome.undo_id)
    assert undone.title == "Undo edit contact"
    assert (await workspace.queries.detail(contact)).contact.city == ""


async def test_undo_and_redo_in_turn(workspace: Any, contact: str) -> None:
    async def tags() -> Any:
        return (await workspace.queries.row_of(contact)).tags

    await workspace.bus.run(AddTags(contact_id=contact, tags=("one",)))
    await workspace.bus.run(AddTags(contact_id=contact, tags=("two",)))
    assert await tags() == ("one", "two")
    await workspace.bus.undo()
    assert await tags() == ("one",)
    await workspace.bus.undo()
    assert await tags() == ()
    assert await workspace.bus.undo() is None
    assert workspace.bus.can_redo
    await workspace.bus.redo()
    assert await tags() == ("one",)
    assert (await workspace.bus.redo()).title == "Redo add tag"
    assert await tags() == ("one", "two")
    assert await workspace.bus.undo_text() == "Undo add tag"
    assert await workspace.bus.redo() is None
    await workspace.bus.undo()
    assert await tags() == ("one",)
    await workspace.bus.run(AddTags(contact_id=contact, tags=("three",)))
    assert not workspace.bus.can_redo


async def test_reading_only_refuses_with_the_reason(make_workspace: Any, contact: str) -> None:
    workspace = await make_workspace(frozenset({"contacts.readonly"}))
    with pytest.raises(InputError, match="may only read"):
        await workspace.bus.run(EditContact(contact_id=contact, fields={"city": "Faro"}))
    assert (await workspace.queries.detail(contact)).contact.city == ""
    assert await workspace.queries.outbox_items() == []


async def test_the_role_decides_too_as_soon_as_the_dictionaries_tell_it(
    make_workspace: Any, contact: str, store: Any, until: Any
) -> None:
    """Everything else about the user, and a user who is not known, leave it to the scopes."""
    workspace = await make_workspace()
    workspace.account = structs.replace(workspace.account, user_id="u1")
    assert workspace.capabilities.can_write

    async def permitted(**permissions: bool) -> None:
        user = User(id="u1", name="Cormac", extra={"permissions": permissions})
        await asyncio.wrap_future(store.replica.set_reference(users=[user]))

    await permitted(contactsEnabled=False)
    await until(lambda: not workspace.capabilities.can_write)
    with pytest.raises(InputError, match="Your role in this location"):
        await workspace.bus.run(EditContact(contact_id=contact, fields={"city": "Faro"}))
    assert await workspace.queries.outbox_items() == []

    await permitted(contactsEnabled=True, assignedDataOnly=False)
    await until(lambda: workspace.capabilities.can_write)
    await workspace.bus.run(EditContact(contact_id=contact, fields={"city": "Faro"}))
    workspace.account = structs.replace(workspace.account, user_id="")
    await permitted(contactsEnabled=False)
    await until(
        lambda: workspace.reference.user("u1").extra["permissions"] == {"contactsEnabled": False}
    )
    assert workspace.capabilities.can_write


async def test_reading_only_still_allows_what_stays_here(
    make_workspace: Any, contact: str, clock: Any
) -> None:
    free = await make_workspace()
    task = free.new_id()
    fields = {"title": "Call", "due_at": clock.now()}
    await free.bus.run(CreateTask(task_id=task, contact_id=contact, fields=fields))
    bound = await make_workspace(frozenset({"contacts.readonly"}))
    await bound.bus.run(SnoozeTask(task_id=task, until=clock.now()))
    await bound.bus.run(EditTask(task_id=task, fields={"priority": 3}))
    await bound.bus.undo()
    with pytest.raises(InputError):
        await bound.bus.run(EditTask(task_id=task, fields={"priority": 1, "title": "x"}))


async def test_the_dictionaries_are_there_when_the_feed_tells_of_them(
    workspace: Any, store: Any, until: Any
) -> None:
    seen: list[Any] = []

    def heard(event: ChangeEvent) -> None:
        if event.reference:
            seen.append((workspace.reference.location, workspace.reference.user_name("u1")))

    workspace.feed.subscribe(heard)
    location = Location(id="l1", name="Lumen", timezone="Europe/Lisbon")
    fields = [
        CustomField(id="f2", name="B", position=2),
        CustomField(id="f1", name="A", position=1),
    ]
    await asyncio.wrap_future(
        store.replica.set_reference(
            users=[User(id="u1", name="Inês")], location=location, custom_fields=fields
        )
    )
    await until(lambda: seen, "the feed tells")
    assert seen == [(location, "Inês")]
    assert [field.name for field in workspace.reference.custom_fields] == ["A", "B"]
    assert workspace.reference.custom_field("f1").name == "A"
    assert workspace.reference.user_name("u9") == "u9"
    assert workspace.reference.user_name(None) == ""


async def test_drafts_stay_until_they_are_dropped(workspace: Any, contact: str) -> None:
    assert await workspace.drafts.load(contact) is None
    await workspace.drafts.save(contact, None, "Half a th")
    assert await workspace.drafts.load(contact) == "Half a th"
    await workspace.drafts.drop(contact)
    assert await workspace.drafts.load(contact) is None


async def test_the_newest_sync_status_reaches_the_window(
    workspace: Any, engine: Any, until: Any
) -> None:
    seen: list[SyncStatus] = []
    workspace.sync.subscribe(seen.append)
    await asyncio.to_thread(engine.tell, SyncStatus(state=SyncState.SYNCING))
    await asyncio.to_thread(engine.tell, SyncStatus(state=SyncState.IDLE))
    await until(lambda: seen and seen[-1].state is SyncState.IDLE, "the status arrives")
    workspace.sync.opened("c")
    workspace.sync.sync_now()
    assert (engine.opened_ids, engine.asked) == (["c"], 1)


async def test_a_closed_workspace_hears_nothing_more(
    workspace: Any, contact: str, store: Any
) -> None:
    events: list[ChangeEvent] = []
    workspace.feed.subscribe(events.append)
    workspace.close()
    command = EditContact(contact_id=contact, fields={"city": "Faro"})
    await asyncio.wrap_future(store.commit(command, Origin.PERSON))
    await asyncio.sleep(0)
    assert events == []


def event(origin: Origin, *ids: str) -> ChangeEvent:
    return ChangeEvent(
        origin=origin,
        changes=tuple(
            RecordChange(op=Op.UPDATE, ref=Ref(Kind.CONTACT, id), contact_id=id) for id in ids
        ),
    )


async def test_a_burst_is_told_once_and_in_order(until: Any) -> None:
    feed = WindowFeed(asyncio.get_running_loop())
    told: list[ChangeEvent] = []
    feed.subscribe(told.append)

    def burst() -> None:
        for number in range(500):
            feed.post(event(Origin.SYNC, f"s{number}"))

    burst()  # on this thread the loop has no turn in between
    feed.post(event(Origin.PERSON, "p"))
    feed.post(event(Origin.SYNC, "last"))
    await until(lambda: len(told) == 3, "three events")
    assert [one.origin for one in told] == [Origin.SYNC, Origin.PERSON, Origin.SYNC]
    assert [change.contact_id for change in told[0].changes] == [f"s{n}" for n in range(500)]


async def test_a_failing_listener_silences_nobody(until: Any) -> None:
    loop = asyncio.get_running_loop()
    failures: list[Any] = []
    loop.set_exception_handler(lambda loop, context: failures.append(context["exception"]))
    feed = WindowFeed(loop)
    told: list[ChangeEvent] = []

    def broken(event: ChangeEvent) -> None:
        raise ZeroDivisionError

    feed.subscribe(broken)
    feed.subscribe(told.append)
    feed.post(event(Origin.PERSON, "a"))
    await until(lambda: told, "the second listener hears")
    assert isinstance(failures[0], ZeroDivisionError)


def test_neighbours_keep_what_they_tell() -> None:
    one = ChangeEvent(origin=Origin.SYNC, outbox=True, touched=frozenset({"a"}))
    two = ChangeEvent(origin=Origin.SYNC, reference=True, touched=frozenset({"b"}))
    (joined,) = join_neighbours([one, two])
    assert joined.outbox
    assert joined.reference
    assert joined.touched == {"a", "b"}
