"""The operating system's keyring, or none: never a file in the clear.

Secrets are kept under a service name of the profile's own, so that a moved folder keeps them and
two profiles never meet.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from rapport.domain.errors import KeyringError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

LIMIT_S = 5.0
"""A keyring that has to ask for its password, or that hangs, can take for ever."""

SERVICE = "rapport"


class NoKeyring(KeyringError):
    """There is none at all: waiting will not help, and what follows lives in memory."""

    retry = False


def no_keyring(details: str = "") -> NoKeyring:
    return NoKeyring(
        "This computer has no keyring.",
        "Rapport keeps secrets nowhere else, so sign-in and edits last until you quit.",
        details=details,
    )


def locked(details: str = "") -> KeyringError:
    return KeyringError(
        "The keyring is locked.", "Unlock it and try again. Nothing is lost.", details=details
    )


def silent(details: str = "") -> KeyringError:
    return KeyringError(
        "The keyring does not answer.",
        "It may be waiting for its password in another window. Nothing is lost.",
        details=details,
    )


class MemoryKeyring:
    """Where there is no keyring: forgets everything on quitting."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self._secrets.get(name)

    def set(self, name: str, value: str) -> None:
        self._secrets[name] = value

    def delete(self, name: str) -> None:
        self._secrets.pop(name, None)


class Backend(Protocol):
    """A keyring's own calls, all made on one thread. They raise KeyringError."""

    def get(self, service: str, name: str) -> str | None: ...

    def set(self, service: str, name: str, value: str) -> None: ...

    def delete(self, service: str, name: str) -> None: ...

    def close(self) -> None: ...


class SystemKeyring:
    """The keyring of this desktop session. Each call blocks for five seconds at most and then
    raises KeyringError; call from a worker thread, never from the window's."""

    def __init__(
        self,
        profile_id: str,
        *,
        backend: Callable[[], Backend] | None = None,
        limit_s: float = LIMIT_S,
    ) -> None:
        self._service = f"{SERVICE}/{profile_id}"
        self._open = backend or system_backend
        self._limit_s = limit_s
        self._backend: Backend | None = None
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def check(self) -> None:
        """Raises KeyringError when there is no keyring that can be used now."""
        self.get("check")

    def get(self, name: str) -> str | None:
        return self._ask(lambda backend: backend.get(self._service, name))

    def set(self, name: str, value: str) -> None:
        self._ask(lambda backend: backend.set(self._service, name, value))

    def delete(self, name: str) -> None:
        """Harmless when there is no such secret."""
        self._ask(lambda backend: backend.delete(self._service, name))

    def close(self) -> None:
        """Lets go of the keyring; a later call opens it again."""
        with self._starting:
            if self._thread is not None:
                self._jobs.put(None)
                self._thread = None

    def _ask(self, call: Callable[[Backend], T]) -> T:
        answer: Future[T] = Future()

        def job() -> None:
            if not answer.set_running_or_notify_cancel():
                return  # its caller gave up before it began
            try:
                if self._backend is None:
                    self._backend = self._open()
                answer.set_result(call(self._backend))
            except BaseException as error:
                self._let_go()  # the next call looks for the keyring afresh
                answer.set_exception(error)

        self._start()
        self._jobs.put(job)
        try:
            return answer.result(self._limit_s)
        except TimeoutError:
            answer.cancel()
            raise silent(f"no answer in {self._limit_s:g} s") from None

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                # A daemon: quitting must not wait for a keyring that hangs.
                self._thread = threading.Thread(target=self._work, name="keyring", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
        self._let_go()

    def _let_go(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()


def system_backend() -> Backend:
    """The backend for this platform. Raises KeyringError when there is none."""
    return SecretService() if sys.platform.startswith("linux") else PlatformKeyring()


class SecretService:
    """The freedesktop.org Secret Service: GNOME Keyring, KWallet, KeePassXC.

    Spoken to directly, in the attributes of the keyring library: importing that takes a fifth of a
    second, which stands between the start and the first picture.
    """

    def __init__(self) -> None:
        import secretstorage

        try:
            self._bus = secretstorage.dbus_init()
        except Exception as error:  # no bus, no service on it
            raise no_keyring(type(error).__name__) from None
        try:
            self._collection = secretstorage.get_default_collection(self._bus)
        except Exception as error:
            self.close()
            raise _secret_service_error(error) from None

    def close(self) -> None:
        with suppress(OSError):  # the bus may have gone before us
            self._bus.close()

    def get(self, service: str, name: str) -> str | None:
        def read() -> str | None:
            for item in self._items(service, name):
                if item.is_locked():
                    item.unlock()
                return str(item.get_secret(), "utf-8")
            return None

        return self._guard(read)

    def set(self, service: str, name: str, value: str) -> None:
        self._guard(
            lambda: self._collection.create_item(
                f"Rapport: {name}",
                {"application": "Python keyring library", "service": service, "username": name},
                value.encode("utf-8"),
                replace=True,
            )
        )

    def delete(self, service: str, name: str) -> None:
        def remove() -> None:
            for item in list(self._items(service, name)):
                item.delete()

        self._guard(remove)

    def _items(self, service: str, name: str) -> Any:
        return self._collection.search_items({"service": service, "username": name})

    def _guard(self, call: Callable[[], T]) -> T:
        try:
            if self._collection.is_locked() and self._collection.unlock():
                raise locked("the request to unlock was dismissed")
            return call()
        except KeyringError:
            raise
        except Exception as error:
            raise _secret_service_error(error) from None


def _secret_service_error(error: Exception) -> KeyringError:
    import secretstorage.exceptions as theirs

    kind = type(error).__name__
    if isinstance(error, theirs.LockedException | theirs.PromptDismissedException):
        return locked(kind)
    if isinstance(error, theirs.SecretServiceNotAvailableException):
        return no_keyring(kind)
    return silent(kind)


class PlatformKeyring:
    """The keyring library, for Windows and macOS; only its native backends are trusted."""

    _NATIVE = ("keyring.backends.Windows", "keyring.backends.macOS")

    def __init__(self, backend: KeyringBackend | None = None) -> None:
        if backend is None:
            import keyring

            backend = keyring.get_keyring()
        for candidate in getattr(backend, "backends", [backend]):  # the chainer holds several
            if type(candidate).__module__.startswith(self._NATIVE):
                self._keyring: KeyringBackend = candidate
                return
        raise no_keyring(type(backend).__module__)

    def close(self) -> None:
        pass

    def get(self, service: str, name: str) -> str | None:
        return self._guard(lambda: self._keyring.get_password(service, name))

    def set(self, service: str, name: str, value: str) -> None:
        self._guard(lambda: self._keyring.set_password(service, name, value))

    def delete(self, service: str, name: str) -> None:
        from keyring.errors import PasswordDeleteError

        def remove() -> None:
            try:
                self._keyring.delete_password(service, name)
            except PasswordDeleteError:
                if self._keyring.get_password(service, name) is not None:
                    raise

        self._guard(remove)

    def _guard(self, call: Callable[[], T]) -> T:
        from keyring.errors import InitError, KeyringLocked, NoKeyringError

        try:
            return call()
        except KeyringLocked as error:
            raise locked(type(error).__name__) from None
        except (NoKeyringError, InitError) as error:
            raise no_keyring(type(error).__name__) from None
        except Exception as error:
            raise silent(type(error).__name__) from None
