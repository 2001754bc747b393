"""Reminders: when they come, what they say, and what their buttons do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from rapport.domain.commands import CompleteTask, CreateTask, EditTask, SnoozeTask
from rapport.domain.records import Kind
from rapport.domain.settings import Settings, is_quiet
from rapport.domain.views import SyncState, SyncStatus
from rapport.services.reminders import DIGEST, Reminders
from rapport.store import Snapshot


class Screen:
    """A Notifier that remembers what is on the screen, and whose buttons a test presses."""

    def __init__(self) -> None:
        self.shown: dict[str, tuple[str, str, dict[str, str]]] = {}
        self.count = 0
        self._handler: Callable[[str, str], Awaitable[None]] | None = None

    async def show(
        self, id: str, title: str, body: str, buttons: Sequence[tuple[str, str]] = ()
    ) -> None:
        self.shown[id] = (title, body, {label: button for button, label in buttons})
        self.count += 1

    async def withdraw(self, id: str) -> None:
        self.shown.pop(id, None)

    def on_action(self, handler: Callable[[str, str], Awaitable[None]]) -> None:
        self._handler = handler

    async def capabilities(self) -> frozenset[str]:
        return frozenset({"actions", "body"})

    async def press(self, id: str, label: str) -> None:
        await self.send(id, self.shown[id][2][label])

    async def send(self, id: str, button: str) -> None:
        assert self._handler is not None
        await self._handler(id, button)


class Person:
    """The settings, and what was opened."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.opened: list[Any] = []


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
async def start(
    screen: Screen, person: Person, clock: Any, workspace: Any
) -> AsyncIterator[Callable[[], Awaitable[Reminders]]]:
    running: list[Reminders] = []

    async def begin() -> Reminders:
        for earlier in running:
            await earlier.stop()
        reminders = Reminders(
            screen,
            lambda: person.settings,
            clock,
            open_task=lambda workspace, task_id: person.opened.append(task_id),
            open_today=lambda: person.opened.append("today"),
            moment_words=lambda at, _, zone: f"today {at.astimezone(zone):%H:%M}",
        )
        reminders.watch(workspace)
        reminders.start()
        running.append(reminders)
        await asleep(clock)
        return reminders

    yield begin
    for reminders in running:
        await reminders.stop()


async def asleep(clock: Any) -> None:
    """Waits until the reminders have looked and sleep: nothing else waits for the clock."""
    for _ in range(3):
        for _ in range(2000):
            if clock._moved._waiters:
                break
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)


async def add(workspace: Any, contact: str, title: str, due: datetime, **more: Any) -> str:
    task: str = workspace.new_id()
    fields = {"title": title, "due_at": due, **more}
    await workspace.bus.run(CreateTask(task_id=task, contact_id=contact, fields=fields))
    return task


def in_minutes(clock: Any, minutes: float) -> datetime:
    now: datetime = clock.now()
    return now + timedelta(minutes=minutes)


async def test_who_may_only_read_is_not_offered_complete(
    screen: Screen,
    person: Person,
    make_workspace: Any,
    store: Any,
    contact: str,
    clock: Any,
    until: Any,
) -> None:
    task = Snapshot(
        kind=Kind.TASK,
        rid="t1",
        contact_rid="c1",
        values={"title": "Call Ana", "due_at": in_minutes(clock, 1).isoformat()},
    )
    await asyncio.wrap_future(store.replica.absorb([task], epoch=store.replica.epoch()))
    reminders = Reminders(
        screen,
        lambda: person.settings,
        clock,
        open_task=lambda workspace, task_id: None,
        open_today=lambda: None,
        moment_words=lambda at, _, zone: f"today {at.astimezone(zone):%H:%M}",
    )
    reminders.watch(await make_workspace(frozenset({"contacts.readonly"})))
    reminders.start()
    await asleep(clock)
    await clock.advance(70)
    await until(lambda: screen.shown, "the reminder")
    (name,) = screen.shown
    assert set(screen.shown[name][2]) == {"Snooze 10 min"}
    await screen.press(name, "Snooze 10 min")
    assert screen.shown == {}
    await reminders.stop()


