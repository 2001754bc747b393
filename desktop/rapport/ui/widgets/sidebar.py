"""The sidebar: places, lists and tags, wide or as a rail."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtWidgets import QListView, QWidget

from rapport.language import tr
from rapport.ui.delegates.row import dress_list
from rapport.ui.delegates.sidebar_row import SidebarDelegate
from rapport.ui.look.theme import current_theme
from rapport.ui.roles import NavKind, NavRole

WIDE = 220
RAIL = 56


class Sidebar(QListView):
    """Shows a model of :class:`~rapport.ui.roles.NavRole`; the current row is where one is.

    Section titles cannot be current: give them no ``Qt.ItemIsSelectable`` flag, arrows skip them.
    """

    opened = Signal(str)
    """The ID of the row a person went to."""
    add_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = SidebarDelegate(self)
        self._delegate.add_clicked.connect(self.add_clicked)
        dress_list(self, self._delegate, uniform=False)
        self.setAccessibleName(tr("Sidebar"))
        self.setAutoFillBackground(True)
        self.clicked.connect(self._tell)
        self.activated.connect(self._tell)
        current_theme().changed.connect(self.restyle)
        self.restyle()

    def is_rail(self) -> bool:
        return self._delegate.rail

    def set_rail(self, rail: bool) -> None:
        """Collapse to icons, or open."""
        if rail != self._delegate.rail:
            self._delegate.set_rail(rail)
            self.restyle()

    def restyle(self) -> None:
        theme = current_theme()
        self.setFixedWidth(theme.type.px(RAIL if self.is_rail() else WIDE))
        self.setViewportMargins(0, theme.type.px(8), 0, theme.type.px(8))
        palette = QPalette(self.palette())
        for role in (QPalette.ColorRole.Base, QPalette.ColorRole.Window):
            palette.setColor(role, QColor(theme.tokens.window))
        self.setPalette(palette)
        self.viewport().setPalette(palette)
        self.doItemsLayout()

    def go_to(self, ident: str) -> None:
        """Make the row with this ID current, without telling anyone."""
        model = self.model()
        for row in range(model.rowCount() if model is not None else 0):
            index = model.index(row, 0)
            if index.data(int(NavRole.ID)) == ident and _is_place(index):
                self.setCurrentIndex(index)
                return
        self.clearSelection()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps: dict[int, int] = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        step = steps.get(event.key())
        if step is None:
            super().keyPressEvent(event)
            return
        model = self.model()
        row = self.currentIndex().row() + step
        while 0 <= row < model.rowCount():
            index = model.index(row, 0)
            if _is_place(index):
                self.setCurrentIndex(index)
                self.opened.emit(str(index.data(int(NavRole.ID))))
                return
            row += step

    def _tell(self, index: QModelIndex) -> None:
        if _is_place(index):
            self.opened.emit(str(index.data(int(NavRole.ID))))


def _is_place(index: QModelIndex) -> bool:
    return index.isValid() and index.data(int(NavRole.KIND)) != NavKind.SECTION
