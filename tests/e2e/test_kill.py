"""``kill -9`` at any moment, in the middle of edits, sync and sending: nothing that was
acknowledged is missing, and nothing has become two."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
from ulid import ULID

from rapport.api.oauth import Tokens
from rapport.api.session import encode
from rapport.app.clock import SystemClock
from rapport.app.config import Config, ConfigFile
from rapport.app.secrets import Secrets
from rapport.domain import scopes
from rapport.domain.settings import Account
from rapport.domain.views import ContactDetail
from rapport.host.paths import Paths
from rapport.store import Store

KILLS = 5
EDITING = Path(__file__).with_name("editing.py")


async def an_account(profile: Path, info: dict[str, Any]) -> Account:
    """A profile that is signed in to the sandbox, as the pasted token leaves it."""
    paths = Paths.of(profile)
    account = Account(
        id=str(ULID()),
        name="Sandbox",
        location_id=info["location_ids"][0],
        api_url=info["base_url"],
        authorize_url="",
        token_url="",
        client_id="",
        redirect_uri="",
        scopes=tuple(scope.name for scope in scopes.ALL),
        static_token=True,
    )
    secrets = Secrets.of(paths)
    tokens = Tokens(access=info["access_token"], location_id=account.location_id)
    await asyncio.to_thread(secrets.vault(account.id).write_tokens, encode(tokens))
    secrets.close()
    ConfigFile(paths.settings_file).save(Config().with_account(account))
    return account


async def until_killed(profile: Path, chance: random.Random) -> list[str]:
    """What a process acknowledged before it was killed at a moment that ``chance`` chose."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(EDITING), str(profile), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    said: list[str] = []
    for _ in range(chance.randrange(1, 12)):
        line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        assert line.endswith("\n"), "the process ended by itself"
        said.append(line.strip())
    await asyncio.sleep(chance.uniform(0, 0.05))  # the moment: between two edits or within one
    process.kill()
    rest = (await process.stdout.read()).decode()
    await process.wait()
    # Whole lines only: of half a line nobody can say that it was heard.
    return said + rest.split("\n")[:-1]


def missing(said: list[str], details: dict[str, ContactDetail]) -> list[str]:
    def kept(kind: str, contact: str, text: str) -> bool:
        detail = details[contact]
        if kind == "note":
            return text in [note.body for note in detail.notes]
        task = next((task for task in detail.tasks if task.title == text), None)
        return task is not None and (kind == "task" or task.completed)

    return [line for line in said if not kept(*line.split())]


async def test_nothing_acknowledged_is_missing(tmp_path: Path, served: Any) -> None:
    info = await served.start()
    account = await an_account(tmp_path, info)
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    paths = Paths.of(tmp_path)
    database = paths.account(account.id) / "rapport.db"
    acknowledged: list[str] = []
    for _ in range(KILLS):
        acknowledged += await until_killed(tmp_path, chance)
        secrets = Secrets.of(paths)
        key = await asyncio.to_thread(secrets.database_key, account.id, database)
        secrets.close()
        store = Store.open(database, key, clock=SystemClock(), new_id=lambda: str(ULID()))
        try:
            assert store.verify().result() == []
            contacts = {line.split()[1] for line in acknowledged}
            details = {id: store.queries.detail(id).result() for id in contacts}
            assert missing(acknowledged, details) == []  # type: ignore[arg-type]
        finally:
            store.close()
    assert len(acknowledged) >= KILLS
    await served.control("POST", "clock", {"shift_s": 20})  # the budget of requests is whole again
    assert all(count == 1 for count in (await at_the_server(info)).values())


async def at_the_server(info: dict[str, Any]) -> Counter[str]:
    """How often each task of ours has arrived at the sandbox."""
    location = info["location_ids"][0]
    headers = {"Authorization": f"Bearer {info['access_token']}", "Version": "2021-07-28"}
    async with httpx2.AsyncClient(trust_env=False) as http:
        reply = await http.post(
            f"{info['base_url']}/locations/{location}/tasks/search",
            headers=headers,
            json={"query": "kept-", "limit": 100},
        )
    assert reply.status_code == 200, reply.text
    return Counter(task["title"] for task in reply.json()["tasks"])
