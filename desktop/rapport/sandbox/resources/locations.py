"""The location itself, its dictionary of tags and its custom fields."""

from zoneinfo import available_timezones

from rapport.sandbox.errors import bad_request, no_access_to_location, not_found, unprocessable
from rapport.sandbox.ids import firestore_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import (
    FILLED,
    FLAG,
    ITEMS,
    NUMBER,
    TEXT,
    TEXTS,
    Field,
    boolean,
    checked,
    one_of,
    shape,
    whole_number,
)

from .contact_forms import lower_tags
from .contact_lists import refuse_unknown

routes = Routes()

#: Kept for the sandbox's own use.
_INSIDE = frozenset({"active", "installed", "countryName", "dateAdded"})


def _shown(location: Doc) -> Doc:
    out = {name: value for name, value in location.items() if name not in _INSIDE}
    out["business"] = {
        name: location[name]
        for name in ("name", "address", "city", "state", "country", "postalCode", "website")
    }
    out["business"]["timezone"] = location["timezone"]
    out["social"] = location.get("social", {})
    return out


@routes("GET", "/locations/search", "locations.readonly", audience="either")
def search(call: Call) -> Answer:
    """For agencies; a location's token is refused, whatever the documents say."""
    if not call.grant.is_company:
        raise no_access_to_location()
    refuse_unknown(call.query, "companyId", "skip", "limit", "order", "email")
    skip = whole_number(call.query, "skip", 0)
    limit = whole_number(call.query, "limit", 10, least=1, most=100)
    found = [_shown(place) for place in call.core.store.records("location")]
    return {"locations": found[skip : skip + limit]}


@routes("GET", "/locations/{locationId}", "locations.readonly", audience="either")
def get(call: Call) -> Answer:
    location_id = call.params["locationId"]
    if not call.grant.is_company:
        call.check_location(location_id)
    location = call.core.store.get("location", location_id)
    if location is None:
        raise no_access_to_location()
    return {"location": _shown(location), "traceId": call.trace_id}


_SETTINGS = dict.fromkeys(
    (
        *("allowDuplicateContact", "allowDuplicateOpportunity"),
        *("allowFacebookNameMerge", "disableContactTimezone"),
    ),
    FLAG,
)
_SOCIAL = dict.fromkeys(
    (
        *("facebookUrl", "googlePlus", "linkedIn", "foursquare", "twitter", "yelp", "instagram"),
        *("youtube", "pinterest", "blogRss", "googlePlacesId"),
    ),
    TEXT,
)
_ADDRESS = ("phone", "address", "city", "state", "country", "postalCode", "website", "timezone")
_COMMON: dict[str, Field] = {
    "name": FILLED,
    **dict.fromkeys(_ADDRESS, TEXT),
    "companyId": FILLED.must,
    "prospectInfo": shape(dict.fromkeys(("firstName", "lastName", "email"), FILLED.must)),
    "settings": shape(_SETTINGS),
    "social": shape(_SOCIAL),
    # Credentials of other services; taken, and not kept.
    "twilio": shape({"sid": FILLED.must, "authToken": FILLED.must}),
    "mailgun": shape({"apiKey": FILLED.must, "domain": FILLED.must}),
}
_UPDATE = {**_COMMON, "snapshot": shape({"id": FILLED.must, "override": FLAG})}
_CREATE = {**_COMMON, "name": FILLED.must, "snapshotId": TEXT}


def _take(call: Call, location: Doc, body: Doc) -> None:
    if body["companyId"] != call.grant.company_id:
        raise no_access_to_location()
    zone = body.get("timezone")
    if zone is not None and zone not in available_timezones():
        raise unprocessable(["timezone must be a valid IANA time zone"])
    for name in ("name", *_ADDRESS):
        if name in body:
            location[name] = body[name]
    location.update(body.get("prospectInfo", {}))
    location["settings"].update(body.get("settings", {}))
    location.setdefault("social", {}).update(body.get("social", {}))


