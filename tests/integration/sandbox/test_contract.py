"""Replies laid beside the vendor's own OpenAPI documents, where these are at hand.

Nulls are left out before comparing: the service sends them where its documents know none.
Where it is known to answer otherwise than documented, the test says how.
"""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

OPENAPI = Path(__file__).parents[4] / "shared" / "contract" / "openapi"

pytestmark = pytest.mark.skipif(
    not OPENAPI.is_dir(), reason="the vendor's documents are not beside this checkout"
)


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def loosened(schema: Any) -> Any:
    """The document's schema; a custom field's value may be of any type."""
    if isinstance(schema, dict):
        if set(schema.get("properties", {})) == {"id", "value"}:
            return {"type": "object", "required": ["id", "value"]}
        return {
            key: loosened(item)
            for key, item in schema.items()
            if key not in ("example", "examples", "description")
        }
    if isinstance(schema, list):
        return [loosened(item) for item in schema]
    return schema


def check(reply: Any, document: str, path: str, method: str) -> Any:
    """Compare a reply with what ``document`` declares for this status."""
    spec = json.loads((OPENAPI / f"{document}.json").read_text("utf-8"))
    declared = spec["paths"][path][method]["responses"]
    assert str(reply.status_code) in declared, reply.text
    schema = declared[str(reply.status_code)]["content"]["application/json"]["schema"]
    whole = {**loosened(schema), "components": loosened(spec["components"])}
    body = reply.json()
    jsonschema.Draft4Validator(whole).validate(without_nulls(body))
    return body


def test_contacts(api: Any) -> None:
    one = f"/contacts/{api.contact}"
    body = check(api("GET", one), "contacts", "/contacts/{contactId}", "get")
    assert set(body) == {"contact", "traceId"}
    made = api(
        "POST",
        "/contacts/",
        json={"locationId": api.location, "firstName": "N", "dateOfBirth": "1990/09/25"},
    )
    check(made, "contacts", "/contacts/", "post")
    check(api("PUT", one, json={"city": "X"}), "contacts", "/contacts/{contactId}", "put")
    listed = api("GET", "/contacts/", params={"locationId": api.location})
    body = check(listed, "contacts", "/contacts/", "get")
    assert "count" not in body  # documented; live there is meta instead
    upsert = api("POST", "/contacts/upsert", json={"locationId": api.location, "firstName": "U"})
    check(upsert, "contacts", "/contacts/upsert", "post")
    check(api("DELETE", one), "contacts", "/contacts/{contactId}", "delete")


def test_tasks(api: Any) -> None:
    base = f"/contacts/{api.contact}/tasks"
    task = f"{base}/{api.info['examples']['task']}"
    body = {"title": "t", "dueDate": "2030-01-01T00:00:00Z", "completed": False}
    check(api("GET", base), "contacts", "/contacts/{contactId}/tasks", "get")
    check(api("POST", base, json=body), "contacts", "/contacts/{contactId}/tasks", "post")
    one = "/contacts/{contactId}/tasks/{taskId}"
    check(api("GET", task), "contacts", one, "get")
    check(api("PUT", task, json={"title": "n"}), "contacts", one, "put")
    done = api("PUT", f"{task}/completed", json={"completed": True})
    check(done, "contacts", f"{one}/completed", "put")
    check(api("DELETE", task), "contacts", one, "delete")
    recurring = api(
        "POST",
        f"/locations/{api.location}/recurring-tasks",
        json={
            "title": "r",
            "rruleOptions": {
                "intervalType": "daily",
                "interval": 1,
                "startDate": "2030-01-01T00:00:00Z",
                "dueAfterSeconds": 60,
            },
        },
    )
    check(recurring, "locations", "/locations/{locationId}/recurring-tasks", "post")


def test_notes_tags_and_followers(api: Any) -> None:
    base = f"/contacts/{api.contact}"
    note = f"{base}/notes/{api.info['examples']['note']}"
    check(api("GET", f"{base}/notes"), "contacts", "/contacts/{contactId}/notes", "get")
    made = api("POST", f"{base}/notes", json={"body": "b"})
    check(made, "contacts", "/contacts/{contactId}/notes", "post")
    check(api("GET", note), "contacts", "/contacts/{contactId}/notes/{id}", "get")
    check(api("PUT", note, json={}), "contacts", "/contacts/{contactId}/notes/{id}", "put")
    check(api("DELETE", note), "contacts", "/contacts/{contactId}/notes/{id}", "delete")
    for method in ("POST", "DELETE"):
        tags = api(method, f"{base}/tags", json={"tags": ["a"]})
        check(tags, "contacts", "/contacts/{contactId}/tags", method.lower())
        followers = api(method, f"{base}/followers", json={"followers": ["u"]})
        check(followers, "contacts", "/contacts/{contactId}/followers", method.lower())
    events = api("GET", f"{base}/appointments")
    check(events, "contacts", "/contacts/{contactId}/appointments", "get")


