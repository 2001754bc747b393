"""Renewing a sign-in across processes, and across their sudden ends: the sandbox is a process, the
keyring is the desktop's Secret Service, and ``kill -9`` is one."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from ulid import ULID

from rapport.api.http import Http
from rapport.api.oauth import OAuthApp, OAuthFlow, Tokens
from rapport.api.session import decode, encode
from rapport.app.clock import SystemClock
from rapport.app.config import Config, ConfigFile
from rapport.app.secrets import Secrets
from rapport.domain import scopes
from rapport.domain.settings import Account
from rapport.host.paths import Paths

HERE = Path(__file__)
KILLS = 8
CLOCK = SystemClock()


class Crm:
    """The sandbox as a process of its own."""

    def __init__(self, info: dict[str, Any]) -> None:
        self.info = info
        self.app = OAuthApp(
            authorize_url=info["authorize_url"],
            token_url=info["token_url"],
            client_id=info["client_id"],
            client_secret=info["client_secret"],
            redirect_uri=info["redirect_uri"],
        )

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.info['control_token']}"}
        url = f"{self.info['base_url']}/_sandbox/{path}"
        async with httpx2.AsyncClient(trust_env=False) as http:
            reply = await http.request(method, url, json=body, headers=headers)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def seen(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.control("GET", f"log?path={path}"))["requests"]
        return found

    async def consent(self) -> Tokens:
        """A person signs in."""
        http = Http()
        flow = OAuthFlow(self.app, [one.name for one in scopes.ALL], clock=CLOCK, http=http)
        url = urlsplit(flow.url)
        form = {**dict(parse_qsl(url.query)), "decision": "allow"}
        form["location_id"] = self.info["location_ids"][0]
        async with httpx2.AsyncClient(trust_env=False) as browser:
            reply = await browser.post(url._replace(query="").geturl(), data=form)
        tokens = await flow.finish(reply.headers["location"])
        await http.aclose()
        return tokens

    async def tasks_named(self, start: str) -> Counter[str]:
        location = self.info["location_ids"][0]
        headers = {
            "Authorization": f"Bearer {self.info['private_token']}",
            "Version": "2021-07-28",
        }
        async with httpx2.AsyncClient(trust_env=False) as http:
            reply = await http.post(
                f"{self.info['base_url']}/locations/{location}/tasks/search",
                headers=headers,
                json={"query": start, "limit": 100},
            )
        assert reply.status_code == 200, reply.text
        return Counter(task["title"] for task in reply.json()["tasks"])


@pytest.fixture
async def crm() -> AsyncIterator[Crm]:
    arguments = ["--contacts", "30", "--rate-limit", "off", "--index-lag", "0", "--until-eof"]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "rapport.sandbox", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    yield Crm(json.loads(await asyncio.wait_for(process.stdout.readline(), 30)))
    process.stdin.close()
    await process.wait()


class Desk:
    """A profile that is signed in to the sandbox with tokens that can be renewed."""

    def __init__(self, profile: Path, crm: Crm) -> None:
        self.profile = profile
        self.paths = Paths.of(profile)
        self.crm = crm
        self.account = Account(
            id=str(ULID()),
            name="Lumen Solar",
            location_id=crm.info["location_ids"][0],
            api_url=crm.info["base_url"],
            authorize_url=crm.app.authorize_url,
            token_url=crm.app.token_url,
            client_id=crm.app.client_id,
            redirect_uri=crm.app.redirect_uri,
            scopes=tuple(scope.name for scope in scopes.ALL),
        )
        ConfigFile(self.paths.settings_file).save(Config().with_account(self.account))
        self.secrets = Secrets.of(self.paths)
        self.vault = self.secrets.vault(self.account.id)

    async def keep(self, tokens: Tokens) -> None:
        await asyncio.to_thread(self.vault.write_tokens, encode(tokens))

    async def tokens(self) -> Tokens | None:
        kept = await asyncio.to_thread(self.vault.read_tokens)
        return decode(kept[0]) if kept else None

    async def start(self, script: str, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            str(HERE.with_name(script)),
            str(self.profile),
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )


@pytest.fixture
async def desk(tmp_path: Path, crm: Crm) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path, crm)
    await asyncio.to_thread(desk.vault.set_client_secret, crm.app.client_secret)
    await desk.keep(await crm.consent())
    yield desk
    await asyncio.to_thread(desk.vault.delete_all)
    desk.secrets.close()


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()


async def test_a_hundred_refusals_in_each_of_two_processes_are_one_token_request(
    desk: Desk, crm: Crm
) -> None:
    before = await desk.tokens()
    both = [await desk.start("asking.py") for _ in range(2)]
    assert [await line(one) for one in both] == ["ready", "ready"]
    await crm.control("POST", "tokens/expire", {"kinds": ["access"]})
    await crm.control("DELETE", "log")

    for one in both:
        assert one.stdin is not None
        one.stdin.write(b"go\n")
    assert [await line(one) for one in both] == ["100", "100"]
    assert [await one.wait() for one in both] == [0, 0]

    answered = Counter(entry["status"] for entry in await crm.seen("^/contacts/search"))
    assert answered == {401: 200, 200: 200}
    assert len(await crm.seen("^/oauth/")) == 1
    after = await desk.tokens()
    assert before is not None
    assert after is not None
    assert after.refresh != before.refresh


async def settled(desk: Desk) -> str:
    process = await desk.start("renewing.py", "settle")
    said = await line(process)
    assert await process.wait() == 0
    return said


async def killed_before_the_commit(desk: Desk, chance: random.Random) -> str:
    """Makes an edit, and kills the program between the CRM's reply and the commit of the new
    tokens, or in the midst of that commit. Returns the edit's title."""
    await desk.crm.control("POST", "tokens/expire", {"kinds": ["access"]})
    process = await desk.start("renewing.py", "edit")
    title = await line(process)
    assert title.startswith("kept-")
    assert await line(process) == "replied"
    await asyncio.sleep(chance.choice((0.0, chance.uniform(0, 0.08))))
    process.kill()
    await process.wait()
    return title


@pytest.mark.timeout(300)
@pytest.mark.parametrize("installed", [True, False])
async def test_killed_between_the_reply_and_the_commit(
    desk: Desk, crm: Crm, *, installed: bool
) -> None:
    """The old refresh token is spent and the new one may be lost. Where the app is still installed
    the program reconnects by itself; where it is not, it asks for a sign-in and keeps the edit."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    chance = random.Random(seed)
    assert await settled(desk) == "sent"
    place = f"locations/{desk.account.location_id}"
    ends: Counter[str] = Counter()
    titles = []
    for _ in range(KILLS if installed else KILLS // 2):
        await crm.control("POST", place, {"installed": installed})
        titles.append(await killed_before_the_commit(desk, chance))
        end = await settled(desk)
        ends[end] += 1
        if end != "sent":
            assert end == "signed out 1"
            assert not installed
            await desk.keep(await crm.consent())
            assert await settled(desk) == "sent"
    print(ends)
    assert await crm.tasks_named("kept-") == Counter(titles)
