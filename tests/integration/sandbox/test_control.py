"""What tests can do behind the service's back."""

import threading
import time
from typing import Any

import httpx2 as httpx
import pytest


def fault(api: Any, **fields: Any) -> Any:
    return api.control("POST", "faults", json=fields)["faults"]


def test_the_control_token_is_needed(api: Any) -> None:
    for headers in ({}, {"Authorization": f"Bearer {api.token}"}):
        assert api.http.get("/_sandbox/log", headers=headers).status_code == 401


def test_a_status_fault_strikes_as_often_as_told(api: Any) -> None:
    fault(api, path="^/contacts/[^/]+$", method="get", kind="status", status=503, count=2)
    path = f"/contacts/{api.contact}"
    assert [api("GET", path).status_code for _ in range(3)] == [503, 503, 200]
    assert api.control("GET", "faults")["faults"] == []


def test_a_status_fault_may_bring_a_page_or_json(api: Any) -> None:
    fault(api, path="contacts", kind="status", status=502, body="<html>Bad gateway</html>")
    reply = api("GET", f"/contacts/{api.contact}")
    assert reply.headers["content-type"].startswith("text/html")
    assert reply.text == "<html>Bad gateway</html>"
    assert "x-ratelimit-max" in reply.headers
    fault(api, path="contacts", kind="status", status=429, body={"statusCode": 429})
    assert api("GET", f"/contacts/{api.contact}").json() == {"statusCode": 429}


@pytest.mark.parametrize(("kind", "applied"), [("drop_before", False), ("drop_after", True)])
def test_dropping_the_connection(api: Any, kind: Any, applied: Any) -> None:
    fault(api, path="/notes$", method="POST", kind=kind)
    with pytest.raises(httpx.RemoteProtocolError):
        api("POST", f"/contacts/{api.contact}/notes", json={"body": "lost?"})
    bodies = [note["body"] for note in api("GET", f"/contacts/{api.contact}/notes").json()["notes"]]
    assert ("lost?" in bodies) is applied


def test_truncating_the_reply(api: Any) -> None:
    fault(api, path="/contacts/", kind="truncate")
    with pytest.raises(httpx.RemoteProtocolError):
        api("GET", f"/contacts/{api.contact}")
    assert api("GET", f"/contacts/{api.contact}").status_code == 200


def test_delay(api: Any) -> None:
    fault(api, path="/tasks$", kind="delay", seconds=0.3)
    begun = time.monotonic()
    assert api("GET", f"/contacts/{api.contact}/tasks").status_code == 200
    assert time.monotonic() - begun >= 0.3


def test_a_delayed_reply_holds_up_nobody_else(api: Any) -> None:
    fault(api, path="/tasks$", kind="delay", seconds=60)
    with httpx.Client(base_url=api.info["base_url"]) as other:
        waiting = threading.Thread(target=lambda: _ignore(other, api))
        waiting.start()
        try:
            assert api("GET", f"/contacts/{api.contact}").status_code == 200
        finally:
            waiting.join()


def _ignore(client: Any, api: Any) -> None:
    headers = {"Authorization": f"Bearer {api.token}", "Version": "2021-07-28"}
    with pytest.raises(httpx.TimeoutException):
        client.get(f"/contacts/{api.contact}/tasks", headers=headers, timeout=0.5)


def test_a_share_of_all_requests_fails(api: Any) -> None:
    fault(api, path="/contacts/", kind="status", status=500, count=None, share=0.2)
    statuses = [api("GET", f"/contacts/{api.contact}").status_code for _ in range(300)]
    assert 30 <= statuses.count(500) <= 90
    assert statuses.count(200) == 300 - statuses.count(500)


def test_removing_faults(api: Any) -> None:
    fault(api, path=".*", kind="status", status=500, count=None)
    assert api("GET", "/nothing").status_code == 500
    assert api.control("DELETE", "faults") == {"faults": []}
    assert api("GET", "/nothing").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "explode"},
        {"kind": "status", "path": "("},
        {"kind": "status", "status": 99},
        {"kind": "delay", "seconds": -1},
        {"kind": "status", "count": 0},
        {"kind": "status", "colour": "red"},
    ],
)
def test_wrong_faults_are_explained(api: Any, wrong: Any) -> None:
    reply = api.http.post(
        "/_sandbox/faults",
        headers={"Authorization": f"Bearer {api.info['control_token']}"},
        json=wrong,
    )
    assert reply.status_code == 400
    assert reply.json()["message"].endswith(".")


