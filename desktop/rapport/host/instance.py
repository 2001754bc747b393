"""One running Rapport a profile: the first holds a lock and listens, a second hands over."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

from rapport.domain.errors import StoreError
from rapport.host.paths import Paths


class InstanceLock:
    """The lock file of a profile. The operating system drops the lock when the process ends,
    however it ends, so there is no stale lock to clean up."""

    def __init__(self, paths: Paths) -> None:
        self._file = paths.data / "rapport.lock"
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Takes the lock; False when another process holds it. Raises StoreError on a bad disk."""
        try:
            handle = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(
                "Rapport’s data folder cannot be written.",
                f"Check the disk and the permissions of {self._file.parent}.",
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


def socket_path(paths: Paths) -> Path:
    """Where the first instance listens (POSIX). The folder is the person's own, mode 0700."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    folder = Path(runtime) if runtime and Path(runtime).is_dir() else paths.data
    return folder / f"{paths.socket_name}.sock"


def hand_over(paths: Paths, request: dict[str, Any], *, timeout_s: float = 5.0) -> bool:
    """Sends ``request`` to the running instance; False when none answers in time."""
    if not hasattr(socket, "AF_UNIX"):
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(timeout_s)
        try:
            client.connect(str(socket_path(paths)))
            client.sendall(json.dumps(request).encode() + b"\n")
            return client.recv(64).startswith(b"ok")
        except OSError:
            return False
