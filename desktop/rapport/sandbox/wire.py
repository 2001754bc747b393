"""Checking what a request carries, with the wording of the vendor's validation library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .clock import parse_ms
from .errors import bad_request, unprocessable

Check = Callable[[str, Any], str | None]


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a request body. ``check`` returns a complaint or None."""

    check: Check
    required: bool = False
    nullable: bool = False

    @property
    def must(self) -> Field:
        return Field(self.check, required=True, nullable=self.nullable)

    @property
    def or_null(self) -> Field:
        return Field(self.check, required=self.required, nullable=True)


def _text(name: str, value: Any) -> str | None:
    return None if isinstance(value, str) else f"{name} must be a string"


def _filled_text(name: str, value: Any) -> str | None:
    if not isinstance(value, str):
        return f"{name} must be a string"
    return None if value.strip() else f"{name} should not be empty"


def _flag(name: str, value: Any) -> str | None:
    return None if isinstance(value, bool) else f"{name} must be a boolean value"


def _number(name: str, value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{name} must be a number conforming to the specified constraints"
    return None


def _moment(name: str, value: Any) -> str | None:
    if isinstance(value, str) and parse_ms(value) is not None:
        return None
    return f"{name} must be a valid ISO 8601 date string"


def _texts(name: str, value: Any) -> str | None:
    if not isinstance(value, list):
        return f"{name} must be an array"
    if not all(isinstance(item, str) for item in value):
        return f"each value in {name} must be a string"
    return None


def _items(name: str, value: Any) -> str | None:
    return None if isinstance(value, list) else f"{name} must be an array"


def _mapping(name: str, value: Any) -> str | None:
    return None if isinstance(value, dict) else f"{name} must be an object"


def _anything(name: str, value: Any) -> str | None:
    return None


TEXT = Field(_text)
FILLED = Field(_filled_text)
FLAG = Field(_flag)
NUMBER = Field(_number)
MOMENT = Field(_moment)
TEXTS = Field(_texts)
ITEMS = Field(_items)
MAPPING = Field(_mapping)
ANY = Field(_anything)


def number(least: float, most: float | None = None) -> Field:
    """A number within bounds."""

    def check(name: str, value: Any) -> str | None:
        wrong = _number(name, value)
        if wrong is None and value < least:
            wrong = f"{name} must not be less than {least}"
        if wrong is None and most is not None and value > most:
            wrong = f"{name} must not be greater than {most}"
        return wrong

    return Field(check)


def numbers(least: float, most: float) -> Field:
    """A list of numbers within bounds."""
    item = number(least, most)

    def check(name: str, value: Any) -> str | None:
        wrong = _items(name, value)
        if wrong is not None:
            return wrong
        each = (item.check(f"{name}.{place}", one) for place, one in enumerate(value))
        return next((complaint for complaint in each if complaint), None)

    return Field(check)


def one_of_numbers(*values: float) -> Field:
    listed = ", ".join(map(str, values))

    def check(name: str, value: Any) -> str | None:
        known = not isinstance(value, bool) and value in values
        return None if known else f"{name} must be one of the following values: {listed}"

    return Field(check)


def at_most(most: int) -> Field:
    """Text that is not empty and of at most ``most`` characters."""

    def check(name: str, value: Any) -> str | None:
        wrong = _filled_text(name, value)
        if wrong is None and len(value) > most:
            wrong = f"{name} must be shorter than or equal to {most} characters"
        return wrong

    return Field(check)


def shape(fields: Mapping[str, Field]) -> Field:
    """An object with these properties."""

    def check(name: str, value: Any) -> str | None:
        wrong = _mapping(name, value)
        found = [wrong] if wrong else complaints(value, fields)
        return f"{name}.{found[0]}" if found and not wrong else wrong

    return Field(check)


def shapes(fields: Mapping[str, Field]) -> Field:
    """A list of objects with these properties."""
    item = shape(fields)

    def check(name: str, value: Any) -> str | None:
        wrong = _items(name, value)
        if wrong is not None:
            return wrong
        each = (item.check(f"{name}.{number}", one) for number, one in enumerate(value))
        return next((complaint for complaint in each if complaint), None)

    return Field(check)


def one_of(*values: str) -> Field:
    listed = ", ".join(values)

    def check(name: str, value: Any) -> str | None:
        known = isinstance(value, str) and value in values
        return None if known else f"{name} must be one of the following values: {listed}"

    return Field(check)


def complaints(body: Mapping[str, Any], fields: Mapping[str, Field]) -> list[str]:
    """Everything wrong with ``body``, unknown properties first, as the live service lists it."""
    found = [f"property {name} should not exist" for name in body if name not in fields]
    for name, field in fields.items():
        value = body.get(name)
        if name not in body or (value is None and not field.nullable):
            if field.required:
                found.append(f"{name} should not be empty")
            continue
        if value is not None:
            complaint = field.check(name, value)
            if complaint:
                found.append(complaint)
    return found


def checked(body: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """``body`` if it is valid, without the nulls of properties that cannot be null.

    Raises ApiError 422 otherwise.
    """
    found = complaints(body, fields)
    if found:
        raise unprocessable(found)
    return {
        name: value
        for name, value in body.items()
        if value is not None or fields[name].nullable or fields[name].check is _anything
    }


def whole_number(
    query: Mapping[str, str], name: str, default: int, *, least: int = 0, most: int | None = None
) -> int:
    """A number sent as a query string. Above ``most`` is 400, not a clamp."""
    text = query.get(name)
    if text is None or text == "":
        return default
    try:
        value = int(text)
    except ValueError:
        raise unprocessable([f"{name} must be a number string"]) from None
    if value < least:
        raise unprocessable([f"{name} must not be less than {least}"])
    if most is not None and value > most:
        raise bad_request(f"{name} must not be greater than {most}")
    return value


def need(query: Mapping[str, str], *names: str) -> None:
    """Raises ApiError 422 unless the query has each of these."""
    missing = [name for name in names if not query.get(name)]
    if missing:
        raise unprocessable(f"{name} should not be empty" for name in missing)


def choice(query: Mapping[str, str], name: str, *values: str) -> str | None:
    """One of ``values``, or None when it is not sent.

    Raises ApiError 422 for anything else.
    """
    value = query.get(name)
    if value is not None and value not in values:
        listed = ", ".join(values)
        raise unprocessable([f"{name} must be one of the following values: {listed}"])
    return value


def boolean(query: Mapping[str, str], name: str) -> bool | None:
    """A boolean in a query: lower-case ``true`` or ``false`` only."""
    text = query.get(name)
    if text is None:
        return None
    if text not in ("true", "false"):
        raise unprocessable([f"{name} must be a boolean string"])
    return text == "true"
