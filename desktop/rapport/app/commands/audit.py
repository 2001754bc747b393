"""``rapport audit``: check, export and prune an account's audit log, with or without a window."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.app.account_call import account_named
from rapport.app.cli import Parser
from rapport.app.clock import SystemClock
from rapport.app.config import ConfigFile
from rapport.app.copies import DATABASE
from rapport.app.error_sentence import sentence
from rapport.app.secrets import Secrets
from rapport.domain.audit import OPERATION, AuditFilter, entries_in_words
from rapport.domain.changes import Origin
from rapport.domain.errors import InputError, RapportError, StoreError
from rapport.domain.records import Kind
from rapport.domain.settings import Account
from rapport.host.audit_key import VaultAuditKey
from rapport.host.instance import InstanceLock
from rapport.host.paths import Paths
from rapport.services.audit_export import AuditFile, AuditWriter
from rapport.services.workspace import new_id

if TYPE_CHECKING:
    from rapport.store.audit import AuditReader


def run(argv: Sequence[str]) -> int:
    options = _parser().parse_args(argv)
    try:
        paths = Paths.of(options.profile)
        account = _account(paths, options.account)
        with closing(Secrets.of(paths)) as secrets:
            status: int = options.act(_Log(paths, account, secrets), options)
            return status
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except RapportError as error:
        print(sentence(error), file=sys.stderr)
        return 1


def _parser() -> Parser:
    parser = Parser(
        prog="rapport audit",
        description="Checks, exports or prunes the log of every change.",
        allow_abbrev=False,
    )
    acts = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    verify = acts.add_parser("verify", help="check that no entry was altered, removed or put in")
    verify.set_defaults(act=_verify)
    export = acts.add_parser("export", help="write entries as CSV or JSON")
    export.set_defaults(act=_export)
    export.add_argument("--format", choices=("csv", "json"), default="csv")
    export.add_argument("--out", metavar="FILE", type=Path, help="instead of standard output")
    export.add_argument("--since", metavar="DATE", type=_day, help="the first day, as 2026-03-31")
    export.add_argument("--until", metavar="DATE", type=_day, help="the last day")
    export.add_argument(
        "--origin", metavar="NAME", choices=list(Origin), nargs="+", default=[], help=_names(Origin)
    )
    kinds = [*(kind.value for kind in Kind), OPERATION]
    export.add_argument(
        "--kind", metavar="NAME", choices=kinds, nargs="+", default=[], help=", ".join(kinds)
    )
    export.add_argument("--contact", metavar="ID", default="", help="as a contact’s id in the log")
    export.add_argument("--text", default="", help="only entries that hold these words")
    prune = acts.add_parser(
        "prune", help="remove old entries; a signed checkpoint stands for them from then on"
    )
    prune.set_defaults(act=_prune)
    prune.add_argument(
        "--before", metavar="DATE", type=_day, required=True, help="the first day that is kept"
    )
    for one in (verify, export, prune):
        one.add_argument(
            "--profile", metavar="DIR", type=Path, help="where it is not the usual one"
        )
        one.add_argument(
            "--account", metavar="NAME", help="name, id or location; else the current one"
        )
    return parser


def _names(origins: type[Origin]) -> str:
    return ", ".join(origin.value for origin in origins)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date such as 2026-03-31") from None


def _account(paths: Paths, name: str | None) -> Account:
    config = ConfigFile(paths.settings_file).load()
    if name is not None:
        return account_named(config, name)
    account = config.account(config.current)
    if account is None:
        raise InputError("No account is signed in.", "Open Rapport and connect one.")
    return account


class _Log:
    """Where the account's log is, and the keys to it."""

    def __init__(self, paths: Paths, account: Account, secrets: Secrets) -> None:
        self.paths = paths
        self.account = account
        self.database = paths.account(account.id) / DATABASE
        self.key = VaultAuditKey(secrets.vault(account.id))
        self._secrets = secrets

    def database_key(self) -> bytes:
        return self._secrets.database_key(self.account.id, self.database)

    @contextmanager
    def reading(self) -> Iterator[AuditReader]:
        """Beside a window that is open: nothing is written."""
        from rapport.store.audit import AuditReader

        if not self.database.exists():
            raise StoreError("This account has no local copy.", "Open it in Rapport first.")
        with AuditReader.open(self.database, self.database_key()) as reader:
            yield reader


def _verify(log: _Log, _: argparse.Namespace) -> int:
    with log.reading() as reader:
        chain = reader.verify(log.key.verified)
    print(chain)
    return 0 if chain.broken is None else 1


def _export(log: _Log, options: argparse.Namespace) -> int:
    zone = SystemClock().zone()

    def midnight(day: date | None) -> datetime | None:
        return None if day is None else datetime(day.year, day.month, day.day, tzinfo=zone)

    until = options.until and options.until + timedelta(days=1)
    wanted = AuditFilter(
        text=options.text,
        origins=tuple(map(Origin, options.origin)),
        kinds=tuple(options.kind),
        contact_id=options.contact,
        since=midnight(options.since),
        until=midnight(until),
    )
    with log.reading() as reader:
        entries = reader.entries(wanted, zone)
        if options.out is None:
            writer = AuditWriter(sys.stdout, options.format)
            try:
                writer.add(entries)
                writer.finish()
                sys.stdout.flush()
            except BrokenPipeError:
                # Whoever read has seen enough; the interpreter must not try again at its end.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        file = AuditFile(options.out, options.format)
        try:
            file.add(entries)
            file.finish()
        except BaseException:
            file.drop()
            raise
    print(f"Wrote {entries_in_words(file.entries)} to {options.out}.")
    return 0


def _prune(log: _Log, options: argparse.Namespace) -> int:
    from rapport.store import Store

    clock = SystemClock()
    day = options.before
    before = datetime(day.year, day.month, day.day, tzinfo=clock.zone())
    if before > clock.now():
        raise InputError("This day is still to come.")
    if not log.database.exists():
        raise StoreError("This account has no local copy.", "Open it in Rapport first.")
    lock = InstanceLock(log.paths)
    if not lock.acquire():
        raise StoreError("Rapport is running with this profile.", "Quit it, then try again.")
    try:
        store = Store.open(
            log.database,
            log.database_key(),
            clock=clock,
            new_id=new_id,
            who=log.account.user_id,
        )
        try:
            gone = store.audit.prune(before, log.key.sign).result()
        finally:
            store.close()
    finally:
        lock.release()
    print(f"Removed {entries_in_words(gone)}; a signed checkpoint stands in their place.")
    return 0
