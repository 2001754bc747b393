"""The kinds of fields, and how what is typed becomes a value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QDate, QLocale

from rapport.language import tr


class FieldKind(Enum):
    """What a field holds. Values are ``str`` unless said otherwise."""

    TEXT = "text"
    PHONE = "phone"
    EMAIL = "email"
    NUMBER = "number"
    """float | None"""
    DATE = "date"
    """"YYYY-MM-DD" """
    CHECKBOX = "checkbox"
    """bool"""
    CHOICE = "choice"
    """one of the choices' values"""
    MULTI = "multi"
    """tuple[str, ...] of the choices' values"""
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a choice field."""

    value: str
    label: str


class InvalidError(ValueError):
    """What was typed is no value; the message is a sentence for people."""


_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[\d\s().\-/]{3,30}((x|ext\.?)\s*\d+)?", re.IGNORECASE)


def read_text(kind: FieldKind, text: str) -> object:
    """Return the value that ``text`` stands for; empty text empties the field.

    Raises :class:`InvalidError` with a sentence that says how to write it.
    """
    text = text if kind is FieldKind.LONG else text.strip()
    if kind is FieldKind.NUMBER:
        return read_number(text) if text else None
    if not text:
        return ""
    if kind is FieldKind.DATE:
        return read_date(text)
    if kind is FieldKind.EMAIL and not _EMAIL.fullmatch(text):
        raise InvalidError(tr("This is not an e-mail address. Write it like ana@example.com."))
    if kind is FieldKind.PHONE and not _PHONE.fullmatch(text):
        raise InvalidError(tr("This is not a phone number. Write it like +351 912 345 678."))
    return text


def read_number(text: str) -> float:
    """Read a number as the locale writes it, or with a plain decimal point."""
    for locale in (QLocale(), QLocale.c()):
        number, understood = locale.toDouble(text)
        if understood:
            return number
    raise InvalidError(
        tr("This is not a number. Write it like {example}.").format(
            example=QLocale().toString(1840.5, "f", 1)
        )
    )


def read_date(text: str) -> str:
    """Read a date as the locale writes it, or as YYYY-MM-DD; return the latter."""
    date = QDate.fromString(text, "yyyy-MM-dd")
    locale = QLocale()
    for form in (
        QLocale.FormatType.ShortFormat,
        QLocale.FormatType.LongFormat,
        QLocale.FormatType.NarrowFormat,
    ):
        if not date.isValid():
            date = locale.toDate(text, form)
    if not date.isValid():
        for pattern in ("d MMMM yyyy", "d MMM yyyy", "d.M.yyyy", "d/M/yyyy"):
            date = locale.toDate(text, pattern)
            if date.isValid():
                break
    # A short format may carry two digits for the year: nobody means the last century's thirties.
    if date.isValid() and date.year() < 1900:
        raise InvalidError(tr("Write the year with four digits, as in 2026-11-27."))
    if not date.isValid():
        raise InvalidError(tr("There is no such date. Write it like 2026-11-27."))
    return date.toString("yyyy-MM-dd")


def write_value(kind: FieldKind, value: object, choices: tuple[Choice, ...] = ()) -> str:
    """Return ``value`` as words for people."""
    if kind is FieldKind.CHECKBOX:
        return tr("Yes") if value else tr("No")
    if value is None or value in ("", ()):
        return ""
    names = {choice.value: choice.label for choice in choices}
    if kind is FieldKind.MULTI and isinstance(value, (tuple, list)):
        return ", ".join(names.get(str(part), str(part)) for part in value)
    if kind is FieldKind.CHOICE:
        return names.get(str(value), str(value))
    if kind is FieldKind.NUMBER and isinstance(value, (int, float)):
        return QLocale().toString(float(value), "g", 15)
    if kind is FieldKind.DATE:
        date = QDate.fromString(str(value), "yyyy-MM-dd")
        if date.isValid():
            return QLocale().toString(date, QLocale.FormatType.LongFormat)
    return str(value)
