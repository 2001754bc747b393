"""What every operation demands: route, version, token, location, scope, rate."""

from typing import Any

import pytest


def test_the_version_header_is_needed(api: Any) -> None:
    path = f"/contacts/{api.contact}"
    missing = api("GET", path, headers={"Version": None})
    assert missing.status_code == 401
    assert missing.json()["message"] == "version header was not found."
    unknown = api("GET", path, headers={"Version": "2020-01-01"})
    assert unknown.status_code == 401
    assert unknown.json()["message"] == "version header is invalid"


@pytest.mark.parametrize("version", ["v3", "2023-02-21", "2021-07-28", "2021-04-15"])
def test_any_published_version_will_do(api: Any, version: Any) -> None:
    reply = api("GET", f"/contacts/{api.contact}", headers={"Version": version})
    assert reply.status_code == 200


def test_a_wrong_token(api: Any) -> None:
    reply = api("GET", f"/contacts/{api.contact}", token="nonsense")
    assert reply.status_code == 401
    assert reply.json() == {"statusCode": 401, "message": "Invalid JWT", "error": "Unauthorized"}


def test_a_missing_scope_is_401(api: Any) -> None:
    token = api.sign_in("contacts.readonly")["access_token"]
    reply = api("DELETE", f"/contacts/{api.contact}", token=token)
    assert reply.status_code == 401
    assert reply.json()["message"] == "The token is not authorized for this scope."
    assert api("GET", f"/contacts/{api.contact}", token=token).status_code == 200
    tasks = api("POST", f"/locations/{api.location}/tasks/search", token=token, json={})
    assert tasks.status_code == 401


@pytest.mark.parametrize("params", [{}, {"locationId": "nowhere"}])
def test_a_wrong_or_missing_location_is_403(api: Any, params: Any) -> None:
    reply = api("GET", "/contacts/", params=params)
    assert reply.status_code == 403
    assert reply.json() == {
        "statusCode": 403,
        "message": "The token does not have access to this location.",
    }


def test_another_locations_records_are_403(api: Any, start: Any) -> None:
    listed = api(
        "POST", "/contacts/search", json={"locationId": api.other_location, "pageLimit": 1}
    )
    assert listed.status_code == 403
    agency = api(
        "POST",
        "/oauth/locationToken",
        token=api.info["agency_token"],
        data={"companyId": api.info["company_id"], "locationId": api.other_location},
    )
    elsewhere = agency.json()["access_token"]
    assert api("GET", f"/contacts/{api.contact}", token=elsewhere).status_code == 403


def test_an_agency_token_has_no_location(api: Any) -> None:
    reply = api("GET", f"/contacts/{api.contact}", token=api.info["agency_token"])
    assert reply.status_code == 403


def test_unknown_paths_and_methods_are_404(api: Any) -> None:
    for method, path in (
        ("GET", "/nothing/here"),
        ("GET", "/contacts"),
        ("GET", f"/contacts/{api.contact}/"),
        ("GET", f"/contacts/{api.contact}/tags"),
        ("PATCH", f"/contacts/{api.contact}"),
    ):
        reply = api(method, path)
        assert reply.status_code == 404, path
        assert reply.json()["message"] == f"Cannot {method} {path}"


def test_a_wrong_case_is_401(api: Any) -> None:
    assert api("GET", "/Contacts/", params={"locationId": api.location}).status_code == 401


def test_unknown_query_properties_are_422_and_paging_words_ignored(api: Any) -> None:
    strange = api("GET", "/contacts/", params={"locationId": api.location, "colour": "red"})
    assert strange.status_code == 422
    assert strange.json()["message"] == ["property colour should not exist"]
    assert strange.json()["error"] == "Unprocessable Entity"
    assert strange.json()["traceId"]
    first = api("GET", "/contacts/", params={"locationId": api.location})
    page_two = api("GET", "/contacts/", params={"locationId": api.location, "page": 2})
    assert page_two.json()["contacts"] == first.json()["contacts"]


def test_a_body_that_is_no_json_object_is_400(api: Any) -> None:
    for body in (b"{", b"[]", b'"x"', b"\xff"):
        reply = api("PUT", f"/contacts/{api.contact}", content=body)
        assert reply.status_code == 400, body


RATE_HEADERS = {
    "x-ratelimit-limit-daily": "200000",
    "x-ratelimit-interval-milliseconds": "10000",
    "x-ratelimit-max": "100",
}


def test_rate_limit_headers_are_on_every_reply(start: Any) -> None:
    api = start(rate_limit="vendor", clock=lambda: 1_800_000_000.0)
    left = 100
    for path, status in (
        (f"/contacts/{api.contact}", 200),
        ("/nothing", 404),
        ("/contacts/unknown", 400),
    ):
        reply = api("GET", path)
        left -= 1
        assert reply.status_code == status
        assert RATE_HEADERS.items() <= dict(reply.headers).items()
        assert reply.headers["x-ratelimit-remaining"] == str(left)
        assert reply.headers["x-ratelimit-daily-remaining"] == str(199_900 + left)
        assert reply.headers["x-ratelimit-daily-reset"] == "86400000"


def test_the_hundred_and_first_request_is_429_without_retry_after(start: Any) -> None:
    api = start(rate_limit="vendor", clock=lambda: 1_800_000_000.0)
    replies = [api("GET", "/nothing") for _ in range(101)]
    assert {reply.status_code for reply in replies[:100]} == {404}
    assert replies[100].status_code == 429
    assert replies[100].json() == {"statusCode": 429, "message": "Too Many Requests"}
    assert "retry-after" not in replies[100].headers
    assert replies[100].headers["x-ratelimit-remaining"] == "0"
    # Another resource has its own budget, and this one comes back after the interval.
    assert api("GET", "/nothing", token=api.info["agency_token"]).status_code == 404
    api.control("POST", "clock", json={"shift_s": 10})
    assert api("GET", "/nothing").status_code == 404


def test_without_limits_the_headers_stay(api: Any) -> None:
    reply = api("GET", f"/contacts/{api.contact}")
    assert int(reply.headers["x-ratelimit-remaining"]) > 1_000_000
