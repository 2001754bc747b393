"""One field of a record: its name above its value, edited in place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QSizePolicy, QVBoxLayout, QWidget

from rapport.language import tr
from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import mirrored, rounded
from rapport.ui.look.text import Run, baseline_in, plain_tip, runs_right_to_left
from rapport.ui.look.type import TextSize
from rapport.ui.widgets.base import Control, is_rtl, start_alignment
from rapport.ui.widgets.field_values import (
    Choice,
    FieldKind,
    InvalidError,
    read_text,
    write_value,
)
from rapport.ui.widgets.inputs import LineEdit, Message, TextArea
from rapport.ui.widgets.labels import Label

Check = Callable[[object], str]
"""Returns a sentence that says what is wrong with a value, or nothing."""

_LINE_KINDS = (
    FieldKind.TEXT,
    FieldKind.PHONE,
    FieldKind.EMAIL,
    FieldKind.NUMBER,
    FieldKind.DATE,
)
_LEFT_TO_RIGHT = (FieldKind.PHONE, FieldKind.EMAIL)


class FieldRow(Control):
    """A field that is read, hovered and edited in place.

    A click, Enter or F2 begins; Enter saves and Esc reverts. Leaving saves a valid value; an
    invalid one stays as typed, with a sentence below. A check box changes at once.
    """

    submitted = Signal(object)
    """The value a person entered; the row shows it until :meth:`set_value` says otherwise."""
    editing_changed = Signal(bool)

    def __init__(
        self,
        name: str,
        kind: FieldKind = FieldKind.TEXT,
        parent: QWidget | None = None,
        *,
        choices: tuple[Choice, ...] = (),
        check: Check | None = None,
        editable: bool = True,
    ) -> None:
        super().__init__(parent)
        self.name = name
        self.kind = kind
        self.editable = editable
        self._choices = choices
        self._check = check
        self._value: object = None
        self._shown = ""
        self._editor: QWidget | None = None
        self._box: QWidget | None = None
        self._message: Message | None = None
        self._hint = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if not editable:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clicked.connect(self._pressed)
        self.restyle()
        self._describe()

    # -- value ---------------------------------------------------------------------------------

    def value(self) -> object:
        return self._value

    def set_value(self, value: object, shown: str | None = None) -> None:
        """Show ``value``; ``shown`` are the words for it where the row cannot know them."""
        self._value = value
        self._shown = write_value(self.kind, value, self._choices) if shown is None else shown
        self._describe()
        self.restyle()

    def is_editing(self) -> bool:
        return self._box is not None

    # -- editing -------------------------------------------------------------------------------

    def begin(self) -> None:
        """Open the editor with the present value selected."""
        if self._box is not None or not self.editable or self.kind is FieldKind.CHECKBOX:
            return
        self._drop_ring()
        self._box = QWidget(self)
        column = QVBoxLayout(self._box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self.type.px(2))
        label = Label(self.name, self._box, size=TextSize.CAPTION, role="muted")
        self._editor = self._make_editor(self._box)
        self._message = Message(self._box)
        for widget in (label, self._editor, self._message):
            column.addWidget(widget)
        self._box.installEventFilter(self)
        self._place_box()
        self._box.show()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self._watch(self._editor)
        self.restyle()
        self.editing_changed.emit(True)

    def submit(self) -> bool:
        """Save what is in the editor; return whether it was a value."""
        if self._editor is None:
            return True
        try:
            value = self._read()
            problem = self._check(value) if self._check is not None else ""
        except InvalidError as error:
            value, problem = None, str(error)
        if problem:
            self.set_problem(problem)
            return False
        changed = value != self._value
        self._finish()
        if changed:
            self.set_value(value)
            self.submitted.emit(value)
        return True

    def revert(self) -> None:
        """Close the editor and show the value as it was."""
        self._finish()

    def set_problem(self, sentence: str) -> None:
        """Say below the editor what is wrong; what was typed stays."""
        if self._message is None or self._editor is None:
            return
        self._message.say(sentence)
        self._editor.setAccessibleDescription(sentence)
        if isinstance(self._editor, (LineEdit, TextArea)):
            self._editor.set_invalid(bool(sentence))
        self.restyle()

    def editor(self) -> QWidget | None:
        """Return the open editor."""
        return self._editor

    def _pressed(self) -> None:
        if not self.editable or self._box is not None:
            return
        if self.kind is FieldKind.CHECKBOX:
            self.set_value(not self._value)
            self.submitted.emit(self._value)
            return
        self.begin()

    def _make_editor(self, parent: QWidget) -> QWidget:
        if self.kind in _LINE_KINDS:
            line = LineEdit(self.name, parent)
            line.setText(self._as_typed())
            if self.kind is FieldKind.DATE:
                line.setPlaceholderText("2026-11-27")
            if self.kind in _LEFT_TO_RIGHT:
                line.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
            line.selectAll()
            line.returnPressed.connect(self.submit)
            line.escaped.connect(self.revert)
            line.textEdited.connect(lambda _: self.set_problem(""))
            return line
        if self.kind is FieldKind.LONG:
            area = TextArea(self.name, parent)
            area.setPlainText(self._as_typed())
            area.submitted.connect(self.submit)
            area.escaped.connect(self.revert)
            return area
        if self.kind is FieldKind.CHOICE:
            combo = QComboBox(parent)
            combo.setAccessibleName(self.name)
            combo.addItem(tr("None"), "")
            for choice in self._choices:
                combo.addItem(choice.label, choice.value)
            combo.setCurrentIndex(max(0, combo.findData(self._value or "")))
            combo.activated.connect(self.submit)
            return combo
        return self._make_checks(parent)

    def _make_checks(self, parent: QWidget) -> QWidget:
        group = QWidget(parent)
        group.setAccessibleName(self.name)
        column = QVBoxLayout(group)
        column.setContentsMargins(0, self.type.px(4), 0, self.type.px(4))
        have = {str(part) for part in self._value} if isinstance(self._value, (tuple, list)) else ()
        for choice in self._choices:
            box = QCheckBox(choice.label, group)
            box.setProperty("choice", choice.value)
            box.setChecked(choice.value in have)
            column.addWidget(box)
        boxes = group.findChildren(QCheckBox)
        if boxes:
            group.setFocusProxy(boxes[0])
        return group

    def _as_typed(self) -> str:
        if self.kind is FieldKind.DATE:
            return str(self._value or "")
        if self.kind is FieldKind.NUMBER:
            return write_value(self.kind, self._value)
        return str(self._value or "")

    def _read(self) -> object:
        editor = self._editor
        if isinstance(editor, LineEdit):
            return read_text(self.kind, editor.text())
        if isinstance(editor, TextArea):
            return read_text(self.kind, editor.toPlainText())
        if isinstance(editor, QComboBox):
            return editor.currentData() or ""
        assert editor is not None
        return tuple(
            str(box.property("choice")) for box in editor.findChildren(QCheckBox) if box.isChecked()
        )

    def _watch(self, editor: QWidget) -> None:
        editor.installEventFilter(self)
        for child in editor.findChildren(QCheckBox):
            child.installEventFilter(self)

    def _finish(self) -> None:
        if self._box is None:
            return
        had_focus = self._box.isAncestorOf(self.window().focusWidget() or self)
        box, self._box, self._editor, self._message = self._box, None, None, None
        # Hidden first without its filters: hiding takes the focus away, and that is no leaving.
        for child in (box, *box.findChildren(QWidget)):
            child.removeEventFilter(self)
        if had_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        box.hide()
        box.deleteLater()
        self.restyle()
        self.editing_changed.emit(False)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._box:
            if kind == QEvent.Type.LayoutRequest:
                self.updateGeometry()
            return False
        if isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.revert()
                return True
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and isinstance(watched, QCheckBox):
                self.submit()
                return True
        if (
            kind == QEvent.Type.FocusOut
            and isinstance(event, QFocusEvent)
            and event.reason()
            not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
            and not self._focus_stays()
        ):
            self.submit()
        return False

    def _focus_stays(self) -> bool:
        focused = self.window().focusWidget()
        return self._box is not None and focused is not None and self._box.isAncestorOf(focused)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._box is not None:
            event.accept()
            return
        if event.key() == Qt.Key.Key_F2:
            self._pressed()
            return
        super().keyPressEvent(event)

    # -- look ----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_box()

    def _place_box(self) -> None:
        if self._box is not None:
            px = self.type.px
            self._box.setGeometry(self.rect().adjusted(px(8), px(4), -px(8), -px(4)))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        type_ = self.type
        column = self._box.layout() if self._box is not None else None
        if column is not None:
            inner = width - 2 * type_.px(8)
            wraps = column.hasHeightForWidth()
            needed = column.totalHeightForWidth(inner) if wraps else column.totalSizeHint().height()
            return needed + 2 * type_.px(4)
        if self.kind is not FieldKind.LONG:
            return type_.line(TextSize.CAPTION) + type_.line() + 2 * type_.px(4) + 1
        lines = type_.line()
        if self._shown:
            room = QRect(0, 0, width - 2 * type_.px(8), 100_000)
            flags = int(Qt.TextFlag.TextWordWrap)
            lines = max(lines, type_.metrics().boundingRect(room, flags, self._shown).height())
        return type_.line(TextSize.CAPTION) + lines + 2 * type_.px(4) + 1

    def sizeHint(self) -> QSize:
        width = self.type.px(160)
        return QSize(width, self.heightForWidth(max(self.width(), width)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.type.px(96), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._box is not None:
            return
        painter, type_, tokens = QPainter(self), self.type, self.tokens
        px, rect, flipped = type_.px, QRectF(self.rect()), is_rtl(self)
        lit = self.editable and (self.underMouse() or self.shows_focus())
        if lit:
            rounded(painter, rect, self.corner(), fill=tokens.hover)
        room = rect.width() - 2 * px(8)
        name = Run(self.name, type_.font(TextSize.CAPTION), room)
        top, line = px(4), type_.line(TextSize.CAPTION)
        self._put(
            painter,
            name,
            px(8),
            baseline_in(top, line, type_.metrics(TextSize.CAPTION)),
            tokens.muted,
        )
        top += line
        if self.kind is FieldKind.LONG and self._shown:
            self._paint_long(painter, QRectF(px(8), top, room, rect.height() - top))
        else:
            self._paint_value(painter, top, room - (px(20) if lit else 0))
        if lit and self.kind is not FieldKind.CHECKBOX:
            spot = QRectF(rect.width() - px(8) - px(14), rect.center().y() - px(7), px(14), px(14))
            draw_icon(painter, "pencil", mirrored(spot, rect, flipped), tokens.muted)

    def _paint_value(self, painter: QPainter, top: float, room: float) -> None:
        type_, tokens, px = self.type, self.tokens, self.type.px
        start: float = px(8)
        if self.kind is FieldKind.CHECKBOX:
            self._paint_check(
                painter, QRectF(start, top + (type_.line() - px(16)) / 2, px(16), px(16))
            )
            start += px(22)
        run = Run(self._shown or "–", type_.font(), room - (start - px(8)))
        colour = tokens.text if self._shown else tokens.muted
        self._hint = self._shown if run.elided else ""
        self.setToolTip(plain_tip(self._hint))
        self._put(painter, run, start, baseline_in(top, type_.line(), type_.metrics()), colour)

    def _paint_long(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(self.type.font())
        painter.setPen(QColor(self.tokens.text))
        # The paragraph follows its own direction, its place the interface's.
        painter.setLayoutDirection(
            Qt.LayoutDirection.RightToLeft
            if runs_right_to_left(self._shown)
            else Qt.LayoutDirection.LeftToRight
        )
        flags = int(Qt.TextFlag.TextWordWrap) | int(start_alignment(self))
        painter.drawText(area, flags, self._shown)

    def _paint_check(self, painter: QPainter, area: QRectF) -> None:
        tokens, px = self.tokens, self.type.px
        area = mirrored(area, QRectF(self.rect()), is_rtl(self))
        if not self._value:
            rounded(painter, area, px(4), fill=tokens.surface, border=tokens.control_border)
            return
        rounded(painter, area, px(4), fill=tokens.accent_fill)
        inset = px(2)
        draw_icon(painter, "check", area.adjusted(inset, inset, -inset, -inset), tokens.on_accent)

    def _put(self, painter: QPainter, run: Run, start: float, baseline: float, colour: str) -> None:
        x = self.width() - start - run.width if is_rtl(self) else start
        painter.setPen(QColor(colour))
        run.draw(painter, x, baseline)

    def _describe(self) -> None:
        shown = self._shown or tr("empty")
        self.setAccessibleName(f"{self.name}, {shown}")
        if self.editable:
            self.setAccessibleDescription(
                tr("Space changes it") if self.kind is FieldKind.CHECKBOX else tr("Enter edits it")
            )