@routes("POST", "/locations/", "locations.write", audience="company")
def create(call: Call) -> Answer:
    """For agencies. Status 200, and the location bare."""
    body = checked(call.json(), _CREATE)
    location: Doc = {
        "id": firestore_id(),
        "companyId": call.grant.company_id,
        **dict.fromkeys((*_ADDRESS, "email", "domain", "firstName", "lastName"), ""),
        "country": "US",
        "countryName": "",
        "timezone": "UTC",
        "settings": dict.fromkeys(_SETTINGS, False),
        "active": True,
        "dateAdded": call.core.clock.now_ms(),
    }
    _take(call, location, body)
    call.core.store.put(
        "location", location, location=location["id"], position=location["dateAdded"]
    )
    return _shown(location)


def _of_agency(call: Call) -> Doc:
    location = call.core.store.get("location", call.params["locationId"])
    if location is None:
        raise not_found("Location", call.params["locationId"])
    return location


@routes("PUT", "/locations/{locationId}", "locations.write", audience="company")
def update(call: Call) -> Answer:
    location = _of_agency(call)
    _take(call, location, checked(call.json(), _UPDATE))
    call.core.store.replace("location", location)
    return _shown(location)


@routes(
    "DELETE",
    "/locations/{locationId}",
    "locations.internal-access-only",
    audience="company",
)
def delete(call: Call) -> Answer:
    """The location with everything in it, and nobody belongs to it any more."""
    refuse_unknown(call.query, "deleteTwilioAccount")
    if boolean(call.query, "deleteTwilioAccount") is None:
        raise unprocessable(["deleteTwilioAccount must be a boolean string"])
    location_id = _of_agency(call)["id"]
    for user in call.core.store.records("user"):
        if location_id in user["roles"]["locationIds"]:
            user["roles"]["locationIds"].remove(location_id)
            call.core.store.replace("user", user)
    call.core.store.delete_location(location_id)
    return {"success": True, "message": f"Deleted location with id: {location_id}"}


# -- tags ----------------------------------------------------------------------------------------


@routes("GET", "/locations/{locationId}/tags", "locations/tags.readonly")
def list_tags(call: Call) -> Answer:
    location_id = call.check_location(call.params["locationId"])
    return {"tags": call.core.store.records("tag", location=location_id)}


def _tag_name(call: Call) -> str:
    names = lower_tags([checked(call.json(), {"name": FILLED.must})["name"]])
    if call.core.store.find("tag", call.location, names[0]) is not None:
        raise bad_request("A tag of this name already exists.")
    return names[0]


@routes("POST", "/locations/{locationId}/tags", "locations/tags.write")
def create_tag(call: Call) -> Answer:
    location_id = call.check_location(call.params["locationId"])
    name = _tag_name(call)
    call.core.define_tags(location_id, [name])
    return {"tag": call.core.store.find("tag", location_id, name)}


def _record_of(call: Call, kind: str, label: str, param: str) -> Doc:
    location_id = call.check_location(call.params["locationId"])
    record = call.core.store.get(kind, call.params[param])
    if record is None or record["locationId"] != location_id:
        raise not_found(label, call.params[param])
    return record


@routes("GET", "/locations/{locationId}/tags/{tagId}")
def get_tag(call: Call) -> Answer:
    return {"tag": _record_of(call, "tag", "Tag", "tagId")}


@routes("PUT", "/locations/{locationId}/tags/{tagId}")
def rename_tag(call: Call) -> Answer:
    """Only the definition; contacts keep the name they have."""
    tag = _record_of(call, "tag", "Tag", "tagId")
    tag["name"] = _tag_name(call)
    call.core.store.replace("tag", tag, key=tag["name"])
    return {"tag": tag}


@routes("DELETE", "/locations/{locationId}/tags/{tagId}")
def delete_tag(call: Call) -> Answer:
    call.core.store.delete("tag", _record_of(call, "tag", "Tag", "tagId")["id"])
    return {"succeded": True}


# -- custom fields -------------------------------------------------------------------------------

