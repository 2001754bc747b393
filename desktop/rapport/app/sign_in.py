"""How a person signs in: consent here or in the browser, the code exchanged, the tokens kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from ulid import ULID

from rapport.api.agency import Agency
from rapport.api.caller import Caller
from rapport.api.http import Http
from rapport.api.oauth import MINT_SCOPE, OAuthApp, OAuthFlow, Tokens, reconnect, revoke
from rapport.api.pacing import Lane
from rapport.api.session import StaticToken, encode
from rapport.app.credentials import agency_vault_id
from rapport.app.ground import Ground
from rapport.app.sign_in_requests import (
    CONSENT_LIMIT_S,
    app_of,
    consent_request,
    request_again,
    sandbox_request,
)
from rapport.domain import scopes
from rapport.domain.errors import AuthError, CapabilityError, RapportError, SignInError
from rapport.domain.hosts import Purpose, contacted
from rapport.domain.ports import Clock, LoadLocations, SignInObserver
from rapport.domain.settings import (
    Account,
    ConnectRequest,
    InstalledLocation,
    InstalledPage,
    TokenRequest,
)
from rapport.host.loopback import LoopbackReceiver, is_loopback
from rapport.language import keep
from rapport.ui.consent.launch import ask_consent
from rapport.ui.consent.request import Ending

log = logging.getLogger(__name__)

T = TypeVar("T")
Open = Callable[[Account], Awaitable[None]]
Known = Callable[[str, str, str], Account | None]
"""The account of a host, a location and a user, each as its id; the user is "" where the CRM does
not say who signed in. What waits in the outbox of one person is never sent for another."""


class SignIn:
    """``domain.ports.AuthGateway``. Lives on the window's loop; HTTP happens on the engine's.

    ``opened`` is called with the new account before a sign-in counts as done, ``added`` with each
    further one of the same sign-in. ``appearance`` gives theme and text scale for the consent page;
    ``open_browser`` is the desktop's.
    """

    def __init__(
        self,
        ground: Ground,
        *,
        opened: Open,
        added: Open,
        known: Known,
        appearance: Callable[[], tuple[str, float]],
        open_browser: Callable[[str], bool],
        sandbox_scopes: tuple[str, ...] | None = None,
    ) -> None:
        self._engine = ground.engine
        self._secrets = ground.secrets
        self._sandbox = ground.sandbox
        self._clock = ground.clock
        self._opened = opened
        self._added = added
        self._known = known
        self._appearance = appearance
        self._open_browser = open_browser
        self._sandbox_scopes = sandbox_scopes or tuple(scope.name for scope in scopes.ALL)
        self._running: asyncio.Task[object] | None = None

    async def explore_sandbox(self, observer: SignInObserver) -> Account:
        info = await self._sandbox.start()
        return await self.connect(sandbox_request(info, self._sandbox_scopes), observer)

    async def connect(self, request: ConnectRequest, observer: SignInObserver) -> Account:
        await self._only_one()
        await self._secrets.prepare()
        request = await self._with_secret(request)
        app = app_of(request)
        http = Http()  # connects only when it is used, on the engine's loop
        flow = OAuthFlow(app, request.scopes, clock=self._clock, http=http)
        url = await asyncio.to_thread(lambda: flow.url)  # imports Authlib: 100 ms
        try:
            callback = await self._consent(request, url, observer)
        except BaseException:
            flow.cancel()
            raise
        observer.finishing()
        tokens = await self._on_engine(_finish(flow, http, callback))
        if tokens.is_agency and MINT_SCOPE not in tokens.scopes:
            raise SignInError(
                "This sign-in is for a whole agency.",
                "Try again and choose one location, or ask for “Several locations of an agency”.",
                reason="failed",
            )
        if tokens.is_agency:
            return await self._open_of_agency(request, app, tokens, observer)
        account = self._account(request, tokens)
        await self._keep(account.id, tokens, request.client_secret)
        await self._opened(account)
        return account

    async def reconnect(self, account: Account, observer: SignInObserver) -> Account:
        await self._only_one()
        await self._secrets.prepare()
        if account.sandbox:
            request = sandbox_request(await self._sandbox.start(), account.scopes)
        else:
            request = await self._with_secret(request_again(account))
        if not account.agency:
            observer.finishing()
            tokens = Tokens(
                access="",
                scopes=account.scopes,
                location_id=account.location_id,
                user_id=account.user_id,
            )
            try:
                fresh = await self._on_engine(_reconnect(app_of(request), tokens, self._clock))
            except RapportError as error:
                log.info("reconnecting did not work: %s", type(error).__name__)
            else:
                account = self._account(request, fresh)
                await self._keep(account.id, fresh, request.client_secret)
                await self._opened(account)
                return account
        observer.consenting()
        return await self.connect(request, observer)

    async def use_token(self, request: TokenRequest, observer: SignInObserver) -> Account:
        await self._only_one()
        await self._secrets.prepare()
        observer.finishing()
        tokens = Tokens(
            access=request.token, scopes=request.scopes, location_id=request.location_id
        )
        await self._on_engine(_try_token(request, self._clock))
        host = urlsplit(request.api_url).hostname or ""
        known = self._known(host, request.location_id, "")
        account = Account(
            id=known.id if known else str(ULID()),
            name=known.name if known else request.location_id,
            location_id=request.location_id,
            api_url=request.api_url,
            authorize_url="",
            token_url="",
            client_id="",
            redirect_uri="",
            scopes=request.scopes,
            static_token=True,
        )
        await self._keep(account.id, tokens, "")
        await self._opened(account)
        return account

    async def _with_secret(self, request: ConnectRequest) -> ConnectRequest:
        """The request with the secret that a known account was connected with."""
        if request.client_secret or not request.account_id:
            return request
        kept = await asyncio.to_thread(self._secrets.vault(request.account_id).client_secret)
        if not kept:
            raise SignInError(
                "The client secret is not in the keyring any more.",
                "Type it again; you find it with your marketplace app.",
                reason="failed",
            )
        return msgspec.structs.replace(request, client_secret=kept)

    # Consent.

    async def _only_one(self) -> None:
        """A second sign-in ends the first: one consent page at a time."""
        current = asyncio.current_task()
        earlier, self._running = self._running, current
        if earlier is not None and earlier is not current and not earlier.done():
            earlier.cancel()
            await asyncio.wait({earlier})

    async def _consent(self, request: ConnectRequest, url: str, observer: SignInObserver) -> str:
        if request.in_browser:
            return await self._in_browser(request, url, observer)
        host = urlsplit(url).hostname or ""
        contacted.tell(host, Purpose.SIGN_IN_PAGE, self._clock.now())
        reply = await ask_consent(consent_request(request, url, *self._appearance()))
        if reply.ending is Ending.CALLBACK:
            return reply.callback
        if reply.ending is Ending.BROWSER:
            return await self._in_browser(request, url, observer)
        if reply.ending is Ending.TIMEOUT:
            raise _timeout()
        if reply.ending is Ending.FAILED:
            raise SignInError(
                "The sign-in page could not be shown.", reply.message, reason="failed"
            )
        raise SignInError("The sign-in was cancelled.", "Nothing was changed.", reason="cancelled")

    async def _in_browser(self, request: ConnectRequest, url: str, observer: SignInObserver) -> str:
        if not is_loopback(request.redirect_uri):
            raise SignInError(
                "Your browser cannot hand the sign-in over.",
                "For that the redirect address must be http on this computer, such as "
                "http://127.0.0.1:47311/callback.",
                reason="failed",
            )
        async with LoopbackReceiver(request.redirect_uri) as receiver:
            if not self._open_browser(url):
                log.info("no browser could be opened; the link can be copied")
            observer.in_browser(url, CONSENT_LIMIT_S)
            try:
                return await asyncio.wait_for(receiver.callback(), CONSENT_LIMIT_S)
            except TimeoutError:
                raise _timeout() from None

    # An agency.

    async def _open_of_agency(
        self, request: ConnectRequest, app: OAuthApp, tokens: Tokens, observer: SignInObserver
    ) -> Account:
        """Lets the person choose locations and opens each as an account of its own. Nothing is kept
        of what does not come to an end."""
        caller = Caller(
            request.api_url, StaticToken(tokens.access), location_id="", clock=self._clock
        )
        agency = Agency(caller, company_id=tokens.company_id, app_id=app.app_id, clock=self._clock)

        def load(skip: int) -> Awaitable[InstalledPage]:
            return self._on_engine(agency.installed(skip))

        try:
            minted = await self._minted(agency, load, observer)
        finally:
            await self._on_engine(caller.aclose())
        observer.finishing()
        kept_under = agency_vault_id(app, tokens)
        await self._keep(kept_under, tokens, request.client_secret)
        accounts = []
        for place, theirs in minted:
            account = self._account(request, theirs, name=place.name, agency=kept_under)
            await self._keep(account.id, theirs, request.client_secret)
            accounts.append(account)
        for further in accounts[1:]:
            await self._added(further)
        await self._opened(accounts[0])
        return accounts[0]

    async def _minted(
        self, agency: Agency, load: LoadLocations, observer: SignInObserver
    ) -> list[tuple[InstalledLocation, Tokens]]:
        """A token set for each location that is chosen; where one of them has none, the person
        hears why and chooses again."""
        trouble: RapportError | None = None
        while True:
            minted = []
            for place in await observer.choose_locations(load, trouble):
                try:
                    minted.append((place, await self._on_engine(agency.mint(place.id))))
                except RapportError as error:
                    trouble = SignInError(
                        keep("“{name}” cannot be opened.", name=place.name),
                        str(error),
                        reason="failed",
                        details=error.details,
                    )
                    break
            else:
                return minted

    # What becomes of it.

    def _account(
        self, request: ConnectRequest, tokens: Tokens, *, name: str = "", agency: str = ""
    ) -> Account:
        host = "sandbox" if request.sandbox else urlsplit(request.api_url).hostname or ""
        known = self._known(host, tokens.location_id, tokens.user_id)
        unnamed = "Sandbox" if request.sandbox else tokens.location_id
        return Account(
            id=known.id if known else str(ULID()),
            name=known.name if known else name or unnamed,
            place=known.place if known else "",
            location_id=tokens.location_id,
            api_url=request.api_url,
            authorize_url=request.authorize_url,
            token_url=request.token_url,
            revoke_url=request.revoke_url,
            client_id=request.client_id,
            redirect_uri=request.redirect_uri,
            scopes=tokens.scopes,
            sandbox=request.sandbox,
            user_id=tokens.user_id,
            agency=agency,
            sign_in_hosts=request.sign_in_hosts,
        )

    async def _keep(self, vault_id: str, tokens: Tokens, client_secret: str) -> None:
        vault = self._secrets.vault(vault_id)
        async with self._secrets.exclusive(vault_id):
            await asyncio.to_thread(vault.write_tokens, encode(tokens))
        if client_secret:
            await asyncio.to_thread(vault.set_client_secret, client_secret)

    async def _on_engine(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(self._engine.run(work))


async def end_session(app: OAuthApp, tokens: Tokens) -> bool:
    """Revokes the tokens, where that is offered and the server can be reached. On the engine's
    loop; False when the server was not told."""
    http = Http()
    try:
        return await revoke(app, tokens, http=http)
    except RapportError as error:
        log.info("the sign-in was not revoked: %s", type(error).__name__)
        return False
    finally:
        await http.aclose()


async def _reconnect(app: OAuthApp, tokens: Tokens, clock: Clock) -> Tokens:
    http = Http()
    try:
        return await reconnect(app, tokens, clock=clock, http=http)
    finally:
        await http.aclose()


async def _try_token(request: TokenRequest, clock: Clock) -> None:
    """Reads one contact, so that a wrong token or location is told where it was typed. On the
    engine's loop."""
    from rapport.api import ApiClient, StaticToken

    http = Http()
    client = ApiClient(
        request.api_url,
        StaticToken(request.token),
        location_id=request.location_id,
        clock=clock,
        http=http,
    )
    try:
        await client.contacts.search(page_limit=1, lane=Lane.PERSON)
    except AuthError as error:
        raise SignInError(
            "The CRM does not accept this token.",
            "Copy it once more, whole: it is shown only once, when it is made.",
            reason="denied",
            details=error.details,
        ) from error
    except CapabilityError as error:
        raise SignInError(
            "This token does not open that location’s contacts.",
            "Compare the location id, and see that the token has “View contacts”.",
            reason="denied",
            details=error.details,
        ) from error
    finally:
        await client.aclose()


async def _finish(flow: OAuthFlow, http: Http, callback: str) -> Tokens:
    try:
        return await flow.finish(callback)
    finally:
        await http.aclose()


def _timeout() -> SignInError:
    return SignInError(
        "The sign-in took too long.", "Nothing was changed. Try again.", reason="timeout"
    )
