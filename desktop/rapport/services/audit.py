"""The audit log as the window asks for it, on its own loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapport.domain.audit import (
    AuditEntry,
    AuditFilter,
    AuditIndex,
    Chain,
    Departed,
    FieldRevert,
    RestoreContact,
    Revert,
    ServerReply,
    Standing,
    assess,
)
from rapport.domain.errors import (
    ApiError,
    InputError,
    NetworkError,
    RapportError,
    not_there,
    there_already,
)
from rapport.domain.operations import OperationCall, OperationReply, without_secrets
from rapport.domain.ports import AuditKey, Clock
from rapport.domain.records import Id
from rapport.language import join, mark
from rapport.services.audit_export import AuditFile, Format

if TYPE_CHECKING:
    from rapport.store import Store

PAGE = 500


class Audit:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        key: AuditKey | None,
        new_id: Callable[[], Id],
    ) -> None:
        self._store = store
        self._log = store.audit
        self._clock = clock
        self._key = key
        self._new_id = new_id

    async def index(self, wanted: AuditFilter, *, grouped: bool = False) -> AuditIndex:
        """The ids of what the filter lets through, newest first, with the days they fall on;
        ``grouped`` with one for many edits made as one."""
        found = self._log.index(wanted, self._clock.zone(), grouped=grouped)
        return await asyncio.wrap_future(found)

    async def entries(self, ids: Sequence[int]) -> list[AuditEntry]:
        """In the order of ``ids``, without those that are gone."""
        return await asyncio.wrap_future(self._log.entries(ids))

    async def verify(self) -> Chain:
        """Goes through the whole log. Raises KeyringError where a checkpoint's signature cannot be
        looked at."""
        verified = self._key.verified if self._key is not None else None
        return await asyncio.wrap_future(self._store.verify_audit(verified))

    async def export(self, path: Path, format: Format, wanted: AuditFilter) -> int:
        """Writes the entries that the filter lets through, oldest first; how many they were."""
        ids = (await self.index(wanted)).ids[::-1]
        file = await asyncio.to_thread(AuditFile, path, format)
        try:
            for start in range(0, len(ids), PAGE):
                page = await self.entries(ids[start : start + PAGE])
                await asyncio.to_thread(file.add, page)
            await asyncio.to_thread(file.finish)
        except BaseException:
            file.drop()
            raise
        return file.entries

    # Reverting, and bringing back.

    async def assess(self, entry: AuditEntry) -> tuple[FieldRevert, ...]:
        """How each field of the entry stands now. Raises InputError where the entry cannot be
        reverted at all, with the reason."""
        mutation = entry.mutation
        if mutation is None:
            raise InputError("This entry changed no record.", "There is nothing to set back.")
        record = await asyncio.wrap_future(self._log.record(mutation.ref))
        if mutation.op != "delete" and record is None:
            raise not_there(mutation.ref.kind)
        if mutation.op == "delete" and record is not None:
            raise there_already(mutation.ref.kind)
        fields = assess(mutation, record)
        if mutation.op == "update" and all(
            one.standing in (Standing.DONE, Standing.FIXED) for one in fields
        ):
            raise InputError(
                "There is nothing to set back.",
                "The CRM does not let this field be changed."
                if any(one.standing is Standing.FIXED for one in fields)
                else "The record has its earlier values already.",
            )
        return fields

    async def departed(self, contact_id: Id) -> Departed | None:
        """A deleted contact as it was; None where nothing of it is kept."""
        return await asyncio.wrap_future(self._log.departed(contact_id))

    async def restore(self, contact_id: Id) -> RestoreContact:
        """The command that brings a deleted contact back. Raises InputError where none is kept."""
        departed = await self.departed(contact_id)
        if departed is None:
            raise InputError("Nothing of this contact is kept.")
        return RestoreContact(contact_id=contact_id, departed=departed)

    # What a person sends by hand.

    async def recorded(
        self, call: OperationCall, send: Callable[[], Awaitable[OperationReply]]
    ) -> OperationReply:
        """Sends the operation, with an entry before and the CRM's answer after it."""
        name = f"call:{self._new_id()}"
        await asyncio.wrap_future(
            self._log.call(call.action.id, call.action.title, _told(call), name=name)
        )
        try:
            reply = await send()
        except RapportError as error:
            status = error.status if isinstance(error, ApiError) else 0
            trace_id = error.trace_id if isinstance(error, ApiError) else ""
            unsure = isinstance(error, NetworkError) and error.sent
            unsure_words = mark("It may have arrived.") if unsure else ""
            text = join(error.kept_title, unsure_words)
            await self._answered(name, ServerReply(status=status, trace_id=trace_id, text=text))
            raise
        refused = "" if reply.refused is None else reply.refused.kept
        await self._answered(
            name, ServerReply(status=reply.status, trace_id=reply.trace_id, text=refused)
        )
        return reply

    async def _answered(self, name: str, reply: ServerReply) -> None:
        await asyncio.wrap_future(self._log.replied(name, reply))


def _told(call: OperationCall) -> dict[str, Any]:
    """The arguments by their names, with secrets hidden and files by name only."""
    given = call.arguments
    told: dict[str, Any] = {**given.path, **given.query}
    if isinstance(given.body, dict):
        told |= given.body
    elif given.body is not None:
        told["body"] = given.body
    told |= {one.part: f"{one.name} ({len(one.content):,} bytes)" for one in call.uploads}
    hidden: dict[str, Any] = json.loads(without_secrets(json.dumps(told, default=str)))
    return hidden


def revert_command(
    entry: AuditEntry, fields: Sequence[FieldRevert], over: Sequence[FieldRevert] = ()
) -> Revert:
    """Sets back ``fields`` of the entry; those in ``over`` although they moved on since."""
    mutation = entry.mutation
    if mutation is None:
        raise InputError("This entry changed no record.")
    if mutation.op == "update":
        import msgspec

        chosen = {one.field for one in (*fields, *over)}
        kept = {name: delta for name, delta in mutation.fields.items() if name in chosen}
        mutation = msgspec.structs.replace(mutation, fields=kept)
    return Revert(of=entry.title, mutation=mutation, over={one.field: one.now for one in over})
