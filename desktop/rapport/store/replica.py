"""The server's side of the copy: what sync reads from the CRM goes in here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from rapport.domain.records import Business, CustomField, Id, Kind, Location, User
from rapport.store.views import Absorbed, Snapshot


class Replica:
    """Background work: every transaction is short, and a person's commit goes first."""

    def epoch(self) -> int:
        """The count of writes so far. Take it before a read is sent and give it to ``absorb``: what
        was read before a write to the same record was sent is stale."""
        raise NotImplementedError

    def absorb(self, snapshots: Sequence[Snapshot], *, epoch: int) -> Future[Absorbed]:
        """Takes in records of any kinds, contacts before what belongs to them. Edits still on their
        way stay visible over the new values. One change event per transaction, only for records
        whose visible values differ."""
        raise NotImplementedError

    def absorb_children(
        self, contact_id: Id, kind: Kind, snapshots: Sequence[Snapshot], *, epoch: int
    ) -> Future[Absorbed]:
        """Takes in the full list of a contact's records of one kind: what is missing in it is gone,
        unless it has an edit on its way."""
        raise NotImplementedError

    def vanish(self, kind: Kind, rids: Iterable[str]) -> Future[int]:
        """These were deleted on the server. A record with an unsent edit is kept as a conflict.
        Returns how many records went."""
        raise NotImplementedError

    def rids(self, kind: Kind, after: str = "", limit: int = 5000) -> Future[list[str]]:
        """Known server ids in order, a page after ``after``; for the sweep."""
        raise NotImplementedError

    def lid_of(self, kind: Kind, rid: str) -> Future[Id | None]:
        raise NotImplementedError

    def rid_of(self, kind: Kind, id: Id) -> Future[str | None]:
        raise NotImplementedError

    def contacts_without_details(self, limit: int) -> Future[list[tuple[Id, str]]]:
        """(local id, server id) of contacts whose notes were never read, latest activity first."""
        raise NotImplementedError

    def mark_details(self, contact_id: Id, at: datetime) -> Future[None]:
        """Notes and appointments of this contact were read at ``at``."""
        raise NotImplementedError

    def cursor(self, name: str) -> Future[Any]:
        """The JSON value kept under ``name``; None when there is none."""
        raise NotImplementedError

    def set_cursor(self, name: str, value: Any) -> Future[None]:
        raise NotImplementedError

    def set_reference(
        self,
        *,
        users: Sequence[User] | None = None,
        custom_fields: Sequence[CustomField] | None = None,
        businesses: Sequence[Business] | None = None,
        location: Location | None = None,
        tags: Sequence[str] | None = None,
    ) -> Future[None]:
        """Replaces the dictionaries that are given; an event with ``reference`` follows."""
        raise NotImplementedError
