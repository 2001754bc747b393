"""The real sandbox as a process of its own, in the run's time. Ends with its standard input."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from scale import Scaled

from rapport.sandbox.server import Sandbox

INDEX_LAG_S = 3.0


async def main(state: Path, contacts: int, seed: int, clock: Scaled) -> None:
    async with Sandbox(
        contacts=contacts,
        seed=seed,
        rate_limit="off",
        state_file=state,
        index_lag_s=INDEX_LAG_S,
        clock=clock.time,
    ) as sandbox:
        print(json.dumps(sandbox.info()), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    state, contacts, seed, factor, since = sys.argv[1:]
    asyncio.run(main(Path(state), int(contacts), int(seed), Scaled(float(factor), float(since))))
