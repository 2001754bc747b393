"""The edits on their way to the server, as sync drains them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

from rapport.domain.changes import Delta, Op
from rapport.domain.merge import merge
from rapport.domain.records import Ref
from rapport.domain.views import EntryState
from rapport.store import conflicts, ledger, merges, settling
from rapport.store.rebase import StoredOp, carry
from rapport.store.schema import KIND_OF
from rapport.store.sql import Sql
from rapport.store.threads import Readers, Writer
from rapport.store.transaction import Transaction
from rapport.store.values import (
    Stored,
    Values,
    clean,
    decode,
    decode_deltas,
    encode,
    from_ms,
    from_ms_or_none,
    server_part,
    to_ms,
    unpack,
)
from rapport.store.views import ConflictRow, OpState, OutboxCounts, OutboxEntry, Snapshot

_ENTRY = """
    SELECT op.seq, r.kind, r.id, c.id, r.rid, c.rid, op.op, op.fields, op.state, op.attempt,
           op.sent_at, op.absent, op.pre_ids, op.title, op.created_at, r.base, r.seen, r.shown,
           op.seen, op.part_of, op.contact_key
    FROM op JOIN record r ON r.key = op.key JOIN record c ON c.key = op.contact_key
"""

LONGEST_HOLD_MS = 3_600_000
"""No edit is held back longer: the longest pause that a server may ask for."""
REINED_IN_MS = 60_000

# In the order of the clauses: its turn has come; nothing before it on the same record, save what
# was refused and a delete takes along; nothing on its way to the same contact; the server knows the
# contact; a contact about to be deleted takes its children along, so nothing more is sent to them;
# what a merge sends before it has arrived, and the merge is not being stopped: what that leaves, or
# a taking back, was on its way and goes on.
_DUE = f"""{_ENTRY}
    WHERE op.state IN ('pending', 'uncertain') AND op.not_before <= ?
      AND NOT EXISTS (SELECT 1 FROM op e WHERE e.key = op.key AND e.seq < op.seq
                      AND NOT (op.op = 'delete' AND e.state = 'parked'))
      AND NOT EXISTS
          (SELECT 1 FROM op s WHERE s.contact_key = op.contact_key AND s.state = 'sending')
      AND (op.key = op.contact_key OR c.rid IS NOT NULL)
      AND (op.op = 'create' OR r.rid IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM op d
                      WHERE d.key = op.contact_key AND d.op = 'delete' AND op.key <> d.key)
      AND (op.part_of = 0 OR NOT EXISTS
          (SELECT 1 FROM op b WHERE b.part_of = op.part_of AND b.stage < op.stage))
      AND (op.stage < 2 OR EXISTS
          (SELECT 1 FROM merge m WHERE m.id = op.part_of AND m.state <> 'stopping'))
    ORDER BY op.seq LIMIT ?
