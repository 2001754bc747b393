"""Tasks: the form, the open tasks of a contact, and the Today page."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from rapport.domain.commands import CreateTask, EditContact, EditTask
from rapport.domain.records import Kind
from rapport.ui.context import Page
from rapport.ui.panes.today import TodayPage

pytestmark = pytest.mark.usefixtures("theme")


async def _new_task(desk: Any, until: Any) -> None:
    desk.context.actions.press("T")
    await until(lambda: desk.window.findChild(QLineEdit, "task-title"), "the form opens")
    title = desk.find(QLineEdit, "task-title")
    await until(title.hasFocus, "the title has the keyboard")


async def test_an_invalid_date_is_told_and_kept(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    await _new_task(desk, until)
    desk.write("Call about the permit")
    due = desk.find(QLineEdit, "task-due")
    due.setFocus()
    desk.write("31 feb")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert due.text() == "31 feb"
    assert "28 days" in desk.find(QWidget, "task-due-error").text()
    assert len((await desk.read(ana)).tasks) == 3

    due.selectAll()
    desk.write("fri 3pm")
    assert "15:00" in desk.find(QWidget, "task-due-parsed").text().replace("3:00 PM", "15:00")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: len(pane.detail.tasks) == 4, "the task is made")
    task = next(t for t in pane.detail.tasks if t.title == "Call about the permit")
    assert task.due_at == datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    assert not pane.tasks.editor.is_open


async def test_priority_is_kept_here_and_said_to_be(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    task_id = await desk.lid(Kind.TASK, "t1")
    desk.context.change(task_id=task_id)
    desk.context.actions.trigger("task.edit")
    await until(lambda: pane.tasks.editor.is_open, "the form opens")
    form = pane.tasks.editor._popover.findChild(QWidget, "task-priority").parentWidget()
    form.priority.set_value(3)
    form.save()
    await until(lambda: pane.timeline.task(task_id).priority == 3, "the priority is kept")
    assert pane.timeline.task(task_id).due_at == (await desk.read(ana)).tasks[0].due_at


async def test_what_was_typed_comes_back_after_esc(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    await _new_task(desk, until)
    desk.write("Half a task")
    desk.key(Qt.Key.Key_Escape)
    await until(lambda: not pane.tasks.editor.is_open, "the form is closed")
    desk.notices[-1].act[1]()
    assert desk.find(QLineEdit, "task-title").text() == "Half a task"


async def test_space_completes_the_focused_task_and_undo_brings_it_back(
    open_ana: Any, until: Any
) -> None:
    desk, pane, _ = await open_ana()
    task_id = await desk.lid(Kind.TASK, "t1")
    pane.timeline.row_of(f"task:{task_id}").setFocus(Qt.FocusReason.TabFocusReason)
    assert desk.context.situation.task_id == task_id
    desk.key(Qt.Key.Key_Space)
    await until(lambda: pane.timeline.task(task_id).completed, "the task is done")
    await desk.undo_newest()
    await until(lambda: not pane.timeline.task(task_id).completed, "the task is open again")


async def test_the_circle_completes_by_mouse(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    task_id = await desk.lid(Kind.TASK, "t2")
    desk.click(desk.find(QWidget, f"complete-task-{task_id}"))
    await until(lambda: pane.timeline.task(task_id).completed, "the task is done")


async def test_keys_for_a_contact_never_hit_a_note_left_behind(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    note_id = await desk.lid(Kind.NOTE, "n1")
    pane.timeline.row_of(f"note:{note_id}").setFocus(Qt.FocusReason.TabFocusReason)
    assert desk.context.situation.note_id == note_id
    pane.header.more.setFocus(Qt.FocusReason.TabFocusReason)
    assert desk.context.situation.note_id is None


async def test_five_hundred_entries_are_built_as_they_are_needed(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    from rapport.store import Snapshot

    at = datetime(2026, 10, 1, tzinfo=UTC)
    await desk.absorb(
        *(
            Snapshot(
                kind=Kind.NOTE,
                rid=f"many{n}",
                contact_rid="c-ana",
                values={"body": f"Note {n}", "added_at": (at - timedelta(hours=n)).isoformat()},
            )
            for n in range(500)
        )
    )
    await until(lambda: len(pane.detail.notes) == 502, "all are known")
    assert len(pane.timeline._rows) < 100
    bar = pane.timeline.area.verticalScrollBar()
    built = len(pane.timeline._rows)
    bar.setValue(bar.maximum())
    await until(lambda: len(pane.timeline._rows) > built, "more are built")
    await until(lambda: pane.timeline._anchor is None, "the rows have settled")
    first = pane.timeline._first_in_view()
    await desk.workspace.bus.run(
        CreateTask(
            task_id=desk.workspace.new_id(),
            contact_id=ana,
            fields={"title": "New on top", "due_at": "2026-11-25T10:00:00Z"},
        )
    )
    await until(lambda: len(pane.detail.tasks) == 4, "the task is shown")
    await until(lambda: pane.timeline._first_in_view() == first, "nothing has moved")


async def test_unchanged_rows_survive_news(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    note_id = await desk.lid(Kind.NOTE, "n1")
    row = pane.timeline.row_of(f"note:{note_id}")
    row.setFocus(Qt.FocusReason.TabFocusReason)
    await desk.people(**{"c-ana": {"city": "Braga"}})
    await until(lambda: pane.detail.contact.city == "Braga", "the news are shown")
    assert pane.timeline.row_of(f"note:{note_id}") is row
    assert row.hasFocus()


# Today.


@pytest.fixture
def open_today(open_desk: Any, until: Any) -> Any:
    async def open_one(**options: Any) -> Any:
        desk = await open_desk(**options)
        desk.context.change(page=Page.TODAY)
        page = desk.put(TodayPage(desk.workspace, desk.context))
        desk.window.resize(1060, 752)
        await desk.show()
        await until(lambda: page.model.loaded, "the tasks are shown")
        return desk, page

    return open_one


async def test_today_opens_a_task_and_completes_it(open_today: Any, until: Any) -> None:
    desk, page = await open_today()
    task_id = await desk.lid(Kind.TASK, "t1")
    page.open_task(task_id)
    title = desk.find(QWidget, "task-detail-title")
    await until(lambda: title.text() == "Call Ana about the roof permit", "the task is shown")
    assert desk.context.situation.task_id == task_id
    assert page.view.hasFocus()
    desk.context.actions.press("Space")
    await until(lambda: page.model.row_of(task_id) < 0, "its row leaves")
    await until(lambda: desk.notices and desk.notices[-1].undo_id is not None, "Undo is offered")


async def test_snoozing_leaves_the_due_date(open_today: Any, until: Any, clock: Any) -> None:
    desk, page = await open_today()
    task_id = await desk.lid(Kind.TASK, "t1")
    before = (await desk.workspace.queries.task(task_id)).task
    page.open_task(task_id)
    button = desk.find(QWidget, "snooze-1h")
    await until(button.isVisible, "the buttons are there")
    desk.click(button)
    await until(lambda: "Snoozed until" in page.detail._snoozed.text(), "it is snoozed")
    after = (await desk.workspace.queries.task(task_id)).task
    assert after.due_at == before.due_at
    assert after.snoozed_until == clock.now() + timedelta(hours=1)


async def test_reschedule_keeps_an_unreadable_date(open_today: Any, until: Any) -> None:
    desk, page = await open_today()
    task_id = await desk.lid(Kind.TASK, "t1")
    page.open_task(task_id)
    title = desk.find(QWidget, "task-detail-title")
    await until(lambda: title.text() == "Call Ana about the roof permit", "the task is shown")
    desk.context.actions.press("D")
    await until(lambda: desk.window.findChild(QWidget, "due-popover"), "the popover opens")
    field = desk.find(QLineEdit, "task-due")
    await until(field.hasFocus, "the date has the keyboard")
    field.selectAll()
    desk.write("someday")
    desk.key(Qt.Key.Key_Return)
    assert field.text() == "someday"
    field.selectAll()
    desk.write("tomorrow 9:00")
    desk.key(Qt.Key.Key_Return)
    wanted = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

    async def due() -> Any:
        return (await desk.workspace.queries.task(task_id)).task.due_at

    await until(lambda: not desk.window.findChild(QWidget, "due-popover"), "it closes")
    assert await due() == wanted


async def test_today_read_only_may_snooze_and_nothing_else(open_today: Any, until: Any) -> None:
    desk, page = await open_today(read_only=True)
    task_id = await desk.lid(Kind.TASK, "t1")
    page.open_task(task_id)
    await until(lambda: page.detail.complete.isVisible(), "the task is shown")
    why = desk.workspace.capabilities.why_not_write
    for name in ("complete-task", "edit-task", "task-add"):
        button = page.findChild(QWidget, name)
        assert not button.isEnabled(), name
        assert button.accessibleDescription() == why, name
    assert desk.find(QWidget, "snooze-1h").isEnabled()
    actions = desk.context.actions
    assert actions.is_enabled("task.snooze")
    for name in ("task.complete", "task.edit", "task.reschedule", "task.delete", "task.new"):
        assert actions.why_not(name) == why, name


async def test_today_without_tasks_says_so(open_today: Any, until: Any) -> None:
    desk, page = await open_today()
    for rid in ("t1", "t2"):
        task_id = await desk.lid(Kind.TASK, rid)
        page.open_task(task_id)
        desk.context.actions.press("Space")
        await until(lambda task_id=task_id: page.model.row_of(task_id) < 0, "the row leaves")
    await until(page.empty.isVisible, "the empty state")


async def test_what_the_server_does_not_know_yet_is_marked_and_what_it_knows_otherwise(
    open_ana: Any, until: Any
) -> None:
    desk, pane, ana = await open_ana()
    task_id = await desk.lid(Kind.TASK, "t1")
    line = desk.find(QWidget, f"open-task-{task_id}")
    assert "waiting" not in line.accessibleName()
    await desk.workspace.bus.run(EditTask(task_id=task_id, fields={"body": "Mine"}))
    await until(lambda: "waiting to be sent" in line.accessibleName(), "the clock")
    await desk.workspace.bus.run(EditContact(contact_id=ana, fields={"city": "Mine"}))
    task, contact = await desk.workspace.waiting.items()
    outbox = desk.store.outbox
    await asyncio.wrap_future(outbox.conflict(task.seq, "body", "Theirs", "Both changed it."))
    await until(lambda: "needs a decision" in line.accessibleName(), "the triangle")
    assert "waiting" not in line.accessibleName()
    assert pane.conflict.isVisible()
    await asyncio.wrap_future(outbox.conflict(contact.seq, "city", "Theirs", "Both changed it."))
    cell = desk.find(QWidget, "field-city")
    await until(lambda: "needs a decision" in cell.accessibleName(), "the field's triangle")
    wanted: list[tuple[str, str]] = []
    desk.context.activity_wanted.connect(lambda *about: wanted.append(about))
    pane.conflict.button.click()
    assert wanted == [("conflicts", ana)]


async def test_a_task_repeats_and_reminds_as_the_form_says(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    task_id = await desk.lid(Kind.TASK, "t1")
    desk.context.change(task_id=task_id)
    desk.context.actions.trigger("task.edit")
    await until(lambda: pane.tasks.editor.is_open, "the form opens")
    form = pane.tasks.editor._popover.findChild(QWidget, "task-priority").parentWidget()
    form.remind.setCurrentIndex(form.remind.findData(30))
    form.repeat.choice.setCurrentIndex(form.repeat.choice.count() - 1)
    form.repeat._chosen()
    desk.write("every now and then")
    form.save()
    assert pane.tasks.editor.is_open  # what was typed is no rhythm
    form.repeat.line.selectAll()
    desk.write("every 2 weeks")
    form.save()
    await until(lambda: pane.timeline.task(task_id).repeat is not None, "the rule is kept")
    task = pane.timeline.task(task_id)
    assert (task.repeat.every, task.repeat.on, task.remind_min) == (2, task.due_at.date(), 30)

    desk.context.change(task_id=task_id)
    desk.context.actions.trigger("task.complete")
    await until(lambda: any("Next: Tue 8 Dec" in one.text for one in desk.notices), "it is told")
    coming = [one for one in (await desk.read(task.contact_id)).tasks if one.repeat]
    assert sorted(one.completed for one in coming) == [False, True]


async def test_d_and_a_number_put_a_task_off_by_days(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    task_id = await desk.lid(Kind.TASK, "t1")
    desk.context.change(task_id=task_id)
    before = pane.timeline.task(task_id).due_at
    desk.context.actions.trigger("task.reschedule")
    await until(lambda: desk.window.findChild(QWidget, "due-popover"), "the popover opens")
    desk.write("1")
    desk.key(Qt.Key.Key_Return)
    await until(lambda: pane.timeline.task(task_id).due_at != before, "the date is changed")
    assert pane.timeline.task(task_id).due_at == before + timedelta(days=1)


async def test_snooze_takes_any_moment(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    task_id = await desk.lid(Kind.TASK, "t1")
    before = pane.timeline.task(task_id).due_at
    pane.tasks.ask_snooze(desk.workspace, task_id)
    await until(lambda: desk.window.findChild(QWidget, "snooze-popover"), "the popover opens")
    desk.write("fri 8:00")
    desk.key(Qt.Key.Key_Return)
    await until(lambda: pane.timeline.task(task_id).snoozed_until, "it is snoozed")
    task = pane.timeline.task(task_id)
    assert (task.snoozed_until, task.due_at) == (datetime(2026, 11, 27, 8, tzinfo=UTC), before)


def _middle(page: Any, row: int) -> QPoint:
    return page.view.visualRect(page.model.index(row)).center() - QPoint(60, 0)


async def test_a_row_is_pulled_to_another_day(open_today: Any, until: Any) -> None:
    desk, page = await open_today()
    today, later = await desk.lid(Kind.TASK, "t1"), await desk.lid(Kind.TASK, "t2")
    await until(lambda: page.model.row_of(later) >= 0, "both are listed")
    ground, left = page.view.viewport(), Qt.MouseButton.LeftButton
    before = (await desk.workspace.queries.task(today)).task

    QTest.mousePress(ground, left, pos=_middle(page, page.model.row_of(today)))
    target = _middle(page, page.model.row_of(later))
    for spot in (target - QPoint(0, 8), target):
        QTest.mouseMove(ground, spot)
    await until(lambda: page.drag.is_pulling, "the row is pulled")
    assert page.drag._ground.days == 2
    QTest.mouseRelease(ground, left, pos=target)
    await until(lambda: desk.notices, "it is put off")
    after = (await desk.workspace.queries.task(today)).task
    assert after.due_at == before.due_at + timedelta(days=2)
    await desk.undo_newest()
    assert (await desk.workspace.queries.task(today)).task.due_at == before.due_at

    # Esc on the way leaves it where it is; the zones at the foot are there for days without tasks.
    await until(lambda: page.model.section_of(page.model.row_of(today)) == "today", "it is back")
    QTest.mousePress(ground, left, pos=_middle(page, page.model.row_of(today)))
    foot = QPoint(ground.width() // 2, ground.height() - 20)
    for spot in (foot - QPoint(0, 30), foot):
        QTest.mouseMove(ground, spot)
    await until(lambda: page.drag.is_pulling and page.drag._ground.days == 1, "over Tomorrow")
    desk.key(Qt.Key.Key_Escape)
    assert not page.drag.is_pulling
    QTest.mouseRelease(ground, left, pos=foot)
    assert (await desk.workspace.queries.task(today)).task.due_at == before.due_at


async def test_tasks_of_a_colleague_of_nobody_and_of_everyone(open_today: Any, until: Any) -> None:
    desk, page = await open_today()
    nobodys, maras = await desk.lid(Kind.TASK, "t1"), await desk.lid(Kind.TASK, "t2")

    def listed() -> set[str]:
        return {item.row.task.id for item in page.model.listed()}

    await until(lambda: listed() == {nobodys, maras}, "everyone's tasks")
    desk.context.actions.press("W")
    await until(lambda: desk.window.findChild(QMenu, "task-whose-menu"), "the menu opens")
    desk.window.findChild(QMenu, "task-whose-menu").close()
    mara = next(key for key, name in page.whose._people().items() if name == "Mara Lindqvist")
    page.whose.choose(mara)
    await until(lambda: listed() == {maras}, "Mara's tasks")
    assert page.whose.chip.accessibleName() == "Tasks of Mara Lindqvist"
    assert desk.context.settings.today_whose == mara  # kept with the settings
    page.whose.choose("unassigned")
    await until(lambda: listed() == {nobodys}, "nobody's tasks")
    again = TodayPage(desk.workspace, desk.context)
    assert again.whose.value() == "unassigned"
    again.model.close()
    again.deleteLater()
