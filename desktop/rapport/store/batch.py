"""Many edits as one: in slices between which other edits pass, under one entry of the undo list.

What is still to be done is kept until it is: the program may end at any moment, and goes on with it
when it starts again.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from rapport.domain.changes import Mutation, Origin
from rapport.domain.commands import Command, Together, titled
from rapport.domain.errors import InputError
from rapport.domain.kept_commands import commands_from
from rapport.domain.records import Ref
from rapport.domain.views import BatchOutcome
from rapport.store import conflicts
from rapport.store.edits import apply, is_made_anew, planned
from rapport.store.sql import Sql
from rapport.store.threads import Pace, Steps, Writer
from rapport.store.transaction import Transaction
from rapport.store.values import decode, encode

TODO = "batch"
"""The setting that holds the commands of the batch that is being carried out."""
REACHED = "batch-reached"
"""The setting that holds how far it has come."""

LEAST = 8
"""So many commands are carried out in each slice: on a busy computer a single one may seem to take
all of its time, and to go on one by one would never end."""
SLICED_FROM = 25
"""An undo of fewer records is one transaction."""


class Batch:
    """One batch, waiting or being carried out. Its numbers may be read from any thread."""

    def __init__(
        self,
        whole: Together,
        origin: Origin,
        *,
        undo_of: int | None = None,
        only_unsent: bool = False,
    ) -> None:
        """``undo_of`` is the undo entry that is taken back; with ``only_unsent`` that entry stays,
        and what the server may have got already is left as it is."""
        self.total = len(whole.commands)
        self.done = 0
        """How many of the commands have been dealt with and are on the disk."""
        self.future: Future[Any] = Future()
        """Ends with a :class:`BatchOutcome`."""
        self._whole = whole
        self._titles = whole.titles()
        self._origin = origin
        self._undo_of = undo_of
        self._only_unsent = only_unsent
        self._undo_id: int | None = None
        self._changed = 0
        self._anew = False
        self._stopped = False
        self._sent: list[int] = []
        self._refs: list[Ref] = []
        self._left: list[tuple[Ref, str]] = []

    @classmethod
    def cut_short(cls, db: Sql) -> Batch | None:
        """What the last run of the program has not finished."""
        reached = db.value("SELECT value FROM setting WHERE name = ?", (REACHED,))
        todo = db.value("SELECT value FROM setting WHERE name = ?", (TODO,))
        if reached is None or todo is None:
            return None
        name, done, changed, undo_id, origin, undo_of = decode(reached)
        whole = Together(commands=commands_from(todo), name=name)
        batch = cls(whole, Origin(origin), undo_of=undo_of)
        batch.done, batch._changed, batch._undo_id = done, changed, undo_id
        return batch

    def start(self, writer: Writer) -> None:
        self.future = writer.sliced(self._work)

    def stop(self) -> None:
        """Leave the rest undone; what is done stays, as one entry of the undo list."""
        self._stopped = True

    def _work(self, tx: Transaction, pace: Pace) -> Steps[BatchOutcome]:
        commands = self._whole.commands
        at = self.done
        if not at and not self._only_unsent:
            tx.set_setting(TODO, commands)
        while True:
            tx.origin = self._origin
            tx.batch = self._begin(tx)
            first, begun = not self._changed, at
            mutations: list[Mutation] = []
            while at < len(commands) and not self._stopped:
                mutations += self._one(tx, commands[at])
                at += 1
                if at - begun >= LEAST and pace.over(tx.waiting()):
                    break
            self._note_undo(tx, mutations, first=first)
            over = self._stopped or at >= len(commands)
            tx.more = not over
            if over:
                self._finish(tx)
            elif not self._only_unsent:
                name, origin = self._whole.name, self._origin.value
                kept = [name, at, self._changed, self._undo_id, origin, self._undo_of]
                tx.set_setting(REACHED, kept)
            if over:
                self.done = at
                return self._outcome()
            yield
            self.done = at

    def _one(self, tx: Transaction, command: Command) -> Sequence[Mutation]:
        if self._only_unsent and not _is_unsent(tx, command.targets()):
            return ()
        applied: list[Mutation] = []
        try:
            for mutation in planned(tx, command):
                self._anew = self._anew or is_made_anew(tx, mutation)
                seq = apply(tx, mutation, command.title)
                applied.append(mutation)
                if seq:
                    self._sent.append(seq)
        except InputError as error:
            self._left += [(ref, error.title) for ref in command.targets()]
        if applied:
            self._changed += 1
            self._refs += [mutation.ref for mutation in applied]
        return applied

    def _begin(self, tx: Transaction) -> int:
        """The undo entry, there before what it takes back: the audit log names it."""
        if self._undo_id is None:
            tx.db.run(
                "INSERT INTO undo (at, title, origin, mutations) VALUES (?, ?, ?, ?)",
                (tx.now_ms, self._title(), self._origin.value, encode([])),
            )
            self._undo_id = tx.db.inserted()
        return self._undo_id

    def _note_undo(self, tx: Transaction, mutations: list[Mutation], *, first: bool) -> None:
        if not mutations:
            return
        # The first ones stand in the entry itself: it is listed with whom they are about.
        tx.db.run(
            "UPDATE undo SET title = ?, mutations = iif(?, ?, mutations) WHERE id = ?",
            (self._title(), first, encode(mutations) if first else b"", self._undo_id),
        )
        if not first:
            tx.db.run(
                "INSERT INTO undo_part (undo, mutations) VALUES (?, ?)",
                (self._undo_id, encode(mutations)),
            )

    def _finish(self, tx: Transaction) -> None:
        tx.db.run("DELETE FROM setting WHERE name IN (?, ?)", (TODO, REACHED))
        if not self._changed:
            tx.db.run("DELETE FROM undo WHERE id = ?", (self._undo_id,))
            self._undo_id = None
        if self._undo_of is not None and not self._only_unsent:
            tx.db.run("UPDATE undo SET done = 1 WHERE id = ?", (self._undo_of,))
            conflicts.reopen(tx, self._undo_of)

    def _title(self) -> str:
        return self._whole.name or titled(self._titles, self._changed)

    def _outcome(self) -> BatchOutcome:
        return BatchOutcome(
            title=self._title(),
            undo_id=self._undo_id,
            refs=tuple(dict.fromkeys(self._refs)),
            anew=self._anew,
            sent=tuple(dict.fromkeys(self._sent)),
            left=tuple(self._left),
            changed=self._changed,
            untouched=len(self._whole.commands) - self._changed - len(self._left),
        )


def _is_unsent(tx: Transaction, refs: Sequence[Ref]) -> bool:
    stored = [tx.by_id(ref) for ref in refs]
    ops = [op for one in stored if one is not None for op in tx.ops(one.key)]
    return bool(ops) and all(op.never_sent for op in ops)
