"""What the window reads. Every method runs on a reader thread and returns a Future."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime, tzinfo
from types import EllipsisType

from rapport.domain.filters import ContactQuery
from rapport.domain.records import Id
from rapport.domain.views import (
    ContactDetail,
    ContactPage,
    ContactRow,
    Coverage,
    OutboxItem,
    Reference,
    SidebarCounts,
    TaskGroups,
    TaskRow,
    UndoItem,
)
from rapport.store.views import OutboxCounts


class Queries:
    """Cancelling a Future that has not started drops the query: a newer keystroke overtakes."""

    def contacts(self, query: ContactQuery, first: int = 200) -> Future[ContactPage]:
        """The first rows at once. ``total`` is -1 where counting would take longer than showing;
        ``contact_keys`` then knows. ``keys`` are those of the rows, all of them when ``complete``.
        """
        raise NotImplementedError

    def contact_keys(self, query: ContactQuery) -> Future[array[int]]:
        """The row keys of the whole list, in its order."""
        raise NotImplementedError

    def rows(self, keys: Sequence[int], text: str = "") -> Future[list[ContactRow]]:
        """The rows of these keys in their order, without those that are gone. ``text`` is the
        search, for the snippets."""
        raise NotImplementedError

    def row_of(self, id: Id) -> Future[ContactRow | None]:
        raise NotImplementedError

    def detail(self, id: Id) -> Future[ContactDetail | None]:
        raise NotImplementedError

    def tasks(
        self,
        now: datetime,
        zone: tzinfo,
        assigned_to: str | EllipsisType | None = ...,
        limit: int = 200,
    ) -> Future[TaskGroups]:
        """Open tasks by day in ``zone``. ``assigned_to`` None means nobody, ``...`` anybody."""
        raise NotImplementedError

    def task(self, id: Id) -> Future[TaskRow | None]:
        raise NotImplementedError

    def due_between(self, start: datetime, end: datetime) -> Future[list[TaskRow]]:
        """Open tasks whose reminder (the due time, or the end of a later snooze) is in
        ``start <= t < end``, earliest first."""
        raise NotImplementedError

    def next_tasks(self, now: datetime, limit: int = 5) -> Future[list[TaskRow]]:
        """Open tasks that come next; where there are fewer than ``limit``, the latest overdue ones
        before them. Earliest first."""
        raise NotImplementedError

    def sidebar(self, now: datetime, zone: tzinfo) -> Future[SidebarCounts]:
        raise NotImplementedError

    def coverage(self) -> Future[Coverage]:
        raise NotImplementedError

    def outbox_items(self) -> Future[list[OutboxItem]]:
        """Waiting edits, oldest first."""
        raise NotImplementedError

    def outbox_counts(self) -> Future[OutboxCounts]:
        raise NotImplementedError

    def undo_items(self, limit: int = 20) -> Future[list[UndoItem]]:
        """What can be taken back, newest first."""
        raise NotImplementedError

    def suggest_tags(self, prefix: str, limit: int = 10) -> Future[list[tuple[str, int]]]:
        """Tags that begin with ``prefix``, accents and case aside, most used first."""
        raise NotImplementedError

    def reference(self) -> Future[Reference]:
        raise NotImplementedError

    def find_contacts(self, text: str, limit: int = 10) -> Future[list[ContactRow]]:
        """For pickers: matches with the latest activity first."""
        raise NotImplementedError

    def recent(self, ids: Sequence[Id]) -> Future[list[ContactRow]]:
        """The rows of these contacts in their order, without those that are gone."""
        raise NotImplementedError

    def draft(self, contact_id: Id, note_id: Id | None = None) -> Future[str | None]:
        """The unsaved text of a note that was being written; ``note_id`` None: a new one."""
        raise NotImplementedError
