"""What the server has arrives here: at first, when it changes, and when it goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rapport.api import StaticToken
from rapport.domain.records import Kind
from rapport.domain.views import Budget, SyncState
from rapport.sandbox import limits
from rapport.sandbox.server import SandboxThread
from rapport.sync.pace import Pace

READ_WRITE = frozenset({"contacts.readonly", "contacts.write"})


async def test_a_first_sync_brings_everything(server: Any, open_desk: Any, until: Any) -> None:
    desk = await open_desk()
    await desk.first_sync()
    rows = await desk.rows()
    there = await server.contacts()
    assert len(rows) == len(there) >= 60
    assert {contact["id"] for contact in there} == {
        await desk.rid(Kind.CONTACT, row.id) for row in rows
    }
    reference = desk.workspace.reference
    await until(lambda: reference.location and reference.users, "the dictionaries arrive")
    assert len(reference.users) >= 3
    assert reference.custom_fields
    assert reference.tags
    groups = await desk.workspace.queries.tasks()
    assert groups.overdue
    assert desk.state in (SyncState.IDLE, SyncState.SYNCING)
    assert desk.workspace.sync.status().progress is None


async def test_the_first_page_is_there_before_the_rest(
    server: Any, open_desk: Any, until: Any
) -> None:
    # The second page does not come: what is shown then is the first.
    await server.fault("/contacts/search", "delay")
    await server.fault("/contacts/search", "status", status=503, count=None)
    desk = await open_desk()
    await until(lambda: _count(desk, 20), "the first page is shown")
    assert len(await desk.rows()) == 20
    progress = await until(lambda: desk.workspace.sync.status().progress)
    assert progress.done == 20
    assert progress.total >= 60
    await server.control("DELETE", "faults")
    desk.workspace.sync.sync_now()
    await desk.first_sync()
    assert len(await desk.rows()) == len(await server.contacts())


async def test_a_first_sync_goes_on_where_it_stopped(
    server: Any, tmp_path: Path, desk_at: Any, until: Any
) -> None:
    for kind in ("delay", "delay"):
        await server.fault("/contacts/search", kind)
    await server.fault("/contacts/search", "drop_before", count=None)
    async with desk_at(server, tmp_path / "db") as desk:
        await until(lambda: _count(desk, 45), "two pages are there")
    await server.control("DELETE", "faults")
    await server.control("DELETE", "log")
    async with desk_at(server, tmp_path / "db") as desk:
        assert len(await desk.rows()) == 45
        await desk.first_sync()
        assert len(await desk.rows()) == len(await server.contacts())


async def _count(desk: Any, count: int) -> bool:
    return len(await desk.rows()) >= count


async def test_an_edit_by_somebody_else_arrives(server: Any, open_desk: Any, until: Any) -> None:
    desk = await open_desk()
    await desk.first_sync()
    contact = (await server.contacts())[3]
    await server.api(
        "PUT", f"/contacts/{contact['id']}", {"firstName": "Zebulon", "tags": ["moon"]}
    )
    rows = await until(lambda: desk.rows("zebulon"), "the new name arrives")
    assert rows[0].tags == ("moon",)


async def test_a_contact_made_elsewhere_arrives(server: Any, open_desk: Any, until: Any) -> None:
    desk = await open_desk()
    await desk.first_sync()
    body = {"locationId": server.location_id, "firstName": "Quirina", "email": "q@x.test"}
    await server.api("POST", "/contacts/", body)
    await until(lambda: desk.rows("quirina"), "the new contact arrives")


async def test_a_contact_deleted_elsewhere_goes(server: Any, open_desk: Any, until: Any) -> None:
    desk = await open_desk()
    await desk.first_sync()
    contact = (await server.contacts())[5]
    id = await desk.lid(Kind.CONTACT, contact["id"])
    await server.api("DELETE", f"/contacts/{contact['id']}")

    async def gone() -> bool:
        return await desk.workspace.queries.row_of(id) is None

    await until(gone, "the sweep finds the deletion")


async def test_a_task_changed_elsewhere_arrives(server: Any, open_desk: Any, until: Any) -> None:
    desk = await open_desk()
    await desk.first_sync()
    groups = await desk.workspace.queries.tasks()
    first, second, third = groups.overdue[:3]

    async def path(row: Any) -> str:
        contact = await desk.rid(Kind.CONTACT, row.task.contact_id)
        return f"/contacts/{contact}/tasks/{await desk.rid(Kind.TASK, row.task.id)}"

    await server.api("PUT", f"{await path(first)}/completed", {"completed": True})
    await server.api("DELETE", await path(second))
    await server.api("PUT", await path(third), {"title": "Something else"})
    task = desk.workspace.queries.task

    async def all_heard() -> bool:
        one, two, three = [await task(row.task.id) for row in (first, second, third)]
        done = one is not None and one.task.completed
        return done and two is None and three.task.title == "Something else"

    await until(all_heard, "completed, deleted and changed tasks are seen")


async def test_a_task_completed_while_the_program_was_closed_is_seen(
    server: Any, tmp_path: Path, desk_at: Any, until: Any
) -> None:
    async with desk_at(server, tmp_path / "db") as desk:
        await desk.first_sync()
        task = (await desk.workspace.queries.tasks()).overdue[0].task
        contact = await desk.rid(Kind.CONTACT, task.contact_id)
        rid = await desk.rid(Kind.TASK, task.id)
    await server.api("PUT", f"/contacts/{contact}/tasks/{rid}/completed", {"completed": True})
    async with desk_at(server, tmp_path / "db") as desk:

        async def completed() -> bool:
            return bool((await desk.workspace.queries.task(task.id)).task.completed)

        await until(completed, "the completion is seen")


async def test_details_come_when_a_contact_is_opened(
    server: Any, open_desk: Any, until: Any, slow: Any
) -> None:
    desk = await open_desk(pace=slow)
    await desk.first_sync()
    note = server.info["examples"]["note"]
    noted = await server.control("GET", f"records/note/{note}")
    id = await desk.lid(Kind.CONTACT, noted["contactId"])
    assert (await desk.workspace.queries.detail(id)).details_synced_at is None
    desk.workspace.sync.opened(id)

    async def read() -> Any:
        detail = await desk.workspace.queries.detail(id)
        return detail if detail.details_synced_at else None

    detail = await until(read, "notes arrive")
    assert noted["body"] in {note.body for note in detail.notes}
    appointments = await server.api("GET", f"/contacts/{noted['contactId']}/appointments")
    assert len(detail.appointments) == len(appointments["events"])


async def test_appointments_are_in_the_locations_zone(
    server: Any, open_desk: Any, until: Any
) -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    await server.control("POST", f"locations/{server.location_id}", {"timezone": "Asia/Kathmandu"})
    desk = await open_desk()
    await desk.first_sync()
    example = server.info["examples"]["appointment"]
    there = await server.control("GET", f"records/appointment/{example}")
    contact = there["contactId"]
    events = (await server.api("GET", f"/contacts/{contact}/appointments"))["events"]
    wanted = {
        datetime.fromisoformat(event["startTime"]).replace(tzinfo=ZoneInfo("Asia/Kathmandu"))
        for event in events
    }
    id = await desk.lid(Kind.CONTACT, contact)

    async def starts() -> bool:
        detail = await desk.workspace.queries.detail(id)
        return {appointment.start_at for appointment in detail.appointments} == wanted

    desk.workspace.sync.opened(id)
    await until(starts, "appointments arrive")


async def test_the_backfill_covers_all_contacts(server: Any, open_desk: Any, until: Any) -> None:
    desk = await open_desk()
    await desk.first_sync()

    async def covered() -> bool:
        coverage = await desk.workspace.queries.coverage()
        return coverage.contacts == coverage.with_notes > 0

    await until(covered, "the notes of all contacts are read")


async def test_one_contact_that_cannot_be_read_holds_up_no_other(
    server: Any, open_desk: Any, until: Any
) -> None:
    broken = (await server.contacts())[0]["id"]
    message = {"message": "Internal server error"}
    await server.fault(f"/{broken}/notes$", kind="status", status=500, body=message, count=None)
    desk = await open_desk()
    await desk.first_sync()

    async def covered() -> bool:
        coverage = await desk.workspace.queries.coverage()
        return coverage.contacts == coverage.with_notes + 1 > 1

    await until(covered, "the notes of all others are read")
    await server.control("DELETE", "faults")

    async def all_covered() -> bool:
        coverage = await desk.workspace.queries.coverage()
        return coverage.contacts == coverage.with_notes

    await until(all_covered, "after a rest it is tried again")


async def test_what_is_left_of_the_budget_is_told(
    server_of: Any, desk_at: Any, slow: Any, tmp_path: Path, until: Any
) -> None:
    with SandboxThread(contacts=5, index_lag_s=0.0) as sandbox:
        async with desk_at(server_of(sandbox), tmp_path / "db", pace=slow) as desk:
            told: list[Budget] = []
            desk.engine.control.subscribe(lambda status: told.append(status.budget))
            await desk.first_sync()

            async def whole() -> bool:
                budget = desk.workspace.sync.status().budget
                return budget.left == budget.most == 100

            await until(whole, "the budget is whole again")
            assert any(budget.left not in (None, 100) for budget in told)
            budget = desk.workspace.sync.status().budget
            assert budget.day_most == 200_000
            assert budget.day_left is not None
            assert 199_900 < budget.day_left < 200_000
            assert budget.day_ends_at is not None


async def test_backfill_leaves_half_of_the_day_and_an_opened_contact_is_read(
    server_of: Any, desk_at: Any, tmp_path: Path, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_DAY", 120)
    calm = Pace(poll_s=1e6, sweep_least_s=1e6, backfill_s=0.0)
    with SandboxThread(contacts=60, index_lag_s=0.0) as sandbox:
        server = server_of(sandbox)
        async with desk_at(server, tmp_path / "db", pace=calm) as desk:
            await desk.first_sync()

            async def half() -> bool:
                return len(await server.log()) >= 60

            await until(half, "half of the day is used")
            opened = [row.id for row in (await desk.rows())[-8:]]
            for id in opened:
                desk.workspace.sync.opened(id)

                async def read(id: str = id) -> Any:
                    detail = await desk.workspace.queries.detail(id)
                    return detail and detail.details_synced_at

                await until(read, "what a person opens is read")
            rids = [await desk.rid(Kind.CONTACT, id) for id in opened]
            others = [one for one in await server.log() if not any(r in one["path"] for r in rids)]
            assert len(others) <= 60 + 6  # and what was under way


async def test_two_scopes_are_enough(server: Any, open_desk: Any, until: Any) -> None:
    token = StaticToken((await server.sign_in(READ_WRITE))["access_token"])
    desk = await open_desk(scopes=READ_WRITE, tokens=token)
    await desk.first_sync()
    assert len(await desk.rows()) == len(await server.contacts())

    async def overdue() -> Any:
        return (await desk.workspace.queries.tasks()).overdue

    await until(overdue, "tasks come contact by contact")
    refused = [entry for entry in await server.log() if entry["status"] in (401, 403)]
    assert refused == []  # what the token may not read is not asked for


async def test_a_scope_less_than_was_believed_is_no_loop(
    server: Any, open_desk: Any, until: Any
) -> None:
    """The scopes of a private-integration token are only what a person says they are."""
    token = StaticToken((await server.sign_in(READ_WRITE))["access_token"])
    desk = await open_desk(tokens=token)
    await desk.first_sync()

    async def covered() -> bool:
        coverage = await desk.workspace.queries.coverage()
        return coverage.contacts == coverage.with_notes > 0

    await until(covered, "tasks and notes come contact by contact")
    refused = [entry for entry in await server.log() if entry["status"] == 401]
    asked = [entry["path"] for entry in refused]
    assert len(asked) == len(set(asked)), asked
    assert desk.state in (SyncState.IDLE, SyncState.SYNCING)


async def test_a_lagging_index_brings_nothing_old_back(
    lagging: Any, tmp_path: Path, desk_at: Any, until: Any
) -> None:
    from rapport.domain.commands import DeleteContact, EditContact

    async with desk_at(lagging, tmp_path / "db") as desk:
        await desk.first_sync()
        first, second = (await desk.rows())[:2]
        seen: set[str] = set()
        gone = False

        def heard(event: Any) -> None:
            nonlocal gone
            seen.update(event.contacts())

        await desk.run(EditContact(contact_id=first.id, fields={"first_name": "Fresh"}))
        outcome = await desk.run(DeleteContact(contact_id=second.id))
        assert outcome.undo_id is not None
        await desk.sent()
        desk.workspace.feed.subscribe(heard)
        polls = len(await lagging.log("/contacts/search"))
        await until(lambda: _polled(lagging, polls + 6), "six more looks at the stale index")
        assert first.id not in seen
        assert await desk.workspace.queries.row_of(second.id) is None
        detail = await desk.workspace.queries.detail(first.id)
        assert detail.contact.first_name == "Fresh"


async def _polled(server: Any, count: int) -> bool:
    return len(await server.log("/contacts/search")) >= count
