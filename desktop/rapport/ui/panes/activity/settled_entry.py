"""A conflict that ended: both sides, what was kept, and the way back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from rapport.domain.views import Choice, SettledConflict
from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD
from rapport.ui.panes.activity.words import Words, record_words
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.changed_text import ChangedText
from rapport.ui.widgets.labels import Label


class SettledEntry(QWidget):
    """Fields of one record that were decided at once."""

    def __init__(
        self,
        context: WindowContext,
        words: Words,
        settled: Sequence[SettledConflict],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(current_theme().type.px(12))
        for one in settled:
            if one.field:
                self._add(one)
        first = settled[0]
        if first.undo_id is not None:
            undo_id = first.undo_id
            revert = Button(tr("Revert this choice"), self, icon="undo")
            revert.setObjectName("conflict-revert")
            revert.clicked.connect(lambda: context.runner.own(context.undo(undo_id)))
            self._column.addWidget(revert, 0, Qt.AlignmentFlag.AlignLeft)
        elif first.choice not in (Choice.MERGED, Choice.AGREED):
            sentence = tr("This choice cannot be taken back here any more.")
            self._column.addWidget(Label(sentence, self, role="muted", wrap=True))

    def _add(self, one: SettledConflict) -> None:
        kind = one.ref.kind
        self._column.addWidget(Label(self._words.field(kind, one.field), self, weight=SEMIBOLD))
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(current_theme().type.px(16))
        grid.setVerticalSpacing(current_theme().type.px(4))
        told = [(tr("Before"), one.base), (tr("Mine"), one.mine), (tr("Theirs"), one.theirs)]
        if one.choice is not Choice.MERGED:
            told.append((tr("Kept"), one.kept))
        for row, (title, what) in enumerate(told):
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(Label(title, self, role="muted"), row, 0, top)
            text = ChangedText(self)
            value = self._words.value(kind, one.field, what) or tr("empty")
            text.show_text(value, left_to_right=self._words.is_left_to_right(one.field))
            grid.addWidget(text, row, 1)
        self._column.addLayout(grid)


def settled_words(words: Words, settled: Sequence[SettledConflict]) -> str:
    """“You took theirs: Address, City”."""
    first = settled[0]
    form = {
        Choice.MINE: tr("You kept yours"),
        Choice.THEIRS: tr("You took theirs"),
        Choice.EDITED: tr("You wrote it anew"),
        Choice.MERGED: tr("Merged by itself"),
        Choice.AGREED: tr("Both sides agree by now"),
    }
    if first.field == "":
        about = record_words(first.ref, first.subject) or tr("the contact")
        return tr("{field}: {value}").format(field=form[first.choice], value=about)
    told: dict[Choice, list[str]] = {}
    for one in settled:
        told.setdefault(one.choice, []).append(words.field(one.ref.kind, one.field))
    return " · ".join(
        tr("{field}: {value}").format(field=form[choice], value=tr(", ").join(names))
        for choice, names in told.items()
    )