async def test_a_due_task_is_told_in_time_and_once(
    start: Any, screen: Screen, workspace: Any, contact: str, clock: Any, until: Any
) -> None:
    await start()
    task = await add(workspace, contact, "Call Ana", in_minutes(clock, 2))
    await asleep(clock)
    for _ in range(23):
        await clock.advance(5)
        await asleep(clock)
    assert screen.shown == {}
    await clock.advance(5)
    await until(lambda: screen.shown, "the reminder comes at its minute")
    title, body, buttons = screen.shown[f"task:{task}"]
    assert title == "Call Ana"
    assert body == "Ana Pérez · due today 12:02"
    assert buttons == {
        "Complete": f"complete:{task}",
        "Snooze 10 min": f"snooze:{task}:10",
    }
    for _ in range(10):
        await clock.advance(60)
        await asleep(clock)
    assert screen.count == 1


async def test_complete_works_without_a_window_and_can_be_undone(
    start: Any, screen: Screen, workspace: Any, contact: str, clock: Any, until: Any, engine: Any
) -> None:
    await start()
    task = await add(workspace, contact, "Send sheet", in_minutes(clock, 1))
    await asleep(clock)
    await clock.advance(61)
    await until(lambda: screen.shown, "the reminder")
    engine.tell(SyncStatus(state=SyncState.OFFLINE))
    await screen.press(f"task:{task}", "Complete")
    assert (await workspace.queries.task(task)).task.completed
    assert set(screen.shown) == {f"done:{task}"}
    title, body, buttons = screen.shown[f"done:{task}"]
    assert title == "Completed: Send sheet"
    assert body == "Ana Pérez · will be sent when you are online"
    assert list(buttons) == ["Undo", "Open"]
    await screen.press(f"done:{task}", "Undo")
    assert not (await workspace.queries.task(task)).task.completed
    assert f"done:{task}" not in screen.shown


async def test_snooze_brings_it_back_and_leaves_the_due_date(
    start: Any, screen: Screen, workspace: Any, contact: str, clock: Any, until: Any
) -> None:
    await start()
    due = in_minutes(clock, 1)
    task = await add(workspace, contact, "Call", due)
    await asleep(clock)
    await clock.advance(60)
    await until(lambda: screen.shown, "the reminder")
    await screen.press(f"task:{task}", "Snooze 10 min")
    assert screen.shown == {}
    assert (await workspace.queries.task(task)).task.due_at == due
    await asleep(clock)
    await clock.advance(9.5 * 60)
    await asleep(clock)
    assert screen.shown == {}
    await clock.advance(31)
    await until(lambda: screen.shown, "it comes again")
    assert screen.count == 2


async def test_after_a_restart_nothing_is_told_twice(
    start: Any, screen: Screen, workspace: Any, contact: str, clock: Any, until: Any
) -> None:
    await start()
    await add(workspace, contact, "Call", in_minutes(clock, 1))
    await asleep(clock)
    await clock.advance(60)
    await until(lambda: screen.count == 1, "the reminder")
    await start()
    await clock.advance(30)
    await asleep(clock)
    assert screen.count == 1


async def test_what_came_due_while_nobody_looked_is_one_digest(
    start: Any, screen: Screen, workspace: Any, contact: str, clock: Any, until: Any, person: Person
) -> None:
    await start()
    tasks = [
        await add(workspace, contact, f"Task {n}", in_minutes(clock, 60 + n)) for n in range(5)
    ]
    await asleep(clock)
    await clock.advance(4 * 3600)  # the lid was shut
    await until(lambda: screen.shown, "the digest")
    assert set(screen.shown) == {DIGEST}
    title, body, _ = screen.shown[DIGEST]
    assert title == "5 reminders while the computer slept"
    assert body == "Task 0, Task 1 and 3 more"
    await screen.press(DIGEST, "Open Today")
    assert person.opened == ["today"]
    await screen.press(DIGEST, "Snooze all 1 h")
    for task in tasks:
        row = await workspace.queries.task(task)
        assert row.task.snoozed_until == in_minutes(clock, 60)


async def test_many_at_once_are_one_digest(
    start: Any, screen: Screen, workspace: Any, contact: str, clock: Any, until: Any
) -> None:
    await start()
    for n in range(4):
        await add(workspace, contact, f"Task {n}", in_minutes(clock, 1))
    await asleep(clock)
    await clock.advance(60)
    await until(lambda: screen.shown, "the digest")
    assert screen.shown[DIGEST][0] == "4 reminders"
    assert screen.count == 1


