"""The fields of a contact as they are shown, typed and checked: one spec for each.

Everything a person can type goes through :func:`parse`, which raises :class:`InputError` with a
sentence and never changes what was typed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import QDate, QLocale

from rapport.domain.commands import Command, EditContact, EditCustomField
from rapport.domain.records import Contact, CustomField, Id
from rapport.domain.text import visible
from rapport.language import mark, tr
from rapport.services import phones
from rapport.services.contact_fields import parse_field
from rapport.services.custom_values import FILES, KNOWN, MANY, ONE_OF, format_value, parse_value
from rapport.services.workspace import Reference
from rapport.ui.wording import clock_time, colleague, dated

NAMES = {
    "company": mark("Company"),
    "assigned_to": mark("Owner"),
    "address": mark("Address"),
    "city": mark("City"),
    "source": mark("Source"),
    "first_name": mark("First name"),
    "last_name": mark("Last name"),
    "phone": mark("Phone"),
    "email": mark("E-mail"),
    "state": mark("State"),
    "postal_code": mark("Postal code"),
    "country": mark("Country"),
    "website": mark("Website"),
    "timezone": mark("Time zone"),
    "date_of_birth": mark("Date of birth"),
    "type": mark("Type"),
    "dnd": mark("Do not disturb"),
}

LOCAL_TIME = "local_time"
CUSTOM = "custom:"
_LEFT_TO_RIGHT = frozenset({"phone", "email", "website", "timezone"})


_HINTS = {"NUMERICAL": "1234", "FLOAT": "0.25", "MONETORY": "1234.50", "TIME": "9:30"}
"""What stands in an empty editor, so that the form is clear before anything is wrong."""


class Editor(StrEnum):
    """What a field is edited with."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """``options`` are (value, words) pairs; ``reason`` says why a FIXED field is fixed; ``hint``
    stands in the empty editor."""

    key: str
    label: str
    editor: Editor = Editor.LINE
    options: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    hint: str = ""
    custom: CustomField | None = None

    @property
    def is_date(self) -> bool:
        if self.custom is not None:
            return self.custom.data_type == "DATE"
        return self.key == "date_of_birth"

    @property
    def left_to_right(self) -> bool:
        if self.custom is not None:
            return self.custom.data_type in ("PHONE", "NUMERICAL", "FLOAT")
        return self.key in _LEFT_TO_RIGHT


def standard_specs(reference: Reference, contact: Contact) -> list[FieldSpec]:
    """The fields every contact has, the most telling ones first."""
    owners = [(user.id, user.name) for user in reference.users]
    if contact.assigned_to and all(contact.assigned_to != value for value, _ in owners):
        owners.append((contact.assigned_to, contact.assigned_to))
    owner = (
        FieldSpec(
            key="assigned_to",
            label=tr(NAMES["assigned_to"]),
            editor=Editor.CHOICE,
            options=(*owners,),
        )
        if reference.users
        else FieldSpec(
            key="assigned_to",
            label=tr(NAMES["assigned_to"]),
            editor=Editor.FIXED,
            reason=tr("This sign-in may not see colleagues, so there is nobody to choose from."),
        )
    )
    special = {
        "company": FieldSpec(
            key="company",
            label=tr(NAMES["company"]),
            editor=Editor.FIXED,
            reason=(
                tr("The CRM takes no new company name for a contact. Press to see its business.")
                if reference.business(contact.business_id)
                else tr("The CRM takes a company name only when a contact is made.")
            ),
        ),
        "assigned_to": owner,
        "type": FieldSpec(
            key="type",
            label=tr(NAMES["type"]),
            editor=Editor.FIXED,
            reason=tr("The CRM alone sets the type of a contact."),
        ),
        "dnd": FieldSpec(key="dnd", label=tr(NAMES["dnd"]), editor=Editor.YES_NO),
        "date_of_birth": FieldSpec(
            key="date_of_birth", label=tr(NAMES["date_of_birth"]), hint="1990-05-31"
        ),
        "country": FieldSpec(key="country", label=tr(NAMES["country"]), hint="PT"),
        "timezone": FieldSpec(key="timezone", label=tr(NAMES["timezone"]), hint="Europe/Lisbon"),
    }
    specs = [special.get(key) or FieldSpec(key=key, label=tr(NAMES[key])) for key in NAMES]
    local_time = FieldSpec(
        key=LOCAL_TIME,
        label=tr("Local time"),
        editor=Editor.FIXED,
        reason=tr("Worked out from the contact’s time zone."),
    )
    specs.insert(4, local_time)
    return specs


def custom_specs(reference: Reference, contact: Contact | None = None) -> list[FieldSpec]:
    """The account's own fields, in the order of the CRM's form. A choice that ``contact`` has and
    the field offers no longer can be kept."""
    had = contact.custom if contact is not None else {}
    return [
        _with_choices(_custom_spec(field), had.get(field.id)) for field in reference.custom_fields
    ]


def _with_choices(spec: FieldSpec, value: Any) -> FieldSpec:
    if spec.editor not in (Editor.CHOICE, Editor.CHOICES):
        return spec
    have = [str(part) for part in (value if isinstance(value, list | tuple) else [value]) if part]
    offered = {option for option, _ in spec.options}
    missing = tuple((part, visible(part)) for part in have if part not in offered)
    return replace(spec, options=(*spec.options, *missing)) if missing else spec


def nameless_specs(reference: Reference, contact: Contact) -> list[FieldSpec]:
    """Values whose definition this sign-in may not read: shown, not edited."""
    return [
        FieldSpec(
            key=CUSTOM + field_id,
            label=tr("Custom field"),
            editor=Editor.FIXED,
            reason=tr("This sign-in may not see the names and types of custom fields."),
            custom=CustomField(id=field_id, name=tr("Custom field")),
        )
        for field_id in contact.custom
        if reference.custom_field(field_id) is None
    ]


def _custom_spec(field: CustomField) -> FieldSpec:
    options = tuple((option, option) for option in field.options)
    editor, hint, reason = Editor.LINE, "", ""
    kind = field.data_type
    if kind in ONE_OF and field.options:
        editor = Editor.CHOICE
    elif kind in MANY and field.options:
        editor = Editor.CHOICES
    elif kind not in KNOWN:
        editor = Editor.FIXED
        reason = tr("Rapport does not know fields of the kind {kind} yet, and leaves them alone.")
        reason = reason.format(kind=visible(kind))
    elif kind in FILES:
        editor = Editor.FIXED
        reason = tr("Files and signatures are added in the CRM; here they can only be read.")
    elif kind in ("LARGE_TEXT", "TEXTBOX_LIST"):
        editor = Editor.TEXT
        hint = tr("One entry a line") if kind == "TEXTBOX_LIST" else ""
    elif kind == "DATE":
        hint = "2027-06-30"
    else:
        hint = _HINTS.get(kind, "")
    return FieldSpec(
        key=CUSTOM + field.id,
        label=field.name,
        editor=editor,
        options=options,
        hint=hint,
        reason=reason,
        custom=field,
    )


def value_of(spec: FieldSpec, contact: Contact) -> Any:
    """The stored value."""
    if spec.custom is not None:
        return contact.custom.get(spec.custom.id)
    return "" if spec.key == LOCAL_TIME else getattr(contact, spec.key)


def shown(
    spec: FieldSpec, contact: Contact, reference: Reference, now: datetime, home: tzinfo
) -> str:
    """The value in words; "" when there is none."""
    if spec.key == LOCAL_TIME:
        return local_time(contact.timezone, now, home)
    value = value_of(spec, contact)
    if spec.custom is not None:
        return visible(value_text(spec.custom, value, _country_of(reference)))
    match spec.key:
        case "assigned_to":
            return colleague(reference, value)
        case "phone":
            return phones.display(value, _country_of(reference)) if value else ""
        case "dnd":
            return tr("Yes") if value else tr("No")
        case "date_of_birth":
            return _date_text(str(value or ""))
        case "country":
            return _country_name(str(value or ""))
        case "type":
            return _type_name(str(value or ""))
        case _:
            return visible(str(value or ""))


_TYPES = {"lead": mark("Lead"), "customer": mark("Customer")}


def _type_name(type: str) -> str:
    return tr(_TYPES[type]) if type in _TYPES else visible(type)


def _country_of(reference: Reference) -> str:
    return reference.location.country if reference.location else ""


def local_time(zone_name: str, now: datetime, home: tzinfo) -> str:
    """“10:42 · same as yours”, “19:42 · 9 h ahead”; "" when the zone is not known."""
    try:
        there = now.astimezone(ZoneInfo(zone_name)) if zone_name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""
    if there is None:
        return ""
    ahead = _offset_s(there) - _offset_s(now.astimezone(home))
    clock = clock_time(now, there.tzinfo or UTC)
    if not ahead:
        return tr("{time} · same as yours").format(time=clock)
    words = tr("{time} · {n} h ahead") if ahead > 0 else tr("{time} · {n} h behind")
    return words.format(time=clock, n=f"{abs(ahead) / 3600:g}")


def _offset_s(moment: datetime) -> float:
    offset = moment.utcoffset()
    return offset.total_seconds() if offset else 0.0


def parse(spec: FieldSpec, typed: str | list[str], today: date, country: str) -> Any:
    """What to store for what was typed or chosen. Raises InputError with a sentence."""
    if spec.custom is not None:
        also = tuple(value for value, _ in spec.options)
        return parse_value(spec.custom, typed, today=today, country=country, also=also)
    text = (typed if isinstance(typed, str) else ", ".join(typed)).strip()
    return parse_field(spec.key, text, today=today, country=country)


def command(spec: FieldSpec, contact_id: Id, value: Any) -> Command:
    """The command that stores a parsed value."""
    if spec.custom is not None:
        return EditCustomField(contact_id=contact_id, field_id=spec.custom.id, value=value)
    return EditContact(contact_id=contact_id, fields={spec.key: value})


def typed(spec: FieldSpec, value: Any) -> str:
    """The value as its editor begins with it: exact, where the words shown may be prettier."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ("\n" if spec.editor is Editor.TEXT else ", ").join(map(str, value))
    return str(value)


def _country_name(code: str) -> str:
    """“Portugal” for PT; what is not the code of a country is shown as it is."""
    territory = QLocale.codeToTerritory(code)
    if territory is QLocale.Country.AnyTerritory or len(code) != 2:
        return visible(code)
    return QLocale.territoryToString(territory)


def _date_text(value: str) -> str:
    """A stored date in the person’s words; what is not a plain date is shown as it is."""
    day = QDate.fromString(value[:10], "yyyy-MM-dd")
    return dated(day, "d MMMM yyyy") if day.isValid() else visible(value)


def value_text(field: CustomField, value: Any, country: str = "") -> str:
    """A custom value in words, whatever its type; "" when there is none."""
    if field.data_type == "DATE" and isinstance(value, str):
        return _date_text(value)
    return format_value(field, value, country)
