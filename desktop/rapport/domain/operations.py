"""One operation on its way: what a person sends, and what came back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from msgspec import Struct

from rapport.domain.arguments import Arguments
from rapport.domain.catalogue import Action
from rapport.domain.errors import RapportError

TOKEN_HEADER = "Authorization"
HIDDEN = "•••"


class Upload(Struct, frozen=True):
    part: str
    """Name of the form's field."""
    name: str
    """Of the file, without folders."""
    content: bytes

    def __repr__(self) -> str:
        return f"Upload({self.part!r}, {len(self.content)} bytes)"


class OperationCall(Struct, frozen=True, kw_only=True):
    action: Action
    arguments: Arguments
    uploads: tuple[Upload, ...] = ()
    """The files that ``arguments`` names by their paths."""


class SentRequest(Struct, frozen=True, kw_only=True):
    """A request as it left, without its token."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str
    """JSON; of a form its fields, and its files by name."""


class OperationReply(Struct, frozen=True, kw_only=True):
    """What the CRM answered, refusals too."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    sent: SentRequest
    sent_at: datetime
    took_s: float
    """From when it was asked for to the last byte; waiting for a turn in the budget counts."""
    refused: RapportError | None = None
    """What the answer means, where it is not what was asked for."""

    @property
    def trace_id(self) -> str:
        return getattr(self.refused, "trace_id", "") or self.headers.get("x-trace-id", "")


QueryValue = str | int | float | bool | Sequence[str] | None
"""None is left out, a list repeats its name."""


def address(
    base_url: str, template: str, path: Mapping[str, str], query: Mapping[str, QueryValue]
) -> str:
    """Where a request goes. ``path`` fills the parameters that ``template`` has in braces."""
    for name, value in path.items():
        template = template.replace(f"{{{name}}}", quote(value, safe=""))
    pairs = [
        (key, _query_text(item))
        for key, value in query.items()
        for item in (value if isinstance(value, list | tuple) else [value])
        if item is not None
    ]
    return base_url + template + (f"?{urlencode(pairs, quote_via=quote)}" if pairs else "")


def _query_text(value: object) -> str:
    # A boolean in a query must be lower-case (FACTS F10).
    return str(value).lower() if isinstance(value, bool) else str(value)


def headers_of(action: Action, token: str) -> dict[str, str]:
    return {
        TOKEN_HEADER: f"Bearer {token}",
        "Version": action.version,
        "Accept": "application/json",
    }


_SECRET_NAMES = r"[\w-]*(?:token|secret|password|api[_-]?key|authorization|cookie)"
_SECRET_FIELD = re.compile(
    rf'("{_SECRET_NAMES}"\s*:\s*)("(?:[^"\\]|\\.)*(?:"|\\?\Z)|[\d.eE+-]+)', re.IGNORECASE
)
_SECRET_NAME = re.compile(_SECRET_NAMES, re.IGNORECASE)


def without_secrets(text: str) -> str:
    """``text``, JSON or the beginning of it, with the values of fields that hold secrets hidden."""
    return _SECRET_FIELD.sub(rf'\1"{HIDDEN}"', text)


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers for the eye: what grants access is hidden."""
    return {
        name: HIDDEN if _SECRET_NAME.fullmatch(name) else value for name, value in headers.items()
    }


def named_contacts(call: OperationCall, answer: Any) -> tuple[str, ...]:
    """The server ids of the contacts that the call or its JSON ``answer`` names."""
    found: list[str] = []
    arguments = call.arguments
    within = [arguments.path, arguments.query, arguments.body, answer]
    if isinstance(answer, dict):
        within += [value for value in answer.values() if isinstance(value, dict)]
        contact = answer.get("contact")
        if isinstance(contact, dict) and isinstance(contact.get("id"), str):
            found.append(contact["id"])
    for values in within:
        if isinstance(values, Mapping):
            for name in ("contactId", "contact_id"):
                if isinstance(values.get(name), str):
                    found.append(values[name])
            if call.action.group == "contacts":
                for name in ("contacts", "ids"):
                    many = values.get(name)
                    if isinstance(many, list):
                        found += [id for id in many if isinstance(id, str)]
    return tuple(dict.fromkeys(found))