async def test_the_first_start_does_not_bring_up_old_tasks(
    start: Any, screen: Screen, store: Any, contact: str, clock: Any
) -> None:
    await start()
    snapshots = [
        Snapshot(
            kind=Kind.TASK,
            rid=f"t{n}",
            contact_rid="c1",
            values={"title": f"Old {n}", "due_at": f"2026-11-{n + 1:02}T09:00:00Z"},
        )
        for n in range(20)
    ]
    await asyncio.wrap_future(store.replica.absorb(snapshots, epoch=store.replica.epoch()))
    await asleep(clock)
    await clock.advance(30)
    await asleep(clock)
    assert screen.shown == {}


async def test_a_time_typed_into_the_past_is_no_reminder(
    start: Any, screen: Screen, workspace: Any, contact: str, clock: Any
) -> None:
    await start()
    await clock.advance(3600)
    await asleep(clock)
    await add(workspace, contact, "Earlier", in_minutes(clock, -30))
    await asleep(clock)
    await clock.advance(30)
    await asleep(clock)
    assert screen.shown == {}


async def test_a_task_completed_elsewhere_takes_its_notification_along(
    start: Any, screen: Screen, workspace: Any, contact: str, clock: Any, until: Any
) -> None:
    await start()
    one = await add(workspace, contact, "One", in_minutes(clock, 1))
    two = await add(workspace, contact, "Two", in_minutes(clock, 1))
    await asleep(clock)
    await clock.advance(60)
    await until(lambda: len(screen.shown) == 2, "both reminders")
    await workspace.bus.run(CompleteTask(task_id=one, at=clock.now()))
    await workspace.bus.run(EditTask(task_id=two, fields={"due_at": in_minutes(clock, 60)}))
    await until(lambda: not screen.shown, "both are withdrawn")


async def test_a_lead_time_counts_from_the_due_time(
    start: Any, screen: Screen, workspace: Any, contact: str, clock: Any, until: Any, person: Person
) -> None:
    person.settings = msgspec.structs.replace(person.settings, reminder_lead_min=10)
    await start()
    task = await add(workspace, contact, "Call", in_minutes(clock, 11))
    await asleep(clock)
    await clock.advance(59)
    await asleep(clock)
    assert screen.shown == {}
    await clock.advance(1)
    await until(lambda: screen.shown, "ten minutes before")
    assert screen.shown[f"task:{task}"][1] == "Ana Pérez · due today 12:11, in 10 minutes"


@pytest.mark.parametrize("lead_min", [0, 10, 60])
async def test_a_task_may_have_a_lead_time_of_its_own(
    start: Any,
    screen: Screen,
    workspace: Any,
    contact: str,
    clock: Any,
    until: Any,
    person: Person,
    lead_min: int,
) -> None:
    person.settings = msgspec.structs.replace(person.settings, reminder_lead_min=lead_min)
    await start()
    task = await add(workspace, contact, "Call", in_minutes(clock, 31), remind_min=30)
    await asleep(clock)
    await clock.advance(59)
    await asleep(clock)
    assert screen.shown == {}
    await clock.advance(1)
    await until(lambda: screen.shown, "thirty minutes before")
    await screen.press(f"task:{task}", "Snooze 10 min")
    await asleep(clock)
    await clock.advance(9.5 * 60)
    assert screen.shown == {}
    await asleep(clock)
    await clock.advance(31)
    await until(lambda: screen.shown, "again after the snooze")
    assert screen.count == 2


async def test_content_can_be_hidden(
    start: Any, screen: Screen, workspace: Any, contact: str, clock: Any, until: Any, person: Person
) -> None:
    person.settings = msgspec.structs.replace(person.settings, notification_content=False)
    await start()
    task = await add(workspace, contact, "Secret", in_minutes(clock, 1))
    await asleep(clock)
    await clock.advance(60)
    await until(lambda: screen.shown, "the reminder")
    assert screen.shown[f"task:{task}"][:2] == ("A task is due", "")
    await screen.press(f"task:{task}", "Complete")
    assert screen.shown[f"done:{task}"][:2] == ("Completed", "")


async def test_switched_off_means_silence_then_and_later(
    start: Any, screen: Screen, workspace: Any, contact: str, clock: Any, person: Person
) -> None:
    person.settings = msgspec.structs.replace(person.settings, reminders=False)
    reminders = await start()
    await add(workspace, contact, "Call", in_minutes(clock, 1))
    await asleep(clock)
    await clock.advance(90)
    await asleep(clock)
    person.settings = Settings()
    reminders.look()
    await asleep(clock)
    assert screen.shown == {}


