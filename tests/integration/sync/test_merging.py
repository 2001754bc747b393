"""Contacts that become one, at a real sandbox: nothing is lost, whatever comes between."""

from __future__ import annotations

import asyncio
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rapport.domain.commands import AddTags, CreateNote, CreateTask, EditContact, EditNote
from rapport.domain.merging import MergeContacts, MergeState, Unmerge, all_tags
from rapport.domain.records import Kind
from rapport.domain.views import ContactDetail

NOWHERE = "http://127.0.0.1:9"
DRIVER = Path(__file__).with_name("merging_on.py")


class Twins:
    """Two contacts of the CRM that are one person, with things of their own."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.stays = self.goes = ""

    async def make(self) -> Twins:
        server = self.server
        self.stays = await self._contact(firstName="Ana", lastName="Pérez", tags=["vip"])
        self.goes = await self._contact(
            firstName="Ana Maria",
            lastName="Perez",
            email="ana@twin.example",
            phone="+351912000111",
            website="https://twin.example",
            tags=["lead", "vip"],
        )
        for n in range(3):
            await self.note(f"note {n}")
        for n in range(2):
            due = (datetime.now(UTC) + timedelta(days=n - 1)).isoformat()
            body = {"title": f"task {n}", "dueDate": due, "completed": n == 0, "body": "why"}
            await server.api("POST", f"/contacts/{self.goes}/tasks", body)
        calendars = await server.api("GET", f"/calendars/?locationId={server.location_id}")
        await server.api(
            "POST",
            "/calendars/events/appointments",
            {
                "calendarId": calendars["calendars"][0]["id"],
                "locationId": server.location_id,
                "contactId": self.goes,
                "startTime": "2026-12-03T10:00:00+00:00",
                "endTime": "2026-12-03T10:30:00+00:00",
                "title": "Site visit",
                "appointmentStatus": "confirmed",
                "ignoreFreeSlotValidation": True,
                "ignoreDateRange": True,
            },
        )
        return self

    async def _contact(self, **body: Any) -> str:
        body = {"locationId": self.server.location_id, **body}
        made = await self.server.api("POST", "/contacts/", body)
        return str(made["contact"]["id"])

    async def note(self, body: str) -> None:
        await self.server.api("POST", f"/contacts/{self.goes}/notes", {"body": body})

    async def has(self, rid: str) -> bool:
        rids = [one["id"] for one in await self.server.contacts()]
        return rid in rids

    async def notes_of(self, rid: str) -> list[str]:
        """The last line of each: in front of it stands where it came from."""
        found = (await self.server.api("GET", f"/contacts/{rid}/notes"))["notes"]
        return sorted(note["body"].splitlines()[-1] for note in found)

    async def tasks_of(self, rid: str) -> list[tuple[str, bool]]:
        found = (await self.server.api("GET", f"/contacts/{rid}/tasks"))["tasks"]
        return sorted((task["title"], task["completed"]) for task in found)

    async def appointments_of(self, rid: str) -> list[str]:
        found = (await self.server.api("GET", f"/contacts/{rid}/appointments"))["events"]
        return sorted(event["title"] for event in found)

    async def assert_merged(self, *more: str) -> None:
        assert not await self.has(self.goes)
        assert await self.notes_of(self.stays) == sorted(["note 0", "note 1", "note 2", *more])
        assert await self.tasks_of(self.stays) == [("task 0", True), ("task 1", False)]
        assert await self.appointments_of(self.stays) == ["Site visit"]
        contact = await self.server.contact(self.stays)
        assert contact["email"] == "ana@twin.example"
        assert contact["phone"] == "+351912000111"
        assert contact["website"] == "https://twin.example"
        assert set(contact["tags"]) == {"vip", "lead"}


@pytest.fixture
async def twins(server: Any) -> Twins:
    return await Twins(server).make()


async def detail(desk: Any, rid: str) -> ContactDetail:
    found: ContactDetail = await desk.workspace.queries.detail(await desk.lid(Kind.CONTACT, rid))
    return found


async def opened(desk: Any, twins: Twins, until: Any) -> MergeContacts:
    """The merge that a person would ask for after having looked at both."""
    await desk.first_sync()
    for rid in (twins.stays, twins.goes):
        desk.workspace.sync.opened(await desk.lid(Kind.CONTACT, rid))

        async def read(rid: str = rid) -> bool:
            found = await detail(desk, rid)
            known = found.contact.website or rid == twins.stays
            return found.details_synced_at is not None and bool(known)

        await until(read, "its details are read")
    return await command(desk, twins)


async def command(desk: Any, twins: Twins) -> MergeContacts:
    stays, goes = await detail(desk, twins.stays), await detail(desk, twins.goes)
    taken = {name: getattr(goes.contact, name) for name in ("email", "phone", "website")}
    return MergeContacts(
        survivor_id=stays.contact.id,
        other_ids=(goes.contact.id,),
        fields={**taken, "tags": all_tags([stays.contact, goes.contact])},
    )


async def newest(desk: Any) -> Any:
    return (await desk.workspace.duplicates.merges())[0]


async def test_one_contact_is_left_with_all_that_both_had(
    twins: Twins, open_desk: Any, until: Any
) -> None:
    desk = await open_desk()
    merge = await opened(desk, twins, until)
    await desk.run(merge)
    assert (await newest(desk)).state is MergeState.WAITING
    await desk.sent()
    await twins.assert_merged()
    assert (await newest(desk)).state is MergeState.DONE
    found = await detail(desk, twins.stays)
    assert len(found.notes) == 3
    assert all("Ana Maria Perez" in note.body for note in found.notes)
    # Nothing was deleted before everything had arrived; what only one may have came last.
    log = [
        (one["method"], one["path"])
        for one in await twins.server.log("/contacts/|/calendars/events")
        if one["method"] in ("POST", "PUT", "DELETE") and "search" not in one["path"]
    ]
    gone = log.index(("DELETE", f"/contacts/{twins.goes}"))
    assert [method for method, _ in log[gone + 1 :]] == ["PUT"]


async def test_undo_in_time_leaves_no_trace_there(twins: Twins, open_desk: Any, until: Any) -> None:
    desk = await open_desk(speed=1.0)
    merge = await opened(desk, twins, until)
    before = [await detail(desk, rid) for rid in (twins.stays, twins.goes)]
    await twins.server.control("DELETE", "log")
    outcome = await desk.run(merge)
    await desk.workspace.bus.undo(outcome.undo_id)
    await desk.sent()
    after = [await detail(desk, rid) for rid in (twins.stays, twins.goes)]
    for one, other in zip(before, after, strict=True):
        assert one.contact == other.contact
        assert (one.notes, one.tasks, one.appointments) == (
            other.notes,
            other.tasks,
            other.appointments,
        )
    assert not [
        entry
        for entry in await twins.server.log(f"/contacts/({twins.stays}|{twins.goes})")
        if entry["method"] != "GET"
    ]


async def test_a_refused_note_stops_the_deletion_until_it_is_settled(
    twins: Twins, open_desk: Any, until: Any
) -> None:
    desk = await open_desk()
    merge = await opened(desk, twins, until)
    body = {"statusCode": 400, "message": "too long"}
    path = f"/contacts/{twins.stays}/notes"
    await twins.server.fault(path, "status", method="POST", status=400, body=body)
    await desk.run(merge)

    async def refused() -> Any:
        found = await newest(desk)
        waiting = [one for one in await desk.workspace.waiting.items() if one.state == "pending"]
        return found if found.state is MergeState.REFUSED and not waiting else None

    found = await until(refused, "it is told")
    assert "too long" in found.why
    assert await twins.has(twins.goes)
    (piece,) = [one for one in await desk.workspace.waiting.items() if one.state == "parked"]
    await desk.workspace.waiting.retry(piece.seq)
    await desk.sent()
    await twins.assert_merged()


async def test_who_gives_a_refused_note_up_keeps_the_other_contact(
    twins: Twins, open_desk: Any, until: Any
) -> None:
    desk = await open_desk()
    merge = await opened(desk, twins, until)
    body = {"statusCode": 400, "message": "too long"}
    path = f"/contacts/{twins.stays}/notes"
    await twins.server.fault(path, "status", method="POST", status=400, body=body)
    await desk.run(merge)

    async def piece() -> Any:
        items = await desk.workspace.waiting.items()
        return next((one for one in items if one.state == "parked"), None)

    await desk.workspace.waiting.discard((await until(piece, "it is refused")).seq)
    await desk.sent()
    assert (await newest(desk)).state is MergeState.STOPPED
    assert await twins.has(twins.goes)
    assert await twins.notes_of(twins.goes) == ["note 0", "note 1", "note 2"]
    found = await detail(desk, twins.goes)
    assert found.contact.email == "ana@twin.example"
    assert (await detail(desk, twins.stays)).contact.email == ""


async def test_what_was_written_meanwhile_comes_along(
    twins: Twins, server: Any, tmp_path: Path, desk_at: Any, until: Any
) -> None:
    async with desk_at(server, tmp_path / "db") as desk:
        await opened(desk, twins, until)
    async with desk_at(server, tmp_path / "db", base_url=NOWHERE) as desk:
        await desk.run(await command(desk, twins))
    await twins.note("late")
    note = (await server.api("GET", f"/contacts/{twins.goes}/notes"))["notes"]
    first = next(one for one in note if one["body"] == "note 0")
    path = f"/contacts/{twins.goes}/notes/{first['id']}"
    await server.api("PUT", path, {"body": "note 0 and more"})
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.sent()
    assert not await twins.has(twins.goes)
    assert await twins.notes_of(twins.stays) == ["late", "note 0 and more", "note 1", "note 2"]


async def test_a_merge_is_taken_back_whole(twins: Twins, open_desk: Any, until: Any) -> None:
    desk = await open_desk()
    merge = await opened(desk, twins, until)
    goes_id = merge.other_ids[0]
    await desk.run(merge)
    await desk.sent()
    stays = await detail(desk, twins.stays)
    edited = next(note for note in stays.notes if note.body.endswith("note 1"))
    await desk.run(EditNote(note_id=edited.id, fields={"body": f"{edited.body}, corrected"}))
    await desk.run(
        EditContact(contact_id=stays.contact.id, fields={"website": "https://new.example"})
    )
    await desk.run(AddTags(contact_id=stays.contact.id, tags=("after",)))
    await desk.sent()
    outcome = await desk.run(Unmerge(merge_id=(await newest(desk)).id))
    assert outcome.anew
    await desk.sent()
    again = await desk.rid(Kind.CONTACT, goes_id)
    assert again not in (None, twins.goes)
    assert await twins.notes_of(again) == ["note 0", "note 1, corrected", "note 2"]
    assert await twins.tasks_of(again) == [("task 0", True), ("task 1", False)]
    assert await twins.appointments_of(again) == ["Site visit"]
    assert await twins.notes_of(twins.stays) == []
    assert await twins.tasks_of(twins.stays) == []
    assert await twins.appointments_of(twins.stays) == []
    contact = await twins.server.contact(twins.stays)
    assert (contact.get("email") or "", contact.get("phone") or "") == ("", "")
    assert contact["website"] == "https://new.example"
    assert set(contact["tags"]) == {"vip", "after"}
    other = await twins.server.contact(again)
    assert (other["email"], other["phone"]) == ("ana@twin.example", "+351912000111")
    assert (await newest(desk)).state is MergeState.UNDONE


async def test_a_contact_that_the_crm_refused_goes_into_the_one_it_has(
    twins: Twins, open_desk: Any, until: Any
) -> None:
    """The usual way to a duplicate: made here, while the CRM has the address already."""
    from rapport.domain.commands import CreateContact

    desk = await open_desk()
    await opened(desk, twins, until)
    made = desk.workspace.new_id()
    fields = {"first_name": "Anna", "email": "ana@twin.example", "city": "Porto"}
    await desk.run(CreateContact(contact_id=made, fields=fields))
    note = {"body": "met at the fair"}
    await desk.run(CreateNote(contact_id=made, note_id=desk.workspace.new_id(), fields=note))
    due = {"title": "call", "due_at": datetime(2026, 12, 1, tzinfo=UTC)}
    await desk.run(CreateTask(contact_id=made, task_id=desk.workspace.new_id(), fields=due))
    status = desk.workspace.sync.status
    await until(lambda: status().refused == 1, "the CRM refuses it")
    keeps = await desk.lid(Kind.CONTACT, twins.goes)
    await desk.run(MergeContacts(survivor_id=keeps, other_ids=(made,), fields={"city": "Porto"}))
    await desk.sent()
    assert "met at the fair" in await twins.notes_of(twins.goes)
    assert ("call", False) in await twins.tasks_of(twins.goes)
    assert (await twins.server.contact(twins.goes))["city"] == "Porto"


@pytest.mark.parametrize("seed", [1, 2])
async def test_no_kill_between_two_steps_loses_or_doubles_anything(
    twins: Twins, server: Any, tmp_path: Path, desk_at: Any, until: Any, seed: int
) -> None:
    chance = random.Random(seed)
    async with desk_at(server, tmp_path / "db") as desk:
        await opened(desk, twins, until)
    async with desk_at(server, tmp_path / "db", base_url=NOWHERE) as desk:
        await desk.run(await command(desk, twins))

    async def written() -> int:
        return sum(entry["method"] != "GET" for entry in await server.log("/contacts/|/calendars/"))

    kills = 0
    for _ in range(12):
        before, wanted = await written(), chance.randint(1, 2)
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, str(DRIVER), str(tmp_path / "db"), server.base_url),
            *(server.info["access_token"], server.location_id),
            stdout=asyncio.subprocess.PIPE,
        )
        assert child.stdout is not None
        done = asyncio.create_task(child.stdout.readline())

        async def so_far(done: asyncio.Task[bytes] = done, enough: int = before + wanted) -> bool:
            return done.done() or await written() >= enough

        await until(so_far, "something is written")
        await asyncio.sleep(chance.uniform(0, 0.01))
        finished = done.done() and done.result() == b"sent\n"
        done.cancel()
        if child.returncode is None:
            child.kill()
        await child.wait()
        kills += not finished
        assert await twins.has(twins.goes) or len(await twins.notes_of(twins.stays)) == 3
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.sent(60)
    await twins.assert_merged()
    assert kills >= 4
