"""Signing in to the sandbox."""

import base64
import hashlib
from typing import Any

import pytest
from joserfc import jws

SCOPES = "contacts.readonly contacts.write"
REDIRECT = "http://127.0.0.1:5123/callback"
VERIFIER = "v" * 64


def page(api: Any, **changes: Any) -> Any:
    asked = {
        "response_type": "code",
        "client_id": api.info["client_id"],
        "redirect_uri": REDIRECT,
        "scope": SCOPES,
        "state": "<&\"'>",
        **changes,
    }
    return api.http.get("/v2/oauth/chooselocation", params=asked)


def test_the_page_offers_each_location_and_says_the_scopes_in_words(api: Any) -> None:
    reply = page(api)
    assert reply.status_code == 200
    for text in ("Lumen Solar", "Lisbon, Portugal", "Harbour Dental", "Kestrel Homes"):
        assert text in reply.text
    assert "See contacts with their tasks" in reply.text
    assert "users.readonly" not in reply.text
    assert 'id="allow"' in reply.text
    assert 'id="deny"' in reply.text
    assert "<script" not in reply.text
    assert "&lt;&amp;&quot;&#x27;&gt;" in reply.text  # the state, escaped
    assert "default-src 'none'" in reply.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"client_id": "nobody"}, "This app is not known here"),
        (
            {"redirect_uri": "https://evil.example/callback"},
            "This return address is not registered",
        ),
        ({"redirect_uri": "http://127.0.0.1:99999/callback"}, "not registered"),
        ({"redirect_uri": "http://127.0.0.1:5123/elsewhere"}, "not registered"),
        ({"response_type": "token"}, "This kind of sign-in is not supported"),
        ({"scope": ""}, "No access was asked for"),
        ({"scope": "contacts.readonly everything"}, "Unknown scope: everything"),
        ({"code_challenge": "abc", "code_challenge_method": "plain"}, "S256"),
    ],
)
def test_a_wrong_address_is_explained(api: Any, changes: Any, sentence: Any) -> None:
    reply = page(api, **changes)
    assert reply.status_code == 400
    assert sentence in reply.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_any_loopback_port_may_be_the_return_address(api: Any, host: Any) -> None:
    assert page(api, redirect_uri=f"http://{host}:61234/callback").status_code == 200


def test_deny(api: Any) -> None:
    callback = api.authorize(SCOPES, decision="deny")
    assert callback["error"] == "access_denied"
    assert callback["state"] == "st4te"
    assert "code" not in callback


def test_the_token_reply(api: Any) -> None:
    signed_in = api.sign_in(SCOPES)
    assert signed_in["token_type"] == "Bearer"
    assert signed_in["expires_in"] == 86399
    assert signed_in["scope"] == SCOPES
    assert signed_in["userType"] == "Location"
    assert signed_in["locationId"] == api.location
    assert signed_in["companyId"] == api.info["company_id"]
    assert signed_in["userId"] == api.info["examples"]["user"]
    assert signed_in["refreshTokenId"]
    header = jws.extract_compact(signed_in["access_token"].encode()).headers()
    assert header["alg"] == "RS256"
    reply = api("GET", f"/contacts/{api.contact}", token=signed_in["access_token"])
    assert reply.status_code == 200


def test_a_code_is_used_once(api: Any) -> None:
    code = api.authorize(SCOPES)["code"]
    first = api.token_request("authorization_code", code=code, redirect_uri=REDIRECT)
    again = api.token_request("authorization_code", code=code, redirect_uri=REDIRECT)
    assert first.status_code == 200
    assert again.status_code == 400
    assert again.json()["message"] == "Invalid grant: authorization code is invalid"


def test_a_code_is_short_lived(api: Any) -> None:
    code = api.authorize(SCOPES)["code"]
    api.control("POST", "clock", json={"shift_s": 601})
    reply = api.token_request("authorization_code", code=code, redirect_uri=REDIRECT)
    assert reply.status_code == 400