def test_the_log_has_every_request_and_no_secret(api: Any) -> None:
    api.control("DELETE", "log")
    signed_in = api.sign_in("contacts.readonly contacts.write")
    api("GET", "/contacts/", params={"locationId": api.location}, token=signed_in["access_token"])
    api("PUT", f"/contacts/{api.contact}", json={"city": "Braga"})
    fault(api, path="/tasks", kind="drop_before")
    with pytest.raises(httpx.RemoteProtocolError):
        api("GET", f"/contacts/{api.contact}/tasks")
    reply = api.http.get(
        "/_sandbox/log", headers={"Authorization": f"Bearer {api.info['control_token']}"}
    )
    entries = reply.json()["requests"]
    assert [(entry["method"], entry["path"], entry["status"]) for entry in entries] == [
        ("POST", "/v2/oauth/chooselocation", 302),
        ("POST", "/oauth/token", 200),
        ("GET", "/contacts/", 200),
        ("PUT", f"/contacts/{api.contact}", 200),
        ("GET", f"/contacts/{api.contact}/tasks", None),
    ]
    assert entries[2]["query"] == {"locationId": api.location}
    assert entries[3]["body"] == '{"city":"Braga"}'
    assert entries[4]["fault"] == "drop_before"
    assert entries[2]["headers"]["authorization"].startswith("sha256:")
    for secret in (signed_in["access_token"], api.token, api.info["client_secret"]):
        assert secret not in reply.text
    narrowed = api.http.get(
        "/_sandbox/log",
        params={"path": "tasks$"},
        headers={"Authorization": f"Bearer {api.info['control_token']}"},
    )
    assert len(narrowed.json()["requests"]) == 1
    newer = api.control("GET", f"log?after={entries[2]['number']}")
    assert newer["requests"] == entries[3:]


def test_expiring_and_revoking_tokens(api: Any) -> None:
    first, second = (api.sign_in("contacts.readonly") for _ in range(2))
    path = f"/contacts/{api.contact}"
    api.control("POST", "tokens/expire", json={"access_token": first["access_token"]})
    assert api("GET", path, token=first["access_token"]).status_code == 401
    assert api("GET", path, token=second["access_token"]).status_code == 200
    api.control("POST", "tokens/revoke", json={})
    assert api("GET", path, token=second["access_token"]).status_code == 401
    renewed = api.token_request("refresh_token", refresh_token=first["refresh_token"])
    assert renewed.status_code == 200
    api.control("POST", "tokens/revoke", json={"kinds": ["access", "refresh"]})
    refused = api.token_request("refresh_token", refresh_token=second["refresh_token"])
    assert refused.status_code == 400


def test_edits_as_if_by_somebody_else(api: Any) -> None:
    before = api("GET", f"/contacts/{api.contact}").json()["contact"]
    api.control("POST", f"records/contact/{api.contact}", json={"city": "Faro", "tags": ["x"]})
    after = api("GET", f"/contacts/{api.contact}").json()["contact"]
    assert (after["city"], after["tags"]) == ("Faro", ["x"])
    assert after["dateUpdated"] > before["dateUpdated"]
    task = api.info["examples"]["task"]
    api.control("POST", f"records/task/{task}", json={"completed": True})
    assert api.control("GET", f"records/task/{task}")["completed"] is True
    note = api.info["examples"]["note"]
    api.control("POST", f"records/note/{note}", json={"body": "theirs"})
    read = api("GET", f"/contacts/{api.contact}/notes/{note}").json()["note"]
    assert read["body"] == "theirs"
    api.control("DELETE", f"records/contact/{api.contact}")
    assert api("GET", f"/contacts/{api.contact}").status_code == 400


def test_reset_brings_the_data_back_and_keeps_sessions(api: Any) -> None:
    session = api.sign_in("contacts.readonly contacts.write")
    api("DELETE", f"/contacts/{api.contact}")
    fault(api, path=".*", kind="status", status=500, count=None)
    api.control("POST", "reset")
    reply = api("GET", f"/contacts/{api.contact}", token=session["access_token"])
    assert reply.status_code == 200
    assert len(api.search()["contacts"]) == 40
    api.control("POST", "reset", json={"tokens": True})
    assert api("GET", "/nothing", token=session["access_token"]).status_code == 404
    gone = api("GET", f"/contacts/{api.contact}", token=session["access_token"])
    assert gone.status_code == 401


def test_an_inactive_location_is_closed(api: Any) -> None:
    api.control("POST", f"locations/{api.location}", json={"active": False})
    assert api("GET", f"/contacts/{api.contact}").status_code == 403
    api.control("POST", "location", json={"id": api.location, "active": True})
    assert api("GET", f"/contacts/{api.contact}").status_code == 200
