"""One operation as a signed-in account: handed to the running Rapport, or done in this process.

One pacer and one writer serve an account, whoever asks: either the program that is running does it,
or nobody else can start while it is done here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from rapport.app.config import Config
from rapport.app.error_sentence import sentence
from rapport.domain.arguments import Arguments
from rapport.domain.errors import InputError
from rapport.domain.operations import OperationCall, OperationReply, Upload
from rapport.domain.ports import Clock
from rapport.domain.settings import Account
from rapport.host.instance import InstanceLock
from rapport.host.messages import Message, ask_or_lock, request
from rapport.host.paths import Paths

if TYPE_CHECKING:
    from rapport.app.secrets import Secrets
    from rapport.store import Store


class Answer(Struct, frozen=True, kw_only=True):
    """What the command line shows of a reply."""

    body: bytes
    refused: str = ""
    """Why the CRM did not do it, in one sentence."""


def account_named(config: Config, name: str) -> Account:
    """The account of that name, id or location. Raises InputError, which lists them."""
    accounts = config.accounts
    found = [one for one in accounts if name in (one.id, one.location_id, one.name)] or [
        one for one in accounts if one.name.casefold() == name.casefold()
    ]
    if len(found) == 1:
        return found[0]
    if not accounts:
        raise InputError("No account is signed in.", "Open Rapport and connect one.")
    known = ", ".join(f"“{one.name}” ({one.location_id})" for one in accounts)
    if found:
        raise InputError(f"More than one account is called “{name}”.", f"There are {known}.")
    raise InputError(f"There is no account “{name}”.", f"There are {known}.")


def perform(paths: Paths, account: Account, call: OperationCall) -> Answer:
    """Blocks until there is an answer. Raises RapportError where there is none."""
    lock = InstanceLock(paths)
    reply = ask_or_lock(paths, lock, asking(account, call))
    if reply is not None:
        return Answer(body=reply.attachment, refused=str(reply.head.get("refused") or ""))
    try:
        return answered(asyncio.run(_alone(paths, account, call)))
    finally:
        lock.release()


async def _alone(paths: Paths, account: Account, call: OperationCall) -> OperationReply:
    """What a running Rapport would do: as the account, and into its audit log."""
    from rapport.api.caller import Caller
    from rapport.api.http import Http
    from rapport.app.clock import SystemClock
    from rapport.app.credentials import token_source
    from rapport.app.sandbox_process import SandboxProcess, at_todays_port
    from rapport.app.secrets import Secrets
    from rapport.services.audit import Audit
    from rapport.services.workspace import new_id
    from rapport.sync.operations import Operations

    clock = SystemClock()
    async with AsyncExitStack() as ends:
        secrets = ends.enter_context(closing(Secrets.of(paths)))
        if account.sandbox:
            sandbox = SandboxProcess(paths.sandbox_state)
            ends.push_async_callback(sandbox.stop)
            account = await at_todays_port(account, sandbox)
        store = await asyncio.to_thread(_store, paths, account, secrets, clock)
        ends.callback(store.close)
        http = Http()
        ends.push_async_callback(http.aclose)
        tokens = await token_source(account, secrets, clock, http)
        client = Caller(
            account.api_url, tokens, location_id=account.location_id, clock=clock, http=http
        )
        ends.push_async_callback(client.aclose)
        operations = Operations(client, account.api_url, clock)
        return await Audit(store, clock, None, new_id).recorded(call, lambda: operations.call(call))


def _store(paths: Paths, account: Account, secrets: Secrets, clock: Clock) -> Store:
    from rapport.app.copies import DATABASE
    from rapport.services.workspace import new_id
    from rapport.store import Store

    database = paths.account(account.id) / DATABASE
    key = secrets.database_key(account.id, database)
    return Store.open(database, key, clock=clock, new_id=new_id, who=account.user_id)


# What crosses the socket.


class _File(Struct, frozen=True):
    part: str
    name: str
    size: int


class _Request(Struct, frozen=True, kw_only=True):
    account: str
    id: str
    path: dict[str, str]
    query: dict[str, Any]
    body: Any
    files: tuple[_File, ...]


def asking(account: Account, call: OperationCall) -> Message:
    given = call.arguments
    head = request(
        "call",
        account=account.id,
        id=call.action.id,
        path=dict(given.path),
        query=dict(given.query),
        body=given.body,
        files=[
            msgspec.to_builtins(_File(one.part, one.name, len(one.content))) for one in call.uploads
        ],
    )
    return Message(head, b"".join(one.content for one in call.uploads))


def asked(message: Message) -> tuple[str, OperationCall]:
    """The account's id and the call. Raises InputError."""
    from rapport.api.catalogue import action

    try:
        wanted = msgspec.convert(message.head, _Request)
    except msgspec.ValidationError as error:
        raise InputError("What was asked cannot be understood.", f"{error}.") from None
    if sum(one.size for one in wanted.files) != len(message.attachment):
        raise InputError("What was asked cannot be understood.", "A file is not whole.")
    call = OperationCall(
        action=action(wanted.id),
        arguments=Arguments(path=wanted.path, query=wanted.query, body=wanted.body, files={}),
        uploads=tuple(_uploads(wanted.files, message.attachment)),
    )
    return wanted.account, call


def _uploads(files: Sequence[_File], content: bytes) -> Sequence[Upload]:
    uploads, start = [], 0
    for file in files:
        uploads.append(Upload(file.part, file.name, content[start : start + file.size]))
        start += file.size
    return uploads


def answered(reply: OperationReply) -> Answer:
    refused = sentence(reply.refused) if reply.refused is not None else ""
    return Answer(body=reply.body, refused=refused)


def telling(answer: Answer) -> Message:
    return Message({"refused": answer.refused}, answer.body)