def test_the_return_address_must_match(api: Any) -> None:
    code = api.authorize(SCOPES)["code"]
    reply = api.token_request(
        "authorization_code", code=code, redirect_uri="http://127.0.0.1:5124/callback"
    )
    assert reply.status_code == 400
    assert reply.json()["message"] == "Invalid grant: redirect_uri is invalid"


@pytest.mark.parametrize(
    ("sent", "status"), [({"code_verifier": VERIFIER}, 200), ({"code_verifier": "w" * 64}, 400)]
)
def test_pkce_is_verified_when_it_was_sent(api: Any, sent: Any, status: Any) -> None:
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    callback = api.authorize(SCOPES, code_challenge=challenge, code_challenge_method="S256")
    reply = api.token_request(
        "authorization_code", code=callback["code"], redirect_uri=REDIRECT, **sent
    )
    assert reply.status_code == status
    if status == 400:
        assert reply.json()["message"] == "Invalid grant: code verifier is invalid"


def test_pkce_cannot_be_left_out_afterwards(api: Any) -> None:
    callback = api.authorize(SCOPES, code_challenge="a" * 43, code_challenge_method="S256")
    reply = api.token_request("authorization_code", code=callback["code"], redirect_uri=REDIRECT)
    assert reply.status_code == 400


def test_a_refresh_token_is_used_once(api: Any) -> None:
    signed_in = api.sign_in(SCOPES)
    first = api.token_request("refresh_token", refresh_token=signed_in["refresh_token"])
    again = api.token_request("refresh_token", refresh_token=signed_in["refresh_token"])
    assert first.status_code == 200
    assert first.json()["refresh_token"] != signed_in["refresh_token"]
    assert first.json()["scope"] == SCOPES
    assert again.status_code == 400
    assert again.json()["message"] == "Invalid grant: refresh token is invalid"
    third = api.token_request("refresh_token", refresh_token=first.json()["refresh_token"])
    assert third.status_code == 200


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"client_secret": "wrong"}, "Invalid client: client is invalid"),
        ({"client_secret": ""}, "Missing parameter: client_secret"),
        ({"grant_type": "password"}, "Unsupported grant type: grant_type is invalid"),
        ({"grant_type": ""}, "Missing parameter: grant_type"),
    ],
)
def test_wrong_token_requests(api: Any, change: Any, message: Any) -> None:
    fields = {
        "client_id": api.info["client_id"],
        "client_secret": api.info["client_secret"],
        "grant_type": "authorization_code",
        "code": "x",
        **change,
    }
    reply = api.http.post("/oauth/token", data=fields)
    assert reply.status_code == 400
    assert reply.json()["message"] == message


def test_the_token_endpoint_wants_a_form(api: Any) -> None:
    reply = api.http.post("/oauth/token", json={"grant_type": "refresh_token"})
    assert reply.status_code == 400


def test_v3_speaks_camel_case(api: Any) -> None:
    code = api.authorize(SCOPES)["code"]
    reply = api.http.post(
        "/oauth/token",
        headers={"Version": "v3"},
        json={
            "clientId": api.info["client_id"],
            "clientSecret": api.info["client_secret"],
            "grantType": "authorization_code",
            "code": code,
            "redirectUri": REDIRECT,
        },
    )
    assert reply.status_code == 200
    assert reply.json()["expiresIn"] == 86399
    assert reply.json()["accessToken"]
    missing = api.http.post("/oauth/token", headers={"Version": "v3"}, json={})
    assert missing.json()["message"] == "Missing parameter: clientId"


def test_an_inactive_location_refuses_the_refresh_and_keeps_the_token(api: Any) -> None:
    refresh = api.sign_in(SCOPES)["refresh_token"]
    api.control("POST", f"locations/{api.location}", json={"active": False})
    refused = api.token_request("refresh_token", refresh_token=refresh)
    assert refused.status_code == 400
    assert refused.json()["message"] == "Location is not active"
    api.control("POST", f"locations/{api.location}", json={"active": True})
    assert api.token_request("refresh_token", refresh_token=refresh).status_code == 200


