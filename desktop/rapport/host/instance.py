"""One running Rapport a profile: the first holds a lock, and listens where ``messages`` says."""

from __future__ import annotations

import os
from pathlib import Path

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
