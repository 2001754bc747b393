"""Consent, tokens, refresh and revocation against the sandbox's OAuth server."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import msgspec
import pytest

from rapport.api import ApiClient, Lane, StaticToken, oauth
from rapport.api.agency import Agency
from rapport.api.caller import Caller
from rapport.api.http import Http
from rapport.api.oauth import OAuthApp, OAuthFlow, Tokens
from rapport.api.probe import granted
from rapport.api.session import OAuthSession, decode, encode
from rapport.app.clock import SystemClock
from rapport.domain import scopes
from rapport.domain.errors import (
    ApiError,
    AuthError,
    CapabilityError,
    InactiveError,
    InvalidError,
    LocationError,
    NetworkError,
    SignInError,
)
from rapport.host.keyring import MemoryKeyring
from rapport.host.vault import Vault
from rapport.sandbox.server import SandboxThread

pytestmark = pytest.mark.usefixtures("by_contract")
CLOCK = SystemClock()


@pytest.fixture
def app(sandbox: SandboxThread) -> OAuthApp:
    info = sandbox.info()
    return OAuthApp(
        authorize_url=info["authorize_url"],
        token_url=info["token_url"],
        client_id=info["client_id"],
        client_secret=info["client_secret"],
        redirect_uri=info["redirect_uri"],
        revoke_url=f"{info['base_url']}/oauth/revoke",
    )


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http()
    yield http
    await http.aclose()


async def consent(flow: OAuthFlow, location_id: str, decision: str = "allow") -> str:
    """What a browser does with the page: sends its form back, and is led to the callback."""
    url = urlsplit(flow.url)
    form = {**dict(parse_qsl(url.query)), "location_id": location_id, "decision": decision}
    async with httpx2.AsyncClient(trust_env=False) as browser:
        assert (await browser.get(flow.url)).status_code == 200
        reply = await browser.post(url._replace(query="").geturl(), data=form)
    assert reply.status_code == 302, reply.text
    return str(reply.headers["location"])


@pytest.fixture
def sign_in(app: OAuthApp, http: Http, sandbox: SandboxThread) -> Callable[..., Any]:
    async def sign_in(*scopes: str) -> Tokens:
        flow = OAuthFlow(app, scopes or ("contacts.readonly",), clock=CLOCK, http=http)
        return await flow.finish(await consent(flow, sandbox.info()["location_ids"][0]))

    return sign_in


@pytest.fixture
def session_for(app: OAuthApp, http: Http) -> Callable[[Tokens], tuple[OAuthSession, Vault]]:
    def make(tokens: Tokens) -> tuple[OAuthSession, Vault]:
        vault = Vault(MemoryKeyring(), "acc")
        session = OAuthSession(
            vault, lambda t: oauth.refresh(app, t, clock=CLOCK, http=http), clock=CLOCK
        )
        session.signed_in(tokens)
        return session, vault

    return make


async def test_sign_in(sign_in: Any, sandbox: SandboxThread) -> None:
    tokens = await sign_in("contacts.readonly", "users.readonly")
    assert tokens.scopes == ("contacts.readonly", "users.readonly")
    assert tokens.location_id == sandbox.info()["location_ids"][0]
    assert tokens.refresh
    assert tokens.expires_at is not None
    assert 86_000 < (tokens.expires_at - CLOCK.now()).total_seconds() < 86_400
    assert tokens.company_id == sandbox.info()["company_id"]


async def test_the_form_is_what_the_contract_says(sign_in: Any, control: Any) -> None:
    await sign_in()
    assert [entry["method"] for entry in await control.seen("^/oauth/token")] == ["POST"]


async def test_denial(app: OAuthApp, http: Http, sandbox: SandboxThread) -> None:
    flow = OAuthFlow(app, ("contacts.readonly",), clock=CLOCK, http=http)
    callback = await consent(flow, sandbox.info()["location_ids"][0], "deny")
    with pytest.raises(SignInError) as caught:
        await flow.finish(callback)
    assert caught.value.reason == "denied"


async def test_a_code_works_once(app: OAuthApp, http: Http, sandbox: SandboxThread) -> None:
    flow = OAuthFlow(app, ("contacts.readonly",), clock=CLOCK, http=http)
    callback = await consent(flow, sandbox.info()["location_ids"][0])
    await flow.finish(callback)
    with pytest.raises(SignInError):
        await flow.finish(callback)


async def test_a_stolen_code_is_worthless_without_the_verifier(
    app: OAuthApp, http: Http, sandbox: SandboxThread
) -> None:
    victim = OAuthFlow(app, ("contacts.readonly",), clock=CLOCK, http=http)
    code = dict(parse_qsl(urlsplit(await consent(victim, sandbox.info()["location_ids"][0])).query))
    thief = OAuthFlow(app, ("contacts.readonly",), clock=CLOCK, http=http)
    state = dict(parse_qsl(urlsplit(thief.url).query))["state"]
    with pytest.raises(SignInError) as caught:
        await thief.finish(f"{app.redirect_uri}?code={code['code']}&state={state}")
    assert caught.value.reason == "failed"


async def test_a_wrong_client_secret_is_said_to_be_wrong(
    app: OAuthApp, http: Http, sandbox: SandboxThread
) -> None:
    wrong = msgspec.structs.replace(app, client_secret="wrong")
    flow = OAuthFlow(wrong, ("contacts.readonly",), clock=CLOCK, http=http)
    with pytest.raises(SignInError, match="client id and secret"):
        await flow.finish(await consent(flow, sandbox.info()["location_ids"][0]))


async def test_an_expired_token_is_renewed_once_for_many_requests(
    sign_in: Any, session_for: Any, client_for: Any, sandbox: SandboxThread, control: Any
) -> None:
    tokens = await sign_in()
    session, vault = session_for(tokens)
    info = sandbox.info()
    client: ApiClient = client_for(info["base_url"], session, tokens.location_id)
    await client.contacts.search(page_limit=1)
    await control("POST", "tokens/expire", {"token": tokens.access, "kinds": ["access"]})
    await control("DELETE", "log")
    searches = (client.contacts.search(page_limit=1, lane=Lane.PERSON) for _ in range(20))
    pages = await asyncio.gather(*searches)
    assert len(pages) == 20
    assert len(await control.seen("^/oauth/token")) == 1
    assert len(vault.read_tokens()) == 2
    assert await session.access_token() != tokens.access


async def test_endless_401_is_one_refresh_and_then_the_gate(
    sign_in: Any, session_for: Any, client_for: Any, sandbox: SandboxThread, control: Any
) -> None:
    tokens = await sign_in()
    session, _ = session_for(tokens)
    client: ApiClient = client_for(sandbox.info()["base_url"], session, tokens.location_id)
    body = {"statusCode": 401, "message": "Invalid JWT", "error": "Unauthorized"}
    await control.fault(path="^/contacts", kind="status", status=401, body=body, count=None)
    for _ in range(4):
        with pytest.raises(AuthError):
            await client.contacts.search()
    assert len(await control.seen("^/oauth/token")) == 2  # the code, and one refresh
    assert len(await control.seen("^/contacts")) <= 3


async def test_invalid_grant_ends_in_one_sentence_and_a_new_sign_in_goes_on(
    sign_in: Any, session_for: Any, client_for: Any, sandbox: SandboxThread, control: Any
) -> None:
    tokens = await sign_in()
    session, _ = session_for(tokens)
    client: ApiClient = client_for(sandbox.info()["base_url"], session, tokens.location_id)
    await control("POST", "tokens/revoke", {"token": tokens.access})
    await control("POST", "tokens/revoke", {"token": tokens.refresh})
    for _ in range(3):
        with pytest.raises(AuthError) as caught:
            await client.contacts.search()
    assert "edits are kept" in caught.value.message
    session.signed_in(await sign_in())
    assert (await client.contacts.search(page_limit=1)).items


async def test_a_refresh_token_works_once_and_the_location_must_be_active(
    sign_in: Any, app: OAuthApp, http: Http, control: Any
) -> None:
    tokens = await sign_in()
    await control("POST", f"locations/{tokens.location_id}", {"active": False})
    for _ in range(2):
        with pytest.raises(InactiveError) as caught:
            await oauth.refresh(app, tokens, clock=CLOCK, http=http)
        assert caught.value.retry_after_s
    await control("POST", f"locations/{tokens.location_id}", {"active": True})
    fresh = await oauth.refresh(app, tokens, clock=CLOCK, http=http)
    assert (fresh.location_id, fresh.scopes) == (tokens.location_id, tokens.scopes)
    with pytest.raises(AuthError):
        await oauth.refresh(app, tokens, clock=CLOCK, http=http)


async def test_revocation(
    sign_in: Any, app: OAuthApp, http: Http, client_for: Any, sandbox: SandboxThread
) -> None:
    tokens = await sign_in()
    assert await oauth.revoke(app, tokens, http=http)
    client: ApiClient = client_for(sandbox.info()["base_url"], tokens.access, tokens.location_id)
    with pytest.raises(AuthError):
        await client.contacts.search()
    with pytest.raises(AuthError):
        await oauth.refresh(app, tokens, clock=CLOCK, http=http)
    nowhere = msgspec.structs.replace(app, revoke_url="")
    assert not await oauth.revoke(nowhere, tokens, http=http)


async def test_a_missing_scope_is_a_capability_and_no_reason_to_refresh(
    sign_in: Any, session_for: Any, client_for: Any, sandbox: SandboxThread, control: Any
) -> None:
    tokens = await sign_in("contacts.readonly")
    session, _ = session_for(tokens)
    client: ApiClient = client_for(sandbox.info()["base_url"], session, tokens.location_id)
    await control("DELETE", "log")
    with pytest.raises(CapabilityError, match=r"users\.readonly"):
        await client.users.list()
    with pytest.raises(CapabilityError):
        await client.contacts.create({"first_name": "Ana"})
    assert await control.seen("^/oauth/token") == []


async def test_a_private_token_reads(client_for: Any, sandbox: SandboxThread) -> None:
    info = sandbox.info()
    client: ApiClient = client_for(info["base_url"], info["private_token"], info["location_ids"][0])
    assert (await client.contacts.search(page_limit=1)).items


async def test_a_pasted_tokens_scopes_are_found_by_trying(
    sign_in: Any, client_for: Any, sandbox: SandboxThread
) -> None:
    info = sandbox.info()
    every = [scope.name for scope in scopes.ALL]
    all_of_them: ApiClient = client_for(
        info["base_url"], info["private_token"], info["location_ids"][0]
    )
    assert list(await granted(all_of_them, every)) == every
    tokens = await sign_in("contacts.readonly", "users.readonly")
    some: ApiClient = client_for(info["base_url"], tokens.access, tokens.location_id)
    assert await granted(some, [name for name in every if not name.endswith(".write")]) == (
        "contacts.readonly",
        "users.readonly",
    )
    with pytest.raises(CapabilityError):
        await granted(client_for(info["base_url"], tokens.access, info["location_ids"][1]), every)
    with pytest.raises(AuthError):
        await granted(client_for(info["base_url"], "pit-none", tokens.location_id), every)


@pytest.fixture
def renewing(app: OAuthApp, http: Http) -> Callable[[Tokens], tuple[OAuthSession, Vault]]:
    """A session that reconnects before it asks the person."""

    def make(tokens: Tokens) -> tuple[OAuthSession, Vault]:
        vault = Vault(MemoryKeyring(), "acc")
        session = OAuthSession(
            vault,
            functools.partial(oauth.refresh, app, clock=CLOCK, http=http),
            clock=CLOCK,
            anew=functools.partial(oauth.reconnect, app, clock=CLOCK, http=http),
        )
        session.signed_in(tokens)
        return session, vault

    return make


async def test_a_spent_refresh_token_is_no_reason_to_ask_the_person(
    sign_in: Any, app: OAuthApp, http: Http, renewing: Any, client_for: Any, control: Any
) -> None:
    """Reuse: another program of theirs, or a reply that got lost, has spent it."""
    tokens = await sign_in()
    await oauth.refresh(app, tokens, clock=CLOCK, http=http)
    await control("POST", "tokens/expire", {"token": tokens.access})
    session, vault = renewing(tokens)
    client: ApiClient = client_for(app.token_url.removesuffix("/oauth/token"), session)
    client.location_id = tokens.location_id
    await control("DELETE", "log")
    assert (await client.contacts.search(page_limit=1)).items
    paths = [entry["path"] for entry in await control.seen("^/oauth/")]
    assert paths == ["/oauth/token", "/oauth/reconnect", "/oauth/token"]
    kept = [decode(slot) for slot in vault.read_tokens()]
    assert kept[0] is not None
    assert (kept[0].location_id, kept[0].user_id) == (tokens.location_id, tokens.user_id)
    assert kept[0].scopes == tokens.scopes  # whatever the app may ask for, no more was granted
    assert not any(app.client_secret in entry["body"] for entry in await control.seen("^/oauth/"))


async def test_what_was_uninstalled_asks_the_person_and_nothing_loops(
    sign_in: Any, app: OAuthApp, http: Http, renewing: Any, control: Any
) -> None:
    """Revoked in mid-work."""
    tokens = await sign_in()
    session, _ = renewing(tokens)
    assert await oauth.revoke(app, tokens, http=http)
    await control("DELETE", "log")
    for _ in range(3):
        with pytest.raises(AuthError) as caught:
            await session.renewed(tokens.access)
        assert "edits are kept" in caught.value.message
    assert len(await control.seen("^/oauth/")) == 2  # the refresh and the reconnect


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 404, "body": "<html>nothing here</html>"}, AuthError),
        ({"status": 500}, AuthError),
        ({"status": 200, "body": {"ok": True}}, AuthError),
        ({"status": 429, "body": {"message": "Too Many Requests"}}, NetworkError),
        ({"status": 400, "body": {"message": "Location is not active"}}, InactiveError),
    ],
)
async def test_where_reconnecting_is_not_offered_the_person_is_asked(
    sign_in: Any, renewing: Any, control: Any, fault: Any, error: Any
) -> None:
    tokens = await sign_in()
    session, _ = renewing(tokens)
    await control("POST", "tokens/revoke", {"token": tokens.refresh})
    await control.fault(path="^/oauth/reconnect", kind="status", count=None, **fault)
    with pytest.raises(error):
        await session.renewed(tokens.access)


async def test_reconnecting_never_brings_another_person(
    sign_in: Any, renewing: Any, control: Any
) -> None:
    tokens = msgspec.structs.replace(await sign_in(), user_id="somebody-else")
    session, vault = renewing(tokens)
    await control("POST", "tokens/revoke", {"token": tokens.refresh})
    with pytest.raises(AuthError, match="another person"):
        await session.renewed(tokens.access)
    assert vault.read_tokens() == (encode(tokens),)


# An agency.


@pytest.fixture
async def agency_tokens(app: OAuthApp, http: Http, sandbox: SandboxThread) -> Tokens:
    flow = OAuthFlow(
        app, ("contacts.readonly", "oauth.readonly", "oauth.write"), clock=CLOCK, http=http
    )
    return await flow.finish(await consent(flow, sandbox.info()["company_id"]))


@pytest.fixture
def agency_of(app: OAuthApp, http: Http, sandbox: SandboxThread) -> Callable[[Any], Agency]:
    def make(tokens: Any) -> Agency:
        base = sandbox.info()["base_url"]
        caller = Caller(base, tokens, location_id="", clock=CLOCK, http=http)
        company = sandbox.info()["company_id"]
        return Agency(caller, company_id=company, app_id=app.app_id, clock=CLOCK)

    return make


async def test_an_agency_lists_its_locations_and_mints(
    agency_tokens: Tokens, agency_of: Any, client_for: Any, sandbox: SandboxThread, control: Any
) -> None:
    assert agency_tokens.is_agency
    agency = agency_of(StaticToken(agency_tokens.access))
    page = await agency.installed()
    assert [one.id for one in page.locations] == sandbox.info()["location_ids"]
    assert page.locations[0].name == "Lumen Solar"
    assert not page.more
    other = page.locations[1].id
    minted = await agency.mint(other)
    assert (minted.location_id, minted.company_id) == (other, agency_tokens.company_id)
    assert minted.refresh
    assert not minted.is_agency
    client: ApiClient = client_for(sandbox.info()["base_url"], minted.access, other)
    assert (await client.contacts.search(page_limit=1)).items
    await control("POST", f"locations/{other}", {"active": False})
    with pytest.raises(InactiveError):
        await agency.mint(other)
    await control("POST", f"locations/{other}", {"active": True, "installed": False})
    with pytest.raises(InvalidError, match="not installed"):
        await agency.mint(other)
    with pytest.raises(AuthError, match="does not open this location"):
        await agency.minted_anew(minted)
    assert len((await agency.installed()).locations) == 2


async def test_a_minted_token_without_a_refresh_token_is_minted_anew(
    agency_tokens: Tokens, agency_of: Any, app: OAuthApp, http: Http, control: Any
) -> None:
    agency = agency_of(StaticToken(agency_tokens.access))
    first = (await agency.installed()).locations[0].id
    minted = msgspec.structs.replace(await agency.mint(first), refresh="")
    vault = Vault(MemoryKeyring(), "acc")
    session = OAuthSession(
        vault,
        functools.partial(oauth.refresh, app, clock=CLOCK, http=http),
        clock=CLOCK,
        anew=agency.minted_anew,
    )
    session.signed_in(minted)
    await control("DELETE", "log")
    fresh = await session.renewed(minted.access)
    assert fresh != minted.access
    assert [entry["path"] for entry in await control.seen("^/oauth/")] == ["/oauth/locationToken"]


async def test_an_agencys_own_refresh(
    agency_tokens: Tokens, app: OAuthApp, http: Http, renewing: Any, control: Any
) -> None:
    fresh = await oauth.refresh(app, agency_tokens, clock=CLOCK, http=http)
    assert fresh.is_agency
    assert fresh.company_id == agency_tokens.company_id
    assert "user_type=Company" in (await control.seen("^/oauth/token"))[-1]["body"]
    session, _ = renewing(agency_tokens)  # whose refresh token is spent
    assert await session.renewed(agency_tokens.access)


async def test_a_private_token_cannot_mint(agency_of: Any, sandbox: SandboxThread) -> None:
    info = sandbox.info()
    agency = agency_of(StaticToken(info["private_token"]))
    for ask in (agency.installed, lambda: agency.mint(info["location_ids"][0])):
        with pytest.raises(ApiError) as caught:
            await ask()
        assert isinstance(caught.value, AuthError | CapabilityError)
    located = agency_of(StaticToken(info["access_token"]))
    with pytest.raises(CapabilityError):
        await located.mint(info["location_ids"][0])


async def test_an_agency_sign_in_without_the_scope_says_which(
    app: OAuthApp, http: Http, sandbox: SandboxThread, agency_of: Any
) -> None:
    flow = OAuthFlow(app, ("contacts.readonly", "oauth.readonly"), clock=CLOCK, http=http)
    tokens = await flow.finish(await consent(flow, sandbox.info()["company_id"]))
    with pytest.raises(CapabilityError, match=r"oauth\.write"):
        await agency_of(StaticToken(tokens.access)).mint(sandbox.info()["location_ids"][0])


async def test_a_location_that_is_switched_off_is_told_from_one_that_is_not_ours(
    sign_in: Any, session_for: Any, client_for: Any, sandbox: SandboxThread, control: Any
) -> None:
    """The CRM says of both that the token does not have access; renewing it tells them apart."""
    tokens = await sign_in()
    session, _ = session_for(tokens)
    base, here = sandbox.info()["base_url"], tokens.location_id
    client: ApiClient = client_for(base, session, here)
    await control("POST", f"locations/{here}", {"active": False})
    for _ in range(2):
        with pytest.raises(InactiveError):
            await client.contacts.search(page_limit=1)
    await control("POST", f"locations/{here}", {"active": True})
    await control("DELETE", "log")
    assert (await client.contacts.search(page_limit=1)).items
    assert await control.seen("^/oauth/token") == []  # the tokens are as good as before

    other: ApiClient = client_for(base, session, sandbox.info()["location_ids"][1])
    for _ in range(3):
        with pytest.raises(LocationError):
            await other.contacts.search(page_limit=1)
    assert len(await control.seen("^/oauth/token")) == 1
    private: ApiClient = client_for(base, sandbox.info()["private_token"], other.location_id)
    with pytest.raises(LocationError):
        await private.contacts.search(page_limit=1)
