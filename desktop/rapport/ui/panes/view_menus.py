"""The two buttons at the end of the list's head: by what it is sorted, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QWidget

from rapport.domain.filters import ContactQuery, Sort
from rapport.domain.settings import Density, ListMode
from rapport.language import mark, tr
from rapport.ui.columns import title
from rapport.ui.context import WindowContext
from rapport.ui.menus import add_choice, pop_up
from rapport.ui.panes.contact_views import ContactViews
from rapport.ui.widgets.button import Button, IconButton, Kind, Size

_MODES = {
    ListMode.LIST: (mark("List"), "bullets"),
    ListMode.TABLE: (mark("Table"), "table"),
    ListMode.CARDS: (mark("Cards"), "cards"),
}


class ViewMenus(QObject):
    """Binds the actions that do the same."""

    def __init__(
        self,
        context: WindowContext,
        views: ContactViews,
        query: Callable[[], ContactQuery],
        sort_by: Callable[[Sort, str, bool], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._views = views
        self._query = query
        self._sort_by = sort_by
        self.sort = Button("…", parent, kind=Kind.QUIET, size=Size.SMALL, chevron=True)
        self.sort.setObjectName("sort-button")
        self.sort.setAccessibleName(tr("Order of the list"))
        self.sort.clicked.connect(self._offer_sorts)
        self.modes = IconButton("bullets", tr("How the list is shown"), parent, size=Size.SMALL)
        self.modes.setObjectName("list-mode-button")
        self.modes.clicked.connect(self._offer_modes)
        views.mode_changed.connect(self._show_mode)
        self._bind()
        self._show_mode()
        self.show_query(query())

    def show_query(self, query: ContactQuery) -> None:
        """Say by what the list is sorted."""
        column = self._views.column_of(query)
        order = title(column) if column is not None else tr("Custom field")
        if order != self.sort.text():
            self.sort.setText(order)
            self.sort.restyle()

    def _bind(self) -> None:
        actions = self._context.actions
        for mode in ListMode:
            actions.bind(f"view.{mode.value}", partial(self._views.remember, mode=mode))
        actions.bind("view.next", self._show_next)
        actions.bind("list.sort", self._offer_sorts)
        actions.bind("list.columns", self._choose_columns)

    def _show_mode(self) -> None:
        words, icon_name = _MODES[self._views.mode]
        self.modes.set_icon(icon_name)
        self.modes.setAccessibleDescription(tr("Shown as: {mode}").format(mode=tr(words)))

    def _show_next(self) -> None:
        modes = list(ListMode)
        at = modes.index(self._views.mode)
        self._views.remember(mode=modes[(at + 1) % len(modes)])

    def _offer_sorts(self) -> None:
        menu, query = QMenu(self.sort), self._query()
        menu.setObjectName("sort-menu")
        shown = {column.id for column, _ in self._views.header.columns()}
        for column in self._views.columns():
            if column.sort is None or (column.field and column.id not in shown):
                continue
            choice = partial(self._sort_by, column.sort, column.field, column.down)
            chosen = (column.sort, column.field) == (query.sort, query.sort_field)
            add_choice(menu, title(column).replace("&", "&&"), chosen, choice)
        menu.addSeparator()
        turned = not query.descending
        words = tr("Descending") if turned else tr("Ascending")
        item = menu.addAction(words)
        item.triggered.connect(lambda: self._sort_by(query.sort, query.sort_field, turned))
        pop_up(menu, self.sort, at_end=True)

    def _offer_modes(self) -> None:
        menu, trigger = QMenu(self.modes), self._context.actions.trigger
        menu.setObjectName("list-mode-menu")
        for mode, (words, icon_name) in _MODES.items():
            choose = partial(trigger, f"view.{mode.value}")
            choice = add_choice(menu, tr(words), mode is self._views.mode, choose, icon_name)
            choice.setObjectName(f"mode-{mode.value}")
        menu.addSeparator()
        compact = self._context.settings.density is Density.COMPACT
        add_choice(menu, tr("Compact rows"), compact, partial(trigger, "view.density"))
        columns = menu.addAction(tr("Choose columns…"))
        columns.triggered.connect(lambda: trigger("list.columns"))
        pop_up(menu, self.modes, at_end=True)

    def _choose_columns(self) -> None:
        from rapport.ui.panes.columns_dialog import ColumnsDialog

        views = self._views
        dialog = ColumnsDialog(
            views.window(),
            views.columns(),
            views.shown(),
            lambda columns: views.remember(columns=columns, mode=ListMode.TABLE),
        )
        dialog.closed.connect(dialog.deleteLater)
        dialog.open()
