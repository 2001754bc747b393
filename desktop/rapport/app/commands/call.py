"""``rapport call``: one operation of the catalogue, from the command line."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rapport.api.caller import Caller
from rapport.api.catalogue import action as action_of
from rapport.api.catalogue import operation_of
from rapport.api.forms import Upload, multipart
from rapport.api.http import Reply, checked_address
from rapport.api.pacing import Lane
from rapport.api.session import StaticToken
from rapport.app.cli import Parser
from rapport.app.clock import SystemClock
from rapport.domain.arguments import Arguments, ArgumentsError, arguments
from rapport.domain.catalogue import Action
from rapport.domain.errors import (
    ApiError,
    AuthError,
    InputError,
    NetworkError,
    RapportError,
    RateLimitError,
    ServerError,
)
from rapport.domain.settings import TokenRequest

_HELP = """\
Parameters of the path, of the query and fields of the body are all given as name=value, or in
--data. A name given again adds to a list, rruleOptions.interval=2 sets a field of an object, and
a file to upload is file=@PATH. “rapport operations --json” tells the names and types.

The token is read from an environment variable, so that it is never part of a command line."""


def run(argv: Sequence[str]) -> int:
    parser = _parser()
    options = parser.parse_intermixed_args(argv)
    try:
        action = action_of(options.id)
        words = [_word(text) for text in options.words]
        wanted = arguments(action, words, _data(options.data), location_id=options.location)
        uploads = _uploads(wanted.files)
        token = _token(options.token_env)
        checked_address(options.base_url)
    except ArgumentsError as error:
        print("\n".join(error.complaints), file=sys.stderr)
        return 2
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        reply = asyncio.run(
            _sent(action, wanted, uploads, token, options.base_url, options.location)
        )
        _show(reply, raw=options.raw or action.reply == "file")
    except RapportError as error:
        print(_sentence(error), file=sys.stderr)
        return 1
    return 0


def _parser() -> Parser:
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
        "--base-url",
        metavar="URL",
        default=TokenRequest(token="", location_id="", scopes=()).api_url,
        help="where the API is (default: %(default)s)",
    )
    parser.add_argument(
        "--token-env",
        metavar="VARIABLE",
        required=True,
        help="name of the environment variable that holds the token",
    )
    parser.add_argument(
        "--location", metavar="ID", default="", help="the location, wherever one is asked for"
    )
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


def _uploads(files: Mapping[str, Sequence[str]]) -> list[Upload]:
    uploads = []
    for part, paths in files.items():
        for path in paths:
            try:
                uploads.append(Upload(part, Path(path).name, Path(path).read_bytes()))
            except (OSError, ValueError) as error:
                raise InputError(f"“{path}” cannot be read.", _reason(error)) from None
    return uploads


def _reason(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or "It is not text"
    return f"{reason}."


def _token(variable: str) -> str:
    token = os.environ.get(variable, "").strip()
    if not token:
        raise InputError(f"The environment variable “{variable}” holds no token.")
    return token


async def _sent(
    action: Action,
    wanted: Arguments,
    uploads: Sequence[Upload],
    token: str,
    base_url: str,
    location_id: str,
) -> Reply:
    caller = Caller(base_url, StaticToken(token), location_id=location_id, clock=SystemClock())
    form = multipart(wanted.body, uploads) if action.content_type == "multipart" else None
    try:
        return await caller.exchange(
            operation_of(action),
            path=wanted.path,
            query=wanted.query,
            body=wanted.body,
            form=form,
            lane=Lane.PERSON,
        )
    finally:
        await caller.aclose()


def _show(reply: Reply, *, raw: bool) -> None:
    """Raises from the tree where the reply is not JSON although it should be."""
    if raw:
        sys.stdout.buffer.write(reply.body)
        sys.stdout.buffer.flush()
    else:
        # Some operations answer with nothing at all.
        value = reply.json() if reply.body.strip() else None
        print(json.dumps(value, ensure_ascii=False, indent=2))


_OF_EDITS = (AuthError, RateLimitError, ServerError, NetworkError)
"""Their messages tell a person at the window that edits are kept; a command has none."""


def _sentence(error: RapportError) -> str:
    told = error.title.rstrip(".")
    message = error.message.removeprefix("It says: ").rstrip(".")
    if isinstance(error, NetworkError) and error.sent:
        message = "the request may have arrived"
    elif isinstance(error, _OF_EDITS):
        message = ""
    if message:
        told += f": {message[:1].lower()}{message[1:]}"
    if isinstance(error, ApiError) and error.status:
        told += f" (HTTP {error.status})"
    return " ".join(told.split()) + "."
