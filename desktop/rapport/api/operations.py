"""A request that can be made, as a value: what ``Caller`` sends.

The catalogue describes them (``catalogue.operation``); only signing in makes its own.
"""

from __future__ import annotations

import re

from msgspec import Struct

_PARAMETER = re.compile(r"\{(\w+)\}")

CONTACTS_VERSION = "2021-07-28"


class Operation(Struct, frozen=True):
    """``path`` has its parameters in braces; ``{locationId}`` is filled in by the client.
    ``scope`` is what the token must hold, "" where the API declares none."""

    id: str
    method: str
    path: str
    scope: str
    version: str = CONTACTS_VERSION

    @property
    def writes(self) -> bool:
        """Whether the operation can change something on the server.

        Searches are POST requests that change nothing, so the method alone does not tell.
        """
        return self.method != "GET" and not self.path.endswith("/search")

    @property
    def names_record(self) -> bool:
        """Whether the path names a record, so that a 404 means that the record is gone."""
        return any(
            name.lower().endswith("id") and name != "locationId"
            for name in _PARAMETER.findall(self.path)
        )
