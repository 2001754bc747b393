"""An account's secrets in the keyring: tokens, client secret and the key of its database."""

from __future__ import annotations

import base64
import hashlib
import secrets

from rapport.domain.errors import KeyringError
from rapport.domain.ports import Keyring

PART = 1200
"""Characters in one entry: Windows takes 2,560 bytes of UTF-16."""

_SLOTS = ("a", "b")
KEY_BYTES = 32


class LostKey(KeyringError):
    """There is a local copy and no key to it: only the old keyring can help that copy."""

    retry = False


class Vault:
    """The secrets of one account. Calls block, see ``Keyring``.

    Token sets have two slots and a marker: a new one is written into the free slot, then the marker
    flips. Whatever moment the program dies at, the marked slot holds a whole set.
    """

    def __init__(self, keyring: Keyring, account_id: str) -> None:
        self._keyring = keyring
        self._account_id = account_id

    # Tokens.

    def read_tokens(self) -> tuple[str, ...]:
        """The token sets, the current one first; none after a sign-out."""
        marked = self._marked()
        if marked is None:
            return ()
        found = (self._read(f"tokens.{slot}") for slot in (marked, _other(marked)))
        return tuple(value for value in found if value is not None)

    def write_tokens(self, value: str) -> None:
        free = _other(self._marked() or _SLOTS[1])
        self._write(f"tokens.{free}", value)
        self._keyring.set(self._name("tokens"), free)

    def _marked(self) -> str | None:
        marked = self._keyring.get(self._name("tokens"))
        return marked if marked in _SLOTS else None

    # The client secret.

    def client_secret(self) -> str | None:
        return self._read("client-secret")

    def set_client_secret(self, value: str) -> None:
        self._write("client-secret", value)

    # The database key.

    def forget_database_key(self) -> None:
        """After this a new key can be made. Only for a copy that was set aside."""
        self._delete("database-key")

    def database_key(self, *, database_exists: bool) -> bytes:
        """The 32-byte key. It is made when there is neither key nor database; a key that is gone
        is never made anew over a database, which could then never be read: KeyringError."""
        key = self._key("database-key")
        if key is not None:
            return key
        if database_exists or self._read("database-key") is not None:
            raise LostKey(
                "The key of the local copy is not in the keyring.",
                "The copy cannot be read without it. It is left as it is: restore the keyring, or "
                "sign in again to start a new copy beside it.",
            )
        return self._new_key("database-key")

    def next_database_key(self) -> bytes:
        """A new key beside the present one, for a copy that is about to be encrypted anew."""
        return self._new_key("database-key.next")

    def begun_database_key(self) -> bytes | None:
        """The key of a change that was begun and not ended; None ordinarily."""
        return self._key("database-key.next")

    def end_key_change(self, *, changed: bool) -> None:
        """The copy has the new key, or kept the present one."""
        key = self.begun_database_key()
        if changed and key is not None:
            self._write("database-key", base64.b64encode(key).decode("ascii"))
        self._delete("database-key.next")

    def _key(self, name: str) -> bytes | None:
        try:
            key = base64.b64decode(self._read(name) or "", validate=True)
        except ValueError:
            return None
        return key if len(key) == KEY_BYTES else None

    def _new_key(self, name: str) -> bytes:
        key = secrets.token_bytes(KEY_BYTES)
        self._write(name, base64.b64encode(key).decode("ascii"))
        if self._key(name) != key:
            raise KeyringError(
                "The keyring does not keep what it is given.",
                "Without a key the local copy cannot be stored.",
            )
        return key

    # The key that signs the audit log's checkpoints.

    def known_audit_key(self) -> bytes | None:
        """The 32-byte key; None where nothing was ever signed, or it is lost."""
        try:
            key = base64.b64decode(self._read("audit-key") or "", validate=True)
        except ValueError:
            return None
        return key if len(key) == KEY_BYTES else None

    def audit_key(self) -> bytes:
        """The 32-byte key, made at the first call."""
        key = self.known_audit_key()
        if key is None:
            key = secrets.token_bytes(KEY_BYTES)
            self._write("audit-key", base64.b64encode(key).decode("ascii"))
        return key

    # The end.

    def delete_all(self) -> None:
        """Forgets everything of this account: what signing out means."""
        for name in ("tokens.a", "tokens.b", "client-secret"):
            self._delete(name)
        for name in ("database-key", "database-key.next", "audit-key"):
            self._delete(name)
        self._keyring.delete(self._name("tokens"))

    # Values of any length: the first entry says how many parts there are and what they sum to.

    def _read(self, name: str) -> str | None:
        head = self._keyring.get(self._name(name))
        if head is None:
            return None
        count, _, rest = head.partition(":")
        digest, _, value = rest.partition(":")
        if not count.isdecimal():
            return None
        for number in range(1, int(count)):
            part = self._keyring.get(self._name(name, number))
            if part is None:
                return None
            value += part
        return value if digest == _digest(value) else None

    def _write(self, name: str, value: str) -> None:
        parts = [value[i : i + PART] for i in range(0, len(value), PART)] or [""]
        # The head last: a write that was cut short does not match its sum.
        for number in range(len(parts) - 1, 0, -1):
            self._keyring.set(self._name(name, number), parts[number])
        before = self._count(name)
        self._keyring.set(self._name(name), f"{len(parts)}:{_digest(value)}:{parts[0]}")
        for number in range(len(parts), before):
            self._keyring.delete(self._name(name, number))

    def _delete(self, name: str) -> None:
        for number in range(self._count(name) - 1, 0, -1):
            self._keyring.delete(self._name(name, number))
        self._keyring.delete(self._name(name))

    def _count(self, name: str) -> int:
        count = (self._keyring.get(self._name(name)) or "").partition(":")[0]
        return int(count) if count.isdecimal() else 0

    def _name(self, name: str, part: int = 0) -> str:
        return f"{self._account_id}/{name}" + (f"/{part}" if part else "")


def _other(slot: str) -> str:
    return _SLOTS[1 - _SLOTS.index(slot)]


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()[:16]
