"""Where an account's requests get their tokens: from the keyring, and from the CRM in time."""

from __future__ import annotations

import asyncio
import functools
import hashlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from rapport.app.secrets import Secrets
from rapport.domain.ports import Clock
from rapport.domain.settings import Account

if TYPE_CHECKING:
    # Imported where they are used: they would stand before the first paint.
    from rapport.api import TokenSource
    from rapport.api.agency import Agency
    from rapport.api.http import Http
    from rapport.api.oauth import OAuthApp, Tokens
    from rapport.api.session import OAuthSession
    from rapport.host.vault import Vault

NO_TOKEN = "none"
"""Where a pasted token is gone the CRM is the one to say that the account is signed out."""


async def token_source(account: Account, secrets: Secrets, clock: Clock, http: Http) -> TokenSource:
    """The account's tokens. On the engine's loop."""
    from rapport.api import StaticToken
    from rapport.api.session import decode

    vault = secrets.vault(account.id)
    if account.static_token:
        kept = await asyncio.to_thread(vault.read_tokens)
        found = decode(kept[0]) if kept else None
        return StaticToken(found.access if found else NO_TOKEN)
    app = await asyncio.to_thread(oauth_app, account, vault)
    anew = None
    if account.agency:
        anew = functools.partial(_minted_anew, account, app, secrets, clock, http)
    return oauth_session(account.id, app, secrets, clock, http, anew=anew)


def oauth_session(
    vault_id: str,
    app: OAuthApp,
    secrets: Secrets,
    clock: Clock,
    http: Http,
    *,
    anew: Callable[[Tokens], Awaitable[Tokens]] | None = None,
) -> OAuthSession:
    """Tokens in the vault ``vault_id`` that renew themselves; without ``anew``, reconnecting is
    tried before the person is asked."""
    from rapport.api import oauth
    from rapport.api.session import OAuthSession

    if anew is None and app.client_secret:
        anew = functools.partial(oauth.reconnect, app, clock=clock, http=http)
    return OAuthSession(
        secrets.vault(vault_id),
        functools.partial(oauth.refresh, app, clock=clock, http=http),
        clock=clock,
        anew=anew,
        exclusive=functools.partial(secrets.exclusive, vault_id),
    )


def agency(
    vault_id: str,
    company_id: str,
    api_url: str,
    app: OAuthApp,
    secrets: Secrets,
    clock: Clock,
    http: Http,
) -> Agency:
    """An agency whose tokens are in the vault ``vault_id``."""
    from rapport.api.agency import Agency
    from rapport.api.caller import Caller

    session = oauth_session(vault_id, app, secrets, clock, http)
    caller = Caller(api_url, session, location_id="", clock=clock, http=http)
    return Agency(caller, company_id=company_id, app_id=app.app_id, clock=clock)


async def _minted_anew(
    account: Account, app: OAuthApp, secrets: Secrets, clock: Clock, http: Http, tokens: Tokens
) -> Tokens:
    mine = agency(account.agency, tokens.company_id, account.api_url, app, secrets, clock, http)
    return await mine.minted_anew(tokens)


def agency_vault_id(app: OAuthApp, tokens: Tokens) -> str:
    """One for each agency, person and app: what another of them signs in to is not touched."""
    which = "\n".join((app.token_url, app.client_id, tokens.company_id, tokens.user_id))
    return f"agency-{hashlib.sha256(which.encode()).hexdigest()[:20]}"


def oauth_app(account: Account, vault: Vault) -> OAuthApp:
    """The registration that the account was signed in with. Blocks; raises KeyringError."""
    from rapport.api.oauth import OAuthApp

    return OAuthApp(
        authorize_url=account.authorize_url,
        token_url=account.token_url,
        client_id=account.client_id,
        client_secret=vault.client_secret() or "",
        redirect_uri=account.redirect_uri,
        revoke_url=account.revoke_url,
    )
