"""What a person decides arrives there: once, and as it was chosen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from rapport.domain.changes import Delta
from rapport.domain.commands import (
    AcceptDeletion,
    AddTags,
    CreateAgain,
    CreateContact,
    CreateNote,
    EditContact,
    EditNote,
    ResolveConflict,
)
from rapport.domain.records import Kind, Ref
from rapport.domain.views import Choice, ConflictCase, EntryState, RecordConflict

NOWHERE = "http://127.0.0.1:9"


async def first_id(desk: Any) -> Any:
    return (await desk.rows())[0].id


async def inbox(desk: Any) -> list[RecordConflict]:
    found: list[RecordConflict] = await desk.workspace.queries.conflicts()
    return found


@pytest.fixture
def apart(server: Any, tmp_path: Path, desk_at: Any) -> Any:
    """Both sides change something without knowing of each other; returns the contact's ids."""

    async def change(
        here: Callable[[Any, str], Coroutine[Any, Any, Any]],
        there: Callable[[str], Coroutine[Any, Any, Any]],
    ) -> tuple[str, str]:
        async with desk_at(server, tmp_path / "db") as desk:
            await desk.first_sync()
            id = await first_id(desk)
            rid = await desk.rid(Kind.CONTACT, id)
        async with desk_at(server, tmp_path / "db", base_url=NOWHERE) as desk:
            await here(desk, id)
        await there(rid)
        return id, rid

    return change


@pytest.mark.parametrize("want", ["Mine", "Theirs", "Neither"])
async def test_a_clash_ends_as_it_was_chosen(
    server: Any, tmp_path: Path, desk_at: Any, apart: Any, until: Any, want: str
) -> None:
    async def here(desk: Any, id: str) -> None:
        await desk.run(EditContact(contact_id=id, fields={"city": "Mine", "state": "Both"}))
        await desk.run(AddTags(contact_id=id, tags=("from here",)))

    async def there(rid: str) -> None:
        await server.api("PUT", f"/contacts/{rid}", {"city": "Theirs"})
        await server.api("POST", f"/contacts/{rid}/tags", {"tags": ["from there"]})

    id, rid = await apart(here, there)
    async with desk_at(server, tmp_path / "db") as desk:
        status = desk.workspace.sync.status
        await until(lambda: status().conflicts == 1 and not status().waiting, "it is shown")
        (found,) = await inbox(desk)
        assert [one.field for one in found.fields] == ["city"]
        assert [one.field for one in found.merged] == ["tags"]
        assert status().refused == 0
        await server.control("DELETE", "log")
        command = ResolveConflict(ref=Ref(Kind.CONTACT, id), fields={"city": Delta("Theirs", want)})
        await desk.run(command)
        await until(lambda: not status().waiting and not status().conflicts, "it is decided")
        await desk.sent()
        contact = await server.contact(rid)
        assert (contact["city"], contact["state"]) == (want, "Both")
        assert {"from here", "from there"} <= set(contact["tags"])
        assert len(await server.log(f"/contacts/{rid}", "PUT")) == (want != "Theirs")
        (settled, merged) = await desk.workspace.queries.settled_conflicts()
        assert merged.choice is Choice.MERGED
        await desk.workspace.bus.undo(settled.undo_id)
        await until(lambda: status().conflicts == 1 and not status().waiting, "open once more")
        assert (await server.contact(rid))["city"] == "Theirs"
        assert (await inbox(desk))[0].fields == found.fields


async def test_two_texts_come_together_where_they_can(
    server: Any, tmp_path: Path, desk_at: Any, until: Any
) -> None:
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.first_sync()
        id = await first_id(desk)
        note = desk.workspace.new_id()
        body = "one\ntwo\nthree"
        await desk.run(CreateNote(note_id=note, contact_id=id, fields={"body": body}))
        await desk.sent()
        contact = await desk.rid(Kind.CONTACT, id)
        path = f"/contacts/{contact}/notes/{await desk.rid(Kind.NOTE, note)}"
    async with desk_at(server, tmp_path / "db", base_url=NOWHERE) as desk:
        await desk.run(EditNote(note_id=note, fields={"body": "ONE\ntwo\nthree"}))
    await server.api("PUT", path, {"body": "one\ntwo\nthree\nfour"})
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.sent()
        assert (await server.api("GET", path))["note"]["body"] == "ONE\ntwo\nthree\nfour"
        detail = await desk.workspace.queries.detail(id)
        assert next(one for one in detail.notes if one.id == note).body.endswith("four")
        assert await inbox(desk) == []


