"""The embedded sandbox: started once, kept across starts, forgotten when it is reset."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from pathlib import Path
from typing import Any

from rapport.app.sandbox_process import SandboxProcess


def contact(info: dict[str, Any], **change: Any) -> dict[str, Any]:
    """The first example contact as the sandbox has it, after ``change``."""
    request = urllib.request.Request(
        f"{info['base_url']}/_sandbox/records/contact/{info['examples']['contact']}",
        data=json.dumps(change).encode() if change else None,
        headers={"Authorization": f"Bearer {info['control_token']}"},
    )
    with urllib.request.urlopen(request, timeout=10) as reply:
        found: dict[str, Any] = json.load(reply)
        return found


async def test_a_change_outlives_the_process_and_not_the_reset(tmp_path: Path) -> None:
    process = SandboxProcess(tmp_path / "sandbox.db", contacts=20)
    try:
        info = await process.start()
        assert await process.start() == info
        before = (await asyncio.to_thread(contact, info))["city"]
        await asyncio.to_thread(lambda: contact(info, city="Elsewhere"))
        await process.stop()
        again = await process.start()
        assert (await asyncio.to_thread(contact, again))["city"] == "Elsewhere"
        await process.reset()
        afresh = await process.start()
        assert (await asyncio.to_thread(contact, afresh))["city"] == before
    finally:
        await process.stop()
