"""A repeating task with the real engine and a real server: done here, there, offline, in a hurry;
the server is asked for exactly one next, and a reply that is lost makes no second."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from rapport.domain.commands import CompleteTask, CreateTask
from rapport.domain.records import Kind, Task
from rapport.domain.repeat import Repeat, Unit

DUE = datetime(2040, 3, 30, 9, 0, tzinfo=UTC)
WEEKLY = Repeat(unit=Unit.WEEK, on=date(2040, 3, 30), at=time(10, 0))
"""Due at ten in Lisbon, where the clocks go forward on 25 March."""


async def begin(desk: Any, until: Any) -> tuple[str, str]:
    """A contact, and its repeating task on the server."""
    await desk.first_sync()
    contact = (await desk.rows())[0]
    task_id = desk.workspace.new_id()
    fields = {"title": "Call", "due_at": DUE, "repeat": WEEKLY}
    await desk.run(CreateTask(task_id=task_id, contact_id=contact.id, fields=fields))
    await desk.sent()
    return contact.id, task_id


async def series(desk: Any, contact_id: str) -> list[Task]:
    detail = await desk.workspace.queries.detail(contact_id)
    found = [task for task in detail.tasks if task.title == "Call"]
    return sorted(found, key=lambda task: task.due_at)


async def at_server(server: Any, desk: Any, contact_id: str) -> list[tuple[str, bool]]:
    rid = await desk.rid(Kind.CONTACT, contact_id)
    tasks = (await server.api("GET", f"/contacts/{rid}/tasks"))["tasks"]
    found = [(task["dueDate"][:10], task["completed"]) for task in tasks if task["title"] == "Call"]
    return sorted(found)


WANTED = [("2040-03-30", True), ("2040-04-06", False)]


async def test_done_by_two_clicks(server: Any, open_desk: Any, until: Any) -> None:
    desk = await open_desk()
    contact_id, task_id = await begin(desk, until)
    command = CompleteTask(task_id=task_id, at=desk.workspace.clock.now())
    await asyncio.gather(desk.run(command), desk.run(command))
    await desk.sent()
    assert await at_server(server, desk, contact_id) == WANTED


async def test_done_elsewhere(server: Any, open_desk: Any, until: Any) -> None:
    desk = await open_desk()
    contact_id, task_id = await begin(desk, until)
    rids = [await desk.rid(*ref) for ref in ((Kind.CONTACT, contact_id), (Kind.TASK, task_id))]

    async def looks() -> int:
        return len(await server.log("/tasks/search$"))

    before = await looks()

    async def looked() -> bool:
        return await looks() >= before + 2

    await until(looked, "a round over the open tasks has seen it")
    done = {"completed": True}
    await server.api("PUT", f"/contacts/{rids[0]}/tasks/{rids[1]}/completed", done)

    async def followed() -> bool:
        return len(await series(desk, contact_id)) == 2

    await until(followed, "it is seen, and followed")
    await desk.sent()
    assert await at_server(server, desk, contact_id) == WANTED
    # Looked at again and again, it stays at one.
    desk.engine.control.opened(contact_id)
    path = f"/contacts/{rids[0]}/tasks$"
    await until(lambda: server.log(path, "GET"), "its tasks are read anew")
    assert await at_server(server, desk, contact_id) == WANTED


async def test_done_offline_and_elsewhere_at_once(
    server: Any, desk_at: Any, until: Any, tmp_path: Any, slow: Any
) -> None:
    path = tmp_path / "rapport.db"
    async with desk_at(server, path) as desk:
        contact_id, task_id = await begin(desk, until)
        rids = [await desk.rid(*ref) for ref in ((Kind.CONTACT, contact_id), (Kind.TASK, task_id))]
    async with desk_at(server, path, base_url="http://127.0.0.1:9") as desk:
        await desk.run(CompleteTask(task_id=task_id, at=desk.workspace.clock.now()))
    done = {"completed": True}
    await server.api("PUT", f"/contacts/{rids[0]}/tasks/{rids[1]}/completed", done)
    async with desk_at(server, path) as desk:
        await desk.sent()
        assert await at_server(server, desk, contact_id) == WANTED


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
async def test_a_lost_reply_makes_no_second(
    server: Any, open_desk: Any, until: Any, kind: str
) -> None:
    desk = await open_desk()
    contact_id, task_id = await begin(desk, until)
    rid = await desk.rid(Kind.CONTACT, contact_id)
    await server.fault(f"/contacts/{rid}/tasks$", kind, method="POST")
    await desk.run(CompleteTask(task_id=task_id, at=desk.workspace.clock.now()))
    await desk.sent(60.0)
    assert await at_server(server, desk, contact_id) == WANTED


async def test_undone_the_next_is_taken_away_there_too(
    server: Any, open_desk: Any, until: Any
) -> None:
    desk = await open_desk()
    contact_id, task_id = await begin(desk, until)
    outcome = await desk.run(CompleteTask(task_id=task_id, at=desk.workspace.clock.now()))
    await desk.sent()
    await desk.workspace.bus.undo(outcome.undo_id)
    await desk.sent()
    assert await at_server(server, desk, contact_id) == [("2040-03-30", False)]
    (task,) = await series(desk, contact_id)
    assert task.due_at - DUE < timedelta(seconds=1)
