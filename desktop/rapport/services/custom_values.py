"""Values of custom fields: shown, typed and checked by the field's data type.

The API's types are TEXT, LARGE_TEXT, NUMERICAL, FLOAT, MONETORY (its spelling), PHONE, DATE, TIME,
CHECKBOX, MULTIPLE_OPTIONS, SINGLE_OPTIONS, RADIO, TEXTBOX_LIST, FILE_UPLOAD and SIGNATURE. A value
of a type that is not known is shown as it is and cannot be changed, so that a new one neither hides
nor breaks a contact.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec import structs

from rapport.domain.errors import InputError
from rapport.domain.records import CustomField
from rapport.language import keep, marks, tr
from rapport.services import phones
from rapport.services.quick_dates import parse_date

NUMBERS = frozenset({"NUMERICAL", "FLOAT", "MONETORY"})
MANY = frozenset({"CHECKBOX", "MULTIPLE_OPTIONS"})
ONE_OF = frozenset({"SINGLE_OPTIONS", "RADIO"})
FILES = frozenset({"FILE_UPLOAD", "SIGNATURE"})
KNOWN = NUMBERS | MANY | ONE_OF | FILES
KNOWN |= {"TEXT", "LARGE_TEXT", "PHONE", "DATE", "TIME", "TEXTBOX_LIST", "EMAIL"}


def can_edit(field: CustomField) -> bool:
    """Uploads need a form of the CRM, and nobody knows what an unknown type would take."""
    return field.data_type in KNOWN - FILES


def format_value(field: CustomField, value: Any, country: str = "") -> str:
    """The value on one line; "" for nothing. Never fails, whatever the server stored."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    kind = field.data_type
    if kind not in KNOWN:
        return _one(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if kind in FILES:
        return _files(value)
    if isinstance(value, Mapping):
        return ", ".join(_one(part) for part in value.values() if part not in (None, ""))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_one(part) for part in value)
    if kind in NUMBERS:
        return _number_words(value, money=kind == "MONETORY")
    if kind == "PHONE" and isinstance(value, str):
        return phones.display(value, country)
    if kind == "DATE" and isinstance(value, str):
        return _date_words(value)
    return _one(value)


def parse_value(
    field: CustomField,
    typed: str | Sequence[str],
    *,
    today: date,
    country: str = "",
    also: Sequence[str] = (),
) -> Any:
    """What to store for what was typed or chosen; None clears the field. ``also`` are choices that
    the contact has though the field offers them no longer. Raises InputError."""
    kind = field.data_type
    if also:
        field = structs.replace(field, options=tuple(dict.fromkeys((*field.options, *also))))
    if not can_edit(field):
        raise InputError(keep("“{name}” cannot be changed here.", name=field.name), field=field.id)
    if kind in MANY or kind == "TEXTBOX_LIST":
        return _parse_many(field, typed)
    text = (typed if isinstance(typed, str) else ", ".join(typed)).strip()
    if not text:
        return None
    try:
        if kind in NUMBERS:
            return _parse_number(text, field)
        if kind == "PHONE":
            return phones.parse(text, country)
        if kind == "DATE":
            return parse_date(text, today).isoformat()
        if kind == "TIME":
            return _parse_time(text, field)
    except InputError as error:
        raise InputError(error.title, error.message, field=field.id) from None
    if kind in ONE_OF:
        return _option(field, text)
    return text


def _one(value: Any) -> str:
    if isinstance(value, bool):
        return tr("Yes") if value else tr("No")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def _files(value: Any) -> str:
    entries = value.values() if isinstance(value, Mapping) else value
    if isinstance(entries, str):
        return entries.rpartition("/")[2] or tr("1 file")
    names = []
    for entry in entries if isinstance(entries, Iterable) else ():
        meta = entry.get("meta") if isinstance(entry, Mapping) else None
        name = meta.get("originalname") if isinstance(meta, Mapping) else None
        names.append(str(name or "file"))
    return ", ".join(names) or tr("1 file")


def _number_words(value: Any, *, money: bool) -> str:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return _one(value)
    if not number.is_finite():
        return _one(value)
    plain = f"{number:,.2f}" if money else f"{number.normalize():,f}"
    return plain.translate({ord(","): marks().group, ord("."): marks().point})


def _date_words(value: str) -> str:
    try:
        day = datetime.fromisoformat(value).date()
    except ValueError:
        return value
    return f"{day.day} {day:%b} {day.year}"


_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([,. '’\u202f\xa0])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")


def _parse_number(text: str, field: CustomField) -> int | float:
    bare = re.sub(r"^(-?)\s*(?:[$€£¥₹]|[A-Z]{3}\s)\s*", r"\1", text)
    bare = re.sub(r"\s*(?:[$€£¥₹]|[A-Z]{3})$", "", bare).strip()
    grouped = _GROUPED.fullmatch(bare)
    # "1.500" is one and a half in English, and 1,500 in German.
    point = marks().point
    both = "." in bare and "," in bare  # the last one is then before the decimals
    lone = grouped is not None and grouped[1] == point and bare.count(point) == 1 and not both
    if grouped is not None and not lone:
        bare = bare.replace(grouped[1], "")
    bare = bare.replace(",", ".")
    try:
        number = Decimal(bare)
    except InvalidOperation:
        raise InputError(
            keep("“{said}” is not a number.", said=text), "Digits and one decimal mark."
        ) from None
    if not number.is_finite() or abs(number) >= 2**53:
        raise InputError(keep("“{said}” is too large a number.", said=text))
    if field.data_type == "MONETORY" and number != number.quantize(Decimal("0.01")):
        raise InputError("Money has two decimals at most.")
    if number == number.to_integral_value():
        return int(number)
    as_float = float(number)
    assert math.isfinite(as_float)
    return as_float


def _parse_time(text: str, field: CustomField) -> str:
    found = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap]m)?", text.lower())
    if found is not None:
        hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        if hour < 24 and minute < 60:
            return f"{hour:02}:{minute:02}"
    raise InputError(
        keep("“{said}” is not a time.", said=text), "Such as 9:30 or 3pm.", field=field.id
    )


def _parse_many(field: CustomField, typed: str | Sequence[str]) -> list[str] | None:
    parts = re.split(r"[,\n]", typed) if isinstance(typed, str) else list(typed)
    wanted = [part.strip() for part in parts if part.strip()]
    if field.data_type in MANY:
        wanted = [_option(field, part) for part in wanted]
    return list(dict.fromkeys(wanted)) or None


def _option(field: CustomField, text: str) -> str:
    if not field.options:
        return text
    for option in field.options:
        if option.casefold() == text.casefold():
            return option
    choices = ", ".join(field.options[:6]) + (" …" if len(field.options) > 6 else "")
    raise InputError(
        keep("“{said}” is not one of the choices.", said=text),
        keep("Choose from: {choices}.", choices=choices),
        field=field.id,
    )
