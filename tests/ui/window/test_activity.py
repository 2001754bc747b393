"""What waits and what both sides changed, as a person sees and decides it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QTextEdit, QWidget
from tests.ui.window.conftest import PlainDetail, PlainToday

from rapport.domain.changes import Delta
from rapport.domain.commands import (
    AddTags,
    CreateContact,
    DeleteNote,
    EditContact,
    EditNote,
    EditTask,
)
from rapport.domain.records import Id, Kind
from rapport.domain.views import Candidate, EntryState, SyncState
from rapport.store import Snapshot
from rapport.ui.panes.activity.inbox import ConflictsView
from rapport.ui.panes.activity.ledger import LedgerView
from rapport.ui.panes.activity.page import ActivityPage
from rapport.ui.rooms import ACTIVITY, STANDARD_ROOMS, Rooms
from rapport.ui.widgets.changed_text import ChangedText
from rapport.ui.widgets.chips import Pill
from rapport.ui.widgets.inputs import LineEdit, TextArea

T = TypeVar("T", bound=QWidget)
Until = Callable[[Callable[[], object]], Awaitable[None]]


@pytest.fixture
def plain_rooms() -> Rooms:
    return Rooms(detail=PlainDetail, today=PlainToday, activity=ACTIVITY)


def see(window: QWidget, kind: type[T], name: str) -> T | None:
    found = [one for one in window.findChildren(kind, name) if one.isVisible()]
    return found[-1] if found else None


def press(window: QWidget, name: str) -> None:
    button = see(window, QAbstractButton, name)
    assert button is not None, name
    assert button.isEnabled(), button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


async def conflict(book: Any, workspace: Any, **more: Any) -> Id:
    """A contact whose phone and city were changed on both sides."""
    person = {
        "first_name": "Zoë",
        "last_name": "van den Berg",
        "phone": "+31205550142",
        "city": "Berg & Zonen",
        "tags": ["lead"],
        **more,
    }
    (id,) = await book.add(person)
    await workspace.bus.run(
        EditContact(contact_id=id, fields={"phone": "+31205550199", "city": "Berg & Zonen B.V."})
    )
    (item,) = [one for one in await workspace.waiting.items() if one.ref.id == id]
    outbox = book.store.outbox
    await asyncio.wrap_future(outbox.conflict(item.seq, "phone", "+31611884420", "Both."))
    await asyncio.wrap_future(outbox.conflict(item.seq, "city", "Berg en Zonen", "Both."))
    return id


async def open_tab(window: Any, until: Until, tab: str, contact_id: Id = "") -> Any:
    await until(lambda: window.pages._ready)
    window.context.show_activity(tab, contact_id)
    page = window.findChild(ActivityPage, "activity-page")
    view = page.view(tab)
    await until(lambda: view.isVisible() and not view.skeleton.isVisible())
    return view


async def test_the_ledger_is_empty_and_says_so(open_window: Any, book: Any, until: Until) -> None:
    await book.crowd(2)
    window = await open_window()
    view: LedgerView = await open_tab(window, until, "ledger")
    await until(view.empty.isVisible)
    assert "Everything is on the server" in view.empty.sentence.text()


async def test_a_refused_value_is_corrected_where_it_stands(
    open_window: Any, book: Any, workspace: Any, until: Until
) -> None:
    (id,) = await book.add({"first_name": "Ana", "city": "Porto"})
    window = await open_window()
    await workspace.bus.run(EditContact(contact_id=id, fields={"city": "x" * 90}))
    (item,) = await workspace.waiting.items()
    error = "city must be <b>short</b> & <img src=x>"
    await asyncio.wrap_future(book.store.outbox.park(item.seq, error))
    view: LedgerView = await open_tab(window, until, "ledger")
    await until(lambda: see(window, QLabel, "ledger-error"))
    said = see(window, QLabel, "ledger-error")
    assert said is not None
    assert said.text() == error
    assert said.textFormat() is Qt.TextFormat.PlainText
    await until(lambda: view.entry.cell("city"))
    cell = view.entry.cell("city")
    assert cell is not None
    cell.begin()
    editor = cell.findChild(LineEdit)
    assert editor is not None
    editor.setText("Lisboa")
    QTest.keyClick(editor, Qt.Key.Key_Return)

    async def resent() -> bool:
        (item,) = await workspace.waiting.items()
        return bool(item.state is EntryState.WAITING)

    await _until(resent)
    (item,) = await workspace.waiting.items()
    assert item.fields == {"city": Delta("Porto", "Lisboa")}
    await until(lambda: view.entry.item is not None and view.entry.item.state == "pending")


async def _until(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await look():  # noqa: ASYNC110  what is waited for has no event
            await asyncio.sleep(0.01)


async def test_discarding_says_what_the_record_shows_then(
    open_window: Any, book: Any, workspace: Any, until: Until
) -> None:
    (id,) = await book.add({"first_name": "Ana", "city": "Porto"})
    window = await open_window()
    await workspace.bus.run(EditContact(contact_id=id, fields={"city": "Lyon"}))
    view = await open_tab(window, until, "ledger")
    await until(lambda: see(window, QAbstractButton, "ledger-discard"))
    press(window, "ledger-discard")
    await until(lambda: any("Porto again" in one.text() for one in window.findChildren(QLabel)))
    discard = next(
        one for one in window.findChildren(QAbstractButton) if one.text() == "Discard edit"
    )
    QTest.mouseClick(discard, Qt.MouseButton.LeftButton)
    await until(view.empty.isVisible)
    assert (await workspace.queries.detail(id)).contact.city == "Porto"


async def test_a_create_is_linked_to_one_of_those_found(
    open_window: Any, book: Any, workspace: Any, sync: Any, until: Until
) -> None:
    new = workspace.new_id()
    await workspace.bus.run(CreateContact(contact_id=new, fields={"first_name": "Ana"}))
    (item,) = await workspace.waiting.items()
    await asyncio.wrap_future(book.store.outbox.ask(item.seq, "Which one is it?"))
    linked: list[tuple[int, str]] = []

    async def candidates(seq: int) -> list[Candidate]:
        return [Candidate(rid="r1", title="Ana"), Candidate(rid="r2", title="Ana", about="Porto")]

    async def link(seq: int, rid: str) -> None:
        linked.append((seq, rid))

    sync.candidates, sync.link = candidates, link
    window = await open_window()
    await open_tab(window, until, "ledger")
    await until(lambda: see(window, QAbstractButton, "ledger-link"))
    press(window, "ledger-link")
    await until(lambda: see(window, QAbstractButton, "candidate-r2"))
    press(window, "candidate-r2")
    await until(lambda: linked)
    assert linked == [(item.seq, "r2")]


async def test_a_refused_task_and_note_open_in_their_editors(
    open_window: Any, book: Any, workspace: Any, until: Until
) -> None:
    (id,) = await book.add({"first_name": "Ana"})
    rid = await book.rid(Kind.CONTACT, id)
    await book.absorb(
        [
            Snapshot(
                kind=Kind.TASK,
                rid="t1",
                contact_rid=rid,
                values={"title": "Call", "due_at": "2026-11-26T15:00:00Z"},
            ),
            Snapshot(kind=Kind.NOTE, rid="n1", contact_rid=rid, values={"body": "Old"}),
        ]
    )
    task, note = await book.lid(Kind.TASK, "t1"), await book.lid(Kind.NOTE, "n1")
    await workspace.bus.run(EditTask(task_id=task, fields={"title": "Call " * 80}))
    await workspace.bus.run(EditNote(note_id=note, fields={"body": "New"}))
    for item in await workspace.waiting.items():
        await asyncio.wrap_future(book.store.outbox.park(item.seq, "Too long."))
    window = await open_window(rooms=STANDARD_ROOMS)
    view: LedgerView = await open_tab(window, until, "ledger")
    await until(lambda: see(window, QAbstractButton, "ledger-edit"))
    press(window, "ledger-edit")
    await until(lambda: see(window, QWidget, "task-title"))
    title = see(window, LineEdit, "task-title")
    assert title is not None
    title.setText("Call")
    press(window, "task-save")
    await until(lambda: view.model.rowCount() == 1)
    view.view.choose(0)
    await until(lambda: view.entry.item is not None and view.entry.item.ref.kind is Kind.NOTE)
    press(window, "ledger-edit")
    await until(lambda: see(window, QTextEdit, "note-editor"))
    editor = see(window, QTextEdit, "note-editor")
    assert editor is not None
    await until(lambda: "New" in editor.toPlainText())


async def test_many_edits_are_listed_while_they_go(
    open_window: Any, book: Any, workspace: Any, until: Until
) -> None:
    await book.crowd(1500)
    rows = (await workspace.queries.contact_keys(_all())).tolist()
    people = await workspace.queries.rows(rows)
    await asyncio.gather(
        *(
            workspace.bus.run(EditContact(contact_id=one.id, fields={"city": "Lyon"}))
            for one in people
        )
    )
    window = await open_window()
    view: LedgerView = await open_tab(window, until, "ledger")
    await until(lambda: view.model.rowCount() == 1500)
    view.view.choose(1400)
    view.view.verticalScrollBar().setValue(6000)
    for entry in await asyncio.wrap_future(book.store.outbox.due(workspace.clock.now(), 20)):
        await asyncio.wrap_future(book.store.outbox.sending(entry.seq))
        await asyncio.wrap_future(book.store.outbox.settled(entry.seq))
    await until(lambda: view.model.rowCount() == 1480)
    assert view.view.verticalScrollBar().value() == 6000
    # Not seen, it does not read; shown again, it has caught up.
    await open_tab(window, until, "conflicts")
    await asyncio.wrap_future(book.store.outbox.discard((await workspace.waiting.items())[0].seq))
    window.context.show_activity("ledger")
    await until(lambda: view.model.rowCount() == 1479)


def _all() -> Any:
    from rapport.domain.filters import ContactQuery

    return ContactQuery()


@pytest.mark.parametrize("scopes", [("contacts.readonly",)])
async def test_read_only_lists_and_says_why_not(open_window: Any, book: Any, until: Until) -> None:
    (id,) = await book.add({"first_name": "Ana", "city": "Porto"})
    await asyncio.wrap_future(
        book.store.commit(EditContact(contact_id=id, fields={"city": "Lyon"}))
    )
    window = await open_window()
    view = await open_tab(window, until, "ledger")
    await until(lambda: see(window, QAbstractButton, "ledger-discard"))
    button = see(window, QAbstractButton, "ledger-discard")
    assert button is not None
    assert not button.isEnabled()
    assert button.toolTip()
    assert view.banner.isVisible()


async def test_fields_are_chosen_by_key_and_saved_at_once(
    open_window: Any, book: Any, workspace: Any, until: Until
) -> None:
    id = await conflict(book, workspace)
    window = await open_window()
    view: ConflictsView = await open_tab(window, until, "conflicts", id)
    await until(lambda: see(window, QAbstractButton, "conflict-mine-phone"))
    assert not view.entry.save.isEnabled()
    view.view.setFocus()
    for key in ("J", "M", "J", "T"):
        QTest.keyClick(window.focusWidget(), getattr(Qt.Key, f"Key_{key}"))
    assert view.entry.save.text() == "Save 2 choices"
    shown = see(window, ChangedText, "conflict-saved-city")
    assert shown is not None
    assert shown.text() == "Berg en Zonen"
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    async def saved() -> bool:
        return not await workspace.queries.conflicts()

    await _until(saved)
    detail = await workspace.queries.detail(id)
    assert (detail.contact.phone, detail.contact.city) == ("+31205550199", "Berg en Zonen")
    (item,) = await workspace.waiting.items()
    assert item.fields == {"phone": Delta("+31611884420", "+31205550199")}
    await until(lambda: see(window, QAbstractButton, "conflict-revert"))
    press(window, "conflict-revert")

    async def open_again() -> bool:
        return bool(await workspace.queries.conflicts())

    await _until(open_again)
    assert (await workspace.queries.detail(id)).contact.phone == "+31611884420"


async def test_a_value_is_written_anew_and_checked(
    open_window: Any, book: Any, workspace: Any, until: Until
) -> None:
    id = await conflict(book, workspace)
    window = await open_window()
    view: ConflictsView = await open_tab(window, until, "conflicts")
    await until(lambda: see(window, QAbstractButton, "conflict-edit-phone"))
    press(window, "conflict-edit-phone")
    editor = see(window, TextArea, "conflict-editor-phone")
    assert editor is not None
    editor.setPlainText("not a number")
    assert not view.entry.save.isEnabled()
    editor.setPlainText("+31 20 555 0100")
    await until(view.entry.save.isEnabled)
    press(window, "conflict-save")

    async def saved() -> bool:
        return bool((await workspace.queries.detail(id)).contact.phone == "+31205550100")

    await _until(saved)
    assert [one.fields[0].field for one in await workspace.queries.conflicts()] == ["city"]


async def test_news_of_the_other_side_lose_nothing_typed(
    open_window: Any, book: Any, workspace: Any, until: Until
) -> None:
    id = await conflict(book, workspace)
    window = await open_window()
    view: ConflictsView = await open_tab(window, until, "conflicts")
    await until(lambda: see(window, QAbstractButton, "conflict-edit-city"))
    press(window, "conflict-mine-phone")
    press(window, "conflict-edit-city")
    editor = see(window, TextArea, "conflict-editor-city")
    assert editor is not None
    editor.setPlainText("Half a wo")
    rid = await book.rid(Kind.CONTACT, id)
    news = {"phone": "+31611884421", "city": "Berg en Zonen", "first_name": "Zoë"}
    await book.absorb([Snapshot(kind=Kind.CONTACT, rid=rid, values=news)])

    def told() -> bool:
        one = view.entry.choices
        return one is not None and one.field("phone").theirs == "+31611884421"

    await until(told)
    editor = see(window, TextArea, "conflict-editor-city")
    assert editor is not None
    assert editor.toPlainText() == "Half a wo"
    # The phone that was chosen against is another one now: chosen anew.
    assert view.entry.choices is not None
    assert set(view.entry.choices.kept) == {"city"}


async def test_both_changes_of_a_note(
    open_window: Any, book: Any, workspace: Any, until: Until
) -> None:
    (id,) = await book.add({"first_name": "Zoë"})
    body = "Deliver to gate 4, ask for Pieter."
    rid = await book.rid(Kind.CONTACT, id)
    await book.absorb([Snapshot(kind=Kind.NOTE, rid="n1", contact_rid=rid, values={"body": body})])
    note = await book.lid(Kind.NOTE, "n1")
    await workspace.bus.run(EditNote(note_id=note, fields={"body": body.replace("4", "7")}))
    (item,) = await workspace.waiting.items()
    theirs = body.replace("Pieter", "Anouk")
    await asyncio.wrap_future(book.store.outbox.conflict(item.seq, "body", theirs, "Both."))
    window = await open_window()
    await open_tab(window, until, "conflicts")
    await until(lambda: see(window, QAbstractButton, "conflict-both-body"))
    press(window, "conflict-both-body")
    press(window, "conflict-save")

    async def saved() -> bool:
        notes = (await workspace.queries.detail(id)).notes
        return bool(notes[0].body == "Deliver to gate 7, ask for Anouk.")

    await _until(saved)


@pytest.mark.parametrize("way", ["again", "accept"])
async def test_gone_there(
    open_window: Any, book: Any, workspace: Any, until: Until, way: str
) -> None:
    (id,) = await book.add({"first_name": "Zoë", "city": "Porto"})
    await workspace.bus.run(EditContact(contact_id=id, fields={"city": "Lyon"}))
    (item,) = await workspace.waiting.items()
    await asyncio.wrap_future(book.store.outbox.conflict(item.seq, "", None, "It was deleted."))
    window = await open_window()
    await open_tab(window, until, "conflicts")
    await until(lambda: see(window, QAbstractButton, f"conflict-{way}"))
    press(window, f"conflict-{way}")

    async def decided() -> bool:
        return not await workspace.queries.conflicts()

    await _until(decided)
    assert (await workspace.queries.row_of(id) is None) is (way == "accept")


async def test_deleted_here_and_changed_there_is_kept(
    open_window: Any, book: Any, workspace: Any, clock: Any, until: Until
) -> None:
    (id,) = await book.add({"first_name": "Zoë"})
    rid = await book.rid(Kind.CONTACT, id)
    note = Snapshot(kind=Kind.NOTE, rid="n1", contact_rid=rid, values={"body": "Old"})
    await book.absorb([note])
    await workspace.bus.run(DeleteNote(note_id=await book.lid(Kind.NOTE, "n1")))
    (item,) = await workspace.waiting.items()
    assert item.state is EntryState.HELD
    await asyncio.wrap_future(
        book.store.outbox.conflict(item.seq, "", {"body": "New"}, "It was changed.")
    )
    window = await open_window()
    await open_tab(window, until, "conflicts")
    await until(lambda: see(window, QAbstractButton, "conflict-keep"))
    press(window, "conflict-keep")

    async def decided() -> bool:
        return not await workspace.queries.conflicts()

    await _until(decided)
    assert (await workspace.queries.detail(id)).notes[0].body == "New"


async def test_every_control_has_a_name(
    open_window: Any, book: Any, workspace: Any, until: Until
) -> None:
    await conflict(book, workspace)
    (id,) = await book.add({"first_name": "Ana"})
    await workspace.bus.run(AddTags(contact_id=id, tags=("vip",)))
    window = await open_window()
    for tab in ("ledger", "conflicts"):
        view = await open_tab(window, until, tab)
        await until(lambda view=view: view.view.currentIndex().isValid())
        for widget in view.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                assert widget.accessibleName(), widget.objectName() or type(widget)


async def test_a_count_in_the_pill_opens_its_tab(
    open_window: Any, book: Any, sync: Any, until: Until
) -> None:
    window = await open_window()
    await until(lambda: window.pages._ready)
    sync.say(state=SyncState.IDLE, waiting=3, refused=1, conflicts=2)
    pill = window.top_bar.findChild(Pill, "sync-pill")
    await until(lambda: pill.accessibleName() == "Synced, 3 to send, 1 refused, 2 conflicts")
    for part, tab in ((3, "conflicts"), (1, "ledger")):
        x = next(x for x in range(pill.width()) if pill.part_at(x) == part)
        QTest.mouseClick(pill, Qt.MouseButton.LeftButton, pos=QPoint(x + 4, pill.height() // 2))
        page = window.findChild(ActivityPage, "activity-page")
        assert page is not None
        assert page.tabs.value() == tab
    pill.click()
    await until(lambda: see(window, QAbstractButton, "sync-conflicts"))
    press(window, "sync-conflicts")
    assert page.tabs.value() == "conflicts"


async def test_a_new_conflict_is_told_where_one_works(
    open_window: Any, book: Any, sync: Any, until: Until
) -> None:
    window = await open_window()
    told: list[Any] = []
    window.context.noticed.connect(told.append)
    sync.say(state=SyncState.IDLE, conflicts=1)
    await until(lambda: told)
    told[0].act[1]()
    assert window.context.situation.page == "activity"
    sync.say(state=SyncState.IDLE, conflicts=2)
    assert len(told) == 1


async def test_the_sidebar_and_the_tabs_count_what_waits_for_a_decision(
    open_window: Any, book: Any, sync: Any, until: Until
) -> None:
    window = await open_window()
    await open_tab(window, until, "ledger")
    sync.say(state=SyncState.IDLE, waiting=3, refused=1, conflicts=2)
    model = window.sidebar.model
    await until(lambda: (entry := model.entry(model.row_of("activity"))) and entry.count == "3")
    tabs = window.findChild(ActivityPage, "activity-page").tabs
    names = [one.accessibleName() for one in tabs.findChildren(QAbstractButton)]
    assert names[:2] == ["Sync ledger, 4", "Conflicts, 2"]
