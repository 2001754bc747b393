"""The audit log: a filter, its entries by day, and the chosen one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.audit import AuditEntry, AuditFilter, Departed, Standing
from rapport.domain.changes import Op
from rapport.domain.records import Kind
from rapport.domain.text import visible
from rapport.domain.titles import done_words
from rapport.language import tr, trn
from rapport.services.audit import revert_command
from rapport.services.audit_export import Format
from rapport.services.workspace import Workspace
from rapport.ui.context import NEW_IDS, WindowContext
from rapport.ui.delegates.audit_row import AuditRowDelegate, audit_row_height
from rapport.ui.models.audit_model import AuditModel
from rapport.ui.panes.activity.audit import words
from rapport.ui.panes.activity.audit.details import AuditDetails
from rapport.ui.panes.activity.audit.filter_bar import AuditFilterBar
from rapport.ui.panes.activity.audit.revert_dialog import RevertDialog
from rapport.ui.panes.rows_view import RowsView
from rapport.ui.widgets.button import Button, IconButton, Size
from rapport.ui.widgets.chips import Tone
from rapport.ui.widgets.labels import Label, Rule
from rapport.ui.widgets.overlay import confirm
from rapport.ui.widgets.states import Banner, EmptyState, ErrorState, Skeleton
from rapport.ui.wording import count

_NARROW = 760


class AuditView(QWidget):
    exported = Signal(str)
    """A file was written; its name."""

    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("audit-view")
        self._workspace = workspace
        self._context = context
        self._chosen: int | None = None
        self.model = AuditModel(workspace, context.runner, self)
        self.filters = AuditFilterBar(workspace, self)
        self.verify = Button(tr("Verify"), self, icon="shield", size=Size.SMALL)
        self.verify.setObjectName("audit-verify")
        self.verify.setToolTip(tr("Check that no entry was altered, removed or put in"))
        self.export = Button(tr("Export…"), self, icon="save", size=Size.SMALL)
        self.export.setObjectName("audit-export")
        self.export.setToolTip(tr("Write what is listed here as CSV or JSON"))
        self.view = RowsView(AuditRowDelegate(self), audit_row_height(), self)
        self.view.setObjectName("audit-list")
        self.view.setAccessibleName(tr("Audit log"))
        self.view.setModel(self.model)
        self.details = AuditDetails(workspace, context, self)
        self.empty = EmptyState("history", "", parent=self)
        self.error: ErrorState | None = None
        self.skeleton = Skeleton(self)
        self._build()
        self._connect()
        self.skeleton.start()
        self._take_contact()

    def _build(self) -> None:
        px = self._context.theme.type.px
        self._head = QHBoxLayout()
        self._head.addWidget(self.filters, 1)
        self._head.addWidget(self.verify)
        self._head.addWidget(self.export)
        self._result_row = QWidget(self)
        result = QHBoxLayout(self._result_row)
        self._result_layout = result
        self._results: dict[Tone, Banner] = {}
        for tone, icon in ((Tone.SUCCESS, "check"), (Tone.DANGER, "alert")):
            banner = Banner("", self._result_row, icon=icon, tone=tone)
            banner.hide()
            self._results[tone] = banner
            result.addWidget(banner, 1)
        close = IconButton("x", tr("Close this message"), self._result_row, size=Size.SMALL)
        close.clicked.connect(self._result_row.hide)
        result.addWidget(close)
        self._result_row.hide()
        self.found = Label("", self, role="muted")
        self.found.setObjectName("audit-count")
        self._lists = QStackedWidget(self)
        for choice in (self.view, self.empty, self.skeleton):
            self._lists.addWidget(choice)
        self._lists.setCurrentWidget(self.skeleton)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._lists, 1)
        column.addWidget(Rule(left))
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.found)
        self._foot.addStretch(1)
        self._foot.addWidget(self.filters.only)
        column.addLayout(self._foot)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.setObjectName("audit-splitter")
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(left)
        self._split.addWidget(self.details)
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._head)
        whole.addWidget(self._result_row)
        whole.addWidget(Rule(self))
        whole.addWidget(self._split, 1)
        for part in (left, self._lists, self.view):
            part.setBackgroundRole(QPalette.ColorRole.Base)
        left.setMinimumWidth(px(300))
        self.details.setMinimumWidth(px(300))
        self._context.theme.changed.connect(self._dress)
        self._dress()

    def _connect(self) -> None:
        runner = self._context.runner
        self.filters.changed.connect(self.model.show)
        self.details.contact_wanted.connect(self.filters.show_contact)
        self.details.group_wanted.connect(self.filters.show_group)
        self._context.audit_wanted.connect(self._take_contact)
        self.model.answered.connect(self._show_answer)
        self.model.failed.connect(self._show_error)
        self.model.read.connect(self._entry_read)
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self.view.opened.connect(self.details.open.click)
        self.verify.clicked.connect(lambda: runner.start(self._verify, slot="audit-verify"))
        self.export.clicked.connect(self._ask_where)
        self.details.revert_wanted.connect(lambda: runner.own(self._revert()))
        self.details.restore_wanted.connect(lambda: runner.own(self._restore()))
        self.destroyed.connect(self.model.close)

    # The list.

    def _take_contact(self) -> None:
        """List only the contact that was asked for elsewhere in the window; everything without."""
        wanted, self._context.audit_contact = self._context.audit_contact, None
        if wanted is not None:
            self.filters.show_contact(*wanted)
        else:
            self.filters.tell()

    def _show_answer(self, new: bool) -> None:
        self.skeleton.stop()
        if self.model.total:
            self._lists.setCurrentWidget(self.view)
        else:
            filtered = self.model.wanted != AuditFilter()
            self.empty.sentence.setText(
                tr("No entry matches.")
                if filtered
                else tr("Nothing has been changed yet. Every change is written down here.")
            )
            self._lists.setCurrentWidget(self.empty)
        number = self.model.total
        self.found.setText(trn("{n} entry", "{n} entries", number).format(n=count(number)))
        row = self.model.row_of(self._chosen) if self._chosen is not None else -1
        if row < 0 and new and self.model.total:
            row = 1  # below the first day
            self.view.scrollToTop()
        if row >= 0:
            self._choose(row, scroll=new)
        elif new:
            self._chosen = None
            self.details.show_entry(None)

    def _choose(self, row: int, *, scroll: bool = True) -> None:
        index = self.model.index(row)
        flags = self.view.selectionModel().SelectionFlag.ClearAndSelect
        self.view.selectionModel().setCurrentIndex(index, flags)
        if scroll:
            self.view.scrollTo(index)

    def _show_error(self, error: Exception) -> None:
        self.skeleton.stop()
        if self.error is not None:
            self._lists.removeWidget(self.error)
            self.error.deleteLater()
        self.error = ErrorState(
            tr("The audit log could not be read."), str(error), self, details=type(error).__name__
        )
        self.error.retried.connect(self.model.refresh)
        self._lists.addWidget(self.error)
        self._lists.setCurrentWidget(self.error)

    def _current_changed(self, now: QModelIndex, before: QModelIndex) -> None:
        row = now.row()
        id = self.model.id_at(row)
        if id is None:
            if row >= 0 and self.model.total:  # a day: on to the entry beyond it
                step = -1 if before.isValid() and before.row() > row and row > 0 else 1
                QTimer.singleShot(0, self, lambda: self._choose(row + step))
            return
        self._chosen = id
        self._entry_read()

    def _entry_read(self) -> None:
        if self._chosen is None:
            return
        entry = self.model.entry_at(self.model.row_of(self._chosen))
        if entry is None:
            return
        group = self.model.group_of(entry)
        if (entry, group) != (self.details.entry, self.details.group):
            self.details.show_entry(entry, group)

    # What can be done.

    async def _verify(self) -> None:
        self.verify.setEnabled(False)
        try:
            chain = await self._workspace.audit.verify()
        finally:
            self.verify.setEnabled(True)
        self.say(str(chain), Tone.SUCCESS if chain.broken is None else Tone.DANGER)

    def say(self, sentence: str, tone: Tone = Tone.SUCCESS) -> None:
        """Show a result above the list until it is closed."""
        for one, banner in self._results.items():
            banner.setVisible(one is tone)
        self._results[tone].set_text(sentence)
        self._result_row.show()

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, tr("Export the audit log"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([tr("CSV, for a spreadsheet (*.csv)"), tr("JSON (*.json)")])
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(
            lambda name: dialog.setDefaultSuffix("json" if "json" in name else "csv")
        )
        dialog.selectFile("rapport-audit.csv")
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write what the filter lets through; the name's end says how."""
        format: Format = "json" if path.suffix.lower() == ".json" else "csv"

        async def work() -> None:
            self.export.setEnabled(False)
            try:
                number = await self._workspace.audit.export(path, format, self.model.wanted)
            finally:
                self.export.setEnabled(True)
            entries = trn("{n} entry", "{n} entries", number).format(n=count(number))
            told = tr("{entries} written to {name}.").format(entries=entries, name=path.name)
            self.say(told)
            self.exported.emit(str(path))

        self._context.runner.start(work, slot="audit-export")

    async def _revert(self) -> None:
        entry, group = self.details.entry, self.details.group
        if group is not None:
            await self._context.undo(group.undo_id, self._workspace)
            return
        if entry is None or entry.mutation is None:
            return
        audit = self._workspace.audit
        fields = list(await audit.assess(entry))
        moved = [field for field in fields if field.standing is Standing.MOVED]
        ready = [field for field in fields if field.standing is Standing.READY]
        if entry.mutation.op is not Op.UPDATE:
            if moved and not await self._confirm_delete(entry, len(moved)):
                return
        elif moved or any(field.standing is Standing.FIXED for field in fields):
            chosen = await RevertDialog(self._workspace, self.window(), fields).ask()
            moved = [field for field in chosen if field.standing is Standing.MOVED]
            ready = [field for field in chosen if field.standing is Standing.READY]
            if not chosen:
                return
        await self._context.perform(revert_command(entry, ready, moved), words.record(entry))

    async def _confirm_delete(self, entry: AuditEntry, moved: int) -> bool:
        return await confirm(
            self.window(),
            tr("It was changed since it was made"),
            trn(
                "Reverting takes {what} away, with {n} field that has another value by now."
                " You can undo it for a few seconds.",
                "Reverting takes {what} away, with {n} fields that have other values by now."
                " You can undo it for a few seconds.",
                moved,
            ).format(what=words.record(entry), n=count(moved)),
            confirm=tr("Delete it nevertheless"),
            danger=True,
        )

    async def _restore(self) -> None:
        entry = self.details.entry
        if entry is None:
            return
        command = await self._workspace.audit.restore(entry.contact_id)
        departed = command.departed
        if not await confirm(
            self.window(),
            tr("Bring back {name}?").format(name=visible(departed.name)),
            _what_comes(departed),
            confirm=tr("Bring back"),
        ):
            return
        outcome = await self._workspace.bus.run(command)
        id = entry.contact_id
        self._context.notice(
            done_words(outcome.title),
            visible(departed.name),
            undo_id=outcome.undo_id,
            act=(tr("Open"), lambda: self._context.open_contact(id)),
        )

    # Look.

    def _dress(self) -> None:
        px = self._context.theme.type.px
        self._head.setContentsMargins(px(20), px(10), px(16), px(10))
        self._head.setSpacing(px(10))
        self._result_layout.setContentsMargins(px(20), 0, px(12), px(10))
        self._result_layout.setSpacing(px(6))
        self._foot.setContentsMargins(px(14), px(8), px(14), px(8))
        self.filters.row.setSpacing(px(8))
        self.filters.search.setMaximumWidth(px(260))
        self.filters.search.setMinimumWidth(px(140))
        self.view.set_row_height(audit_row_height())
        self._fit()

    def _fit(self) -> None:
        narrow = self.width() < self._context.theme.type.px(_NARROW)
        for button in (self.verify, self.export):
            button.set_wordless(narrow)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.model.watch(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _what_comes(departed: Departed) -> str:
    """What comes back with the contact, and what does not."""
    tasks = sum(ref.kind is Kind.TASK for ref, _ in departed.children)
    notes, tags = len(departed.children) - tasks, len(departed.contact.get("tags") or ())
    parts = [
        (tasks, trn("{n} task", "{n} tasks", tasks)),
        (notes, trn("{n} note", "{n} notes", notes)),
        (tags, trn("{n} tag", "{n} tags", tags)),
    ]
    with_it = [words.format(n=count(n)) for n, words in parts if n]
    if not with_it:
        return tr(NEW_IDS)
    return tr("With {what}. {new_ids}").format(what=tr(", ").join(with_it), new_ids=tr(NEW_IDS))
