"""The sidebar: Today, contacts, smart lists and tags; Settings and help stay at the bottom."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QListView,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.filters import ContactQuery
from rapport.language import tr
from rapport.ui.context import Page, Pane, WindowContext
from rapport.ui.delegates.row import dress_list
from rapport.ui.delegates.sidebar_row import SidebarDelegate
from rapport.ui.look.icons import draw_icon, icon
from rapport.ui.look.paint import mirrored, rounded
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.type import REGULAR, SEMIBOLD
from rapport.ui.models import sidebar_model as nav
from rapport.ui.models.sidebar_model import Entry, SidebarModel
from rapport.ui.panes.parts import Rule
from rapport.ui.roles import NavKind
from rapport.ui.widgets.base import Control, is_rtl
from rapport.ui.widgets.button import IconButton

WIDE, RAIL = 220, 56


class _View(QListView):
    """Arrow keys choose, letters are left to the window's shortcuts."""

    chosen = Signal(QModelIndex)
    """Enter was pressed."""
    reached = Signal(QModelIndex)
    """The keyboard moved to an entry; a click is answered when it ends instead."""
    moved = Signal(int)
    """Alt and an arrow: the entry is to stand elsewhere."""

    def keyboardSearch(self, search: str) -> None:
        return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self.currentIndex())
            return
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.moved.emit(step)
            return
        before = self.currentIndex().row()
        super().keyPressEvent(event)
        if self.currentIndex().row() != before:
            self.reached.emit(self.currentIndex())


