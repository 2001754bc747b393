"""The virtual desktop is one on which Rapport's way through the operating system really works."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from desktop_notifier import Button, DesktopNotifier
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from rapport.app import pointer
from rapport.app.virtual_desktop import VirtualDesktop, VirtualDesktopError

# The first to connect: a program that takes the place of one that has just left is given the same
# window numbers by the X server, and the window manager may still be busy with the old ones.
pytestmark = pytest.mark.usefixtures("qapp")

STORE_AND_READ = """
import keyring
keyring.set_password("Rapport test", "profile", "sésame")
assert type(keyring.get_keyring()).__module__ == "keyring.backends.SecretService"
print(keyring.get_password("Rapport test", "profile"))
"""

SEARCH_FIELD = """
import sys
from PySide6.QtWidgets import QApplication, QLineEdit
app = QApplication(["search-field"])
field = QLineEdit()
field.setAccessibleName("Search")
field.returnPressed.connect(lambda: (print(field.text()), app.quit()))
field.show()
sys.exit(app.exec())
"""


def run(*command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_secret_is_kept_by_the_secret_service() -> None:
    done = run(sys.executable, "-c", STORE_AND_READ, environment=dict(os.environ))

    assert done.stdout == "sésame\n", done.stderr


@pytest.fixture
async def notifier() -> AsyncIterator[DesktopNotifier]:
    notifier = DesktopNotifier(app_name="Rapport")
    yield notifier
    await notifier.clear_all()
    bus = vars(notifier._backend)["bus"]  # desktop-notifier has no way to close it
    bus.disconnect()
    await bus.wait_for_disconnect()


async def test_a_real_click_on_a_notification_button_reaches_its_handler(
    notifier: DesktopNotifier,
) -> None:
    pressed: asyncio.Queue[str] = asyncio.Queue()
    await notifier.send(
        title="Call Ana García",
        message="Due at 10:30 · Sol y Mar, S.L.",
        buttons=[
            Button(
                title="Complete",
                identifier="complete",
                on_pressed=lambda: pressed.put_nowait("complete"),
            ),
            Button(
                title="Snooze", identifier="snooze", on_pressed=lambda: pressed.put_nowait("snooze")
            ),
        ],
    )

    snooze = await pointer.find_accessible("Snooze", "push button")
    await pointer.click(*snooze.center)

    assert await asyncio.wait_for(pressed.get(), 10) == "snooze"
    assert pressed.empty()


async def test_a_window_of_another_process_is_found_clicked_and_typed_into() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SEARCH_FIELD), stdout=asyncio.subprocess.PIPE
    )
    try:
        field = await pointer.find_accessible("Search", "text", app="search-field")
        await pointer.click(*field.center)
        await pointer.type_text("García 漢字 Ω")
        await pointer.key("Return")
        output, _ = await asyncio.wait_for(process.communicate(), 10)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

    assert (output.decode(), process.returncode) == ("García 漢字 Ω\n", 0)


async def test_what_is_not_on_the_screen_is_not_found() -> None:
    with pytest.raises(LookupError, match="no push button 'Self-destruct' is showing"):
        await pointer.find_accessible("Self-destruct", "push button", timeout_s=0)


def test_a_tray_icon_is_shown_by_the_tray(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    colour = QColor("#c8102e")
    picture = QPixmap(64, 64)
    picture.fill(colour)
    tray = QSystemTrayIcon(QIcon(picture))
    assert QSystemTrayIcon.isSystemTrayAvailable()
    tray.show()

    def is_on_the_screen() -> None:
        rect = tray.geometry()
        pointer.screenshot(tmp_path / "screen.png")
        screen = QImage(str(tmp_path / "screen.png"))
        assert screen.rect().contains(rect.center())  # the tray grows before it moves
        assert screen.pixelColor(rect.center()) == colour

    qtbot.waitUntil(is_on_the_screen, timeout=10_000)
    tray.hide()


def test_nothing_is_left_when_it_ends() -> None:
    children = {child.pid for child in psutil.Process().children(recursive=True)}

    with VirtualDesktop(size=(640, 480)) as desktop:
        folder = Path(desktop.environment["HOME"]).parent
        started = psutil.Process().children(recursive=True)
        assert desktop.environment["DISPLAY"] != os.environ["DISPLAY"]
        bus = desktop.environment["DBUS_SESSION_BUS_ADDRESS"]
        assert bus != os.environ["DBUS_SESSION_BUS_ADDRESS"]
        assert folder.is_dir()

    assert len(started) > len(children)
    assert not folder.exists()
    assert {child.pid for child in psutil.Process().children(recursive=True)} == children


def test_the_exit_status_of_the_command_is_passed_on() -> None:
    command = [sys.executable, "-m", "rapport.app.virtual_desktop", "--size", "640x480", "--"]

    done = run(*command, "sh", "-c", 'test -n "$DISPLAY" && exit 7', environment=dict(os.environ))

    assert (done.returncode, done.stderr) == (7, "")


def test_missing_programs_are_named_with_their_packages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(VirtualDesktopError, match=r"needs dbus-daemon, Xvfb, .*packages .*xvfb"):
        VirtualDesktop().__enter__()
