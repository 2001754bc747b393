"""A profile with as many contacts as asked for, made without a network.

The records are the sandbox's seeded ones, passed through the mapping that replies go through, and
handed to the store as sync would hand them.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from rapport.api import Remote, wire
from rapport.api.resources.location import CUSTOM_FIELD, LOCATION
from rapport.api.resources.team import BUSINESS, user
from rapport.app.clock import SystemClock
from rapport.app.config import ConfigFile
from rapport.app.copies import DATABASE
from rapport.app.secrets import Secrets
from rapport.domain import scopes
from rapport.domain.errors import RapportError, StoreError
from rapport.domain.settings import Account
from rapport.host.instance import InstanceLock
from rapport.host.paths import Paths, read_key_file
from rapport.sandbox import seed
from rapport.sandbox.clock import Clock as SandboxClock
from rapport.sandbox.resources import contact_forms, tasks
from rapport.sandbox.store import Store as SandboxStore
from rapport.services.workspace import new_id
from rapport.store import Snapshot, Store
from rapport.sync import contacts as contact_sync
from rapport.sync import engine as engine_sync
from rapport.sync import tasks as task_sync

ACCOUNT_ID = "measured"
SEED = 7
NOBODY_LISTENS = "http://127.0.0.1:9"
"""The discard port: refused at once, and no name has to be looked up."""

_PREPARED = "prepared"
_BATCH = 500
_IN_FLIGHT = 4

Progress = Callable[[str], None]


class Unfit(Exception):
    """The arguments make no sense together; the text is a sentence for a person."""


def prepare(folder: Path, contacts: int, *, key_file: Path | None, say: Progress) -> None:
    """Fills ``folder``; when it already holds that many contacts, nothing is done. Raises Unfit,
    RapportError."""
    root = folder.expanduser().resolve()
    if key_file is not None and key_file.expanduser().resolve().is_relative_to(root):
        raise Unfit(f"The key file {key_file} lies inside the profile; keep it elsewhere")
    if root.exists() and not root.is_dir():
        raise Unfit(f"{folder} is not a folder")
    paths = Paths.of(folder)
    lock = InstanceLock(paths)
    if not lock.acquire():
        raise Unfit(f"Rapport is running with the profile {folder}; quit it first")
    try:
        file = ConfigFile(paths.settings_file)
        config = file.load()
        if any(account.id != ACCOUNT_ID for account in config.accounts):
            raise Unfit(f"{folder} is the profile of a real account; take another folder")
        key = _key(paths, key_file)
        database = paths.account(ACCOUNT_ID) / DATABASE
        if _prepared(database, key) == contacts:
            say(f"{folder} already holds {contacts:,} contacts.")
            return
        # What an earlier run left unfinished, or made with another key or size.
        shutil.rmtree(database.parent)
        account = _fill(paths.account(ACCOUNT_ID) / DATABASE, key, contacts, say)
        file.save(msgspec.structs.replace(config, accounts=(account,), current=account.id))
        say(f"{folder} holds {contacts:,} contacts.")
    finally:
        lock.release()


def _key(paths: Paths, key_file: Path | None) -> bytes:
    if key_file is None:
        # The database is made anew when its key is not there any more: there is nothing to lose.
        nowhere = paths.data / "none"
        return Secrets.of(paths).database_key(ACCOUNT_ID, nowhere)
    file = key_file.expanduser()
    if not file.exists():
        try:
            handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as out:
                out.write(secrets.token_bytes(32).hex() + "\n")
        except OSError as error:
            raise StoreError(
                f"The key file {key_file} cannot be written.", details=type(error).__name__
            ) from error
    return read_key_file(file)


def _open(database: Path, key: bytes) -> Store:
    return Store.open(database, key, clock=SystemClock(), new_id=new_id)


def _prepared(database: Path, key: bytes) -> int | None:
    """How many contacts a finished database was made with."""
    if not database.exists():
        return None
    try:
        store = _open(database, key)
    except RapportError:
        return None
    try:
        made: int | None = store.replica.cursor(_PREPARED).result()
        return made
    finally:
        store.close()


def _fill(database: Path, key: bytes, contacts: int, say: Progress) -> Account:
    say(f"Making {contacts:,} contacts with their tasks and notes …")
    world = World(contacts)
    store = _open(database, key)
    try:
        _reference(store, world)
        said = 0
        absorbed = 0
        batches = _batches(world)
        waiting: deque[tuple[int, Future[Any]]] = deque()
        while True:
            batch = next(batches, None)
            if batch is not None:
                done = store.replica.absorb(batch, epoch=store.replica.epoch())
                waiting.append((len(batch), done))
            while waiting and (batch is None or len(waiting) >= _IN_FLIGHT):
                size, done = waiting.popleft()
                done.result()
                absorbed += size
            if absorbed - said >= 5000:
                said = absorbed
                say(f"{absorbed:,} of {world.records:,} records")
            if batch is None:
                break
        _mark_read(store, world)
        store.replica.set_cursor(_PREPARED, contacts).result()
    finally:
        store.close()
        world.close()
    return world.account()


def _reference(store: Store, world: World) -> None:
    store.replica.set_reference(
        users=[user(doc) for doc in world.users()],
        custom_fields=[CUSTOM_FIELD.read(doc) for doc in world.records_of("customField")],
        businesses=[BUSINESS.read(doc) for doc in world.records_of("business")],
        location=LOCATION.read(world.location),
        tags=[doc["name"] for doc in world.records_of("tag")],
    ).result()


def _batches(world: World) -> Iterator[list[Snapshot]]:
    read_at = world.clock.now()
    snapshots = (
        Snapshot(
            kind=remote.kind,
            rid=remote.rid,
            contact_rid=remote.contact_rid,
            values=remote.values,
            extra=remote.extra,
            read_at=read_at,
        )
        for remote in world.remotes()
    )
    while batch := list(islice(snapshots, _BATCH)):
        yield batch


def _mark_read(store: Store, world: World) -> None:
    """What a finished sync leaves behind: it goes on with changes, and notes count as read."""
    now = world.clock.now()
    unread = store.replica.contacts_without_details(world.contacts).result()
    store.replica.mark_details([contact_id for contact_id, _ in unread], now).result()
    cursors: Sequence[tuple[str, Any]] = (
        (contact_sync.SINCE, now.isoformat()),
        (task_sync.COMPLETE, True),
        (engine_sync.SYNCED_AT, now.isoformat()),
    )
    for name, value in cursors:
        store.replica.set_cursor(name, value).result()


class World:
    """The first location of a seeded sandbox, as replies of the API."""

    def __init__(self, contacts: int) -> None:
        self.contacts = contacts
        self.clock = SystemClock()
        inside = SandboxClock(lambda: self.clock.now().timestamp())
        self._store = SandboxStore(inside)
        seed.fill(self._store, inside, contacts=contacts, seed=SEED)
        self.location = self._store.records("location")[0]
        self._of_location: str = self.location["id"]
        counts = (self._store.count(name, "location=?", self._here) for name in ("contact", "task"))
        self.records = sum(counts) + sum(
            len(self.records_of(kind)) for kind in ("note", "appointment")
        )

    @property
    def _here(self) -> list[str]:
        return [self._of_location]

    def close(self) -> None:
        self._store.close()

    def records_of(self, kind: str) -> list[dict[str, Any]]:
        return self._store.records(kind, location=self._of_location)

    def users(self) -> list[dict[str, Any]]:
        return [
            user
            for user in self._store.records("user")
            if self._of_location in user["roles"]["locationIds"]
        ]

    def remotes(self) -> Iterator[Remote]:
        """Contacts before what belongs to them."""
        for doc in self._all("contact"):
            yield wire.contact(contact_forms.full(doc))
        for doc in self._all("task"):
            yield wire.task(tasks.shown(doc))
        for doc in self.records_of("note"):
            yield wire.note({name: doc[name] for name in doc if name != "locationId"})
        for doc in self.records_of("appointment"):
            yield wire.appointment(doc)

    def _all(self, table: str) -> Iterator[dict[str, Any]]:
        found = self._store.search(table, "location=?", self._here, keys=[("id", False)], limit=-1)
        return (doc for doc, _ in found)

    def account(self) -> Account:
        """Signed in nowhere: everything it shows comes from the local copy."""
        return Account(
            id=ACCOUNT_ID,
            name=self.location["name"],
            place=self.location.get("city") or "",
            location_id=self._of_location,
            api_url=NOBODY_LISTENS,
            authorize_url="",
            token_url="",
            client_id="",
            redirect_uri="",
            scopes=tuple(scope.name for scope in scopes.ALL),
            static_token=True,
        )
