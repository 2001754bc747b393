"""Every way into an account and out of a sign-in, with the real sandbox and real consent pages."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import msgspec
import psutil
import pytest

from rapport.api.http import Http
from rapport.api.session import decode, encode
from rapport.app.clock import SystemClock
from rapport.app.credentials import token_source
from rapport.app.engine_thread import EngineThread
from rapport.app.ground import Ground
from rapport.app.secrets import Secrets
from rapport.app.sign_in import SignIn
from rapport.app.sign_in_requests import sandbox_request
from rapport.domain import scopes
from rapport.domain.errors import RapportError, SignInError
from rapport.domain.ports import LoadLocations
from rapport.domain.settings import Account, ConnectRequest, InstalledLocation, TokenRequest
from rapport.host.keyring import MemoryKeyring
from rapport.host.paths import Paths

EVERY_SCOPE = tuple(scope.name for scope in scopes.ALL)


class Observer:
    def __init__(self) -> None:
        self.heard: list[str] = []
        self.url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.choices: list[tuple[str, ...]] = []
        """Names of the locations that an agency opens, one choice after the other."""
        self.troubles: list[RapportError | None] = []
        self.offered: tuple[InstalledLocation, ...] = ()

    def in_browser(self, url: str, timeout_s: float) -> None:
        self.heard.append("in browser")
        self.url.set_result(url)

    def consenting(self) -> None:
        self.heard.append("consenting")

    def finishing(self) -> None:
        self.heard.append("finishing")

    async def choose_locations(
        self, load: LoadLocations, trouble: RapportError | None
    ) -> list[InstalledLocation]:
        self.troubles.append(trouble)
        self.offered = (await load(0)).locations
        if not self.choices:
            await asyncio.Event().wait()
        names = self.choices.pop(0)
        return [one for one in self.offered if one.name in names]


@dataclass
class Desk:
    """A gateway with a keyring of its own and a browser that only remembers addresses."""

    sign_in: SignIn
    secrets: Secrets
    request: ConnectRequest
    opened: list[Account] = field(default_factory=list)
    added: list[Account] = field(default_factory=list)
    browsed: list[str] = field(default_factory=list)

    async def access_token(self, account: Account) -> str:
        kept = self.secrets.vault(account.id).read_tokens()
        tokens = decode(kept[0])
        assert tokens is not None
        return tokens.access


@pytest.fixture
async def desk(served: Any, tmp_path: Path) -> AsyncIterator[Desk]:
    engine = EngineThread()
    engine.start()
    secrets = Secrets("test", keyring=MemoryKeyring())
    opened: list[Account] = []
    added: list[Account] = []
    browsed: list[str] = []

    async def open_account(account: Account) -> None:
        opened.append(account)

    async def add_account(account: Account) -> None:
        added.append(account)

    def known(host: str, location_id: str, user_id: str) -> Account | None:
        which = [one for one in (*opened, *added) if one.location_id == location_id]
        return next((one for one in which if one.user_id == user_id), None)

    def browse(url: str) -> bool:
        browsed.append(url)
        return True

    gateway = SignIn(
        Ground(Paths.of(tmp_path), secrets, served, SystemClock(), engine),
        opened=open_account,
        added=add_account,
        known=known,
        appearance=lambda: ("light", 1.0),
        open_browser=browse,
    )
    request = sandbox_request(await served.start(), EVERY_SCOPE)
    # Another port than the registered one, which the sandbox allows on this computer: two runs of
    # these tests do not get in each other's way.
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    request = msgspec.structs.replace(request, redirect_uri=f"http://127.0.0.1:{port}/callback")
    yield Desk(gateway, secrets, request, opened, added, browsed)
    await asyncio.to_thread(engine.stop)


async def test_consent_by_a_real_click(desk: Desk, served: Any, pressed: Any) -> None:
    observer = Observer()
    signing_in = asyncio.ensure_future(desk.sign_in.explore_sandbox(observer))
    await pressed("Allow")
    account = await signing_in

    assert desk.opened == [account]
    assert observer.heard == ["finishing"]
    assert (account.sandbox, account.scopes) == (True, EVERY_SCOPE)
    info = await served.start()
    assert account.location_id == info["location_ids"][0]
    assert await served.status_for(await desk.access_token(account)) == 200
    assert desk.secrets.vault(account.id).client_secret() == info["client_secret"]
    assert info["client_secret"] not in msgspec.json.encode(account).decode()


async def test_denial_is_one_sentence(desk: Desk, pressed: Any) -> None:
    signing_in = asyncio.ensure_future(desk.sign_in.connect(desk.request, Observer()))
    await pressed("Deny")
    with pytest.raises(SignInError) as caught:
        await signing_in

    assert caught.value.reason == "denied"
    assert caught.value.title.count(".") == 1
    assert desk.opened == []


async def test_cancel_in_the_page(desk: Desk, pressed: Any) -> None:
    signing_in = asyncio.ensure_future(desk.sign_in.connect(desk.request, Observer()))
    await pressed("Cancel")
    with pytest.raises(SignInError) as caught:
        await signing_in
    assert (caught.value.reason, desk.opened) == ("cancelled", [])


def consent_pages() -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children():
        try:
            if "rapport.ui.consent.child" in child.cmdline():
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


async def test_a_second_sign_in_ends_the_first(
    desk: Desk, pressed: Any, until: Callable[..., Any]
) -> None:
    """Bad input 30: a second login while the first is open."""
    first = asyncio.ensure_future(desk.sign_in.connect(desk.request, Observer()))
    page = (await until(consent_pages, "the first page"))[0]
    second = asyncio.ensure_future(desk.sign_in.connect(desk.request, Observer()))
    with pytest.raises(asyncio.CancelledError):
        await first
    assert not page.is_running()
    await pressed("Allow")
    account = await second
    assert desk.opened == [account]


async def agree(url: str, where: str = "") -> httpx2.Response:
    """What a browser does: shows the page, sends its form and follows where it is led. ``where`` is
    the id of what is chosen, else it is what the page has chosen beforehand."""
    parts = urlsplit(url)
    async with httpx2.AsyncClient(trust_env=False, follow_redirects=True) as browser:
        page = await browser.get(url)
        location = page.text.partition('name="location_id"')[2].partition('value="')[2]
        form = {
            **dict(parse_qsl(parts.query)),
            "location_id": where or location.partition('"')[0],
            "decision": "allow",
        }
        return await browser.post(parts._replace(query="").geturl(), data=form)


async def test_in_the_persons_own_browser(desk: Desk, served: Any) -> None:
    observer = Observer()
    request = msgspec.structs.replace(desk.request, in_browser=True)
    signing_in = asyncio.ensure_future(desk.sign_in.connect(request, observer))
    url = await observer.url
    page = await agree(url)
    account = await signing_in

    assert desk.browsed == [url]
    assert "You are signed in" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert observer.heard == ["in browser", "finishing"]
    assert await served.status_for(await desk.access_token(account)) == 200


async def test_a_forged_callback_ends_it_and_the_port_is_free_again(desk: Desk) -> None:
    """Bad input 27, by way of the loopback address, which any program here can open."""
    request = msgspec.structs.replace(desk.request, in_browser=True)
    for forged in ("?code=stolen&state=guessed", "?code=stolen", ""):
        observer = Observer()
        signing_in = asyncio.ensure_future(desk.sign_in.connect(request, observer))
        await observer.url
        async with httpx2.AsyncClient(trust_env=False) as program:
            assert (await program.get(request.redirect_uri + "x")).status_code == 404
            await program.get(request.redirect_uri + forged)
        with pytest.raises(SignInError) as caught:
            await signing_in
        assert caught.value.reason == "forged"
    assert desk.opened == []


async def test_a_port_in_use_is_said_to_be(desk: Desk) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        request = msgspec.structs.replace(
            desk.request, redirect_uri=f"http://127.0.0.1:{port}/callback", in_browser=True
        )
        with pytest.raises(SignInError, match=f"Port {port} is in use by another program"):
            await desk.sign_in.connect(request, Observer())
    assert desk.browsed == []


async def test_a_redirect_a_browser_cannot_deliver(desk: Desk) -> None:
    request = msgspec.structs.replace(
        desk.request, redirect_uri="https://app.example/callback", in_browser=True
    )
    with pytest.raises(SignInError, match="Your browser cannot hand the sign-in over"):
        await desk.sign_in.connect(request, Observer())


async def test_use_my_browser_instead(desk: Desk, pressed: Any) -> None:
    observer = Observer()
    signing_in = asyncio.ensure_future(desk.sign_in.connect(desk.request, observer))
    await pressed("Use my browser instead")
    await agree(await observer.url)
    assert desk.opened == [await signing_in]


async def test_a_wrong_secret_is_said_to_be_wrong(desk: Desk) -> None:
    observer = Observer()
    request = msgspec.structs.replace(desk.request, client_secret="wrong", in_browser=True)
    signing_in = asyncio.ensure_future(desk.sign_in.connect(request, observer))
    await agree(await observer.url)
    with pytest.raises(SignInError, match="client id and secret"):
        await signing_in
    assert desk.opened == []


async def test_a_pasted_token_stays_in_the_keyring(desk: Desk, served: Any) -> None:
    info = await served.start()
    request = TokenRequest(
        token=info["access_token"],
        location_id=info["location_ids"][0],
        scopes=EVERY_SCOPE,
        api_url=info["base_url"],
    )
    account = await desk.sign_in.use_token(request, Observer())
    assert account.static_token
    assert desk.opened == [account]
    assert await desk.access_token(account) == info["access_token"]
    assert info["access_token"] not in msgspec.json.encode(account).decode() + repr(request)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"token": "pit-00000000-0000-0000-0000-000000000000"}, "does not accept this token"),
        ({"location_id": "aaaaaaaaaaaaaaaaaaaa"}, "does not open that location"),
    ],
)
async def test_a_wrong_token_or_location_is_told_at_once(
    desk: Desk, served: Any, wrong: dict[str, str], sentence: str
) -> None:
    info = await served.start()
    request = TokenRequest(
        token=info["private_token"],
        location_id=info["location_ids"][0],
        scopes=EVERY_SCOPE,
        api_url=info["base_url"],
    )
    with pytest.raises(SignInError) as caught:
        await desk.sign_in.use_token(msgspec.structs.replace(request, **wrong), Observer())
    assert sentence in caught.value.title
    assert desk.opened == []
    await desk.sign_in.use_token(request, Observer())
    assert len(desk.opened) == 1


@pytest.mark.parametrize("wrong", ["token", "location_id"])
async def test_a_pasted_token_that_is_not_accepted_is_not_kept(
    desk: Desk, served: Any, wrong: str
) -> None:
    info = await served.start()
    request = TokenRequest(
        token=info["access_token"],
        location_id=info["location_ids"][0],
        scopes=EVERY_SCOPE,
        api_url=info["base_url"],
    )
    with pytest.raises(RapportError) as caught:
        await desk.sign_in.use_token(
            msgspec.structs.replace(request, **{wrong: "nonsense"}), Observer()
        )
    assert caught.value.title.endswith(".")
    assert info["access_token"] not in str(caught.value) + caught.value.details
    assert desk.opened == []


async def test_signing_in_again_uses_the_kept_secret(desk: Desk, pressed: Any) -> None:
    signing_in = asyncio.ensure_future(desk.sign_in.connect(desk.request, Observer()))
    await pressed("Allow")
    account = await signing_in
    again = msgspec.structs.replace(desk.request, client_secret="", account_id=account.id)
    signing_in = asyncio.ensure_future(desk.sign_in.connect(again, Observer()))
    await pressed("Allow")
    assert (await signing_in).location_id == account.location_id

    unknown = msgspec.structs.replace(again, account_id="nobody")
    with pytest.raises(SignInError, match="not in the keyring"):
        await desk.sign_in.connect(unknown, Observer())


# Known accounts.


async def by_browser(desk: Desk, observer: Observer, where: str = "", **changes: Any) -> Account:
    request = msgspec.structs.replace(desk.request, in_browser=True, **changes)
    signing_in = asyncio.ensure_future(desk.sign_in.connect(request, observer))
    await agree(await observer.url, where)
    return await signing_in


async def test_a_known_account_reconnects_without_asking_anybody(desk: Desk, served: Any) -> None:
    account = await by_browser(desk, Observer())
    await served.control("POST", "tokens/revoke", {"kinds": ["access", "refresh"]})
    assert await served.status_for(await desk.access_token(account)) == 401
    await served.control("DELETE", "log")

    observer = Observer()
    again = await desk.sign_in.reconnect(account, observer)
    assert (again.id, again.user_id) == (account.id, account.user_id)
    assert await served.status_for(await desk.access_token(again)) == 200
    assert observer.heard == ["finishing"]
    seen = (await served.control("GET", "log?path=oauth"))["requests"]
    assert [entry["path"] for entry in seen] == ["/oauth/reconnect", "/oauth/token"]


async def test_where_the_app_is_gone_the_page_asks(desk: Desk, served: Any, pressed: Any) -> None:
    account = await by_browser(desk, Observer())
    await served.control("POST", f"locations/{account.location_id}", {"installed": False})
    observer = Observer()
    signing_in = asyncio.ensure_future(desk.sign_in.reconnect(account, observer))
    await pressed("Allow")
    assert (await signing_in).id == account.id
    assert observer.heard == ["finishing", "consenting", "finishing"]


async def test_another_person_is_another_account(desk: Desk, served: Any, pressed: Any) -> None:
    """Bad input 13: what waits for one person to sign in is never sent for another."""
    account = await by_browser(desk, Observer())
    theirs = msgspec.structs.replace(account, id="theirs", user_id="somebody-else")
    desk.opened[:] = [theirs]
    await asyncio.to_thread(desk.secrets.vault("theirs").set_client_secret, "a secret")
    signing_in = asyncio.ensure_future(desk.sign_in.reconnect(theirs, Observer()))
    await pressed("Allow")
    mine = await signing_in
    assert mine.location_id == theirs.location_id
    assert mine.id != "theirs"
    assert desk.secrets.vault("theirs").read_tokens() == ()


# Agencies.

AGENCY_SCOPES = (*EVERY_SCOPE, *(scope.name for scope in scopes.AGENCY))


async def agency(desk: Desk, served: Any, observer: Observer) -> Account:
    company = (await served.start())["company_id"]
    return await by_browser(desk, observer, company, scopes=AGENCY_SCOPES)


async def reaches(served: Any, token: str, location_id: str) -> bool:
    base = (await served.start())["base_url"]
    async with httpx2.AsyncClient(trust_env=False) as http:
        reply = await http.get(
            f"{base}/contacts/?locationId={location_id}&limit=1",
            headers={"Authorization": f"Bearer {token}", "Version": "2021-07-28"},
        )
    return reply.status_code == 200


async def test_an_agency_opens_the_locations_that_are_chosen(desk: Desk, served: Any) -> None:
    info = await served.start()
    observer = Observer()
    observer.choices = [("Lumen Solar", "Kestrel Homes")]
    first = await agency(desk, served, observer)

    offered = [one.name for one in observer.offered]
    assert offered == ["Lumen Solar", "Harbour Dental", "Kestrel Homes"]
    assert observer.heard == ["in browser", "finishing", "finishing"]
    assert desk.opened == [first]
    (second,) = desk.added
    assert (first.name, second.name) == ("Lumen Solar", "Kestrel Homes")
    assert first.location_id == info["location_ids"][0]
    assert second.location_id == info["location_ids"][2]
    assert first.agency == second.agency
    assert first.scopes == EVERY_SCOPE  # the agency's own are not a location's
    for account, other in ((first, second), (second, first)):
        token = await desk.access_token(account)
        assert await reaches(served, token, account.location_id)
        assert not await reaches(served, token, other.location_id)
        assert desk.secrets.vault(account.id).client_secret() == info["client_secret"]
    assert desk.secrets.vault(first.agency).read_tokens()

    # Signed in again, they are the same accounts.
    again = Observer()
    again.choices = [("Lumen Solar", "Kestrel Homes")]
    assert (await agency(desk, served, again)).id == first.id
    assert desk.added[-1].id == second.id


async def test_an_agencys_accounts_renew_themselves_with_and_without_a_refresh_token(
    desk: Desk, served: Any
) -> None:
    observer = Observer()
    observer.choices = [("Lumen Solar", "Harbour Dental")]
    first = await agency(desk, served, observer)
    accounts = (first, desk.added[0])
    # FACTS A: the specified reply of locationToken has no refresh token, the live one has.
    vault = desk.secrets.vault(accounts[1].id)
    tokens = decode(vault.read_tokens()[0])
    assert tokens is not None
    for _ in range(2):
        vault.write_tokens(encode(msgspec.structs.replace(tokens, refresh="")))
    # The agency's own access token has ended as well.
    await served.control("POST", "tokens/expire", {"kinds": ["access"]})
    await served.control("DELETE", "log")
    for account in accounts:
        http = Http()
        source = await token_source(account, desk.secrets, SystemClock(), http)
        old = await source.access_token()
        assert not await reaches(served, old, account.location_id)
        assert await reaches(served, await source.renewed(old), account.location_id)
        await http.aclose()
    asked = (await served.control("GET", "log?path=oauth"))["requests"]
    assert [entry["path"] for entry in asked] == [
        "/oauth/token",  # the first has a refresh token of its own
        "/oauth/locationToken",  # refused
        "/oauth/token",  # the agency's
        "/oauth/locationToken",
    ]


async def test_a_location_that_cannot_be_opened_is_named_and_the_choice_goes_on(
    desk: Desk, served: Any
) -> None:
    info = await served.start()
    observer = Observer()
    observer.choices = [("Lumen Solar", "Kestrel Homes"), ("Lumen Solar",)]
    await served.control("POST", f"locations/{info['location_ids'][2]}", {"active": False})
    account = await agency(desk, served, observer)
    assert account.location_id == info["location_ids"][0]
    assert desk.added == []
    first, second = observer.troubles
    assert first is None
    assert second is not None
    assert second.title == "“Kestrel Homes” cannot be opened."
    assert "not active" in second.message


async def test_an_agency_that_chooses_nothing_leaves_nothing(
    desk: Desk, served: Any, until: Any
) -> None:
    observer = Observer()
    signing_in = asyncio.ensure_future(agency(desk, served, observer))
    await until(lambda: observer.offered, "the list of locations")
    signing_in.cancel()
    with pytest.raises(asyncio.CancelledError):
        await signing_in
    assert (desk.opened, desk.added) == ([], [])
    keyring = desk.secrets._keyring
    assert isinstance(keyring, MemoryKeyring)
    assert keyring._secrets == {}


async def test_an_agency_that_was_not_asked_for_says_what_to_ask_for(
    desk: Desk, served: Any
) -> None:
    """FACTS A: who asks for a location may get an agency."""
    observer = Observer()
    company = (await served.start())["company_id"]
    with pytest.raises(SignInError, match="whole agency") as caught:
        await by_browser(desk, observer, company, scopes=(*EVERY_SCOPE, "oauth.readonly"))
    assert "Several locations of an agency" in caught.value.message
    assert desk.opened == []
