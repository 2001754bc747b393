"""A location's message templates, and the time zones it may choose from."""

from functools import cache
from zoneinfo import available_timezones

from rapport.sandbox.clock import iso
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import boolean, choice, need, whole_number

from .contact_lists import refuse_unknown

routes = Routes()


@routes("GET", "/locations/{locationId}/templates", "locations/templates.readonly")
def list_templates(call: Call) -> Answer:
    """``originId`` is demanded, and changes nothing."""
    location_id = call.check_location(call.params["locationId"])
    query = call.query
    refuse_unknown(query, "originId", "deleted", "skip", "limit", "type")
    need(query, "originId")
    kind = choice(query, "type", "sms", "email", "whatsapp")
    deleted = boolean(query, "deleted") or False
    skip = whole_number(query, "skip", 0)
    limit = whole_number(query, "limit", 25, least=1, most=100)
    found = [
        {name: value for name, value in template.items() if name != "deleted"}
        | {"dateAdded": iso(template["dateAdded"])}
        for template in call.core.store.records("template", location=location_id)
        if template["deleted"] == deleted and kind in (None, template["type"])
    ]
    return {"templates": found[skip : skip + limit], "totalCount": len(found)}


@routes("DELETE", "/locations/{locationId}/templates/{id}")
def delete(call: Call) -> Answer:
    location_id = call.check_location(call.params["locationId"])
    template = call.core.record_of("template", "Template", call.params["id"], location_id)
    template["deleted"] = True
    call.core.store.replace("template", template)
    return {"succeded": True}


@cache
def _zones() -> list[str]:
    return sorted(available_timezones())


@routes("GET", "/locations/{locationId}/timezones", "locations.readonly", audience="either")
def timezones(call: Call) -> Answer:
    if not call.grant.is_company:
        call.check_location(call.params["locationId"])
    return {"timeZones": _zones()}
