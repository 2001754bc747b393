"""What stands beside a list while several rows are marked: how many, and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rapport.language import mark, tr, trn
from rapport.ui.context import Situation, WindowContext
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.labels import IconView, Label
from rapport.ui.wording import count

Buttons = Mapping[str, str]
"""Action ids, and the words of their buttons, marked."""

CONTACT_BUTTONS: Buttons = {
    "bulk.add-tags": mark("Add tags"),
    "bulk.remove-tags": mark("Remove tags"),
    "bulk.assign": mark("Set owner"),
    "bulk.field": mark("Set a field"),
    "bulk.dnd": mark("Do not disturb"),
    "bulk.merge": mark("Merge"),
    "bulk.delete": mark("Delete"),
    "list.unmark": mark("Clear selection"),
}
TASK_BUTTONS: Buttons = {
    "tasks.complete": mark("Complete"),
    "tasks.reschedule": mark("Change due date"),
    "tasks.snooze": mark("Snooze"),
    "tasks.assign": mark("Assign"),
    "tasks.delete": mark("Delete"),
    "list.unmark": mark("Clear selection"),
}


class MarkedSummary(Painted):
    """``telling`` says how many there are, "" for none; it follows the situation."""

    def __init__(
        self,
        context: WindowContext,
        parent: QWidget,
        icon: str,
        buttons: Buttons,
        telling: Callable[[Situation], str],
    ) -> None:
        super().__init__(parent)
        self.setObjectName("marked-summary")
        self._context = context
        self._telling = telling
        self._title = Label("", self, size=TextSize.TITLE, weight=SEMIBOLD)
        self._title.setObjectName("marked-count")
        self._why = Label("", self, role="muted", wrap=True)
        self._hint = Label(
            tr("Ctrl and a click adds one, Shift a range, Esc ends it."),
            self,
            size=TextSize.CAPTION,
            role="muted",
            wrap=True,
        )
        self._column = QVBoxLayout(self)
        self._column.addStretch(2)
        self._column.addWidget(IconView(icon, self, size=48), 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self._title, self._why):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self._column.addWidget(label)
        self._buttons = {id: self._button(id, words) for id, words in buttons.items()}
        self._hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._column.addWidget(self._hint)
        self._column.addStretch(3)
        context.situation_changed.connect(self._tell)
        context.actions.bound.connect(self._tell)
        self.restyle()
        self._tell()

    def _button(self, id: str, words: str) -> Button:
        actions = self._context.actions
        button = Button(
            tr(words), self, icon=actions[id].icon, key=actions.key_text(id), name=tr(words)
        )
        button.setObjectName(f"marked-{id}")
        if id.endswith(".delete"):
            button.icon_role = "danger"
        button.clicked.connect(lambda: actions.trigger(id))
        self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        return button

    def _tell(self) -> None:
        words = self._telling(self._context.situation)
        self._title.setText(words)
        self.setAccessibleName(words)
        why = self._context.situation.why_not_write or ""
        self._why.setText(why)
        self._why.setVisible(bool(why))
        actions = self._context.actions
        for id, button in self._buttons.items():
            button.setVisible(actions.is_bound(id))
            button.setEnabled(actions.is_enabled(id))
            button.setToolTip(actions.tooltip(id))
            button.setAccessibleDescription(actions.why_not(id))

    def restyle(self) -> None:
        super().restyle()
        if not hasattr(self, "_buttons"):
            return
        px = self.type.px
        self._column.setContentsMargins(px(24), px(20), px(24), px(20))
        self._column.setSpacing(px(8))
        for button in self._buttons.values():
            button.setFixedWidth(px(220))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self.tokens.surface))


def contacts_told(now: Situation) -> str:
    words = trn("{n} contact selected", "{n} contacts selected", now.marked_contacts)
    return words.format(n=count(now.marked_contacts))


def tasks_told(now: Situation) -> str:
    words = trn("{n} task selected", "{n} tasks selected", now.marked_tasks)
    return words.format(n=count(now.marked_tasks))
