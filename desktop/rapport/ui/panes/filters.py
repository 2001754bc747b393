"""The filter row: the conditions in force as chips, and a menu of more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from rapport.domain.filters import (
    AddedWithin,
    AnyCondition,
    ContactQuery,
    DoNotDisturb,
    HasTag,
    NoOpenTask,
    OwnedBy,
    QuietFor,
    TaskOverdue,
)
from rapport.domain.text import visible
from rapport.language import tr, trn
from rapport.ui.condition_words import words_of
from rapport.ui.context import WindowContext
from rapport.ui.look.icons import icon
from rapport.ui.look.text import plain_tip
from rapport.ui.menus import pop_up
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.chips import FilterChip
from rapport.ui.wording import count

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

_TAGS_OFFERED = 20


class FilterRow(QWidget):
    """36 high. Says which query is wanted; whoever owns the list shows it."""

    query_changed = Signal(object)

    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._context = context
        self._query = ContactQuery()
        self._chips: list[FilterChip] = []
        self._add = Button(tr("Filter"), self, kind=Kind.QUIET, size=Size.INLINE, icon="plus")
        self._add.setObjectName("filter-button")
        self._add.setAccessibleName(tr("Add a filter"))
        self._add.clicked.connect(lambda: context.runner.start(self._offer, slot="filters"))
        self._save = Button(tr("Save"), self, kind=Kind.QUIET, size=Size.INLINE, icon="save")
        self._save.setObjectName("save-list-button")
        self._save.setAccessibleName(tr("Save as a smart list"))
        self._save.setToolTip(tr("Save as a smart list"))
        self._save.clicked.connect(lambda: context.actions.trigger("list.save"))
        self._save.hide()
        self._more = Button(" ", self, kind=Kind.QUIET, size=Size.INLINE)
        self._more.setObjectName("more-filters-button")
        self._more.clicked.connect(lambda: context.actions.trigger("list.filter"))
        self._more.hide()
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._add, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._save, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addStretch(1)
        context.theme.changed.connect(self._dress)
        self._dress()

    def sizeHint(self) -> QSize:
        return QSize(0, self._context.theme.type.px(36))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def offer_save(self, offered: bool) -> None:
        """Offer to keep the conditions as a smart list, where there are any."""
        self._save.setVisible(offered and bool(self._query.conditions))
        self._fit()

    def show_query(self, query: ContactQuery) -> None:
        """Show a chip for each condition."""
        if query.conditions != self._query.conditions:
            for chip in self._chips:
                chip.deleteLater()
            self._chips = [self._chip(condition) for condition in query.conditions]
            for place, chip in enumerate(self._chips):
                self._row.insertWidget(place, chip, 0, Qt.AlignmentFlag.AlignTop)
            self._dress()
        self._query = query
        self._fit()

    def _chip(self, condition: AnyCondition) -> FilterChip:
        icon, words = words_of(condition, self._workspace)
        chip = FilterChip(words, self, icon=icon)
        chip.setObjectName("filter-chip")
        chip.setToolTip(plain_tip(words))  # several share the line and lose their ends
        chip.removed.connect(lambda: self._drop(condition))
        chip.clicked.connect(lambda: self._context.actions.trigger("list.filter"))
        return chip

    def _drop(self, condition: AnyCondition) -> None:
        rest = tuple(other for other in self._query.conditions if other != condition)
        self.query_changed.emit(structs.replace(self._query, conditions=rest))

    def _take(self, condition: AnyCondition) -> None:
        if condition not in self._query.conditions:
            # One owner at a time: nobody is owned by two people.
            kept = tuple(
                other
                for other in self._query.conditions
                if not (isinstance(condition, OwnedBy) and isinstance(other, OwnedBy))
            )
            self.query_changed.emit(structs.replace(self._query, conditions=(*kept, condition)))

    async def _offer(self) -> None:
        tags = await self._workspace.queries.suggest_tags("", _TAGS_OFFERED)
        menu = QMenu(self)
        menu.setObjectName("filter-menu")
        build = menu.addAction(icon("filter"), tr("Build a filter…"))
        build.setObjectName("build-filter")
        build.triggered.connect(lambda: self._context.actions.trigger("list.filter"))
        menu.addSeparator()
        for condition in (
            TaskOverdue(),
            NoOpenTask(),
            AddedWithin(days=7),
            QuietFor(days=60),
            DoNotDisturb(),
        ):
            self._choice(menu, words_of(condition, self._workspace)[1], condition)
        menu.addSeparator()
        owners = menu.addMenu(tr("Owner"))
        self._choice(owners, tr("No owner"), OwnedBy(user_id=None))
        for user in self._workspace.reference.users:
            self._choice(owners, visible(user.name), OwnedBy(user_id=user.id))
        if tags:
            tag_menu = menu.addMenu(tr("Tag"))
            for tag, carriers in tags:
                self._choice(tag_menu, f"{visible(tag)}\t{count(carriers)}", HasTag(tag=tag))
        pop_up(menu, self._add)

    def _choice(self, menu: QMenu, words: str, condition: AnyCondition) -> None:
        item = menu.addAction(words.replace("&", "&&"))
        item.setCheckable(True)
        item.setChecked(condition in self._query.conditions)
        item.triggered.connect(lambda on: self._take(condition) if on else self._drop(condition))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Show the chips there is room for; a word stands for the others and opens the builder."""
        px = self._context.theme.type.px
        margins, gap = self._row.contentsMargins(), self._row.spacing()
        room = self.width() - margins.left() - margins.right()
        for button in (self._add, self._save):
            if not button.isHidden():
                room -= button.sizeHint().width() + gap
        widest = max(px(120), room)
        widths = [min(chip.sizeHint().width(), widest) + gap for chip in self._chips]
        shown = len(widths)
        if sum(widths) - gap > room:
            room -= px(70)
            shown = 1
            while shown < len(widths) and sum(widths[: shown + 1]) <= room:
                shown += 1
        for place, chip in enumerate(self._chips):
            chip.setVisible(place < shown)
            chip.setMaximumWidth(max(px(60), room) if shown == 1 else widest)
        hidden = len(widths) - shown
        self._more.setVisible(hidden > 0)
        if hidden > 0:
            words = trn("{n} more", "{n} more", hidden).format(n=count(hidden))
            self._more.setText(words)
            self._more.setAccessibleName(words)
            self._more.restyle()

    def _dress(self) -> None:
        px = self._context.theme.type.px
        # A quiet button alone stands with its icon, not with its padding, at the edge.
        self._row.setContentsMargins(px(12 if self._chips else 6), 0, px(12), 0)
        self._row.setSpacing(px(8))
        self.setFixedHeight(px(36) - 1)  # the divider below is its last pixel
