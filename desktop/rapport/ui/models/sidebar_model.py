"""The sidebar: places, smart lists and tags with their counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import structs
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)

from rapport.domain.changes import ChangeEvent
from rapport.domain.filters import STANDARD_LISTS, AnyCondition, HasTag, SmartList
from rapport.domain.text import visible
from rapport.domain.views import SidebarCounts, SyncStatus
from rapport.language import tr
from rapport.services import across
from rapport.ui.look.text import plain_tip
from rapport.ui.roles import NavKind, NavRole
from rapport.ui.runner import Runner
from rapport.ui.wording import count

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

TODAY, CONTACTS, CALENDAR, ACTIVITY = "today", "contacts", "calendar", "activity"
LIST, TAG, ALL_TAGS = "list:", "tag:", "all-tags"
LISTS, TAGS = "lists", "tags"
"""The sections; on the collapsed rail each is one entry that offers a menu."""
_TOP_TAGS = 8
_DELAY_MS = 60
_SYNC_DELAY_MS = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. ``conditions`` is what the contact list shows when it is chosen."""

    id: str
    kind: NavKind
    text: str
    icon: str = ""
    count: str = ""
    conditions: tuple[AnyCondition, ...] = ()
    own: bool = False
    """A smart list that the person made."""
    alert: bool = False
    """The count is of what waits for a decision."""

    @property
    def spoken(self) -> str:
        if self.alert and self.count:
            return tr("{text}, {n} to decide").format(text=self.text, n=self.count)
        return tr("{text}, {n}").format(text=self.text, n=self.count) if self.count else self.text


def entries(
    counts: SidebarCounts,
    *,
    all_tags: bool = False,
    has_calendar: bool = False,
    has_activity: bool = False,
    to_decide: int = 0,
) -> list[Entry]:
    """The lines for these counts; without ``all_tags`` only the tags used most."""
    places = [
        Entry(TODAY, NavKind.PLACE, tr("Today"), "today", _some(counts.due)),
        Entry(CONTACTS, NavKind.PLACE, tr("Contacts"), "contacts", _some(counts.contacts)),
    ]
    if has_calendar:
        places.append(Entry(CALENDAR, NavKind.PLACE, tr("Calendar"), "calendar"))
    if has_activity:
        decide = _some(to_decide)
        place = Entry(ACTIVITY, NavKind.PLACE, tr("Activity"), "activity", decide, alert=True)
        places.append(place)
    lists = [_list_entry(lst, n) for lst, n in counts.smart_lists]
    shown = counts.tags if all_tags else counts.tags[:_TOP_TAGS]
    tags = [
        Entry(TAG + tag, NavKind.TAG, visible(tag), "tag", count(n), (HasTag(tag=tag),))
        for tag, n in shown
    ]
    if len(counts.tags) > _TOP_TAGS:
        words = tr("Show fewer") if all_tags else tr("Show all")
        total = "" if all_tags else count(len(counts.tags))
        tags.append(Entry(ALL_TAGS, NavKind.LIST, words, "more", total))
    result = places
    if lists:
        result += [Entry(LISTS, NavKind.SECTION, tr("Smart lists")), *lists]
    if tags:
        result += [Entry(TAGS, NavKind.SECTION, tr("Tags")), *tags]
    return result


def _list_entry(lst: SmartList, n: int) -> Entry:
    own = lst not in STANDARD_LISTS
    name = visible(lst.name) if own else tr(lst.name)
    return Entry(LIST + lst.id, NavKind.LIST, name, "smart", count(n), lst.conditions, own)


def rail(wide: list[Entry]) -> list[Entry]:
    """The lines of the collapsed sidebar: places, and a menu for each section."""
    icons = {LISTS: "smart", TAGS: "tag"}
    menus = [
        Entry(entry.id, NavKind.LIST, entry.text, icons[entry.id])
        for entry in wide
        if entry.kind is NavKind.SECTION
    ]
    places = [entry for entry in wide if entry.kind is NavKind.PLACE]
    return [*places, Entry("rule", NavKind.SECTION, ""), *menus] if menus else places


def _some(number: int) -> str:
    return count(number) if number else ""


class SidebarModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.has_calendar = False
        self.has_activity = False
        self._all = self._entries = entries(SidebarCounts())
        self._counts = SidebarCounts()
        self._all_tags = False
        self._collapsed = False
        self._workspace: Workspace | None = None
        self._runner: Runner | None = None
        self._to_decide = 0
        self._unsubscribe: list[Callable[[], None]] = []
        self._beside: tuple[Workspace, ...] = ()
        self._ends: list[Callable[[], None]] = []
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self.refresh)
        self._minute = QTimer(self, interval=60_000)
        self._minute.timeout.connect(self.refresh)

    def open(self, workspace: Workspace | None, runner: Runner) -> None:
        """Show the counts of this account from now on; None empties the sidebar."""
        self.close()
        self._workspace, self._runner = workspace, runner
        if workspace is None:
            self._to_decide = 0
            self._show(SidebarCounts())
            return
        self._unsubscribe = [
            workspace.feed.subscribe(self._heard),
            workspace.sync.subscribe(self._synced),
        ]
        self._to_decide = workspace.sync.status().parked
        self._minute.start()
        self.refresh()

    def count_also(self, workspaces: Sequence[Workspace]) -> None:
        """Accounts whose tasks Today lists beside those of the one on screen."""
        if tuple(workspaces) == self._beside:
            return
        for end in self._ends:
            end()
        self._beside = tuple(workspaces)
        self._ends = [workspace.feed.subscribe(self._heard) for workspace in workspaces]
        self.refresh()

    def close(self) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe = []
        self._again.stop()
        self._minute.stop()
        if self._runner is not None:
            self._runner.cancel("sidebar")

    def refresh(self) -> None:
        if self._runner is not None and self._workspace is not None:
            self._runner.start(self._read, slot="sidebar")

    def set_collapsed(self, collapsed: bool) -> None:
        if collapsed != self._collapsed:
            self._collapsed = collapsed
            self._show(self._counts)

    def under(self, section: str) -> list[Entry]:
        """The entries of a section, whether the sidebar shows them or not."""
        prefix = LIST if section == LISTS else TAG
        return [entry for entry in self._all if entry.id.startswith(prefix)]

    def named(self, conditions: tuple[AnyCondition, ...]) -> Entry | None:
        """The entry that stands for these conditions, whether the sidebar shows it or not."""
        if not conditions:
            return None
        return next((entry for entry in self._all if entry.conditions == conditions), None)

    def toggle_all_tags(self) -> None:
        self._all_tags = not self._all_tags
        self._show(self._counts)

    @property
    def counts(self) -> SidebarCounts:
        return self._counts

    def entry(self, row: int) -> Entry | None:
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def row_of(self, id: str) -> int:
        return next((row for row, entry in enumerate(self._entries) if entry.id == id), -1)

    # What Qt asks.

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        entry = self.entry(index.row())
        if entry is None or entry.kind is NavKind.SECTION:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        entry = self.entry(index.row())
        if entry is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | NavRole.TEXT:
                return entry.text
            case NavRole.KIND:
                return entry.kind
            case NavRole.ID:
                return entry.id
            case NavRole.ICON:
                return entry.icon
            case NavRole.COUNT:
                return entry.count
            case NavRole.ADDABLE:
                return entry.kind is NavKind.SECTION and entry.id == LISTS
            case NavRole.ALERT:
                return entry.alert
            case Qt.ItemDataRole.AccessibleTextRole:
                return entry.spoken
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(entry.spoken)
        return None

    # News.

    def _synced(self, status: SyncStatus) -> None:
        if status.parked != self._to_decide:
            self._to_decide = status.parked
            self._show(self._counts)

    def _heard(self, event: ChangeEvent) -> None:
        if not event.changes and not event.reference:
            return
        delay = _SYNC_DELAY_MS if event.can_wait else _DELAY_MS
        if not self._again.isActive() or self._again.remainingTime() > delay:
            self._again.start(delay)

    async def _read(self) -> None:
        if self._workspace is not None:
            counts = await self._workspace.queries.sidebar()
            due, _ = await across.due(self._beside)
            self._show(structs.replace(counts, due=counts.due + due))

    def _show(self, counts: SidebarCounts) -> None:
        self._counts = counts
        made = partial(
            entries,
            counts,
            has_calendar=self.has_calendar,
            has_activity=self.has_activity,
            to_decide=self._to_decide,
        )
        self._all = made(all_tags=True)
        fresh = made(all_tags=self._all_tags)
        if self._collapsed:
            fresh = rail(fresh)
        if [entry.id for entry in fresh] == [entry.id for entry in self._entries]:
            for row, (old, new) in enumerate(zip(self._entries, fresh, strict=True)):
                if old != new:
                    self._entries[row] = new
                    self.dataChanged.emit(self.index(row), self.index(row))
            return
        self.beginResetModel()
        self._entries = fresh
        self.endResetModel()
