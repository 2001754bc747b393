"""The rows of the contact list as a list, a table or cards: one view in three arrangements.

So there is one chosen row, one set of marks and one place in the list, whichever way it is shown.
What a person chose here is kept in the settings, for each account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import structs
from PySide6.QtCore import QPoint, QSignalBlocker, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from rapport.domain.filters import ContactQuery, Sort
from rapport.domain.settings import ColumnWidth, Density, ListLayout, ListMode
from rapport.language import tr
from rapport.ui import roles
from rapport.ui.columns import (
    CUSTOM,
    NAME,
    Column,
    all_columns,
    shown_columns,
    title,
)
from rapport.ui.context import WindowContext
from rapport.ui.delegates.contact_card import GAP, LEAST_WIDTH, ContactCardDelegate
from rapport.ui.delegates.contact_row import ContactRowDelegate
from rapport.ui.delegates.contact_table_row import ContactTableDelegate
from rapport.ui.menus import add_choice
from rapport.ui.models.contact_list_model import ContactListModel
from rapport.ui.panes.rows_view import Cells, RowsView
from rapport.ui.panes.table_header import TableHeader

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

DENSITIES = {
    Density.COMFORTABLE: roles.Density.COMFORTABLE,
    Density.COMPACT: roles.Density.COMPACT,
}


class ContactViews(QWidget):
    mode_changed = Signal()
    sort_wanted = Signal(object, str, bool)
    """A :class:`Sort`, the id of the custom field it means, and whether from the top down."""

    def __init__(
        self, workspace: Workspace, context: WindowContext, model: ContactListModel, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._context = context
        self._model = model
        self._mode = ListMode.LIST
        self._density = context.settings.density
        self._anchor: tuple[int, int] | None = None
        self._rows = ContactRowDelegate(None, DENSITIES[self._density])
        self._table = ContactTableDelegate(self)
        self._table.set_density(DENSITIES[self._density])
        self._cards = ContactCardDelegate(self)
        self.header = TableHeader(self)
        self.header.hide()
        self.view = RowsView(self._rows, self._rows.row_height(), self)
        self._rows.setParent(self.view)
        self.view.setModel(model)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.view, 1)
        self.view.scrolled_across.connect(self.header.setOffset)
        self.header.arranged.connect(self._arranged)
        self.header.changed.connect(lambda columns: self.remember(columns=columns))
        self.header.sort_wanted.connect(self._sort_by)
        self.header.menu_wanted.connect(self._offer_columns)
        context.settings_changed.connect(self.apply)
        context.theme.changed.connect(self._dress)
        self.apply()
        self._dress()

    @property
    def mode(self) -> ListMode:
        return self._mode

    @property
    def kept(self) -> ListLayout:
        """How this account's list was left."""
        return self._context.settings.lists.get(self._workspace.account.id) or ListLayout()

    def remember(self, **changes: Any) -> None:
        """Keep how the list is shown, by field name of :class:`ListLayout`."""
        layout = structs.replace(self.kept, **changes)
        lists = {**self._context.settings.lists, self._workspace.account.id: layout}
        self._context.change_settings(lists=lists)

    def in_its_order(self, query: ContactQuery) -> ContactQuery:
        """The query in the order that was chosen last, where it asks for none of its own."""
        plain, kept = ContactQuery(), self.kept
        if (query.sort, query.descending) != (plain.sort, plain.descending):
            return query
        return structs.replace(
            query, sort=kept.sort, sort_field=kept.sort_field, descending=kept.descending
        )

    def show_query(self, query: ContactQuery) -> None:
        """Mark the column that the list is sorted by."""
        column = self.column_of(query)
        self.header.show_sort(column.id if column is not None else "", down=query.descending)

    def column_of(self, query: ContactQuery) -> Column | None:
        """The column that a query is sorted by, whether the table shows it or not."""
        if query.sort is Sort.CUSTOM:
            return self.column(CUSTOM + query.sort_field)
        return next((one for one in self.columns() if one.sort is query.sort), None)

    def shown(self) -> list[ColumnWidth]:
        """The columns of the table, whether it is shown or not."""
        columns = shown_columns(self.kept, self._workspace)
        return [ColumnWidth(id=column.id, width=width) for column, width in columns]

    def columns(self) -> list[Column]:
        """All that there are."""
        return all_columns(self._workspace)

    def column(self, id: str) -> Column | None:
        return next((one for one in self.columns() if one.id == id), None)

    def keep_place(self) -> None:
        """Remember which row stands at the top; rows may come and go above it."""
        row, offset = self.view.top_row()
        key = self._model.key_at(row) if row or offset else None
        self._anchor = (key, offset) if key is not None else None

    def return_to_place(self) -> None:
        if self._anchor is not None:
            key, offset = self._anchor
            row = self._model.row_of_key(key)
            if row >= 0:
                self.view.scroll_to_top_row(row, offset)

    # What the settings say.

    def apply(self) -> None:
        """Show the list as the settings want it."""
        density, layout = self._context.settings.density, self.kept
        columns = shown_columns(layout, self._workspace)
        with_columns = columns if layout.mode is ListMode.TABLE else []
        moved = (density, layout.mode) != (self._density, self._mode)
        if moved:
            self.keep_place()
            self._density = density
            self._rows.set_density(DENSITIES[density])
            self._table.set_density(DENSITIES[density])
        if with_columns:
            self.header.show_columns(columns)
        shown = tuple(column for column, _ in with_columns)
        if {c.id for c in shown} != {c.id for c in self._model.columns}:
            self._model.set_columns(shown)
        if layout.mode is not self._mode:
            self._mode = layout.mode
            self.view.setItemDelegate(self._delegate)
            self.header.setVisible(self._mode is ListMode.TABLE)
            self.mode_changed.emit()
        if moved:
            self._dress()
            self.view.scrollTo(self.view.currentIndex())
            if not self.view.currentIndex().isValid():
                self.return_to_place()

    @property
    def _delegate(self) -> ContactRowDelegate | ContactTableDelegate | ContactCardDelegate:
        match self._mode:
            case ListMode.TABLE:
                return self._table
            case ListMode.CARDS:
                return self._cards
        return self._rows

    def _arranged(self) -> None:
        """The header's columns are others, or stand otherwise."""
        columns = self.header.columns()
        self._table.set_columns(columns)
        self._model.set_columns([column for column, _ in columns])
        if self._mode is ListMode.TABLE:
            self._dress()

    def _dress(self) -> None:
        px, height = self._context.theme.type.px, self._delegate.row_height()
        match self._mode:
            case ListMode.TABLE:
                self.view.set_cells(Cells(height, whole_width=max(1, self._table.width())))
                with QSignalBlocker(self.header):
                    self.header.setOffset(self.view.horizontalOffset())
            case ListMode.CARDS:
                self.view.set_cells(Cells(height, least_width=px(LEAST_WIDTH), gap=px(GAP)))
            case _:
                self.view.set_cells(Cells(height))

    # The header.

    def _sort_by(self, column_id: str) -> None:
        """A click on a column: sort by it; a second one turns the order round."""
        column = self.column(column_id)
        if column is None or column.sort is None:
            return
        query = self._model.query
        same = column.sort is query.sort and column.field == query.sort_field
        down = not query.descending if same else column.down
        self.sort_wanted.emit(column.sort, column.field, down)

    def _offer_columns(self, where: QPoint, over: str) -> None:
        menu = QMenu(self)
        menu.setObjectName("columns-menu")
        column = self.column(over)
        if column is not None and column.sort is not None:
            sort, field = column.sort, column.field
            for words, down in ((tr("Sort ascending"), False), (tr("Sort descending"), True)):
                item = menu.addAction(words)
                item.triggered.connect(
                    lambda _=False, down=down: self.sort_wanted.emit(sort, field, down)
                )
            menu.addSeparator()
        shown = [one.id for one, _ in self.header.columns()]
        for one in self.columns():
            choice = add_choice(
                menu,
                title(one).replace("&", "&&"),
                one.id in shown,
                lambda id=one.id: self._toggle(id),  # type: ignore[misc]
            )
            choice.setEnabled(one.id != NAME)
        menu.addSeparator()
        more = menu.addAction(tr("Choose columns…"))
        more.triggered.connect(lambda: self._context.actions.trigger("list.columns"))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)

    def _toggle(self, id: str) -> None:
        now = self.header.arrangement()
        rest = tuple(one for one in now if one.id != id)
        self.remember(columns=rest if len(rest) < len(now) else (*now, ColumnWidth(id=id)))
