"""The tour's own sandbox, and the question whether an edit has really arrived there."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rapport.app.sandbox_process import SandboxProcess

CONTACTS = 500


class TourSandbox:
    """A sandbox that can be switched off and comes back at the same address with the same data."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._process = SandboxProcess(state, contacts=CONTACTS, extra=("--index-lag", "0.5"))
        self._info: dict[str, Any] = {}
        self.off = False

    async def start(self) -> dict[str, Any]:
        """Implements ``SandboxSource``; while it is off, says where it was."""
        if not self.off:
            self._info = await self._process.start()
        return self._info

    async def stop(self) -> None:
        await self._process.stop()

    async def reset(self) -> None:
        await self._process.reset()

    async def switch_off(self) -> None:
        self.off = True
        await self._process.stop()

    async def switch_on(self) -> None:
        port = urlsplit(self._info["base_url"]).port
        self._process = SandboxProcess(
            self._state,
            contacts=CONTACTS,
            extra=("--index-lag", "0.5", "--port", str(port)),
        )
        self.off = False
        await self.start()

    async def record(self, kind: str, server_id: str) -> dict[str, Any] | None:
        """The record as the sandbox has it; None where there is none."""
        return await asyncio.to_thread(self._get, f"/_sandbox/records/{kind}/{server_id}")

    def children(self, kind: str, contact_rid: str) -> list[dict[str, Any]]:
        """The notes or tasks of a contact, as anybody with a token reads them. Blocks."""
        request = urllib.request.Request(
            f"{self._info['base_url']}/contacts/{contact_rid}/{kind}s",
            headers={
                "Authorization": f"Bearer {self._info['access_token']}",
                "Version": "2021-07-28",
            },
        )
        with urllib.request.urlopen(request, timeout=10) as reply:
            found: list[dict[str, Any]] = json.load(reply)[f"{kind}s"]
            return found

    async def edit(self, kind: str, server_id: str, values: dict[str, Any]) -> None:
        """Somebody else changes the record."""
        await asyncio.to_thread(self._ask, f"/_sandbox/records/{kind}/{server_id}", values)

    async def add_note(self, contact_id: str, body: str) -> None:
        """Somebody else writes a note, as the API takes it."""
        path = f"/contacts/{contact_id}/notes"
        await asyncio.to_thread(self._ask, path, {"body": body}, self._info["access_token"])

    async def refuse(self, method: str, path: str, message: str) -> None:
        """The next request of that kind is answered with a refusal. ``path`` is a regular
        expression."""
        body = {"statusCode": 422, "message": [message]}
        fault = {"path": path, "kind": "status", "method": method, "status": 422, "body": body}
        await asyncio.to_thread(self._ask, "/_sandbox/faults", fault)

    async def requests(self, method: str, path: str) -> list[dict[str, Any]]:
        """What was asked so far. ``path`` is a regular expression."""
        found = await asyncio.to_thread(self._get, "/_sandbox/log") or {}
        wanted = re.compile(path)
        return [
            one
            for one in found.get("requests", ())
            if one["method"] == method and wanted.search(one["path"])
        ]

    def _get(self, path: str) -> dict[str, Any] | None:
        return self._ask(path)

    def _ask(
        self, path: str, body: dict[str, Any] | None = None, token: str = ""
    ) -> dict[str, Any] | None:
        """GET, or POST where there is a body. ``token`` is the API's; without it the sandbox is
        asked itself."""
        request = urllib.request.Request(
            self._info["base_url"] + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {token or self._info['control_token']}",
                "Version": "2021-07-28",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                found: dict[str, Any] = json.load(reply)
                return found
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise
