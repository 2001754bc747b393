"""What a contact belongs to: tags, followers, campaigns, workflows, a business."""

import re
from typing import Any

from rapport.sandbox.errors import bad_request, not_found, unprocessable
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import FLAG, TEXT, TEXTS, checked

from .contact_forms import lower_tags
from .contacts import contact_of, touch

routes = Routes()

_CONTACT_ID = re.compile("[A-Za-z0-9]{20}")
_MOST_BULK = 50


# -- tags ----------------------------------------------------------------------------------------


def _sent_tags(call: Call) -> list[str]:
    return lower_tags(checked(call.json(), {"tags": TEXTS.must})["tags"])


@routes("POST", "/contacts/{contactId}/tags", "contacts.write", status=201)
def add_tags(call: Call) -> Answer:
    contact = contact_of(call)
    sent = _sent_tags(call)
    contact["tags"] = list(dict.fromkeys([*contact["tags"], *sent]))
    call.core.define_tags(contact["locationId"], sent)
    touch(call, contact)
    return {"tags": contact["tags"]}


@routes("DELETE", "/contacts/{contactId}/tags", "contacts.write")
def remove_tags(call: Call) -> Answer:
    """The definition in the location's list stays."""
    contact = contact_of(call)
    sent = _sent_tags(call)
    contact["tags"] = [tag for tag in contact["tags"] if tag not in sent]
    touch(call, contact)
    return {"tags": contact["tags"]}


@routes("POST", "/contacts/bulk/tags/update/{type}", status=201)
def bulk_tags(call: Call) -> Answer:
    kind = call.params["type"]
    if kind not in ("add", "remove"):
        raise bad_request("type must be add or remove")
    body = call.json()
    location_id = call.check_location(body.get("locationId"))
    checked(
        body,
        {
            "contacts": TEXTS.must,
            "tags": TEXTS.must,
            "locationId": TEXT.must,
            "removeAllTags": FLAG,
        },
    )
    tags = lower_tags(body["tags"])
    if kind == "add":
        call.core.define_tags(location_id, tags)
    responses = [
        _bulk_one(call, contact_id, kind, tags, everything=bool(body.get("removeAllTags")))
        for contact_id in body["contacts"]
    ]
    errors = sum(response["type"] == "error" for response in responses)
    return {"succeded": errors == 0, "errorCount": errors, "responses": responses}


def _bulk_one(call: Call, contact_id: str, kind: str, tags: list[str], *, everything: bool) -> Doc:
    contact = call.core.store.contact(contact_id)
    problem = None
    if not _CONTACT_ID.fullmatch(contact_id):
        problem = "contact id is not a valid firebase id"
    elif contact is None:
        problem = "contact is deleted"
    elif contact["locationId"] != call.location:
        problem = "contact does not belong to location"
    if problem is not None or contact is None:
        return {
            "contactId": contact_id,
            "message": problem,
            "type": "error",
            "oldTags": [],
            "tagsAdded": [],
            "tagsRemoved": [],
        }
    old = contact["tags"]
    kept = [] if everything else old
    if kind == "add":
        contact["tags"] = list(dict.fromkeys([*kept, *tags]))
    else:
        contact["tags"] = [tag for tag in kept if tag not in tags]
    touch(call, contact)
    return {
        "contactId": contact_id,
        "message": "Tags updated",
        "type": "success",
        "oldTags": old,
        "tagsAdded": [tag for tag in contact["tags"] if tag not in old],
        "tagsRemoved": [tag for tag in old if tag not in contact["tags"]],
    }


# -- followers -----------------------------------------------------------------------------------


@routes("POST", "/contacts/{contactId}/followers", "contacts.write", status=201)
def add_followers(call: Call) -> Answer:
    contact = contact_of(call)
    sent = checked(call.json(), {"followers": TEXTS.must})["followers"]
    have = contact.get("followers", [])
    contact["followers"] = list(dict.fromkeys([*have, *sent]))
    touch(call, contact)
    added = [user for user in contact["followers"] if user not in have]
    return {"followers": contact["followers"], "followersAdded": added}


@routes("DELETE", "/contacts/{contactId}/followers", "contacts.write")
def remove_followers(call: Call) -> Answer:
    contact = contact_of(call)
    sent = checked(call.json(), {"followers": TEXTS.must})["followers"]
    have = contact.get("followers", [])
    contact["followers"] = [user for user in have if user not in sent]
    touch(call, contact)
    removed = [user for user in have if user in sent]
    return {"followers": contact["followers"], "followersRemoved": removed}


# -- campaigns and workflows ---------------------------------------------------------------------


def _known(call: Call, kind: str, record_id: str) -> str:
    record = call.core.store.get(kind, record_id)
    if record is None or record["locationId"] != call.location:
        raise not_found(kind.capitalize(), record_id)
    return record_id


def _remember(call: Call, name: str, members: list[str]) -> Answer:
    contact = contact_of(call)
    contact[name] = members
    touch(call, contact)
    return {"succeded": True}


def _members(call: Call, name: str) -> list[str]:
    members: list[str] = contact_of(call).get(name, [])
    return members


@routes("POST", "/contacts/{contactId}/campaigns/{campaignId}", "contacts.write", status=201)
def add_to_campaign(call: Call) -> Answer:
    members = _members(call, "_campaigns")
    checked(call.json(), {})
    campaign = _known(call, "campaign", call.params["campaignId"])
    return _remember(call, "_campaigns", list(dict.fromkeys([*members, campaign])))


@routes("DELETE", "/contacts/{contactId}/campaigns/removeAll", "contacts.write")
def leave_all_campaigns(call: Call) -> Answer:
    return _remember(call, "_campaigns", [])


@routes("DELETE", "/contacts/{contactId}/campaigns/{campaignId}", "contacts.write")
def leave_campaign(call: Call) -> Answer:
    members = _members(call, "_campaigns")
    campaign = _known(call, "campaign", call.params["campaignId"])
    return _remember(call, "_campaigns", [one for one in members if one != campaign])


@routes("POST", "/contacts/{contactId}/workflow/{workflowId}", "contacts.write")
def add_to_workflow(call: Call) -> Answer:
    members = _members(call, "_workflows")
    checked(call.json(), {"eventStartTime": TEXT})
    workflow = _known(call, "workflow", call.params["workflowId"])
    return _remember(call, "_workflows", list(dict.fromkeys([*members, workflow])))


@routes("DELETE", "/contacts/{contactId}/workflow/{workflowId}", "contacts.write")
def leave_workflow(call: Call) -> Answer:
    members = _members(call, "_workflows")
    checked(call.json(), {"eventStartTime": TEXT})
    workflow = _known(call, "workflow", call.params["workflowId"])
    return _remember(call, "_workflows", [one for one in members if one != workflow])


# -- business ------------------------------------------------------------------------------------


@routes("POST", "/contacts/bulk/business")
def bulk_business(call: Call) -> Answer:
    """``businessId`` null takes the contacts out of their business."""
    body: dict[str, Any] = call.json()
    call.check_location(body.get("locationId"))
    if "businessId" not in body:
        raise unprocessable(["businessId should not be empty"])
    checked(body, {"locationId": TEXT.must, "ids": TEXTS.must, "businessId": TEXT.or_null})
    if len(body["ids"]) > _MOST_BULK:
        raise bad_request(f"ids must contain no more than {_MOST_BULK} elements")
    business = body["businessId"]
    if business is not None:
        _known(call, "business", business)
    for contact_id in body["ids"]:
        contact = call.core.contact_of(contact_id, call.location)
        contact["businessId"] = business
        touch(call, contact)
    return {"success": True, "ids": body["ids"]}