async def test_paused_means_later(
    start: Any, screen: Screen, workspace: Any, contact: str, clock: Any, until: Any
) -> None:
    reminders = await start()
    reminders.paused = True
    await add(workspace, contact, "Call", in_minutes(clock, 1))
    await asleep(clock)
    await clock.advance(90)
    await asleep(clock)
    assert screen.shown == {}
    reminders.paused = False
    reminders.look()
    await until(lambda: screen.shown, "it is told after the pause")


async def test_quiet_hours_are_over_before_anything_is_told(
    start: Any, screen: Screen, person: Person, workspace: Any, contact: str, clock: Any, until: Any
) -> None:
    local = clock.now().astimezone(clock.zone())
    minute = local.hour * 60 + local.minute
    person.settings = Settings(
        quiet_hours=True, quiet_from_min=minute - 60, quiet_until_min=minute + 3
    )
    await start()
    await add(workspace, contact, "Call", in_minutes(clock, 1))
    await asleep(clock)
    await clock.advance(90)
    await asleep(clock)
    assert screen.shown == {}
    await clock.advance(120)
    await until(lambda: screen.shown, "it is told after the quiet hours")


@pytest.mark.parametrize(
    ("start_min", "until_min", "hour", "quiet"),
    [
        (22 * 60, 7 * 60, 23, True),
        (22 * 60, 7 * 60, 6, True),
        (22 * 60, 7 * 60, 7, False),
        (22 * 60, 7 * 60, 12, False),
        (12 * 60, 14 * 60, 13, True),
        (12 * 60, 14 * 60, 14, False),
        (9 * 60, 9 * 60, 9, False),
    ],
)
def test_quiet_hours_may_go_over_midnight(
    start_min: int, until_min: int, hour: int, quiet: bool
) -> None:
    settings = Settings(quiet_hours=True, quiet_from_min=start_min, quiet_until_min=until_min)
    at = datetime(2026, 11, 24, hour, tzinfo=UTC)
    assert is_quiet(settings, at) is quiet
    assert not is_quiet(msgspec.structs.replace(settings, quiet_hours=False), at)


@pytest.mark.parametrize(
    ("notification", "button"),
    [
        ("task:nobody", "complete:nobody"),
        ("task:nobody", "snooze:nobody:10"),
        ("x", "snooze:nobody:999999"),
        ("x", "undo:1"),
        ("x", "snooze-all:60"),
        ("x", "open:nobody"),
        ("x", "rm -rf"),
        ("x", "complete:a:b"),
        ("x", ""),
        ("", ""),
        ("task:nobody", ""),
    ],
)
async def test_foreign_identifiers_are_ignored(
    start: Any, screen: Screen, person: Person, notification: str, button: str
) -> None:
    await start()
    await screen.send(notification, button)
    assert screen.shown == {}
    assert person.opened == []


async def test_a_click_opens_the_task(
    start: Any, screen: Screen, workspace: Any, contact: str, clock: Any, person: Person
) -> None:
    await start()
    task = await add(workspace, contact, "Call", datetime(2027, 1, 1, tzinfo=UTC))
    await screen.send(f"task:{task}", "")
    await screen.send(f"done:{task}", f"open:{task}")
    assert person.opened == [task, task]


async def test_a_snooze_made_in_the_window_counts_too(
    start: Any, screen: Screen, workspace: Any, contact: str, clock: Any, until: Any
) -> None:
    await start()
    task = await add(workspace, contact, "Call", in_minutes(clock, 1))
    await workspace.bus.run(SnoozeTask(task_id=task, until=in_minutes(clock, 5)))
    await asleep(clock)
    await clock.advance(60)
    await asleep(clock)
    assert screen.shown == {}
    await clock.advance(240)
    await until(lambda: screen.shown, "after the snooze")


async def test_a_refusal_is_told(
    start: Any, screen: Screen, make_workspace: Any, contact: str, clock: Any, until: Any
) -> None:
    """With a sign-in that may only read, Complete says why not and the task stays."""
    free = await make_workspace()
    task = await add(free, contact, "Call", in_minutes(clock, 1))
    bound = await make_workspace(frozenset({"contacts.readonly"}))
    reminders = await start()
    reminders.watch(bound)
    await screen.send(f"task:{task}", f"complete:{task}")
    title, message, _ = screen.shown[f"task:{task}"]
    assert title == "Not possible: Complete task"
    assert "may only read" in message
    assert not (await free.queries.task(task)).task.completed
