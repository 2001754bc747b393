"""A contact in the different forms the API gives and takes."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from rapport.sandbox.clock import iso
from rapport.sandbox.core import Core
from rapport.sandbox.errors import ApiError, unprocessable
from rapport.sandbox.store import Doc
from rapport.sandbox.wire import FLAG, ITEMS, MAPPING, TEXT, TEXTS, Field

CHANNELS = ("Call", "Email", "SMS", "WhatsApp", "GMB", "FB")

#: B1c: what an update takes.
UPDATE_FIELDS: dict[str, Field] = {
    **{
        name: TEXT.or_null
        for name in (
            "firstName",
            "lastName",
            "name",
            "email",
            "phone",
            "address1",
            "city",
            "state",
            "website",
            "timezone",
            "dateOfBirth",
            "assignedTo",
        )
    },
    "postalCode": TEXT,
    "country": TEXT,
    "source": TEXT,
    "tags": TEXTS,
    "dnd": FLAG,
    "dndSettings": MAPPING,
    "inboundDndSettings": MAPPING,
    "customFields": ITEMS,
}
#: A creation takes these besides.
CREATE_FIELDS: dict[str, Field] = {
    **UPDATE_FIELDS,
    "locationId": TEXT.must,
    "gender": TEXT,
    "companyName": TEXT.or_null,
}
UPSERT_FIELDS: dict[str, Field] = {**CREATE_FIELDS, "createNewIfDuplicateAllowed": FLAG}

_COPIED = (
    "address1",
    "city",
    "state",
    "postalCode",
    "website",
    "timezone",
    "companyName",
    "assignedTo",
    "gender",
    "source",
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_DATE = re.compile(r"(\d{4})[-/._](\d{1,2})[-/._](\d{1,2})|(\d{1,2})[-/._](\d{1,2})[-/._](\d{4})")


# -- giving --------------------------------------------------------------------------------------


def full_name(doc: Mapping[str, Any]) -> str:
    return " ".join(part for part in (doc.get("firstName"), doc.get("lastName")) if part)


def full(doc: Doc) -> Doc:
    """The form of a read by id."""
    out = {name: value for name, value in doc.items() if not name.startswith("_")}
    email = doc.get("email")
    out["name"] = full_name(doc)
    out["emailLowerCase"] = email.lower() if email else email
    out["firstNameLowerCase"] = (doc.get("firstName") or "").lower()
    out["lastNameLowerCase"] = (doc.get("lastName") or "").lower()
    out["fullNameLowerCase"] = out["name"].lower()
    out["dateAdded"] = iso(doc["dateAdded"])
    out["dateUpdated"] = iso(doc["dateUpdated"])
    out.setdefault("businessId", None)
    return out


def created(doc: Doc) -> Doc:
    """The form of the reply to a creation."""
    out = full(doc)
    out.update(deleted=False, bounceEmail=False, unsubscribeEmail=False, offers=[], products=[])
    born = doc.get("dateOfBirth")
    if born:
        out.update(birthMonth=int(born[5:7]), birthDay=int(born[8:10]))
    return out


def found(doc: Doc, search_after: list[Any]) -> Doc:
    """The form of a search result: ``address`` instead of ``address1``, no dndSettings."""
    first, last, company = doc.get("firstName"), doc.get("lastName"), doc.get("companyName")
    return {
        "id": doc["id"],
        "locationId": doc["locationId"],
        "firstName": first,
        "lastName": last,
        "firstNameLowerCase": (first or "").lower(),
        "lastNameLowerCase": (last or "").lower(),
        "email": doc.get("email"),
        "validEmail": None,
        "phone": doc.get("phone"),
        "phoneLabel": None,
        "additionalEmails": doc.get("additionalEmails", []),
        "additionalPhones": [],
        "companyName": company,
        "businessName": company,
        "businessId": doc.get("businessId"),
        "address": doc.get("address1"),
        "city": doc.get("city"),
        "state": doc.get("state"),
        "postalCode": doc.get("postalCode"),
        "country": doc.get("country"),
        "source": doc.get("source"),
        "type": doc["type"],
        "dnd": doc["dnd"],
        "tags": doc["tags"],
        "customFields": doc["customFields"],
        "followers": doc.get("followers", []),
        "assignedTo": doc.get("assignedTo"),
        "dateOfBirth": doc.get("dateOfBirth"),
        "dateAdded": iso(doc["dateAdded"]),
        "dateUpdated": iso(doc["dateUpdated"]),
        "opportunities": [],
        "searchAfter": search_after,
    }


def listed(doc: Doc) -> Doc:
    """The form of the deprecated list: names lower-cased, the real ones beside them."""
    first, last, name = doc.get("firstName"), doc.get("lastName"), full_name(doc)
    return {
        "id": doc["id"],
        "locationId": doc["locationId"],
        "contactName": name.lower(),
        "firstName": first.lower() if first else first,
        "lastName": last.lower() if last else last,
        "firstNameRaw": first,
        "lastNameRaw": last,
        "companyName": doc.get("companyName"),
        "email": doc.get("email"),
        "phone": doc.get("phone"),
        "dnd": doc["dnd"],
        "type": doc["type"],
        "source": doc.get("source"),
        "assignedTo": doc.get("assignedTo"),
        "city": doc.get("city"),
        "state": doc.get("state"),
        "postalCode": doc.get("postalCode"),
        "address1": doc.get("address1"),
        "country": doc.get("country"),
        "website": doc.get("website"),
        "timezone": doc.get("timezone"),
        "dateAdded": iso(doc["dateAdded"]),
        "dateUpdated": iso(doc["dateUpdated"]),
        "dateOfBirth": doc.get("dateOfBirth"),
        "businessId": doc.get("businessId"),
        "tags": doc["tags"],
        "followers": doc.get("followers", []),
        "additionalEmails": doc.get("additionalEmails", []),
        "attributions": [],
        "customFields": doc["customFields"],
        "startAfter": [doc["dateAdded"], doc["id"]],
    }


# -- taking --------------------------------------------------------------------------------------


def lower_tags(names: Iterable[str]) -> list[str]:
    """Tags as they are stored: trimmed, lower-cased, each once."""
    return list(dict.fromkeys(name.strip().lower() for name in names if name.strip()))


def phone_number(text: str, country: str) -> str | None:
    """E.164; a number without country code is taken as one of ``country``. None: no number."""
    import phonenumbers  # slow to load, and needed only here

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def date_of_birth(text: str) -> str | None:
    """``YYYY-MM-DD`` from any of the accepted forms (also with a time behind), else None."""
    match = _DATE.match(text)
    if match is None:
        return None
    year, month, day = match[1] or match[6], match[2] or match[4], match[3] or match[5]
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def apply(core: Core, location: Doc, doc: Doc, body: Doc, *, v3: bool = False) -> None:
    """Write the sent fields into ``doc``; those not sent stay.

    Raises ApiError 422 naming every field whose value cannot be taken.
    """
    wrong: list[str] = []
    for name in _COPIED:
        if name in body:
            doc[name] = body[name]
    _apply_name(doc, body)
    if "email" in body:
        email = body["email"]
        if email is not None and not _EMAIL.fullmatch(email):
            wrong.append("email must be an email")
        doc["email"] = email
    if "phone" in body:
        phone = body["phone"]
        if phone:
            phone = phone_number(phone, location["country"])
            if phone is None:
                wrong.append("phone must be a valid phone number")
        doc["phone"] = phone or None
    if "country" in body:
        if not re.fullmatch("[A-Z]{2}", body["country"] or ""):
            wrong.append("country must be a valid ISO 3166-1 alpha-2 code")
        doc["country"] = body["country"]
    if "dateOfBirth" in body:
        born = body["dateOfBirth"]
        if born is not None:
            born = date_of_birth(born)
            if born is None:
                wrong.append("dateOfBirth must be a valid date")
        doc["dateOfBirth"] = born
    if "dnd" in body:
        doc["dnd"] = body["dnd"]
    _apply_dnd(doc, body, wrong)
    if "tags" in body:
        doc["tags"] = lower_tags(body["tags"] or [])
        core.define_tags(location["id"], doc["tags"])
    if body.get("customFields"):
        doc["customFields"] = _merged_custom_fields(
            core, location["id"], doc["customFields"], body["customFields"], wrong, v3=v3
        )
    if wrong:
        raise unprocessable(wrong)


def _apply_name(doc: Doc, body: Doc) -> None:
    if body.get("name") and not ("firstName" in body or "lastName" in body):
        first, _, last = body["name"].strip().partition(" ")
        doc["firstName"], doc["lastName"] = first, last.strip() or None
    for name in ("firstName", "lastName"):
        if name in body:
            doc[name] = body[name]


def _apply_dnd(doc: Doc, body: Doc, wrong: list[str]) -> None:
    for channel, setting in (body.get("dndSettings") or {}).items():
        if channel not in CHANNELS:
            wrong.append(f"dndSettings.property {channel} should not exist")
        elif not isinstance(setting, dict) or setting.get("status") not in (
            "active",
            "inactive",
            "permanent",
        ):
            wrong.append(
                f"dndSettings.{channel}.status must be one of the following values:"
                " active, inactive, permanent"
            )
        else:
            doc.setdefault("dndSettings", {})[channel] = setting
    if body.get("inboundDndSettings"):
        doc["inboundDndSettings"] = body["inboundDndSettings"]


def _merged_custom_fields(
    core: Core, location_id: str, have: list[Doc], sent: list[Any], wrong: list[str], *, v3: bool
) -> list[Doc]:
    """Only the named fields change; null or "" takes the value away; unknown ids are ignored."""
    values = {field["id"]: field["value"] for field in have}
    for item in sent:
        if not isinstance(item, dict) or not (item.get("id") or item.get("key")):
            wrong.append("customFields.id must be a string")
            continue
        name = "fieldValue" if v3 and "fieldValue" in item else "field_value"
        strange = set(item) - {"id", "key", name}
        if strange:
            wrong += [f"customFields.property {prop} should not exist" for prop in sorted(strange)]
            continue
        definition = None
        if item.get("id"):
            definition = core.store.get("customField", str(item["id"]))
        elif item.get("key"):
            key = str(item["key"]).removeprefix("contact.")
            definition = core.store.find("customField", location_id, f"contact.{key}")
        if definition is None or definition["locationId"] != location_id:
            continue
        value = item.get(name)
        if value is None or value == "" or value == []:
            values.pop(definition["id"], None)
        else:
            values[definition["id"]] = value
    return [{"id": field_id, "value": value} for field_id, value in values.items()]


def duplicate(contact: Doc, field: str) -> ApiError:
    """The refusal that several client code bases parse for the contact's id."""
    return ApiError(
        400,
        {
            "statusCode": 400,
            "message": "This location does not allow duplicated contacts.",
            "meta": {
                "contactId": contact["id"],
                "contactName": full_name(contact),
                "matchingField": field,
            },
        },
        traced=True,
    )
