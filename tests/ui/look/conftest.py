"""The look in force, put back after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from rapport.ui.look.theme import Contrast, Mode, Motion, Theme, current_theme


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The process's theme: light, 100 %, without motion."""
    theme = current_theme()
    if not theme.is_applied():
        theme.apply(qapp)
    was = theme.motion
    theme.set_motion(Motion.REDUCED)
    theme.set_mode(Mode.LIGHT)
    yield theme
    theme.set_motion(was)
    theme.set_mode(Mode.LIGHT)
    theme.set_contrast(Contrast.SYSTEM)
    theme.set_text_scale(1.0)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """A shown, active window."""
    window = QWidget()
    window.resize(900, 700)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window
