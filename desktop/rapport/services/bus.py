"""Where a click, a notification button, a rule and a webhook all end: one command, one commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from rapport.domain.changes import Origin
from rapport.domain.commands import (
    AcceptDeletion,
    Command,
    EditTask,
    ResolveConflict,
    SnoozeTask,
    TakeBack,
    Together,
    is_local,
    kinds_of,
)
from rapport.domain.errors import InputError
from rapport.domain.records import LOCAL_FIELDS, Kind
from rapport.domain.scopes import Capabilities
from rapport.domain.titles import title_words
from rapport.domain.views import BatchOutcome, Outcome
from rapport.language import tr
from rapport.store.batch import Batch

if TYPE_CHECKING:
    from rapport.store import Store


class Running(Protocol):
    """Many commands that are being carried out."""

    @property
    def total(self) -> int: ...

    @property
    def done(self) -> int:
        """How many have been dealt with and are on the disk."""
        ...

    def stop(self) -> None:
        """Leave the rest undone; what is done can be undone as one."""
        ...


class Bus:
    """The :class:`~rapport.domain.ports.CommandBus` of one account. Lives on the window's loop."""

    def __init__(self, store: Store, capabilities: Callable[[], Capabilities]) -> None:
        self._store = store
        self._capabilities = capabilities
        self._redoable: list[tuple[int, str]] = []
        self._redone: list[tuple[int, str]] = []
        self._running: set[Batch] = set()

    async def run(self, command: Command, origin: Origin = Origin.PERSON) -> Outcome:
        """Commits the command. Raises InputError where the sign-in may only read, or where the
        command no longer makes sense; nothing is changed then."""
        self._check(command)
        outcome = await asyncio.wrap_future(self._store.commit(command, origin))
        if outcome.undo_id is not None:
            self._redoable.clear()
        return outcome

    async def run_all(
        self,
        commands: Sequence[Command],
        tell: Callable[[Running], None] = lambda running: None,
        name: str = "",
    ) -> BatchOutcome:
        """Commits many commands as one, in slices between which other edits pass; ``tell`` is
        given what says how far it is, and can stop it; ``name`` is the title, the commands' own
        where it is empty. Raises as ``run`` does."""
        whole = Together(commands=tuple(commands), name=name)
        self._check(whole)
        return await self._carry_out(Batch(whole, Origin.PERSON), tell)

    async def withdraw(self, undo_id: int) -> BatchOutcome | None:
        """Takes back what of an entry was certainly not sent yet; the rest stays, and the entry can
        still be undone. None where there is no such entry."""
        entry = await asyncio.wrap_future(self._store.undo_entry(undo_id))
        if entry is None:
            return None
        whole = Together(commands=entry[1].by_contact(), name=entry[1].title)
        return await self._carry_out(Batch(whole, Origin.UNDO, only_unsent=True))

    async def _carry_out(
        self, batch: Batch, tell: Callable[[Running], None] = lambda running: None
    ) -> BatchOutcome:
        self._running.add(batch)
        tell(batch)
        try:
            outcome: BatchOutcome = await asyncio.wrap_future(self._store.batch(batch))
        finally:
            self._running.discard(batch)
        if outcome.undo_id is not None:
            self._redoable.clear()
        return outcome

    async def undo(self, undo_id: int | None = None) -> Outcome | None:
        """Takes back one entry, or the newest. None when there is nothing to take back. What is
        being carried out is stopped first."""
        for batch in self._running:
            batch.stop()
        if undo_id is None and await self._redone_is_newest():
            undo_id = self._redone.pop()[0]
        outcome = await self._take_back(undo_id)
        if outcome is not None and outcome.undo_id is not None:
            self._redoable.append((outcome.undo_id, outcome.title.removeprefix("Undo ")))
        return outcome

    async def redo(self) -> Outcome | None:
        """Takes back the newest undo of this session. None when there is nothing to redo."""
        if not self._redoable:
            return None
        outcome = await self._take_back(self._redoable.pop()[0])
        if outcome is not None and outcome.undo_id is not None:
            self._redone.append((outcome.undo_id, outcome.title.removeprefix("Redo ")))
        return outcome

    @property
    def can_redo(self) -> bool:
        return bool(self._redoable)

    def redo_text(self) -> str | None:
        """The Edit menu's words, such as “Redo add task”. None when there is nothing to redo."""
        return f"Redo {self._redoable[-1][1]}" if self._redoable else None

    async def undo_text(self) -> str | None:
        """The Edit menu's words, such as “Undo add task”. None when there is nothing to undo."""
        if await self._redone_is_newest():
            return f"Undo {self._redone[-1][1]}"
        items = await asyncio.wrap_future(self._store.queries.undo_items(1))
        if not items:
            return None
        title = items[0].title
        return f"Undo {title[:1].lower()}{title[1:]}"

    async def _redone_is_newest(self) -> bool:
        """What was redone is no entry of a person's in the store, but the next to undo again."""
        if not self._redone:
            return False
        items = await asyncio.wrap_future(self._store.queries.undo_items(1))
        return not items or items[0].id < self._redone[-1][0]

    async def _take_back(self, undo_id: int | None) -> Outcome | None:
        entry = await asyncio.wrap_future(self._store.undo_entry(undo_id))
        if entry is None:
            return None
        found, command = entry
        self._check(command)
        return await asyncio.wrap_future(self._store.commit(command, Origin.UNDO, undo_of=found))

    def _check(self, command: Command) -> None:
        capabilities = self._capabilities()
        visits = Kind.APPOINTMENT in kinds_of(command)
        reason = capabilities.why_not_book if visits else capabilities.why_not_write
        if reason is not None and not only_here(command):
            what = title_words(command.title)
            raise InputError(tr("Not possible: {what}").format(what=what), reason)


def only_here(command: Command) -> bool:
    """Whether the command concerns this computer only, and so needs no right to write."""
    if isinstance(command, SnoozeTask):
        return True
    if isinstance(command, EditTask):
        return set(command.fields) <= LOCAL_FIELDS[Kind.TASK]
    if isinstance(command, ResolveConflict):
        return command.only_theirs
    if isinstance(command, AcceptDeletion):
        return True
    if isinstance(command, Together):
        return all(map(only_here, command.commands))
    return isinstance(command, TakeBack) and all(map(is_local, command.mutations))
