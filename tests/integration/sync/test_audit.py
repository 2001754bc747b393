"""What the audit log tells of edits that were sent, and what can be brought back from it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rapport.domain.audit import Act, AuditEntry, AuditFilter, Standing
from rapport.domain.changes import Origin
from rapport.domain.commands import AddTags, CreateNote, CreateTask, DeleteContact, EditContact
from rapport.domain.errors import InputError
from rapport.domain.records import Kind
from rapport.services.audit import revert_command


async def first_id(desk: Any) -> str:
    id: str = (await desk.rows())[0].id
    return id


async def log(desk: Any, **wanted: Any) -> list[AuditEntry]:
    audit = desk.workspace.audit
    found: list[AuditEntry] = await audit.entries(
        list((await audit.index(AuditFilter(**wanted))).ids)
    )
    return found


async def whole(desk: Any) -> bool:
    return (await desk.workspace.audit.verify()).broken is None


async def test_an_entry_has_the_reply_and_its_trace_id(open_desk: Any, server: Any) -> None:
    desk = await open_desk()
    await desk.first_sync()
    assert await log(desk) == []  # a first sync is no change
    id = await first_id(desk)
    await desk.run(EditContact(contact_id=id, fields={"city": "Lyon"}))
    await desk.sent()
    (entry,) = await log(desk)
    assert entry.reply is not None
    assert (entry.reply.status, entry.waiting) == (200, False)
    task = desk.workspace.new_id()
    due = datetime.now(UTC) + timedelta(days=3)
    await desk.run(CreateTask(task_id=task, contact_id=id, fields={"title": "x", "due_at": due}))
    await desk.sent()
    created = (await log(desk))[0]
    assert created.reply is not None
    assert created.reply.status == 201
    assert await whole(desk)


async def test_a_refused_edit_tells_why_and_where(open_desk: Any, server: Any, until: Any) -> None:
    desk = await open_desk()
    await desk.first_sync()
    id = await first_id(desk)
    await desk.run(EditContact(contact_id=id, fields={"email": "not an address"}))

    async def refused() -> Any:
        (entry,) = await log(desk)
        return entry.reply

    reply = await until(refused, "the reply is in the log")
    assert reply.status in (400, 422)
    assert reply.trace_id
    assert reply.text


async def test_a_sent_edit_is_reverted_on_the_server(open_desk: Any, server: Any) -> None:
    desk = await open_desk()
    await desk.first_sync()
    id = await first_id(desk)
    rid = await desk.rid(Kind.CONTACT, id)
    before = (await server.contact(rid)).get("city")
    await desk.run(EditContact(contact_id=id, fields={"city": "Lyon"}))
    await desk.run(AddTags(contact_id=id, tags=("audited",)))
    await desk.sent()
    tagged, edited = await log(desk)
    for entry in (edited, tagged):
        fields = await desk.workspace.audit.assess(entry)
        assert {one.standing for one in fields} == {Standing.READY}
        await desk.run(revert_command(entry, fields))
    await desk.sent()
    contact = await server.contact(rid)
    assert (contact.get("city") or None) == (before or None)
    assert "audited" not in contact["tags"]
    assert await whole(desk)


async def test_a_revert_is_refused_where_somebody_changed_the_value_since(
    open_desk: Any, server: Any, until: Any
) -> None:
    desk = await open_desk()
    await desk.first_sync()
    id = await first_id(desk)
    rid = await desk.rid(Kind.CONTACT, id)
    await desk.run(EditContact(contact_id=id, fields={"city": "Lyon"}))
    await desk.sent()
    await server.api("PUT", f"/contacts/{rid}", {"city": "Theirs"})
    desk.workspace.sync.sync_now()

    async def theirs() -> Any:
        return [e for e in await log(desk) if e.origin is Origin.SYNC]

    await until(theirs, "their change is in the log")
    mine = (await log(desk, origins=(Origin.PERSON,)))[0]
    (field,) = await desk.workspace.audit.assess(mine)
    assert (field.standing, field.now) == (Standing.MOVED, "Theirs")
    with pytest.raises(InputError):
        await desk.run(revert_command(mine, [field]))
    assert (await server.contact(rid))["city"] == "Theirs"
    await desk.run(revert_command(mine, [], over=[field]))
    await desk.sent()
    assert (await server.contact(rid)).get("city", "") == (field.before or "")


async def filled(desk: Any) -> tuple[str, str]:
    """A contact with a task, a note and a tag that are on the server."""
    id = await first_id(desk)
    due = datetime(2027, 1, 5, 9, tzinfo=UTC)
    await desk.run(AddTags(contact_id=id, tags=("kept",)))
    fields: dict[str, Any] = {"title": "Bring the offer", "due_at": due, "completed": True}
    await desk.run(CreateTask(task_id=desk.workspace.new_id(), contact_id=id, fields=fields))
    await desk.run(
        CreateNote(note_id=desk.workspace.new_id(), contact_id=id, fields={"body": "Likes tea"})
    )
    await desk.sent()
    rid = await desk.rid(Kind.CONTACT, id)
    return id, rid


async def is_back(desk: Any, server: Any, id: str, old: str) -> None:
    await desk.sent()
    rid = await desk.rid(Kind.CONTACT, id)
    assert rid not in (None, old)
    contact = await server.contact(rid)
    assert "kept" in contact["tags"]
    tasks = (await server.api("GET", f"/contacts/{rid}/tasks"))["tasks"]
    assert ("Bring the offer", True) in {(one["title"], one["completed"]) for one in tasks}
    notes = (await server.api("GET", f"/contacts/{rid}/notes"))["notes"]
    assert "Likes tea" in {note["body"] for note in notes}
    detail = await desk.workspace.queries.detail(id)
    assert len(detail.notes) == len(notes)
    assert len(detail.tasks) == len(tasks)
    assert await whole(desk)


async def test_a_contact_deleted_at_the_server_is_brought_back(
    open_desk: Any, server: Any, until: Any
) -> None:
    desk = await open_desk()
    await desk.first_sync()
    id, rid = await filled(desk)
    await server.api("DELETE", f"/contacts/{rid}")
    desk.workspace.sync.opened(id)

    async def gone() -> Any:
        entries = await log(desk, kinds=("contact",))
        return entries[0] if entries and entries[0].act is Act.DELETE else None

    entry = await until(gone, "the deletion is seen")
    assert (entry.origin, entry.departed) == (Origin.SYNC, True)
    outcome = await desk.run(await desk.workspace.audit.restore(id))
    assert outcome.anew
    await is_back(desk, server, id, rid)


async def test_undo_brings_back_what_was_deleted_here_and_sent(
    server: Any, tmp_path: Path, desk_at: Any, until: Any
) -> None:
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.first_sync()
        id, rid = await filled(desk)
        await desk.run(DeleteContact(contact_id=id))
        await desk.sent()
        assert await desk.rid(Kind.CONTACT, id) is None
    async with desk_at(server, tmp_path / "db") as desk:  # after a restart, too
        assert await desk.workspace.bus.undo_text() == "Undo delete contact"
        outcome = await desk.workspace.bus.undo()
        assert outcome.anew
        await is_back(desk, server, id, rid)
        await asyncio.wrap_future(desk.store.verify())
