"""Signing in, refusals, scopes and paths, laid beside the vendor's own documents."""

import re
from typing import Any

import pytest

from openapi import DOCUMENTS, check_reply, declared, operations

pytestmark = pytest.mark.contract


def check(reply: Any, method: str, path: str) -> None:
    check_reply(method, path, reply.status_code, reply.json())


def test_oauth(api: Any) -> None:
    code = api.authorize("contacts.readonly")["code"]
    reply = api.token_request(
        "authorization_code", code=code, redirect_uri="http://127.0.0.1:5123/callback"
    )
    check(reply, "POST", "/oauth/token")
    located = api(
        "POST",
        "/oauth/locationToken",
        token=api.info["agency_token"],
        data={"companyId": api.info["company_id"], "locationId": api.location},
    )
    check(located, "POST", "/oauth/locationToken")
    installed = api(
        "GET",
        "/oauth/installedLocations",
        token=api.info["agency_token"],
        params={"companyId": api.info["company_id"], "appId": "x"},
    )
    check(installed, "GET", "/oauth/installedLocations")


def test_every_operation_exists_in_the_documents_with_the_same_scope() -> None:
    from rapport.sandbox.resources import OPERATIONS

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
        assert known in declared(), known
        scopes = {
            scope
            for choice in declared()[known][1].get("security") or []
            for granted in choice.values()
            for scope in granted
        }
        assert {operation.scope} - {None} == scopes, known


def test_refusals_are_as_declared(api: Any) -> None:
    """Without a token, and with a property that there is not."""
    for method, path in operations(*DOCUMENTS):
        url = re.sub(r"\{\w+\}", "x", path.replace("{locationId}", api.location))
        unsigned = api(method, url, headers={"Authorization": None})
        assert unsigned.status_code == 401
        check(unsigned, method, path)
        if method != "GET":
            wrong = api(method, url, json={"nope": 1, "locationId": api.location})
            assert 400 <= wrong.status_code < 500, (method, path, wrong.text)
            check(wrong, method, path)
