"""``rapport call --account`` as a process, with and without a Rapport that is running."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import msgspec
import pytest
import pytest_asyncio

from rapport.api.catalogue import action
from rapport.api.oauth import Tokens
from rapport.api.session import decode, encode
from rapport.app.config import Config, ConfigFile
from rapport.app.secrets import Secrets
from rapport.domain.arguments import arguments
from rapport.domain.command_lines import as_rapport_call
from rapport.domain.filters import ContactQuery
from rapport.domain.settings import Account
from rapport.host.instance import InstanceLock, socket_path
from rapport.host.paths import Paths
from rapport.sandbox.server import SandboxThread

Call = Callable[..., Awaitable[tuple[int, str, str]]]


def live_account(sandbox: SandboxThread, name: str = "Lumen Solar", id: str = "one") -> Account:
    """An account like any other: that it is the sandbox's is not known to the program."""
    info = sandbox.info()
    return Account(
        id=id,
        name=name,
        location_id=info["location_ids"][0],
        api_url=info["base_url"],
        authorize_url=info["authorize_url"],
        token_url=info["token_url"],
        client_id=info["client_id"],
        redirect_uri=info["redirect_uri"],
        scopes=("contacts.readonly", "contacts.write", "locations/customFields.write"),
        static_token=True,
    )


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.of(tmp_path / "profile")


@pytest.fixture
def account(paths: Paths, sandbox: SandboxThread) -> Account:
    """Signed in with a private-integration token, which is in the keyring of this desktop."""
    account = live_account(sandbox)
    ConfigFile(paths.settings_file).save(Config(accounts=(account,), current=account.id))
    with closing(Secrets.of(paths)) as secrets:
        tokens = Tokens(access=sandbox.info()["private_token"])
        secrets.vault(account.id).write_tokens(encode(tokens))
    return account


@pytest.fixture
def call(start: Callable[..., Any], paths: Paths) -> Call:
    async def call(*words: str, account: str = "Lumen Solar") -> tuple[int, str, str]:
        command = start("call", *words, "--account", account, "--profile", paths.profile)
        status, output, errors = await command.ended(30)
        return status, output, errors

    return call


async def control(sandbox: SandboxThread, method: str, path: str, body: Any = None) -> Any:
    info = sandbox.info()
    async with httpx2.AsyncClient(trust_env=False) as http:
        reply = await http.request(
            method,
            f"{info['base_url']}/_sandbox/{path}",
            json=body,
            headers={"Authorization": f"Bearer {info['control_token']}"},
        )
    assert reply.status_code == 200, reply.text
    return reply.json()


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(15):
        while not await condition():  # noqa: ASYNC110  another process's doing has no event
            await asyncio.sleep(0.05)


@pytest_asyncio.fixture
async def running(
    paths: Paths, account: Account, start: Callable[..., Any], until: Callable[..., Any]
) -> AsyncIterator[Any]:
    """A Rapport with its window open on this account."""
    program = start("--profile", paths.profile)
    await until(lambda: socket_path(paths).exists(), "the program to listen", limit_s=30)
    yield program
    if program.process.poll() is None:
        program.terminate()
        await program.ended()


# Where none runs.


async def test_without_a_running_rapport(
    account: Account, call: Call, sandbox: SandboxThread, paths: Paths
) -> None:
    contact = sandbox.info()["examples"]["contact"]

    status, output, errors = await call("contacts.get", f"contactId={contact}")

    assert (status, errors) == (0, "")
    assert json.loads(output)["contact"]["id"] == contact
    assert InstanceLock(paths).acquire(), "the profile is free again"


@pytest.mark.parametrize("name", ["one", "lumen solar", "location"])
async def test_an_account_is_named_in_several_ways(
    account: Account, call: Call, sandbox: SandboxThread, name: str
) -> None:
    named = account.location_id if name == "location" else name
    status, _, errors = await call("contacts.notes.list", of_contact(sandbox), account=named)
    assert (status, errors) == (0, "")


def of_contact(sandbox: SandboxThread) -> str:
    return f"contactId={sandbox.info()['examples']['contact']}"


async def test_several_at_once_take_turns(
    account: Account, call: Call, sandbox: SandboxThread
) -> None:
    ended = await asyncio.gather(
        *(call("contacts.notes.create", of_contact(sandbox), f"body=Note {n}") for n in range(3))
    )
    assert [(status, errors) for status, _, errors in ended] == [(0, "")] * 3


async def test_an_unknown_account_is_told_which_there_are(account: Account, call: Call) -> None:
    assert await call("contacts.get", "contactId=x", account="Somebody") == (
        2,
        "",
        f"There is no account “Somebody”. There are “Lumen Solar” ({account.location_id}).\n",
    )


async def test_a_name_of_two_accounts_is_not_guessed(
    account: Account, call: Call, paths: Paths, sandbox: SandboxThread
) -> None:
    twin = live_account(sandbox, id="two")
    ConfigFile(paths.settings_file).save(Config(accounts=(account, twin)))

    status, output, errors = await call("contacts.get", "contactId=x")

    assert (status, output) == (2, "")
    assert errors.startswith("More than one account is called “Lumen Solar”.")


