"""OAuth: the token endpoint, revocation, and the agency's calls.

Wording follows the vendor's and the stock texts of the library behind its token endpoint.
``POST /oauth/revoke`` (RFC 7009, form or JSON, ``token`` and the client's credentials) is an
addition of the sandbox; the vendor documents no such call.
"""

import base64
import hashlib
import hmac
import secrets

import msgspec
from starlette.responses import Response

from . import scopes
from .clock import iso
from .errors import ApiError, bad_request, no_access_to_location, unauthorized, unprocessable
from .store import Doc
from .table import Answer, Call, Routes
from .tokens import ACCESS_S, CODE_S, Grant, Held
from .wire import boolean, whole_number

routes = Routes(audience="none")

_NOT_INSTALLED = "The app is not installed in this location"

#: v3 spells the token endpoint's fields in camel case.
_CAMEL = {
    "client_id": "clientId",
    "client_secret": "clientSecret",
    "grant_type": "grantType",
    "refresh_token": "refreshToken",
    "user_type": "userType",
    "redirect_uri": "redirectUri",
    "code_verifier": "codeVerifier",
    "access_token": "accessToken",
    "token_type": "tokenType",
    "expires_in": "expiresIn",
}


def _refused(name: str, message: str) -> ApiError:
    return ApiError(
        400,
        {"statusCode": 400, "message": message, "error": name, "error_description": message},
        traced=True,
    )


def _is_v3(call: Call) -> bool:
    return call.headers.get("version") == "v3"


def _fields(call: Call, *, json_too: bool = False) -> dict[str, str]:
    kind = call.headers.get("content-type", "").split(";")[0].strip().lower()
    v3 = _is_v3(call)
    if kind == "application/json" and (v3 or json_too):
        fields = {name: str(value) for name, value in call.json().items() if value is not None}
    elif kind == "application/x-www-form-urlencoded":
        fields = call.form()
    else:
        raise _refused(
            "invalid_request",
            "Invalid request: content must be application/x-www-form-urlencoded",
        )
    if v3:
        plain = {camel: snake for snake, camel in _CAMEL.items()}
        fields = {plain.get(name, name): value for name, value in fields.items()}
    return fields


def _need(call: Call, fields: dict[str, str], name: str) -> str:
    value = fields.get(name, "")
    if not value:
        shown = _CAMEL.get(name, name) if _is_v3(call) else name
        raise _refused("invalid_request", f"Missing parameter: {shown}")
    return value


def _check_client(call: Call, client_id: str, client_secret: str) -> None:
    client = call.core.tokens.client
    right = hmac.compare_digest(client_id.encode(), client.id.encode())
    right &= hmac.compare_digest(client_secret.encode(), client.secret.encode())
    if not right:
        raise _refused("invalid_client", "Invalid client: client is invalid")


@routes("POST", "/oauth/token")
def token(call: Call) -> Answer:
    fields = _fields(call)
    _check_client(call, _need(call, fields, "client_id"), _need(call, fields, "client_secret"))
    grant_type = _need(call, fields, "grant_type")
    if grant_type == "authorization_code":
        held = _redeem_code(call, fields)
    elif grant_type == "refresh_token":
        held = _redeem_refresh(call, fields)
    else:
        raise _refused("unsupported_grant_type", "Unsupported grant type: grant_type is invalid")
    call.core.tokens.spend(held)
    reply = issue(call, held.grant, held.family)
    if _is_v3(call):
        reply = {_CAMEL.get(name, name): value for name, value in reply.items()}
    return Response(
        msgspec.json.encode(reply),
        200,
        headers={"Cache-Control": "no-store", "Pragma": "no-cache"},
        media_type="application/json",
    )


def _redeem_code(call: Call, fields: dict[str, str]) -> Held:
    held = call.core.tokens.find("code", _need(call, fields, "code"))
    if held is None or not held.live:
        raise _refused("invalid_grant", "Invalid grant: authorization code is invalid")
    if held.doc["redirect_uri"] is not None:
        given = fields.get("redirect_uri")
        if given != held.doc["redirect_uri"]:
            raise _refused("invalid_grant", "Invalid grant: redirect_uri is invalid")
    challenge = held.doc["challenge"]
    if challenge:
        verifier = fields.get("code_verifier", "")
        if not verifier:
            raise _refused("invalid_grant", "Missing parameter: code_verifier")
        hashed = hashlib.sha256(verifier.encode()).digest()
        made = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
        if not hmac.compare_digest(made, challenge):
            raise _refused("invalid_grant", "Invalid grant: code verifier is invalid")
    _check_active(call, held.grant)
    return held


def _redeem_refresh(call: Call, fields: dict[str, str]) -> Held:
    held = call.core.tokens.find("refresh", _need(call, fields, "refresh_token"))
    if held is None or not held.live:
        raise _refused("invalid_grant", "Invalid grant: refresh token is invalid")
    _check_active(call, held.grant)
    return held


def _check_active(call: Call, grant: Grant) -> None:
    """Refused before the token is spent: the same one works once the location is active."""
    if grant.location_id and not call.core.is_active(grant.location_id):
        raise bad_request("Location is not active")


