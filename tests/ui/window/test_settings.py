"""The settings page: everything on it is found, and does what it says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QWidget

from rapport.domain.hosts import Contact, Purpose
from rapport.domain.scopes import READ
from rapport.domain.settings import Contrast, Settings, ThemeMode
from rapport.ui.context import Page
from rapport.ui.panes.settings import SettingsDesk, SettingsPage
from rapport.ui.panes.settings.table import SETTINGS
from rapport.ui.rooms import Rooms
from rapport.ui.widgets.key_recorder import KeyRecorder, sequence_of
from rapport.ui.widgets.segmented import Segmented
from rapport.ui.window import MainWindow

Until = Callable[[Callable[[], object]], Any]
Open = Callable[..., Any]


async def _sentence() -> str:
    return "Sent. It shows buttons."


async def _size() -> int:
    return 3_200_000


async def _nothing() -> None:
    return None


@pytest.fixture
def seen() -> list[Contact]:
    at = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
    return [Contact(host="crm.example", purpose=Purpose.RECORDS, times=12, at=at)]


@pytest_asyncio.fixture
async def open_settings(
    open_window: Open, plain_rooms: Rooms, seen: list[Contact], tmp_path: Path, until: Until
) -> AsyncIterator[Open]:
    desk = SettingsDesk(
        data_folder=tmp_path,
        log_folder=tmp_path,
        key_place="Its key and your sign-in are in the system’s keyring.",
        test_notification=_sentence,
        diagnostics=_sentence,
        data_size=_size,
        hosts=lambda: tuple(seen),
        wipe=_nothing,
    )

    async def open_one(settings: Settings | None = None) -> tuple[MainWindow, SettingsPage]:
        rooms = Rooms(
            detail=plain_rooms.detail,
            today=plain_rooms.today,
            settings=lambda context: SettingsPage(context, desk),
        )
        window = await open_window(settings, rooms=rooms)
        window.context.show_page(Page.SETTINGS)
        page = window.findChild(SettingsPage)
        await until(page.isVisible)
        return window, page

    yield open_one


def shown(page: SettingsPage) -> list[str]:
    return [row.setting.id for row in page._rows() if row.isVisible()]


def words_of(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


async def test_every_setting_of_the_table_is_on_the_page(open_settings: Open) -> None:
    _, page = await open_settings()
    assert sorted(shown(page)) == sorted(setting.id for setting in SETTINGS)


async def test_searching_narrows_and_points_out(open_settings: Open) -> None:
    _, page = await open_settings()
    page.search.setText("lock screen")
    assert shown(page) == ["content"]
    page.search.setText("contr")
    assert shown(page) == ["contrast"]
    row = next(row for row in page._rows() if row.setting.id == "contrast")
    assert ">Contr</b>ast" in row.heading.text()
    page.search.setText("snooze task")
    assert page.findChild(KeyRecorder, "keys-task.snooze") is None  # nobody can, in this window
    nothing = page.findChild(QLabel, "settings-nothing")
    assert nothing.isVisible()
    page.search.clear()
    assert len(shown(page)) == len(SETTINGS)
    assert not nothing.isVisible()
    assert row.heading.text() == "Contrast"


async def test_the_palette_leads_to_a_setting(open_settings: Open, until: Until) -> None:
    window, page = await open_settings()
    window.show_page(Page.CONTACTS)
    window.context.actions.trigger("go.palette")
    await until(lambda: window.findChild(QLineEdit, "palette-line"))
    line = window.findChild(QLineEdit, "palette-line")
    line.setText("quiet")
    palette: Any = window.findChild(QWidget, "palette")
    await until(lambda: (e := palette.model.entry(palette.list.currentIndex().row())) and e.title)
    await until(
        lambda: palette.model.entry(palette.list.currentIndex().row()).title == "Quiet hours"
    )
    QTest.keyClick(line, Qt.Key.Key_Return)
    await until(lambda: window.context.situation.page is Page.SETTINGS)
    row = next(row for row in page._rows() if row.setting.id == "quiet-hours")
    await until(lambda: row.isAncestorOf(QApplication.focusWidget()))
    assert not row.visibleRegion().isEmpty()


async def test_what_is_chosen_is_kept_at_once(open_settings: Open) -> None:
    window, page = await open_settings()
    contrast = page.findChild(Segmented, "choose-contrast")
    contrast.chosen.emit(Contrast.HIGH)
    size = page.findChild(QComboBox, "choose-text_scale")
    size.setCurrentIndex(3)
    size.activated.emit(3)
    assert window.context.settings.contrast is Contrast.HIGH
    assert window.context.settings.text_scale == 1.5
    window.context.change_settings(contrast=Contrast.SYSTEM)
    assert contrast.value() is Contrast.SYSTEM


def press(recorder: KeyRecorder, key: Qt.Key, text: str, shift: bool = False) -> None:
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    recorder.click()
    assert recorder.recording
    QApplication.sendEvent(recorder, QKeyEvent(QEvent.Type.KeyPress, key, held, text))
    assert not recorder.recording


async def test_a_key_is_recorded_and_a_rival_is_named(open_settings: Open) -> None:
    window, page = await open_settings()
    actions = window.context.actions
    recorder = page.findChild(KeyRecorder, "keys-view.density")
    press(recorder, Qt.Key.Key_G, "g")
    assert actions.keys("view.density") == ("G",)
    assert "G" in recorder.text()
    press(recorder, Qt.Key.Key_Question, "?", shift=True)
    assert actions.keys("view.density") == ("G",)
    warning = page.findChild(QLabel, "rivals-view.density")
    assert warning.isVisible()
    assert "Keyboard shortcuts" in warning.text()
    page.findChild(QWidget, "replace-view.density").click()
    assert actions.keys("view.density") == ("?",)
    assert actions.keys("app.help") == ()
    press(recorder, Qt.Key.Key_Tab, "\t")
    assert warning.isVisible()
    assert actions.keys("view.density") == ("?",)
    press(recorder, Qt.Key.Key_Escape, "")
    page.findChild(QWidget, "reset-shortcuts").click()
    assert actions.keys("app.help") == ("?",)
    assert window.context.settings.shortcuts == {}


def test_recorded_keys_are_written_as_in_the_table() -> None:
    shift = Qt.KeyboardModifier.ShiftModifier
    control = Qt.KeyboardModifier.ControlModifier
    for key, modifiers, text, wanted in (
        (Qt.Key.Key_L, shift, "L", "Shift+L"),
        (Qt.Key.Key_Question, shift, "?", "?"),
        (Qt.Key.Key_Comma, control, ",", "Ctrl+,"),
        (Qt.Key.Key_Z, control | shift, "\x1a", "Ctrl+Shift+Z"),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", "Space"),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, "", "Del"),
        (Qt.Key.Key_1, Qt.KeyboardModifier.KeypadModifier, "1", "1"),
    ):
        event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text)
        assert sequence_of(event) == wanted


async def test_hosts_are_those_that_were_spoken_to(
    open_settings: Open, seen: list[Contact], until: Until
) -> None:
    _, page = await open_settings()
    assert "crm.example" in words_of(page)
    assert "12 times" in words_of(page)
    seen.append(Contact(host="login.example", purpose=Purpose.SIGN_IN_PAGE, times=1, at=seen[0].at))
    await until(lambda: "login.example" in words_of(page))
    await until(lambda: "3.2 MB" in words_of(page) or "3.05 MiB" in words_of(page))


@pytest.mark.parametrize("scopes", [(READ.name,)])
async def test_missing_rights_say_what_they_cost(open_settings: Open) -> None:
    _, page = await open_settings(Settings(theme=ThemeMode.LIGHT))
    words = words_of(page)
    assert "Not granted. Everything can be read and nothing changed." in words
    assert "Owners and assignees are shown without names." in words
