"""The catalogue at the start edge: a search, and what it finds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from rapport.language import tr, trn
from rapport.ui.delegates.operation_row import OperationDelegate, row_height
from rapport.ui.look.theme import current_theme
from rapport.ui.models.operation_list_model import Entry, OperationListModel
from rapport.ui.panes.parts import EmptyState
from rapport.ui.panes.rows_view import RowsView
from rapport.ui.widgets.inputs import SearchField
from rapport.ui.wording import count

_WINDOW_KEYS = (Qt.Key.Key_Slash, Qt.Key.Key_Escape, Qt.Key.Key_F5)


class _Search(SearchField):
    """Down and Enter go on to what was found."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
            return
        super().keyPressEvent(event)


class _Rows(RowsView):
    """Left and right close and open a group, like a click on its title."""

    def __init__(self, model: OperationListModel, parent: QWidget) -> None:
        super().__init__(OperationDelegate(), row_height(), parent)
        self._entries = model
        self.setModel(model)
        delegate = self.itemDelegate()
        delegate.setParent(self)
        current_theme().changed.connect(self._fit)

    def _fit(self) -> None:
        self.set_row_height(row_height())

    def event(self, event: QEvent) -> bool:
        """Bare keys are not for what is chosen on another page: Space would complete a task."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
            and event.key() not in _WINDOW_KEYS
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        forward = Qt.Key.Key_Left if self.isRightToLeft() else Qt.Key.Key_Right
        back = Qt.Key.Key_Right if self.isRightToLeft() else Qt.Key.Key_Left
        if index.isValid() and event.key() in (forward, back):
            self._set_open(index, event.key() == forward)
            return
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and index.isValid() and self._entries.entry(index) is None:
            self._toggle(index)
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        left = event.button() is Qt.MouseButton.LeftButton
        if left and index.isValid() and self._entries.entry(index) is None:
            self._toggle(index)

    def _toggle(self, index: QModelIndex) -> None:
        section = self._entries.section_id(index)
        self._set_open(index, not self._entries.is_open(section))

    def _set_open(self, index: QModelIndex, opened: bool) -> None:
        section, entry = self._entries.section_id(index), self._entries.entry(index)
        self._entries.set_open(section, opened)
        # The row that was current may be gone now: its title stands for it.
        kept = self._entries.index_of(entry.id) if entry is not None else QModelIndex()
        self.setCurrentIndex(kept if kept.isValid() else self._entries.index_of(section))


class CatalogueList(QWidget):
    """``chosen`` follows the current row; ``opened`` says that the keyboard goes on to it."""

    chosen = Signal(object)
    opened = Signal()

    def __init__(self, entries: Sequence[Entry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = trn("Filter {n} operation", "Filter {n} operations", len(entries)).format(
            n=count(len(entries))
        )
        self.search = _Search(words, self, placeholder=words, key="")
        self.search.setObjectName("operations-search")
        self.search.setMaxLength(100)
        self.model = OperationListModel(entries, self)
        self.rows = _Rows(self.model, self)
        self.rows.setObjectName("operations-list")
        self.rows.setAccessibleName(tr("Operations"))
        self._empty = EmptyState(self)
        self._empty.say("search", tr("No operation has these words"), button=tr("Clear the search"))
        self._empty.button.clicked.connect(self.search.clear)
        self._layers = QStackedLayout()
        self._layers.addWidget(self.rows)
        self._layers.addWidget(self._empty)
        self._column = QVBoxLayout(self)
        self._search_row = QHBoxLayout()
        self._search_row.addWidget(self.search)
        self._column.addLayout(self._search_row)
        self._column.addLayout(self._layers, 1)
        self.setFocusProxy(self.search)
        self.search.textChanged.connect(self._search)
        self.search.left.connect(self._go_on)
        self.rows.selectionModel().currentChanged.connect(self._current)
        self.rows.opened.connect(self.opened)
        self._last: Entry | None = None
        current_theme().changed.connect(self._dress)
        self._dress()

    def choose(self, id: str) -> None:
        """Make an entry the current one, whatever is searched for."""
        index = self.model.index_of(id)
        if not index.isValid():
            self.search.clear()
            self.model.set_open(id.rpartition(".")[0], True)
            index = self.model.index_of(id)
        self.rows.setCurrentIndex(index)
        self.rows.scrollTo(index)

    def choose_first(self) -> None:
        self.rows.setCurrentIndex(self.model.first())

    def _search(self, text: str) -> None:
        self.model.search(text)
        found = bool(self.model.found)
        self._layers.setCurrentIndex(0 if found else 1)
        if not found:
            return
        kept = self.model.index_of(self._last.id) if self._last is not None else QModelIndex()
        # Typing shows where the search leads; what is being filled in stays while it is found.
        self.rows.setCurrentIndex(kept if kept.isValid() else self.model.first())
        self.rows.scrollTo(self.rows.currentIndex())

    def _go_on(self) -> None:
        if self.model.found:
            if self.model.entry(self.rows.currentIndex()) is None:
                self.choose_first()
            self.rows.setFocus(Qt.FocusReason.TabFocusReason)

    def _current(self, index: QModelIndex) -> None:
        entry = self.model.entry(index)
        if entry is not None and entry is not self._last:
            self._last = entry
            self.chosen.emit(entry)

    def _dress(self) -> None:
        px = current_theme().type.px
        self._column.setContentsMargins(0, px(12), 0, 0)
        self._column.setSpacing(px(8))
        self._search_row.setContentsMargins(px(12), 0, px(12), 0)
