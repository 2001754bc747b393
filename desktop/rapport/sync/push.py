"""Drains the outbox: each edit reaches the server once, or a person hears why not.

At most four records are on their way at a time, one per contact. Before the first byte of a write
leaves, the outbox says SENDING on disk; whatever happens then, the edit is known to be uncertain.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from rapport.api import Remote, WriteOutcome, follow_replies, outcome_of, wire
from rapport.domain.audit import ServerReply
from rapport.domain.changes import ChangeEvent, Op, Origin
from rapport.domain.errors import (
    DuplicateError,
    InactiveError,
    RapportError,
    RateLimitError,
)
from rapport.domain.ports import Clock
from rapport.domain.records import Id, Kind
from rapport.domain.views import EntryState
from rapport.language import keep, mark
from rapport.store import OpState, OutboxEntry, Store
from rapport.sync.compare import UpdatePlan, changed_since, plan_update, wanted_by, whole_span
from rapport.sync.intake import Intake
from rapport.sync.link import RATE_WAIT_S, Link
from rapport.sync.pace import Pace, pause
from rapport.sync.remote import Records
from rapport.sync.resolve import Resolver

log = logging.getLogger(__name__)

AT_ONCE = 4
LONGEST_BACKOFF_S = 60.0
LOOK_AGAIN_S = 30.0
LONGEST_UNSEEN_S = 10.0
"""Between two looks at an update that may still land: what somebody else writes after the one and
loses before the other is lost unseen."""
FINISH_S = 2.0
TOO_MANY = 429
CLOCK_SLACK = timedelta(seconds=2)

_NOT_CERTAIN = mark("It is not certain yet that the CRM got this.")


class Push:
    def __init__(
        self,
        store: Store,
        records: Records,
        resolver: Resolver,
        intake: Intake,
        link: Link,
        clock: Clock,
        pace: Pace,
        changed: Callable[[], None],
    ) -> None:
        self._store = store
        self._outbox = store.outbox
        self._records = records
        self._resolver = resolver
        self._intake = intake
        self._link = link
        self._clock = clock
        self._pace = pace
        self._changed = changed
        self._last_now: datetime | None = None
        self._wake = asyncio.Event()
        self._busy: dict[Id, asyncio.Task[None]] = {}
        self._ended: set[Id] = set()
        """Contacts whose edit ended while the outbox was read: what was read of them is old."""

    @property
    def active(self) -> bool:
        return bool(self._busy)

    def wake(self) -> None:
        """There may be something to send."""
        self._wake.set()

    def heard(self, event: ChangeEvent) -> None:
        if event.outbox or event.origin is not Origin.SYNC:
            self.wake()

    async def run(self) -> None:
        try:
            while True:
                await self._link.open()
                self._wake.clear()
                await self._start_due()
                await pause(self._clock, await self._next_turn(), self._wake)
        finally:
            await self._finish()

    async def _finish(self) -> None:
        """What is on its way may arrive; what takes longer is looked for at the next start."""
        tasks = list(self._busy.values())
        for task in tasks:
            task.add_done_callback(lambda _: self._wake.set())
        deadline = self._clock.monotonic() + FINISH_S
        while not all(task.done() for task in tasks):
            left = deadline - self._clock.monotonic()
            if left <= 0:
                break
            self._wake.clear()
            await pause(self._clock, left, self._wake)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def recall(self) -> None:
        """Creates of which an earlier run of the program did not hear the end. To be done before
        anything is read: a list that shows one must not make a second record of it."""
        for item in await asyncio.wrap_future(self._store.queries.outbox_items()):
            if item.state in (EntryState.UNCERTAIN, EntryState.SENDING):
                entry = await asyncio.wrap_future(self._outbox.entry(item.seq))
                if entry is not None and entry.op is Op.CREATE:
                    self._intake.expect(entry)

    async def _mind_the_clock(self) -> None:
        """Held back and settling edits are timed by the wall clock, which can be set back."""
        now = self._clock.now()
        if self._last_now is None or now < self._last_now - CLOCK_SLACK:
            await asyncio.wrap_future(self._outbox.rein_in(now))
        self._last_now = now

    async def _start_due(self) -> None:
        await self._mind_the_clock()
        free = AT_ONCE - len(self._busy)
        if free <= 0:
            return
        self._ended.clear()
        due = await asyncio.wrap_future(
            self._outbox.due(self._clock.now(), AT_ONCE + 4 * len(self._busy) + 4)
        )
        for entry in due:
            if free > 0 and entry.contact_id not in self._busy.keys() | self._ended:
                free -= 1
                task = asyncio.create_task(self._send(entry))
                self._busy[entry.contact_id] = task
                task.add_done_callback(lambda _, id=entry.contact_id: self._sent(id))  # type: ignore[misc]
        self._changed()

    def _sent(self, contact_id: Id) -> None:
        task = self._busy.pop(contact_id, None)
        self._ended.add(contact_id)
        if task is not None and not task.cancelled() and (error := task.exception()):
            log.error("Sending an edit failed unexpectedly", exc_info=error)
        self.wake()
        self._changed()

    async def _next_turn(self) -> float:
        at = await asyncio.wrap_future(self._outbox.next_not_before())
        if at is None:
            return LOOK_AGAIN_S
        wait = (at - self._clock.now()).total_seconds()
        # A little late rather than a little early, which would mean another turn; and what could
        # go by its time but may not for another reason must not make this loop spin.
        return min(wait + 0.01, LOOK_AGAIN_S) if wait > 0 else 1.0

    # One edit.

    async def _send(self, entry: OutboxEntry) -> None:
        with follow_replies() as replies:
            await self._send_one(_Sending(entry, replies))

    async def _send_one(self, sending: _Sending) -> None:
        entry = sending.entry
        try:
            match entry.op:
                case Op.CREATE:
                    await self._create(sending)
                case Op.UPDATE:
                    await self._update(sending)
                case Op.DELETE:
                    await self._delete(sending)
            self._link.succeeded()
        except RapportError as error:
            await self._judge(sending, error)
        except BaseException as error:
            # A bug, or the engine's end: what was sent must be looked for before it goes again.
            if sending.wrote:
                self._outbox.uncertain(entry.seq, mark("It was interrupted while it was sent."))
                sending.uncertain = True
            elif not isinstance(error, asyncio.CancelledError):
                self._outbox.park(
                    entry.seq,
                    keep("It could not be prepared ({error}).", error=type(error).__name__),
                )
            raise
        finally:
            if not sending.uncertain:
                self._intake.expect_no_more(entry.seq)

    async def _begin(self, sending: _Sending, pre_ids: list[str] | None = None) -> bool:
        """SENDING is on disk when this returns True. False: withdrawn meanwhile."""
        fresh = await asyncio.wrap_future(self._outbox.sending(sending.entry.seq, pre_ids))
        if fresh is None:
            return False
        sending.entry, sending.wrote = fresh, True
        if fresh.op is Op.CREATE:
            self._intake.expect(fresh)
        return True

    async def _create(self, sending: _Sending) -> None:
        entry = sending.entry
        if entry.state is OpState.UNCERTAIN:
            sending.uncertain = True
            self._intake.expect(entry)
            sending.uncertain = not await self._resolver.resolve(entry)
            return
        pre_ids = None
        if entry.ref.kind is not Kind.CONTACT:
            pre_ids = [remote.rid for remote in await self._records.siblings(entry)]
        if not await self._begin(sending, pre_ids):
            return
        entry = sending.entry
        try:
            created = await self._records.create(entry, wanted_by(entry))
        except DuplicateError as error:
            sending.wrote = False
            await self._log_reply(sending)
            await self._resolver.duplicate(entry, error)
            return
        await self._log_reply(sending)
        await self._settle(entry, created)

    async def _update(self, sending: _Sending) -> None:
        late = sending.entry.state is OpState.UNCERTAIN
        now = await self._records.get(sending.entry)
        entry = sending.entry
        plan = plan_update(entry.ref.kind, entry.fields, now.values)
        landed = entry.fields and not plan.writes and not plan.conflicts
        if late and not landed and not self._settled_down(entry):
            # An earlier attempt may still land: over what others write meanwhile, if we hurry, and
            # over our own later edits, if they do.
            await self._clash(entry, now, plan.conflicts, may_land=True)
            await self._wait(entry, _NOT_CERTAIN)
            return
        if plan.merged:
            merged = await asyncio.wrap_future(self._outbox.merge(entry.seq, plan.merged))
            if merged is None:
                return
            sending.entry = entry = merged
            plan = plan_update(entry.ref.kind, entry.fields, now.values)
        if plan.writes:
            if not await self._begin(sending):
                return
            entry = sending.entry  # what the person added meanwhile goes along
            plan = plan_update(entry.ref.kind, entry.fields, now.values)
            # The reply tells what the server made of it at that moment. A later read would also
            # tell what somebody else has written since, and nobody could tell the two apart.
            told = await self._write(entry, plan, now)
            values = {name: value for name, value in now.values.items() if name != "updated_at"}
            now = structs.replace(now, values=values | told)
            await self._log_reply(sending)
        await self._clash(entry, now, plan.conflicts)
        if not plan.conflicts or set(entry.fields) - set(plan.conflicts):
            await self._settle(entry, now)

    async def _write(self, entry: OutboxEntry, plan: UpdatePlan, now: Remote) -> dict[str, Any]:
        """What the replies say of the fields that were sent, and of the last change if they do: an
        index that has not heard of it must not be believed."""
        told: dict[str, Any] = {}
        values = wire.wanted(plan.send)
        if entry.ref.kind is Kind.APPOINTMENT:
            values = whole_span(values, now.values)
        if values:
            reply = await self._records.update(entry, values)
            told = {
                name: reply.values[name]
                for name in (*plan.send, "updated_at")
                if name in reply.values
            }
        if plan.add_tags:
            told["tags"] = await self._records.add_tags(entry, plan.add_tags)
        if plan.remove_tags:
            told["tags"] = await self._records.remove_tags(entry, plan.remove_tags)
        if "tags" in told:
            told.pop("updated_at", None)
        return told

    async def _clash(
        self,
        entry: OutboxEntry,
        now: Remote,
        conflicts: dict[str, Any],
        *,
        may_land: bool = False,
    ) -> None:
        for field in conflicts:
            await asyncio.wrap_future(
                self._outbox.conflict(
                    entry.seq,
                    field,
                    now.values.get(field),
                    mark("It was changed in the CRM as well."),
                    may_land=may_land,
                )
            )

    async def _delete(self, sending: _Sending) -> None:
        entry, now = sending.entry, None
        if entry.base:
            now = await self._records.get(entry)
            if changed_since(entry.ref.kind, entry.base, now.values):
                if entry.state is OpState.UNCERTAIN and not self._settled_down(entry):
                    await self._wait(entry, _NOT_CERTAIN)
                    return
                await asyncio.wrap_future(
                    self._outbox.conflict(
                        entry.seq,
                        "",
                        now.values,
                        mark("It was changed in the CRM after you saw it."),
                    )
                )
                return
        joins = entry.part_of and entry.ref.kind is Kind.CONTACT and now is not None
        if joins and now is not None and await self._left_behind(entry, now):
            return
        if not await self._begin(sending):
            return
        entry = sending.entry
        await self._records.delete(entry)
        await self._log_reply(sending)
        await self._deleted(entry)

    async def _left_behind(self, entry: OutboxEntry, now: Remote) -> bool:
        """Whether a contact that goes into another one has something that is not there yet: written
        in the CRM since, or never read here. It is carried over first."""
        for kind in (Kind.TASK, Kind.NOTE, Kind.APPOINTMENT):
            read = self._records.children(entry.rid or "", kind)
            found, epoch = await self._intake.stamped(read)
            await self._intake.children(entry.contact_id, kind, found, epoch)
        return await asyncio.wrap_future(self._outbox.carry_over(entry.seq, now.values))

    async def _deleted(self, entry: OutboxEntry) -> None:
        if entry.rid:
            self._intake.wrote(entry.ref.kind, entry.rid)
        await asyncio.wrap_future(self._outbox.settled(entry.seq))

    async def _log_reply(self, sending: _Sending) -> None:
        """Before what follows from it, so that the audit log has it whatever happens then."""
        if sending.replies:
            reply = sending.replies[-1]
            sending.replies.clear()
            if reply.status != TOO_MANY:  # it is asked again, as often as that takes
                told = self._store.audit.replied(str(sending.entry.seq), reply)
                await asyncio.wrap_future(told)

    async def _settle(self, entry: OutboxEntry, now: Remote) -> None:
        self._intake.wrote(now.kind, now.rid, now.values.get("updated_at"))
        await asyncio.wrap_future(
            self._outbox.settled(entry.seq, now.rid, self._intake.snapshot(now))
        )

    # What an error means.

    async def _judge(self, sending: _Sending, error: RapportError) -> None:
        entry = sending.entry
        await self._log_reply(sending)
        outcome = outcome_of(error, entry.op)
        log.info("%s of a %s: %s", entry.op.value, entry.ref.kind.value, outcome.value)
        uncertain_before = entry.state is OpState.UNCERTAIN and not sending.wrote
        match outcome:
            case WriteOutcome.GONE:
                await self._gone(entry)
            case WriteOutcome.PARK | WriteOutcome.DUPLICATE | WriteOutcome.CAPABILITY:
                await asyncio.wrap_future(self._outbox.park(entry.seq, error.kept))
            case WriteOutcome.UNCERTAIN if sending.wrote:
                self._link.failed(error)
                sending.uncertain = True
                await self._wait(entry, error.kept)
            case _:
                self._link.failed(error)
                if uncertain_before:
                    await self._wait(entry, error.kept)
                else:
                    await self._later(entry, error)

    async def _gone(self, entry: OutboxEntry) -> None:
        self._link.succeeded()
        if entry.op is Op.DELETE:
            await self._deleted(entry)
        elif entry.op is Op.CREATE:
            await asyncio.wrap_future(
                self._outbox.park(entry.seq, mark("Its contact is not in the CRM any more."))
            )
        else:
            await asyncio.wrap_future(
                self._outbox.conflict(entry.seq, "", None, mark("It was deleted in the CRM."))
            )

    async def _later(self, entry: OutboxEntry, error: RapportError) -> None:
        """It was certainly not applied."""
        if isinstance(error, InactiveError) or outcome_of(error, entry.op) is WriteOutcome.AUTH:
            wait = 0.0  # the link stays shut until the CRM takes the sign-in again
        elif isinstance(error, RateLimitError):
            asked = error.retry_after_s if error.retry_after_s is not None else RATE_WAIT_S
            wait = max(0.0, min(asked, 3600.0)) + random.uniform(0.0, 1.0)
        else:
            # The link's own backoff holds everything; this one spreads what failed together.
            wait = random.uniform(0.0, min(LONGEST_BACKOFF_S, 2.0 ** min(entry.attempt, 6)))
            wait = min(wait, 2.0)
        at = self._clock.now() + timedelta(seconds=wait)
        await asyncio.wrap_future(self._outbox.later(entry.seq, at, error.kept))

    async def _wait(self, entry: OutboxEntry, why: str) -> None:
        """It stays uncertain and is looked up again soon: more often at first."""
        sent_at = entry.sent_at or self._clock.now()
        age = (self._clock.now() - sent_at).total_seconds()
        wait = min(max(1.0, age / 2), LONGEST_BACKOFF_S)
        if age < self._pace.settle_s:
            wait = min(wait, LONGEST_UNSEEN_S, self._pace.settle_s - age + 0.1)
        at = self._clock.now() + timedelta(seconds=wait)
        await asyncio.wrap_future(self._outbox.uncertain(entry.seq, why, not_before=at))

    def _settled_down(self, entry: OutboxEntry) -> bool:
        if entry.sent_at is None:
            return True
        return self._clock.now() >= entry.sent_at + timedelta(seconds=self._pace.settle_s)


class _Sending:
    """An edit while it is handled. ``wrote`` tells whether a write may have left this computer,
    ``uncertain`` whether it remains open what became of it."""

    def __init__(self, entry: OutboxEntry, replies: list[ServerReply]) -> None:
        self.entry = entry
        self.replies = replies
        self.wrote = False
        self.uncertain = False
