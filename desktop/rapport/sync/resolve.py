"""Finds out what became of a create whose answer was lost. Never repeats it blindly."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import msgspec

from rapport.api import ApiClient, Lane, Remote
from rapport.domain.changes import Op
from rapport.domain.errors import DuplicateError, InputError
from rapport.domain.ports import Clock
from rapport.domain.records import Kind
from rapport.domain.views import Candidate
from rapport.language import mark
from rapport.store import OutboxEntry, Store
from rapport.sync.compare import matches, wanted_by
from rapport.sync.intake import Intake
from rapport.sync.pace import Pace
from rapport.sync.remote import Records

_ASK_TWICE = mark("Two records in the CRM look like this one. Which one is it?")
_ASK_LOST = mark("The CRM never confirmed this, and it cannot be found there.")
_ASK_CHANGED = mark("The CRM has a contact with this e-mail or phone that differs. Is it this one?")
_OFFERED = 8
_LOOKING = mark("The CRM’s answer was lost; Rapport looks for the record before it sends it again.")


class Resolver:
    def __init__(
        self,
        store: Store,
        client: ApiClient,
        records: Records,
        intake: Intake,
        clock: Clock,
        pace: Pace,
    ) -> None:
        self._store = store
        self._outbox = store.outbox
        self._client = client
        self._records = records
        self._intake = intake
        self._clock = clock
        self._pace = pace

    async def resolve(self, entry: OutboxEntry) -> bool:
        """Adopts what the lost create made, waits while it may still appear, sends it again when
        it certainly does not exist, and asks where that cannot be known. False while it waits."""
        hits = await self._hits(entry)
        if len(hits) == 1:
            await self._adopt(entry, hits[0])
            return True
        if hits:
            await asyncio.wrap_future(self._outbox.ask(entry.seq, _ASK_TWICE))
            return True
        return await self._absent(entry)

    async def duplicate(self, entry: OutboxEntry, error: DuplicateError) -> None:
        """The server says that the contact exists already. Ours, from an attempt whose answer was
        lost, is adopted; somebody else's is a person's decision."""
        other: Remote | None
        if error.other_id:
            other = await self._client.contacts.get(error.other_id, lane=Lane.PERSON)
        else:
            other = await self._by_key(entry)
        mine = entry.attempt > 1 and other is not None
        if mine and other is not None and matches(Kind.CONTACT, wanted_by(entry), other.values):
            await self._adopt(entry, other)
        else:
            await asyncio.wrap_future(self._outbox.park(entry.seq, error.kept))

    async def candidates(self, seq: int) -> list[Candidate]:
        """Records in the CRM that may be the one a create made, the likeliest first."""
        entry = await self._create_of(seq)
        wanted, kind = wanted_by(entry), entry.ref.kind
        if kind is Kind.CONTACT:
            keyed = await self._by_key(entry)
            found = [keyed] if keyed is not None else []
            name = f"{wanted.get('first_name', '')} {wanted.get('last_name', '')}".strip()
            if name:
                page = await self._client.contacts.search(query=name, lane=Lane.PERSON)
                found += [one for one in page.items if all(one.rid != two.rid for two in found)]
        else:
            known = set(entry.pre_ids or ())
            siblings = await self._records.siblings(entry)
            found = [one for one in siblings if one.rid not in known]
        found.sort(key=lambda one: not matches(kind, wanted, one.values))
        return [_candidate(one) for one in found[:_OFFERED]]

    async def link(self, seq: int, rid: str) -> None:
        """The person says that the create means this record."""
        entry = await self._create_of(seq)
        found = await self._records.get(msgspec.structs.replace(entry, rid=rid))
        self._intake.wrote(found.kind, found.rid, found.values.get("updated_at"))
        await asyncio.wrap_future(self._outbox.adopt(seq, self._intake.snapshot(found)))
        self._intake.expect_no_more(seq)

    async def _create_of(self, seq: int) -> OutboxEntry:
        entry = await asyncio.wrap_future(self._outbox.entry(seq))
        if entry is None or entry.op is not Op.CREATE:
            raise InputError("This edit does not wait any more.", "Look at the list once more.")
        return entry

    async def _hits(self, entry: OutboxEntry) -> list[Remote]:
        wanted = wanted_by(entry)
        kind = entry.ref.kind
        if kind is not Kind.CONTACT:
            known = set(entry.pre_ids or ())
            siblings = await self._records.siblings(entry)
            return [
                one
                for one in siblings
                if one.rid not in known
                and matches(kind, wanted, one.values)
                and await self._is_free(entry, one)
            ]
        found = await self._by_key(entry)
        if found is not None:
            return [found] if matches(kind, wanted, found.values) else []
        if wanted.get("email") or wanted.get("phone"):
            return []
        return await self._by_name(entry, wanted)

    async def _by_key(self, entry: OutboxEntry) -> Remote | None:
        """FACTS B1: the e-mail counts first, then the phone."""
        wanted = wanted_by(entry)
        for key in ("email", "phone"):
            if wanted.get(key):
                value = str(wanted[key])
                found = await self._client.contacts.find_duplicate(
                    email=value if key == "email" else "",
                    phone=value if key == "phone" else "",
                    lane=Lane.PERSON,
                )
                if found is not None:
                    return found
        return None

    async def _by_name(self, entry: OutboxEntry, wanted: dict[str, object]) -> list[Remote]:
        name = f"{wanted.get('first_name', '')} {wanted.get('last_name', '')}".strip()
        page = await self._client.contacts.search(query=name, lane=Lane.PERSON)
        since = (entry.sent_at or entry.created_at) - timedelta(hours=24)
        return [
            one
            for one in page.items
            if matches(Kind.CONTACT, wanted, one.values)
            and _added_after(one, since)
            and await self._is_free(entry, one)
        ]

    async def _is_free(self, entry: OutboxEntry, remote: Remote) -> bool:
        """Whether no other record here claims to be that one by an edit of its own."""
        owner = await asyncio.wrap_future(self._store.replica.lid_of(remote.kind, remote.rid))
        return owner is None or owner == entry.ref.id

    async def _adopt(self, entry: OutboxEntry, found: Remote) -> None:
        self._intake.wrote(found.kind, found.rid, found.values.get("updated_at"))
        await asyncio.wrap_future(
            self._outbox.settled(entry.seq, found.rid, self._intake.snapshot(found))
        )

    async def _absent(self, entry: OutboxEntry) -> bool:
        now = self._clock.now()
        sent_at = entry.sent_at or now
        age = (now - sent_at).total_seconds()
        if age < self._pace.settle_s or entry.absent < 1:
            wait = min(max(1.0, age / 2), 30.0)
            if age < self._pace.settle_s < age + wait:
                wait = self._pace.settle_s - age + 0.1
        elif entry.ref.kind is Kind.CONTACT and await self._by_key(entry) is not None:
            # Ours, and a workflow has changed it since; or somebody else's, and ours is missing.
            await asyncio.wrap_future(self._outbox.ask(entry.seq, _ASK_CHANGED))
            return True
        elif await self._witnessed(entry, sent_at):
            await asyncio.wrap_future(self._outbox.resend(entry.seq))
            return True
        elif age > self._pace.give_up_s:
            await asyncio.wrap_future(self._outbox.ask(entry.seq, _ASK_LOST))
            return True
        else:
            wait = 30.0
        await asyncio.wrap_future(
            self._outbox.uncertain(
                entry.seq, _LOOKING, not_before=now + timedelta(seconds=wait), absent=True
            )
        )
        return False

    async def _witnessed(self, entry: OutboxEntry, sent_at: datetime) -> bool:
        """Whether absence proves anything. The lists of a contact do not lag, nor does the look-up
        by e-mail or phone; the index does, and is believed only once it shows something younger
        than the lost create could be."""
        wanted = wanted_by(entry)
        if entry.ref.kind is not Kind.CONTACT or wanted.get("email") or wanted.get("phone"):
            return True
        page = await self._client.contacts.search(
            page_limit=1, sort=("dateUpdated", "desc"), lane=Lane.PERSON
        )
        limit = sent_at + timedelta(seconds=self._pace.settle_s)
        return any(
            (at := one.values.get("updated_at")) is not None and datetime.fromisoformat(at) > limit
            for one in page.items
        )


def _added_after(remote: Remote, since: datetime) -> bool:
    at = remote.values.get("added_at")
    return at is None or datetime.fromisoformat(at) >= since


def _candidate(remote: Remote) -> Candidate:
    values = remote.values
    if remote.kind is Kind.CONTACT:
        name = f"{values.get('first_name') or ''} {values.get('last_name') or ''}".strip()
        reach = [values.get(key) or "" for key in ("email", "phone", "company")]
        told = [part for part in (name, *reach) if part]
        title, about = (told[0] if told else ""), " · ".join(told[1:])
    else:
        title = str(values.get("title") or values.get("body") or "")
        about = str(values.get("body") or "") if values.get("title") else ""
    added = values.get("added_at")
    return Candidate(
        rid=remote.rid,
        title=title,
        about=about,
        added_at=datetime.fromisoformat(added) if added else None,
    )
