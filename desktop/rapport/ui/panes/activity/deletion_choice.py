"""A record that was deleted on one side and edited on the other: what was changed, and two ways."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from rapport.domain.changes import Delta
from rapport.domain.commands import (
    AcceptDeletion,
    Command,
    CreateAgain,
    DeleteContact,
    DeleteNote,
    DeleteTask,
    ResolveConflict,
)
from rapport.domain.records import Kind
from rapport.domain.text import visible
from rapport.domain.views import ConflictCase, RecordConflict
from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD
from rapport.ui.panes.activity.words import Words, change_parts, taken_apart
from rapport.ui.widgets.card import ChoiceCard
from rapport.ui.widgets.changed_text import ChangedText
from rapport.ui.widgets.labels import Label


class Way(NamedTuple):
    """``writes`` tells whether the sign-in must be allowed to write for it."""

    id: str
    icon: str
    words: str
    sentence: str
    command: Command
    writes: bool


class DeletionChoice(QWidget):
    def __init__(
        self, context: WindowContext, words: Words, conflict: RecordConflict, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._name = visible(conflict.contact_name)
        px = current_theme().type.px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        told = _told(conflict)
        if told:
            gone = conflict.case is ConflictCase.GONE
            title = tr("What you changed") if gone else tr("What was changed in the CRM")
            column.addWidget(Label(title, self, weight=SEMIBOLD))
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(px(24))
        grid.setVerticalSpacing(px(4))
        kind = conflict.ref.kind
        for row, (name, delta) in enumerate(told):
            value = partial(words.value, kind, name)
            text = ChangedText(self)
            text.show_parts(change_parts(value(delta.base), value(delta.want)))
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(Label(words.field(kind, name), self, role="muted"), row, 0, top)
            grid.addWidget(text, row, 1)
        column.addLayout(grid)
        why_not = context.situation.why_not_write
        for way in _ways(conflict):
            card = ChoiceCard(way.icon, way.words, way.sentence, self)
            card.setObjectName(f"conflict-{way.id}")
            if why_not is not None and way.writes:
                card.setEnabled(False)
                card.setToolTip(why_not)
                card.setAccessibleDescription(why_not)
            card.clicked.connect(partial(self._decide, way))
            column.addWidget(card)

    def _decide(self, way: Way) -> None:
        async def decide() -> None:
            outcome = await self._context.workspace.bus.run(way.command)
            title = tr("Decided: {what}").format(what=way.words)
            self._context.notice(title, self._name, undo_id=outcome.undo_id)

        self._context.runner.own(decide())


def _told(conflict: RecordConflict) -> list[tuple[str, Delta]]:
    """What was edited on the side that did not delete."""
    (whole,) = conflict.fields
    old = whole.base if isinstance(whole.base, dict) else {}
    new = (whole.mine if conflict.case is ConflictCase.GONE else whole.theirs) or {}
    changed = {
        name: Delta(old[name], value)
        for name, value in new.items()
        if name in old and old[name] != value
    }
    return taken_apart(conflict.ref.kind, changed)


def _ways(conflict: RecordConflict) -> tuple[Way, Way]:
    ref = conflict.ref
    if conflict.case is ConflictCase.GONE:
        again = tr("It is made anew in the CRM as you have it here.")
        if ref.kind is Kind.CONTACT:
            again = tr("It is made anew in the CRM with its notes and tasks as you have it here.")
        given_up = tr("Your edit is given up, and it is not listed here any more.")
        return (
            Way("again", "plus", tr("Create it again"), again, CreateAgain(ref=ref), True),
            Way(
                "accept",
                "trash",
                tr("Delete it here, too"),
                given_up,
                AcceptDeletion(ref=ref),
                False,
            ),
        )
    delete: dict[Kind, Command] = {
        Kind.CONTACT: DeleteContact(contact_id=ref.id),
        Kind.TASK: DeleteTask(task_id=ref.id),
        Kind.NOTE: DeleteNote(note_id=ref.id),
    }
    keep = ResolveConflict(ref=ref, fields={"": Delta(None, None)})
    stays = tr("It stays as it is in the CRM now.")
    goes = tr("It is deleted in the CRM with what was changed there.")
    return (
        Way("keep", "check", tr("Keep it"), stays, keep, False),
        Way("delete", "trash", tr("Delete it nevertheless"), goes, delete[ref.kind], True),
    )
