"""The embedded sandbox: the same program as ``rapport sandbox``, as a child of the window.

A process of its own, because it is a server like any other: its work must not make the window
stutter, and switching it off must look like a server that is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from pathlib import Path
from typing import Any, Protocol

import msgspec

from rapport.domain.errors import NetworkError
from rapport.domain.settings import Account

START_LIMIT_S = 30.0
STOP_LIMIT_S = 5.0


class SandboxSource(Protocol):
    """Where the window gets its sandbox from."""

    async def start(self) -> dict[str, Any]:
        """What ``rapport sandbox`` prints first. Raises NetworkError when there is none."""
        ...

    async def stop(self) -> None: ...

    async def reset(self) -> None:
        """Stops it and forgets everything that was changed in it."""
        ...


class SandboxProcess:
    """Starts the sandbox once, on demand."""

    def __init__(
        self, state: Path, *, contacts: int = 500, seed: int = 7, extra: tuple[str, ...] = ()
    ) -> None:
        self._state = state
        self._arguments = (
            "--state",
            str(state),
            "--contacts",
            str(contacts),
            "--seed",
            str(seed),
            *extra,
        )
        self._child: asyncio.subprocess.Process | None = None
        self._info: dict[str, Any] = {}
        self._starting = asyncio.Lock()

    async def start(self) -> dict[str, Any]:
        async with self._starting:
            if self._child is None or self._child.returncode is not None:
                await self._start()
        return self._info

    async def _start(self) -> None:
        self._child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "rapport.sandbox",
            *self._arguments,
            "--until-eof",  # should we be killed, it must not stay and hold its state
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert self._child.stdout is not None
        try:
            line = await asyncio.wait_for(self._child.stdout.readline(), START_LIMIT_S)
            self._info = json.loads(line)
        except (TimeoutError, ValueError) as error:
            await self.stop()
            raise NetworkError(
                "The sandbox did not start.", "Try again; if it stays so, reset it in Settings."
            ) from error
        except asyncio.CancelledError:
            await self.stop()  # one that never said where it listens is of no use
            raise

    async def stop(self) -> None:
        child, self._child = self._child, None
        if child is None or child.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        try:
            await asyncio.wait_for(child.wait(), STOP_LIMIT_S)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def reset(self) -> None:
        await self.stop()
        await asyncio.to_thread(_delete_database, self._state)


async def at_todays_port(account: Account, source: SandboxSource) -> Account:
    """The embedded sandbox listens elsewhere each time; its state and tokens are the same. Raises
    NetworkError when there is none."""
    info = await source.start()
    base = str(info["base_url"])
    return msgspec.structs.replace(
        account,
        api_url=base,
        authorize_url=str(info["authorize_url"]),
        token_url=str(info["token_url"]),
        revoke_url=f"{base}/oauth/revoke",
    )


def _delete_database(file: Path) -> None:
    # SQLite keeps what is not yet in the file itself beside it.
    for end in ("", "-wal", "-shm", "-journal"):
        Path(f"{file}{end}").unlink(missing_ok=True)