DATA_TYPES = (
    "TEXT",
    "LARGE_TEXT",
    "NUMERICAL",
    "PHONE",
    "MONETORY",
    "CHECKBOX",
    "SINGLE_OPTIONS",
    "MULTIPLE_OPTIONS",
    "FLOAT",
    "TIME",
    "DATE",
    "TEXTBOX_LIST",
    "FILE_UPLOAD",
    "SIGNATURE",
    "RADIO",
)
_FIELD_UPDATE: dict[str, Field] = {
    "name": FILLED.must,
    "placeholder": TEXT,
    "acceptedFormat": TEXTS,
    "isMultipleFile": FLAG,
    "maxNumberOfFiles": NUMBER,
    "textBoxListOptions": ITEMS,
    "position": NUMBER,
    "model": one_of("contact", "opportunity"),
}
_FIELD_CREATE = {**_FIELD_UPDATE, "dataType": one_of(*DATA_TYPES).must}


@routes("GET", "/locations/{locationId}/customFields", "locations/customFields.readonly")
def list_custom_fields(call: Call) -> Answer:
    location_id = call.check_location(call.params["locationId"])
    refuse_unknown(call.query, "model")
    model = call.query.get("model", "all")
    if model not in ("contact", "opportunity", "all"):
        raise unprocessable(
            ["model must be one of the following values: contact, opportunity, all"]
        )
    fields = call.core.store.records("customField", location=location_id)
    return {"customFields": [field for field in fields if model in ("all", field["model"])]}


def _fill_field(field: Doc, body: Doc) -> None:
    """What is written under one name is read under another."""
    for name, read in (
        ("name", "name"),
        ("placeholder", "placeholder"),
        ("isMultipleFile", "isMultiFileAllowed"),
        ("maxNumberOfFiles", "maxFileLimit"),
        ("position", "position"),
        ("acceptedFormat", "acceptedFormat"),
    ):
        if name in body:
            field[read] = body[name]
    if "textBoxListOptions" in body:
        field["picklistOptions"] = [
            str(option.get("label", "")) if isinstance(option, dict) else str(option)
            for option in body["textBoxListOptions"]
        ]


@routes("POST", "/locations/{locationId}/customFields", "locations/customFields.write", status=201)
def create_custom_field(call: Call) -> Answer:
    location_id = call.check_location(call.params["locationId"])
    body = checked(call.json(), _FIELD_CREATE)
    model = body.get("model", "contact")
    stem = "".join(c if c.isalnum() else "_" for c in body["name"].strip().lower())
    key, number = f"{model}.{stem}", 2
    while call.core.store.find("customField", location_id, key) is not None:
        key, number = f"{model}.{stem}_{number}", number + 1
    field: Doc = {
        "id": firestore_id(),
        "name": body["name"],
        "fieldKey": key,
        "placeholder": "",
        "dataType": body["dataType"],
        "position": 0,
        "picklistOptions": [],
        "picklistImageOptions": [],
        "isAllowedCustomOption": False,
        "isMultiFileAllowed": False,
        "maxFileLimit": 1,
        "locationId": location_id,
        "model": model,
    }
    _fill_field(field, body)
    call.core.store.put(
        "customField", field, location=location_id, key=key, position=int(field["position"])
    )
    return {"customField": field}


@routes("GET", "/locations/{locationId}/customFields/{id}")
def get_custom_field(call: Call) -> Answer:
    return {"customField": _record_of(call, "customField", "Custom field", "id")}


@routes("PUT", "/locations/{locationId}/customFields/{id}")
def update_custom_field(call: Call) -> Answer:
    field = _record_of(call, "customField", "Custom field", "id")
    _fill_field(field, checked(call.json(), _FIELD_UPDATE))
    call.core.store.replace("customField", field)
    return {"customField": field}


@routes("DELETE", "/locations/{locationId}/customFields/{id}")
def delete_custom_field(call: Call) -> Answer:
    """Contacts keep their values under an id that no longer exists."""
    field = _record_of(call, "customField", "Custom field", "id")
    call.core.store.delete("customField", field["id"])
    return {"succeded": True}
