"""Phone numbers: checked, brought to E.164, shown as people write them."""

from __future__ import annotations

from rapport.domain.errors import InputError
from rapport.language import keep, mark


def parse(text: str, country: str = "") -> str:
    """``text`` as E.164, such as “+18883327657”; "" for nothing. ``country`` (ISO-2) is where a
    number without a country code belongs. Raises InputError."""
    # Imported where it is used: the tables cost start-up time.
    import phonenumbers
    from phonenumbers import PhoneNumberFormat, ValidationResult

    text = text.strip()
    if not text:
        return ""
    region = country.upper() or None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE:
            raise InputError(
                "The country of this number is not known.",
                "Start with + and the country code, such as +1 or +44.",
                field="phone",
            ) from None
        raise InputError(
            keep("“{said}” is not a phone number.", said=text), field="phone"
        ) from None
    result = phonenumbers.is_possible_number_with_reason(number)
    if result == ValidationResult.IS_POSSIBLE and not number.extension:
        return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
    if number.extension:
        message = mark("An extension cannot be stored: leave it out.")
    elif result == ValidationResult.TOO_LONG:
        message = mark("It has too many digits.")
    elif result in (ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
        message = mark("It has too few digits: is the area code there?")
    else:
        message = mark("Its number of digits does not fit the country.")
    raise InputError(keep("“{said}” is not a phone number.", said=text), message, field="phone")


def display(phone: str, country: str = "") -> str:
    """A stored number as people write it, always with its country code: contacts come from many
    countries. ``country`` is where a number without one belongs. What cannot be read is shown as it
    is."""
    import phonenumbers
    from phonenumbers import PhoneNumberFormat

    try:
        number = phonenumbers.parse(phone, country.upper() or None)
    except phonenumbers.NumberParseException:
        return phone
    if not phonenumbers.is_possible_number(number):
        return phone
    return str(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))
