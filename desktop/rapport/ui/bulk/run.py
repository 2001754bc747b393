"""How a bulk edit goes: committed here, sent to the CRM, and what the CRM refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.commands import Command
from rapport.domain.text import visible
from rapport.domain.titles import done_words
from rapport.domain.views import BatchOutcome, OutboxItem, Sending, SyncState
from rapport.language import told, tr, trn
from rapport.services.bulk import write_report
from rapport.ui.context import WindowContext
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.labels import Avatar, ElidedLabel, IconView, Label
from rapport.ui.widgets.meter import Meter
from rapport.ui.widgets.scroll import ScrollArea
from rapport.ui.wording import count

if TYPE_CHECKING:
    from rapport.services.bus import Running
    from rapport.services.workspace import Workspace

_TICK_MS = 60
_LOOK_AFTER_MS = 200
_SHOWN = 50


class RunView(QWidget):
    """First the commits, then the outbox; it may be left at any time, and the work goes on."""

    closed = Signal()
    resized = Signal()
    """Something came or went: the panel needs another height."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bulk-run")
        self._context = context
        self._workspace: Workspace | None = None
        self._running: Running | None = None
        self._outcome: BatchOutcome | None = None
        self._shown: tuple[int, ...] = ()
        self._withdrawn = 0
        self._over = False
        self.sending = Sending()
        self._ends: list[Callable[[], None]] = []
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._count_up)
        self._look = QTimer(self, singleShot=True, interval=_LOOK_AFTER_MS)
        self._look.timeout.connect(
            lambda: context.runner.start(self._follow, slot=f"bulk-sending-{id(self)}")
        )
        self._build()

    def _build(self) -> None:
        px = current_theme().type.px
        self._here = Label("", self, weight=SEMIBOLD)
        self._here.setObjectName("bulk-done")
        self._left = Label("", self, role="muted", size=TextSize.CAPTION, wrap=True)
        self._left.hide()
        self._bar = Meter(self, warns=False)
        self._there = Label("", self, role="muted", wrap=True)
        self._there.setObjectName("bulk-sent")
        self._refused = Refusals(self)
        self._refused.hide()
        self.stop = self._button("bulk-stop", tr("Stop"), self._stop)
        self.withdraw = self._button("bulk-withdraw", tr("Withdraw what is not sent"), self._pull)
        self.retry = self._button("bulk-retry", tr("Try again"), self._try_again)
        self.ledger = self._button("bulk-ledger", tr("Show in the ledger"), self._show_ledger)
        self.report = self._button("bulk-report", tr("Export report"), self._ask_file)
        self.done = self._button("bulk-close", tr("Close"), self.closed.emit)
        self.done.kind = Kind.FILLED
        self.done.show()
        remedies = QHBoxLayout()
        remedies.setSpacing(px(8))
        for button in (self.retry, self.ledger, self.report):
            remedies.addWidget(button)
        remedies.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addStretch(1)
        for button in (self.stop, self.withdraw, self.done):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(10))
        for part in (self._here, self._left, self._bar, self._there, self._refused):
            column.addWidget(part)
        column.addLayout(remedies)
        column.addLayout(foot)
        self.setFocusProxy(self.done)

    def _button(self, name: str, words: str, act: Callable[[], object]) -> Button:
        button = Button(words, self)
        button.setObjectName(name)
        button.clicked.connect(lambda: act())
        button.hide()
        return button

    # Here.

    async def run(self, workspace: Workspace, commands: Sequence[Command], name: str = "") -> None:
        """Carry the commands out, under their own title or ``name``. Raises RapportError."""
        self._workspace = workspace
        self.stop.show()
        self._tick.start()
        self._count_up()
        try:
            outcome = await workspace.bus.run_all(commands, self._begun, name)
        finally:
            self._running = None
        self._outcome = outcome
        if outcome.undo_id is not None:
            self._context.notice(
                done_words(outcome.title), undo_id=outcome.undo_id, workspace=workspace
            )
        if self._over:
            return
        self._tick.stop()
        self._tell_here(outcome)
        self._ends = [
            workspace.feed.subscribe(lambda _: self._look_soon()),
            workspace.sync.subscribe(lambda _: self._tell_there()),
        ]
        await self._follow()

    def leave(self) -> None:
        """Nobody looks any more; what is under way goes on by itself."""
        self._over = True
        for end in self._ends:
            end()
        self._ends = []
        self._tick.stop()
        self._look.stop()
        self._context.runner.cancel(f"bulk-sending-{id(self)}")

    def _begun(self, running: Running) -> None:
        self._running = running

    def _count_up(self) -> None:
        running = self._running
        if running is None:
            self._here.setText(tr("Beginning…"))
            return
        words = tr("Changed here: {done} of {total}")
        words = words.format(done=count(running.done), total=count(running.total))
        self._here.setText(words)
        self._bar.set_share(running.done / max(1, running.total), words)

    def _stop(self) -> None:
        if self._running is not None:
            self._running.stop()

    def _tell_here(self, outcome: BatchOutcome) -> None:
        self.stop.hide()
        self._here.setText(done_words(outcome.title) if outcome.changed else tr("Nothing changed"))
        rest = []
        if outcome.untouched:
            words = trn("{n} left as it is", "{n} left as they are", outcome.untouched)
            rest.append(words.format(n=count(outcome.untouched)))
        for why in dict.fromkeys(why for _, why in outcome.left):
            number = sum(why == other for _, other in outcome.left)
            rest.append(tr("{n}: {why}").format(n=count(number), why=why))
        self._left.setText(" · ".join(rest))
        self._left.setVisible(bool(rest))

    # There.

    def _look_soon(self) -> None:
        if not self._look.isActive():
            self._look.start()

    async def _follow(self) -> None:
        if self._workspace is not None and self._outcome is not None:
            self.sending = await self._workspace.queries.sending(self._outcome.sent)
            self._tell_there()

    def _tell_there(self) -> None:
        workspace, sending = self._workspace, self.sending
        if workspace is None or not self._ends:
            return
        words = _sending_words(sending, self._withdrawn, workspace.sync.status().state)
        self._there.setText(words)
        self._bar.set_share(sending.arrived / max(1, sending.total), words)
        self._bar.setVisible(sending.waiting > 0)
        self.withdraw.setVisible(sending.waiting > 0)
        refused = bool(sending.refused)
        for button in (self.retry, self.ledger, self.report):
            button.setVisible(refused)
        seqs = tuple(item.seq for item in sending.refused)
        if seqs != self._shown:
            self._shown = seqs
            self._refused.show_items(sending.refused)
        self._refused.setVisible(refused)
        self.resized.emit()

    def _pull(self) -> None:
        workspace, outcome = self._workspace, self._outcome
        if workspace is None or outcome is None or outcome.undo_id is None:
            return
        undo_id = outcome.undo_id

        async def work() -> None:
            found = await workspace.bus.withdraw(undo_id)
            self._context.undone.emit()
            number = found.changed if found is not None else 0
            words = trn("{n} change withdrawn", "{n} changes withdrawn", number)
            self._context.notice(words.format(n=count(number)), icon="undo")
            if not self._over:
                self._withdrawn += number
                self._look_soon()

        self._context.runner.own(work())

    def _try_again(self) -> None:
        workspace, seqs = self._workspace, self._shown

        async def work() -> None:
            if workspace is not None:
                for seq in seqs:
                    await workspace.waiting.retry(seq)

        self._context.runner.own(work())

    def _show_ledger(self) -> None:
        self.closed.emit()
        self._context.show_activity("ledger")

    def _ask_file(self) -> None:
        sending = self.sending
        dialog = QFileDialog(self.window(), tr("Export report"))
        dialog.setObjectName("bulk-report-file")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([tr("CSV, for a spreadsheet (*.csv)")])
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("refused.csv")

        async def write(path: Path) -> None:
            await asyncio.to_thread(write_report, path, sending)
            self._context.notice(tr("Report exported"), path.name, icon="save")

        runner = self._context.runner
        dialog.fileSelected.connect(lambda name: runner.start(lambda: write(Path(name))))
        dialog.open()


