"""Which keyring there is, and what of an account lies in it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from rapport.domain.ports import Keyring
from rapport.host.keyring import MemoryKeyring, NoKeyring, SystemKeyring
from rapport.host.lock import held
from rapport.host.paths import Paths, profile_id, read_key_file
from rapport.host.vault import Vault

log = logging.getLogger(__name__)

RENEWAL_LIMIT_S = 120.0
"""Longer than one exchange with the token endpoint may take, keyring included."""


class Secrets:
    """The system's keyring, or memory where there is none: then everything lasts until quitting.

    ``key_file`` holds the database key, for measuring only: no keyring is asked then, and there are
    no tokens. ``locks`` is the folder of lock files; None where no other process can be meant.
    """

    def __init__(
        self,
        profile_id: str,
        *,
        keyring: Keyring | None = None,
        key_file: Path | None = None,
        locks: Path | None = None,
    ) -> None:
        self._key_file = key_file
        self._locks = locks
        self._keyring: Keyring
        if key_file is not None:
            self._keyring = MemoryKeyring()
        else:
            self._keyring = keyring or SystemKeyring(profile_id)

    @classmethod
    def of(cls, paths: Paths, *, key_file: Path | None = None) -> Self:
        """Those of a profile."""
        return cls(profile_id(paths), key_file=key_file, locks=paths.locks)

    @property
    def in_memory(self) -> bool:
        return self._key_file is None and isinstance(self._keyring, MemoryKeyring)

    @property
    def lasting(self) -> bool:
        """Whether what is given to the keyring is there at the next start."""
        return not isinstance(self._keyring, MemoryKeyring)

    @property
    def place(self) -> str:
        """Where secrets are, as a sentence."""
        if self.in_memory:
            return "There is no keyring: the sign-in and your edits last until you quit."
        return "Its key and your sign-in are in the system’s keyring."

    async def prepare(self) -> None:
        """Makes sure that secrets can be kept. Falls back to memory where there is no keyring at
        all; a locked or silent one raises KeyringError, since waiting may help there."""
        if self.in_memory:
            return
        try:
            await asyncio.to_thread(self._keyring.get, "check")
        except NoKeyring:
            log.warning("no keyring: secrets stay in memory")
            self.close()
            self._keyring = MemoryKeyring()

    def vault(self, account_id: str) -> Vault:
        return Vault(self._keyring, account_id)

    def forget(self, account_id: str) -> None:
        """Everything of the account. Blocks; raises KeyringError."""
        self.vault(account_id).delete_all()
        if self._locks is not None:
            (self._locks / f"{account_id}.lock").unlink(missing_ok=True)

    @asynccontextmanager
    async def exclusive(self, account_id: str) -> AsyncIterator[None]:
        """Keeps other processes from renewing the account's tokens. Raises NetworkError when one of
        them does not come to an end."""
        if self._locks is None or self.in_memory:
            yield
            return
        async with held(self._locks / f"{account_id}.lock", limit_s=RENEWAL_LIMIT_S):
            yield

    def database_key(self, account_id: str, database: Path) -> bytes:
        """Blocks; raises KeyringError, or StoreError for a bad key file."""
        if self._key_file is not None:
            return read_key_file(self._key_file)
        vault = self.vault(account_id)
        begun = vault.begun_database_key()
        if begun is not None:
            # A change of the key was cut short: the file itself says which one it has.
            from rapport.store import Database

            vault.end_key_change(changed=Database(database, begun).opens())
        return vault.database_key(database_exists=database.exists())

    def close(self) -> None:
        """Lets go of the system's keyring; asking again opens it again."""
        if isinstance(self._keyring, SystemKeyring):
            self._keyring.close()
