"""The people of an agency and its locations."""

from rapport.sandbox.errors import (
    bad_request,
    no_access_to_location,
    not_found,
    unauthorized,
    unprocessable,
)
from rapport.sandbox.ids import firestore_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import (
    FILLED,
    FLAG,
    MAPPING,
    TEXT,
    TEXTS,
    Field,
    checked,
    one_of,
    whole_number,
)

from .contact_lists import refuse_unknown

routes = Routes()

_ROLE_FIELDS = {"type", "role", "locationIds"}
_UPDATE: dict[str, Field] = {
    "firstName": FILLED,
    "lastName": TEXT,
    "email": FILLED,
    "password": FILLED,
    "phone": TEXT,
    "type": one_of("account", "agency"),
    "role": one_of("admin", "user"),
    "companyId": TEXT,
    "locationIds": TEXTS,
    "permissions": MAPPING,
    "scopes": TEXTS,
    "scopesAssignedToOnly": TEXTS,
    "profilePhoto": TEXT,
    "twilioPhone": MAPPING,
    "platformLanguage": one_of(
        *("en_US", "es", "fr_CA", "fr_FR", "nl", "de", "pt_PT", "pt_BR", "it", "sv", "da", "fi"),
        "no",
    ),
}
_CREATE = {
    **_UPDATE,
    **{
        name: _UPDATE[name].must
        for name in (
            *("companyId", "firstName", "lastName", "email", "password"),
            *("type", "role", "locationIds"),
        )
    },
}
_FILTER: dict[str, Field] = {
    "companyId": FILLED.must,
    "emails": FILLED.must,
    "deleted": FLAG,
    "skip": TEXT,
    "limit": TEXT,
    "projection": TEXT,
}


def _shown_user(user: Doc) -> Doc:
    return {name: value for name, value in user.items() if name != "companyId"}


def _users(call: Call) -> list[Doc]:
    return [user for user in call.core.store.records("user") if not user["deleted"]]


def _users_at(call: Call, location_id: str) -> list[Doc]:
    return [user for user in _users(call) if location_id in user["roles"]["locationIds"]]


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
        users = _users(call)
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


@routes("POST", "/users/search/filter-by-email", "users.readonly", audience="company")
def filter_by_email(call: Call) -> Answer:
    """For agencies. Numbers come as text; without a projection only id and e-mail are told."""
    body = checked(call.json(), _FILTER)
    _own_company(call, body["companyId"])
    skip = whole_number(body, "skip", 0)
    limit = whole_number(body, "limit", 25, least=1, most=100)
    wanted = {email.strip().casefold() for email in body["emails"].split(",")}
    gone = body.get("deleted", False)
    found = [
        _shown_user(user)
        for user in call.core.store.records("user")
        if user["email"].casefold() in wanted and user["deleted"] == gone
    ]
    shown = found[skip : skip + limit]
    projection = body.get("projection") or "id,email"
    if projection != "all":
        names = {name.strip() for name in projection.split(",")}
        shown = [{name: user[name] for name in user if name in names} for user in shown]
    return {"users": shown, "count": len(found), "traceId": call.trace_id}


def _user_of(call: Call) -> Doc:
    user = call.core.store.get("user", call.params["userId"])
    if user is None or user["deleted"]:
        raise not_found("User", call.params["userId"])
    if not call.grant.is_company and call.location not in user["roles"]["locationIds"]:
        raise no_access_to_location()
    return user


@routes("GET", "/users/{userId}", "users.readonly", audience="either")
def get_user(call: Call) -> Answer:
    """A bare object."""
    return {**_shown_user(_user_of(call)), "traceId": call.trace_id}


def _own_company(call: Call, company_id: str) -> None:
    if company_id != call.grant.company_id:
        raise no_access_to_location()


def _take(call: Call, user: Doc, body: Doc) -> None:
    """The sent fields; the password is never kept."""
    if "companyId" in body:
        _own_company(call, body["companyId"])
    if "email" in body and body["email"].casefold() != user.get("email", "").casefold():
        others = (other["email"].casefold() for other in _users(call))
        if body["email"].casefold() in others:
            raise bad_request("A user with this email already exists.")
    if "locationIds" in body:
        known = {place["id"] for place in call.core.store.records("location")}
        reach = known if call.grant.is_company else {call.location}
        kept = set(user["roles"]["locationIds"])
        if not set(body["locationIds"]) <= reach | kept:
            raise no_access_to_location()
    for name, value in body.items():
        if name in _ROLE_FIELDS:
            user["roles"][name] = value
        elif name == "permissions":
            user["permissions"].update(value)
        elif name not in ("password", "companyId"):
            user[name] = value
    user["name"] = f"{user['firstName']} {user['lastName']}".strip()


@routes("POST", "/users/", "users.write", status=201, audience="either")
def create_user(call: Call) -> Answer:
    """A bare object."""
    body = checked(call.json(), _CREATE)
    user: Doc = {
        "id": firestore_id(),
        "companyId": call.grant.company_id,
        "phone": "",
        "extension": "",
        "permissions": {"contactsEnabled": True, "assignedDataOnly": False},
        "scopes": [],
        "roles": {"locationIds": [], "restrictSubAccount": False},
        "deleted": False,
    }
    _take(call, user, body)
    call.core.store.put("user", user, location="", position=call.core.clock.now_ms())
    return {**_shown_user(user), "traceId": call.trace_id}


@routes("PUT", "/users/{userId}", "users.write", audience="either")
def update_user(call: Call) -> Answer:
    user = _user_of(call)
    _take(call, user, checked(call.json(), _UPDATE))
    call.core.store.replace("user", user)
    return {**_shown_user(user), "traceId": call.trace_id}


@routes("DELETE", "/users/{userId}", "users.write", audience="either")
def delete_user(call: Call) -> Answer:
    """What is assigned to the user stays so."""
    user = _user_of(call)
    user["deleted"] = True
    call.core.store.replace("user", user)
    return {
        "succeded": True,
        "message": f"Queued deleting user with e-mail {user['email']} and name {user['name']}."
        " Will take effect in a few minutes.",
    }
