"""The frame of the Activity page: a title, its tabs, and the view that was chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from rapport.domain.records import Id
from rapport.domain.views import SyncStatus
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.rooms import Tab
from rapport.ui.widgets.labels import Label, Rule
from rapport.ui.widgets.segmented import Segmented, Shape
from rapport.ui.wording import count


@runtime_checkable
class Steps(Protocol):
    """A tab's view whose things J and K go through."""

    def step(self, by: int) -> None: ...


@runtime_checkable
class ShowsContact(Protocol):
    """A tab's view that can be asked for what concerns one contact."""

    def show_contact(self, contact_id: Id) -> None: ...


class ActivityPage(QWidget):
    """Each tab's view is built when it is first shown, and lives as long as the account is open."""

    def __init__(
        self,
        workspace: Workspace,
        context: WindowContext,
        tabs: Sequence[Tab],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("activity-page")
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._workspace = workspace
        self._context = context
        self._tabs = {tab.id: tab for tab in tabs}
        self._views: dict[str, QWidget] = {}
        self._title = Label(tr("Activity"), self, size=TextSize.TITLE, weight=SEMIBOLD)
        self.tabs = Segmented(
            [(tab.id, tr(tab.title)) for tab in tabs], self, shape=Shape.TABS, name=tr("Activity")
        )
        self.tabs.setObjectName("activity-tabs")
        self.tabs.chosen.connect(self.show_tab)
        self._stack = QStackedWidget(self)
        self._head = QHBoxLayout()
        self._head.addWidget(self._title)
        self._head.addWidget(self.tabs)
        self._head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(Rule(self))
        column.addWidget(self._stack, 1)
        self._unsubscribe: Callable[[], None] = workspace.sync.subscribe(self._count)
        self.destroyed.connect(lambda *_, leave=self._unsubscribe: leave())
        context.theme.changed.connect(self._dress)
        self._dress()
        self._count(workspace.sync.status())
        self.show_tab(tabs[0].id)

    def step(self, by: int) -> None:
        """Go to the next thing of the tab, or the previous one, where it has such."""
        view = self._stack.currentWidget()
        if isinstance(view, Steps):
            view.step(by)

    def show_tab(self, id: object, contact_id: Id = "") -> None:
        """Show a tab by its id, at what concerns a contact; its view takes the keyboard when it is
        asked to."""
        tab = self._tabs[str(id)]
        self.tabs.set_value(tab.id)
        view = self._views.get(tab.id)
        if view is None:
            view = self._views[tab.id] = tab.build(self._workspace, self._context)
            self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        if contact_id and isinstance(view, ShowsContact):
            view.show_contact(contact_id)

    def view(self, id: str) -> QWidget | None:
        """A tab's view; None until it was shown."""
        return self._views.get(id)

    def _count(self, status: SyncStatus) -> None:
        for tab in self._tabs.values():
            if tab.waiting is not None:
                waiting = tab.waiting(status)
                self.tabs.set_count(tab.id, count(waiting) if waiting else "", alert=tab.alert)

    def _dress(self) -> None:
        px = self._context.theme.type.px
        self._head.setContentsMargins(px(20), 0, px(20), 0)
        self._head.setSpacing(px(28))
