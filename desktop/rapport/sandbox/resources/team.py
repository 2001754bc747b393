"""Users, businesses, and the lists of workflows and campaigns."""

from rapport.sandbox.clock import iso
from rapport.sandbox.errors import (
    no_access_to_location,
    not_found,
    unauthorized,
    unprocessable,
)
from rapport.sandbox.ids import mongo_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import FILLED, TEXT, Field, checked, whole_number

from .contact_lists import refuse_unknown

routes = Routes()


# -- users ---------------------------------------------------------------------------------------


def _shown_user(user: Doc) -> Doc:
    return {name: value for name, value in user.items() if name != "companyId"}


def _users_at(call: Call, location_id: str) -> list[Doc]:
    users = call.core.store.records("user")
    return [user for user in users if location_id in user["roles"]["locationIds"]]


@routes("GET", "/users/", "users.readonly")
def list_users(call: Call) -> Answer:
    """Deprecated; wants the trailing slash."""
    if "companyId" in call.query:
        raise unprocessable(["property companyId should not exist"])
    location_id = call.check_location(call.query.get("locationId"))
    refuse_unknown(call.query, "locationId")
    return {"users": [_shown_user(user) for user in _users_at(call, location_id)]}


@routes("GET", "/users/search", "users.readonly", audience="either")
def search_users(call: Call) -> Answer:
    query = call.query
    if not query:
        raise unauthorized("E01 - Unauthorized request")
    if not query.get("companyId"):
        raise unprocessable(["companyId must be a string"])
    refuse_unknown(
        query,
        *("companyId", "locationId", "query", "skip", "limit", "type", "role", "ids", "sort"),
        *("sortDirection", "enabled2waySync"),
    )
    if query["companyId"] != call.grant.company_id:
        raise no_access_to_location()
    skip = whole_number(query, "skip", 0)
    limit = whole_number(query, "limit", 25, least=1, most=100)
    if call.grant.is_company:
        users = call.core.store.records("user")
        if query.get("locationId"):
            users = _users_at(call, query["locationId"])
    else:
        users = _users_at(call, call.check_location(query.get("locationId", call.location)))
    text = query.get("query", "").casefold()
    users = [user for user in users if text in f"{user['name']} {user['email']}".casefold()]
    if query.get("role"):
        users = [user for user in users if user["roles"]["role"] == query["role"]]
    if query.get("ids"):
        users = [user for user in users if user["id"] in query["ids"].split(",")]
    shown = [_shown_user(user) for user in users]
    return {"users": shown[skip : skip + limit], "count": len(shown), "traceId": call.trace_id}


@routes("GET", "/users/{userId}", "users.readonly", audience="either")
def get_user(call: Call) -> Answer:
    """A bare object."""
    user = call.core.store.get("user", call.params["userId"])
    if user is None:
        raise not_found("User", call.params["userId"])
    if not call.grant.is_company and call.location not in user["roles"]["locationIds"]:
        raise no_access_to_location()
    return {**_shown_user(user), "traceId": call.trace_id}


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
