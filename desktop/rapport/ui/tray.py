"""The tray icon: the next tasks without opening the window, and the way back to it.

A tray may be absent (stock GNOME), appear later or vanish; ``present`` tells, and the window is
then minimised instead of hidden, so that it is never out of reach.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from rapport.domain.changes import ChangeEvent
from rapport.domain.records import Id, Kind
from rapport.domain.text import visible
from rapport.domain.views import TaskRow
from rapport.language import tr, trn
from rapport.services import across
from rapport.services.across import AccountTask
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.look.icons import icon, tray_icon
from rapport.ui.wording import count, due_words

NEXT = 5
_TITLE_LIMIT = 48


class Tray(QObject):
    """One icon for the program, and the next tasks of every account that is open."""

    open_window = Signal()
    open_task = Signal(str, str)
    """Account id and task id, as in the two below."""
    quick_add = Signal()
    complete = Signal(str, str)
    snooze = Signal(str, str, int)
    """And for how many minutes."""
    pause_reminders = Signal(bool)
    quit = Signal()

    def __init__(self, context: WindowContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._workspaces: tuple[Workspace, ...] = ()
        self._ends: list[Callable[[], None]] = []
        self._rows: list[AccountTask] = []
        self._overdue = 0
        self._paused = False
        self._menu = QMenu()
        self._icon = QSystemTrayIcon(tray_icon(0), self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._activated)
        # Bursts of events (a first sync) are answered once.
        self._later = QTimer(self, singleShot=True, interval=250)
        self._later.timeout.connect(self._reload)
        context.theme.changed.connect(self._rebuild)
        self._rebuild()

    @property
    def present(self) -> bool:
        """Whether the desktop has a tray now."""
        return QSystemTrayIcon.isSystemTrayAvailable() and self._icon.isVisible()

    def show(self) -> None:
        self._icon.show()

    def hide(self) -> None:
        self._icon.hide()

    def tell_hidden(self) -> None:
        """Said once: the window is closed, the program is not."""
        self._icon.showMessage(
            tr("Rapport goes on here"),
            tr("Reminders keep coming. To end the program, choose Quit in this icon’s menu."),
            self._icon.icon(),
        )

    def show_workspaces(self, workspaces: tuple[Workspace, ...]) -> None:
        """List the tasks of these accounts from now on."""
        for end in self._ends:
            end()
        self._workspaces = workspaces
        self._ends = [workspace.feed.subscribe(self._changed) for workspace in workspaces]
        if workspaces:
            self._later.start()
        else:
            self._rows, self._overdue = [], 0
            self._context.runner.cancel("tray")
        self._rebuild()

    def set_paused(self, paused: bool) -> None:
        self._paused = paused
        # Not now: the entry that was just chosen may still be on its way through Qt.
        QTimer.singleShot(0, self, self._rebuild)

    def _changed(self, event: ChangeEvent) -> None:
        if Kind.TASK in event.kinds() and not self._later.isActive():
            self._later.start()

    def _reload(self) -> None:
        if self._workspaces:
            self._context.runner.start(self._load, slot="tray")

    async def _load(self) -> None:
        workspaces = self._workspaces
        rows = await across.next_tasks(workspaces, NEXT)
        _, overdue = await across.due(workspaces)
        if workspaces is self._workspaces:
            self._rows, self._overdue = rows, overdue
            self._rebuild()

    def _rebuild(self) -> None:
        menu = self._menu
        menu.clear()
        self._icon.setIcon(tray_icon(self._overdue))
        if self._workspaces:
            heading = tr("No open task")
            if number := len(self._rows):
                heading = trn("Next task", "Next {n} tasks", number).format(n=count(number))
            if self._overdue:
                overdue = trn("{n} overdue", "{n} overdue", self._overdue)
                heading = " · ".join((heading, overdue.format(n=count(self._overdue))))
            self._icon.setToolTip(f"Rapport: {heading}")
            menu.addAction(heading).setEnabled(False)
            for workspace, row in self._rows:
                menu.addMenu(self._task_menu(workspace, row))
            menu.addSeparator()
            why = self._context.situation.why_not_write
            if why is not None:
                # Said as a line of its own: many trays show no tool-tips.
                menu.addAction(icon("lock"), why).setEnabled(False)
            new = self._add(tr("New task…"), "plus", self.quick_add.emit)
            new.setEnabled(why is None)
            new.setToolTip(why or "")
            pause = self._add(tr("Pause reminders"), "bell", lambda: None)
            pause.setCheckable(True)
            pause.setChecked(self._paused)
            pause.toggled.connect(self.pause_reminders)
            self._add(tr("Sync now"), "sync", self._sync)
            menu.addSeparator()
        else:
            self._icon.setToolTip("Rapport")
        opening = self._add(tr("Open Rapport"), "ext", self.open_window.emit)
        font = opening.font()
        font.setBold(True)
        opening.setFont(font)
        self._add(tr("Quit, and stop reminders"), "x", self.quit.emit)

    def _sync(self) -> None:
        for workspace in self._workspaces:
            workspace.sync.sync_now()

    def _task_menu(self, workspace: Workspace, row: TaskRow) -> QMenu:
        task, account = row.task, workspace.account
        due = due_words(task.due_at, workspace.clock.now(), workspace.clock.zone())
        title = task.title if len(task.title) <= _TITLE_LIMIT else task.title[:_TITLE_LIMIT] + "…"
        whose = account.name if len(self._workspaces) > 1 else ""
        label = " · ".join(filter(None, (due.text, title, row.contact_name, whose)))
        # In a menu's text a single "&" marks a key.
        menu = QMenu(visible(label).replace("&", "&&"), self._menu)
        why = workspace.capabilities.why_not_write
        done = menu.addAction(icon("check"), tr("Complete"))
        done.triggered.connect(partial(self._emit_complete, account.id, task.id))
        done.setEnabled(why is None)
        done.setToolTip(why or "")
        for minutes, words in ((10, tr("Snooze 10 min")), (60, tr("Snooze 1 hour"))):
            quiet = menu.addAction(icon("moon"), words)
            quiet.triggered.connect(partial(self._emit_snooze, account.id, task.id, minutes))
        menu.addSeparator()
        opening = menu.addAction(icon("ext"), tr("Open"))
        opening.triggered.connect(partial(self._emit_open, account.id, task.id))
        return menu

    def _add(self, words: str, name: str, act: Callable[[], None]) -> QAction:
        action = self._menu.addAction(icon(name), words)
        action.triggered.connect(lambda: act())
        return action

    def _emit_complete(self, account_id: str, task_id: Id) -> None:
        self.complete.emit(account_id, task_id)

    def _emit_snooze(self, account_id: str, task_id: Id, minutes: int) -> None:
        self.snooze.emit(account_id, task_id, minutes)

    def _emit_open(self, account_id: str, task_id: Id) -> None:
        self.open_task.emit(account_id, task_id)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (
            QSystemTrayIcon.ActivationReason.Trigger,
            QSystemTrayIcon.ActivationReason.DoubleClick,
        ):
            self.open_window.emit()