def test_location_level(api: Any) -> None:
    base, path = f"/locations/{api.location}", "/locations/{locationId}"
    check(api("GET", base), "locations", path, "get")
    check(api("GET", f"{base}/tags"), "locations", f"{path}/tags", "get")
    tag = api("POST", f"{base}/tags", json={"name": "new one"})
    check(tag, "locations", f"{path}/tags", "post")
    fields = api("GET", f"{base}/customFields")
    check(fields, "locations", f"{path}/customFields", "get")
    field = api("POST", f"{base}/customFields", json={"name": "n", "dataType": "DATE"})
    check(field, "locations", f"{path}/customFields", "post")


def test_team(api: Any) -> None:
    params = {"locationId": api.location}
    check(api("GET", "/users/", params=params), "users", "/users/", "get")
    check(api("GET", f"/users/{api.info['examples']['user']}"), "users", "/users/{userId}", "get")
    found = api("GET", "/users/search", params={"companyId": api.info["company_id"]})
    check(found, "users", "/users/search", "get")
    check(api("GET", "/businesses/", params=params), "businesses", "/businesses/", "get")
    business = f"/businesses/{api.info['examples']['business']}"
    check(api("GET", business), "businesses", "/businesses/{businessId}", "get")
    renamed = api("PUT", business, json={"name": "n"})
    check(renamed, "businesses", "/businesses/{businessId}", "put")
    made = api("POST", "/businesses/", json={"name": "n", **params})
    check(made, "businesses", "/businesses/", "post")
    check(api("GET", "/workflows/", params=params), "workflows", "/workflows/", "get")
    check(api("GET", "/campaigns/", params=params), "campaigns", "/campaigns/", "get")


def test_oauth(api: Any) -> None:
    code = api.authorize("contacts.readonly")["code"]
    reply = api.token_request(
        "authorization_code", code=code, redirect_uri="http://127.0.0.1:5123/callback"
    )
    check(reply, "oauth", "/oauth/token", "post")
    located = api(
        "POST",
        "/oauth/locationToken",
        token=api.info["agency_token"],
        data={"companyId": api.info["company_id"], "locationId": api.location},
    )
    check(located, "oauth", "/oauth/locationToken", "post")
    installed = api(
        "GET",
        "/oauth/installedLocations",
        token=api.info["agency_token"],
        params={"companyId": api.info["company_id"], "appId": "x"},
    )
    check(installed, "oauth", "/oauth/installedLocations", "get")


def test_every_operation_exists_in_the_documents_with_the_same_scope(api: Any) -> None:
    """The table, laid beside all documents: paths, methods and scopes."""
    from rapport.sandbox.resources import OPERATIONS

    declared: dict[tuple[str, str], set[str]] = {}
    for file in OPENAPI.glob("*.json"):
        for path, methods in json.loads(file.read_text("utf-8")).get("paths", {}).items():
            for method, operation in methods.items():
                scopes = {
                    scope
                    for choice in operation.get("security") or []
                    for granted in choice.values()
                    for scope in granted
                }
                declared[method.upper(), path] = scopes
    own = {
        ("GET", "/oauth/chooselocation"),
        ("POST", "/oauth/chooselocation"),
        ("GET", "/v2/oauth/chooselocation"),
        ("POST", "/v2/oauth/chooselocation"),
        ("POST", "/oauth/revoke"),  # the sandbox's own
        ("POST", "/oauth/reconnect"),  # described in a help article only
    }
    for operation in OPERATIONS:
        known = operation.method, operation.path
        if known in own:
            continue
        assert known in declared, known
        assert {operation.scope} - {None} == declared[known], known


def test_all_contact_operations_are_there(api: Any) -> None:
    from rapport.sandbox.resources import OPERATIONS

    have = {(operation.method, operation.path) for operation in OPERATIONS}
    spec = json.loads((OPENAPI / "contacts.json").read_text("utf-8"))
    wanted = {
        (method.upper(), path) for path, methods in spec["paths"].items() for method in methods
    }
    assert wanted - have == set()
