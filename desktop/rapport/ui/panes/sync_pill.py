"""Whether this computer and the CRM agree: the pill in the top bar and what it unfolds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rapport.domain.titles import title_words
from rapport.domain.views import OutboxItem, SyncState, SyncStatus
from rapport.language import told, tr, trn
from rapport.ui.context import WindowContext
from rapport.ui.key_names import cap_of
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.panes.budget_gauge import BudgetGauge
from rapport.ui.panes.parts import Rule
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.chips import Pill, Tone
from rapport.ui.widgets.labels import ElidedLabel, Label
from rapport.ui.widgets.overlay import Popover
from rapport.ui.wording import clock_time, count, time_left, to_send

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

_LISTED = 6
Part = tuple[str, str, str]


def conflict_count(status: SyncStatus) -> str:
    number = status.conflicts
    return trn("{n} conflict", "{n} conflicts", number).format(n=count(number))


def refused_count(number: int) -> str:
    return trn("{n} refused", "{n} refused", number).format(n=count(number))


def progress_words(status: SyncStatus) -> str:
    """ "1,240 of 8,310; about 2 min", or less while less is known."""
    progress = status.progress
    if progress is None:
        return ""
    if not progress.total:
        return count(progress.done) if progress.done else ""
    done = tr("{done} of {total}").format(done=count(progress.done), total=count(progress.total))
    return done if progress.eta_s is None else f"{done}; {time_left(progress.eta_s)}"


def pill_parts(status: SyncStatus, synced: str) -> tuple[tuple[Part, ...], Tone]:
    """The pill's icon-and-word parts. ``synced`` is the time of the last agreement, or empty."""
    tone = Tone.NEUTRAL
    match status.state:
        case SyncState.OFFLINE:
            first: Part = ("cloudoff", tr("Offline"), "muted")
        case SyncState.SIGN_IN:
            first, tone = ("key", tr("Sign in again"), ""), Tone.WARNING
        case SyncState.INACTIVE:
            first, tone = ("lock", tr("Not active"), ""), Tone.WARNING
        case SyncState.STORAGE:
            first, tone = ("alert", tr("Disk problem"), ""), Tone.DANGER
        case SyncState.PAUSED:
            first = ("clock", tr("Paused"), "muted")
        case SyncState.STARTING:
            first = ("sync", tr("Connecting"), "muted")
        case SyncState.SYNCING:
            done = progress_words(status).partition(";")[0]
            first = ("sync", tr("Syncing {n}").format(n=done) if done else tr("Syncing"), "muted")
        case _:
            words = tr("Synced {time}").format(time=synced) if synced else tr("Synced")
            first = ("check", words, "success")
    parts = [first]
    if status.waiting:
        parts.append(("clock", to_send(status.waiting), "muted"))
    if status.refused:
        parts.append(("alert", refused_count(status.refused), "warning"))
    if status.conflicts:
        parts.append(("alert", conflict_count(status), "warning"))
    return tuple(parts), tone


def pill_tabs(status: SyncStatus) -> tuple[str, ...]:
    """The tab of the Activity page for each of :func:`pill_parts`; "" for none."""
    counted = ((status.waiting, "ledger"), (status.refused, "ledger"))
    tabs = ["", *(tab for number, tab in counted if number)]
    return (*tabs, "conflicts") if status.conflicts else tuple(tabs)


def state_sentence(status: SyncStatus) -> str:
    """What the state means for the person."""
    if status.message:
        return told(status.message)
    match status.state:
        case SyncState.OFFLINE:
            return tr("No connection. What was read stays readable, and edits are sent later.")
        case SyncState.SIGN_IN:
            return tr("The CRM no longer accepts this sign-in. Edits wait until you sign in again.")
        case SyncState.INACTIVE:
            return tr("This location is not active in the CRM. Edits wait until it is.")
        case SyncState.STORAGE:
            return tr("The local copy cannot be written. Free some disk space.")
        case SyncState.PAUSED:
            return tr("The CRM asked to slow down. It goes on by itself.")
        case SyncState.STARTING:
            return tr("Asking the CRM what is new.")
        case SyncState.SYNCING:
            return progress_words(status) or tr("Fetching what is new.")
    if status.parked:
        return tr("Some edits wait for your decision; the others are on their way or there.")
    if status.waiting:
        return tr("What you changed is on its way.")
    return tr("This computer and the CRM agree.")


class SyncPopover(Popover):
    """State, waiting edits, Sync now, and how fresh the copy is at what cost."""

    def __init__(self, context: WindowContext, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent, width=320, name=tr("Synchronisation"))
        self._context = context
        self._workspace = workspace
        self.setObjectName("sync-popover")
        px = context.theme.type.px
        self._title = Label(parent=self, weight=SEMIBOLD)
        self._sentence = Label(parent=self, role="muted", wrap=True)
        self._items = QVBoxLayout()
        self._items.setSpacing(px(2))
        self._ways = QVBoxLayout()
        self._ways.setSpacing(px(6))
        self._button = Button(tr("Sync now"), self, icon="sync", key="F5")
        self._button.setObjectName("sync-now")
        self._button.clicked.connect(self._act)
        for widget in (self._title, self._sentence):
            self.body.addWidget(widget)
        self.body.addLayout(self._items)
        self.body.addLayout(self._ways)
        self.body.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        self._gauge = BudgetGauge(context, workspace, self)
        self.body.addWidget(self._gauge)
        self._unsubscribe: Callable[[], None] = workspace.sync.subscribe(self._show)
        self._show(workspace.sync.status())
        self.closed.connect(self._leave)

    def _leave(self) -> None:
        self._unsubscribe()
        self._context.runner.cancel("sync-popover")
        self._context.runner.cancel("budget-gauge")
        self.deleteLater()

    def _show(self, status: SyncStatus) -> None:
        clock = self._workspace.clock
        synced = clock_time(status.synced_at, clock.zone()) if status.synced_at else ""
        parts, _ = pill_parts(status, synced)
        self._gauge.show_status(status)
        self._title.setText(parts[0][1])
        self._sentence.setText(state_sentence(status))
        signed_out = status.state is SyncState.SIGN_IN
        signed_out = signed_out and self._context.actions.is_bound("account.sign-in")
        self._button.setText(tr("Sign in again") if signed_out else tr("Sync now"))
        self._button.setAccessibleName(self._button.text())
        self._button.key = "" if signed_out else cap_of("sync.now")
        self._button.set_icon("key" if signed_out else "sync")
        self._button.restyle()
        self._show_ways(status)
        if status.waiting or status.parked:
            self._context.runner.start(self._list_items, slot="sync-popover")
        else:
            self._show_items([])

    def _show_ways(self, status: SyncStatus) -> None:
        """What waits can be looked at, and decided, on the Activity page."""
        while (old := self._ways.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if not self._context.actions.is_bound("go.activity"):
            return
        decide = tr("Decide {what}").format(what=conflict_count(status))
        for number, words, tab in (
            (status.waiting + status.refused, tr("Open the sync ledger"), "ledger"),
            (status.conflicts, decide, "conflicts"),
        ):
            if number:
                button = Button(words, self, icon="right" if tab == "ledger" else "alert")
                button.setObjectName(f"sync-{tab}")
                button.clicked.connect(lambda _=False, tab=tab: self._leave_for(tab))
                self._ways.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _leave_for(self, tab: str) -> None:
        self.close()
        self._context.show_activity(tab)

    async def _list_items(self) -> None:
        self._show_items(await self._workspace.queries.outbox_items())

    def _show_items(self, items: list[OutboxItem]) -> None:
        while (old := self._items.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.deleteLater()
        if items:
            self._items.addWidget(Rule(self))
        for item in items[:_LISTED]:
            line = ElidedLabel(title_words(item.title), self)
            self._items.addWidget(line)
            if item.error:
                self._items.addWidget(
                    ElidedLabel(told(item.error), self, size=TextSize.CAPTION, role="warning")
                )
        if (rest := len(items) - _LISTED) > 0:
            more = trn("and {n} more", "and {n} more", rest).format(n=count(rest))
            self._items.addWidget(Label(more, self, size=TextSize.CAPTION, role="muted"))
        self.place()

    def _act(self) -> None:
        signed_out = self._workspace.sync.status().state is SyncState.SIGN_IN
        if signed_out and self._context.actions.is_bound("account.sign-in"):
            self.close()
            self._context.actions.trigger("account.sign-in")
        else:
            self._context.actions.trigger("sync.now")


class SyncPill(Pill):
    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(tr("Connecting"), parent, icon="sync", height=24, clickable=True)
        self._context = context
        self._workspace: Workspace | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._tabs: tuple[str, ...] = ()
        self._pressed = -1
        self.setObjectName("sync-pill")
        self.clicked.connect(self._unfold)

    def open(self, workspace: Workspace | None) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._workspace = workspace
        self.setVisible(workspace is not None)
        if workspace is not None:
            self._unsubscribe = workspace.sync.subscribe(self._show)
            self._show(workspace.sync.status())

    def _show(self, status: SyncStatus) -> None:
        if self._workspace is None:
            return
        clock = self._workspace.clock
        synced = clock_time(status.synced_at, clock.zone()) if status.synced_at else ""
        parts, tone = pill_parts(status, synced)
        self.set_parts(*parts, tone=tone)
        self._tabs = pill_tabs(status)
        self.setToolTip(state_sentence(status))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self.part_at(event.position().x())
        super().mousePressEvent(event)

    def _unfold(self) -> None:
        """A count opens the tab where what it counts is seen; the rest of the pill says more."""
        if self._workspace is None:
            return
        pressed, self._pressed = self._pressed, -1
        tab = self._tabs[pressed] if 0 <= pressed < len(self._tabs) else ""
        if tab and self._context.actions.is_bound("go.activity"):
            self._context.show_activity(tab)
            return
        popover = SyncPopover(self._context, self._workspace, self)
        popover.open_at(self)
