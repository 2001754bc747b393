"""A file that one process holds at a time."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rapport.domain.errors import NetworkError, StoreError
from rapport.language import keep

_LOOK_AGAIN_S = 0.02


class FileLock:
    """The operating system drops the lock when the process ends, however it ends, so there is no
    stale lock to clean up. Two of these exclude each other within one process, too."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Takes the lock; False when somebody else holds it. Raises StoreError on a bad disk."""
        try:
            handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(
                "Rapport’s data folder cannot be written.",
                keep(
                    "Check the disk and the permissions of {folder}.", folder=str(self._file.parent)
                ),
                details=type(error).__name__,
            ) from error
        if not _try_lock(handle):
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


@asynccontextmanager
async def held(file: Path, *, limit_s: float) -> AsyncIterator[None]:
    """Holds ``file`` for the time of the block, once nobody else does. The disk is asked on a
    worker thread. Raises NetworkError after ``limit_s``: whatever the block is for, not a byte of
    it was sent."""
    lock = FileLock(file)
    try:
        async with asyncio.timeout(limit_s):
            while True:
                if await _acquired(lock):
                    break
                await asyncio.sleep(_LOOK_AGAIN_S)
    except TimeoutError:
        raise NetworkError(
            "Another Rapport is renewing this sign-in.",
            "It does not come to an end; Rapport tries again by itself. Edits are kept.",
            details=f"waited {limit_s:.0f} s for {file.name}",
        ) from None
    try:
        yield
    finally:
        lock.release()


async def _acquired(lock: FileLock) -> bool:
    attempt = asyncio.get_running_loop().run_in_executor(None, lock.acquire)
    try:
        return await asyncio.shield(attempt)
    except asyncio.CancelledError:
        # The thread goes on, and what it takes nobody would give back.
        attempt.add_done_callback(lambda _: lock.release())
        raise


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
