"""Edits made here arrive there: once, whole, and over nobody else's."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from rapport.api import StaticToken
from rapport.domain.commands import (
    AddTags,
    CompleteTask,
    CreateContact,
    CreateNote,
    CreateTask,
    DeleteContact,
    DeleteNote,
    DeleteTask,
    EditContact,
    EditCustomField,
    EditNote,
    EditTask,
    RemoveTags,
    ReopenTask,
    SetAppointmentStatus,
    SnoozeTask,
)
from rapport.domain.errors import InputError
from rapport.domain.records import Kind
from rapport.domain.views import EntryState, SyncState
from rapport.sandbox.server import SandboxThread
from rapport.store import Outbox, Queries

DUE = datetime(2026, 12, 24, 15, 0, tzinfo=UTC)


@pytest.fixture
async def desk(open_desk: Any) -> Any:
    desk = await open_desk()
    await desk.first_sync()
    return desk


async def first_id(desk: Any) -> Any:
    return (await desk.rows())[0].id


async def path_of(desk: Any, contact_id: str) -> str:
    return f"/contacts/{await desk.rid(Kind.CONTACT, contact_id)}"


async def items(desk: Any) -> Any:
    return await desk.workspace.queries.outbox_items()


async def test_every_kind_of_edit_arrives(server: Any, desk: Any) -> None:
    ws, id = desk.workspace, await first_id(desk)
    path = await path_of(desk, id)
    before = await server.contact(path.rpartition("/")[2])
    await desk.run(
        EditContact(contact_id=id, fields={"first_name": "Ångström", "city": "Malmö", "dnd": True})
    )
    await desk.run(AddTags(contact_id=id, tags=("Brand New", "vip")))
    field = ws.reference.custom_fields[0]
    await desk.run(EditCustomField(contact_id=id, field_id=field.id, value="42"))
    task, note = ws.new_id(), ws.new_id()
    fields = {"title": "Call", "due_at": DUE, "body": "About it", "priority": 3}
    await desk.run(CreateTask(task_id=task, contact_id=id, fields=fields))
    await desk.run(CreateNote(note_id=note, contact_id=id, fields={"body": "<p>Hello</p>"}))
    await desk.sent()

    contact = await server.contact(path.rpartition("/")[2])
    assert contact["firstName"] == "Ångström"
    assert contact["city"] == "Malmö"
    assert contact["dnd"] is True
    assert contact["lastName"] == before["lastName"]
    assert set(contact["tags"]) == set(before.get("tags") or []) | {"brand new", "vip"}
    assert "42" in {str(item["value"]) for item in contact["customFields"]}
    tasks = {one["title"]: one for one in (await server.api("GET", f"{path}/tasks"))["tasks"]}
    assert tasks["Call"]["body"] == "About it"
    assert tasks["Call"]["dueDate"] == "2026-12-24T15:00:00.000Z"
    notes = (await server.api("GET", f"{path}/notes"))["notes"]
    assert "<p>Hello</p>" in {one["body"] for one in notes}

    await desk.run(EditTask(task_id=task, fields={"title": "Call again"}))
    await desk.run(CompleteTask(task_id=task, at=datetime.now(UTC)))
    await desk.run(EditNote(note_id=note, fields={"body": "Bye"}))
    await desk.run(RemoveTags(contact_id=id, tags=("vip",)))
    await desk.sent()
    task_path = f"{path}/tasks/{await desk.rid(Kind.TASK, task)}"
    there = (await server.api("GET", task_path))["task"]
    assert (there["title"], there["completed"]) == ("Call again", True)
    assert "vip" not in (await server.contact(path.rpartition("/")[2]))["tags"]
    assert "Bye" in {one["body"] for one in (await server.api("GET", f"{path}/notes"))["notes"]}

    await desk.run(ReopenTask(task_id=task))
    await desk.sent()
    assert (await server.api("GET", task_path))["task"]["completed"] is False
    await desk.run(DeleteTask(task_id=task))
    await desk.run(DeleteNote(note_id=note))
    await desk.sent()
    ids = {one["id"] for one in (await server.api("GET", f"{path}/tasks"))["tasks"]}
    assert task_path.rpartition("/")[2] not in ids
    assert "Bye" not in {one["body"] for one in (await server.api("GET", f"{path}/notes"))["notes"]}


async def test_the_status_of_an_appointment_arrives(server: Any, desk: Any, until: Any) -> None:
    async def booked() -> Any:
        for row in await desk.rows():
            for visit in (await desk.workspace.queries.detail(row.id)).appointments:
                if visit.status in ("new", "confirmed"):
                    return visit
        return None

    visit = await until(booked, "the appointments of contacts are read")
    path = f"/calendars/events/appointments/{await desk.rid(Kind.APPOINTMENT, visit.id)}"
    before = (await server.api("GET", path))["appointment"]
    outcome = await desk.run(SetAppointmentStatus(appointment_id=visit.id, status="showed"))
    await desk.sent()
    there = (await server.api("GET", path))["appointment"]
    assert there["appointmentStatus"] == "showed"
    assert there["startTime"] == before["startTime"]
    here = (await desk.workspace.queries.detail(visit.contact_id)).appointments
    kept = structs.replace(visit, status="showed")
    assert kept in here  # the CRM's answer changed nothing else

    await desk.workspace.bus.undo(outcome.undo_id)
    await desk.sent()
    assert (await server.api("GET", path))["appointment"]["appointmentStatus"] == visit.status
    with pytest.raises(InputError):
        await desk.run(SetAppointmentStatus(appointment_id=visit.id, status="maybe"))


async def test_a_contact_made_here_with_children_arrives(server: Any, desk: Any) -> None:
    ws = desk.workspace
    id, task = ws.new_id(), ws.new_id()
    fields = {"first_name": "Nova", "email": "nova@x.test", "company": "Star", "tags": ["new"]}
    await desk.run(CreateContact(contact_id=id, fields=fields))
    await desk.run(CreateTask(task_id=task, contact_id=id, fields={"title": "Hi", "due_at": DUE}))
    await desk.sent()
    found = await server.contacts(query="nova@x.test")
    assert [(one["companyName"], one["tags"]) for one in found] == [("Star", ["new"])]
    tasks = (await server.api("GET", f"/contacts/{found[0]['id']}/tasks"))["tasks"]
    assert [one["title"] for one in tasks] == ["Hi"]
    assert len(await desk.rows("nova")) == 1


async def test_a_delete_can_be_taken_back_and_is_sent_after_its_window(
    server: Any, desk: Any, until: Any
) -> None:
    first, second = [row.id for row in (await desk.rows())[:2]]
    rids = [await desk.rid(Kind.CONTACT, id) for id in (first, second)]
    outcome = await desk.run(DeleteContact(contact_id=first))
    await desk.run(DeleteContact(contact_id=second))
    await desk.workspace.bus.undo(outcome.undo_id)
    await desk.sent()
    left = {contact["id"] for contact in await server.contacts()}
    assert rids[0] in left
    assert rids[1] not in left
    deletes = await server.log("/contacts/", "DELETE")
    assert [entry["path"] for entry in deletes] == [f"/contacts/{rids[1]}"]


async def test_what_stays_on_this_computer_is_not_sent(server: Any, desk: Any) -> None:
    row = (await desk.workspace.queries.tasks()).overdue[0]
    await server.control("DELETE", "log")
    later = datetime.now(UTC) + timedelta(hours=1)
    await desk.run(SnoozeTask(task_id=row.task.id, until=later))
    await desk.run(EditTask(task_id=row.task.id, fields={"priority": 2}))
    assert await items(desk) == []
    assert await server.log("", "PUT") == []


async def test_offline_edits_wait_and_go_when_the_network_is_back(
    server: Any, tmp_path: Path, desk_at: Any, until: Any
) -> None:
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.first_sync()
    nowhere = "http://127.0.0.1:9"  # discard: refuses connections
    async with desk_at(server, tmp_path / "db", base_url=nowhere) as desk:
        await until(lambda: desk.state is SyncState.OFFLINE, "it notices that it is offline")
        assert len(await desk.rows()) >= 60
        id = await first_id(desk)
        await desk.run(EditContact(contact_id=id, fields={"city": "Train"}))
        await desk.run(
            CreateNote(
                note_id=desk.workspace.new_id(), contact_id=id, fields={"body": "in the tunnel"}
            )
        )
        await until(lambda: desk.workspace.sync.status().waiting == 2, "two edits wait")
        assert (await desk.workspace.queries.detail(id)).contact.city == "Train"
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.sent()
        path = await path_of(desk, id)
        assert (await server.contact(path.rpartition("/")[2]))["city"] == "Train"
        notes = (await server.api("GET", f"{path}/notes"))["notes"]
        assert [one["body"] for one in notes].count("in the tunnel") == 1
        await until(lambda: desk.workspace.sync.status().waiting == 0, "nothing waits any more")


async def test_it_comes_back_by_itself_after_dropped_connections(
    server: Any, desk: Any, until: Any
) -> None:
    await server.fault("/contacts", "drop_before", count=None)
    await until(lambda: desk.state is SyncState.OFFLINE, "offline is noticed")
    await server.control("DELETE", "faults")
    await until(lambda: desk.state in (SyncState.IDLE, SyncState.SYNCING), "it is back")


async def test_a_networks_sign_in_page_is_offline_and_the_outbox_is_untouched(
    server: Any, desk: Any, until: Any
) -> None:
    id = await first_id(desk)
    path = await path_of(desk, id)
    await server.fault(
        "", "status", status=200, body="<!doctype html><title>Wi-Fi</title>", count=None
    )
    await until(lambda: desk.state is SyncState.OFFLINE, "the page is taken for no answer")
    await desk.run(EditContact(contact_id=id, fields={"city": "Portal"}))
    await until(lambda: desk.workspace.sync.status().waiting == 1, "the edit waits")
    assert "open a web page" in desk.workspace.sync.status().message
    await server.control("DELETE", "faults")
    desk.workspace.sync.sync_now()
    await desk.sent()
    assert (await server.contact(path.rpartition("/")[2]))["city"] == "Portal"


async def test_a_200_that_tells_of_an_error_acknowledges_nothing(server: Any, desk: Any) -> None:
    id = await first_id(desk)
    path = await path_of(desk, id)
    no = {"error": "not today"}
    await server.fault("^/contacts/[^/]+$", "status", method="PUT", status=200, body=no)
    await server.fault("/notes$", "status", method="POST", status=201, body=no)
    await desk.run(EditContact(contact_id=id, fields={"city": "Applied"}))
    body = {"body": "Really there"}
    note = CreateNote(note_id=desk.workspace.new_id(), contact_id=id, fields=body)
    await desk.run(note)
    await desk.sent()
    assert (await server.contact(path.rpartition("/")[2]))["city"] == "Applied"
    notes = (await server.api("GET", f"{path}/notes"))["notes"]
    assert [one["body"] for one in notes].count("Really there") == 1


@pytest.mark.parametrize("kind", ["drop_after", "truncate"])
@pytest.mark.parametrize("what", ["contact", "task", "note", "nameless"])
async def test_a_lost_reply_to_a_create_makes_no_second_record(
    server: Any, desk: Any, kind: str, what: str
) -> None:
    ws, id = desk.workspace, await first_id(desk)
    path = await path_of(desk, id)
    new = ws.new_id()
    match what:
        case "contact":
            await server.fault("^/contacts/$", kind, method="POST")
            fields = {"first_name": "Once", "email": "once@x.test"}
            await desk.run(CreateContact(contact_id=new, fields=fields))
        case "nameless":
            await server.fault("^/contacts/$", kind, method="POST")
            await desk.run(CreateContact(contact_id=new, fields={"first_name": "Oncelina"}))
        case "task":
            await server.fault("/tasks$", kind, method="POST")
            fields = {"title": "Once", "due_at": DUE}
            await desk.run(CreateTask(task_id=new, contact_id=id, fields=fields))
        case "note":
            await server.fault("/notes$", kind, method="POST")
            await desk.run(CreateNote(note_id=new, contact_id=id, fields={"body": "Once"}))
    await desk.sent()
    if what in ("contact", "nameless"):
        found = [one["id"] for one in await server.contacts(query="once")]
        assert [await desk.rid(Kind.CONTACT, new)] == found
        assert len(await desk.rows("once")) == 1
    else:
        there = (await server.api("GET", f"{path}/{what}s"))[f"{what}s"]
        twins = [one["id"] for one in there if "Once" in (one.get("title"), one["body"])]
        assert twins == [await desk.rid(Kind(what), new)]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
async def test_a_lost_reply_to_an_update_or_a_delete(server: Any, desk: Any, kind: str) -> None:
    id = await first_id(desk)
    path = await path_of(desk, id)
    await server.fault("^/contacts/[^/]+$", kind, method="PUT")
    await desk.run(EditContact(contact_id=id, fields={"city": "Aarhus"}))
    await desk.sent()
    assert (await server.contact(path.rpartition("/")[2]))["city"] == "Aarhus"
    task = next(iter((await desk.workspace.queries.tasks()).overdue)).task
    await server.fault("/tasks/", kind, method="DELETE")
    await desk.run(DeleteTask(task_id=task.id))
    await desk.sent()
    assert await desk.workspace.queries.task(task.id) is None


async def test_a_create_that_never_arrived_is_sent_again(server: Any, desk: Any) -> None:
    id = await first_id(desk)
    path = await path_of(desk, id)
    await server.fault("/notes$", "drop_before", method="POST")
    note = desk.workspace.new_id()
    await desk.run(CreateNote(note_id=note, contact_id=id, fields={"body": "Twice tried"}))
    await desk.sent()
    bodies = [one["body"] for one in (await server.api("GET", f"{path}/notes"))["notes"]]
    assert bodies.count("Twice tried") == 1


async def test_a_crash_while_sending_makes_no_second_record(
    server: Any, tmp_path: Path, desk_at: Any, until: Any
) -> None:
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.first_sync()
        id = await first_id(desk)
        path = await path_of(desk, id)
        await server.fault("/notes$", "delay", method="POST", seconds=0.3)
        await server.control("DELETE", "log")
        note = desk.workspace.new_id()
        await desk.run(CreateNote(note_id=note, contact_id=id, fields={"body": "Cut off"}))
        await until(lambda: _any_in_state(desk, "sending"), "the request is on its way")
    # The engine was ended while the request was on its way; the server applies it all the same.
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.sent()
    bodies = [one["body"] for one in (await server.api("GET", f"{path}/notes"))["notes"]]
    assert bodies.count("Cut off") == 1


async def _any_in_state(desk: Any, state: str) -> bool:
    return any(item.state == state for item in await items(desk))


async def test_both_sides_edited_different_fields(server: Any, desk: Any) -> None:
    id = await first_id(desk)
    rid = await desk.rid(Kind.CONTACT, id)
    await server.fault("^/contacts/[^/]+$", "delay", method="GET", seconds=0.2)
    await desk.run(EditContact(contact_id=id, fields={"city": "Mine"}))
    await desk.run(AddTags(contact_id=id, tags=("mine",)))
    await server.api("PUT", f"/contacts/{rid}", {"state": "Theirs"})
    await server.api("POST", f"/contacts/{rid}/tags", {"tags": ["theirs"]})
    await desk.sent()
    contact = await server.contact(rid)
    assert (contact["city"], contact["state"]) == ("Mine", "Theirs")
    assert {"mine", "theirs"} <= set(contact["tags"])


async def test_both_sides_edited_the_same_field(
    server: Any, tmp_path: Path, desk_at: Any, until: Any
) -> None:
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.first_sync()
        id = await first_id(desk)
        rid = await desk.rid(Kind.CONTACT, id)
    async with desk_at(server, tmp_path / "db", base_url="http://127.0.0.1:9") as desk:
        await desk.run(EditContact(contact_id=id, fields={"city": "Mine", "state": "Mine too"}))
    await server.api("PUT", f"/contacts/{rid}", {"city": "Theirs"})
    async with desk_at(server, tmp_path / "db") as desk:

        async def conflict() -> Any:
            return await asyncio.wrap_future(desk.store.outbox.conflicts())

        (row,) = await until(conflict, "the conflict is kept")
        assert (row.field, row.mine, row.theirs) == ("city", "Mine", "Theirs")

        async def other_field() -> bool:
            return (await server.contact(rid)).get("state") == "Mine too"

        await until(other_field, "the other field goes nevertheless")
        assert (await server.contact(rid))["city"] == "Theirs"


@pytest.mark.parametrize("status", [400, 404])
async def test_an_edit_of_what_was_deleted_there_is_kept(
    server: Any, tmp_path: Path, desk_at: Any, until: Any, status: int
) -> None:
    """The service answers 400; a proxy or a later version may say 404."""
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.first_sync()
        id = await first_id(desk)
        rid = await desk.rid(Kind.CONTACT, id)
    async with desk_at(server, tmp_path / "db", base_url="http://127.0.0.1:9") as desk:
        await desk.run(EditContact(contact_id=id, fields={"city": "Kept"}))
    await server.api("DELETE", f"/contacts/{rid}")
    if status == 404:
        body = {"message": f"Contact with id {rid} not found"}
        await server.fault(f"^/contacts/{rid}$", "status", status=404, body=body, count=None)
    async with desk_at(server, tmp_path / "db") as desk:
        await until(lambda: desk.workspace.sync.status().parked, "a person is asked")
        assert (await desk.workspace.queries.detail(id)).contact.city == "Kept"


async def test_a_delete_of_what_changed_there_is_not_done(
    server: Any, tmp_path: Path, desk_at: Any, until: Any
) -> None:
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.first_sync()
        task = (await desk.workspace.queries.tasks()).overdue[0].task
        contact = await path_of(desk, task.contact_id)
        path = f"{contact}/tasks/{await desk.rid(Kind.TASK, task.id)}"
    async with desk_at(server, tmp_path / "db", base_url="http://127.0.0.1:9") as desk:
        await desk.run(DeleteTask(task_id=task.id))
    await server.api("PUT", path, {"title": "More important now"})
    async with desk_at(server, tmp_path / "db") as desk:
        await until(lambda: desk.workspace.sync.status().parked, "the change is shown")
        assert (await desk.workspace.queries.task(task.id)).task.title == "More important now"
        assert (await server.api("GET", path))["task"]["title"] == "More important now"


async def test_a_delete_whose_reply_was_lost_is_not_repeated_over_a_change(
    server: Any, desk: Any, until: Any
) -> None:
    task = (await desk.workspace.queries.tasks()).overdue[0].task
    contact = await path_of(desk, task.contact_id)
    path = f"{contact}/tasks/{await desk.rid(Kind.TASK, task.id)}"
    await server.fault("/tasks/", "drop_before", method="DELETE", count=None)
    await desk.run(DeleteTask(task_id=task.id))
    await until(lambda: server.log("/tasks/", "DELETE"), "the delete was tried")
    await server.api("PUT", path, {"title": "More important now"})
    await server.control("DELETE", "faults")
    await until(lambda: desk.workspace.sync.status().parked, "the change is shown")
    assert (await server.api("GET", path))["task"]["title"] == "More important now"


async def test_what_somebody_writes_right_after_us_is_not_overwritten_by_our_next_edit(
    server: Any, desk: Any, until: Any
) -> None:
    id = await first_id(desk)
    rid = await desk.rid(Kind.CONTACT, id)
    await server.fault("^/contacts/[^/]+$", "delay", method="PUT", seconds=1.0)
    await desk.run(EditContact(contact_id=id, fields={"city": "First"}))
    await until(lambda: _any_in_state(desk, "sending"), "the first edit is on its way")
    await server.fault("^/contacts/[^/]+$", "delay", method="GET", seconds=1.5)
    await desk.run(EditContact(contact_id=id, fields={"city": "Second"}))

    async def first_is_there() -> bool:
        path = f"records/contact/{rid}"
        return bool((await server.control("GET", path))["city"] == "First")

    await until(first_is_there, "the first edit is there")
    await server.api("PUT", f"/contacts/{rid}", {"city": "Theirs"})

    async def conflict() -> Any:
        return await asyncio.wrap_future(desk.store.outbox.conflicts())

    (row,) = await until(conflict, "the conflict is kept")
    assert (row.mine, row.theirs) == ("Second", "Theirs")
    assert (await server.contact(rid))["city"] == "Theirs"


async def test_a_write_that_lands_late_does_not_lie_over_our_next_edit(
    server: Any, open_desk: Any, until: Any, quick: Any
) -> None:
    desk = await open_desk(pace=structs.replace(quick, settle_s=30.0))
    await desk.first_sync()
    id = await first_id(desk)
    rid = await desk.rid(Kind.CONTACT, id)
    await server.fault("^/contacts/[^/]+$", "drop_before", method="PUT")
    await desk.run(EditContact(contact_id=id, fields={"city": "Late"}))
    await until(lambda: _any_in_state(desk, "uncertain"), "the edit is uncertain")
    await server.api("PUT", f"/contacts/{rid}", {"city": "Theirs"})

    async def conflicts() -> Any:
        return await asyncio.wrap_future(desk.store.outbox.conflicts())

    (row,) = await until(conflicts, "the conflict is kept")
    assert (row.mine, row.theirs) == ("Late", "Theirs")
    await desk.run(EditContact(contact_id=id, fields={"city": "Next"}))
    for _ in range(10):  # time for a client that does not wait
        if (await server.contact(rid))["city"] == "Next":
            break
    await server.api("PUT", f"/contacts/{rid}", {"city": "Late"})  # it lands after all

    async def all_told() -> bool:
        return (await asyncio.wrap_future(desk.store.outbox.counts())).waiting == 0

    await until(all_told, "all is told")
    now = (await server.contact(rid))["city"]
    assert now == "Next" or "Next" in {row.mine for row in await conflicts()}


async def test_an_outbox_that_was_read_too_early_sends_nothing_twice(
    server: Any, desk: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = Outbox.due

    def slowly(outbox: Outbox, now: datetime, limit: int) -> Any:
        """What was due when it was asked for, told some time later."""
        answer: Future[Any] = Future()
        answer.set_running_or_notify_cancel()
        found = due(outbox, now, limit).result(20)
        threading.Timer(0.3, lambda: answer.set_result(found)).start()
        return answer

    first, second = [row.id for row in (await desk.rows())[:2]]
    monkeypatch.setattr(Outbox, "due", slowly)
    path = f"{await path_of(desk, first)}/notes$"
    await server.fault(path, "delay", method="GET", seconds=0.15, count=None)
    await server.fault(path, "drop_after", method="POST")
    new, body = desk.workspace.new_id(), {"body": "Only once"}
    await desk.run(CreateNote(note_id=new, contact_id=first, fields=body))
    await until(lambda: desk.engine._push.active, "it looks at what is there already")
    await desk.run(EditContact(contact_id=second, fields={"city": "Elsewhere"}))
    await desk.sent()
    assert len(await server.log(path, "POST")) == 1


async def test_a_lost_create_that_a_workflow_has_changed_is_not_made_again(
    server: Any, desk: Any, until: Any
) -> None:
    allowed = {"settings": {"allowDuplicateContact": True}}
    await server.control("POST", f"locations/{server.location_id}", allowed)
    await server.fault("^/contacts/$", "drop_after", method="POST")
    await server.fault("/search/duplicate", "drop_before", count=None)
    fields = {"first_name": "Once", "email": "once@x.test"}
    await desk.run(CreateContact(contact_id=desk.workspace.new_id(), fields=fields))
    (made,) = await until(lambda: server.contacts(query="once@x.test"), "it is there")
    await server.api("PUT", f"/contacts/{made['id']}", {"firstName": "Welcome"})
    await server.control("DELETE", "faults")

    async def asked() -> bool:
        return [item.state for item in await items(desk)] == [EntryState.ASK]

    await until(asked, "a person is asked")
    assert len(await server.contacts(query="once@x.test")) == 1


async def test_an_index_that_lags_does_not_bring_a_removed_tag_back(
    server_of: Any, tmp_path: Path, desk_at: Any, until: Any
) -> None:
    with SandboxThread(contacts=3, seed=7, index_lag_s=0.4, rate_limit="off") as sandbox:
        async with desk_at(server_of(sandbox), tmp_path / "db") as desk:
            await desk.first_sync()
            row = next(row for row in await desk.rows() if row.tags)
            await desk.run(RemoveTags(contact_id=row.id, tags=row.tags[:1]))
            await desk.sent()
            before = desk.workspace.sync.status().synced_at
            desk.workspace.sync.sync_now()
            await until(lambda: desk.workspace.sync.status().synced_at != before, "it looked again")
            assert (await desk.workspace.queries.detail(row.id)).contact.tags == row.tags[1:]


async def test_a_lost_create_is_not_taken_in_as_somebody_elses_after_a_restart(
    server: Any, tmp_path: Path, desk_at: Any, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.first_sync()
        id = await first_id(desk)
        path = await path_of(desk, id)
        new = desk.workspace.new_id()
        fields = {"title": "Only one", "due_at": DUE}
        await server.fault("/tasks$", "drop_after", method="POST")
        await desk.run(CreateTask(task_id=new, contact_id=id, fields=fields))
        await until(lambda: server.log("/tasks$", "POST"), "the reply is lost")
    slow = Queries.outbox_items

    def slowly(queries: Queries) -> Any:
        answer: Future[Any] = Future()
        answer.set_running_or_notify_cancel()
        found = slow(queries)
        threading.Timer(0.3, lambda: answer.set_result(found.result())).start()
        return answer

    monkeypatch.setattr(Queries, "outbox_items", slowly)
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.sent()
        tasks = (await desk.workspace.queries.detail(id)).tasks
        assert [task.id for task in tasks if task.title == "Only one"] == [new]
    there = (await server.api("GET", f"{path}/tasks"))["tasks"]
    assert [one["title"] for one in there].count("Only one") == 1


async def test_a_refused_edit_is_parked_and_the_others_go(
    server: Any, desk: Any, until: Any
) -> None:
    first, second = [row.id for row in (await desk.rows())[:2]]
    await server.fault(
        "^/contacts/[^/]+$",
        "status",
        method="PUT",
        status=422,
        body={"statusCode": 422, "message": ["postalCode must be <b>short</b>"]},
    )
    await desk.run(EditContact(contact_id=first, fields={"postal_code": "x" * 80}))
    await until(lambda: desk.workspace.sync.status().parked == 1, "the refused edit is told")
    await desk.run(EditContact(contact_id=second, fields={"city": "Goes"}))
    rid = await desk.rid(Kind.CONTACT, second)

    async def goes() -> bool:
        return (await server.contact(rid))["city"] == "Goes"

    await until(goes, "the other edit goes")
    await until(lambda: desk.workspace.sync.status().waiting == 0, "nothing else is left")
    (item,) = await items(desk)
    assert "postalCode must be" in item.error
    puts = await server.log(f"/contacts/{await desk.rid(Kind.CONTACT, first)}", "PUT")
    assert len(puts) == 1


async def test_an_existing_contact_is_not_made_again(server: Any, desk: Any, until: Any) -> None:
    await server.control(
        "POST", f"locations/{server.location_id}", {"settings": {"allowDuplicateContact": False}}
    )
    other = next(one for one in await server.contacts() if one.get("email"))
    fields = {"first_name": "Somebody else", "email": other["email"]}
    new = desk.workspace.new_id()
    await desk.run(CreateContact(contact_id=new, fields=fields))
    await until(lambda: desk.workspace.sync.status().parked == 1, "it is told")
    (item,) = await items(desk)
    assert "exists already" in item.error
    assert (await server.contact(other["id"]))["firstName"] == other["firstName"]


async def test_a_busy_server_is_waited_for(server: Any, desk: Any) -> None:
    id = await first_id(desk)
    rid = await desk.rid(Kind.CONTACT, id)
    await server.fault(
        "^/contacts/[^/]+$",
        "status",
        method="PUT",
        status=429,
        body={"statusCode": 429, "message": "Too Many Requests"},
    )
    await desk.run(EditContact(contact_id=id, fields={"city": "Patience"}))
    await desk.sent()
    assert (await server.contact(rid))["city"] == "Patience"


async def test_read_only_refuses_before_anything_is_changed(server: Any, open_desk: Any) -> None:
    scopes = frozenset({"contacts.readonly"})
    token = StaticToken((await server.sign_in(scopes))["access_token"])
    desk = await open_desk(scopes=scopes, tokens=token)
    await desk.first_sync()
    id = await first_id(desk)
    with pytest.raises(InputError, match="may only read"):
        await desk.run(EditContact(contact_id=id, fields={"city": "No"}))
    assert await items(desk) == []
    detail = await desk.workspace.queries.detail(id)
    assert detail.contact.city != "No"


async def test_appointments_need_a_right_of_their_own(server: Any, open_desk: Any) -> None:
    desk = await open_desk(scopes=frozenset({"contacts.readonly", "contacts.write"}))
    with pytest.raises(InputError, match="may not change appointments"):
        await desk.run(SetAppointmentStatus(appointment_id="any", status="showed"))


class Renewing:
    """A token that the server stops accepting, and its successor."""

    def __init__(self, first: str, second: str | None) -> None:
        self.tokens = [first, *([second] if second else [])]
        self.renewals = 0

    async def access_token(self) -> str:
        return self.tokens[0]

    async def confirmed(self, doubted: str) -> str:
        return doubted

    async def renewed(self, refused: str) -> str:
        from rapport.domain.errors import AuthError

        if len(self.tokens) > 1 and refused == self.tokens[0]:
            self.tokens.pop(0)
            self.renewals += 1
        elif refused == self.tokens[0]:
            raise AuthError("The CRM does not accept the sign-in any more.", status=401)
        return self.tokens[0]


async def test_an_expired_token_is_renewed_once_and_nothing_is_lost(
    server: Any, open_desk: Any, until: Any
) -> None:
    scopes = ("contacts.readonly", "contacts.write")
    first, second = [(await server.sign_in(scopes))["access_token"] for _ in range(2)]
    tokens = Renewing(first, second)
    desk = await open_desk(tokens=tokens, scopes=frozenset(scopes))
    await desk.first_sync()
    await server.control("POST", "tokens/expire", {"token": first})
    id = await first_id(desk)
    await desk.run(EditContact(contact_id=id, fields={"city": "Renewed"}))
    await desk.sent()
    assert tokens.renewals == 1
    assert (await server.contact(await desk.rid(Kind.CONTACT, id)))["city"] == "Renewed"


async def test_a_refused_sign_in_keeps_the_edits(server: Any, open_desk: Any, until: Any) -> None:
    scopes = ("contacts.readonly", "contacts.write")
    first, second = [(await server.sign_in(scopes))["access_token"] for _ in range(2)]
    tokens = Renewing(first, None)
    desk = await open_desk(tokens=tokens, scopes=frozenset(scopes))
    await desk.first_sync()
    await server.control("POST", "tokens/revoke", {"token": first})
    id = await first_id(desk)
    await desk.run(EditContact(contact_id=id, fields={"city": "Waiting"}))
    await until(lambda: desk.state is SyncState.SIGN_IN, "signing in is asked for")
    await until(lambda: desk.workspace.sync.status().waiting == 1, "the edit waits")
    refused = len([one for one in await server.log() if one["status"] == 401])
    assert refused < 12  # nobody hammers on a shut door
    tokens.tokens.append(second)
    desk.workspace.sync.sync_now()
    await desk.sent()
    assert (await server.contact(await desk.rid(Kind.CONTACT, id)))["city"] == "Waiting"


@pytest.mark.parametrize("days", [-2, 2])
async def test_a_clock_that_is_set_holds_no_edit_back_and_sends_none_twice(
    server: Any, desk: Any, until: Any, days: int
) -> None:
    """Bad input 36. One edit waits after a refusal, one settles after a lost reply."""
    first, second = [row.id for row in (await desk.rows())[:2]]
    rids = [await desk.rid(Kind.CONTACT, id) for id in (first, second)]
    await server.fault(f"^/contacts/{rids[0]}$", "status", method="PUT", status=429)
    await server.fault(f"^/contacts/{rids[1]}/notes$", "drop_after", method="POST")
    await desk.run(EditContact(contact_id=first, fields={"city": "Clockville"}))
    await desk.run(
        CreateNote(note_id=desk.workspace.new_id(), contact_id=second, fields={"body": "Once"})
    )

    async def both_tried() -> bool:
        tried = await server.log(f"/contacts/{rids[0]}", "PUT")
        return bool(tried and await server.log(f"/contacts/{rids[1]}/notes", "POST"))

    await until(both_tried, "both are tried")
    desk.workspace.clock.set(timedelta(days=days))
    await desk.sent()
    assert (await server.contact(rids[0]))["city"] == "Clockville"
    notes = (await server.api("GET", f"/contacts/{rids[1]}/notes"))["notes"]
    assert [note["body"] for note in notes].count("Once") == 1


async def test_a_delete_behind_an_edit_does_not_take_along_what_nobody_saw(
    server: Any, tmp_path: Path, desk_at: Any, until: Any
) -> None:
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.first_sync()
        contact = await first_id(desk)
        path = await path_of(desk, contact)
    async with desk_at(server, tmp_path / "db", base_url="http://127.0.0.1:9") as desk:
        await desk.run(EditContact(contact_id=contact, fields={"city": "Mine"}))
        await desk.run(DeleteContact(contact_id=contact))
    await server.api("PUT", path, {"address1": "Theirs 1"})
    async with desk_at(server, tmp_path / "db") as desk:
        await until(lambda: desk.workspace.sync.status().conflicts, "the change is shown")
        there = (await server.api("GET", path))["contact"]
        assert (there["city"], there["address1"]) == ("Mine", "Theirs 1")


async def test_a_delete_behind_an_edit_goes_where_nobody_else_changed_anything(
    server: Any, desk: Any
) -> None:
    contact = await first_id(desk)
    path = await path_of(desk, contact)
    await desk.run(EditContact(contact_id=contact, fields={"phone": "912 345 678", "tags": ["X"]}))
    await desk.run(DeleteContact(contact_id=contact))
    await desk.sent()
    deleted = [one["path"] for one in await server.log(f"{path}$", "DELETE")]
    assert deleted == [path]
