"""Tasks of several accounts in one list. One that cannot be read does not hide the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import EllipsisType
from typing import NamedTuple, TypeVar

from rapport.domain.errors import RapportError
from rapport.domain.views import TaskGroups, TaskRow
from rapport.services.workspace import Workspace

T = TypeVar("T")
_NEVER = datetime.max.replace(tzinfo=UTC)


class AccountTask(NamedTuple):
    """A task and whose it is."""

    workspace: Workspace
    row: TaskRow


@dataclass(frozen=True, slots=True)
class AccountGroups:
    """Today's page, over accounts; as :class:`TaskGroups`."""

    overdue: tuple[AccountTask, ...] = ()
    today: tuple[AccountTask, ...] = ()
    upcoming: tuple[AccountTask, ...] = ()
    upcoming_total: int = 0
    unread: tuple[tuple[Workspace, RapportError], ...] = ()
    """The accounts whose tasks could not be read, and why."""


async def today(
    workspaces: Sequence[Workspace],
    assigned_to: Callable[[Workspace], str | EllipsisType | None],
    limit: int,
) -> AccountGroups:
    """``assigned_to`` as in :meth:`AsyncQueries.tasks`, by account. Raises RapportError where not
    one account can be read."""
    read, unread = await _from_each(
        workspaces, lambda workspace: workspace.queries.tasks(assigned_to(workspace), limit)
    )
    if unread and not read:
        raise unread[0][1]

    def merged(group: Callable[[TaskGroups], tuple[TaskRow, ...]]) -> tuple[AccountTask, ...]:
        tasks = [AccountTask(workspace, row) for workspace, found in read for row in group(found)]
        return tuple(_by_date(tasks)[:limit])

    return AccountGroups(
        overdue=merged(lambda found: found.overdue),
        today=merged(lambda found: found.today),
        upcoming=merged(lambda found: found.upcoming),
        upcoming_total=sum(found.upcoming_total for _, found in read),
        unread=tuple(unread),
    )


async def next_tasks(workspaces: Sequence[Workspace], limit: int) -> list[AccountTask]:
    """What comes next in any account, earliest first; the latest overdue ones fill up."""
    read, _ = await _from_each(workspaces, lambda workspace: workspace.queries.next_tasks(limit))
    tasks = _by_date([AccountTask(workspace, row) for workspace, rows in read for row in rows])
    coming = [one for one in tasks if not _is_overdue(one)]
    behind = [one for one in tasks if _is_overdue(one)]
    room = max(0, limit - len(coming))
    return [*(behind[-room:] if room else ()), *coming[:limit]]


async def due(workspaces: Sequence[Workspace]) -> tuple[int, int]:
    """How many open tasks are due by the end of today, and how many of them are overdue."""
    read, _ = await _from_each(workspaces, lambda workspace: workspace.queries.sidebar())
    return sum(counts.due for _, counts in read), sum(counts.overdue for _, counts in read)


async def _from_each(
    workspaces: Sequence[Workspace], ask: Callable[[Workspace], Awaitable[T]]
) -> tuple[list[tuple[Workspace, T]], list[tuple[Workspace, RapportError]]]:
    found = await asyncio.gather(*map(ask, workspaces), return_exceptions=True)
    read: list[tuple[Workspace, T]] = []
    unread: list[tuple[Workspace, RapportError]] = []
    for workspace, answer in zip(workspaces, found, strict=True):
        if isinstance(answer, RapportError):
            unread.append((workspace, answer))
        elif isinstance(answer, BaseException):
            raise answer
        else:
            read.append((workspace, answer))
    return read, unread


def _by_date(tasks: list[AccountTask]) -> list[AccountTask]:
    """Stable: what is due at the same time stays in the accounts' order."""
    return sorted(tasks, key=lambda one: one.row.task.due_at or _NEVER)


def _is_overdue(one: AccountTask) -> bool:
    due = one.row.task.due_at
    return due is not None and due < one.workspace.clock.now()
