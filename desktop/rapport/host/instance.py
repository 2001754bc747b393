"""One running Rapport a profile: the first holds a lock and listens, a second hands over."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

from rapport.host.lock import FileLock
from rapport.host.paths import Paths


class InstanceLock(FileLock):
    """The lock file of a profile."""

    def __init__(self, paths: Paths) -> None:
        super().__init__(paths.data / "rapport.lock")


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