@pytest.mark.parametrize("again", [True, False])
async def test_gone_there(
    server: Any, tmp_path: Path, desk_at: Any, apart: Any, until: Any, again: bool
) -> None:
    async def here(desk: Any, id: str) -> None:
        await desk.run(EditContact(contact_id=id, fields={"city": "Kept"}))
        note = desk.workspace.new_id()
        await desk.run(CreateNote(note_id=note, contact_id=id, fields={"body": "Stays"}))

    async def there(rid: str) -> None:
        await server.api("DELETE", f"/contacts/{rid}")

    id, rid = await apart(here, there)
    ref = Ref(Kind.CONTACT, id)
    async with desk_at(server, tmp_path / "db") as desk:
        status = desk.workspace.sync.status
        await until(lambda: status().conflicts == 1, "a person is asked")
        (found,) = await inbox(desk)
        assert found.case is ConflictCase.GONE
        await desk.run(CreateAgain(ref=ref) if again else AcceptDeletion(ref=ref))
        await desk.sent()
        new = await desk.rid(Kind.CONTACT, id)
        if not again:
            assert new is None
            assert await desk.workspace.queries.row_of(id) is None
            return
        assert new != rid
        assert (await server.contact(new))["city"] == "Kept"
        notes = (await server.api("GET", f"/contacts/{new}/notes"))["notes"]
        assert [one["body"] for one in notes].count("Stays") == 1


async def test_a_refused_edit_is_corrected_and_arrives_once(
    server: Any, open_desk: Any, until: Any
) -> None:
    desk = await open_desk()
    await desk.first_sync()
    id = await first_id(desk)
    rid = await desk.rid(Kind.CONTACT, id)
    refusal = {"statusCode": 422, "message": ["postalCode must be <b>short</b>"]}
    path = "^/contacts/[^/]+$"
    await server.fault(path, "status", method="PUT", status=422, body=refusal)
    await desk.run(EditContact(contact_id=id, fields={"postal_code": "x" * 80}))
    await until(lambda: desk.workspace.sync.status().refused == 1, "it is told")
    (item,) = await desk.workspace.queries.outbox_items()
    assert (item.state, item.fields["postal_code"].want) == (EntryState.REFUSED, "x" * 80)
    await server.control("DELETE", "log")
    await desk.run(EditContact(contact_id=id, fields={"postal_code": "4450"}))
    await desk.sent()
    assert (await server.contact(rid))["postalCode"] == "4450"
    assert len(await server.log(f"/contacts/{rid}", "PUT")) == 1


@pytest.mark.parametrize("choice", ["again", "link", "discard"])
async def test_only_a_person_can_tell_which_one_it_was(
    server: Any, tmp_path: Path, desk_at: Any, until: Any, choice: str
) -> None:
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.first_sync()
        id = await first_id(desk)
        path = f"/contacts/{await desk.rid(Kind.CONTACT, id)}/notes"
        await server.fault("/notes$", "delay", method="POST", seconds=0.3)
        note = desk.workspace.new_id()
        await desk.run(CreateNote(note_id=note, contact_id=id, fields={"body": "Twin"}))

        async def sending() -> bool:
            return any(one.state == "sending" for one in await desk.workspace.waiting.items())

        await until(sending, "the request is on its way")

    async def bodies() -> list[str]:
        notes = (await server.api("GET", path))["notes"]
        return [one["body"] for one in notes if one["body"] == "Twin"]

    async def applied() -> bool:
        return len(await bodies()) == 1

    # The program ended, the server went on, and somebody wrote the same note.
    await until(applied, "the server has it")
    await server.api("POST", path, {"body": "Twin"})
    async with desk_at(server, tmp_path / "db") as desk:
        status = desk.workspace.sync.status
        await until(lambda: status().refused == 1, "a person is asked")
        (item,) = await desk.workspace.waiting.items()
        assert item.state is EntryState.ASK
        found = await desk.workspace.sync.candidates(item.seq)
        assert [one.title for one in found] == ["Twin", "Twin"]
        match choice:
            case "again":
                await desk.workspace.waiting.retry(item.seq)
            case "link":
                await desk.workspace.sync.link(item.seq, found[0].rid)
            case "discard":
                await desk.workspace.waiting.discard(item.seq)
        await desk.sent()
        assert len(await bodies()) == (3 if choice == "again" else 2)
        rid = await desk.rid(Kind.NOTE, note)
        assert {
            "again": rid not in (None, *(one.rid for one in found)),
            "link": rid == found[0].rid,
            "discard": rid is None,
        }[choice]


async def test_an_existing_contact_can_be_meant(server: Any, open_desk: Any, until: Any) -> None:
    desk = await open_desk()
    await desk.first_sync()
    await server.control(
        "POST", f"locations/{server.location_id}", {"settings": {"allowDuplicateContact": False}}
    )
    other = next(one for one in await server.contacts() if one.get("email"))
    fields = {"first_name": "Somebody", "email": other["email"], "website": "https://x.test"}
    new = desk.workspace.new_id()
    await desk.run(CreateContact(contact_id=new, fields=fields))
    await until(lambda: desk.workspace.sync.status().refused == 1, "it is told")
    (item,) = await desk.workspace.waiting.items()
    found = await desk.workspace.sync.candidates(item.seq)
    assert other["id"] in [one.rid for one in found]
    await desk.workspace.sync.link(item.seq, other["id"])
    await until(lambda: not desk.workspace.sync.status().waiting, "the rest is sent")
    (conflict,) = await inbox(desk)
    (name,) = [one for one in conflict.fields if one.field == "first_name"]
    assert (name.mine, name.theirs) == ("Somebody", other["firstName"])
    assert await asyncio.wrap_future(desk.store.verify()) == []
