"""The one small file beside the databases: window settings and which accounts there are.

It holds no secret and no customer's data. It is replaced whole, so a crash leaves the old or the
new one.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec
from msgspec import Struct

from rapport.domain.errors import StoreError
from rapport.domain.settings import Account, Settings

log = logging.getLogger(__name__)


class Config(Struct, frozen=True, kw_only=True):
    settings: Settings = Settings()
    accounts: tuple[Account, ...] = ()
    current: str = ""
    """The id of the account that is shown first."""

    def account(self, id: str) -> Account | None:
        return next((account for account in self.accounts if account.id == id), None)

    def with_account(self, account: Account) -> Config:
        """``account`` added or replaced, and made the current one."""
        known = any(other.id == account.id for other in self.accounts)
        accounts = (
            tuple(account if other.id == account.id else other for other in self.accounts)
            if known
            else (*self.accounts, account)
        )
        return msgspec.structs.replace(self, accounts=accounts, current=account.id)

    def renamed(self, account: Account) -> Config:
        """``account``'s name and place; where it answers is left as it was."""
        accounts = tuple(
            msgspec.structs.replace(other, name=account.name, place=account.place)
            if other.id == account.id
            else other
            for other in self.accounts
        )
        return msgspec.structs.replace(self, accounts=accounts)

    def without_account(self, id: str) -> Config:
        accounts = tuple(account for account in self.accounts if account.id != id)
        current = self.current if self.current != id else (accounts[0].id if accounts else "")
        return msgspec.structs.replace(self, accounts=accounts, current=current)


class ConfigFile:
    """Reads and replaces the file. A file that cannot be understood is kept aside, not lost."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Config:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Config)
        except FileNotFoundError:
            return Config()
        except msgspec.MsgspecError:
            aside = self._path.with_suffix(".unreadable.json")
            self._path.replace(aside)
            log.warning("the settings could not be read; they were kept as %s", aside.name)
            return Config()
        except OSError as error:
            raise StoreError(
                "Rapport’s settings cannot be read.", details=type(error).__name__
            ) from error

    def save(self, config: Config) -> None:
        fresh = self._path.with_suffix(".new")
        try:
            with fresh.open("wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(config), indent=2))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            raise StoreError(
                "Rapport’s settings cannot be saved.",
                "They last until you quit. Is the disk full?",
                details=type(error).__name__,
            ) from error
