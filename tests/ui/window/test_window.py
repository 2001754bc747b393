"""The window as a person uses it: keys, pages, lists, what it says and what it refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QListView, QWidget

from rapport.domain.commands import AddTags
from rapport.domain.scopes import READ
from rapport.domain.settings import Density, Settings
from rapport.domain.views import Progress, SyncState
from rapport.services.workspace import Workspace
from rapport.ui.context import Page, Pane
from rapport.ui.panes.search_box import SearchBox
from rapport.ui.roles import ContactRole
from rapport.ui.rooms import STANDARD_ROOMS, Rooms, Tab
from rapport.ui.toasts import Toast
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.chips import FilterChip, Pill
from rapport.ui.widgets.overlay import ConfirmDialog
from rapport.ui.widgets.segmented import Segmented
from rapport.ui.widgets.states import Banner
from rapport.ui.window import MainWindow

Until = Callable[[Callable[[], object]], Any]
Open = Callable[..., Any]
NAME = int(ContactRole.NAME)


def view(window: MainWindow) -> QListView:
    found = window.findChild(QListView, "contact-list")
    assert isinstance(found, QListView)
    return found


def search(window: MainWindow) -> SearchBox:
    return window.top_bar.search


def press(window: MainWindow, key: Qt.Key, modifier: Any = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.focusWidget() or window, key, modifier)


def listed(window: MainWindow) -> list[str]:
    model = view(window).model()
    return [model.index(row, 0).data(NAME) for row in range(model.rowCount())]


def chosen(window: MainWindow) -> str | None:
    index = view(window).currentIndex()
    return index.data(NAME) if index.isValid() else None


def toast_titles(window: MainWindow) -> list[str]:
    return [toast.notice.title for toast in window.findChildren(Toast) if toast.isVisible()]


def banners(window: MainWindow) -> set[str]:
    return {banner.objectName() for banner in window.findChildren(Banner) if banner.isVisible()}


async def test_choosing_a_row_opens_the_contact(open_window: Open, book: Any, until: Until) -> None:
    ana, bo = await book.add({"first_name": "Ana"}, {"first_name": "Bo"})
    window = await open_window()
    first = view(window).visualRect(view(window).model().index(0, 0)).center()
    QTest.mouseClick(view(window).viewport(), Qt.MouseButton.LeftButton, pos=first)
    await until(lambda: window.current_contact_id)
    assert window.current_contact_id == {"Ana": ana, "Bo": bo}[chosen(window) or ""]
    assert window.pages.contacts.detail.shown[-1] == window.current_contact_id


async def test_letters_walk_the_list_and_are_text_in_the_search(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.add({"first_name": "Jack"}, {"first_name": "Kim"})
    window = await open_window()
    view(window).setFocus()
    press(window, Qt.Key.Key_J)
    first = chosen(window)
    press(window, Qt.Key.Key_J)
    assert {first, chosen(window)} == {"Jack", "Kim"}
    press(window, Qt.Key.Key_K)
    assert chosen(window) == first

    press(window, Qt.Key.Key_Slash)
    assert search(window).hasFocus()
    QTest.keyClicks(search(window), "jk/ t")
    assert search(window).text() == "jk/ t"
    assert window.context.situation.page is Page.CONTACTS


async def test_search_narrows_on_each_key_and_escape_brings_everything_back(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.add({"first_name": "Zoë", "last_name": "Berg"}, {"first_name": "Ana"})
    window = await open_window()
    assert len(listed(window)) == 2
    press(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(search(window), "zoe")
    await until(lambda: listed(window) == ["Zoë Berg"])
    press(window, Qt.Key.Key_Down)
    await until(lambda: chosen(window) == "Zoë Berg")
    assert view(window).hasFocus()
    press(window, Qt.Key.Key_Escape)
    await until(lambda: len(listed(window)) == 2)
    assert chosen(window) == "Zoë Berg"
    assert search(window).text() == ""


async def test_no_match_offers_to_clear_the_search(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.add({"first_name": "Ana"})
    window = await open_window()
    search(window).setText("nobody at all")
    button = window.findChild(QWidget, "contact-list-empty-button")
    await until(lambda: button.isVisible())
    assert button.text() == "Clear search"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    await until(lambda: listed(window) == ["Ana"] and view(window).isVisible())


async def test_a_tag_in_the_sidebar_filters_and_its_chip_takes_it_back(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.add({"first_name": "Ana", "tags": ["vip"]}, {"first_name": "Bo"})
    window = await open_window()
    await until(lambda: window.sidebar.model.row_of("tag:vip") >= 0)
    window.sidebar.choose("tag:vip")
    await until(lambda: listed(window) == ["Ana"])
    chip = window.findChild(FilterChip, "filter-chip")
    assert chip.text() == "vip"
    QTest.keyClick(chip, Qt.Key.Key_Delete)
    await until(lambda: len(listed(window)) == 2)


async def test_counts_follow_the_edits(
    open_window: Open, workspace: Workspace, book: Any, until: Until
) -> None:
    ana, _ = await book.add({"first_name": "Ana"}, {"first_name": "Bo"})
    window = await open_window()
    model = window.sidebar.model
    await until(lambda: model.entry(model.row_of("contacts")).count == "2")
    await workspace.bus.run(AddTags(contact_id=ana, tags=("vip",)))
    await until(lambda: model.row_of("tag:vip") >= 0)
    assert model.entry(model.row_of("tag:vip")).count == "1"


async def test_selection_and_place_survive_a_sync(
    open_window: Open, workspace: Workspace, book: Any, until: Until
) -> None:
    await book.crowd(400)
    window = await open_window()
    rows, bar = view(window), view(window).verticalScrollBar()
    await until(lambda: window.pages.contacts.list.model.complete)
    rows.setCurrentIndex(rows.model().index(200, 0))
    await until(lambda: chosen(window))
    name, contact = chosen(window), window.current_contact_id
    before = rows.visualRect(rows.currentIndex()).top()
    assert bar.value() > 0
    await book.add(*({"first_name": "New", "last_name": f"{n}"} for n in range(30)))
    await until(lambda: rows.model().rowCount() == 430)
    await until(lambda: rows.visualRect(rows.currentIndex()).top() == before)
    assert (chosen(window), window.current_contact_id) == (name, contact)


async def test_deleting_asks_once_and_undo_brings_the_contact_back(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.add({"first_name": "Ana"}, {"first_name": "Bo"})
    window = await open_window(rooms=STANDARD_ROOMS)
    view(window).setFocus()
    press(window, Qt.Key.Key_J)
    name = chosen(window)
    press(window, Qt.Key.Key_Delete)
    await until(lambda: window.findChildren(ConfirmDialog))
    (question,) = window.findChildren(ConfirmDialog)
    assert len(listed(window)) == 2
    QTest.mouseClick(question.confirm_button, Qt.MouseButton.LeftButton)
    await until(lambda: len(listed(window)) == 1)
    await until(lambda: "Contact deleted" in toast_titles(window))
    toast = window.findChild(Toast)
    assert toast.notice.text == name
    undo = toast.findChild(Button, "toast-undo")
    QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    await until(lambda: sorted(listed(window)) == ["Ana", "Bo"])
    await until(lambda: "Undone: Delete contact" in toast_titles(window))


async def test_ctrl_z_takes_back_the_newest(
    open_window: Open, workspace: Workspace, book: Any, until: Until
) -> None:
    (ana,) = await book.add({"first_name": "Ana"})
    window = await open_window()
    await window.context.perform(AddTags(contact_id=ana, tags=("vip",)))
    assert toast_titles(window) == ["Tag added"]
    view(window).setFocus()
    press(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: "Undone: Add tag" in toast_titles(window))
    assert (await workspace.queries.row_of(ana)).tags == ()


@pytest.mark.parametrize("scopes", [(READ.name,)])
async def test_read_only_says_why_and_changes_nothing(
    open_window: Open, workspace: Workspace, book: Any, until: Until
) -> None:
    (ana,) = await book.add({"first_name": "Ana"})
    window = await open_window(rooms=STANDARD_ROOMS)
    why = workspace.capabilities.why_not_write
    assert why
    new = window.findChild(Button, "new-button")
    assert not new.isEnabled()
    assert new.toolTip() == why
    assert banners(window) == {"banner-read-only"}
    view(window).setFocus()
    press(window, Qt.Key.Key_J)
    await until(lambda: window.current_contact_id == ana)
    assert window.context.actions.why_not("contact.delete") == why
    press(window, Qt.Key.Key_Delete)
    await until(lambda: toast_titles(window) == ["Delete contact"])
    assert window.findChild(Toast).notice.text == why
    assert await workspace.queries.row_of(ana) is not None


async def test_sidebar_collapses_below_1040(open_window: Open, book: Any, until: Until) -> None:
    await book.add({"first_name": "Ana", "tags": ["vip"]})
    window = await open_window()
    window.resize(1040, 700)
    await until(lambda: window.width() == 1040)
    assert (window.sidebar.collapsed, window.sidebar.width()) == (False, 219)
    window.resize(1039, 700)
    await until(lambda: window.sidebar.collapsed)
    assert window.sidebar.width() == 55
    window.resize(400, 300)
    await until(lambda: (window.width(), window.height()) == (960, 600))
    assert 300 <= window.pages.contacts.list.width() <= 520
    assert window.pages.contacts.detail.width() >= 420


async def test_density_and_theme_by_key_and_kept(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.add({"first_name": "Ana"})
    kept: list[Settings] = []
    window = await open_window(keep_settings=kept.append)
    height = view(window).sizeHintForRow(0)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    view(window).setFocus()
    press(window, Qt.Key.Key_C, both)
    assert view(window).sizeHintForRow(0) < height
    press(window, Qt.Key.Key_D, both)
    assert window.context.theme.tokens.dark
    window.resize(1100, 720)
    await until(lambda: kept and kept[-1].window == (1100, 720))
    assert kept[-1].density is Density.COMPACT
    assert kept[-1].theme == "dark"


async def test_pages_by_key_and_a_task_opens_today(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.add({"first_name": "Ana"})
    window = await open_window()
    press(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert window.pages.currentWidget().text() == "today"
    press(window, Qt.Key.Key_J)
    assert window.pages.currentWidget().steps == [1]
    press(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert window.pages.currentWidget() is window.pages.contacts
    window.open_task("task-1")
    assert window.pages.currentWidget().tasks == ["task-1"]
    assert window.context.situation.task_id == "task-1"


async def test_activity_is_offered_only_where_it_has_tabs(open_window: Open, book: Any) -> None:
    window = await open_window()
    assert not window.context.actions.is_bound("go.activity")
    assert window.sidebar.model.row_of("activity") < 0


async def test_activity_builds_a_tab_when_it_is_first_shown(
    open_window: Open, book: Any, until: Until, plain_rooms: Rooms
) -> None:
    built: list[str] = []

    def tab(id: str) -> Tab:
        def build(*_: object) -> QWidget:
            built.append(id)
            return QLabel(id)

        return Tab(id, id.title(), build, waiting=lambda _: 2)

    rooms = replace(plain_rooms, activity=(tab("ledger"), tab("audit")))
    window = await open_window(rooms=rooms)
    press(window, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    await until(lambda: window.findChild(QWidget, "activity-page") is not None)
    assert built == ["ledger"]
    assert window.sidebar.model.row_of("activity") == window.sidebar.view.currentIndex().row()
    window.context.show_activity("audit")
    assert built == ["ledger", "audit"]
    window.context.show_activity("ledger")
    assert built == ["ledger", "audit"]
    segments = window.findChild(Segmented, "activity-tabs").findChildren(QAbstractButton)
    assert [one.accessibleName() for one in segments] == ["Ledger, 2", "Audit, 2"]


async def test_settings_are_offered_only_where_there_is_a_page(
    open_window: Open, book: Any
) -> None:
    window = await open_window()
    assert not window.context.actions.is_bound("go.settings")
    assert not window.findChild(QWidget, "settings-button").isVisible()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"state": SyncState.OFFLINE, "waiting": 3}, "Offline, 3 to send"),
        ({"state": SyncState.SIGN_IN}, "Sign in again"),
        ({"state": SyncState.INACTIVE}, "Not active"),
        ({"state": SyncState.PAUSED}, "Paused"),
        ({"state": SyncState.IDLE, "refused": 2}, "Synced, 2 refused"),
        (
            {"state": SyncState.IDLE, "waiting": 1, "refused": 2, "conflicts": 1},
            "Synced, 1 to send, 2 refused, 1 conflict",
        ),
        (
            {"state": SyncState.SYNCING, "progress": Progress(done=1240, total=8310, eta_s=118)},
            "Syncing 1,240 of 8,310",
        ),
    ],
)
async def test_pill_says_how_things_stand(
    open_window: Open, sync: Any, until: Until, status: dict[str, Any], words: str
) -> None:
    window = await open_window()
    pill = window.findChild(Pill, "sync-pill")
    sync.say(**status)
    await until(lambda: pill.text() == words)
    assert pill.accessibleName() == words


async def test_first_sync_tells_how_far_it_is(
    open_window: Open, book: Any, sync: Any, until: Until
) -> None:
    await book.crowd(3)
    window = await open_window()
    note = window.findChild(QWidget, "list-note")
    sync.say(state=SyncState.SYNCING, progress=Progress(done=1240, total=8310, eta_s=118))
    await until(note.isVisible)
    assert note.text() == "Fetching contacts: 1,240 of 8,310; about 2 min"
    assert len(listed(window)) == 3, "the list is usable meanwhile"
    sync.say(state=SyncState.IDLE)
    await until(lambda: not note.isVisible())


async def test_banners_stand_for_what_lasts(open_window: Open, sync: Any, until: Until) -> None:
    window = await open_window(memory_only=True)
    assert banners(window) == {"banner-memory-only"}
    sync.say(state=SyncState.SIGN_IN)
    await until(lambda: "banner-reconnect" in banners(window))
    sync.say(state=SyncState.INACTIVE)
    await until(lambda: banners(window) == {"banner-memory-only", "banner-inactive"})
    button = window.findChild(Button, "banner-inactive-button")
    assert button.text() == "Try now"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    await until(lambda: sync.asked == 1)
    sync.say(state=SyncState.OFFLINE)
    await until(lambda: banners(window) == {"banner-memory-only"})


async def test_search_says_what_it_covers(open_window: Open, book: Any, until: Until) -> None:
    await book.crowd(3)
    window = await open_window()
    note = window.findChild(QWidget, "list-note")
    search(window).setText("person")
    await until(note.isVisible)
    assert note.text() == "Searches the notes of 0 of 3 contacts so far."
    search(window).clear()
    await until(lambda: not note.isVisible())


async def test_pill_unfolds_the_waiting_edits(
    open_window: Open, workspace: Workspace, book: Any, sync: Any, until: Until
) -> None:
    (ana,) = await book.add({"first_name": "Ana"})
    window = await open_window()
    await workspace.bus.run(AddTags(contact_id=ana, tags=("vip",)))
    sync.say(state=SyncState.OFFLINE, waiting=1)
    QTest.mouseClick(window.findChild(Pill, "sync-pill"), Qt.MouseButton.LeftButton)
    button = window.findChild(Button, "sync-now")
    await until(button.isVisible)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert sync.asked == 1
    QTest.keyClick(button, Qt.Key.Key_Escape)
    await until(lambda: window.findChild(QWidget, "sync-popover") is None)


async def test_closing_hides_where_the_program_lives_on(open_window: Open) -> None:
    hides = [True]
    window = await open_window(hides_on_close=lambda: hides[0])
    gone: list[str] = []
    window.hidden_to_tray.connect(lambda: gone.append("hidden"))
    window.closed.connect(lambda: gone.append("closed"))
    window.close()
    assert gone == ["hidden"]
    window.come_forward()
    assert window.isVisible()
    press(window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert gone == ["hidden", "closed"]


async def test_another_account_leaves_nothing_of_the_first(
    open_window: Open, workspace: Workspace, book: Any, until: Until
) -> None:
    await book.add({"first_name": "Ana"})
    window = await open_window()
    view(window).setFocus()
    press(window, Qt.Key.Key_J)
    window.set_workspace(None)
    assert window.current_contact_id is None
    assert window.windowTitle() == "Rapport"
    await book.add({"first_name": "Bo"})
    await asyncio.sleep(0)
    window.set_workspace(workspace)
    await until(lambda: sorted(listed(window)) == ["Ana", "Bo"])
    assert window.windowTitle() == "Lumen Solar – Rapport"


async def test_pane_in_focus_is_known(open_window: Open, book: Any) -> None:
    await book.add({"first_name": "Ana"})
    window = await open_window()
    for widget, pane in (
        (view(window), Pane.LIST),
        (search(window), Pane.SEARCH),
        (window.sidebar.view, Pane.SIDEBAR),
    ):
        widget.setFocus()
        assert window.context.situation.pane is pane


async def test_everything_that_takes_focus_has_a_name(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.add({"first_name": "Ana", "tags": ["vip"]})
    window = await open_window()
    window.context.notice("Task completed", "Call Ana", undo_id=1)
    window.context.actions.trigger("app.help")
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.isVisible()
        and not widget.accessibleName()
        and not isinstance(widget.parent(), QListView)
    ]
    assert nameless == []


async def test_what_fails_unexpectedly_is_told_without_its_message(
    open_window: Open, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    window = await open_window()

    async def broken() -> None:
        raise ValueError("ana@secret.example")

    window.context.runner.own(broken())
    await until(lambda: toast_titles(window) == ["Something went wrong in Rapport."])
    details = window.findChild(Toast).notice.details
    assert details.startswith("ValueError\n")
    assert "test_window.py" in details
    assert "secret" not in details + caplog.text
    copy = window.findChild(Button, "toast-copy")
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == details


async def test_keys_reach_both_ends_of_a_long_list(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.crowd(900)
    window = await open_window()
    rows = view(window)
    await until(lambda: window.pages.contacts.list.model.complete)
    rows.setFocus()
    press(window, Qt.Key.Key_End)
    await until(lambda: chosen(window) == "Person 000899")
    assert rows.viewport().rect().contains(rows.visualRect(rows.currentIndex()))
    assert window.current_contact_id, "a row read after it was chosen opens, too"
    press(window, Qt.Key.Key_PageUp)
    assert 870 < rows.currentIndex().row() < 899
    press(window, Qt.Key.Key_Home)
    assert (rows.currentIndex().row(), rows.verticalScrollBar().value()) == (0, 0)
    assert rows.indexAt(rows.visualRect(rows.model().index(5, 0)).center()).row() == 5


async def test_an_answer_for_what_is_gone_is_nobodys_trouble(
    open_window: Open, book: Any, until: Until
) -> None:
    window = await open_window()
    label = QLabel("gone")
    shiboken6.delete(label)
    done: list[int] = []

    async def answer() -> None:
        done.append(1)
        label.setText("late")

    async def mistake() -> None:
        raise RuntimeError("Something else.")

    window.context.runner.start(answer)
    await until(lambda: done)
    assert toast_titles(window) == []
    window.context.runner.start(mistake)
    await until(lambda: toast_titles(window) == ["Something went wrong in Rapport."])
