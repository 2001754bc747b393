"""What all resources share: a request by its name in the catalogue."""

from __future__ import annotations

from typing import Any

from rapport.api.caller import Caller
from rapport.api.catalogue import action, operation_of
from rapport.api.pacing import Lane
from rapport.domain.arguments import placed


class Resource:
    """The operations on one kind of thing. See :class:`Caller` for what its methods raise; all of
    them run in the background lane unless told otherwise."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def _call(self, action_id: str, lane: Lane, /, **values: Any) -> Any:
        """The JSON of a 2xx reply to an action of the catalogue. ``values`` have the API's own
        names: the catalogue tells which of them go into the path, the query or the body, and the
        location is added wherever one is asked for. None leaves a parameter of the query out, and
        is null in the body."""
        entry = action(action_id)
        sent = placed(entry, values, location_id=self._caller.location_id)
        return await self._caller.request(
            operation_of(entry), path=sent.path, query=sent.query, body=sent.body, lane=lane
        )


def given(**values: Any) -> dict[str, Any]:
    """Those that are given: neither None nor empty text."""
    return {name: value for name, value in values.items() if value not in (None, "")}
