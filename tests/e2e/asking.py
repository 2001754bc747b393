"""A process of its own with the account of a profile: says that it is ready, waits for a line, then
asks a hundred things at once and says how many were answered."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from rapport.api import ApiClient, Lane
from rapport.api.http import Http
from rapport.app.clock import SystemClock
from rapport.app.config import ConfigFile
from rapport.app.credentials import token_source
from rapport.app.secrets import Secrets
from rapport.host.paths import Paths


async def ask(profile: Path) -> None:
    paths = Paths.of(profile)
    config = ConfigFile(paths.settings_file).load()
    account = config.account(config.current)
    assert account is not None
    secrets, clock, http = Secrets.of(paths), SystemClock(), Http()
    source = await token_source(account, secrets, clock, http)
    client = ApiClient(
        account.api_url, source, location_id=account.location_id, clock=clock, http=http
    )
    await client.contacts.search(page_limit=1, lane=Lane.PERSON)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    searches = (client.contacts.search(page_limit=1, lane=Lane.PERSON) for _ in range(100))
    print(len(await asyncio.gather(*searches)), flush=True)
    await client.aclose()
    secrets.close()


if __name__ == "__main__":
    asyncio.run(ask(Path(sys.argv[1])))
