"""Opening the encrypted file: checks, migrations, backups, and errors in plain words."""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from rapport.domain.errors import DamagedError, StoreError
from rapport.domain.text import digits, fold
from rapport.store.schema import MIGRATIONS
from rapport.store.sql import Sql

KEY_BYTES = 32
WRITER_CACHE_KIB = 8192
READER_CACHE_KIB = 4096
BULK_CACHE_KIB = 65536
BUSY_MS = 5000
KEPT_EDITS = ".edits"
"""The end of the name of the small file of open edits beside the copy (see ``repair``)."""

_memory_names = itertools.count(1)


def check_library() -> None:
    """SQLite before 3.51.3 can corrupt a WAL database, and 3.52.0 was withdrawn."""
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if version < (3, 51, 3) or version == (3, 52, 0):
        raise StoreError(
            "This build of Rapport has an unsafe database library.",
            "Install it again from its lock file.",
            details=f"SQLite {apsw.sqlite_lib_version()}",
        )


def plain_words(error: Exception) -> StoreError:
    """The error as a sentence. SQL and values never get into it."""
    details = type(error).__name__
    if isinstance(error, apsw.FullError):
        return StoreError(
            "The disk is full.",
            "Nothing was changed. Free some space and try again.",
            details=details,
            retry=True,
        )
    if isinstance(error, (apsw.NotADBError, apsw.CorruptError)):
        return DamagedError(
            "The local copy is damaged.",
            "The file is kept as it is. Repairing makes a new copy of what can be read, your edits "
            "first; the rest is read from the CRM again.",
            details=details,
        )
    if isinstance(error, (apsw.ReadOnlyError, apsw.PermissionsError)):
        return StoreError(
            "The local copy may not be written.",
            "Nothing was changed. Check the permissions of its folder.",
            details=details,
            retry=True,
        )
    if isinstance(error, (apsw.IOError, apsw.CantOpenError, OSError)):
        return StoreError(
            "The local copy cannot be reached on the disk.",
            "Nothing was changed. Check the disk and try again.",
            details=details,
            retry=True,
        )
    if isinstance(error, (apsw.BusyError, apsw.LockedError)):
        return StoreError(
            "Another program holds the local copy.",
            "Nothing was changed. Close it and try again.",
            details=details,
            retry=True,
        )
    return StoreError("The local copy failed.", "Nothing was changed.", details=details)


def _locked() -> StoreError:
    return DamagedError(
        "The local copy cannot be unlocked.",
        "It was made with another key, or it is damaged. The file is kept as it is.",
        details="NotADBError",
    )


def _folded(*texts: Any) -> str:
    """SQL's ``fold``, of one value."""
    return fold("".join(str(text) for text in texts if text is not None))


def _digits(*texts: Any) -> str:
    """SQL's ``phone_digits``, of one value."""
    return "".join(digits(text) for text in texts if isinstance(text, str))


def _number(*values: Any) -> float | None:
    """SQL's ``number``: what one value says as a number; NULL where it is none."""
    try:
        number = float(values[0])
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


