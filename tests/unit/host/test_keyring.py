from __future__ import annotations

import threading
from typing import ClassVar

import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, NoKeyringError, PasswordDeleteError

from rapport.domain.errors import KeyringError
from rapport.host.keyring import MemoryKeyring, PlatformKeyring, SystemKeyring


class Slow:
    """A backend that waits for somebody to unlock it."""

    def __init__(self) -> None:
        self.unlocked = threading.Event()
        self.secrets: dict[tuple[str, str], str] = {}
        self.threads: set[str] = set()

    def get(self, service: str, name: str) -> str | None:
        self.unlocked.wait()
        self.threads.add(threading.current_thread().name)
        return self.secrets.get((service, name))

    def set(self, service: str, name: str, value: str) -> None:
        self.unlocked.wait()
        self.secrets[service, name] = value

    def delete(self, service: str, name: str) -> None:
        self.secrets.pop((service, name), None)

    def close(self) -> None:
        pass


def test_a_keyring_that_hangs_is_given_up_and_works_once_it_answers() -> None:
    slow = Slow()
    system = SystemKeyring("p1", backend=lambda: slow, limit_s=0.05)
    for _ in range(3):
        with pytest.raises(KeyringError) as caught:
            system.set("late", "x")
    assert caught.value.retry
    assert "does not answer" in caught.value.title
    patient = SystemKeyring("p1", backend=lambda: slow)
    slow.unlocked.set()
    patient.set("name", "value")
    assert patient.get("name") == "value"
    assert slow.threads == {"keyring"}
    # What was given up before it began has not been done behind anybody's back.
    assert system.get("name") == "value"
    assert [name for _, name in slow.secrets].count("late") <= 1


def test_profiles_do_not_meet() -> None:
    slow = Slow()
    slow.unlocked.set()
    one, other = (SystemKeyring(p, backend=lambda: slow) for p in ("p1", "p2"))
    one.set("name", "1")
    other.set("name", "2")
    assert (one.get("name"), other.get("name")) == ("1", "2")
    one.delete("name")
    assert (one.get("name"), other.get("name")) == (None, "2")
    assert {service for service, _ in slow.secrets} == {"rapport/p2"}


def test_a_keyring_that_appears_later_is_found() -> None:
    slow = Slow()
    slow.unlocked.set()
    there = False

    def find() -> Slow:
        if not there:
            raise KeyringError("This computer has no keyring.")
        return slow

    system = SystemKeyring("p1", backend=find)
    with pytest.raises(KeyringError):
        system.check()
    there = True
    system.check()


def test_memory() -> None:
    memory = MemoryKeyring()
    memory.set("a", "x")
    assert memory.get("a") == "x"
    memory.delete("a")
    memory.delete("a")
    assert memory.get("a") is None


class Native(KeyringBackend):
    """Stands where the Windows backend stands."""

    priority: ClassVar[float] = 5.0  # type: ignore[assignment]
    error: ClassVar[Exception | None] = None

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if self.error:
            raise self.error
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.secrets.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


Native.__module__ = "keyring.backends.Windows"


class Plain(Native):
    pass


Plain.__module__ = "keyrings.alt.file"


def test_the_native_keyring_is_used() -> None:
    native = PlatformKeyring(Native())
    native.set("s", "n", "v")
    assert native.get("s", "n") == "v"
    native.delete("s", "n")
    native.delete("s", "n")
    assert native.get("s", "n") is None


@pytest.mark.parametrize(
    "backend",
    [Plain(), keyring.backends.fail.Keyring(), keyring.backends.null.Keyring()],
    ids=["plaintext", "fail", "null"],
)
def test_what_would_keep_secrets_in_the_clear_is_refused(backend: KeyringBackend) -> None:
    with pytest.raises(KeyringError, match="no keyring"):
        PlatformKeyring(backend)


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (KeyringLocked("x"), "locked"),
        (NoKeyringError("x"), "no keyring"),
        (RuntimeError("secret in a message"), "does not answer"),
    ],
)
def test_errors_are_sentences_without_the_backends_words(
    error: Exception, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Native, "error", error)
    with pytest.raises(KeyringError, match=title) as caught:
        PlatformKeyring(Native()).get("s", "n")
    assert "secret" not in caught.value.details
