"""The contact's own fields as people type them: checked, and brought to what the CRM keeps."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rapport.domain.errors import InputError
from rapport.language import tr
from rapport.services import emails, phones
from rapport.services.quick_dates import parse_date


def parse_field(name: str, text: str, *, today: date, country: str = "") -> Any:
    """What to store in the field ``name`` for ``text``; ``country`` (ISO-2) is where a number
    without a country code belongs. Raises InputError with a sentence."""
    text = text.strip()
    match name:
        case "phone":
            return phones.parse(text, country)
        case "email":
            return emails.parse(text)
        case "assigned_to":
            return text or None
        case "date_of_birth":
            return parse_date(text, today).isoformat() if text else None
        case "website":
            return _website(text)
        case "country":
            return _country(text)
        case "timezone":
            return _timezone(text)
        case _:
            return text


def _website(text: str) -> str:
    address = urlsplit(text if "://" in text else f"https://{text}")
    if text and (address.scheme not in ("http", "https") or "." not in address.netloc):
        raise InputError(
            tr("“{text}” is not a web address.").format(text=text),
            tr("Such as example.com."),
            field="website",
        )
    return text


def _country(text: str) -> str:
    if text and not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise InputError(
            tr("The CRM keeps a country as its two letters."),
            tr("Such as PT or US."),
            field="country",
        )
    return text.upper()


def _timezone(text: str) -> str:
    if text:
        try:
            ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InputError(
                tr("“{text}” is not a time zone.").format(text=text),
                tr("Such as Europe/Lisbon."),
                field="timezone",
            ) from None
    return text
