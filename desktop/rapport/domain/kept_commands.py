"""Commands that outlive the program: read back from the JSON that they were kept as."""

from __future__ import annotations

from functools import reduce
from operator import or_

import msgspec

import rapport.domain.importing  # noqa: F401  (a command is known once it is defined)
from rapport.domain.commands import Command


def commands_from(blob: bytes) -> tuple[Command, ...]:
    """The inverse of encoding commands as JSON. Raises ``msgspec.MsgspecError``."""
    known = reduce(or_, _concrete(Command))
    found: tuple[Command, ...] = msgspec.json.decode(blob, type=tuple[known, ...])  # type: ignore[valid-type]
    return found


def _concrete(base: type[Command]) -> list[type[Command]]:
    below = base.__subclasses__()
    return [base] if not below else [one for each in below for one in _concrete(each)]
