from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.domain.errors import KeyringError
from rapport.host.keyring import MemoryKeyring
from rapport.host.vault import PART, Vault

TEXTS = st.text(max_size=6 * PART) | st.integers(0, 6 * PART).map("x".__mul__)


class Dying(MemoryKeyring):
    """Lets so many writes through and then fails, as when the program is killed."""

    def __init__(self, secrets: dict[str, str]) -> None:
        super().__init__()
        self._secrets = secrets
        self.left = 10**9

    def set(self, name: str, value: str) -> None:
        self._spend()
        super().set(name, value)

    def delete(self, name: str) -> None:
        self._spend()
        super().delete(name)

    def _spend(self) -> None:
        if self.left <= 0:
            raise KeyringError("The keyring does not answer.")
        self.left -= 1


def entries(vault: Vault, keyring: MemoryKeyring) -> dict[str, str]:
    return keyring._secrets


def test_token_sets_alternate_and_the_newest_is_first() -> None:
    vault = Vault(MemoryKeyring(), "acc")
    assert vault.read_tokens() == ()
    for number in range(5):
        vault.write_tokens(f"set {number}")
    assert vault.read_tokens() == ("set 4", "set 3")


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_values_of_any_length_and_script(values: list[str]) -> None:
    keyring = MemoryKeyring()
    vault = Vault(keyring, "acc")
    for value in values:
        vault.write_tokens(value)
        vault.set_client_secret(value)
        assert vault.read_tokens()[0] == value
        assert vault.client_secret() == value
    assert all(len(entry) <= PART + 30 for entry in entries(vault, keyring).values())
    vault.delete_all()
    assert entries(vault, keyring) == {}


@pytest.mark.parametrize("long", [False, True])
def test_whenever_it_dies_a_whole_set_remains(long: bool) -> None:
    filler = "x" * PART * 3 if long else ""
    before = ("new-1" + filler, "old-0" + filler)
    for allowed in range(12):
        keyring = Dying({})
        vault = Vault(keyring, "acc")
        for value in reversed(before):
            vault.write_tokens(value)
        keyring.left = allowed
        shorter = "newest"
        try:
            vault.write_tokens(shorter)
        except KeyringError:
            died = True
        else:
            died = False
        keyring.left = 10**9
        read = vault.read_tokens()
        assert read[0] in (before[0], shorter)
        assert set(read) <= {*before, shorter}
        if not died:
            assert read == (shorter, before[0])
        vault.write_tokens("after")
        assert vault.read_tokens()[0] == "after"
    assert not died


def test_the_database_key_is_made_once() -> None:
    keyring = MemoryKeyring()
    key = Vault(keyring, "acc").database_key(database_exists=False)
    assert len(key) == 32
    assert Vault(keyring, "acc").database_key(database_exists=True) == key
    assert Vault(keyring, "acc").database_key(database_exists=False) == key
    assert Vault(keyring, "other").database_key(database_exists=False) != key


def test_a_lost_key_is_never_made_anew_over_a_database() -> None:
    keyring = MemoryKeyring()
    vault = Vault(keyring, "acc")
    with pytest.raises(KeyringError) as caught:
        vault.database_key(database_exists=True)
    assert "left as it is" in caught.value.message
    assert entries(vault, keyring) == {}


@pytest.mark.parametrize("damaged", ["", "1:x:y", "rubbish", "1:0000000000000000:AAAA"])
def test_a_damaged_key_is_not_replaced(damaged: str) -> None:
    keyring = MemoryKeyring()
    keyring.set("acc/database-key", damaged)
    vault = Vault(keyring, "acc")
    with pytest.raises(KeyringError):
        vault.database_key(database_exists=True)
    assert keyring.get("acc/database-key") == damaged


def test_a_keyring_that_forgets_is_noticed() -> None:
    class Forgetful(MemoryKeyring):
        def set(self, name: str, value: str) -> None:
            pass

    with pytest.raises(KeyringError):
        Vault(Forgetful(), "acc").database_key(database_exists=False)


def test_signing_out_leaves_other_accounts_alone() -> None:
    keyring = MemoryKeyring()
    one, other = Vault(keyring, "one"), Vault(keyring, "other")
    for vault in (one, other):
        vault.write_tokens("t")
        vault.set_client_secret("c")
        vault.database_key(database_exists=False)
    one.delete_all()
    one.delete_all()
    assert one.read_tokens() == ()
    assert one.client_secret() is None
    assert other.read_tokens() == ("t",)
    assert other.client_secret() == "c"


def test_a_key_change_ends_with_the_new_key_or_the_old() -> None:
    keyring = MemoryKeyring()
    vault = Vault(keyring, "acc")
    old = vault.database_key(database_exists=False)
    assert vault.begun_database_key() is None
    new = vault.next_database_key()
    assert new != old
    assert vault.database_key(database_exists=True) == old
    assert Vault(keyring, "acc").begun_database_key() == new
    vault.end_key_change(changed=False)
    assert vault.database_key(database_exists=True) == old
    assert vault.begun_database_key() is None
    newer = vault.next_database_key()
    vault.end_key_change(changed=True)
    assert vault.database_key(database_exists=True) == newer
    assert vault.begun_database_key() is None
