"""What a sign-in asks for: of the person on the consent page, and of the CRM."""

from __future__ import annotations

from rapport.api.oauth import OAuthApp
from rapport.domain import scopes
from rapport.domain.settings import AUTHORIZE_URL, Account, ConnectRequest
from rapport.language import spoken, tr
from rapport.ui.consent.request import ConsentRequest, ScopeLine

CONSENT_LIMIT_S = 600.0


def request_again(account: Account) -> ConnectRequest:
    """The question that led to ``account``; its secret is in the keyring."""
    wanted = account.scopes
    if account.agency:
        wanted = (*wanted, *(scope.name for scope in scopes.AGENCY))
    return ConnectRequest(
        client_id=account.client_id,
        client_secret="",
        scopes=wanted,
        authorize_url=account.authorize_url,
        token_url=account.token_url,
        revoke_url=account.revoke_url,
        api_url=account.api_url,
        redirect_uri=account.redirect_uri,
        account_id=account.id,
        sign_in_hosts=account.sign_in_hosts,
    )


def consent_request(
    request: ConnectRequest, url: str, theme: str, text_scale: float
) -> ConsentRequest:
    """What the consent page shows, and where it may lead."""
    return ConsentRequest(
        url=url,
        redirect_uri=request.redirect_uri,
        scopes=tuple(
            ScopeLine(title=tr(scope.title), detail=tr(scope.detail), name=scope.name)
            for scope in map(scopes.described, request.scopes)
        ),
        not_asked=scopes.not_asked(request.scopes),
        provider=_provider(request),
        allowed_hosts=request.sign_in_hosts,
        timeout_s=CONSENT_LIMIT_S,
        theme=theme,
        text_scale=text_scale,
        language=spoken(),
    )


def _provider(request: ConnectRequest) -> str:
    """As the person knows it: a white label never names the vendor."""
    if request.sandbox:
        return tr("the sandbox")
    return "HighLevel" if request.authorize_url == AUTHORIZE_URL else tr("your account")


def app_of(request: ConnectRequest) -> OAuthApp:
    return OAuthApp(
        authorize_url=request.authorize_url,
        token_url=request.token_url,
        client_id=request.client_id,
        client_secret=request.client_secret,
        redirect_uri=request.redirect_uri,
        revoke_url=request.revoke_url,
    )


def sandbox_request(info: dict[str, object], wanted: tuple[str, ...]) -> ConnectRequest:
    """The sandbox's own answer to what a person would otherwise fill in."""
    base = str(info["base_url"])
    return ConnectRequest(
        client_id=str(info["client_id"]),
        client_secret=str(info["client_secret"]),
        scopes=wanted,
        authorize_url=str(info["authorize_url"]),
        token_url=str(info["token_url"]),
        revoke_url=f"{base}/oauth/revoke",
        api_url=base,
        redirect_uri=str(info["redirect_uri"]),
        sandbox=True,
    )