"""


def _entry(row: tuple[Any, ...]) -> OutboxEntry:
    (seq, number, id, contact_id, rid, contact_rid, op, fields, state, attempt, *rest) = row
    sent_at, absent, pre_ids, title, created_at, base, seen, shown, author_saw, part_of, _ = rest
    kind = KIND_OF[number]
    known: Values = {}
    if author_saw is not None:
        known = decode(author_saw)
    elif rid is not None:
        known = server_part(kind, unpack(kind, base or seen or shown))
    return OutboxEntry(
        seq=seq,
        ref=Ref(kind, id),
        contact_id=contact_id,
        rid=rid,
        contact_rid=contact_rid,
        op=Op(op),
        fields=decode_deltas(fields),
        state=OpState(state),
        attempt=attempt,
        sent_at=from_ms_or_none(sent_at),
        absent=absent,
        pre_ids=None if pre_ids is None else tuple(decode(pre_ids)),
        title=title,
        created_at=from_ms(created_at),
        base=known,
        part_of=part_of,
    )


class Outbox:
    """Every method returns a Future that is done once the change is on disk."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def due(self, now: datetime, limit: int = 4) -> Future[list[OutboxEntry]]:
        """What may be sent now, oldest first: the first edit of each record that is PENDING or
        UNCERTAIN, whose time has come, and whose contact is known to the server. At most one per
        contact."""

        def job(db: Sql) -> list[OutboxEntry]:
            taken: dict[int, OutboxEntry] = {}
            for row in db.rows(_DUE, (to_ms(now), 50 * limit)):
                contact_key = row[-1]
                if contact_key not in taken:
                    taken[contact_key] = _entry(row)
                    if len(taken) == limit:
                        break
            return list(taken.values())

        return self._readers.submit(job)

    def entry(self, seq: int) -> Future[OutboxEntry | None]:
        """One entry as it is now; None when it was withdrawn or settled."""
        return self._readers.submit(lambda db: _find(db, seq))

    def sending(self, seq: int, pre_ids: Sequence[str] | None = None) -> Future[OutboxEntry | None]:
        """Marks the edit as on its way; to be awaited before the first byte leaves. None when it
        was withdrawn meanwhile: then nothing may be sent. ``pre_ids`` None keeps the earlier ones.
        """

        def job(tx: Transaction) -> OutboxEntry | None:
            kept = None if pre_ids is None else encode(list(pre_ids))
            key = tx.db.value(
                "UPDATE op SET state = 'sending', attempt = attempt + 1, sent_at = ?, error = '',"
                " pre_ids = coalesce(?, pre_ids) WHERE seq = ? RETURNING key",
                (tx.now_ms, kept, seq),
            )
            if key is None:
                return None
            tx.db.run("UPDATE record SET epoch = ? WHERE key = ?", (tx.next_epoch(), key))
            return _find(tx.db, seq)

        return self._writer.person(job)

    def settled(
        self, seq: int, rid: str | None = None, snapshot: Snapshot | None = None
    ) -> Future[None]:
        """The server has it. ``rid`` is the new record's id after a create, ``snapshot`` the
        server's reply or a fresh read; without one the wanted values count as the server's."""
        return self._with_op(
            seq, lambda tx, op, stored: settling.settle(tx, op, stored, rid, snapshot)
        )

    def later(self, seq: int, not_before: datetime, error: str = "") -> Future[None]:
        """It was certainly not applied; try again at ``not_before``."""
        return self._set(seq, OpState.PENDING, error, to_ms(not_before))

    def uncertain(
        self,
        seq: int,
        error: str = "",
        *,
        not_before: datetime | None = None,
        absent: bool = False,
    ) -> Future[None]:
        """Nobody knows whether it was applied. ``absent``: one more look found nothing. An edit
        that was on its way may have left as late as now."""
        return self._set(seq, OpState.UNCERTAIN, error, to_ms(not_before), absent=int(absent))

    def park(self, seq: int, error: str) -> Future[None]:
        """The server refused it; this record's later edits wait with it."""
        return self._set(seq, OpState.PARKED, error)

    def ask(self, seq: int, error: str) -> Future[None]:
        """Only a person can tell what is right."""
        return self._set(seq, OpState.ASK, error)

    def conflict(
        self, seq: int, field: str, theirs: Any, why: str, *, may_land: bool = False
    ) -> Future[None]:
        """The server's value of ``field`` is neither base nor want: keeps both aside and takes the
        field out of the edit, which ends when no field is left. ``field`` "" means the record:
        it is gone on the server (mine is kept, the edit is parked), or it changed under a delete
        (``theirs`` are its values; the delete is dropped and the record stays).

        ``may_land``: the edit stays, even with no field left, and holds up later ones until an
        earlier attempt cannot land any more."""
        return self._with_op(
            seq,
            lambda tx, op, stored: settling.conflict(
                tx, op, stored, field, clean(theirs), why, may_land=may_land
            ),
        )

    def merge(self, seq: int, theirs: Mapping[str, Any]) -> Future[OutboxEntry | None]:
        """The server has other values of these fields, and each goes together with the edit's: the
        edit is to send both, and what was done here afterwards follows. To be awaited before the
        first byte leaves. None when the edit was withdrawn."""

        def job(tx: Transaction) -> OutboxEntry | None:
            op = tx.op(seq)
            stored = tx.by_key(op.key) if op else None
            if op is None or stored is None:
                return None
            later = [one for one in tx.ops(stored.key) if one.seq > seq]
            for name in theirs.keys() & op.fields.keys():
                delta, other = op.fields[name], clean(theirs[name])
                both = merge(name, base=delta.base, mine=delta.want, theirs=other)
                conflicts.note_merged(tx, stored, name, delta, other)
                op.fields[name] = Delta(other, both)
                for moved in carry(later, name, both):
                    tx.save_op(moved)
                stored.seen = {**stored.server, name: other}
            tx.save_op(op)
            settling.show_again(tx, stored)
            tx.refresh(stored.contact_key)
            return _find(tx.db, seq)

        return self._writer.person(job)

    def carry_over(self, seq: int, told: Mapping[str, Any]) -> Future[bool]:
        """Of the delete of a contact that was merged into another, after its notes, tasks and
        appointments were read once more: what is not at the other contact yet, or has changed
        since, goes there first. ``told`` are its own values: some of them no search tells. True
        when there was such; the delete waits for it."""
        return self._writer.person(lambda tx: merges.carry_over(tx, seq, told))

    def adopt(self, seq: int, snapshot: Snapshot) -> Future[None]:
        """A person says that the create means this record of the server. What the server has not
        got is sent as an edit; what it has otherwise is a conflict."""
        return self._with_op(seq, lambda tx, op, stored: settling.link(tx, op, stored, snapshot))

    def release_all(self) -> Future[None]:
        """Tries everything again now that a person may try again, refused edits included."""

        def job(tx: Transaction) -> None:
            for item in ledger.items(tx.db, tx.now):
                op = tx.op(item.seq)
                if op is None or item.state in (
                    EntryState.ASK,
                    EntryState.CONFLICT,
                    EntryState.HELD,
                ):
                    continue
                if op.state is OpState.PARKED:
                    op.state = OpState.PENDING
                if op.state is not OpState.SENDING:
                    op.not_before, op.error = 0, ""
                    tx.save_op(op)
                    tx.touch(item.contact_id)

        return self._writer.person(job)

    def discard_refused(self) -> Future[None]:
        """Gives up every refused edit; what was made under a refused create goes with it."""

        def job(tx: Transaction) -> None:
            for item in ledger.items(tx.db, tx.now):
                op = tx.op(item.seq) if item.state is EntryState.REFUSED else None
                stored = tx.by_key(op.key) if op is not None else None
                if op is not None and stored is not None:
                    settling.discard(tx, op, stored)
                    tx.refresh(stored.contact_key)

        return self._writer.person(job)

    def release(self, seq: int) -> Future[None]:
        """Try again now; an uncertain edit stays uncertain and is looked for first."""

        def job(tx: Transaction, op: StoredOp, stored: Stored) -> None:
            if op.state in (OpState.PARKED, OpState.ASK):
                op.state = OpState.PENDING
            op.not_before, op.error = 0, ""
            tx.save_op(op)
            tx.touch(stored.contact_id)

        return self._with_op(seq, job)

    def resend(self, seq: int) -> Future[None]:
        """An uncertain or ambiguous edit was certainly not applied: PENDING again."""
        return self._set(seq, OpState.PENDING, "")

    def discard(self, seq: int) -> Future[None]:
        """Gives the edit up; the record shows the server's value again. Discarding a create removes
        the record and what was made under it."""
        return self._with_op(seq, settling.discard)

    def conflicts(self) -> Future[list[ConflictRow]]:
        """What is kept aside, oldest first."""
        sql = (
            "SELECT f.id, r.kind, r.id, c.id, f.field, f.base, f.mine, f.theirs, f.why, f.at"
            " FROM conflict f JOIN record r ON r.key = f.key"
            " JOIN record c ON c.key = f.contact_key ORDER BY f.id"
        )

        def job(db: Sql) -> list[ConflictRow]:
            return [
                ConflictRow(
                    id=number,
                    ref=Ref(KIND_OF[kind], id),
                    contact_id=contact_id,
                    field=field,
                    base=decode(base),
                    mine=decode(mine),
                    theirs=decode(theirs),
                    why=why,
                    at=from_ms(at),
                )
                for number, kind, id, contact_id, field, base, mine, theirs, why, at in db.rows(sql)
            ]

        return self._readers.submit(job)

    def counts(self) -> Future[OutboxCounts]:
        return self._readers.submit(ledger.counts)

    def next_not_before(self) -> Future[datetime | None]:
        """When the next held-back edit may go; None when nothing is held back."""
        sql = (
            "SELECT min(not_before) FROM op"
            " WHERE state IN ('pending', 'uncertain') AND not_before > 0"
        )
        return self._readers.submit(lambda db: from_ms_or_none(db.value(sql) or 0))

    def rein_in(self, now: datetime) -> Future[None]:
        """The clock was set back: what seems to have been sent in the future was sent just now, and
        nothing waits longer than the longest wait there is."""

        def job(tx: Transaction) -> None:
            at = to_ms(now)
            tx.db.run("UPDATE op SET sent_at = ?1 WHERE sent_at > ?1", (at,))
            tx.db.run(
                "UPDATE op SET not_before = ?2 WHERE not_before > ?1",
                (at + LONGEST_HOLD_MS, at + REINED_IN_MS),
            )

        return self._writer.person(job)

    def _set(
        self, seq: int, state: OpState, error: str, not_before: int = 0, absent: int = 0
    ) -> Future[None]:
        def job(tx: Transaction, op: StoredOp, stored: Stored) -> None:
            tx.db.run(
                "UPDATE op SET state = ?1, error = ?2, not_before = ?3, absent = absent + ?4,"
                " sent_at = iif(?1 = 'uncertain' AND state = 'sending', ?5, sent_at)"
                " WHERE seq = ?6",
                (state.value, error, not_before, absent, tx.now_ms, seq),
            )
            tx.outbox = True
            tx.touch(stored.contact_id)

        return self._with_op(seq, job)

    def _with_op(
        self, seq: int, act: Callable[[Transaction, StoredOp, Stored], None]
    ) -> Future[None]:
        """Acts on the edit; one that was withdrawn meanwhile needs nothing."""

        def job(tx: Transaction) -> None:
            op = tx.op(seq)
            stored = tx.by_key(op.key) if op else None
            if op is not None and stored is not None:
                act(tx, op, stored)
                tx.refresh(stored.contact_key)

        # Few and short, and other edits wait for them: they go with a person's jobs.
        return self._writer.person(job)


def _find(db: Sql, seq: int) -> OutboxEntry | None:
    for row in db.rows(f"{_ENTRY} WHERE op.seq = ?", (seq,)):
        return _entry(row)
    return None
