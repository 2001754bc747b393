from __future__ import annotations

import msgspec
import pytest

from rapport.app.sign_in_requests import consent_request, request_again
from rapport.domain import scopes
from rapport.domain.settings import WHITE_LABEL_AUTHORIZE_URL, Account, ConnectRequest
from rapport.ui.consent.guard import Guard

WHITE_LABEL = ConnectRequest(
    client_id="app-1",
    client_secret="s3cret",
    scopes=("contacts.readonly", "oauth.readonly", "oauth.write"),
    authorize_url=WHITE_LABEL_AUTHORIZE_URL,
    sign_in_hosts=("app.agency.example",),
)


def test_a_white_label_leads_through_its_own_host_and_never_names_the_vendor() -> None:
    asked = consent_request(WHITE_LABEL, f"{WHITE_LABEL_AUTHORIZE_URL}?x=1", "dark", 1.5)
    guard = Guard(asked.redirect_uri, asked.url, asked.allowed_hosts)
    assert guard.may_navigate("https://app.agency.example/login")
    assert guard.may_navigate("https://marketplace.leadconnectorhq.com/next")
    assert not guard.may_navigate("https://agency.example/login")
    assert not guard.may_navigate("http://app.agency.example/login")
    assert "HighLevel" not in msgspec.json.encode(asked).decode()
    assert [line.name for line in asked.scopes] == list(WHITE_LABEL.scopes)
    assert (asked.theme, asked.text_scale) == ("dark", 1.5)
    usual = consent_request(ConnectRequest(client_id="c", client_secret="s", scopes=()), "", "", 1)
    assert (usual.provider, usual.allowed_hosts) == ("HighLevel", ())


@pytest.mark.parametrize("agency", ["", "agency-1"])
def test_an_account_is_asked_for_again_as_it_was(agency: str) -> None:
    account = Account(
        id="a1",
        name="Lumen Solar",
        location_id="loc",
        api_url=WHITE_LABEL.api_url,
        authorize_url=WHITE_LABEL.authorize_url,
        token_url=WHITE_LABEL.token_url,
        client_id="app-1",
        redirect_uri=WHITE_LABEL.redirect_uri,
        scopes=("contacts.readonly",),
        agency=agency,
        sign_in_hosts=WHITE_LABEL.sign_in_hosts,
    )
    again = request_again(account)
    minting = tuple(scope.name for scope in scopes.AGENCY)
    assert again.scopes == ("contacts.readonly", *(minting if agency else ()))
    assert (again.client_secret, again.account_id) == ("", "a1")
    same = msgspec.structs.replace(
        again, scopes=WHITE_LABEL.scopes, client_secret="s3cret", account_id=""
    )
    assert same == WHITE_LABEL
