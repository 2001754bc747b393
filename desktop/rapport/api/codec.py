"""Both directions between an object of the CRM and ours, told once, field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct, ValidationError, convert

from rapport.api import grains
from rapport.api.grains import Malformed
from rapport.domain.errors import InvalidError
from rapport.language import keep

T = TypeVar("T")

Turn = Callable[[Any], Any]


class Part(Struct, frozen=True):
    """One field. ``sent`` is its name in a write, where that differs; "" means that the CRM alone
    sets it."""

    name: str
    read: Turn
    write: Turn
    sent: str | None = None


def _same(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def text(name: str, *, sent: str | None = None) -> Part:
    return Part(name, grains.text, _same, sent)


def ref(name: str, *, sent: str | None = None) -> Part:
    """The id of another object; null clears it."""
    return Part(name, grains.id_or_none, lambda value: value or None, sent)


def options(name: str, *, sent: str) -> Part:
    """Read as texts, written as objects with a label."""
    return Part(name, grains.strings, lambda value: [{"label": one} for one in value], sent)


def texts(name: str, *, sent: str | None = None) -> Part:
    return Part(name, grains.strings, _same, sent)


def flag(name: str, *, sent: str | None = None) -> Part:
    return Part(name, lambda value: value is True, bool, sent)


def number(name: str, *, sent: str | None = None) -> Part:
    return Part(name, grains.number, _same, sent)


def whole(name: str, *, sent: str | None = None) -> Part:
    return Part(name, lambda value: int(grains.number(value) or 0), _same, sent)


def time(name: str, *, sent: str | None = None) -> Part:
    return Part(name, grains.moment, grains.sent_time, sent)


def inner(name: str, *, sent: str | None = None) -> Part:
    """An object that passes through unread."""
    return Part(name, lambda value: value if isinstance(value, dict) else {}, _same, sent)


def custom(name: str) -> Part:
    """Custom fields: read as ``value`` or ``fieldValue``, written as ``field_value`` (FACTS F2)."""

    def write(values: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [{"id": key, "field_value": value} for key, value in values.items()]

    return Part(name, grains.custom_values, write)


def several(name: str, of: Codec[Any]) -> Part:
    def read(value: Any) -> list[Any]:
        return [of.read(item) for item in value] if isinstance(value, list) else []

    return Part(name, read, _same, "")


class Codec(Generic[T]):
    """Reads and writes one type; ``kind`` is what a person calls it, with its article."""

    def __init__(self, type: type[T], kind: str, /, **parts: Part) -> None:
        self._type = type
        self._kind = kind
        self._parts = parts
        self._known = {"id", "_id", "locationId", "traceId", *(one.name for one in parts.values())}

    def read(self, raw: Any) -> T:
        """Raises Malformed for what has no id. Absent, null and "" all mean empty."""
        record = grains.an_object(raw)
        values = {field: part.read(record.get(part.name)) for field, part in self._parts.items()}
        values["id"] = grains.an_id(record, "id", "_id")
        values["extra"] = grains.rest(record, self._known)
        try:
            return convert(values, self._type)
        except ValidationError as error:
            raise Malformed(str(error)) from None

    def body(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What a write takes for these fields, and nothing else: what the CRM keeps beside them
        stays as it is. Raises InvalidError for a field that is not written."""
        body: dict[str, Any] = {}
        for field, value in values.items():
            part = self._parts.get(field)
            if part is None or part.sent == "":
                raise InvalidError(keep("The CRM takes no “{name}” from this program.", name=field))
            body[part.sent or part.name] = part.write(value)
        return body