def issue(call: Call, grant: Grant, family: str) -> Doc:
    """The token endpoint's reply, with a new access and refresh token."""
    refresh, refresh_id = call.core.tokens.refresh(grant, family)
    reply: Doc = {
        "access_token": call.core.tokens.access(grant, family),
        "token_type": "Bearer",
        "expires_in": ACCESS_S,
        "refresh_token": refresh,
        "refreshTokenId": refresh_id,
        "scope": " ".join(grant.scopes),
        "userType": "Company" if grant.is_company else "Location",
        "companyId": grant.company_id,
        "userId": grant.user_id,
        "isBulkInstallation": False,
    }
    if grant.is_company:
        approved = [location["id"] for location in call.core.active_locations()]
        reply.update(
            approvedLocations=approved, approveAllLocations=True, installToFutureLocations=True
        )
    else:
        reply["locationId"] = grant.location_id
    return reply


@routes("POST", "/oauth/revoke")
def revoke(call: Call) -> Answer:
    """RFC 7009: 200 whether or not the token was known; its whole installation ends, so that
    reconnecting is refused, too."""
    fields = _fields(call, json_too=True)
    _check_client(call, _need(call, fields, "client_id"), _need(call, fields, "client_secret"))
    given = _need(call, fields, "token")
    tokens = call.core.tokens
    held = tokens.find("refresh", given) or tokens.find("access", given)
    if held is not None and held.family:
        tokens.revoke_family(held.family)
        call.core.set_app(held.grant.location_id, installed=False)
    elif held is not None:
        tokens.revoke(given)
    return {}


@routes("POST", "/oauth/reconnect")
def reconnect(call: Call) -> Answer:
    """A fresh authorization code for an app that lost its tokens."""
    body = call.json()
    _check_client(call, str(body.get("clientKey", "")), str(body.get("clientSecret", "")))
    location_id, company_id = body.get("locationId"), body.get("companyId")
    if bool(location_id) == bool(company_id):
        raise bad_request("Exactly one of locationId and companyId is needed")
    core = call.core
    if location_id:
        location = core.store.get("location", str(location_id))
        if location is None or not core.has_app(location["id"]):
            raise bad_request(_NOT_INSTALLED)
        _check_active(call, Grant(location["companyId"], location["id"], "", (), ""))
        grant = Grant(
            location["companyId"],
            location["id"],
            core.owner_id(),
            scopes.LOCATION,
            core.tokens.client.app_id,
        )
    else:
        places = core.store.records("location")
        if company_id != core.company_id() or not any(core.has_app(one["id"]) for one in places):
            raise bad_request("The app is not installed in this company")
        grant = Grant(
            core.company_id(), "", core.owner_id(), tuple(scopes.PLAIN), core.tokens.client.app_id
        )
    code = core.tokens.code(grant, None, None)
    expires = core.clock.now_ms() + CODE_S * 1000
    return {"authorizationCode": code, "expiresAt": iso(expires), "traceId": call.trace_id}


# -- the agency's calls --------------------------------------------------------------------------


def _agency(call: Call) -> Grant:
    if call.grant.private:
        raise unauthorized("Unauthorized, Please provide a valid token")
    return call.grant


@routes("POST", "/oauth/locationToken", "oauth.write", audience="company")
def location_token(call: Call) -> Answer:
    grant = _agency(call)
    fields = _fields(call, json_too=True)
    missing = [name for name in ("companyId", "locationId") if not fields.get(name)]
    if missing:
        raise unprocessable(f"{name} must be a string" for name in missing)
    location = call.core.store.get("location", fields["locationId"])
    if fields["companyId"] != grant.company_id or location is None:
        raise no_access_to_location()
    if not call.core.is_active(location["id"]):
        raise bad_request("Location is not active")
    if not call.core.has_app(location["id"]):
        raise bad_request(_NOT_INSTALLED)
    mine = Grant(
        grant.company_id,
        location["id"],
        grant.user_id,
        tuple(scope for scope in grant.scopes if scope not in scopes.AGENCY_ONLY),
        grant.app,
    )
    reply = issue(call, mine, secrets.token_hex(8))
    reply["appId"] = call.core.tokens.client.app_id
    reply["versionId"] = call.core.tokens.client.app_id
    return reply


@routes("GET", "/oauth/installedLocations", "oauth.readonly", audience="company")
def installed_locations(call: Call) -> Answer:
    grant = _agency(call)
    query = call.query
    missing = [name for name in ("companyId", "appId") if not query.get(name)]
    if missing:
        raise unprocessable(f"{name} must be a string" for name in missing)
    if query["companyId"] != grant.company_id:
        raise no_access_to_location()
    skip = whole_number(query, "skip", 0)
    limit = whole_number(query, "limit", 20, least=1, most=100)
    wanted, text = boolean(query, "isInstalled"), query.get("query", "").casefold()
    places = [
        (place, call.core.has_app(place["id"])) for place in call.core.store.records("location")
    ]
    found = [
        {
            "_id": location["id"],
            "name": location["name"],
            "address": location["address"],
            "isInstalled": installed,
            "versionId": call.core.tokens.client.app_id,
            "installedAt": iso(location["dateAdded"]),
        }
        for location, installed in places
        if text in location["name"].casefold()
        and query.get("locationId") in (None, location["id"])
        and wanted in (None, installed)
    ]
    return {
        "locations": found[skip : skip + limit],
        "count": len(found),
        "installToFutureLocations": True,
    }