async def test_no_account_at_all(paths: Paths, call: Call) -> None:
    assert await call("contacts.get", "contactId=x") == (
        2,
        "",
        "No account is signed in. Open Rapport and connect one.\n",
    )


async def test_a_token_from_outside_is_not_mixed_with_an_account(
    account: Account, call: Call
) -> None:
    status, _, errors = await call("contacts.get", "contactId=x", "--token-env", "HOME")
    assert status == 2
    assert errors.startswith("--token-env cannot be given beside --account.")


async def test_a_refusal_is_one_sentence(account: Account, call: Call) -> None:
    status, output, errors = await call("contacts.get", "contactId=nobody")
    assert (status, output) == (1, "")
    assert errors.startswith("This record is not in the CRM any more")
    assert errors.count("\n") == 1


async def test_a_profile_that_is_held_and_does_not_answer(
    account: Account, call: Call, paths: Paths
) -> None:
    lock = InstanceLock(paths)
    assert lock.acquire()
    try:
        status, output, errors = await call("contacts.get", "contactId=x")
    finally:
        lock.release()
    assert (status, output) == (1, "")
    assert errors.startswith("Rapport is already running with this profile and does not answer")


async def test_a_token_that_has_run_out_is_renewed_and_kept(
    account: Account, call: Call, sandbox: SandboxThread, paths: Paths
) -> None:
    info = sandbox.info()
    tokens = await signed_in(sandbox)
    oauth = msgspec.structs.replace(account, static_token=False)
    ConfigFile(paths.settings_file).save(Config(accounts=(oauth,)))
    with closing(Secrets.of(paths)) as secrets:
        vault = secrets.vault(account.id)
        vault.set_client_secret(info["client_secret"])
        vault.write_tokens(encode(tokens))

    status, _, errors = await call("contacts.notes.list", of_contact(sandbox))

    assert (status, errors) == (0, "")
    with closing(Secrets.of(paths)) as secrets:
        kept = decode(secrets.vault(account.id).read_tokens()[0])
    assert kept is not None
    assert kept.access != tokens.access
    assert kept.refresh != tokens.refresh
    # The renewed set is good for the next call, too.
    assert (await call("contacts.notes.list", of_contact(sandbox)))[0] == 0


async def signed_in(sandbox: SandboxThread) -> Tokens:
    """What a sign-in yields, an hour after its access token has run out."""
    info = sandbox.info()
    client = {"client_id": info["client_id"], "redirect_uri": "http://127.0.0.1:5123/callback"}
    consent = {
        **client,
        "response_type": "code",
        "scope": "contacts.readonly contacts.write",
        "state": "s",
        "location_id": info["location_ids"][0],
        "decision": "allow",
    }
    async with httpx2.AsyncClient(base_url=info["base_url"], trust_env=False) as http:
        asked = await http.post("/v2/oauth/chooselocation", data=consent)
        code = parse_qs(urlsplit(asked.headers["location"]).query)["code"][0]
        exchange = {
            **client,
            "client_secret": info["client_secret"],
            "grant_type": "authorization_code",
            "code": code,
        }
        reply = await http.post("/oauth/token", data=exchange)
    told = reply.json()
    return Tokens(
        access=told["access_token"],
        refresh=told["refresh_token"],
        expires_at=datetime.now(UTC) - timedelta(hours=1),
        scopes=("contacts.readonly", "contacts.write"),
        location_id=info["location_ids"][0],
    )


