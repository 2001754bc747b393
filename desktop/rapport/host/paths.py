"""Where Rapport keeps its files: the platform's usual places, or everything under one profile."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from rapport.domain.errors import StoreError
from rapport.language import keep


@dataclass(frozen=True)
class Paths:
    """The folders of one profile; each is made on first use with mode 0700."""

    config: Path
    data: Path
    logs: Path
    profile: str
    """Empty for the usual places; else the folder a person named with ``--profile``."""

    @classmethod
    def of(cls, profile: Path | None = None) -> Paths:
        """Raises StoreError when the folders cannot be made."""
        if profile is not None:
            root = profile.expanduser().absolute()
            paths = cls(root / "config", root / "data", root / "logs", str(root))
        else:
            import platformdirs

            usual = platformdirs.PlatformDirs("rapport", appauthor=False)
            paths = cls(
                usual.user_config_path, usual.user_data_path, usual.user_log_path, profile=""
            )
        for folder in (paths.config, paths.data, paths.logs):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError(
                    keep("The folder {folder} cannot be made.", folder=str(folder)),
                    "Rapport needs a place of its own to keep your data; check the disk and its "
                    "permissions, or start with --profile and another folder.",
                    details=f"{type(error).__name__}: {error.strerror}",
                ) from error
        return paths

    @property
    def settings_file(self) -> Path:
        return self.config / "settings.json"

    @property
    def profile_id_file(self) -> Path:
        return self.config / "profile-id"

    def account(self, account_id: str) -> Path:
        """The folder of one account's database."""
        folder = self.data / "accounts" / account_id
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    @property
    def locks(self) -> Path:
        """The folder of the lock files that go with secrets in the keyring."""
        folder = self.data / "locks"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    @property
    def sandbox_state(self) -> Path:
        return self.data / "sandbox.db"

    @property
    def socket_name(self) -> str:
        """A name for the local socket, short enough for every platform (108 bytes on Linux)."""
        owner = getattr(os, "getuid", lambda: 0)()
        digest = hashlib.sha256(str(self.config).encode()).hexdigest()[:16]
        return f"rapport-{owner}-{digest}"


def profile_id(paths: Paths) -> str:
    """The random name under which the keyring keeps this profile's secrets.

    It lies in the profile, so a folder that was moved keeps its keys.
    """
    file = paths.profile_id_file
    try:
        known = file.read_text("utf-8").strip()
    except FileNotFoundError:
        known = ""
    if not known:
        known = os.urandom(8).hex()
        file.write_text(known + "\n", "utf-8")
    return known


def read_key_file(file: Path) -> bytes:
    """The 32-byte database key in ``file``: 64 hex digits, readable by its owner only.

    Raises StoreError with a sentence otherwise. For measuring only; see ``rapport bench``.
    """
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        text = file.read_text("ascii").strip()
        key = bytes.fromhex(text)
    except (OSError, ValueError) as error:
        raise StoreError(
            keep("The key file {file} cannot be read.", file=str(file)),
            details=type(error).__name__,
        ) from error
    if os.name == "posix" and mode & 0o077:
        raise StoreError(
            keep(
                "The key file {file} can be read by others; its mode must be 0600.", file=str(file)
            )
        )
    if len(key) != 32:
        raise StoreError(keep("The key file {file} does not hold a 32-byte key.", file=str(file)))
    return key
