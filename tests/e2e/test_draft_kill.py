"""``kill -9`` while a note is written: at most the last second is lost."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from pathlib import Path

import pytest
from ulid import ULID

from rapport.app.clock import SystemClock
from rapport.store import Store

KEY = bytes(range(32))
DRAFTING = Path(__file__).with_name("drafting.py")
LOST_S = 1.0


@pytest.mark.parametrize("letters", [40, 100])
async def test_a_draft_loses_a_second_at_most(tmp_path: Path, letters: int) -> None:
    database = tmp_path / "rapport.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(DRAFTING), str(database), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    contact_id = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
    typed = [float(await asyncio.wait_for(process.stdout.readline(), 30)) for _ in range(letters)]
    await asyncio.sleep(random.uniform(0, 0.4))  # the moment: before, while or after it is kept
    killed = time.monotonic()
    process.kill()
    await process.wait()
    store = Store.open(database, KEY, clock=SystemClock(), new_id=lambda: str(ULID()))
    try:
        draft = store.queries.draft(contact_id, None).result() or ""
    finally:
        store.close()
    assert draft
    assert draft == "".join("abcdefghij"[n % 10] for n in range(len(draft)))
    lost = [at for at in typed[len(draft) :] if at < killed - LOST_S]
    assert lost == [], f"{len(lost)} letters that were older than a second"
