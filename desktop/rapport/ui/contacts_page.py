"""The page of contacts: the list and the detail, beside each other or one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QApplication, QSplitter, QVBoxLayout, QWidget

from rapport.domain.filters import ContactQuery
from rapport.domain.records import Id
from rapport.domain.settings import ListMode
from rapport.language import tr
from rapport.ui.context import Pane, WindowContext
from rapport.ui.panes.contact_list import ContactList
from rapport.ui.panes.marked_summary import CONTACT_BUTTONS, MarkedSummary, contacts_told
from rapport.ui.rooms import DetailRoom, Rooms
from rapport.ui.widgets.button import Button, Kind, Size

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

_LIST_LEAST, _LIST_MOST = 300, 520
_DETAIL_LEAST = 420
_DETAIL_ALONE = 400
_WIDE_LEAST = 620
"""A table or cards beside the detail."""
_NO_LIMIT = (1 << 24) - 1


class ContactsPage(QSplitter):
    """The list and the detail; the border between them stays where it is dragged to.

    Where there is no room for both, with large text, the list has the whole page until a contact
    is opened, by a click or Enter; Escape gives it back. A table and cards have it in any case
    until then."""

    def __init__(self, workspace: Workspace, context: WindowContext) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._workspace = workspace
        self._context = context
        self.setObjectName("contacts-page")
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        self.list = ContactList(workspace, context, self)
        self._host = QWidget(self)
        self._host.setAutoFillBackground(True)
        self._host.setBackgroundRole(QPalette.ColorRole.Base)
        host_column = QVBoxLayout(self._host)
        host_column.setContentsMargins(0, 0, 0, 0)
        host_column.setSpacing(0)
        self._back = Button(
            tr("Back"), self._host, kind=Kind.QUIET, size=Size.SMALL, icon="left", key="Esc"
        )
        self._back.setObjectName("close-detail")
        self._back.clicked.connect(self._go_back)
        host_column.addWidget(self._back, 0, Qt.AlignmentFlag.AlignLeading)
        self._summary: MarkedSummary | None = None
        self._detail: QWidget | None = None
        self._opened = False
        """The detail has been opened, where it is not there by itself."""
        self._had_room = True
        self.addWidget(self.list)
        self.addWidget(self._host)
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        self._arrange()
        self._share()
        self.splitterMoved.connect(self._moved)
        context.theme.changed.connect(self._arrange)
        context.situation_changed.connect(self._follow)
        context.contact_opened.connect(self._contact_opened)
        self.list.views.mode_changed.connect(self._mode_changed)
        self.list.view.clicked.connect(lambda _: self._clicked())

    @property
    def is_wide(self) -> bool:
        """Whether the list is a table or cards."""
        return self.list.mode is not ListMode.LIST

    @property
    def has_room(self) -> bool:
        """Whether list and detail can be side by side."""
        least = _WIDE_LEAST if self.is_wide else _LIST_LEAST
        return self.width() >= self._px(least + _DETAIL_LEAST)

    @property
    def list_width(self) -> int:
        """In design pixels; of one that has the page to itself, what it would have beside it."""
        if self.is_wide or not self._are_both_shown:
            return self._context.settings.list_width
        return round((self.list.width() + 1) / max(0.01, self._px(1000) / 1000))

    @property
    def detail(self) -> QWidget | None:
        """None until it has been built."""
        return self._detail

    def build_detail(self, rooms: Rooms) -> None:
        if self._detail is None:
            self._detail = rooms.detail(self._workspace, self._context)
            layout = self._host.layout()
            assert layout is not None
            layout.addWidget(self._detail)
            self._summary = MarkedSummary(
                self._context, self._host, "contacts", CONTACT_BUTTONS, contacts_told
            )
            rooms.bulk(self._context, self.list.marked, self)
            layout.addWidget(self._summary)
            self._show_summary()
            self.show_contact(self._context.situation.contact_id)

    def show_contact(self, contact_id: Id | None) -> None:
        if self._detail is not None:
            cast("DetailRoom", self._detail).show_contact(contact_id)

    def show_query(self, query: ContactQuery) -> None:
        """Show a list, from under the detail if need be."""
        if not self.has_room:
            self.close_detail()
        self.list.show_query(query)

    def focus_rows(self) -> None:
        if not self.has_room:
            self.close_detail()
        self.list.focus_rows()

    def focus_detail(self, reason: Qt.FocusReason = Qt.FocusReason.TabFocusReason) -> None:
        """Put the keyboard on the first control of the detail; on the way back, while there is
        none yet."""
        if self._detail is None or self._detail.isAncestorOf(self.window().focusWidget()):
            return
        first = self._detail.nextInFocusChain()
        while first is not None and self._detail.isAncestorOf(first):
            if first.focusPolicy() & Qt.FocusPolicy.TabFocus and first.isVisible():
                first.setFocus(reason)
                return
            first = first.nextInFocusChain()
        if not self._back.isHidden():
            self._back.setFocus(reason)

    def close_detail(self) -> bool:
        """Give the page back to the list; whether the detail had been opened."""
        opened, self._opened = self._opened, False
        self._arrange()
        return opened

    def _px(self, length: int) -> int:
        return self._context.theme.type.px(length)

    def _go_back(self) -> None:
        self.close_detail()
        self.list.focus_rows()

    def _contact_opened(self, _: Id) -> None:
        """Somebody wants to see a contact; the keys that walk the list only choose one."""
        if not self.list.choosing:
            self._open()

    def _clicked(self) -> None:
        """A row; with Ctrl or Shift it is marked."""
        if not QApplication.keyboardModifiers():
            self._open()

    def _open(self) -> None:
        if not self._opened and (self.is_wide or not self.has_room):
            self._opened = True
            self._arrange()

    def _mode_changed(self) -> None:
        self._opened = False
        self._arrange()
        self._share()

    @property
    def _are_both_shown(self) -> bool:
        return not self.list.isHidden() and not self._host.isHidden()

    def _arrange(self) -> None:
        """Decide who is seen: the list, the detail, or both."""
        px, room, wide, both = self._px, self.has_room, self.is_wide, self._are_both_shown
        focused = self.window().focusWidget()
        if room != self._had_room and not wide:
            # What the keyboard is in stays in sight.
            self._opened = not room and self._host.isAncestorOf(focused)
        self._had_room = room
        beside_table = self._opened or self._context.situation.marked_contacts > 1
        detail = (beside_table or not wide) if room else self._opened
        self.list.setMinimumWidth(px(_LIST_LEAST))
        self.list.setMaximumWidth(px(_LIST_MOST) if room and not wide else _NO_LIMIT)
        self._host.setMinimumWidth(px(_DETAIL_LEAST if room else _DETAIL_ALONE))
        words = tr("Close") if room else tr("Back")
        self._back.setText(words)
        self._back.setAccessibleName(words)
        self._back.setVisible(self._opened)
        self._host.setVisible(detail)
        if detail and not room and self.list.isAncestorOf(focused):
            self.focus_detail(Qt.FocusReason.OtherFocusReason)
        self.list.setVisible(room or not detail)
        if self._are_both_shown and not both:
            self._share()

    def _share(self) -> None:
        """Give list and detail the widths they begin with."""
        px = self._px
        if self.is_wide:
            self.setSizes([10_000, px(_DETAIL_LEAST + 20)])
        else:
            self.setSizes([px(self._context.settings.list_width) - 1, 10_000])

    def _moved(self) -> None:
        if not self.is_wide:
            self._context.change_settings(list_width=self.list_width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """Room for the wider of what is shown: both are shown only where both fit."""
        parts = [part for part in (self.list, self._host) if not part.isHidden()]
        widest = max((part.minimumWidth() for part in parts), default=0)
        return QSize(widest, super().minimumSizeHint().height())

    def _follow(self) -> None:
        nobody = self._context.situation.contact_id is None
        covered = self._opened and not self.has_room
        if covered and nobody and not self.list.view.currentIndex().isValid():
            self.focus_rows()  # it was deleted
        self._show_summary()

    def _show_summary(self) -> None:
        """Of several marked contacts no single one is shown."""
        if self._detail is not None and self._summary is not None:
            several = self._context.situation.marked_contacts > 1
            self._summary.setVisible(several)
            self._detail.setVisible(not several)
            self._arrange()

    def pane_of(self, widget: QWidget) -> Pane:
        if self.list.isAncestorOf(widget):
            return Pane.LIST
        return Pane.DETAIL if self._host.isAncestorOf(widget) else Pane.OTHER
