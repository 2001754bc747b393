"""An operation as a command for a terminal: to be pasted, read and changed.

Neither command holds the token: ``curl`` takes it from the variable ``TOKEN``, ``rapport call``
from the keyring.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from rapport.domain.arguments import LOCATION_NAMES, Arguments
from rapport.domain.catalogue import Action
from rapport.domain.operations import TOKEN_HEADER, address, headers_of


def as_curl(action: Action, given: Arguments, base_url: str) -> str:
    parts = [f"curl --request {action.method} {_url(action, given, base_url)}"]
    headers = headers_of(action, "$TOKEN")
    # In double quotes, so that the shell puts the token in.
    parts.append(f'--header "{TOKEN_HEADER}: {headers.pop(TOKEN_HEADER)}"')
    if action.content_type != "multipart" and given.body is not None:
        headers["Content-Type"] = "application/json"
    parts += [f"--header {shlex.quote(f'{name}: {value}')}" for name, value in headers.items()]
    if action.content_type == "multipart":
        parts += _form(given)
    elif given.body is not None:
        parts.append(f"--data-raw {shlex.quote(_json(given.body))}")
    return " \\\n  ".join(parts)


def _url(action: Action, given: Arguments, base_url: str) -> str:
    return shlex.quote(address(base_url, action.path, given.path, given.query))


def _form(given: Arguments) -> Iterable[str]:
    for name, value in (given.body or {}).items():
        for item in value if isinstance(value, list) else [value]:
            text = item if isinstance(item, str) else _json(item)
            yield f"--form-string {shlex.quote(f'{name}={text}')}"
    for name, paths in given.files.items():
        for path in paths:
            quoted = path.replace("\\", "\\\\").replace('"', '\\"')
            yield "--form " + shlex.quote(f'{name}=@"{quoted}"')


def as_rapport_call(
    action: Action, given: Arguments, *, account: str, location_id: str, profile: str = ""
) -> str:
    """``account`` must name one account only; its location is left out where it is meant anyway."""
    body = given.body if isinstance(given.body, Mapping) else {}
    values = {**given.path, **given.query, **body}
    for name in LOCATION_NAMES:
        if values.get(name) == location_id:
            del values[name]
    known = action.named()
    words: list[str] = []
    unsaid: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:
            unsaid[name] = None
        elif known[name].type in ("string", "any") and isinstance(value, str):
            # A text that reads as JSON must be quoted where any JSON is taken.
            words.append(f"{name}={value if known[name].type == 'string' else _json(value)}")
        else:
            words.append(f"{name}={_json(value)}")
    words += [f"{name}=@{path}" for name, paths in given.files.items() for path in paths]
    line = ["rapport", "call", action.id, *words]
    if isinstance(given.body, list):
        line += ["--data", _json(given.body)]
    elif unsaid:
        line += ["--data", _json(unsaid)]
    line += ["--account", account]
    if profile:
        line += ["--profile", profile]
    return shlex.join(line)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