def test_an_access_token_lasts_a_day(api: Any) -> None:
    token = api.sign_in(SCOPES)["access_token"]
    api.control("POST", "clock", json={"shift_s": 86_390})
    assert api("GET", f"/contacts/{api.contact}", token=token).status_code == 200
    api.control("POST", "clock", json={"shift_s": 86_410})
    late = api("GET", f"/contacts/{api.contact}", token=token)
    assert late.status_code == 401
    assert late.json()["message"] == "Invalid JWT"


def test_revoking_ends_the_installation(api: Any) -> None:
    signed_in = api.sign_in(SCOPES)
    other = api.sign_in(SCOPES)
    reply = api.http.post(
        "/oauth/revoke",
        data={
            "client_id": api.info["client_id"],
            "client_secret": api.info["client_secret"],
            "token": signed_in["refresh_token"],
        },
    )
    assert reply.status_code == 200
    gone = api("GET", f"/contacts/{api.contact}", token=signed_in["access_token"])
    assert gone.status_code == 401
    refused = api.token_request("refresh_token", refresh_token=signed_in["refresh_token"])
    assert refused.status_code == 400
    kept = api("GET", f"/contacts/{api.contact}", token=other["access_token"])
    assert kept.status_code == 200


def test_revoking_an_unknown_token_is_fine_but_not_without_the_secret(api: Any) -> None:
    fields = {"client_id": api.info["client_id"], "token": "unknown"}
    assert api.http.post("/oauth/revoke", data=fields).status_code == 400
    fields["client_secret"] = api.info["client_secret"]
    assert api.http.post("/oauth/revoke", data=fields).status_code == 200


def test_the_agency_gets_a_location_token(api: Any) -> None:
    agency = api.info["agency_token"]
    reply = api(
        "POST",
        "/oauth/locationToken",
        token=agency,
        data={"companyId": api.info["company_id"], "locationId": api.other_location},
    )
    assert reply.status_code == 200
    token = reply.json()["access_token"]
    listed = api("GET", "/contacts/", token=token, params={"locationId": api.other_location})
    assert listed.status_code == 200
    assert api("GET", f"/contacts/{api.contact}", token=token).status_code == 403


def test_agency_calls_refuse_other_tokens(api: Any) -> None:
    fields = {"companyId": api.info["company_id"], "locationId": api.location}
    located = api("POST", "/oauth/locationToken", data=fields)
    assert located.status_code == 403
    assert located.json()["message"] == "Forbidden resource"
    private = api("POST", "/oauth/locationToken", token=api.info["private_token"], data=fields)
    assert private.status_code == 401


def test_where_the_app_is_installed(api: Any) -> None:
    reply = api(
        "GET",
        "/oauth/installedLocations",
        token=api.info["agency_token"],
        params={"companyId": api.info["company_id"], "appId": "x"},
    )
    assert reply.status_code == 200
    assert reply.json()["count"] == 3
    assert [place["_id"] for place in reply.json()["locations"]] == api.info["location_ids"]


def test_reconnecting(api: Any) -> None:
    reply = api.http.post(
        "/oauth/reconnect",
        json={
            "clientKey": api.info["client_id"],
            "clientSecret": api.info["client_secret"],
            "locationId": api.location,
        },
    )
    assert reply.status_code == 200
    code = reply.json()["authorizationCode"]
    assert api.token_request("authorization_code", code=code).status_code == 200


def test_a_private_integration_token_works_like_another(api: Any) -> None:
    reply = api("GET", f"/contacts/{api.contact}", token=api.info["private_token"])
    assert api.info["private_token"].startswith("pit-")
    assert reply.status_code == 200
    wrong = api("GET", f"/contacts/{api.contact}", token="pit-0000")
    assert wrong.status_code == 401
    assert wrong.json()["message"] == "Invalid Private Integration token"


def test_tokens_are_not_stored_in_the_clear(start: Any, tmp_path: Any) -> None:
    state = tmp_path / "state.db"
    api = start(state_file=state)
    signed_in = api.sign_in(SCOPES)
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for secret in (signed_in["access_token"], signed_in["refresh_token"]):
        assert secret.encode() not in stored


