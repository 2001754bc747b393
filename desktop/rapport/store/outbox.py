"""The edits on their way to the server, as sync drains them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from rapport.store.views import ConflictRow, OutboxCounts, OutboxEntry, Snapshot


class Outbox:
    """Every method returns a Future that is done once the change is on disk."""

    def due(self, now: datetime, limit: int = 4) -> Future[list[OutboxEntry]]:
        """What may be sent now, oldest first: the first edit of each record that is PENDING or
        UNCERTAIN, whose time has come, and whose contact is known to the server."""
        raise NotImplementedError

    def entry(self, seq: int) -> Future[OutboxEntry | None]:
        """One entry as it is now; None when it was withdrawn or settled."""
        raise NotImplementedError

    def sending(self, seq: int, pre_ids: Sequence[str] | None = None) -> Future[OutboxEntry | None]:
        """Marks the edit as on its way; to be awaited before the first byte leaves. None when it
        was withdrawn meanwhile: then nothing may be sent. ``pre_ids`` None keeps the earlier ones.
        """
        raise NotImplementedError

    def settled(
        self, seq: int, rid: str | None = None, snapshot: Snapshot | None = None
    ) -> Future[None]:
        """The server has it. ``rid`` is the new record's id after a create, ``snapshot`` the
        server's reply or a fresh read; without one the wanted values count as the server's."""
        raise NotImplementedError

    def later(self, seq: int, not_before: datetime, error: str = "") -> Future[None]:
        """It was certainly not applied; try again at ``not_before``."""
        raise NotImplementedError

    def uncertain(
        self, seq: int, error: str = "", *, not_before: datetime | None = None, absent: bool = False
    ) -> Future[None]:
        """Nobody knows whether it was applied. ``absent`` counts one more look that found nothing."""
        raise NotImplementedError

    def park(self, seq: int, error: str) -> Future[None]:
        """The server refused it; this record's later edits wait with it."""
        raise NotImplementedError

    def ask(self, seq: int, error: str) -> Future[None]:
        """Only a person can tell what is right."""
        raise NotImplementedError

    def conflict(self, seq: int, field: str, theirs: Any, why: str) -> Future[None]:
        """The server's value of ``field`` is neither base nor want: keeps both aside and takes the
        field out of the edit, which ends when no field is left. ``field`` "" means the record: it is
        gone on the server (mine is kept, the edit is parked), or changed under a delete (which is
        then dropped, the record stays)."""
        raise NotImplementedError

    def release(self, seq: int) -> Future[None]:
        """Try again now; an uncertain edit stays uncertain and is looked for first."""
        raise NotImplementedError

    def resend(self, seq: int) -> Future[None]:
        """An uncertain or ambiguous edit was certainly not applied: PENDING again."""
        raise NotImplementedError

    def discard(self, seq: int) -> Future[None]:
        """Gives the edit up; the record shows the server's value again. Discarding a create removes
        the record and what was made under it."""
        raise NotImplementedError

    def conflicts(self) -> Future[list[ConflictRow]]:
        """What is kept aside, oldest first."""
        raise NotImplementedError

    def counts(self) -> Future[OutboxCounts]:
        raise NotImplementedError

    def next_not_before(self) -> Future[datetime | None]:
        """When the next held-back edit may go; None when nothing is held back."""
        raise NotImplementedError
