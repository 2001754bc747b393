"""The filter builder: lines and groups, the same as text, and how many contacts that means."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.errors import RapportError
from rapport.domain.filter_lines import Group, conditions_of, first_line, tree_of
from rapport.domain.filter_text import filter_text
from rapport.domain.filter_words import Vocabulary
from rapport.domain.filters import AnyCondition, ContactQuery, Mentions
from rapport.domain.typed_filters import parse
from rapport.language import tr, trn
from rapport.ui.context import WindowContext
from rapport.ui.filtering.lines import GroupBox, Parts
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.inputs import LineEdit, Message
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.overlay import Dialog
from rapport.ui.widgets.scroll import ScrollArea
from rapport.ui.wording import count

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

LONGEST_NAME = 60
_COUNT_AFTER_MS = 120
_WIDTH = 760
_TALLEST = 330


class Built(Struct, frozen=True, kw_only=True):
    """``name`` None: the list is only to be shown; "": it is to be saved, under a name that is
    asked for."""

    conditions: tuple[AnyCondition, ...]
    name: str | None = None


class FilterDialog(Dialog):
    """``built`` is what it ended with; None where the person thought better of it."""

    def __init__(
        self,
        workspace: Workspace,
        context: WindowContext,
        vocabulary: Vocabulary,
        conditions: tuple[AnyCondition, ...],
        window: QWidget,
        *,
        name: str | None = None,
    ) -> None:
        """With a ``name`` a smart list is edited."""
        title = tr("Edit smart list") if name is not None else tr("Filter contacts")
        super().__init__(window, width=_WIDTH, name=title)
        self.setObjectName("filter-dialog")
        self._workspace, self._context = workspace, context
        self._vocabulary = vocabulary
        self._parts = Parts(workspace, context, vocabulary)
        self.built: Built | None = None
        px = current_theme().type.px
        self.body.addWidget(Label(title, self.panel, size=TextSize.SECTION, weight=SEMIBOLD))
        self.name: LineEdit | None = None
        if name is not None:
            self.name = LineEdit(tr("Name of the list"), self.panel, placeholder=tr("Name"))
            self.name.setObjectName("filter-name")
            self.name.setMaxLength(LONGEST_NAME)
            self.name.setText(name)
            self.body.addWidget(self.name)
        self._scroll = ScrollArea(self.panel)
        self._holder = QWidget(self._scroll)
        column = QVBoxLayout(self._holder)
        column.setContentsMargins(2, 2, px(14), 2)
        self._column = column
        self._scroll.setWidget(self._holder)
        for ground in (self._scroll.viewport(), self._holder):
            ground.setAutoFillBackground(False)  # the dialog's own ground shows
        self.root = self._root(tree_of(conditions))
        column.addStretch(1)
        self.body.addWidget(self._scroll, 1)
        self.text = LineEdit(
            tr("The filter as text"), self.panel, placeholder="tag:vip (due:today OR owner:me)"
        )
        self.text.setObjectName("filter-text")
        self.text.setToolTip(tr("The same can be typed into the search."))
        self.text.textEdited.connect(self._typed)
        self._message = Message(self.panel)
        self.body.addWidget(self.text)
        self.body.addWidget(self._message)
        self.counted = Label("", self.panel, weight=SEMIBOLD)
        self.counted.setObjectName("filter-count")
        foot = QHBoxLayout()
        foot.addWidget(self.counted)
        foot.addStretch(1)
        for button in self._buttons(editing=name is not None):
            foot.addWidget(button)
        self.body.addLayout(foot)
        self._again = QTimer(self, singleShot=True, interval=_COUNT_AFTER_MS)
        self._again.timeout.connect(self._count)
        self._say_text()
        self._count()
        self._resize()

    def first_focus(self) -> QWidget | None:
        return self.root.findChild(QWidget, "filter-field") or self.root.match

    def conditions(self) -> tuple[AnyCondition, ...]:
        found = conditions_of(self.root.group(), self._vocabulary)
        return tuple(dict.fromkeys(found))

    def _buttons(self, *, editing: bool) -> list[Button]:
        cancel = Button(tr("Cancel"), self.panel)
        cancel.clicked.connect(self.close)
        if editing:
            done = Button(tr("Save list"), self.panel, kind=Kind.FILLED)
            done.clicked.connect(self._save)
            done.setObjectName("filter-save")
            return [cancel, done]
        save = Button(tr("Save as a list"), self.panel, icon="smart")
        save.setObjectName("filter-save")
        save.clicked.connect(lambda: self._end(""))
        show = Button(tr("Show contacts"), self.panel, kind=Kind.FILLED)
        show.setObjectName("filter-show")
        show.clicked.connect(lambda: self._end(None))
        return [cancel, save, show]

    def _save(self) -> None:
        assert self.name is not None
        name = self.name.text().strip()
        if name:
            self._end(name)
        else:
            self.name.set_invalid(True)
            self.name.setFocus()

    def _end(self, name: str | None) -> None:
        conditions = self.conditions()
        if name is not None and not conditions:
            self._message.say(tr("A list needs a condition."))
            return
        self.built = Built(conditions=conditions, name=name)
        self.close()

    # The two views.

    def _root(self, group: Group) -> GroupBox:
        if not group.items:
            group = Group(items=(first_line("tags", self._vocabulary),))
        root = GroupBox(group, self._parts, self._holder)
        root.changed.connect(self._built_differently)
        self._column.insertWidget(0, root)
        return root

    def _built_differently(self) -> None:
        self._message.say("")
        self._say_text()
        self._again.start()
        QTimer.singleShot(0, self, self._resize)

    def _say_text(self) -> None:
        self.text.setText(filter_text(self.conditions(), self._vocabulary))
        self.text.setCursorPosition(0)

    def _typed(self, text: str) -> None:
        typed = parse(text, self._vocabulary)
        self._message.say(typed.hint)
        if typed.hint:
            return
        words = (Mentions(text=typed.text.strip()),) if typed.text.strip() else ()
        old, self.root = self.root, self._root(tree_of((*typed.conditions, *words)))
        old.hide()
        old.deleteLater()
        self._again.start()
        QTimer.singleShot(0, self, self._resize)

    def _resize(self) -> None:
        """As tall as the lines, up to a limit behind which they scroll; Tab goes as one reads."""
        stops = [*self.root.stops(), self.text]
        for before, after in pairwise(stops):
            self.setTabOrder(before, after)
        px = current_theme().type.px
        self._holder.adjustSize()
        wanted = self._column.sizeHint().height()
        room = max(px(140), min(px(_TALLEST), self.window().height() - px(300)))
        self._scroll.setFixedHeight(min(wanted, room))
        focused = self.focusWidget()
        if focused is not None and self._holder.isAncestorOf(focused):
            self._scroll.ensureWidgetVisible(focused)

    # How many.

    def _count(self) -> None:
        self._context.runner.start(self._read_count, slot="filter-count")

    async def _read_count(self) -> None:
        query = ContactQuery(conditions=self.conditions())
        try:
            number = await self._workspace.queries.count(query)
        except RapportError as error:
            self.counted.setText(error.title)
            return
        words = trn("{n} contact", "{n} contacts", number)
        self.counted.setText(words.format(n=count(number)))


async def ask_filter(dialog: FilterDialog) -> Built | None:
    """Open the builder and wait for what becomes of it."""
    closed = asyncio.Event()
    dialog.closed.connect(closed.set)
    dialog.open()
    await closed.wait()
    dialog.deleteLater()
    return dialog.built