AGENCY_SCOPES = f"{SCOPES} oauth.readonly oauth.write"


def test_an_agency_is_offered_to_an_app_that_is_for_agencies(api: Any) -> None:
    assert "Harbour Agency" not in page(api).text
    assert "All 3 locations" in page(api, scope=AGENCY_SCOPES).text
    # Not offered is not allowed: the agency's id without its scopes is no location.
    refused = api.http.post(
        "/v2/oauth/chooselocation",
        data={
            "response_type": "code",
            "client_id": api.info["client_id"],
            "redirect_uri": REDIRECT,
            "scope": SCOPES,
            "location_id": api.info["company_id"],
            "decision": "allow",
        },
    )
    assert refused.status_code == 400


def test_who_signs_in_is_chosen_and_works_in_the_location(api: Any) -> None:
    """The token tells the user, whose role is in the list of users (FACTS B4)."""
    first, _, third = api.info["location_ids"]
    users = api("GET", f"/users/?locationId={first}").json()["users"]
    (ines,) = (user for user in users if user["firstName"] == "Inês")
    code = api.authorize("contacts.readonly", location_id=first, user_id=ines["id"])["code"]
    granted = api.token_request("authorization_code", code=code, redirect_uri=REDIRECT).json()
    assert granted["userId"] == ines["id"]
    refused = api.http.post(
        "/v2/oauth/chooselocation",
        data={
            "response_type": "code",
            "client_id": api.info["client_id"],
            "redirect_uri": REDIRECT,
            "scope": "contacts.readonly",
            "location_id": third,
            "user_id": ines["id"],
            "decision": "allow",
        },
    )
    assert refused.status_code == 400
    assert "does not work there" in refused.text


def test_an_agency_signs_in_and_mints(api: Any) -> None:
    code = api.authorize(AGENCY_SCOPES, location_id=api.info["company_id"])["code"]
    agency = api.token_request("authorization_code", code=code, redirect_uri=REDIRECT).json()
    assert agency["userType"] == "Company"
    assert "locationId" not in agency
    assert agency["approvedLocations"] == api.info["location_ids"]
    minted = api(
        "POST",
        "/oauth/locationToken",
        token=agency["access_token"],
        data={"companyId": agency["companyId"], "locationId": api.other_location},
    ).json()
    assert minted["locationId"] == api.other_location
    assert minted["scope"] == SCOPES
    assert minted["refresh_token"]
    fresh = api.token_request("refresh_token", refresh_token=agency["refresh_token"]).json()
    assert fresh["userType"] == "Company"


def installed(api: Any, **query: str) -> list[str]:
    reply = api(
        "GET",
        "/oauth/installedLocations",
        token=api.info["agency_token"],
        params={"companyId": api.info["company_id"], "appId": "x", **query},
    )
    return [place["_id"] for place in reply.json()["locations"] if place["isInstalled"]]


def test_what_is_uninstalled_cannot_be_reconnected_until_somebody_consents(api: Any) -> None:
    signed_in = api.sign_in(SCOPES)
    client = {"client_id": api.info["client_id"], "client_secret": api.info["client_secret"]}
    api.http.post("/oauth/revoke", data={**client, "token": signed_in["refresh_token"]})
    asked = {
        "clientKey": client["client_id"],
        "clientSecret": client["client_secret"],
        "locationId": api.location,
    }
    refused = api.http.post("/oauth/reconnect", json=asked)
    assert (refused.status_code, refused.json()["message"]) == (
        400,
        "The app is not installed in this location",
    )
    assert api.location not in installed(api)
    assert len(installed(api, isInstalled="true")) == 2
    fields = {"companyId": api.info["company_id"], "locationId": api.location}
    minted = api("POST", "/oauth/locationToken", token=api.info["agency_token"], data=fields)
    assert minted.status_code == 400
    company = {"locationId": None, "companyId": api.info["company_id"]}
    assert api.http.post("/oauth/reconnect", json={**asked, **company}).status_code == 200

    api.sign_in(SCOPES)
    assert api.http.post("/oauth/reconnect", json=asked).status_code == 200
    assert api.location in installed(api)
