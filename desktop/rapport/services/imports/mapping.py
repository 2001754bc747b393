"""What the columns of a file mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rapport.domain.text import fold
from rapport.language import mark
from rapport.services.custom_values import can_edit
from rapport.services.imports.reading import Table

if TYPE_CHECKING:
    from rapport.services.workspace import Reference

Target = str
"""A contact's field, ``custom:<id>``, or one of FULL_NAME, TAGS, OWNER and NOTE."""
Mapping = tuple[Target | None, ...]
"""For each column what it is; None is not taken over."""

FULL_NAME, TAGS, OWNER, NOTE = "full_name", "tags", "assigned_to", "note"
CUSTOM = "custom:"

STANDARD: dict[Target, str] = {
    "first_name": mark("First name"),
    "last_name": mark("Last name"),
    FULL_NAME: mark("Full name"),
    "email": mark("E-mail"),
    "phone": mark("Phone"),
    "company": mark("Company"),
    "address": mark("Address"),
    "city": mark("City"),
    "state": mark("State"),
    "postal_code": mark("Postal code"),
    "country": mark("Country"),
    "website": mark("Website"),
    "timezone": mark("Time zone"),
    "source": mark("Source"),
    "date_of_birth": mark("Date of birth"),
    "dnd": mark("Do not disturb"),
    OWNER: mark("Owner"),
    TAGS: mark("Tags"),
    NOTE: mark("Note"),
}

_ALSO: dict[Target, str] = {
    "first_name": "first|given name|forename|vorname|prénom|prenom|nombre|الاسم الأول",
    "last_name": "last|surname|family name|nachname|familienname|nom|apellido|apellidos|"
    "اسم العائلة",
    FULL_NAME: "name|full name|contact|contact name|display name|الاسم",
    "email": "e-mail|email address|e-mail address|mail|email 1|e-mail 1 - value|primary email|"
    "البريد الإلكتروني",
    "phone": "telephone|mobile|mobile phone|phone number|cell|tel|telefon|handy|phone 1 - value|"
    "primary phone|business phone|الهاتف",
    "company": "company name|organisation|organization|organization name|business|firma|"
    "unternehmen|account|الشركة",
    "address": "street|street address|address 1|address line 1|address1|strasse|straße|adresse",
    "city": "town|ort|stadt|ville|ciudad|المدينة",
    "state": "region|province|county|bundesland",
    "postal_code": "zip|zip code|postcode|postal|plz|code postal",
    "country": "country code|land|pays|país|البلد",
    "website": "web|url|homepage|site|webseite",
    "timezone": "time zone|tz|zeitzone",
    "source": "lead source|origin|quelle",
    "date_of_birth": "birthday|birthdate|dob|birth date|geburtstag|geburtsdatum|تاريخ الميلاد",
    "dnd": "do not disturb|do not contact|opt out|unsubscribed",
    OWNER: "assigned to|assignee|user|account owner|contact owner|zuständig|المسؤول",
    TAGS: "tag|labels|label|categories|group membership|groups|schlagworte|الوسوم",
    NOTE: "notes|comment|comments|description|notiz|notizen|ملاحظات",
}
"""Names that other programs give their columns."""


def targets(reference: Reference) -> list[Target]:
    """All that a column can be, in the order in which it is offered."""
    custom = [CUSTOM + field.id for field in reference.custom_fields if can_edit(field)]
    return [*STANDARD, *custom]


def guess(table: Table, reference: Reference) -> Mapping:
    """What each column is by its name; nothing twice."""
    by_name: dict[str, Target] = {}
    for target, names in _ALSO.items():
        for name in (target, STANDARD[target], *names.split("|")):
            by_name.setdefault(_plain(name), target)
    for field in reference.custom_fields:
        if can_edit(field):
            for name in (field.name, field.key.rpartition(".")[2]):
                by_name.setdefault(_plain(name), CUSTOM + field.id)
    return _once([by_name.get(_plain(column)) for column in table.columns])


def _once(found: Sequence[Target | None]) -> Mapping:
    seen: set[Target] = set()
    kept: list[Target | None] = []
    for target in found:
        kept.append(None if target in seen else target)
        if target is not None:
            seen.add(target)
    return tuple(kept)


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", fold(name)).split())
