"""``rapport sandbox`` as a script meets it: one line of JSON, and answers as the contract says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest

KEYS = {
    "base_url",
    "authorize_url",
    "token_url",
    "client_id",
    "client_secret",
    "redirect_uri",
    "location_ids",
    "access_token",
    "agency_token",
    "examples",
    "control_token",
}
EXAMPLES = {
    "contact",
    "task",
    "note",
    "appointment",
    "calendar",
    "user",
    "business",
    "tag",
    "custom_field",
}


@pytest.fixture(scope="module")
def info() -> Iterator[dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "rapport.app", "sandbox", "--contacts", "30"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    found: dict[str, Any] = json.loads(process.stdout.readline())
    yield found
    process.terminate()
    rest, errors = process.communicate(timeout=20)
    assert (process.returncode, rest, errors) == (0, "", "")


def get(info: dict[str, Any], path: str, token: str = "", **query: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token or info['access_token']}", "Version": "2021-07-28"}
    return httpx.get(info["base_url"] + path, headers=headers, params=query, trust_env=False)


def test_the_first_line_says_everything(info: dict[str, Any]) -> None:
    assert set(info) >= KEYS
    assert set(info["examples"]) >= EXAMPLES
    assert all(info["examples"].values())
    assert get(info, f"/contacts/{info['examples']['contact']}").status_code == 200


def test_a_missing_scope_is_401(info: dict[str, Any]) -> None:
    reply = get(info, f"/contacts/{info['examples']['contact']}", "not-a-token")
    assert reply.status_code == 401
    grant = token_for(info, "locations.readonly")
    reply = get(info, f"/contacts/{info['examples']['contact']}", grant)
    assert reply.status_code == 401
    assert "not authorized for this scope" in reply.text


def test_a_wrong_location_is_403(info: dict[str, Any]) -> None:
    assert get(info, "/contacts/", locationId="nowhere").status_code == 403
    assert get(info, "/contacts/", locationId=info["location_ids"][1]).status_code == 403


def test_an_unknown_contact_is_400(info: dict[str, Any]) -> None:
    reply = get(info, "/contacts/AAAAAAAAAAAAAAAAAAAA")
    assert reply.status_code == 400
    assert "not found" in reply.text.lower()


def test_the_limit_is_429_without_retry_after(info: dict[str, Any]) -> None:
    path = f"/contacts/{info['examples']['contact']}"
    with httpx.Client(trust_env=False) as client:
        headers = {"Authorization": f"Bearer {info['access_token']}", "Version": "2021-07-28"}
        for _ in range(200):
            reply = client.get(info["base_url"] + path, headers=headers)
            if reply.status_code == 429:
                break
    assert reply.status_code == 429
    assert "retry-after" not in reply.headers
    assert reply.headers["x-ratelimit-remaining"] == "0"
    control = {"Authorization": f"Bearer {info['control_token']}"}
    url = f"{info['base_url']}/_sandbox/clock"
    httpx.post(url, json={"shift_s": 20}, headers=control, trust_env=False)
    assert get(info, path).status_code == 200


def token_for(info: dict[str, Any], scope: str) -> str:
    """A token with this scope alone, by way of the consent page."""
    form = {
        "response_type": "code",
        "client_id": info["client_id"],
        "redirect_uri": info["redirect_uri"],
        "scope": scope,
        "state": "s",
        "location_id": info["location_ids"][0],
        "decision": "allow",
    }
    reply = httpx.post(info["authorize_url"], data=form, trust_env=False)
    code = httpx.URL(reply.headers["location"]).params["code"]
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": info["client_id"],
        "client_secret": info["client_secret"],
        "redirect_uri": info["redirect_uri"],
    }
    token: str = httpx.post(info["token_url"], data=grant, trust_env=False).json()["access_token"]
    return token
