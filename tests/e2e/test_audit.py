"""``rapport audit`` as a process, beside the key in this desktop's keyring."""

from __future__ import annotations

import csv
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from ulid import ULID

from rapport.app.config import Config, ConfigFile
from rapport.app.copies import DATABASE
from rapport.app.secrets import Secrets
from rapport.domain.commands import AddTags, CreateContact, EditContact
from rapport.domain.settings import Account
from rapport.host.instance import InstanceLock
from rapport.host.paths import Paths
from rapport.store import Store

Audit = Callable[..., Awaitable[tuple[int, str, str]]]


class DatedClock:
    def __init__(self) -> None:
        self.at = datetime.now(UTC) - timedelta(days=30)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def zone(self) -> tzinfo:
        return UTC

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.of(tmp_path / "profile")


@pytest.fixture
def account(paths: Paths) -> Account:
    account = Account(
        id="one",
        name="Lumen Solar",
        location_id="loc1",
        api_url="https://example.org",
        authorize_url="",
        token_url="",
        client_id="",
        redirect_uri="",
        scopes=(),
        user_id="u7",
    )
    ConfigFile(paths.settings_file).save(Config(accounts=(account,), current=account.id))
    return account


@contextmanager
def opened(paths: Paths, account: Account, clock: DatedClock) -> Iterator[Store]:
    database = paths.account(account.id) / DATABASE
    with closing(Secrets.of(paths)) as secrets:
        key = secrets.database_key(account.id, database)
    new_id = lambda: str(ULID())  # noqa: E731
    store = Store.open(database, key, clock=clock, new_id=new_id, who=account.user_id)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def clock() -> DatedClock:
    return DatedClock()


@pytest.fixture
def filled(paths: Paths, account: Account, clock: DatedClock) -> Account:
    """Two entries thirty days old, one of today."""
    with opened(paths, account, clock) as store:
        fields = {"first_name": "=Ana", "phone": "+351 912 345 678"}
        store.commit(CreateContact(contact_id="a", fields=fields)).result()
        store.commit(AddTags(contact_id="a", tags=("vip",))).result()
        clock.at = datetime.now(UTC)
        store.commit(EditContact(contact_id="a", fields={"city": "Zürich"})).result()
    return account


@pytest.fixture
def audit(start: Callable[..., Any], paths: Paths) -> Audit:
    async def audit(*words: str) -> tuple[int, str, str]:
        status, output, errors = await start("audit", *words, "--profile", paths.profile).ended(30)
        return status, output, errors

    return audit


async def test_a_whole_log_is_told_so_while_another_has_it_open(
    filled: Account, audit: Audit, paths: Paths, clock: DatedClock
) -> None:
    with opened(paths, filled, clock):
        assert await audit("verify", "--account", "lumen solar") == (
            0,
            "The audit log is whole: 3 entries, from the first to the last.\n",
            "",
        )


async def test_the_first_broken_entry_is_named(
    filled: Account, audit: Audit, paths: Paths, clock: DatedClock
) -> None:
    with opened(paths, filled, clock) as store:
        db = store._database.connect(writes=True)
        db.run("UPDATE audit SET origin = 'rule' WHERE id = 2")
        db.close()
    status, output, errors = await audit("verify")
    assert (status, errors) == (1, "")
    assert output.startswith("The audit log is broken at entry 2:")


async def test_the_log_is_exported_as_csv_and_json(
    filled: Account, audit: Audit, tmp_path: Path
) -> None:
    status, output, errors = await audit("export", "--format", "csv")
    assert (status, errors) == (0, "")
    lines = list(csv.DictReader(StringIO(output)))
    by_field = {line["field"]: line for line in lines}
    assert by_field["first_name"]["after"] == "'=Ana"  # no formula in a spreadsheet
    assert by_field["phone"]["after"] == "+351 912 345 678"
    assert by_field["city"]["who"] == "u7"
    assert by_field["tags"]["after"] == '["vip"]'

    today = datetime.now(UTC).date() - timedelta(days=1)
    out = tmp_path / "log.json"
    status, output, errors = await audit(
        *("export", "--format", "json", "--since", today.isoformat(), "--out", str(out))
    )
    assert (status, output, errors) == (0, f"Wrote 1 entry to {out}.\n", "")
    (entry,) = json.loads(out.read_text("utf-8"))
    assert entry["title"] == "Edit contact"
    assert entry["fields"] == {"city": {"before": "", "after": "Zürich"}}
    assert out.stat().st_mode & 0o777 == 0o600

    assert json.loads((await audit("export", "--format", "json", "--text", "nowhere"))[1]) == []
    status, _, errors = await audit("export", "--out", str(tmp_path / "no" / "log.csv"))
    assert status == 1
    assert errors.startswith("The file cannot be written")


async def test_pruning_is_signed_and_the_check_goes_on_from_there(
    filled: Account, audit: Audit, paths: Paths, clock: DatedClock
) -> None:
    day = (datetime.now(UTC).date() - timedelta(days=7)).isoformat()
    lock = InstanceLock(paths)
    assert lock.acquire()
    status, _, errors = await audit("prune", "--before", day)
    assert (status, errors) == (
        1,
        "Rapport is running with this profile: quit it, then try again.\n",
    )
    lock.release()

    status, output, _ = await audit("prune", "--before", day)
    assert (status, output) == (
        0,
        "Removed 2 entries; a signed checkpoint stands in their place.\n",
    )
    status, output, _ = await audit("verify")
    assert (status, output) == (
        0,
        "The audit log is whole: 2 entries after a signed checkpoint for 2 older ones.\n",
    )
    with closing(Secrets.of(paths)) as secrets:  # another key has not signed it
        secrets.vault(filled.id)._write("audit-key", "A" * 43 + "=")
    status, output, _ = await audit("verify")
    assert status == 1
    assert "signature" in output


async def test_what_cannot_be_is_said(account: Account, audit: Audit) -> None:
    status, _, errors = await audit("verify")
    assert (status, errors) == (
        1,
        "This account has no local copy: open it in Rapport first.\n",
    )
    status, _, errors = await audit("verify", "--account", "Somebody")
    assert status == 2
    assert errors.startswith("There is no account “Somebody”.")
    status, _, errors = await audit("prune", "--before", "2999-01-01")
    assert status == 2
