"""Controls answer keys as they answer the mouse, and say who they are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from rapport.ui.look import gallery
from rapport.ui.look.theme import Theme
from rapport.ui.roles import DueState
from rapport.ui.widgets.base import Control, FocusRing
from rapport.ui.widgets.button import Button, IconButton, Kind
from rapport.ui.widgets.chips import FilterChip, TagChip
from rapport.ui.widgets.field_row import FieldRow
from rapport.ui.widgets.field_values import Choice, FieldKind
from rapport.ui.widgets.flow import FlowLayout
from rapport.ui.widgets.inputs import LineEdit, SearchField, TextArea, TextInput
from rapport.ui.widgets.overlay import ConfirmDialog, Popover
from rapport.ui.widgets.segmented import Segmented
from rapport.ui.widgets.states import ErrorState, Skeleton
from rapport.ui.widgets.timeline import OpenTasksCard


def _show(window: QWidget, *widgets: QWidget) -> None:
    column = QVBoxLayout(window)
    for widget in widgets:
        column.addWidget(widget)
    for widget in widgets:
        widget.show()
    QApplication.processEvents()


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_a_button_is_pressed_by_keys(qtbot: QtBot, window: QWidget, key: Qt.Key) -> None:
    button = Button("Save note", kind=Kind.FILLED, key="Ctrl ↵")
    _show(window, button)
    button.setFocus()
    with qtbot.waitSignal(button.clicked):
        qtbot.keyClick(button, key)


def test_a_wordless_button_needs_a_name() -> None:
    with pytest.raises(ValueError, match="name"):
        Button("", icon="bell")
    assert IconButton("bell", "Notifications").toolTip() == "Notifications"


def test_the_ring_comes_with_the_keyboard_only(window: QWidget) -> None:
    first, second = Button("One"), Button("Two")
    _show(window, first, second)
    first.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not window.findChildren(FocusRing)
    second.setFocus(Qt.FocusReason.TabFocusReason)
    ring = window.findChild(FocusRing)
    assert second.shows_focus()
    assert isinstance(ring, FocusRing)
    assert ring.geometry() == second.geometry().adjusted(-2, -2, 2, 2)
    first.setFocus(Qt.FocusReason.TabFocusReason)
    assert not second.shows_focus()


def test_the_ring_follows_its_control(window: QWidget) -> None:
    button = Button("One", window)
    button.show()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    button.move(100, 120)
    ring = window.findChild(FocusRing)
    assert isinstance(ring, FocusRing)
    assert ring.geometry().center() == button.geometry().center()


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_a_tag_goes_by_key(qtbot: QtBot, window: QWidget, key: Qt.Key) -> None:
    chip = TagChip("vip")
    _show(window, chip)
    chip.setFocus()
    with qtbot.waitSignal(chip.removed):
        qtbot.keyClick(chip, key)


def test_a_fixed_tag_stays(qtbot: QtBot, window: QWidget) -> None:
    chip = TagChip("vip", removable=False)
    _show(window, chip)
    removed: list[int] = []
    chip.removed.connect(lambda: removed.append(1))
    qtbot.keyClick(chip, Qt.Key.Key_Delete)
    assert not removed


def test_the_cross_removes_and_the_rest_of_the_chip_does_not(qtbot: QtBot, window: QWidget) -> None:
    chip = FilterChip("Owner: me", icon="user")
    _show(window, chip)
    done: list[str] = []
    chip.removed.connect(lambda: done.append("removed"))
    chip.clicked.connect(lambda: done.append("clicked"))
    cross = chip.cross_rect().center().toPoint()
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=cross)
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton, pos=chip.rect().center())
    assert done == ["removed", "clicked"]


def test_arrows_move_a_choice_and_turn_with_the_interface(qtbot: QtBot, window: QWidget) -> None:
    choice = Segmented([(1, "Mine"), (2, "Unassigned"), (3, "Everyone")], name="Whose")
    _show(window, choice)
    chosen: list[object] = []
    choice.chosen.connect(chosen.append)
    qtbot.keyClick(choice.findChildren(Control)[0], Qt.Key.Key_Right)
    assert chosen == [2]
    choice.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    qtbot.keyClick(choice.findChildren(Control)[1], Qt.Key.Key_Right)
    assert chosen == [2, 1]
    assert choice.value() == 1
    stops = [c for c in choice.findChildren(Control) if c.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert len(stops) == 1


def test_escape_empties_a_search_before_it_leaves_it(qtbot: QtBot, window: QWidget) -> None:
    search = SearchField("Search", placeholder="Search contacts")
    _show(window, search)
    escaped: list[int] = []
    search.escaped.connect(lambda: escaped.append(1))
    qtbot.keyClicks(search, "ana")
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == ""
    assert not escaped
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert escaped == [1]


def test_an_invalid_field_keeps_its_text_until_it_is_edited(qtbot: QtBot, window: QWidget) -> None:
    field = TextInput("Due date")
    _show(window, field)
    field.set_text("31 November")
    field.set_invalid("November has 30 days.")
    assert field.text() == "31 November"
    assert field.message.isVisible()
    assert field.line.accessibleDescription() == "November has 30 days."
    qtbot.keyClicks(field.line, "!")
    assert not field.is_invalid()


def _field(window: QWidget, kind: FieldKind, value: object) -> FieldRow:
    steps = (Choice("c", "Comparing"), Choice("s", "Signed"))
    field = FieldRow("Field", kind, choices=steps)
    field.set_value(value)
    _show(window, field, QWidget())
    return field


def test_enter_edits_and_saves(qtbot: QtBot, window: QWidget) -> None:
    field = _field(window, FieldKind.NUMBER, 3.0)
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    editor = field.editor()
    assert isinstance(editor, LineEdit)
    qtbot.keyClicks(editor, "42")
    with qtbot.waitSignal(field.submitted) as saved:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert saved.args == [42.0]
    assert not field.is_editing()
    assert field.accessibleName() == "Field, 42"


def test_escape_reverts(qtbot: QtBot, window: QWidget) -> None:
    field = _field(window, FieldKind.TEXT, "Fjord")
    submitted: list[object] = []
    field.submitted.connect(submitted.append)
    field.begin()
    editor = field.editor()
    assert editor is not None
    qtbot.keyClicks(editor, "Other")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert field.value() == "Fjord"
    assert not submitted
    assert not field.is_editing()


def test_what_is_no_value_stays_with_a_sentence(qtbot: QtBot, window: QWidget) -> None:
    field = _field(window, FieldKind.DATE, "2026-11-27")
    low = field.sizeHint().height()
    field.begin()
    editor = field.editor()
    assert isinstance(editor, LineEdit)
    editor.setText("31 November 2026")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert field.is_editing()
    assert editor.text() == "31 November 2026"
    assert "no such date" in editor.accessibleDescription()
    qtbot.waitUntil(lambda: field.height() > low + editor.height())
    field.revert()
    assert field.value() == "2026-11-27"


def test_leaving_saves_a_value_once(qtbot: QtBot, window: QWidget) -> None:
    field = _field(window, FieldKind.TEXT, "Fjord")
    other = Button("Elsewhere", window)
    other.show()
    submitted: list[object] = []
    field.submitted.connect(submitted.append)
    field.begin()
    editor = field.editor()
    assert isinstance(editor, LineEdit)
    qtbot.waitUntil(editor.hasFocus)
    editor.setText("Vale")
    other.setFocus(Qt.FocusReason.TabFocusReason)
    assert submitted == ["Vale"]
    assert not field.is_editing()


def test_the_owner_of_a_field_may_refuse(qtbot: QtBot, window: QWidget) -> None:
    field = FieldRow("Name", check=lambda value: "" if value else "A name is needed.")
    field.set_value("Ana")
    _show(window, field)
    field.begin()
    editor = field.editor()
    assert isinstance(editor, LineEdit)
    editor.clear()
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert field.is_editing()
    assert field.value() == "Ana"


def test_a_check_box_changes_at_once(qtbot: QtBot, window: QWidget) -> None:
    field = _field(window, FieldKind.CHECKBOX, False)
    field.setFocus()
    with qtbot.waitSignal(field.submitted) as saved:
        qtbot.keyClick(field, Qt.Key.Key_Space)
    assert saved.args == [True]


def test_a_choice_and_several_choices(qtbot: QtBot, window: QWidget) -> None:
    field = _field(window, FieldKind.CHOICE, "c")
    field.begin()
    combo = field.editor()
    assert isinstance(combo, QComboBox)
    assert combo.currentData() == "c"
    combo.setCurrentIndex(combo.findData("s"))
    with qtbot.waitSignal(field.submitted) as saved:
        field.submit()
    assert saved.args == ["s"]


def test_long_text_shows_all_its_lines(window: QWidget, theme: Theme) -> None:
    field = _field(window, FieldKind.LONG, "one\ntwo\nthree")
    assert field.heightForWidth(300) >= 3 * theme.type.metrics().lineSpacing()


def test_ctrl_enter_submits_several_lines(qtbot: QtBot, window: QWidget) -> None:
    area = TextArea("Note")
    _show(window, area)
    height = area.sizeHint().height()
    qtbot.keyClicks(area, "one")
    for _ in range(5):
        qtbot.keyClick(area, Qt.Key.Key_Return)
    assert area.sizeHint().height() > height
    with qtbot.waitSignal(area.submitted):
        qtbot.keyClick(area, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_a_popover_keeps_tab_and_gives_focus_back(qtbot: QtBot, window: QWidget) -> None:
    button = Button("New task")
    _show(window, button)
    button.setFocus()
    popover = Popover(window, width=300, name="New task")
    title = TextInput("Title")
    save = Button("Save")
    popover.body.addWidget(title)
    popover.body.addWidget(save)
    popover.open_at(button)
    qtbot.waitUntil(title.line.hasFocus)
    qtbot.keyClick(title.line, Qt.Key.Key_Tab)
    assert save.hasFocus()
    qtbot.keyClick(save, Qt.Key.Key_Tab)
    assert title.line.hasFocus()
    assert window.rect().contains(popover.panel.geometry())
    with qtbot.waitSignal(popover.closed):
        qtbot.keyClick(save, Qt.Key.Key_Escape)
    assert not popover.isVisible()
    assert button.hasFocus()


def test_a_click_outside_closes_a_popover_but_not_a_dialog(qtbot: QtBot, window: QWidget) -> None:
    _show(window, Button("Any"))
    popover = Popover(window, width=300)
    popover.body.addWidget(Button("Save"))
    popover.open_at_rect(window.rect().adjusted(200, 20, -600, -600))
    corner = window.rect().bottomRight()
    qtbot.mouseClick(popover, Qt.MouseButton.LeftButton, pos=corner)
    assert not popover.isVisible()
    dialog = ConfirmDialog(window, "Delete?", "It goes.", confirm="Delete", danger=True)
    dialog.open()
    qtbot.mouseClick(dialog, Qt.MouseButton.LeftButton, pos=corner)
    assert dialog.isVisible()
    assert dialog.cancel_button.hasFocus()


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_dialog_answers(qtbot: QtBot, window: QWidget, confirmed: bool) -> None:
    dialog = ConfirmDialog(window, "Delete Ana?", "It goes.", confirm="Delete contact")
    dialog.open()
    with qtbot.waitSignal(dialog.answered) as answer:
        if confirmed:
            dialog.confirm_button.click()
        else:
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert answer.args == [confirmed]


def test_a_dialog_follows_the_size_of_the_window(window: QWidget) -> None:
    dialog = ConfirmDialog(window, "Delete Ana?", "It goes.", confirm="Delete contact")
    dialog.open()
    window.resize(640, 500)
    QApplication.processEvents()
    assert dialog.rect() == window.rect()
    assert dialog.rect().contains(dialog.panel.geometry())


def test_grey_rows_wait_before_they_show(qtbot: QtBot, window: QWidget) -> None:
    skeleton = Skeleton()
    _show(window, skeleton)
    skeleton.start()
    assert not skeleton.is_drawn()
    qtbot.waitUntil(skeleton.is_drawn)
    skeleton.start()
    skeleton.stop()
    assert not skeleton.is_drawn()
    assert not skeleton.isVisible()


def test_details_of_an_error_can_be_copied(qtbot: QtBot, window: QWidget) -> None:
    error = ErrorState("No answer.", "Your edit is safe.", details="ConnectTimeout in pull")
    _show(window, error)
    error.copy_button.click()
    assert QApplication.clipboard().text() == "ConnectTimeout in pull"
    with qtbot.waitSignal(error.retried):
        error.retry_button.click()


def test_open_tasks_tell_circle_from_title(qtbot: QtBot, window: QWidget) -> None:
    card = OpenTasksCard()
    card.set_tasks([("a", "Call Ana", "Today", DueState.TODAY), ("b", "Send", "", DueState.NONE)])
    _show(window, card)
    done: list[tuple[str, str]] = []
    card.circle_clicked.connect(lambda ident: done.append(("circle", ident)))
    card.task_clicked.connect(lambda ident: done.append(("task", ident)))
    lines = [card.body.itemAt(0).widget(), card.body.itemAt(2).widget()]
    qtbot.mouseClick(lines[0].circle, Qt.MouseButton.LeftButton)  # type: ignore[union-attr]
    qtbot.mouseClick(lines[1], Qt.MouseButton.LeftButton)
    assert done == [("circle", "a"), ("task", "b")]
    card.set_tasks([])
    assert card.body.count() == 0


def test_flow_breaks_lines_and_mirrors(window: QWidget) -> None:
    holder = QWidget(window)
    flow = FlowLayout(holder, gap=4)
    chips = [TagChip(word) for word in ("vip", "lead", "newsletter", "installer")]
    for chip in chips:
        flow.addWidget(chip)
    holder.resize(120, flow.heightForWidth(120))
    holder.show()
    QApplication.processEvents()
    assert chips[0].y() < chips[-1].y()
    assert chips[0].x() == 0
    holder.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    flow.invalidate()
    flow.activate()
    assert chips[0].geometry().right() == holder.rect().right()


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("page", list(gallery.PAGES.values()), ids=list(gallery.PAGES))
def test_every_page_draws_named_and_unclipped(
    qtbot: QtBot, theme: Theme, page: Callable[[], QWidget], scale: float
) -> None:
    theme.set_text_scale(scale)
    shown = page()
    qtbot.addWidget(shown)
    QApplication.processEvents()
    for widget in shown.findChildren(QWidget):
        if not widget.isVisible():
            continue
        stops = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if stops and isinstance(widget, (Control, LineEdit, TextArea)):
            assert widget.accessibleName(), widget
        if isinstance(widget, Control):
            wraps, width = widget.hasHeightForWidth(), widget.width()
            needed = widget.heightForWidth(width) if wraps else widget.sizeHint().height()
            assert widget.height() >= needed, (widget, widget.size(), needed)
    assert not shown.grab().isNull()