class _Place(Control):
    """An entry that stays at the bottom, drawn as those of the list are."""

    def __init__(self, text: str, icon_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon, self._chosen, self._rail = icon_name, False, False
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_chosen(self, chosen: bool) -> None:
        self._chosen = chosen
        self.update()

    def set_rail(self, rail: bool) -> None:
        self._rail = rail
        self.restyle()

    def sizeHint(self) -> QSize:
        px = self.type.px
        return QSize(px(40), px(40)) if self._rail else QSize(px(100), px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, area = QPainter(self), QRectF(self.rect())
        px, tokens, flipped = self.type.px, self.tokens, is_rtl(self)
        if self._chosen or self.isDown() or self.underMouse():
            fill = tokens.selection if self._chosen else tokens.hover
            rounded(painter, area, px(6), fill=fill)
        if self._chosen:
            bar = QRectF(0, px(6), px(3), area.height() - 2 * px(6))
            rounded(painter, mirrored(bar, area, flipped), px(3) / 2, fill=tokens.accent_text)
        side = px(20 if self._rail else 18)
        x = (area.width() - side) / 2 if self._rail else px(8)
        spot = mirrored(QRectF(x, (area.height() - side) / 2, side, side), area, flipped)
        draw_icon(painter, self._icon, spot, tokens.accent_text if self._chosen else tokens.muted)
        if self._rail:
            return
        weight = SEMIBOLD if self._chosen else REGULAR
        run = Run(self.text(), self.type.font(weight=weight), area.width() - px(36) - px(4))
        words = mirrored(QRectF(px(36), 0, run.width, area.height()), area, flipped)
        painter.setPen(QColor(tokens.text))
        metrics = self.type.metrics(weight=weight)
        run.draw(painter, words.left(), baseline_in(0, area.height(), metrics))


class Sidebar(QWidget):
    """Says what the list shows: choosing an entry changes page and query through the context."""

    menu_wanted = Signal(str, QPoint)
    """The id of a smart list's entry, and where on the screen."""
    list_added = Signal()
    """The plus beside the smart lists was pressed."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._collapsed = False
        self.setObjectName("sidebar-pane")
        self.setAutoFillBackground(True)
        self.edge = Rule(parent, upright=True)
        """The divider between the sidebar and the pages."""
        self.model = SidebarModel(self)
        self.view = _View(self)
        self.view.setObjectName("sidebar")
        self.view.setAccessibleName(tr("Navigation"))
        self._delegate = SidebarDelegate(self.view)
        self._delegate.add_clicked.connect(lambda _: self.list_added.emit())
        dress_list(self.view, self._delegate, uniform=False)
        self.view.setModel(self.model)
        self.view.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.view.clicked.connect(self._clicked)
        self.view.chosen.connect(self._clicked)
        self.view.reached.connect(self._reached)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._offer_menu)

        self._settings = _Place(tr("Settings"), "settings", self)
        self._settings.setObjectName("settings-button")
        self._settings.clicked.connect(lambda: context.actions.trigger("go.settings"))
        self._help = IconButton("help", tr("Keyboard shortcuts"), self)
        self._help.setObjectName("help-button")
        self._help.clicked.connect(lambda: context.actions.trigger("app.help"))
        self._foot = QHBoxLayout()
        self._foot.addWidget(self._settings, 1)
        self._foot.addWidget(self._help)
        column = QVBoxLayout(self)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addLayout(self._foot)

        self._chosen = nav.CONTACTS
        self.model.modelReset.connect(self._mark)
        context.page_changed.connect(self._page_changed)
        context.actions.bound.connect(self._show_foot)
        context.theme.changed.connect(self._dress)
        self._show_foot()
        self._dress()
        self._mark()

    @property
    def collapsed(self) -> bool:
        return self._collapsed

    def set_collapsed(self, collapsed: bool) -> None:
        """Shrink to a rail of icons, or open again."""
        if collapsed == self._collapsed:
            return
        self._collapsed = collapsed
        self._delegate.set_rail(collapsed)
        self.model.set_collapsed(collapsed)
        self.view.doItemsLayout()
        self._dress()
        self._mark()

    def sizeHint(self) -> QSize:
        width = self._context.theme.type.px(RAIL if self._collapsed else WIDE)
        return QSize(width, super().sizeHint().height())

    def choose(self, id: str) -> None:
        """Show what the entry stands for."""
        row = self.model.row_of(id)
        entry = self.model.entry(row)
        if entry is not None:
            self._go(entry)

    def note_query(self, query: ContactQuery) -> None:
        """Mark the entry whose conditions the contact list shows now, whoever asked for them."""
        if self._context.situation.page is not Page.CONTACTS:
            return
        entry = self.model.named(query.conditions)
        self._chosen = entry.id if entry is not None else nav.CONTACTS
        self._mark()

    def knows(self, query: ContactQuery) -> bool:
        """Whether an entry stands for the conditions of this query."""
        return self.model.named(query.conditions) is not None

    def title_of(self, query: ContactQuery) -> str:
        """The name of the list a query stands for."""
        entry = self.model.named(query.conditions)
        if entry is not None:
            return entry.text
        return tr("Filtered contacts") if query.conditions else tr("All contacts")

    def _clicked(self, index: QModelIndex) -> None:
        entry = self.model.entry(index.row())
        if entry is None or entry.kind is NavKind.SECTION:
            return
        if entry.id == nav.ALL_TAGS:
            self.model.toggle_all_tags()
        elif entry.id in (nav.LISTS, nav.TAGS):
            self._offer(entry.id, index)
        else:
            self._go(entry)

    def _reached(self, index: QModelIndex) -> None:
        entry = self.model.entry(index.row())
        if entry is not None and (entry.kind is NavKind.PLACE or entry.conditions):
            self._go(entry)
            # The arrows go on from here: the page does not take the keyboard.
            self._context.change(pane=Pane.SIDEBAR)
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go(self, entry: Entry) -> None:
        self._chosen = entry.id
        if entry.id == nav.TODAY:
            self._context.show_page(Page.TODAY)
        elif entry.id == nav.CALENDAR:
            self._context.show_page(Page.CALENDAR)
        elif entry.id == nav.ACTIVITY:
            self._context.show_page(Page.ACTIVITY)
        else:
            self._context.show_contacts(ContactQuery(conditions=entry.conditions))
        self._mark()

    def _offer(self, section: str, index: QModelIndex) -> None:
        menu = QMenu(self)
        menu.setObjectName(f"sidebar-{section}")
        for entry in self.model.under(section):
            item = menu.addAction(f"{entry.text}\t{entry.count}")
            item.setObjectName(entry.id)
            item.setIcon(icon(entry.icon))
            item.triggered.connect(lambda _=False, entry=entry: self._go(entry))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.view.viewport().mapToGlobal(self.view.visualRect(index).topRight()))

    @property
    def chosen(self) -> str:
        """The id of the entry that is marked."""
        return self._chosen

    def _offer_menu(self, spot: QPoint) -> None:
        entry = self.model.entry(self.view.indexAt(spot).row())
        if entry is not None and entry.id.startswith(nav.LIST):
            self.menu_wanted.emit(entry.id, self.view.viewport().mapToGlobal(spot))

    def _page_changed(self, page: str) -> None:
        match Page(page):
            case Page.TODAY:
                self._chosen = nav.TODAY
            case Page.CALENDAR:
                self._chosen = nav.CALENDAR
            case Page.ACTIVITY:
                self._chosen = nav.ACTIVITY
            case Page.SETTINGS:
                self._chosen = ""
            case Page.DUPLICATES:
                self._chosen = nav.CONTACTS
            case Page.CONTACTS if self._chosen in (nav.TODAY, nav.CALENDAR, nav.ACTIVITY):
                self._chosen = nav.CONTACTS
        self._settings.set_chosen(page == Page.SETTINGS)
        self._mark()

    def _mark(self) -> None:
        """Select the chosen entry; on the rail its section stands for it."""
        row = self.model.row_of(self._chosen)
        if row < 0 and self._collapsed and self._chosen:
            row = self.model.row_of(nav.TAGS if self._chosen.startswith(nav.TAG) else nav.LISTS)
        selection = self.view.selectionModel()
        if row == selection.currentIndex().row() and selection.hasSelection():
            return
        with QSignalBlocker(selection):
            if row < 0:
                selection.clear()
            else:
                flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
                selection.setCurrentIndex(self.model.index(row), flags)
        self.view.viewport().update()

    def _show_foot(self, _: str = "") -> None:
        self._settings.setVisible(self._context.actions.is_bound("go.settings"))
        self._help.setVisible(not self._collapsed and self._context.actions.is_bound("app.help"))

    def _dress(self) -> None:
        px = self._context.theme.type.px
        # The divider beside it is the last pixel of the column.
        self.setFixedWidth(px(RAIL if self._collapsed else WIDE) - 1)
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(0, px(8), 0, px(8))
        self._foot.setDirection(
            QBoxLayout.Direction.BottomToTop
            if self._collapsed
            else QBoxLayout.Direction.LeftToRight
        )
        side = px(8)
        self._foot.setContentsMargins(side, 0, side, 0)
        self._settings.set_rail(self._collapsed)
        self._show_foot()
