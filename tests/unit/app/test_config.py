"""The settings file: replaced whole, and never thrown away because it cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from rapport.app.config import Config, ConfigFile
from rapport.domain.errors import StoreError
from rapport.domain.settings import Account, Settings, ThemeMode


def account(id: str, name: str = "Lumen") -> Account:
    return Account(
        id=id,
        name=name,
        location_id=f"loc-{id}",
        api_url="https://crm.example",
        authorize_url="",
        token_url="",
        client_id="c",
        redirect_uri="",
        scopes=("contacts.readonly",),
    )


@pytest.fixture
def file(tmp_path: Path) -> ConfigFile:
    return ConfigFile(tmp_path / "settings.json")


def test_a_first_start_has_defaults(file: ConfigFile) -> None:
    assert file.load() == Config()


def test_everything_comes_back(file: ConfigFile, tmp_path: Path) -> None:
    config = Config(settings=Settings(theme=ThemeMode.DARK, window=(900, 700)))
    config = config.with_account(account("a")).with_account(account("b"))
    file.save(config)
    assert ConfigFile(tmp_path / "settings.json").load() == config
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b'{"settings": {"theme": "mauve"}}', b"[]", b"null"]
)
def test_what_cannot_be_read_is_kept_aside(
    file: ConfigFile, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    assert file.load() == Config()
    assert (tmp_path / "settings.unreadable.json").read_bytes() == content
    assert not path.exists()
    file.save(Config())
    assert file.load() == Config()


def test_settings_of_a_newer_version_are_read_as_far_as_known(
    file: ConfigFile, tmp_path: Path
) -> None:
    raw = msgspec.json.decode(msgspec.json.encode(Config().with_account(account("a"))))
    raw["settings"]["smell"] = "lavender"
    (tmp_path / "settings.json").write_bytes(msgspec.json.encode(raw))
    assert file.load().current == "a"


def test_a_save_that_fails_leaves_the_old_file(
    file: ConfigFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.save(Config(current="old"))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="cannot be saved") as caught:
        file.save(Config(current="new"))
    assert "disk full" in caught.value.message
    assert file.load().current == "old"


def test_an_unreadable_place_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        ConfigFile(tmp_path).load()


def test_accounts_come_and_go() -> None:
    config = Config().with_account(account("a")).with_account(account("b"))
    assert config.current == "b"
    renamed = config.with_account(account("a", "Sol"))
    assert [one.name for one in renamed.accounts] == ["Sol", "Lumen"]
    assert renamed.current == "a"
    assert renamed.without_account("a").current == "b"
    assert renamed.without_account("b").current == "a"
    assert Config().with_account(account("a")).without_account("a") == Config()
    assert config.account("c") is None
