"""The chosen entry: who and when, each field before and after, the answer, and the way back."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.audit import OPERATION, Act, AuditEntry, AuditGroup
from rapport.domain.changes import Op
from rapport.domain.records import Kind as RecordKind
from rapport.domain.text import visible
from rapport.domain.titles import title_words
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.panes.activity.audit import words
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.card import Card
from rapport.ui.widgets.flow import FlowLayout
from rapport.ui.widgets.labels import ElidedLabel, IconView, Label, Rule
from rapport.ui.widgets.scroll import ScrollArea
from rapport.ui.wording import count


class AuditDetails(QWidget):
    revert_wanted = Signal()
    restore_wanted = Signal()
    group_wanted = Signal(int, str)
    """Each of many edits made as one is to be listed: their undo entry and title."""
    contact_wanted = Signal(str, str)
    """Only what concerns one contact is to be listed: its id and name."""

    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("audit-details")
        self._workspace = workspace
        self._context = context
        self.entry: AuditEntry | None = None
        self.group: AuditGroup | None = None
        """What the entry stands for, where that is more than itself."""
        px = context.theme.type.px
        self._icon = IconView("history", self, size=20)
        self._title = Label("", self, size=TextSize.SECTION, weight=SEMIBOLD, wrap=True)
        self._record = ElidedLabel("", self)
        self._about = Label("", self, role="muted", wrap=True)
        self.revert = Button(tr("Revert this"), self, icon="undo", size=Size.SMALL)
        self.revert.setObjectName("audit-revert")
        self.revert.clicked.connect(self.revert_wanted)
        self.restore = Button(tr("Bring back"), self, icon="undo", size=Size.SMALL)
        self.restore.setObjectName("audit-restore")
        self.restore.clicked.connect(self.restore_wanted)
        self.each = Button(tr("Show each"), self, icon="density", size=Size.SMALL)
        self.each.setObjectName("audit-each")
        self.each.clicked.connect(self._show_each)
        self.open = Button(tr("Open contact"), self, icon="ext", size=Size.SMALL)
        self.open.setObjectName("audit-open")
        self.open.clicked.connect(self._open)
        self.history = Button(
            tr("All about this contact"), self, icon="history", kind=Kind.QUIET, size=Size.SMALL
        )
        self.history.setObjectName("audit-history")
        self.history.clicked.connect(self._all_about)
        self._inner = QWidget(self)
        self._body = QVBoxLayout(self._inner)
        self._body.setContentsMargins(px(20), px(12), px(20), px(20))
        self._body.setSpacing(px(10))
        self._changes: QWidget | None = None
        self._build(px(20), px(10))
        context.situation_changed.connect(self._allow)
        self.show_entry(None)

    def _build(self, edge: int, gap: int) -> None:
        head = QHBoxLayout()
        head.setSpacing(gap)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        told = QVBoxLayout()
        told.setSpacing(2)
        told.addWidget(self._title)
        told.addWidget(self._record)
        told.addWidget(self._about)
        head.addLayout(told, 1)
        doing = QWidget(self)
        flow = FlowLayout(doing, gap=8)
        for button in (self.revert, self.restore, self.each, self.open, self.history):
            flow.addWidget(button)
        top = QVBoxLayout()
        top.setContentsMargins(edge, edge, edge, gap)
        top.setSpacing(gap)
        top.addLayout(head)
        top.addWidget(doing)
        scroll = ScrollArea(self)
        scroll.setWidget(self._inner)
        for part in (scroll, scroll.viewport(), self._inner):
            part.setBackgroundRole(QPalette.ColorRole.Base)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(Rule(self))
        column.addWidget(scroll, 1)

    def show_entry(self, entry: AuditEntry | None, group: AuditGroup | None = None) -> None:
        """``group``: the many edits that the entry stands for."""
        self.entry, self.group = entry, group
        for part in (self._icon, self._record, self._about):
            part.setVisible(entry is not None)
        if self._changes is not None:
            self._body.removeWidget(self._changes)
            self._changes.hide()
            self._changes.deleteLater()
            self._changes = None
        if entry is None:
            self._title.setText(tr("Choose an entry to see what it changed."))
            self._allow()
            return
        self._icon.set_icon(words.icon_of(entry))
        self._title.setText(title_words(group.title if group else entry.title))
        self._record.set_text(words.group_size(group) if group else words.record(entry))
        self._about.setText(
            tr("{who}, {when}").format(
                who=words.who(entry, self._workspace),
                when=words.moment(entry.at, self._workspace),
            )
        )
        self._changes = self._contents(entry)
        self._body.insertWidget(0, self._changes)
        self._allow()

    def _contents(self, entry: AuditEntry) -> QWidget:
        px = self._context.theme.type.px
        holder = QWidget(self._inner)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(14))
        if self.group is not None:
            together = tr("These were changed together, as one edit with one undo.")
            column.addWidget(Label(together, holder, role="muted", wrap=True))
            column.addStretch(1)
            return holder
        lines = words.lines(entry, self._workspace)
        if lines:
            column.addWidget(self._table(entry, lines, holder))
        for sentence in self._sentences(entry):
            column.addWidget(Label(sentence, holder, role="muted", wrap=True))
        if entry.reply is not None or entry.waiting or entry.kind == OPERATION:
            column.addWidget(self._reply(entry, holder))
        ground = tr("Entry {number} · SHA-256 {hash}").format(
            number=count(entry.id), hash=entry.hash[:16]
        )
        label = Label(ground, holder, size=TextSize.CAPTION, role="muted", selectable=True)
        label.setToolTip(entry.hash)
        column.addWidget(label)
        column.addStretch(1)
        return holder

    def _table(self, entry: AuditEntry, lines: list[words.Line], parent: QWidget) -> QWidget:
        px = self._context.theme.type.px
        card = Card(parent, padding=0)
        grid = QGridLayout()
        grid.setContentsMargins(px(14), px(10), px(14), px(12))
        grid.setHorizontalSpacing(px(16))
        grid.setVerticalSpacing(px(8))
        titles = [tr("Field"), tr("Before"), tr("After")]
        if entry.act is Act.CALL:
            titles = [tr("Argument"), "", tr("Sent")]
        both = entry.act is Act.UPDATE
        shown = [0, *(n for n in (1, 2) if both or self._any(lines, n))]
        for place, column in enumerate(shown):
            head = Label(titles[column], card, size=TextSize.CAPTION, weight=SEMIBOLD, role="muted")
            grid.addWidget(head, 0, place)
            grid.setColumnStretch(place, 0 if place == 0 else 1)
        grid.setColumnMinimumWidth(0, px(104))
        for row, line in enumerate(lines, start=1):
            name = Label(line.name, card, weight=SEMIBOLD, wrap=True)
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            for place, column in enumerate(shown[1:], start=1):
                text = (line.before, line.after)[column - 1]
                role = "text" if column == 2 and text else "muted"
                value = Label(text or tr("empty"), card, role=role, wrap=True, selectable=True)
                value.setAccessibleName(
                    tr("{field}, {side}: {value}").format(
                        field=line.name, side=titles[column], value=text or tr("empty")
                    )
                )
                grid.addWidget(value, row, place, Qt.AlignmentFlag.AlignTop)
        card.body.addLayout(grid)
        return card

    @staticmethod
    def _any(lines: list[words.Line], column: int) -> bool:
        return any((line.before, line.after)[column - 1] for line in lines)

    def _sentences(self, entry: AuditEntry) -> list[str]:
        if entry.act is Act.CHECKPOINT:
            told = {name: after for name, (_, after) in entry.fields.items()}
            return [
                tr(
                    "Entries up to number {upto} were removed. This checkpoint is signed with the"
                    " key in your keyring and stands in their place."
                ).format(upto=count(int(told.get("upto") or 0)))
            ]
        if entry.departed and entry.act is Act.DELETE:
            return [
                tr(
                    "The contact is kept as it was, with its notes, tasks, tags and custom"
                    " values, and can be brought back."
                )
            ]
        return []

    def _reply(self, entry: AuditEntry, parent: QWidget) -> QWidget:
        px = self._context.theme.type.px
        block = QWidget(parent)
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        column.addWidget(Label(tr("Reply of the CRM"), block, weight=SEMIBOLD))
        reply = entry.reply
        if reply is None:
            waits = (
                tr("It waits to be sent.")
                if entry.waiting
                else tr(
                    "None is known: it was taken back before it was sent, or found there later."
                )
            )
            column.addWidget(Label(waits, block, role="muted", wrap=True))
            return block
        line = QHBoxLayout()
        line.setSpacing(px(8))
        bad = bool(reply.text)
        icon = IconView("alert" if bad else "check", block, role="danger" if bad else "success")
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        sentence = Label(words.reply_words(reply), block, wrap=True, selectable=True)
        line.addWidget(sentence, 1)
        column.addLayout(line)
        if reply.trace_id:
            trace = QHBoxLayout()
            trace.setSpacing(px(8))
            told = tr("Trace id {id}").format(id=reply.trace_id)
            trace.addWidget(Label(told, block, role="muted", selectable=True, wrap=True), 1)
            copy = Button(tr("Copy"), block, kind=Kind.QUIET, size=Size.INLINE, icon="copy")
            copy.setAccessibleName(tr("Copy the trace id"))
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(reply.trace_id))
            trace.addWidget(copy)
            column.addLayout(trace)
        return block

    # What may be done.

    def _allow(self) -> None:
        entry, why = self.entry, self._context.situation.why_not_write
        mutation = entry.mutation if entry is not None else None
        back = bool(entry and entry.departed and mutation)
        deleted_contact = bool(
            mutation and mutation.op is Op.DELETE and mutation.ref.kind is RecordKind.CONTACT
        )
        self.revert.setVisible(mutation is not None and not deleted_contact)
        self.restore.setVisible(back)
        self.open.setVisible(bool(entry and entry.contact_id and not entry.departed))
        self.history.setVisible(bool(entry and entry.contact_id))
        self.each.setVisible(self.group is not None)
        self.revert.setText(tr("Revert this"))
        if self.group is not None:
            self.revert.setText(tr("Revert all {n}").format(n=count(self.group.size)))
            self.revert.show()
            for button in (self.restore, self.open, self.history):
                button.hide()
            if self.group.undone:
                why = tr("It was taken back already.")
        self.revert.setAccessibleName(self.revert.text())
        self.revert.updateGeometry()
        if mutation is not None and back and not deleted_contact and self.group is None:
            # Its record went with the contact; that one comes back first.
            self.revert.setVisible(False)
        for button, words_ in (
            (self.revert, tr("Set these fields back to what they were before")),
            (self.restore, tr("Make the contact anew, with its notes, tasks and tags")),
        ):
            button.setEnabled(why is None)
            button.setToolTip(why or words_)
            button.setAccessibleDescription(why or words_)

    def _show_each(self) -> None:
        if self.group is not None:
            self.group_wanted.emit(self.group.undo_id, title_words(self.group.title))

    def _open(self) -> None:
        if self.entry is not None and self.entry.contact_id:
            self._context.open_contact(self.entry.contact_id)

    def _all_about(self) -> None:
        if self.entry is not None and self.entry.contact_id:
            name = visible(self.entry.contact_name) or tr("this contact")
            self.contact_wanted.emit(self.entry.contact_id, name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.history.set_wordless(self.width() < self._context.theme.type.px(430))
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """The buttons may need a second line; a layout on its own does not count that as least."""
        least, layout = super().minimumSizeHint(), self.layout()
        if layout is None:
            return least
        width = max(self.width(), least.width())
        return least.expandedTo(QSize(0, layout.totalMinimumHeightForWidth(width)))
