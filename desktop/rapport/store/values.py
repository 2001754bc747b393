"""How values are kept: JSON without defaults, milliseconds, and what may not come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from rapport.domain.changes import Delta
from rapport.domain.records import LOCAL_FIELDS, RECORD_TYPES, Id, Kind, fields_of, record_from
from rapport.domain.text import storable

Values = dict[str, Any]
"""A record's JSON-ready values by field name, without its id (``records.fields_of``)."""

INT64 = 1 << 63

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder()
_deltas = msgspec.json.Decoder(dict[str, Delta])


def _defaults(kind: Kind) -> Values:
    parent = {} if kind is Kind.CONTACT else {"contact_id": ""}
    values = fields_of(record_from(kind, "", parent))
    values.pop("contact_id", None)
    return values


DEFAULTS: dict[Kind, Values] = {kind: _defaults(kind) for kind in RECORD_TYPES}


class Unfit(ValueError):
    """A value that cannot be kept: an integer over 63 bits, or no JSON."""


def clean(value: Any) -> Any:
    """``value`` as it can be stored: lone surrogates replaced, tuples as lists. Raises Unfit."""
    if type(value) is str:
        return value if value.isascii() else storable(value)
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return storable(str(value))
    if isinstance(value, int):
        if not -INT64 <= value < INT64:
            raise Unfit("a number over 63 bits")
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise Unfit("not a finite number")
        return value
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {clean(str(key)): clean(item) for key, item in value.items()}
    raise Unfit(f"a {type(value).__name__}")


def encode(value: Any) -> bytes:
    return _encoder.encode(value)


def decode(blob: bytes) -> Any:
    return _decoder.decode(blob)


def decode_deltas(blob: bytes) -> dict[str, Delta]:
    return _deltas.decode(blob)


def pack(kind: Kind, values: Values) -> bytes:
    """``values`` without those that equal the default."""
    defaults = DEFAULTS[kind].items()
    kept = values.copy()
    for name, default in defaults:
        if name in kept and kept[name] == default:
            del kept[name]
    return _encoder.encode(kept)


def unpack(kind: Kind, blob: bytes) -> Values:
    """The inverse of :func:`pack`: all fields are there. Lists and dicts are fresh."""
    values: Values = {**DEFAULTS[kind], **_decoder.decode(blob)}
    if kind is Kind.CONTACT:  # the two defaults that could be changed in place
        if values["tags"] is DEFAULTS[kind]["tags"]:
            values["tags"] = []
        if values["custom"] is DEFAULTS[kind]["custom"]:
            values["custom"] = {}
    return values


def canonical(kind: Kind, values: Values) -> Values:
    """``values`` with all fields, in the one form two equal records share. Raises Unfit."""
    try:
        record = record_from(kind, "", values)
    except (msgspec.ValidationError, KeyError) as error:
        raise Unfit(str(error)) from None
    return fields_of(record)


def server_part(kind: Kind, values: Values) -> Values:
    local = LOCAL_FIELDS[kind]
    return {name: value for name, value in values.items() if name not in local} if local else values


def to_ms(at: datetime | str | None) -> int:
    """Milliseconds since 1970; 0 for None."""
    if at is None:
        return 0
    if isinstance(at, str):
        at = msgspec.convert(at, datetime)
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return (at - _EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)


def from_ms_or_none(ms: int) -> datetime | None:
    return from_ms(ms) if ms else None


class Stored(Struct, kw_only=True):
    """A line of the table ``record``; see there."""

    key: int
    id: Id
    kind: Kind
    contact_key: int
    """Its own key for a contact."""
    contact_id: Id
    rid: str | None
    values: Values
    base: Values | None
    seen: Values | None
    extra: bytes | None
    epoch: int
    touched: int
    tomb: bool

    @property
    def server(self) -> Values:
        """The newest server values known here; {} for a record it has never seen."""
        if self.seen is not None:
            return server_part(self.kind, self.seen)
        if self.base is not None:
            return server_part(self.kind, self.base)
        return {} if self.rid is None else server_part(self.kind, self.values)
