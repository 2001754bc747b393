"""What a bulk edit would change: how many, how many stay and why, the first few in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.changes import Op
from rapport.domain.text import visible
from rapport.domain.views import Preview, Sample
from rapport.language import tr, trn
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.panes.activity.words import Words, change_parts, taken_apart
from rapport.ui.widgets.changed_text import ChangedText
from rapport.ui.widgets.labels import Avatar, ElidedLabel, Label
from rapport.ui.wording import count

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace


class PreviewList(QWidget):
    def __init__(self, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bulk-preview")
        self._words = Words(workspace)
        px = current_theme().type.px
        self._title = Label("", self, weight=SEMIBOLD)
        self._title.setObjectName("bulk-preview-title")
        self._rest = Label("", self, role="muted", wrap=True, size=TextSize.CAPTION)
        self._rest.setObjectName("bulk-preview-rest")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(px(4))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        column.addWidget(self._title)
        column.addWidget(self._rest)
        column.addLayout(self._rows)
        self.say("")

    def say(self, sentence: str) -> None:
        """Nothing can be shown yet, and why."""
        self._clear()
        self._title.setText(sentence)
        self._rest.setText("")
        self._rest.hide()

    def count_up(self, done: int, total: int) -> None:
        """The records are being looked at."""
        if done < total and total > 1000:
            words = tr("Looking at {done} of {total}…")
            self._title.setText(words.format(done=count(done), total=count(total)))

    def show_preview(self, found: Preview) -> None:
        self._clear()
        words = trn("{n} contact will change", "{n} contacts will change", found.changing)
        self._title.setText(words.format(n=count(found.changing)))
        rest = []
        if found.untouched:
            words = trn("{n} is so already", "{n} are so already", found.untouched)
            rest.append(words.format(n=count(found.untouched)))
        for why, number in found.left.items():
            rest.append(tr("{n} stay as they are: {why}").format(n=count(number), why=why))
        self._rest.setText(" · ".join(rest))
        self._rest.setVisible(bool(rest))
        for sample in found.samples:
            self._rows.addWidget(self._row(sample))
        more = found.changing - len(found.samples)
        if more > 0 and found.samples:
            words = trn("and {n} more", "and {n} more", more).format(n=count(more))
            self._rows.addWidget(Label(words, self, role="muted", size=TextSize.CAPTION))

    def _clear(self) -> None:
        while item := self._rows.takeAt(0):
            if row := item.widget():
                row.hide()
                row.deleteLater()

    def _row(self, sample: Sample) -> QWidget:
        px = current_theme().type.px
        row = QWidget(self)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(px(8))
        name = visible(sample.contact_name)
        line.addWidget(Avatar(sample.contact_seed, name, row, size=24))
        who = ElidedLabel(name, row, weight=SEMIBOLD)
        who.setFixedWidth(px(160))
        line.addWidget(who)
        mutation = sample.mutation
        if mutation.op is Op.UPDATE:
            kind = mutation.ref.kind
            for field, delta in taken_apart(kind, mutation.fields):
                change = ChangedText(row)
                old = self._words.value(kind, field, delta.base)
                new = self._words.value(kind, field, delta.want)
                change.show_parts(change_parts(old, new))
                line.addWidget(change, 1, Qt.AlignmentFlag.AlignVCenter)
        else:
            line.addWidget(Label(tr("will be deleted"), row, role="danger"), 1)
        row.show()
        return row