class Refusals(QWidget):
    """The records that the CRM refused, and its reason for each."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bulk-refused")
        self.setAccessibleName(tr("Refused by the CRM"))
        self._scroll = ScrollArea(self)
        self._inner = QWidget(self._scroll)
        self._rows = QVBoxLayout(self._inner)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._scroll.setWidget(self._inner)
        for part in (self._scroll.viewport(), self._inner):
            part.setAutoFillBackground(False)  # the panel's own ground shows
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll)

    def show_items(self, items: Sequence[OutboxItem]) -> None:
        px = current_theme().type.px
        while entry := self._rows.takeAt(0):
            if row := entry.widget():
                row.hide()
                row.deleteLater()
        for item in items[:_SHOWN]:
            self._rows.addWidget(self._row(item))
        if len(items) > _SHOWN:
            more = tr("and {n} more; all are in the ledger and in the report")
            words = more.format(n=count(len(items) - _SHOWN))
            self._rows.addWidget(Label(words, self._inner, role="muted", size=TextSize.CAPTION))
        self._scroll.setFixedHeight(px(min(4, len(items)) * 40))

    def _row(self, item: OutboxItem) -> QWidget:
        px = current_theme().type.px
        row = QWidget(self._inner)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, px(2), px(12), px(2))
        line.setSpacing(px(8))
        name = visible(item.contact_name)
        line.addWidget(Avatar(item.contact_seed, name, row, size=24))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(name, row, weight=SEMIBOLD))
        why = ElidedLabel(visible(told(item.error)), row, role="danger", size=TextSize.CAPTION)
        why.setObjectName("bulk-reason")
        words.addWidget(why)
        line.addLayout(words, 1)
        line.addWidget(IconView("alert", row, role="danger"))
        row.show()
        return row


def _sending_words(sending: Sending, withdrawn: int, state: SyncState) -> str:
    if not sending.total:
        return tr("The CRM has nothing to hear of it.")
    taken = max(0, sending.arrived - withdrawn)
    parts = []
    if sending.waiting and state is SyncState.OFFLINE:
        words = trn(
            "{n} waits for a connection; your edit is safe.",
            "{n} wait for a connection; your edits are safe.",
            sending.waiting,
        )
        parts.append(words.format(n=count(sending.waiting)))
    elif sending.waiting:
        words = tr("Sent to the CRM: {done} of {total}.")
        parts.append(words.format(done=count(sending.arrived), total=count(sending.total)))
    elif taken:
        parts.append(tr("The CRM has taken {n}.").format(n=count(taken)))
    if withdrawn:
        words = trn("{n} was withdrawn.", "{n} were withdrawn.", withdrawn)
        parts.append(words.format(n=count(withdrawn)))
    if sending.refused:
        parts.append(tr("Refused: {n}.").format(n=count(len(sending.refused))))
    return " ".join(parts)
