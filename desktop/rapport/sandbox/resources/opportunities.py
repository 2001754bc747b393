"""Opportunities one at a time, and the pipelines they move through."""

from typing import Any

from rapport.sandbox.clock import iso
from rapport.sandbox.errors import bad_request, unprocessable
from rapport.sandbox.ids import firestore_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import (
    FILLED,
    FLAG,
    ITEMS,
    TEXT,
    TEXTS,
    Field,
    boolean,
    checked,
    number,
    one_of,
    whole_number,
)

from .contact_forms import full_name
from .contact_lists import refuse_unknown

routes = Routes()

STATUSES = ("open", "won", "lost", "abandoned")
_UPDATE: dict[str, Field] = {
    "pipelineId": FILLED,
    "name": FILLED,
    "pipelineStageId": FILLED,
    "status": one_of(*STATUSES),
    "monetaryValue": number(0),
    "assignedTo": TEXT.or_null,
    "customFields": ITEMS,
}
_CREATE = {
    **_UPDATE,
    **{name: _UPDATE[name].must for name in ("pipelineId", "name", "status")},
    "locationId": FILLED.must,
    "contactId": FILLED.must,
}
_UPSERT: dict[str, Field] = {
    **{name: field for name, field in _UPDATE.items() if name != "customFields"},
    "id": TEXT,
    "pipelineId": FILLED.must,
    "locationId": FILLED.must,
    "followers": TEXTS.must,
    "isRemoveAllFollowers": FLAG.must,
    "followersActionType": one_of("add", "remove").must,
    "lostReasonId": TEXT,
}


# -- pipelines and reasons -----------------------------------------------------------------------


@routes("GET", "/opportunities/pipelines", "opportunities.readonly")
def list_pipelines(call: Call) -> Answer:
    location_id = call.check_location(call.query.get("locationId"))
    refuse_unknown(call.query, "locationId")
    pipelines = call.core.store.records("pipeline", location=location_id)
    return {"pipelines": pipelines, "traceId": call.trace_id}


@routes("GET", "/opportunities/lost-reason", "opportunities.readonly")
def list_lost_reasons(call: Call) -> Answer:
    query = call.query
    location_id = call.check_location(query.get("locationId"))
    refuse_unknown(query, "locationId", "name", "deleted", "query", "skip", "limit", "getCount")
    skip = whole_number(query, "skip", 0)
    limit = whole_number(query, "limit", 100, least=1, most=100)
    boolean(query, "getCount")
    text = query.get("query", "").casefold()
    found = [
        {**reason, "createdAt": iso(reason["createdAt"]), "updatedAt": iso(reason["updatedAt"])}
        for reason in call.core.store.records("lostReason", location=location_id)
        if text in reason["name"].casefold()
        and query.get("name") in (None, reason["name"])
        and not boolean(query, "deleted")
    ]
    return {"lostReasons": found[skip : skip + limit], "total": len(found)}


# -- one at a time -------------------------------------------------------------------------------


def shown(call: Call, opportunity: Doc) -> Doc:
    """With the contact it is about, and dates as text."""
    out = dict(opportunity)
    for name in ("createdAt", "updatedAt", "lastStatusChangeAt", "lastStageChangeAt"):
        out[name] = iso(opportunity[name])
    out["pipelineStageUId"] = opportunity["pipelineStageId"]
    out["indexVersion"] = 1
    out["notes"], out["tasks"], out["calendarEvents"] = [], [], []
    contact = call.core.store.contact(opportunity.get("contactId") or "")
    if contact is not None:
        out["contact"] = {
            "id": contact["id"],
            "name": full_name(contact),
            "companyName": contact.get("companyName"),
            "email": contact.get("email"),
            "phone": contact.get("phone"),
            "tags": contact["tags"],
        }
    return out


def _opportunity_of(call: Call, opportunity_id: str | None = None) -> Doc:
    wanted = opportunity_id or call.params["id"]
    return call.core.record_of("opportunity", "Opportunity", wanted, call.location)


def _custom_fields(call: Call, have: list[Doc], sent: list[Any]) -> list[Doc]:
    """Written as ``field_value`` under an id or a key; merged by id, read as ``fieldValue``.

    A field that is not defined is left out.
    """
    values = {one["id"]: one for one in have}
    for place, item in enumerate(sent):
        if not isinstance(item, dict) or not (item.get("id") or item.get("key")):
            raise unprocessable([f"customFields.{place}.id must be a string"])
        strange = set(item) - {"id", "key", "field_value"}
        if strange:
            names = sorted(strange)
            raise unprocessable(
                f"customFields.{place}.property {name} should not exist" for name in names
            )
        if item.get("id"):
            definition = call.core.store.get("customField", str(item["id"]))
        else:
            key = f"opportunity.{str(item['key']).removeprefix('opportunity.')}"
            definition = call.core.store.find("customField", call.location, key)
        if definition is not None and definition["locationId"] == call.location:
            field_id = definition["id"]
            values[field_id] = {"id": field_id, "fieldValue": item.get("field_value")}
    return list(values.values())