class Database:
    """Where the copy is, and its key. Makes connections."""

    def __init__(self, path: Path | None, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise StoreError("The key of the local copy is not a key.", "It needs 32 bytes.")
        check_library()
        self.path = path
        self._key = key
        self._name = str(path) if path else f"file:/rapport-{next(_memory_names)}?vfs=memdb"

    def beside(self, path: Path) -> Database:
        """Another file with the same key."""
        return Database(path, self._key)

    def connect(self, *, writes: bool, name: str | None = None) -> Sql:
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
        if self.path is None:
            flags |= apsw.SQLITE_OPEN_URI
        connection = apsw.Connection(name or self._name, flags=flags)
        db = Sql(connection)
        try:
            if self.path is not None:
                db.pragma("cipher", "chacha20")
                # "raw:" skips the key derivation, which is for passphrases.
                db.pragma("key", f"raw:{self._key.hex()}")
                db.pragma("synchronous", "FULL")
                # The pages are encrypted: what a delete leaves behind tells nothing.
                db.pragma("secure_delete", False)
            connection.set_busy_timeout(BUSY_MS)
            connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
            connection.config(apsw.SQLITE_DBCONFIG_DQS_DDL, 0)
            connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
            connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
            connection.create_scalar_function("fold", _folded, 1, deterministic=True)
            connection.create_scalar_function("phone_digits", _digits, 1, deterministic=True)
            connection.create_scalar_function("number", _number, 1, deterministic=True)
            db.pragma("temp_store", "MEMORY")
            db.pragma("mmap_size", 0)
            db.pragma("cell_size_check", True)
            db.pragma("foreign_keys", True)
            db.pragma("cache_size", -(WRITER_CACHE_KIB if writes else READER_CACHE_KIB))
            if not writes:
                db.pragma("query_only", True)
        except BaseException:
            db.close()
            raise
        return db

    @contextmanager
    def reading(self) -> Iterator[Sql]:
        """A connection that writes nothing, beside whoever else has the copy open. Raises
        StoreError."""
        db = None
        try:
            db = self.connect(writes=False)
            db.value("SELECT count(*) FROM sqlite_schema")  # the key is tried at the first read
            yield db
        except apsw.NotADBError:
            raise _locked() from None
        except (apsw.Error, OSError) as error:
            raise plain_words(error) from None
        finally:
            if db is not None:
                db.close()

    def open(self) -> Sql:
        """The writer's connection, with the newest schema. Raises StoreError; the file is kept."""
        try:
            if self.path is not None and not self.path.exists():
                self._create(self.path)
            elif self.path is not None and self.path.stat().st_size == 0:
                raise DamagedError(
                    "The local copy is empty: its file has no bytes.",
                    "The file is kept. Repairing makes a new copy and reads it from the CRM again.",
                )
            db = self.connect(writes=True)
        except apsw.NotADBError:
            raise _locked() from None
        except (apsw.Error, OSError) as error:
            raise plain_words(error) from None
        try:
            self._check(db)
            if self.path is not None:
                db.pragma("journal_mode", "WAL")
            self._migrate(db)
            # Probe now what a person should hear before the first edit, not at it.
            with db.immediate():
                pass
        except apsw.NotADBError:
            db.close()
            raise _locked() from None
        except apsw.Error as error:
            db.close()
            raise plain_words(error) from None
        except BaseException:
            db.close()
            raise
        return db

    def _create(self, path: Path) -> None:
        # Under another name until the schema is there, so that a crash leaves no half-made file.
        new = path.with_name(path.name + ".new")
        new.unlink(missing_ok=True)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        db = self.connect(writes=True, name=str(new))
        try:
            self._migrate(db)
        finally:
            db.close()
        new.rename(path)

    def _check(self, db: Sql) -> None:
        version = db.pragma("user_version")
        if version > len(MIGRATIONS):
            raise StoreError(
                "The local copy was made by a newer version of Rapport.",
                "The file is kept as it is. Install that version to open it.",
                details=f"schema {version}, known {len(MIGRATIONS)}",
            )

    def _migrate(self, db: Sql) -> None:
        version = db.pragma("user_version")
        if version == len(MIGRATIONS):
            return
        if version and self.path is not None:
            kept = self.path.with_name(f"{self.path.name}.before-{len(MIGRATIONS)}")
            if not kept.exists():
                self.backup(db, kept)
        with db.immediate():
            for number in range(version, len(MIGRATIONS)):
                db.run(MIGRATIONS[number])
            db.pragma("user_version", len(MIGRATIONS))

    def backup(self, db: Sql, path: Path) -> None:
        """A compact copy with the same key; complete, or not there at all."""
        if path.exists():
            raise StoreError("A file with this name is already there.", "Choose another name.")
        if self.path is None:
            raise StoreError(
                "A copy in memory cannot be backed up.", "It would be on the disk unencrypted."
            )
        part = path.with_name(path.name + ".part")
        part.unlink(missing_ok=True)
        db.run("VACUUM INTO ?", (str(part),))
        part.chmod(0o600)
        part.rename(path)

    def opens(self) -> bool:
        """Whether the file can be read with this key."""
        try:
            db = self.connect(writes=False)
        except (apsw.Error, StoreError):
            return False
        try:
            return bool(db.value("SELECT count(*) FROM sqlite_schema"))
        except apsw.Error:
            return False
        finally:
            db.close()

    def change_key(self, new: bytes) -> None:
        """Encrypts every page anew; nobody else may have the file open. Whatever moment the
        program dies at, the file has the old key or the new one. A backup with the old key stands
        beside it until the new one has been tried. Raises StoreError; the old key is good then."""
        assert self.path is not None
        kept = self.path.with_name(self.path.name + ".old-key")
        kept.unlink(missing_ok=True)
        try:
            db = self.connect(writes=True)
            try:
                self.backup(db, kept)
                db.pragma("rekey", f"raw:{new.hex()}")
            finally:
                db.close()
            tried = Database(self.path, new)
            db = tried.connect(writes=True)
            try:
                sound = db.value("PRAGMA quick_check(1)") == "ok"
            finally:
                db.close()
        except (apsw.Error, OSError) as error:
            raise plain_words(error) from None
        if not sound:
            raise plain_words(apsw.CorruptError())
        # What else is encrypted with the old key would outlive it.
        for end in (KEPT_EDITS, ".before-*", ".old-key"):
            for file in self.path.parent.glob(self.path.name + end):
                file.unlink()
