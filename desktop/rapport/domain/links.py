"""Links to records: ``rapport://contact/<id>?location=<id>``, by the ids of the CRM, so that a link
means the same on every computer. A link opens and does nothing else."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from rapport.domain.errors import InputError
from rapport.domain.records import Kind
from rapport.language import tr

SCHEME = "rapport"
_LONGEST = 500
_ID = re.compile(r"[\w.-]{1,100}", re.ASCII)
_KINDS = (Kind.CONTACT, Kind.TASK)


class Link(NamedTuple):
    kind: Kind
    server_id: str
    location_id: str = ""
    """Empty: of whichever account has it."""


def is_link(text: str) -> bool:
    return text.partition(":")[0].casefold() == SCHEME


def link_to(link: Link) -> str:
    where = f"?location={quote(link.location_id, safe='')}" if link.location_id else ""
    return f"{SCHEME}://{link.kind.value}/{quote(link.server_id, safe='')}{where}"


def read_link(text: str) -> Link:
    """The inverse. Raises InputError: whoever wrote the link may have meant anything."""
    try:
        parts = urlsplit(text.strip()[:_LONGEST])
        location = parse_qs(parts.query).get("location", [""])[0]
    except ValueError:
        raise _unreadable() from None
    kind, id = parts.netloc.casefold(), parts.path.strip("/")
    if parts.scheme != SCHEME or kind not in _KINDS or not _ID.fullmatch(id):
        raise _unreadable()
    if location and not _ID.fullmatch(location):
        raise _unreadable()
    return Link(Kind(kind), id, location)


def _unreadable() -> InputError:
    return InputError(
        tr("This link leads nowhere."),
        tr("Rapport opens links to contacts and tasks, such as rapport://contact/…"),
    )