def _take(call: Call, opportunity: Doc, body: Doc) -> None:
    """The sent fields, in a stage that belongs to the pipeline; then write it."""
    core, now = call.core, call.core.clock.now_ms()
    before = opportunity.get("status"), opportunity.get("pipelineStageId")
    if "customFields" in body:
        have = opportunity["customFields"]
        body = {**body, "customFields": _custom_fields(call, have, body["customFields"])}
    opportunity.update(body)
    pipeline = core.record_of("pipeline", "Pipeline", opportunity["pipelineId"], call.location)
    stages = [stage["id"] for stage in pipeline["stages"]]
    if "pipelineStageId" in body:
        if body["pipelineStageId"] not in stages:
            raise bad_request("The stage does not belong to the pipeline")
    elif opportunity.get("pipelineStageId") not in stages:
        opportunity["pipelineStageId"] = stages[0]
    if opportunity.get("lostReasonId"):
        reason = opportunity["lostReasonId"]
        core.record_of("lostReason", "Lost reason", reason, call.location)
    if before[0] != opportunity["status"]:
        opportunity["lastStatusChangeAt"] = now
    if before[1] != opportunity["pipelineStageId"]:
        opportunity["lastStageChangeAt"] = now
    opportunity["updatedAt"] = now
    core.store.put(
        "opportunity",
        opportunity,
        location=call.location,
        parent=opportunity.get("contactId"),
        position=-opportunity["createdAt"],
    )


def _new(call: Call) -> Doc:
    now = call.core.clock.now_ms()
    return {
        "id": firestore_id(),
        "locationId": call.location,
        "name": "",
        "monetaryValue": 0,
        "assignedTo": None,
        "source": "public api",
        "status": "open",
        "customFields": [],
        "followers": [],
        **dict.fromkeys(("createdAt", "lastStatusChangeAt", "lastStageChangeAt"), now),
    }


def _refuse_second(call: Call, contact_id: str, pipeline_id: str) -> None:
    """One opportunity per contact and pipeline, unless the location allows more."""
    location = call.core.store.get("location", call.location)
    if location is None or location["settings"]["allowDuplicateOpportunity"]:
        return
    for other in call.core.store.records("opportunity", parent=contact_id):
        if other["pipelineId"] == pipeline_id:
            raise bad_request("Can not create duplicate opportunity for the contact.")


@routes("POST", "/opportunities/", "opportunities.write", status=201)
def create(call: Call) -> Answer:
    body = call.json()
    location_id = call.check_location(body.get("locationId"))
    body = checked(body, _CREATE)
    call.core.contact_of(body["contactId"], location_id)
    _refuse_second(call, body["contactId"], body["pipelineId"])
    opportunity = _new(call)
    _take(call, opportunity, body)
    return {"opportunity": shown(call, opportunity), "traceId": call.trace_id}


@routes("GET", "/opportunities/{id}", "opportunities.readonly")
def get(call: Call) -> Answer:
    return {"opportunity": shown(call, _opportunity_of(call)), "traceId": call.trace_id}


@routes("PUT", "/opportunities/{id}", "opportunities.write")
def update(call: Call) -> Answer:
    opportunity = _opportunity_of(call)
    _take(call, opportunity, checked(call.json(), _UPDATE))
    return {"opportunity": shown(call, opportunity), "traceId": call.trace_id}


@routes("PUT", "/opportunities/{id}/status", "opportunities.write")
def set_status(call: Call) -> Answer:
    opportunity = _opportunity_of(call)
    fields = {"status": one_of(*STATUSES).must, "lostReasonId": TEXT}
    _take(call, opportunity, checked(call.json(), fields))
    return {"succeded": True, "traceId": call.trace_id}


@routes("DELETE", "/opportunities/{id}", "opportunities.write")
def delete(call: Call) -> Answer:
    call.core.store.delete("opportunity", _opportunity_of(call)["id"])
    return {"succeded": True, "traceId": call.trace_id}


@routes("POST", "/opportunities/upsert", "opportunities.write")
def upsert(call: Call) -> Answer:
    """By its own id; without one it makes an opportunity that is about nobody yet."""
    body = call.json()
    call.check_location(body.get("locationId"))
    body = checked(body, _UPSERT)
    known = body.pop("id", None)
    opportunity = _opportunity_of(call, known) if known else _new(call)
    sent, action = body.pop("followers"), body.pop("followersActionType")
    have = [] if body.pop("isRemoveAllFollowers") else opportunity["followers"]
    if action == "add":
        opportunity["followers"] = list(dict.fromkeys([*have, *sent]))
    else:
        opportunity["followers"] = [user for user in have if user not in sent]
    _take(call, opportunity, body)
    return {
        "opportunity": shown(call, opportunity),
        "new": known is None,
        "traceId": call.trace_id,
    }


# -- followers -----------------------------------------------------------------------------------


@routes("POST", "/opportunities/{id}/followers", "opportunities.write", status=201)
def add_followers(call: Call) -> Answer:
    opportunity = _opportunity_of(call)
    sent = checked(call.json(), {"followers": TEXTS.must})["followers"]
    have = opportunity["followers"]
    opportunity["followers"] = list(dict.fromkeys([*have, *sent]))
    call.core.store.replace("opportunity", opportunity)
    added = [user for user in opportunity["followers"] if user not in have]
    return {"followers": opportunity["followers"], "followersAdded": added}


@routes("DELETE", "/opportunities/{id}/followers", "opportunities.write")
def remove_followers(call: Call) -> Answer:
    opportunity = _opportunity_of(call)
    refuse_unknown(call.query, "isRemoveAllFollowers")
    have = opportunity["followers"]
    sent = checked(call.json(), {"followers": TEXTS.must})["followers"]
    removed = have if boolean(call.query, "isRemoveAllFollowers") else sent
    opportunity["followers"] = [user for user in have if user not in removed]
    call.core.store.replace("opportunity", opportunity)
    return {
        "followers": opportunity["followers"],
        "followersRemoved": [user for user in have if user in removed],
    }
