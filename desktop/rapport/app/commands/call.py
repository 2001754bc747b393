"""``rapport call``: one operation of the catalogue, from the command line."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rapport.api.caller import Caller
from rapport.api.catalogue import action as action_of
from rapport.api.http import Reply, checked_address
from rapport.api.session import StaticToken
from rapport.app.account_call import Answer, account_named, answered, perform
from rapport.app.cli import Parser
from rapport.app.clock import SystemClock
from rapport.app.config import ConfigFile
from rapport.app.error_sentence import sentence
from rapport.domain.arguments import ArgumentsError, arguments
from rapport.domain.errors import InputError, RapportError
from rapport.domain.operations import OperationCall, OperationReply
from rapport.domain.settings import TokenRequest
from rapport.host.paths import Paths
from rapport.host.uploads import read_uploads
from rapport.sync.operations import Operations

_HELP = """\
Parameters of the path, of the query and fields of the body are all given as name=value, or in
--data. A name given again adds to a list, rruleOptions.interval=2 sets a field of an object, and
a file to upload is file=@PATH. “rapport operations --json” tells the names and types.

The token is read from an environment variable, so that it is never part of a command line; with
--account it is the one in the keyring."""


def run(argv: Sequence[str]) -> int:
    parser = _parser()
    options = parser.parse_intermixed_args(argv)
    _check_ways(parser, options)
    try:
        action = action_of(options.id)
        way = _ByAccount(options) if options.account is not None else _ByToken(options)
        words = [_word(text) for text in options.words]
        wanted = arguments(action, words, _data(options.data), location_id=way.location_id)
        call = OperationCall(action=action, arguments=wanted, uploads=read_uploads(wanted.files))
    except ArgumentsError as error:
        print("\n".join(error.complaints), file=sys.stderr)
        return 2
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        answer = way.perform(call)
        if answer.refused:
            print(answer.refused, file=sys.stderr)
            return 1
        _show(answer.body, raw=options.raw or action.reply == "file")
    except RapportError as error:
        print(sentence(error), file=sys.stderr)
        return 1
    return 0


def _check_ways(parser: Parser, options: argparse.Namespace) -> None:
    """By an account, or by a token from outside: what belongs to one is refused with the other."""
    if options.account is not None:
        for name in ("base_url", "token_env", "location"):
            if getattr(options, name) is not None:
                parser.error(f"--{name.replace('_', '-')} cannot be given beside --account")
    elif options.token_env is None:
        parser.error("--account or --token-env is needed")
    elif options.profile is not None:
        parser.error("--profile is of use only with --account")


class _ByAccount:
    """As an account that is signed in: through the running Rapport where there is one."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._paths = Paths.of(options.profile)
        config = ConfigFile(self._paths.settings_file).load()
        self._account = account_named(config, options.account)
        self.location_id = self._account.location_id

    def perform(self, call: OperationCall) -> Answer:
        return perform(self._paths, self._account, call)


class _ByToken:
    """With a token from the environment, wherever it is good."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._token = _token(options.token_env)
        self._base_url = (
            options.base_url or TokenRequest(token="", location_id="", scopes=()).api_url
        )
        checked_address(self._base_url)
        self.location_id: str = options.location or ""

    def perform(self, call: OperationCall) -> Answer:
        return answered(asyncio.run(self._sent(call)))

    async def _sent(self, call: OperationCall) -> OperationReply:
        clock = SystemClock()
        client = Caller(
            self._base_url, StaticToken(self._token), location_id=self.location_id, clock=clock
        )
        try:
            return await Operations(client, self._base_url, clock).call(call)
        finally:
            await client.aclose()


def _parser() -> Parser:
    default_url = TokenRequest(token="", location_id="", scopes=()).api_url
    parser = Parser(
        prog="rapport call",
        description="Performs one operation of the catalogue and prints the CRM’s reply.",
        epilog=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("id", metavar="ID", help="which operation, such as contacts.tasks.create")
    parser.add_argument("words", metavar="name=value", nargs="*", help="an argument of it")
    parser.add_argument(
        "--data", metavar="JSON|@FILE", help="arguments as a JSON object; @- reads standard input"
    )
    parser.add_argument(
        "--account",
        metavar="NAME",
        help="as this signed-in account: its name, id or location; through the running Rapport "
        "where there is one",
    )
    parser.add_argument(
        "--profile",
        metavar="DIR",
        type=Path,
        help="the profile of --account, where it is not the usual one",
    )
    parser.add_argument(
        "--base-url", metavar="URL", help=f"where the API is (default: {default_url})"
    )
    parser.add_argument(
        "--token-env",
        metavar="VARIABLE",
        help="name of the environment variable that holds the token",
    )
    parser.add_argument("--location", metavar="ID", help="the location, wherever one is asked for")
    parser.add_argument("--raw", action="store_true", help="print the reply byte for byte")
    return parser


def _word(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (equals and name):
        raise InputError(f"“{text}” is not an argument.", "Write name=value.")
    return name, value


def _data(text: str | None) -> Any:
    if text is None:
        return None
    source = "--data"
    if text.startswith("@"):
        source = text[1:]
        try:
            text = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"“{source}” cannot be read.", _reason(error)) from None
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"What is in “{source}” is not JSON.", f"{error}.") from None


def _reason(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or "It is not text"
    return f"{reason}."


def _token(variable: str) -> str:
    token = os.environ.get(variable, "").strip()
    if not token:
        raise InputError(f"The environment variable “{variable}” holds no token.")
    return token


def _show(body: bytes, *, raw: bool) -> None:
    """Raises from the tree where the reply is not JSON although it should be."""
    if raw:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    else:
        # Some operations answer with nothing at all.
        value = Reply(status=200, headers={}, body=body).json() if body.strip() else None
        print(json.dumps(value, ensure_ascii=False, indent=2))