async def test_a_copied_command_runs_in_a_shell(
    account: Account, sandbox: SandboxThread, paths: Paths
) -> None:
    entry = action("contacts.notes.create")
    text = "It's “quoted” $HOME\n-- and a second line"
    contact = sandbox.info()["examples"]["contact"]
    command = as_rapport_call(
        entry,
        arguments(entry, data={"contactId": contact, "body": text}),
        account=account.name,
        location_id=account.location_id,
        profile=paths.profile,
    )
    program = Path(sys.executable).parent / "rapport"
    shell = await asyncio.create_subprocess_shell(
        f"PATH={program.parent}:$PATH {command}", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await shell.communicate()
    assert shell.returncode == 0
    assert json.loads(output)["note"]["body"] == text


async def audited(start: Callable[..., Any], paths: Paths) -> list[dict[str, Any]]:
    """The audit log's entries about calls."""
    export = start(
        "audit", "export", "--format", "json", "--kind", "operation", "--profile", paths.profile
    )
    status, output, errors = await export.ended(30)
    assert (status, errors) == (0, "")
    entries: list[dict[str, Any]] = json.loads(output)
    return entries


async def test_what_is_sent_alone_is_in_the_audit_log(
    account: Account, call: Call, sandbox: SandboxThread, start: Any, paths: Paths
) -> None:
    assert (await call("contacts.notes.create", of_contact(sandbox), "body=By hand"))[0] == 0
    assert (await call("contacts.get", "contactId=nobody"))[0] == 1

    written, read = await audited(start, paths)
    assert (written["record"], written["title"]) == ("contacts.notes.create", "Write a note")
    assert written["reply"]["status"] == 201
    assert (read["record"], read["reply"]["status"]) == ("contacts.get", 400)


# Where one runs.


async def test_through_the_running_one(
    running: Any, call: Call, sandbox: SandboxThread, paths: Paths
) -> None:
    assert not InstanceLock(paths).acquire(), "only the running one can have sent it"

    status, output, errors = await call(
        "contacts.notes.create", of_contact(sandbox), "body=By hand"
    )

    assert (status, errors) == (0, "")
    assert json.loads(output)["note"]["body"] == "By hand"


async def test_what_goes_through_it_is_in_the_audit_log(
    running: Any, call: Call, sandbox: SandboxThread, start: Any, paths: Paths
) -> None:
    assert (await call("contacts.notes.create", of_contact(sandbox), "body=By hand"))[0] == 0
    (entry,) = await audited(start, paths)
    assert (entry["record"], entry["reply"]["status"]) == ("contacts.notes.create", 201)
    assert entry["origin"] == "person"


async def test_errors_and_raw_replies_are_the_same_through_it(
    running: Any, call: Call, sandbox: SandboxThread
) -> None:
    status, output, errors = await call("contacts.get", "contactId=nobody")
    assert (status, output) == (1, "")
    assert errors.startswith("This record is not in the CRM any more")

    status, output, _ = await call("contacts.notes.list", of_contact(sandbox), "--raw")
    assert status == 0
    assert "\n" not in output  # as it came: the command alone would lay it out
    assert "notes" in json.loads(output)


async def test_a_file_goes_through_it(
    running: Any, call: Call, sandbox: SandboxThread, tmp_path: Path
) -> None:
    file = tmp_path / "plan.txt"
    file.write_bytes(b"\x00\n{a plan}\r\n" * 50_000)
    contact = sandbox.info()["examples"]["contact"]

    status, _, errors = await call(
        "locations.custom-fields.upload", f"id={contact}", "maxFiles=1", f"file=@{file}"
    )

    assert (status, errors) == (0, "")
    seen = (await control(sandbox, "GET", "log?path=upload"))["requests"]
    assert [one["status"] for one in seen if one["method"] == "POST"] in ([200], [201])


async def test_only_this_person_can_open_the_socket(running: Any, paths: Paths) -> None:
    found = socket_path(paths).stat()
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert found.st_uid == os.getuid()


async def test_one_that_quits_meanwhile(
    running: Any, start: Callable[..., Any], sandbox: SandboxThread, paths: Paths, until: Any
) -> None:
    contact = sandbox.info()["examples"]["contact"]
    fault = {"path": f"/contacts/{contact}/notes", "method": "POST", "kind": "delay"}
    await control(sandbox, "POST", "faults", fault | {"seconds": 60})
    words = ("contacts.notes.create", f"contactId={contact}", "body=Late")
    command = start("call", *words, "--account", "one", "--profile", paths.profile)

    async def met() -> bool:
        return not (await control(sandbox, "GET", "faults"))["faults"]

    await eventually(met)
    running.terminate()

    assert await command.ended() == (
        1,
        "",
        "Rapport quit before the reply came: the request may have arrived.\n",
    )
    assert (await running.ended())[0] == 0


async def test_one_of_another_version(account: Account, call: Call, paths: Paths) -> None:
    """A Rapport from before there were replies says “ok” to everything."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"ok\n")
        await writer.drain()
        writer.close()

    lock = InstanceLock(paths)
    assert lock.acquire()
    async with await asyncio.start_unix_server(answer, str(socket_path(paths))):
        status, output, errors = await call("contacts.get", "contactId=x")
    lock.release()

    assert (status, output) == (1, "")
    assert errors.startswith("The Rapport that is running is another version: quit it")


async def test_what_is_no_request_does_not_disturb_it(
    running: Any, call: Call, sandbox: SandboxThread, paths: Paths
) -> None:
    for nonsense in (b"", b"\n", b"[]\n", b'{"size": -1}\n', b'{"size": 99999999999}\n', b"\xff\n"):
        reader, writer = await asyncio.open_unix_connection(str(socket_path(paths)))
        writer.write(nonsense)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
    status, _, errors = await call("contacts.notes.list", of_contact(sandbox))
    assert (status, errors) == (0, "")


async def test_the_local_copy_hears_of_it(
    program: Any, start: Callable[..., Any], sandbox: SandboxThread
) -> None:
    lock = InstanceLock(program.paths)
    assert lock.acquire(), "as ``rapport`` does before it opens its window"
    await program.sign_in()
    command = start(
        "call",
        "contacts.create",
        "firstName=Zoraida",
        "lastName=Quintanilha",
        "--account",
        program.session.account.location_id,
        "--profile",
        program.paths.profile,
    )

    status, _, errors = await command.ended(30)

    lock.release()
    assert (status, errors) == (0, "")
    contacts = program.session.workspace.queries.contacts

    async def known() -> bool:
        return bool((await contacts(ContactQuery(text="zoraida"))).total == 1)

    await eventually(known)
