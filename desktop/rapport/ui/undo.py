"""What can be taken back, by name: the menu's words for Undo and Redo, and the list behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.changes import ChangeEvent
from rapport.domain.text import visible
from rapport.domain.titles import title_words
from rapport.domain.views import UndoItem
from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.labels import ElidedLabel, Label, Rule
from rapport.ui.widgets.overlay import Dialog
from rapport.ui.widgets.scroll import ScrollArea
from rapport.ui.wording import clock_time, day

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

_PAGE = 40


class UndoNames:
    """Keeps the titles of ``edit.undo`` and ``edit.redo`` true for the open account."""

    def __init__(self, context: WindowContext) -> None:
        self._context = context
        self._unsubscribe: Callable[[], None] = lambda: None
        context.undone.connect(self._ask)

    def open(self, workspace: Workspace | None) -> None:
        self._unsubscribe()
        self._unsubscribe = lambda: None
        if workspace is not None:
            self._unsubscribe = workspace.feed.subscribe(self._heard)
        self._ask()

    def _heard(self, event: ChangeEvent) -> None:
        if (event.changes or event.outbox) and not event.more:
            self._ask()

    def _ask(self) -> None:
        self._context.runner.start(self._name, slot="undo-names")

    async def _name(self) -> None:
        actions, workspace = self._context.actions, self._context.situation.workspace
        undo = await workspace.bus.undo_text() if workspace is not None else None
        redo = workspace.bus.redo_text() if workspace is not None else None
        actions.retitle("edit.undo", title_words(undo or ""))
        actions.retitle("edit.redo", title_words(redo or ""))


class UndoList(Dialog):
    """Everything that can be taken back, newest first; each by itself, without those after it."""

    def __init__(self, context: WindowContext, window: QWidget) -> None:
        super().__init__(window, width=560, name=tr("Undo further back"))
        self.setObjectName("undo-list")
        self._context = context
        self._shown = 0
        self.body.addWidget(
            Label(self.accessibleName(), self.panel, size=TextSize.SECTION, weight=SEMIBOLD)
        )
        self.body.addWidget(
            Label(
                tr(
                    "Each step is taken back by itself. What somebody changed since stays as it is,"
                    " and what the CRM has already is sent back to it."
                ),
                self.panel,
                role="muted",
                wrap=True,
            )
        )
        self._scroll = ScrollArea(self.panel)
        self._inner = QWidget(self._scroll)
        self._rows = QVBoxLayout(self._inner)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self._rows.addStretch(1)
        self._scroll.setWidget(self._inner)
        for part in (self._scroll.viewport(), self._inner):
            part.setAutoFillBackground(False)  # the panel's own ground shows
        self.body.addWidget(self._scroll, 1)
        self.more = Button(tr("Show older steps"), self.panel, kind=Kind.LINK, size=Size.SMALL)
        self.more.clicked.connect(self._load)
        self.more.hide()
        self.done = Button(tr("Close"), self.panel)
        self.done.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addWidget(self.more)
        foot.addStretch(1)
        foot.addWidget(self.done)
        self.body.addLayout(foot)
        self.closed.connect(self.deleteLater)
        self._scroll.setMinimumHeight(context.theme.type.px(320))
        self._load()

    def first_focus(self) -> QWidget | None:
        return self.done

    def _load(self) -> None:
        self._context.runner.start(self._read, slot="undo-list")

    async def _read(self) -> None:
        workspace = self._context.workspace
        items = await workspace.queries.undo_items(self._shown + _PAGE + 1)
        new = items[self._shown : self._shown + _PAGE]
        for item in new:
            self._rows.insertWidget(self._rows.count() - 1, self._row(item))
        self._shown += len(new)
        self.more.setVisible(len(items) > self._shown)
        if not self._shown:
            empty = Label(tr("There is nothing to undo."), self._inner, role="muted")
            self._rows.insertWidget(0, empty)

    def _row(self, item: UndoItem) -> QWidget:
        workspace = self._context.workspace
        clock, px = workspace.clock, self._context.theme.type.px
        row = QWidget(self._inner)
        line = QHBoxLayout()
        line.setContentsMargins(0, px(8), px(12), px(8))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(title_words(item.title), row, weight=SEMIBOLD))
        now, zone = clock.now(), clock.zone()
        when = clock_time(item.at, zone)
        if item.at.astimezone(zone).date() != now.astimezone(zone).date():
            when = tr("{day}, {time}").format(day=day(item.at, now, zone), time=when)
        about = " · ".join(part for part in (visible(item.about), when) if part)
        words.addWidget(ElidedLabel(about, row, role="muted", size=TextSize.CAPTION))
        undo = Button(tr("Undo"), row, icon="undo", size=Size.SMALL)
        undo.setObjectName("undo-step")
        undo.setAccessibleName(
            tr("Undo: {what}, {about}").format(what=title_words(item.title), about=about)
        )
        undo.clicked.connect(lambda: self._undo(item, row, undo))
        line.addLayout(words, 1)
        line.addWidget(undo)
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(Rule(row))
        return row

    def _undo(self, item: UndoItem, row: QWidget, button: Button) -> None:
        button.setEnabled(False)

        async def work() -> None:
            try:
                await self._context.undo(item.id)
            except BaseException:
                button.setEnabled(True)
                raise
            self.done.setFocus()
            self._rows.removeWidget(row)
            row.deleteLater()
            self._shown -= 1

        self._context.runner.own(work())
