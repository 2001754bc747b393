"""Which keyring is used, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from rapport.app.secrets import Secrets
from rapport.domain.errors import KeyringError, StoreError
from rapport.host.keyring import MemoryKeyring, locked, no_keyring, silent


class Refusing(MemoryKeyring):
    def __init__(self, error: KeyringError) -> None:
        super().__init__()
        self.error: KeyringError | None = error

    def get(self, name: str) -> str | None:
        if self.error is not None:
            raise self.error
        return super().get(name)


class Kept(Refusing):
    """A system's keyring, as far as ``Secrets`` can tell."""


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> type[Kept]:
    # A MemoryKeyring would count as "no keyring": this one only borrows its dictionary.
    monkeypatch.setattr("rapport.app.secrets.MemoryKeyring", type("Memory", (MemoryKeyring,), {}))
    return Kept


async def test_no_keyring_at_all_means_memory(system: type[Kept]) -> None:
    secrets = Secrets("p", keyring=system(no_keyring("no bus")))
    assert not secrets.in_memory
    await secrets.prepare()
    assert secrets.in_memory
    assert "until you quit" in secrets.place
    secrets.vault("a").write_tokens("tokens")
    assert secrets.vault("a").read_tokens() == ("tokens",)
    await secrets.prepare()
    assert secrets.vault("a").read_tokens() == ("tokens",)


@pytest.mark.parametrize("error", [locked(), silent()])
async def test_one_that_may_answer_later_is_waited_for(
    system: type[Kept], error: KeyringError
) -> None:
    keyring = system(error)
    secrets = Secrets("p", keyring=keyring)
    with pytest.raises(KeyringError) as caught:
        await secrets.prepare()
    assert caught.value.retry
    assert not secrets.in_memory
    keyring.error = None
    await secrets.prepare()
    assert not secrets.in_memory
    assert secrets.place == "Its key and your sign-in are in the system’s keyring."


def test_a_key_file_is_for_the_database_alone(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("ab" * 32)
    file.chmod(0o600)
    secrets = Secrets("p", keyring=MemoryKeyring(), key_file=file)
    assert secrets.database_key("a", tmp_path / "none.db") == bytes.fromhex("ab" * 32)
    secrets.vault("a").write_tokens("tokens")
    assert file.read_text() == "ab" * 32
    file.chmod(0o644)
    with pytest.raises(StoreError, match="0600"):
        secrets.database_key("a", tmp_path / "none.db")
