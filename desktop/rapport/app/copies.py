"""What is done to the file of an account's copy while nobody has it open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rapport.app.secrets import Secrets

if TYPE_CHECKING:
    from rapport.store import Rescued

DATABASE = "rapport.db"


def repair(folder: Path, key: bytes) -> Rescued:
    """Puts the damaged database aside and makes a new one of what can be read of it. Blocks;
    raises StoreError."""
    from rapport.store import rescue
    from rapport.sync.engine import CURSORS

    return rescue(set_aside(folder), folder / DATABASE, key, forget=CURSORS)


def set_aside(folder: Path) -> Path:
    """Moves a database that cannot be read out of the way, and returns its new name: it stays in
    the folder, in case its key comes back."""
    number = 1
    while (folder / f"{DATABASE}.unreadable-{number}").exists():
        number += 1
    for file in sorted(folder.glob(f"{DATABASE}*")):
        if ".unreadable-" not in file.name:
            end = file.name.removeprefix(DATABASE)
            file.rename(folder / f"{DATABASE}.unreadable-{number}{end}")
    return folder / f"{DATABASE}.unreadable-{number}"


def change_key(folder: Path, secrets: Secrets, account_id: str) -> None:
    """Encrypts the copy with a new key. Blocks, for a large copy some seconds; raises RapportError,
    and then the old key is still good."""
    from rapport.store import Database

    path = folder / DATABASE
    old = Database(path, secrets.database_key(account_id, path))
    vault = secrets.vault(account_id)
    new = vault.next_database_key()
    try:
        old.change_key(new)
    finally:
        vault.end_key_change(changed=Database(path, new).opens())
