"""What is typed becomes a value, or a sentence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale

from rapport.ui.widgets.field_values import (
    Choice,
    FieldKind,
    InvalidError,
    read_text,
    write_value,
)


@pytest.fixture(autouse=True)
def _locale() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_GB"))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (FieldKind.TEXT, "  Fjord ", "Fjord"),
        (FieldKind.LONG, " two\nlines ", " two\nlines "),
        (FieldKind.NUMBER, "1,840.5", 1840.5),
        (FieldKind.NUMBER, "-3", -3.0),
        (FieldKind.NUMBER, "", None),
        (FieldKind.DATE, "2026-11-27", "2026-11-27"),
        (FieldKind.DATE, "27/11/2026", "2026-11-27"),
        (FieldKind.DATE, "27 November 2026", "2026-11-27"),
        (FieldKind.DATE, "", ""),
        (FieldKind.EMAIL, "ana@fjordvale.pt", "ana@fjordvale.pt"),
        (FieldKind.PHONE, "+351 912 345 678", "+351 912 345 678"),
        (FieldKind.PHONE, "(020) 555-0142 ext. 3", "(020) 555-0142 ext. 3"),
    ],
)
def test_values(kind: FieldKind, typed: str, value: object) -> None:
    assert read_text(kind, typed) == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (FieldKind.NUMBER, "about 3"),
        (FieldKind.DATE, "31 November 2026"),
        (FieldKind.DATE, "2026-02-30"),
        (FieldKind.DATE, "soon"),
        (FieldKind.EMAIL, "ana"),
        (FieldKind.EMAIL, "ana@home"),
        (FieldKind.EMAIL, "a b@c.pt"),
        (FieldKind.PHONE, "call me"),
    ],
)
def test_what_is_no_value_gets_a_sentence(kind: FieldKind, typed: str) -> None:
    with pytest.raises(InvalidError, match=r"\.$"):
        read_text(kind, typed)


def test_numbers_follow_the_locale() -> None:
    QLocale.setDefault(QLocale("de_DE"))
    assert read_text(FieldKind.NUMBER, "1.840,5") == 1840.5
    assert read_text(FieldKind.DATE, "27.11.2026") == "2026-11-27"


def test_values_are_written_for_people() -> None:
    steps = (Choice("a", "Alpha"), Choice("b", "Beta"))
    assert write_value(FieldKind.MULTI, ("b", "gone"), steps) == "Beta, gone"
    assert write_value(FieldKind.CHOICE, "a", steps) == "Alpha"
    assert write_value(FieldKind.CHECKBOX, False) == "No"
    assert write_value(FieldKind.NUMBER, 1840.5) == "1,840.5"
    assert write_value(FieldKind.NUMBER, 0) == "0"
    assert "2026" in write_value(FieldKind.DATE, "2026-11-27")
    assert write_value(FieldKind.TEXT, None) == ""
