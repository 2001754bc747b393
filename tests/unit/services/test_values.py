"""Phones, e-mail addresses and custom fields as they are typed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rapport.domain.errors import InputError
from rapport.domain.records import CustomField
from rapport.services import emails, phones
from rapport.services.custom_values import can_edit, format_value, parse_value

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "country", "stored"),
    [
        ("(202) 555-0143", "US", "+12025550143"),
        ("030 901820", "de", "+4930901820"),
        ("+33 1 44 55 66 77", "US", "+33144556677"),
        ("+81-3-1234-5678", "", "+81312345678"),
        ("٠٣٠ ٩٠١٨٢٠", "DE", "+4930901820"),
        ("", "US", ""),
    ],
)
def test_a_phone_is_kept_in_one_form(typed: str, country: str, stored: str) -> None:
    assert phones.parse(typed, country) == stored


@pytest.mark.parametrize(
    ("typed", "country", "says"),
    [
        ("2025550143", "", "country code"),
        ("+1 555", "US", "too few digits"),
        ("+1 202 555 0143 99999", "US", "too many digits"),
        ("call me", "US", "is not a phone number"),
        ("+1 202 555 0143 ext. 5", "US", "extension"),
    ],
)
def test_what_is_no_phone_is_told(typed: str, country: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        phones.parse(typed, country)
    assert says in str(caught.value)
    assert caught.value.field == "phone"


def test_a_phone_is_shown_as_people_write_it() -> None:
    assert phones.display("+12025550143", "US") == "+1 202-555-0143"
    assert phones.display("912 345 678", "PT") == "+351 912 345 678"
    assert phones.display("+12025550143") == "+1 202-555-0143"
    assert phones.display("what ever") == "what ever"


@pytest.mark.parametrize(
    "address",
    ["a@x.test", "first.last+tag@mail.example.com", "grüße@müller.de", "a_b@x-y.io", "o'k@x.ie"],
)
def test_an_address_that_could_work_is_taken(address: str) -> None:
    assert emails.parse(f"  {address} ") == address


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("ana", "no @"),
        ("@x.test", "missing"),
        ("ana@", "missing"),
        ("ana@localhost", "no ending"),
        ("ana@@x.test", "more than one @"),
        ("a na@x.test", "space"),
        ("ana@x.test, bob@x.test", "space"),
        ("ana@x.test,bob@x.test", "more than one @"),
        ("<ana@x.test>", "Only one address"),
        ("ana..b@x.test", "dot"),
        ("ana@-x.test", "not the name of a mail domain"),
        ("ana@x.1", "not the name of a mail domain"),
        ("a" * 65 + "@x.test", "not the name of a mail domain"),
    ],
)
def test_a_slip_in_an_address_is_told(typed: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        emails.parse(typed)
    assert says in str(caught.value)


def field(data_type: str, *options: str) -> CustomField:
    return CustomField(id="f1", name="Field", data_type=data_type, options=options)


@pytest.mark.parametrize(
    ("data_type", "typed", "stored", "shown"),
    [
        ("TEXT", " hello ", "hello", "hello"),
        ("LARGE_TEXT", "a\nb", "a\nb", "a b"),
        ("NUMERICAL", "1234", 1234, "1,234"),
        ("NUMERICAL", "-3.5", -3.5, "-3.5"),
        ("NUMERICAL", "12,5", 12.5, "12.5"),
        ("NUMERICAL", "1,234,567", 1234567, "1,234,567"),
        ("NUMERICAL", "1.234.567,8", 1234567.8, "1,234,567.8"),
        ("NUMERICAL", "1.500", 1.5, "1.5"),
        ("FLOAT", "0.25", 0.25, "0.25"),
        ("MONETORY", "$1,234.50", 1234.5, "1,234.50"),
        ("MONETORY", "99 EUR", 99, "99.00"),
        ("PHONE", "(202) 555-0143", "+12025550143", "+1 202-555-0143"),
        ("DATE", "24 nov", "2026-11-24", "24 Nov 2026"),
        ("TIME", "3pm", "15:00", "15:00"),
        ("CHECKBOX", "red, Blue", ["Red", "Blue"], "Red, Blue"),
        ("MULTIPLE_OPTIONS", ["Red"], ["Red"], "Red"),
        ("SINGLE_OPTIONS", "red", "Red", "Red"),
        ("RADIO", "BLUE", "Blue", "Blue"),
        ("TEXTBOX_LIST", "one\ntwo", ["one", "two"], "one, two"),
    ],
)
def test_every_type_is_typed_and_shown(data_type: str, typed: Any, stored: Any, shown: str) -> None:
    one = field(data_type, "Red", "Blue")
    assert can_edit(one)
    assert parse_value(one, typed, today=TODAY, country="US") == stored
    assert format_value(one, stored, "US") == shown


@pytest.mark.parametrize(
    "data_type",
    ["TEXT", "NUMERICAL", "MONETORY", "PHONE", "DATE", "CHECKBOX", "SINGLE_OPTIONS"],
)
def test_nothing_typed_clears_the_field(data_type: str) -> None:
    assert parse_value(field(data_type, "Red"), "  ", today=TODAY) is None


@pytest.mark.parametrize(
    ("data_type", "typed", "says"),
    [
        ("NUMERICAL", "many", "is not a number"),
        ("NUMERICAL", "1e999", "too large"),
        ("NUMERICAL", "9" * 30, "too large"),
        ("NUMERICAL", "NaN", "too large"),
        ("MONETORY", "1.234567", "two decimals"),
        ("PHONE", "12", "phone number"),
        ("DATE", "31 nov", "has 30 days"),
        ("TIME", "26:00", "is not a time"),
        ("SINGLE_OPTIONS", "green", "Choose from: Red, Blue."),
        ("CHECKBOX", "red, green", "“green” is not one of the choices."),
        ("FILE_UPLOAD", "x", "cannot be changed here"),
        ("SIGNATURE", "x", "cannot be changed here"),
        ("SOMETHING_NEW", "x", "cannot be changed here"),
    ],
)
def test_a_wrong_value_gets_a_sentence(data_type: str, typed: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_value(field(data_type, "Red", "Blue"), typed, today=TODAY, country="US")
    assert says in str(caught.value)
    assert caught.value.field == "f1"


def test_a_choice_that_is_no_longer_offered_can_be_kept() -> None:
    one = field("MULTIPLE_OPTIONS", "Red", "Blue")
    assert parse_value(one, ["Blue", "Gold"], today=TODAY, also=["Gold"]) == ["Blue", "Gold"]
    with pytest.raises(InputError):
        parse_value(one, ["Blue", "Gold"], today=TODAY)


@pytest.mark.parametrize(
    ("data_type", "value", "shown"),
    [
        ("SOMETHING_NEW", "x", "x"),
        ("SOMETHING_NEW", {"lat": 1.5, "lng": [2]}, '{"lat": 1.5, "lng": [2]}'),
        ("TEXT", None, ""),
        ("TEXT", True, "Yes"),
        ("NUMERICAL", "oops", "oops"),
        ("NUMERICAL", "12", "12"),
        ("MONETORY", float("nan"), "nan"),
        ("DATE", "someday", "someday"),
        ("DATE", 17, "17"),
        ("CHECKBOX", "one", "one"),
        ("TEXTBOX_LIST", {"a": "x", "b": ""}, "x"),
        (
            "FILE_UPLOAD",
            {"u1": {"meta": {"originalname": "plan.pdf"}, "url": "https://x"}},
            "plan.pdf",
        ),
        ("FILE_UPLOAD", "https://x.test/a/plan.pdf", "plan.pdf"),
        ("FILE_UPLOAD", 5, "1 file"),
        ("SIGNATURE", [{"x": 1}], "file"),
    ],
)
def test_whatever_the_server_stored_can_be_shown(data_type: str, value: Any, shown: str) -> None:
    assert format_value(field(data_type), value) == shown
