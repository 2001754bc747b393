"""Profiles made for measuring: what is in them, where the key lies, and what is refused."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from rapport.app.bench.command import run
from rapport.app.bench.prepare import ACCOUNT_ID
from rapport.app.clock import SystemClock
from rapport.app.config import ConfigFile
from rapport.domain.filters import ContactQuery
from rapport.domain.settings import Account
from rapport.host.paths import Paths, read_key_file
from rapport.services.workspace import new_id
from rapport.store import Store

CONTACTS = 40


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A profile, and the file of its key."""
    folder = tmp_path_factory.mktemp("bench")
    profile, key_file = folder / "profile", folder / "key"
    assert run(arguments(profile, key_file)) == 0
    return profile, key_file


def arguments(profile: Path, key_file: Path, contacts: int = CONTACTS) -> list[str]:
    return [
        *("--prepare", str(profile)),
        *("--contacts", str(contacts)),
        *("--key-file", str(key_file)),
    ]


def database(profile: Path) -> Path:
    return profile / "data" / "accounts" / ACCOUNT_ID / "rapport.db"


def test_it_opens_with_the_key_file_and_is_complete(prepared: tuple[Path, Path]) -> None:
    profile, key_file = prepared
    account = ConfigFile(Paths.of(profile).settings_file).load().account(ACCOUNT_ID)
    assert account is not None
    assert not account.sandbox
    store = Store.open(
        database(profile), read_key_file(key_file), clock=SystemClock(), new_id=new_id
    )
    try:
        clock = SystemClock()
        coverage = store.queries.coverage().result()
        assert (coverage.contacts, coverage.with_notes) == (CONTACTS, CONTACTS)
        assert store.queries.contacts(ContactQuery()).result().total == CONTACTS
        groups = store.queries.tasks(clock.now(), clock.zone()).result()
        assert groups.overdue
        assert groups.upcoming
        assert store.queries.contacts(ContactQuery(text="perez")).result().total >= 1
        assert store.verify().result() == []
    finally:
        store.close()


def test_the_key_is_for_its_owner_only(prepared: tuple[Path, Path]) -> None:
    profile, key_file = prepared
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    key = key_file.read_text("ascii").strip()
    files = [file for file in profile.rglob("*") if file.is_file()]
    assert files
    assert not any(
        key.encode() in content or bytes.fromhex(key) in content
        for content in map(Path.read_bytes, files)
    )


def test_a_second_time_changes_nothing(
    prepared: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    profile, key_file = prepared
    before = database(profile).read_bytes()
    assert run(arguments(profile, key_file)) == 0
    assert "already" in capsys.readouterr().err
    assert database(profile).read_bytes() == before


def test_another_size_makes_it_anew(tmp_path: Path) -> None:
    profile, key_file = tmp_path / "profile", tmp_path / "key"
    for contacts in (12, 15):
        assert run(arguments(profile, key_file, contacts)) == 0
        store = Store.open(
            database(profile), read_key_file(key_file), clock=SystemClock(), new_id=new_id
        )
        try:
            assert store.queries.coverage().result().contacts == contacts
        finally:
            store.close()


def refused(argv: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What is said when the arguments are wrong."""
    with pytest.raises(SystemExit) as ended:
        run(argv)
    assert ended.value.code == 2
    said = capsys.readouterr().err.strip()
    assert said.count("\n") == 0
    return said


def test_a_key_inside_the_profile_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = tmp_path / "profile"
    said = refused(arguments(profile, profile / "config" / "key"), capsys)
    assert "inside the profile" in said
    assert not profile.exists()


def test_the_profile_of_a_real_account_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = ConfigFile(Paths.of(tmp_path / "profile").settings_file)
    account = Account(
        id="real",
        name="Real",
        location_id="l",
        api_url="https://crm.example",
        authorize_url="",
        token_url="",
        client_id="",
        redirect_uri="",
        scopes=(),
    )
    file.save(file.load().with_account(account))
    before = file.load()
    assert "real account" in refused(arguments(tmp_path / "profile", tmp_path / "key"), capsys)
    assert file.load() == before
    assert not (tmp_path / "key").exists()


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--contacts", "0"], "from 1 to"),
        (["--contacts", "many"], "from 1 to"),
        (["--only", "speed"], "speed"),
        (["--key-file", "somewhere"], "--prepare"),
        (["--prepare", "p", "--only", "pss_mb"], "measures nothing"),
        (["--fast"], "--fast"),
    ],
)
def test_wrong_arguments_get_a_sentence(
    argv: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert says in refused(argv, capsys)
