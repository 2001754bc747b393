"""Today's tasks of one account or of several: a header before each group that has any."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Mapping, Sequence
from dataclasses import dataclass
from types import EllipsisType
from typing import TYPE_CHECKING, Any

from msgspec import structs
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from rapport.domain.changes import ChangeEvent, Op
from rapport.domain.errors import RapportError
from rapport.domain.records import Id, Kind
from rapport.domain.text import visible
from rapport.language import tr
from rapport.services import across
from rapport.services.across import AccountGroups, AccountTask
from rapport.ui.look import motion
from rapport.ui.roles import DueState, RowKind, TaskRole, say_task
from rapport.ui.runner import Runner
from rapport.ui.wording import clock_time, colleague, count, task_due_words

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

_OWN_DELAY_MS = 30
_SYNC_DELAY_MS = 400
_LIMIT = 200

AnyIndex = QModelIndex | QPersistentModelIndex
Whose = Callable[["Workspace"], "str | EllipsisType | None"]
"""By account: the user whose tasks are meant, None for nobody's, ``...`` for anybody's."""


def everybody(_: Workspace) -> EllipsisType:
    return ...


@dataclass(frozen=True, slots=True)
class _Header:
    id: str
    title: str
    count: int
    state: DueState


class TaskListModel(QAbstractListModel):
    """Lives on the window's thread. ``data`` answers from memory alone. Where there are several
    accounts each row tells its own, by the colours given to ``follow``."""

    answered = Signal()
    """The groups are shown; sent for changes, too."""
    failed = Signal(object)
    """The tasks could not be read: a :class:`RapportError`."""

    def __init__(
        self, workspaces: Sequence[Workspace], runner: Runner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._slot = f"task-list-{id(self)}"
        self._assigned_to: Whose = everybody
        self._items: list[_Header | AccountTask] = []
        self.groups = AccountGroups()
        self.marks: Container[object] = ()
        """The ids of the tasks that a screen reader calls selected."""
        self.loaded = False
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self.refresh)
        self._minute = QTimer(self, interval=60_000)
        self._minute.timeout.connect(self.refresh)
        self._minute.start()
        self._workspaces: tuple[Workspace, ...] = ()
        self._colours: Mapping[str, str] = {}
        self._ends: list[Callable[[], None]] = []
        self.follow(workspaces, {})

    # What the page asks.

    def follow(self, workspaces: Sequence[Workspace], colours: Mapping[str, str]) -> None:
        """List the tasks of these accounts from the next ``refresh`` on. ``colours`` are those of
        their badges, by account id."""
        for end in self._ends:
            end()
        self._workspaces, self._colours = tuple(workspaces), colours
        self._ends = [workspace.feed.subscribe(self._heard) for workspace in workspaces]
        if self._items:
            self.dataChanged.emit(self.index(0), self.index(len(self._items) - 1))

    def show(self, assigned_to: Whose = everybody) -> None:
        """Whose tasks of each account, see :data:`Whose`."""
        self._assigned_to = assigned_to
        self.refresh()

    def refresh(self) -> None:
        self._again.stop()
        self._runner.start(self._answer, slot=self._slot)

    def task_at(self, row: int) -> AccountTask | None:
        """The task in a row; None for a header."""
        item = self._items[row] if 0 <= row < len(self._items) else None
        return item if isinstance(item, AccountTask) else None

    def row_of(self, task_id: Id) -> int:
        """The row of a task, -1 where it is not shown."""
        return next((row for row, item in enumerate(self._items) if _id(item) == task_id), -1)

    def mark_key(self, row: int) -> Id | None:
        """What is remembered of a row that is marked; None for a header."""
        item = self.task_at(row)
        return None if item is None else item.row.task.id

    def row_of_mark(self, key: Hashable) -> int:
        return self.row_of(key) if isinstance(key, str) else -1

    def listed(self) -> list[AccountTask]:
        """Every task that is shown, in the order of the rows."""
        return [item for item in self._items if isinstance(item, AccountTask)]

    def section_of(self, row: int) -> str:
        """The group in which a row stands: overdue, today or upcoming; "" outside of all."""
        for place in range(min(row, len(self._items) - 1), -1, -1):
            item = self._items[place]
            if isinstance(item, _Header):
                return item.id
        return ""

    def next_task_row(self, row: int, step: int = 1) -> int:
        """The nearest row from ``row`` on, in steps of ``step``, that is a task; -1 for none."""
        while 0 <= row < len(self._items):
            if self.task_at(row) is not None:
                return row
            row += step
        return -1

    def close(self) -> None:
        """Stop listening; the model must not be used afterwards."""
        for end in self._ends:
            end()
        self._again.stop()
        self._minute.stop()
        self._runner.cancel(self._slot)

    # What Qt asks.

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._items)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if self.task_at(index.row()) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not 0 <= index.row() < len(self._items):
            return None
        item = self._items[index.row()]
        return (
            self._of_header(item, role) if isinstance(item, _Header) else self._of_task(item, role)
        )

    def _of_header(self, header: _Header, role: int) -> Any:
        match role:
            case TaskRole.KIND:
                return RowKind.HEADER
            case TaskRole.ID:
                return header.id
            case TaskRole.TITLE | Qt.ItemDataRole.DisplayRole:
                return header.title
            case TaskRole.COUNT:
                return count(header.count)
            case TaskRole.DUE_STATE:
                return header.state
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{header.title}, {count(header.count)}"
        return None

    def _of_task(self, item: AccountTask, role: int) -> Any:
        workspace, row = item
        task, clock = row.task, workspace.clock
        several = len(self._workspaces) > 1
        now, zone = clock.now(), clock.zone()
        match role:
            case TaskRole.KIND:
                return RowKind.ITEM
            case TaskRole.ID:
                return task.id
            case TaskRole.TITLE | Qt.ItemDataRole.DisplayRole:
                return visible(task.title)
            case TaskRole.CONTACT:
                return visible(row.contact_name)
            case TaskRole.COMPANY:
                return visible(row.company)
            case TaskRole.DUE_TEXT:
                return task_due_words(task.due_at, now, zone).text
            case TaskRole.DUE_STATE:
                return task_due_words(task.due_at, now, zone).state
            case TaskRole.DONE:
                return task.completed
            case TaskRole.REMINDER:
                return task.remind_min is not None
            case TaskRole.REPEATS:
                return task.repeat is not None
            case TaskRole.PENDING:
                return row.pending
            case TaskRole.CONFLICT:
                return row.conflict
            case TaskRole.SNOOZED_TEXT:
                return _snoozed(item)
            case TaskRole.ACCOUNT_NAME:
                return visible(workspace.account.name) if several else ""
            case TaskRole.ACCOUNT_COLOUR:
                return self._colours.get(workspace.account.id, "") if several else ""
            case TaskRole.ASSIGNEE:
                return colleague(workspace.reference, task.assigned_to)
            case TaskRole.ASSIGNEE_ID:
                return task.assigned_to or ""
            case Qt.ItemDataRole.AccessibleTextRole:
                spoken = say_task(
                    visible(task.title),
                    visible(row.contact_name),
                    task_due_words(task.due_at, now, zone).text,
                    account=visible(workspace.account.name) if several else "",
                    assignee=colleague(workspace.reference, task.assigned_to),
                    snoozed=_snoozed(item),
                    done=task.completed,
                    reminder=task.remind_min is not None,
                    repeats=task.repeat is not None,
                    pending=row.pending,
                    conflict=row.conflict,
                )
                if task.id in self.marks:
                    return tr("{row}, selected").format(row=spoken)
                return spoken
        return None

    # Asking.

    async def _answer(self) -> None:
        try:
            groups = await across.today(self._workspaces, self._assigned_to, _LIMIT)
        except RapportError as error:
            self.failed.emit(error)
            return
        self.groups = groups
        self.loaded = True
        self._take(_items(groups))
        self.answered.emit()

    def _take(self, items: list[_Header | AccountTask]) -> None:
        """Show ``items``; a chosen task stays chosen wherever it stands now."""
        if [_id(item) for item in items] == [_id(item) for item in self._items]:
            for row, (old, new) in enumerate(zip(self._items, items, strict=True)):
                if old != new:
                    self._items[row] = new
                    self.dataChanged.emit(self.index(row), self.index(row))
            # "Today 15:00" turns red by itself when the time has come.
            if items:
                self.dataChanged.emit(
                    self.index(0),
                    self.index(len(items) - 1),
                    [int(TaskRole.DUE_TEXT), int(TaskRole.DUE_STATE), int(TaskRole.SNOOZED_TEXT)],
                )
            return
        before, after = self._items, items
        if len(after) > len(before):
            self.beginInsertRows(QModelIndex(), len(before), len(after) - 1)
            self._items = before + after[len(before) :]
            self.endInsertRows()
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        ids = [_id(self._items[index.row()]) for index in held]
        rest = self._items[len(after) :]
        self._items = after + rest
        moved = []
        for id in ids:
            row = next((at for at, item in enumerate(after) if _id(item) == id), -1)
            moved.append(self.index(row) if row >= 0 else QModelIndex())
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()
        if rest:
            self.beginRemoveRows(QModelIndex(), len(after), len(self._items) - 1)
            self._items = after
            self.endRemoveRows()

    # News.

    def _heard(self, event: ChangeEvent) -> None:
        if not event.changes and not event.touched and not event.reference:
            return
        delay = _SYNC_DELAY_MS if event.can_wait else _OWN_DELAY_MS
        for change in event.changes:
            if (
                change.ref.kind is Kind.TASK
                and change.op is Op.UPDATE
                and "completed" in change.fields
                and self._strike(change.ref.id)
            ):
                delay = max(delay, motion.duration(motion.CALM_MS))
        if not self._again.isActive() or self._again.remainingTime() > delay:
            self._again.start(delay)

    def _strike(self, task_id: Id) -> bool:
        """Show a task as completed at once; its row leaves a moment later."""
        row = self.row_of(task_id)
        item = self.task_at(row)
        if item is None or item.row.task.completed:
            return False
        task = structs.replace(item.row.task, completed=True)
        self._items[row] = item._replace(row=structs.replace(item.row, task=task))
        self.dataChanged.emit(self.index(row), self.index(row))
        return True


def _id(item: _Header | AccountTask) -> str:
    return item.id if isinstance(item, _Header) else item.row.task.id


def _snoozed(item: AccountTask) -> str:
    clock, until = item.workspace.clock, item.row.task.snoozed_until
    if until is None or until <= clock.now():
        return ""
    return tr("until {time}").format(time=clock_time(until, clock.zone()))


def _items(groups: AccountGroups) -> list[_Header | AccountTask]:
    items: list[_Header | AccountTask] = []
    for id, title, rows, total, state in (
        ("overdue", tr("Overdue"), groups.overdue, len(groups.overdue), DueState.OVERDUE),
        ("today", tr("Today"), groups.today, len(groups.today), DueState.TODAY),
        ("upcoming", tr("Upcoming"), groups.upcoming, groups.upcoming_total, DueState.FUTURE),
    ):
        if rows:
            items += [_Header(id, title, total, state), *rows]
    return items
