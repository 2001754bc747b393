"""The real Secret Service on a bus of the test's own, unlocked, locked and absent."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import secretstorage
from jeepney import DBusAddress, new_method_call

from rapport.domain.errors import KeyringError
from rapport.host.keyring import SystemKeyring
from rapport.host.vault import Vault

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux")
    or not all(map(shutil.which, ("dbus-daemon", "gnome-keyring-daemon"))),
    reason="needs dbus-daemon and gnome-keyring-daemon",
)

CONFIG = """<busconfig><type>session</type><listen>unix:path={path}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow own="*"/>
<allow eavesdrop="true"/></policy></busconfig>"""


class Desktop:
    """A session bus without any service but those started here."""

    def __init__(self, home: Path) -> None:
        self.home = home
        path = home / "bus"
        (home / "bus.conf").write_text(CONFIG.format(path=path))
        self.env = {
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_RUNTIME_DIR": str(home),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={path}",
            "PATH": os.environ["PATH"],
        }
        self._bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={home / 'bus.conf'}", "--nofork", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self.env,
        )
        assert self._bus.stdout
        self._bus.stdout.readline()  # the address: it listens
        self._keyring: subprocess.Popen[bytes] | None = None

    def start_keyring(self, password: bytes | None) -> None:
        """Unlocked with ``password``, or locked."""
        self.stop_keyring()
        unlock = [] if password is None else ["--unlock"]
        self._keyring = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--components=secrets", *unlock],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.env,
        )
        assert self._keyring.stdin
        if password is not None:
            self._keyring.stdin.write(password)
        self._keyring.stdin.close()
        deadline = time.monotonic() + 20
        while not self._has_secret_service():
            assert time.monotonic() < deadline, "gnome-keyring-daemon did not come up"
            time.sleep(0.01)

    def _has_secret_service(self) -> bool:
        with closing(secretstorage.dbus_init()) as bus:
            name = DBusAddress("/", "org.freedesktop.DBus", "org.freedesktop.DBus")
            ask = new_method_call(name, "NameHasOwner", "s", ("org.freedesktop.secrets",))
            return bool(bus.send_and_get_reply(ask).body[0])

    def stop_keyring(self) -> None:
        if self._keyring:
            self._keyring.terminate()
            self._keyring.wait()
        self._keyring = None

    def stop(self) -> None:
        self.stop_keyring()
        self._bus.terminate()
        self._bus.wait()
        assert self._bus.stdout
        self._bus.stdout.close()


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    desktop = Desktop(tmp_path)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.env["DBUS_SESSION_BUS_ADDRESS"])
    yield desktop
    desktop.stop()


@pytest.fixture
def opened() -> Iterator[Callable[..., SystemKeyring]]:
    """Makes keyrings and lets go of them afterwards."""
    made: list[SystemKeyring] = []

    def make(profile: str = "p1", **options: float) -> SystemKeyring:
        made.append(SystemKeyring(profile, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for keyring in made:
        keyring.close()


Opened = Callable[..., SystemKeyring]


def test_secrets_survive_the_program_and_are_not_in_the_clear(
    desktop: Desktop, opened: Opened
) -> None:
    desktop.start_keyring(b"pw")
    secret = "canary-" + "ключ" * 900
    vault = Vault(opened(), "acc")
    vault.write_tokens(secret)
    key = vault.database_key(database_exists=False)
    again = Vault(opened(), "acc")
    assert again.read_tokens() == (secret,)
    assert again.database_key(database_exists=True) == key
    assert Vault(opened("p2"), "acc").read_tokens() == ()
    for path in desktop.home.rglob("*"):
        if path.is_file():
            assert b"canary-" not in path.read_bytes()
    again.delete_all()
    assert again.read_tokens() == ()
    assert opened().get("acc/tokens") is None


def test_the_keyring_library_reads_the_same_entries(desktop: Desktop, opened: Opened) -> None:
    from keyring.backends.SecretService import Keyring

    desktop.start_keyring(b"pw")
    opened().set("name", "value")
    library = Keyring()
    assert library.get_password("rapport/p1", "name") == "value"
    library.set_password("rapport/p1", "name", "other")
    assert opened().get("name") == "other"


def test_a_locked_keyring_says_so_and_loses_nothing(desktop: Desktop, opened: Opened) -> None:
    desktop.start_keyring(b"pw")
    opened().set("name", "value")
    desktop.start_keyring(None)
    locked = opened(limit_s=1.0)
    with pytest.raises(KeyringError, match=r"is locked|does not answer") as caught:
        locked.get("name")
    assert caught.value.retry
    desktop.start_keyring(b"pw")
    assert opened().get("name") == "value"


def test_without_a_secret_service(desktop: Desktop, opened: Opened) -> None:
    with pytest.raises(KeyringError, match="no keyring") as caught:
        opened().check()
    assert "until you quit" in caught.value.message


def test_without_a_bus(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, opened: Opened) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    with pytest.raises(KeyringError, match="no keyring"):
        opened().check()


def test_a_service_that_comes_later_is_found(desktop: Desktop, opened: Opened) -> None:
    system = opened()
    with pytest.raises(KeyringError):
        system.check()
    desktop.start_keyring(b"pw")
    system.set("name", "value")
    assert system.get("name") == "value"
