"""The audit log as the window asks for it: calls by hand, exports, and what cannot be reverted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rapport.api.catalogue import action
from rapport.domain.arguments import Arguments
from rapport.domain.audit import Act, AuditEntry, AuditFilter
from rapport.domain.commands import CreateContact, EditContact
from rapport.domain.errors import GoneError, InputError, NetworkError, StoreError
from rapport.domain.operations import OperationCall, OperationReply, SentRequest
from rapport.language import english
from rapport.services.audit_export import AuditFile


def call() -> OperationCall:
    return OperationCall(
        action=action("contacts.tags.add"),
        arguments=Arguments(
            path={"contactId": "c1"},
            query={},
            body={"tags": ["vip"], "apiToken": "s3cret"},
            files={},
        ),
    )


def reply(status: int = 201, refused: Any = None) -> OperationReply:
    return OperationReply(
        status=status,
        headers={"x-trace-id": "t-1"},
        body=b"{}",
        sent=SentRequest(method="POST", url="https://crm.example", headers={}, body=""),
        sent_at=datetime(2026, 3, 2, tzinfo=UTC),
        took_s=0.1,
        refused=refused,
    )


async def newest(workspace: Any) -> AuditEntry:
    audit = workspace.audit
    ids = (await audit.index(AuditFilter())).ids
    (entry,) = await audit.entries(ids[:1])
    found: AuditEntry = entry
    return found


async def test_a_call_by_hand_is_in_the_log_before_it_is_sent(workspace: Any) -> None:
    before: list[AuditEntry] = []

    async def send() -> OperationReply:
        before.append(await newest(workspace))
        return reply()

    await workspace.audit.recorded(call(), send)
    assert (before[0].act, before[0].record_id, before[0].reply) == (
        Act.CALL,
        "contacts.tags.add",
        None,
    )
    assert before[0].fields["tags"] == (None, ["vip"])
    assert "s3cret" not in str(before[0].fields)
    after = await newest(workspace)
    assert after.reply is not None
    assert (after.reply.status, after.reply.trace_id, after.reply.text) == (201, "t-1", "")


async def test_a_refusal_and_a_broken_line_are_told(workspace: Any) -> None:
    refused = GoneError("This record is not in the CRM any more.", status=404, trace_id="t-9")

    async def refuse() -> OperationReply:
        return reply(404, refused)

    await workspace.audit.recorded(call(), refuse)
    told = (await newest(workspace)).reply
    assert told is not None
    assert (told.status, told.trace_id) == (404, "t-9")
    assert told.text.startswith("This record is not in the CRM")

    async def broken() -> OperationReply:
        raise NetworkError("The connection to the CRM broke.", sent=True)

    with pytest.raises(NetworkError):
        await workspace.audit.recorded(call(), broken)
    told = (await newest(workspace)).reply
    assert told is not None
    assert (told.status, english(told.text)) == (
        0,
        "The connection to the CRM broke. It may have arrived.",
    )
    assert (await workspace.audit.verify()).broken is None


def names_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


async def test_an_export_is_whole_or_not_there(workspace: Any, tmp_path: Path) -> None:
    id = workspace.new_id()
    await workspace.bus.run(CreateContact(contact_id=id, fields={"first_name": "Zoë"}))
    await workspace.bus.run(EditContact(contact_id=id, fields={"city": "Lyon"}))
    path = tmp_path / "log.json"
    assert await workspace.audit.export(path, "json", AuditFilter()) == 2
    assert [one["title"] for one in json.loads(path.read_text("utf-8"))] == [
        "Create contact",
        "Edit contact",
    ]
    with pytest.raises(StoreError):
        await workspace.audit.export(tmp_path / "no" / "log.csv", "csv", AuditFilter())
    file = AuditFile(tmp_path / "half.csv", "csv")
    file.drop()
    assert names_in(tmp_path) == ["log.json"]


async def test_what_has_nothing_to_set_back_says_so(workspace: Any) -> None:
    id = workspace.new_id()
    await workspace.bus.run(CreateContact(contact_id=id, fields={"first_name": "Zoë"}))
    await workspace.bus.run(EditContact(contact_id=id, fields={"city": "Lyon"}))
    entry = await newest(workspace)
    await workspace.bus.run(EditContact(contact_id=id, fields={"city": ""}))
    with pytest.raises(InputError) as caught:
        await workspace.audit.assess(entry)
    assert "earlier values already" in str(caught.value)
    with pytest.raises(InputError):
        await workspace.audit.restore("nobody")
