"""How the window builds the parts it does not know: after its first paint, on first use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QWidget

from rapport.domain.records import Id
from rapport.domain.views import SyncStatus
from rapport.language import mark
from rapport.ui.context import WindowContext

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace
    from rapport.ui.panes.marked_contacts import MarkedContacts


class MarkedRows(Protocol):
    """A list whose rows can be marked."""

    def mark(self) -> None:
        """Mark the chosen row, or take its mark away."""
        ...

    async def mark_all(self) -> None: ...

    def unmark(self) -> None: ...


class DetailRoom(Protocol):
    """What the window asks of the detail pane. It is a QWidget; it binds its actions on
    ``context.actions`` when built, and the window deletes it when the account changes."""

    def show_contact(self, contact_id: Id | None) -> None:
        """Show a contact, or the sentence that none is chosen. The same id again: bring it
        forward, keep what is being typed."""
        ...


class TodayRoom(Protocol):
    """What the window asks of the Today page (a QWidget, too)."""

    marked: MarkedRows

    def open_task(self, task_id: Id) -> None:
        """Choose the task in the list, show it and put the keyboard focus on it."""
        ...

    def step(self, by: int) -> None:
        """Go to the next task, or the previous one."""
        ...


class DuplicatesRoom(Protocol):
    """What the window asks of the page of duplicates (a QWidget, too)."""

    def show_contacts(self, ids: Sequence[Id]) -> None:
        """Put these side by side; none: list all that may be there twice."""
        ...

    def step(self, by: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of the Activity page, built when it is first shown. ``waiting`` is how many things
    wait there; with ``alert`` they wait for a decision."""

    id: str
    title: str
    build: Callable[[Workspace, WindowContext], QWidget]
    waiting: Callable[[SyncStatus], int] | None = None
    alert: bool = False


def _no_bulk(context: WindowContext, marked: MarkedContacts, page: QWidget) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Rooms:
    """``settings`` None: there is no settings page, and navigation does not offer one. Likewise
    the calendar, and Activity without tabs."""

    detail: Callable[[Workspace, WindowContext], QWidget]
    today: Callable[[Workspace, WindowContext], QWidget]
    calendar: Callable[[Workspace, WindowContext], QWidget] | None = None
    settings: Callable[[WindowContext], QWidget] | None = None
    duplicates: Callable[[Workspace, WindowContext], QWidget] | None = None
    activity: tuple[Tab, ...] = ()
    bulk: Callable[[WindowContext, MarkedContacts, QWidget], object] = _no_bulk
    """Binds what can be done with marked contacts; the widget is their page."""
    load: Callable[[], None] = lambda: None
    """Imports what the rooms are made of. Called on another thread: it takes a tenth of a second,
    and the window is to answer meanwhile."""


def _detail(workspace: Workspace, context: WindowContext) -> QWidget:
    from rapport.ui.panes.detail import DetailPane

    return DetailPane(workspace, context)


def _bulk(context: WindowContext, marked: MarkedContacts, page: QWidget) -> object:
    from rapport.ui.bulk import BulkActions

    return BulkActions(context, marked, page)


def _today(workspace: Workspace, context: WindowContext) -> QWidget:
    from rapport.ui.panes.today import TodayPage

    return TodayPage(workspace, context, user_id=workspace.account.user_id or None)


def _calendar(workspace: Workspace, context: WindowContext) -> QWidget:
    from rapport.ui.panes.calendar import CalendarPage

    return CalendarPage(workspace, context)


def _duplicates(workspace: Workspace, context: WindowContext) -> QWidget:
    from rapport.ui.panes.duplicates.page import DuplicatesPage

    return DuplicatesPage(workspace, context)


def _ledger(workspace: Workspace, context: WindowContext) -> QWidget:
    from rapport.ui.panes.activity.ledger import LedgerView

    return LedgerView(workspace, context)


def _conflicts(workspace: Workspace, context: WindowContext) -> QWidget:
    from rapport.ui.panes.activity.inbox import ConflictsView

    return ConflictsView(workspace, context)


def _audit(workspace: Workspace, context: WindowContext) -> QWidget:
    from rapport.ui.panes.activity.audit import AuditView

    return AuditView(workspace, context)


def _load() -> None:
    import rapport.ui.bulk
    import rapport.ui.panes.activity.audit
    import rapport.ui.panes.activity.operations
    import rapport.ui.panes.calendar
    import rapport.ui.panes.detail
    import rapport.ui.panes.duplicates
    import rapport.ui.panes.today  # noqa: F401


ACTIVITY = (
    Tab("ledger", mark("Sync ledger"), _ledger, lambda status: status.waiting + status.refused),
    Tab("conflicts", mark("Conflicts"), _conflicts, lambda status: status.conflicts, alert=True),
    Tab("audit", mark("Audit log"), _audit),
)

STANDARD_ROOMS = Rooms(
    detail=_detail,
    today=_today,
    calendar=_calendar,
    duplicates=_duplicates,
    activity=ACTIVITY,
    bulk=_bulk,
    load=_load,
)
