"""What must not happen to a picture: words cut off, rows beside their list, a lost keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListView, QMenu, QScrollArea, QWidget

from rapport.domain.errors import StoreError
from rapport.domain.records import Kind
from rapport.domain.scopes import ALL, READ
from rapport.store import Snapshot
from rapport.ui.context import Page
from rapport.ui.look.text import Run
from rapport.ui.onboarding.trouble import TroublePage
from rapport.ui.rooms import STANDARD_ROOMS
from rapport.ui.toasts import Toast
from rapport.ui.widgets.labels import ElidedLabel
from rapport.ui.window import MainWindow

ALL_NAMES = tuple(scope.name for scope in ALL)
Until = Callable[[Callable[[], object]], Any]
Open = Callable[..., Any]


def found(window: MainWindow, name: str) -> QWidget:
    widget = window.findChild(QWidget, name)
    assert isinstance(widget, QWidget)
    return widget


def menu_words() -> list[str]:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    return [text.partition("\t")[0] for text in texts]


@pytest.fixture
def mirrored(qapp: QApplication) -> Any:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


async def test_a_long_title_ends_in_dots_in_a_toast(open_window: Open, until: Until) -> None:
    window = await open_window()
    title = "Send the inverter data sheet and the revised quote to the installer in Matosinhos"
    window.context.notice("Task added", title, undo_id=1)
    await until(lambda: any(toast.isVisible() for toast in window.findChildren(Toast)))
    text = window.findChild(ElidedLabel, "toast-text")
    assert text is not None
    assert text.accessibleName() == title
    run = Run(title, window.context.theme.type.font(), text.width())
    assert run.elided
    assert run.width <= text.width()


async def test_rows_fill_a_mirrored_list(
    open_window: Open, book: Any, until: Until, mirrored: None
) -> None:
    await book.crowd(60)
    window = await open_window()
    view = window.findChild(QListView, "contact-list")
    assert isinstance(view, QListView)
    await until(lambda: view.verticalScrollBar().isVisible())
    assert view.viewport().geometry() == QRect(0, 0, view.width(), view.height())
    QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    await until(lambda: view.viewport().geometry() == QRect(0, 0, view.width(), view.height()))


async def test_the_first_visit_to_today_hands_over_the_keyboard(
    open_window: Open, book: Any, until: Until, clock: Any
) -> None:
    await book.add({"first_name": "Ana"})
    tasks = [
        Snapshot(
            kind=Kind.TASK,
            rid=f"t{n}",
            contact_rid="c000000",
            values={"title": f"Call {n}", "due_at": (clock.now() - timedelta(days=n)).isoformat()},
        )
        for n in (1, 2)
    ]
    await book.absorb(tasks)
    window = await open_window(rooms=STANDARD_ROOMS)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    await until(lambda: window.context.situation.page is Page.TODAY)
    rows = found(window, "task-list")
    await until(rows.hasFocus)
    assert isinstance(rows, QListView)
    first = window.context.situation.task_id
    assert rows.selectionModel().hasSelection()
    assert first is not None
    QTest.keyClick(rows, Qt.Key.Key_Down)
    await until(lambda: window.context.situation.task_id not in (None, first))


async def test_today_fits_the_smallest_window(
    open_window: Open, book: Any, until: Until, clock: Any
) -> None:
    await book.add({"first_name": "Ana", "email": "ana@fjordvale.pt", "tags": ["newsletter"]})
    due = (clock.now() - timedelta(days=1)).isoformat()
    await book.absorb(
        [
            Snapshot(
                kind=Kind.TASK,
                rid="t1",
                contact_rid="c000000",
                values={"title": "Ask for the electricity bills of a whole year", "due_at": due},
            )
        ]
    )
    window = await open_window(rooms=STANDARD_ROOMS)
    window.resize(window.minimumSize())
    window.show_page(Page.TODAY)
    await until(lambda: window.findChild(QWidget, "snooze-tomorrow"))
    last = found(window, "snooze-tomorrow")
    await until(last.isVisible)
    await until(lambda: last.mapTo(window, QPoint(last.width(), 0)).x() <= window.width() - 16)
    mail = found(window, "task-contact-mail")
    assert mail.mapTo(window, QPoint(mail.width(), 0)).x() <= window.width() - 16


async def test_the_bell_lists_overdue_before_today(
    open_window: Open, book: Any, until: Until, clock: Any
) -> None:
    await book.add({"first_name": "Ana"})
    moments = {"Late": timedelta(days=-2), "Soon": timedelta(hours=2), "Next week": timedelta(7)}
    await book.absorb(
        [
            Snapshot(
                kind=Kind.TASK,
                rid=title,
                contact_rid="c000000",
                values={"title": title, "due_at": (clock.now() + ahead).isoformat()},
            )
            for title, ahead in moments.items()
        ]
    )
    window = await open_window(rooms=STANDARD_ROOMS)
    window.top_bar.bell.click()
    await until(QApplication.activePopupWidget)
    assert menu_words() == ["Late · Ana", "Soon · Ana", "Today"]
    QApplication.activePopupWidget().close()


@pytest.mark.parametrize(("scopes", "offered"), [((READ.name,), True), (ALL_NAMES, False)])
async def test_write_access_is_asked_for_only_where_it_is_missing(
    open_window: Open, until: Until, workspace: Any, offered: bool
) -> None:
    window = await open_window()
    window.context.actions.bind("account.ask-write", lambda: None)
    found(window, "more-button").click()
    await until(QApplication.activePopupWidget)
    assert ("Ask for write access" in menu_words()) is offered
    QApplication.activePopupWidget().close()


async def test_no_shortcut_is_below_the_edge_of_the_sheet(open_window: Open, until: Until) -> None:
    window = await open_window()
    window.context.actions.trigger("app.help")
    await until(lambda: window.findChild(QWidget, "shortcut-sheet"))
    sheet = found(window, "shortcut-sheet")
    await until(sheet.isVisible)
    panel = sheet.panel  # type: ignore[attr-defined]
    assert sheet.rect().contains(panel.geometry())
    area = sheet.findChild(QScrollArea)
    assert area is not None
    assert area.verticalScrollBar().maximum() == 0


async def test_trouble_is_told_whole(open_window: Open, until: Until) -> None:
    window = await open_window()
    error = StoreError(
        "The local copy of this account cannot be opened.",
        "Its key is not in the keyring. Unlock the keyring and try again; nothing was deleted.",
    )
    page = TroublePage("Lumen Solar", error)
    window.set_cover(page)
    await until(page.isVisible)
    words = [label for label in page.findChildren(QLabel) if label.text()]
    await until(lambda: all(label.width() > 100 for label in words))
    for label in words:
        assert label.height() >= label.heightForWidth(label.width())
    window.set_cover(None)
    page.deleteLater()
