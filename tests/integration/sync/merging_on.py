"""An engine on a copy that has something to send, until it is killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from ulid import ULID

from conftest import KEY, QUICK, HastyClock, until
from rapport.api import ApiClient, StaticToken
from rapport.domain.scopes import ALL, Capabilities
from rapport.store import Store
from rapport.sync.engine import Engine


async def main(path: str, base_url: str, token: str, location_id: str) -> None:
    clock = HastyClock()
    store = Store.open(Path(path), KEY, clock=clock, new_id=lambda: str(ULID()))
    client = ApiClient(base_url, StaticToken(token), location_id=location_id, clock=clock)
    capabilities = Capabilities.of({scope.name for scope in ALL})
    engine = Engine(store, client, clock, capabilities, QUICK)
    await engine.start()

    async def sent() -> bool:
        return not (await asyncio.wrap_future(store.outbox.counts())).waiting

    await until(sent, "all is sent", 600.0)
    print("sent", flush=True)
    await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
