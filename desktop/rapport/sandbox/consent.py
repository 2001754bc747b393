"""The authorization endpoint: a person chooses a location, and allows or denies."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.responses import HTMLResponse, RedirectResponse, Response

from . import consent_page, scopes
from .store import Doc
from .table import Answer, Call, Routes
from .tokens import Grant

routes = Routes(audience="none")

AGENCY = "Harbour Agency"


def _page_error(title: str, detail: str) -> Response:
    return _html(consent_page.error(title, detail), 400)


def _html(page: str, status: int = 200) -> Response:
    return HTMLResponse(
        page,
        status,
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": (
                "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
                " frame-ancestors 'none'"
            ),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _registered(call: Call, redirect_uri: str) -> bool:
    """The registered address, or a loopback one with any port (RFC 8252, 7.3)."""
    if redirect_uri == call.core.tokens.client.redirect_uri:
        return True
    parts = urlsplit(redirect_uri)
    try:
        port = parts.port
    except ValueError:
        return False
    return (
        parts.scheme == "http"
        and parts.hostname in ("127.0.0.1", "localhost")
        and port is not None
        and parts.path == "/callback"
        and not parts.query
        and not parts.fragment
        and parts.username is None
    )


def _asked(call: Call, asked: dict[str, str]) -> Response | list[str]:
    """The scopes of a valid request, or the page that says what is wrong with it."""
    if asked.get("client_id") != call.core.tokens.client.id:
        return _page_error(
            "This app is not known here",
            "The address names a client ID that is not registered with this sandbox.",
        )
    redirect_uri = asked.get("redirect_uri", "")
    if not _registered(call, redirect_uri):
        return _page_error(
            "This return address is not registered",
            "The app asked to be called back at an address that is not registered for it."
            f" Registered: {call.core.tokens.client.redirect_uri}",
        )
    if asked.get("response_type") != "code":
        return _page_error(
            "This kind of sign-in is not supported",
            "The response_type of the address must be “code”.",
        )
    wanted = list(dict.fromkeys(asked.get("scope", "").split()))
    if not wanted:
        return _page_error("No access was asked for", "The address carries no scope.")
    strange = scopes.unknown(wanted)
    if strange:
        return _page_error(
            "The app asks for something that does not exist",
            f"Unknown scope: {', '.join(strange)}",
        )
    method = asked.get("code_challenge_method", "plain")
    if asked.get("code_challenge") and method != "S256":
        return _page_error(
            "This sign-in is not safe enough",
            "A code challenge must use the method S256.",
        )
    return wanted


def _answer_to(redirect_uri: str, **fields: str | None) -> Response:
    parts = urlsplit(redirect_uri)
    query = parse_qsl(parts.query) + [(k, v) for k, v in fields.items() if v is not None]
    location = urlunsplit(parts._replace(query=urlencode(query)))
    return RedirectResponse(location, 302, headers={"Cache-Control": "no-store"})


def _agency_of(call: Call, wanted: list[str]) -> Doc | None:
    """The agency, where the app asks for what only an agency's token is good for."""
    if not scopes.AGENCY_ONLY & set(wanted):
        return None
    places = len(call.core.active_locations())
    return {"id": call.core.company_id(), "name": AGENCY, "places": places}


@routes("GET", "/v2/oauth/chooselocation")
@routes("GET", "/oauth/chooselocation")
def choose_location(call: Call) -> Answer:
    wanted = _asked(call, call.query)
    if isinstance(wanted, Response):
        return wanted
    return _html(
        consent_page.choose(
            locations=call.core.active_locations(),
            agency=_agency_of(call, wanted),
            scopes=wanted,
            action=call.path,
            asked=call.query,
            users=call.core.store.records("user"),
            owner=call.core.owner_email(),
        )
    )


@routes("POST", "/v2/oauth/chooselocation")
@routes("POST", "/oauth/chooselocation")
def chosen_location(call: Call) -> Answer:
    form = call.form()
    wanted = _asked(call, form)
    if isinstance(wanted, Response):
        return wanted
    redirect_uri, state = form["redirect_uri"], form.get("state")
    if form.get("decision") != "allow":
        return _answer_to(
            redirect_uri,
            error="access_denied",
            error_description="The user denied the request.",
            state=state,
        )
    chosen = form.get("location_id", "")
    agency = _agency_of(call, wanted)
    whole = agency is not None and chosen == agency["id"]
    if not (whole or call.core.is_active(chosen)):
        return _page_error(
            "That location is not there", "Go back and choose one of the locations shown."
        )
    location_id = "" if whole else chosen
    user = call.core.store.get("user", form.get("user_id") or call.core.owner_id())
    if user is None or (location_id and location_id not in user["roles"]["locationIds"]):
        return _page_error(
            "This person does not work there", "Go back and choose a location of theirs."
        )
    call.core.set_app(location_id, installed=True)
    grant = Grant(
        company_id=call.core.company_id(),
        location_id=location_id,
        user_id=user["id"],
        scopes=tuple(wanted),
        app=call.core.tokens.client.app_id,
    )
    code = call.core.tokens.code(grant, redirect_uri, form.get("code_challenge") or None)
    return _answer_to(redirect_uri, code=code, state=state)
