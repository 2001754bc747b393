"""Reads JSON from a server that may be broken or hostile."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from rapport.domain.text import storable

_LARGEST = 2**63 - 1
_LONGEST = len(str(_LARGEST)) + 1


class BadJson(ValueError):
    """The text is not JSON that can be trusted."""


def parse(body: bytes) -> Any:
    """The value of ``body``. Raises :class:`BadJson`.

    Refused: NaN and infinities, an object with the same key twice, nesting deeper than the
    interpreter's stack. An integer beyond 63 bits stays text, which no number field accepts and no
    database overflows on. Lone surrogates become question marks, broken UTF-8 the replacement mark.
    """
    try:
        value = json.loads(
            body.decode("utf-8-sig", "replace"),
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
        # A surrogate can come from an escape only, so that most bodies need no second look.
        escaped = b"\\ud" in body or b"\\uD" in body
        return _without_surrogates(value) if escaped else value
    except RecursionError:
        raise BadJson("nested too deep") from None
    except ValueError as error:
        raise BadJson(str(error)) from None


def _integer(digits: str) -> int | str:
    if len(digits) > _LONGEST:
        return digits
    number = int(digits)
    return number if -_LARGEST <= number <= _LARGEST else digits


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise BadJson("a number out of range")
    return number


def _constant(name: str) -> NoReturn:
    raise BadJson(f"{name} is not a number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise BadJson("the same key twice in one object")
    return value


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(key): _without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    return value
