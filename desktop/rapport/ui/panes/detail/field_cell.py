"""A field of the contact in the pane: the row of the kit, plus the clock and the lock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from rapport.ui.editors.date_picker import DatePicker
from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import mirrored, rounded
from rapport.ui.look.text import Run, plain_tip
from rapport.ui.look.type import TextSize
from rapport.ui.panes.detail.field_kinds import Editor, FieldSpec
from rapport.ui.roles import conflict_words, waiting_words
from rapport.ui.widgets.base import is_rtl
from rapport.ui.widgets.field_row import Check, FieldRow
from rapport.ui.widgets.field_values import Choice, FieldKind
from rapport.ui.widgets.inputs import LineEdit, TextArea

_KINDS = {
    Editor.TEXT: FieldKind.LONG,
    Editor.CHOICE: FieldKind.CHOICE,
    Editor.CHOICES: FieldKind.MULTI,
    Editor.YES_NO: FieldKind.CHECKBOX,
}


class FieldCell(FieldRow):
    """``check`` gets what was typed and returns a sentence when it cannot be used."""

    def __init__(
        self,
        spec: FieldSpec,
        check: Check,
        parent: QWidget | None = None,
        *,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._today = today
        self._pending = self._conflict = False
        self._reason = ""
        kind = _KINDS.get(spec.editor, FieldKind.TEXT)
        if spec.editor is Editor.LINE and spec.left_to_right:
            kind = FieldKind.PHONE if spec.key != "email" else FieldKind.EMAIL
        choices = tuple(Choice(value, words) for value, words in spec.options)
        super().__init__(spec.label, kind, parent, choices=choices, check=check)
        self.spec = spec
        self.setObjectName(f"field-{spec.key}")

    def show_value(
        self, value: object, shown: str, *, pending: bool, why_not: str, conflict: bool = False
    ) -> None:
        """``why_not`` says why the field cannot be edited; "" when it can."""
        self._pending, self._conflict, self._reason = pending, conflict, why_not
        self.editable = not why_not
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_value(value, shown)

    def typed(self) -> str:
        """What stands in the open editor."""
        editor = self.editor()
        if isinstance(editor, LineEdit):
            return editor.text()
        return editor.toPlainText() if isinstance(editor, TextArea) else ""

    def begin_with(self, text: str, problem: str = "") -> None:
        """Open the editor with a text that could not be saved, and say why."""
        self.begin()
        editor = self.editor()
        if isinstance(editor, LineEdit):
            editor.setText(text)
        elif isinstance(editor, TextArea):
            editor.setPlainText(text)
        self.set_problem(problem)

    def begin(self) -> None:
        super().begin()
        editor = self.editor()
        if isinstance(editor, (LineEdit, TextArea)):
            editor.setObjectName(f"edit-{self.spec.key}")
            if self.spec.hint:
                editor.setPlaceholderText(self.spec.hint)
        if isinstance(editor, LineEdit) and self.spec.is_date:
            DatePicker(editor, self._today(), self.submit)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = "\n".join(filter(None, [self._hint, self._reason, *self._marks()]))
            QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.is_editing():
            return
        painter = QPainter(self)
        locked = bool(self._reason) and (self.underMouse() or self.shows_focus())
        if locked:
            rounded(painter, QRectF(self.rect()), self.corner(), fill=self.tokens.hover)
        painter.end()
        super().paintEvent(event)
        painter.begin(self)
        px, area = self.type.px, QRectF(self.rect())
        x = px(8) + Run(self.name, self.type.font(TextSize.CAPTION)).width + px(5)
        middle = px(4) + self.type.line(TextSize.CAPTION) / 2
        for shown, icon, colour in (
            (self._pending, "clock", self.tokens.muted),
            (self._conflict, "alert", self.tokens.warning),
        ):
            if shown:
                spot = QRectF(x, middle - px(6), px(12), px(12))
                draw_icon(painter, icon, mirrored(spot, area, is_rtl(self)), colour)
                x += px(17)
        if locked:
            spot = QRectF(area.width() - px(22), area.center().y() - px(7), px(14), px(14))
            draw_icon(painter, "lock", mirrored(spot, area, is_rtl(self)), self.tokens.muted)

    def _marks(self) -> list[str]:
        marks = [waiting_words()] if self._pending else []
        return [*marks, conflict_words()] if self._conflict else marks

    def _describe(self) -> None:
        super()._describe()
        if marks := self._marks():
            self.setAccessibleName(", ".join([self.accessibleName(), *marks]))
        if self._reason:
            self.setAccessibleDescription(self._reason)
