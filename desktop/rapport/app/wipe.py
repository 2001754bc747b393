"""Removing everything that Rapport keeps on this computer, in one step."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from rapport.app.logs import recent
from rapport.domain.hosts import contacted
from rapport.host.paths import Paths

log = logging.getLogger(__name__)


def folder_size(folder: Path) -> int:
    """Bytes of all files in it. Blocks; what vanishes meanwhile is not counted."""
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.lstat().st_size if not file.is_dir() else 0
        except OSError:
            continue
    return total


def wipe_files(paths: Paths) -> None:
    """Deletes local copies, what was set aside of them, the sandbox and the logs, once every
    account is closed and out of the keyring. Blocks. What cannot be deleted is left, and logged:
    without its key a copy is unreadable."""
    for handler in logging.getLogger().handlers:
        name = getattr(handler, "baseFilename", "")
        if name and Path(name).parent == paths.logs.absolute():
            handler.close()  # it opens a new file at the next line
    for folder in (paths.data / "accounts", paths.data / "locks"):
        shutil.rmtree(folder, ignore_errors=True)
    leftover = [*paths.data.glob("sandbox.db*"), *paths.logs.glob("*")]
    leftover += paths.config.glob("*.unreadable.json")
    for file in leftover:
        try:
            file.unlink()
        except OSError:
            log.warning("a file could not be deleted")
    recent.forget()
    contacted.forget()
