"""The top bar: account, search, how things stand with the CRM, and New."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from rapport.domain.text import visible
from rapport.domain.views import TaskRow
from rapport.language import tr, trn
from rapport.ui.context import WindowContext
from rapport.ui.look.icons import icon
from rapport.ui.menus import RULE, fill_menu, pop_up
from rapport.ui.panes.account_switcher import AccountSwitcher
from rapport.ui.panes.parts import Rule
from rapport.ui.panes.search_box import SearchBox
from rapport.ui.panes.sync_pill import SyncPill
from rapport.ui.roles import DueState
from rapport.ui.widgets.button import Button, IconButton, Size
from rapport.ui.widgets.chips import Pill, Tone
from rapport.ui.widgets.fit import fit
from rapport.ui.wording import count, due_words

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

_NEW = ("contact.new", "task.new", "task.quick-add", "note.new")
_MORE = (
    "sync.now",
    RULE,
    "edit.undo",
    "edit.redo",
    "edit.history",
    RULE,
    "view.theme",
    "view.density",
    RULE,
    "list.save",
    "list.import",
    "list.export",
    "contact.find-duplicates",
    RULE,
    "account.sign-in",
    "account.ask-write",
    "account.add",
    "account.sign-out",
    RULE,
    "go.settings",
    "app.help",
    "app.quit",
)
_BELL_ROWS, _BELL_OVERDUE = 8, 4
"""As many rows at most, and the latest overdue ones among them."""


class TopBar(QWidget):
    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setObjectName("top-bar")
        self.setAutoFillBackground(True)
        self.account = AccountSwitcher(context, self)
        self.search = SearchBox(self)
        self.sandbox = Pill(
            tr("Sandbox"), self, icon="flask", tone=Tone.WARNING, height=24, strong=True
        )
        self.sandbox.setObjectName("sandbox-pill")
        self.sandbox.setToolTip(tr("Made-up contacts on this computer. Nothing leaves it."))
        self.sync = SyncPill(context, self)
        self.new = Button(tr("New"), self, icon="plus", size=Size.SMALL)
        self.new.setObjectName("new-button")
        self.new.setAccessibleName(tr("New contact, task or note"))
        self.new.clicked.connect(self._offer_new)
        self.bell = IconButton("bell", tr("Due now"), self)
        self.bell.setObjectName("bell-button")
        self.bell.clicked.connect(lambda: context.runner.start(self._offer_due, slot="bell"))
        self.more = IconButton("more", tr("More"), self)
        self.more.setObjectName("more-button")
        self.more.clicked.connect(self._offer_more)

        px = context.theme.type.px
        self._row = QHBoxLayout()
        self._row.setSpacing(0)
        self._row.addWidget(self.account)
        self._row.addWidget(Rule(self, upright=True))
        self._row.addSpacing(px(12))
        # It takes what it may before the gap beside it gets any.
        self._row.addWidget(self.search, 1000)
        self._row.addStretch(1)
        self._row.addSpacing(px(12))
        self._row.addWidget(self.sandbox)
        self._row.addSpacing(px(8))
        self._row.addWidget(self.sync)
        self._row.addSpacing(px(12))
        self._row.addWidget(self.new)
        self._row.addSpacing(px(8))
        self._row.addWidget(self.bell)
        self._row.addSpacing(px(8))
        self._row.addWidget(self.more)
        self._row.addSpacing(px(12))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._row, 1)
        column.addWidget(Rule(self))
        for widget in (self.sandbox, self.sync, self.new, self.bell, self.more, self.search):
            self._row.setAlignment(widget, Qt.AlignmentFlag.AlignVCenter)
        context.theme.changed.connect(self._dress)
        context.situation_changed.connect(self._allow)
        context.actions.bound.connect(self._allow)
        self.sync.said.connect(self._fit)
        self._dress()
        self.open(None)

    def open(self, workspace: Workspace | None) -> None:
        """Show this account; None while there is none."""
        self.account.show_account(workspace.account if workspace is not None else None)
        self.sandbox.setVisible(workspace is not None and workspace.account.sandbox)
        self.sync.open(workspace)
        self.search.setEnabled(workspace is not None)
        self.search.clear()
        self.bell.setVisible(workspace is not None)
        self._allow()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The search keeps its room before words that an icon can stand for."""
        words = (self.new, self.sandbox, self.sync)
        fit(self._row, self.width(), [one.set_wordless for one in words])

    def set_collapsed(self, collapsed: bool) -> None:
        self.account.set_collapsed(collapsed)
        self._fit()

    def set_due(self, overdue: int) -> None:
        """Mark the bell while tasks are overdue."""
        self.bell.set_badge_dot(overdue > 0)
        name = tr("Due now")
        if overdue:
            name = trn("Due now: {n} overdue", "Due now: {n} overdue", overdue)
            name = name.format(n=count(overdue))
        self.bell.setAccessibleName(name)
        self.bell.setToolTip(name)

    def _allow(self, _: str = "") -> None:
        actions = self._context.actions
        why = self._context.situation.why_not_write
        self.new.setEnabled(why is None and any(map(actions.is_bound, _NEW)))
        self.new.setToolTip(why or actions.tooltip("contact.new"))

    def _offer_new(self) -> None:
        pop_up(fill_menu(QMenu(self), self._context, _NEW), self.new, at_end=True)

    def _offer_more(self) -> None:
        pop_up(fill_menu(QMenu(self), self._context, _MORE), self.more, at_end=True)

    async def _offer_due(self) -> None:
        groups = await self._context.workspace.queries.tasks()
        rows = [*groups.overdue[-_BELL_OVERDUE:], *groups.today][:_BELL_ROWS]
        clock = self._context.workspace.clock
        menu = QMenu(self)
        for row in rows:
            due = due_words(row.task.due_at, clock.now(), clock.zone())
            item = menu.addAction(f"{self._line(row)}\t{due.text}")
            item.setIcon(icon("alert", "danger") if due.state is DueState.OVERDUE else icon("task"))
            item.triggered.connect(lambda _=False, id=row.task.id: self._context.open_task(id))
        if not rows:
            menu.addAction(tr("Nothing is due")).setEnabled(False)
        fill_menu(menu, self._context, (RULE, "go.today"))
        pop_up(menu, self.bell, at_end=True)

    @staticmethod
    def _line(row: TaskRow) -> str:
        words = " · ".join(part for part in (row.task.title, row.contact_name) if part)
        words = visible(words).replace("&", "&&")
        return words if len(words) <= 60 else words[:59].rstrip() + "…"

    def _dress(self) -> None:
        px = self._context.theme.type.px
        self.setFixedHeight(px(48))
        self.account.restyle()
        self._fit()
