"""Businesses, and the lists of workflows and campaigns."""

from rapport.sandbox.clock import iso
from rapport.sandbox.errors import not_found, unprocessable
from rapport.sandbox.ids import mongo_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import FILLED, TEXT, Field, checked, whole_number

from .contact_lists import refuse_unknown

routes = Routes()

# -- businesses ----------------------------------------------------------------------------------

_BUSINESS: dict[str, Field] = {
    "name": FILLED,
    **{
        name: TEXT.or_null
        for name in (
            "phone",
            "email",
            "website",
            "address",
            "city",
            "postalCode",
            "state",
            "country",
            "description",
        )
    },
}


def _shown_business(business: Doc) -> Doc:
    out = dict(business)
    out["createdAt"], out["updatedAt"] = iso(out["createdAt"]), iso(out["updatedAt"])
    return out


def _business_of(call: Call) -> Doc:
    business = call.core.store.get("business", call.params["businessId"])
    if business is None:
        raise not_found("Business", call.params["businessId"])
    call.check_location(business["locationId"])
    return business


@routes("GET", "/businesses/", "businesses.readonly")
def list_businesses(call: Call) -> Answer:
    location_id = call.check_location(call.query.get("locationId"))
    refuse_unknown(call.query, "locationId", "limit", "skip")
    limit = whole_number(call.query, "limit", 100, least=1, most=100)
    skip = whole_number(call.query, "skip", 0)
    businesses = call.core.store.records("business", location=location_id)
    return {
        "success": True,
        "businesses": [_shown_business(one) for one in businesses[skip : skip + limit]],
    }


@routes("GET", "/businesses/{businessId}", "businesses.readonly")
def get_business(call: Call) -> Answer:
    return {"success": True, "business": _shown_business(_business_of(call))}


@routes("POST", "/businesses/", "businesses.write", status=201)
def create_business(call: Call) -> Answer:
    body = call.json()
    location_id = call.check_location(body.get("locationId"))
    checked(body, {**_BUSINESS, "name": FILLED.must, "locationId": TEXT.must})
    now = call.core.clock.now_ms()
    by = {"id": call.grant.user_id, "type": "user"}
    business: Doc = {
        "id": mongo_id(),
        **dict.fromkeys(_BUSINESS),
        **body,
        "createdBy": by,
        "updatedBy": by,
        "createdAt": now,
        "updatedAt": now,
    }
    call.core.store.put("business", business, location=location_id, position=now)
    return {"success": True, "buiseness": _shown_business(business)}


@routes("PUT", "/businesses/{businessId}", "businesses.write")
def update_business(call: Call) -> Answer:
    business = _business_of(call)
    business.update(checked(call.json(), _BUSINESS))
    business["updatedAt"] = call.core.clock.now_ms()
    business["updatedBy"] = {"id": call.grant.user_id, "type": "user"}
    call.core.store.replace("business", business)
    return {"success": True, "buiseness": _shown_business(business)}


@routes("DELETE", "/businesses/{businessId}", "businesses.write")
def delete_business(call: Call) -> Answer:
    call.core.store.delete("business", _business_of(call)["id"])
    return {"success": True}


# -- workflows and campaigns ---------------------------------------------------------------------


@routes("GET", "/workflows/", "workflows.readonly")
def list_workflows(call: Call) -> Answer:
    location_id = call.check_location(call.query.get("locationId"))
    refuse_unknown(call.query, "locationId")
    workflows = call.core.store.records("workflow", location=location_id)
    for workflow in workflows:
        workflow["createdAt"] = iso(workflow["createdAt"])
        workflow["updatedAt"] = iso(workflow["updatedAt"])
    return {"workflows": workflows, "traceId": call.trace_id}


@routes("GET", "/campaigns/", "campaigns.readonly")
def list_campaigns(call: Call) -> Answer:
    location_id = call.check_location(call.query.get("locationId"))
    refuse_unknown(call.query, "locationId", "status")
    status = call.query.get("status")
    if status not in (None, "draft", "published"):
        raise unprocessable(["status must be one of the following values: draft, published"])
    campaigns = call.core.store.records("campaign", location=location_id)
    return {"campaigns": [one for one in campaigns if status in (None, one["status"])]}
