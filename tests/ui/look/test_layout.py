"""The checker of layouts finds what it is there to find, and nothing else."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from tests.ui.layout import faults

from rapport.ui.widgets.button import Button
from rapport.ui.widgets.labels import ElidedLabel, Label

SENTENCE = "Everything can be read and nothing changed."


@pytest.fixture
def ground(qtbot: QtBot) -> QWidget:
    ground = QWidget()
    ground.resize(400, 300)
    qtbot.addWidget(ground)
    return ground


def put(widget: QWidget, x: int, y: int, width: int, height: int) -> QWidget:
    widget.setGeometry(x, y, width, height)
    return widget


def seen(ground: QWidget) -> list[str]:
    ground.show()
    return faults(ground)


def test_what_has_room_is_no_fault(ground: QWidget) -> None:
    column = QVBoxLayout(ground)
    for widget in (
        Label(SENTENCE, wrap=True),
        Button("Save task", icon="check", key="Ctrl S"),
        QCheckBox("Remind me"),
        ElidedLabel(SENTENCE * 3),
    ):
        column.addWidget(widget)
    assert seen(ground) == []


def test_words_without_room_are_found(ground: QWidget) -> None:
    put(Label(SENTENCE, ground), 0, 0, 60, 20)
    put(Label(SENTENCE, ground, wrap=True), 0, 40, 80, 20)
    put(Label("Donaudampfschifffahrtsgesellschaft", ground, wrap=True), 0, 80, 60, 60)
    put(Button("Save task", ground), 0, 160, 40, 32)
    put(Button("Cancel", ground), 100, 160, 100, 12)
    put(QCheckBox(SENTENCE, ground), 0, 220, 50, 20)
    box = QComboBox(ground)
    box.addItem(SENTENCE)
    put(box, 150, 220, 60, 34)
    found = seen(ground)
    assert len(found) == 7, found
    assert any("Save task" in fault and "wide" in fault for fault in found)
    assert any("Cancel" in fault and "high" in fault for fault in found)


def test_a_tool_tip_says_what_is_cut_off(ground: QWidget) -> None:
    label = Label(SENTENCE, ground)
    label.setToolTip(SENTENCE)
    put(label, 0, 0, 60, 20)
    assert seen(ground) == []


def test_overlaps_and_what_stands_outside_are_found(ground: QWidget) -> None:
    put(QLabel("One", ground), 10, 10, 60, 30).setObjectName("one")
    put(QLabel("Two", ground), 40, 20, 60, 30).setObjectName("two")
    put(QLabel("Far", ground), 380, 100, 60, 30).setObjectName("far")
    found = seen(ground)
    assert any("one" in fault and "two" in fault and "overlap" in fault for fault in found)
    assert any("far" in fault and "outside" in fault for fault in found)
    assert len(found) == 2, found


def test_what_touches_does_not_overlap(ground: QWidget) -> None:
    first = put(QLabel("One", ground), 0, 0, 60, 30)
    put(QLabel("Two", ground), 60, 0, 60, 30)
    assert first.geometry() == QRect(0, 0, 60, 30)
    assert seen(ground) == []
