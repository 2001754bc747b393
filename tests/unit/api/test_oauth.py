"""The callback is the one place where a stranger can hand us something: fourteen ways refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from rapport.api.oauth import OAuthApp, OAuthFlow, Tokens
from rapport.domain.errors import SignInError

REDIRECT = "http://127.0.0.1:47311/callback"
APP = OAuthApp(
    authorize_url="https://crm.example/v2/oauth/chooselocation",
    token_url="https://crm.example/oauth/token",
    client_id="id",
    client_secret="s3cret",
    redirect_uri=REDIRECT,
)


@pytest.fixture
def flow(clock: Any) -> OAuthFlow:
    return OAuthFlow(APP, ("contacts.readonly", "locations/tags.readonly"), clock=clock)


def asked(flow: OAuthFlow) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(flow.url).query).items()}


def test_the_question(flow: OAuthFlow) -> None:
    query = asked(flow)
    assert flow.url.startswith(APP.authorize_url + "?")
    assert query["response_type"] == "code"
    assert query["client_id"] == "id"
    assert query["redirect_uri"] == REDIRECT
    assert query["scope"] == "contacts.readonly locations/tags.readonly"
    assert query["code_challenge_method"] == "S256"
    assert len(query["code_challenge"]) == 43
    assert len(query["state"]) >= 43
    assert query["loginWindowOpenMode"] == "self"
    assert "s3cret" not in flow.url
    assert flow.url == flow.url


def test_two_questions_share_nothing(clock: Any) -> None:
    one, other = (asked(OAuthFlow(APP, ("a",), clock=clock)) for _ in range(2))
    assert one["state"] != other["state"]
    assert one["code_challenge"] != other["code_challenge"]


def test_the_right_answer(flow: OAuthFlow) -> None:
    state = asked(flow)["state"]
    assert flow.code_from(f"{REDIRECT}?code=abc&state={state}") == "abc"


def test_an_issuer_may_be_named(flow: OAuthFlow) -> None:
    state = asked(flow)["state"]
    assert flow.code_from(f"{REDIRECT}?code=abc&state={state}&iss=https://crm.example") == "abc"


FORGED: dict[str, Callable[[str], str]] = {
    "no state": lambda s: f"{REDIRECT}?code=abc",
    "wrong state": lambda s: f"{REDIRECT}?code=abc&state={s[:-1]}",
    "other alphabet": lambda s: f"{REDIRECT}?code=abc&state=ä",
    "state twice": lambda s: f"{REDIRECT}?code=abc&state={s}&state={s}",
    "code twice": lambda s: f"{REDIRECT}?code=abc&code=abd&state={s}",
    "no code": lambda s: f"{REDIRECT}?state={s}",
    "empty code": lambda s: f"{REDIRECT}?code=&state={s}",
    "longer host": lambda s: f"http://127.0.0.1.evil.example:47311/callback?code=abc&state={s}",
    "host as suffix": lambda s: f"http://evil127.0.0.1:47311/callback?code=abc&state={s}",
    "user name": lambda s: f"http://127.0.0.1:47311@evil.example/callback?code=abc&state={s}",
    "user name before us": lambda s: f"http://evil@127.0.0.1:47311/callback?code=abc&state={s}",
    "other port": lambda s: f"http://127.0.0.1:47312/callback?code=abc&state={s}",
    "no port": lambda s: f"http://127.0.0.1/callback?code=abc&state={s}",
    "other scheme": lambda s: f"https://127.0.0.1:47311/callback?code=abc&state={s}",
    "other path": lambda s: f"{REDIRECT}/x?code=abc&state={s}",
    "path climbing": lambda s: f"http://127.0.0.1:47311/x/../callback?code=abc&state={s}",
    "in the fragment": lambda s: f"{REDIRECT}#code=abc&state={s}",
    "fragment beside": lambda s: f"{REDIRECT}?code=abc&state={s}#x",
    "backslash": lambda s: f"http://127.0.0.1:47311\\@evil.example/callback?code=abc&state={s}",
    "line break": lambda s: f"{REDIRECT}?code=abc&state={s}\r\nx",
    "other issuer": lambda s: f"{REDIRECT}?code=abc&state={s}&iss=https://evil.example",
    "endless": lambda s: f"{REDIRECT}?code={'x' * 9000}&state={s}",
    "many parameters": lambda s: f"{REDIRECT}?code=abc&state={s}&" + "&".join(map(str, range(99))),
    "not an address": lambda s: "http://[::1",
    "nothing": lambda s: "",
    "denial without our state": lambda s: f"{REDIRECT}?error=access_denied",
}


@pytest.mark.parametrize("make", FORGED.values(), ids=FORGED)
def test_forged_answers_end_the_flow(flow: OAuthFlow, make: Callable[[str], str]) -> None:
    state = asked(flow)["state"]
    with pytest.raises(SignInError) as caught:
        flow.code_from(make(state))
    assert caught.value.reason == "forged"
    with pytest.raises(SignInError):  # the right answer comes too late
        flow.code_from(f"{REDIRECT}?code=abc&state={state}")


def test_an_answer_counts_once(flow: OAuthFlow) -> None:
    callback = f"{REDIRECT}?code=abc&state={asked(flow)['state']}"
    flow.code_from(callback)
    with pytest.raises(SignInError) as caught:
        flow.code_from(callback)
    assert caught.value.reason == "forged"


def test_an_answer_after_cancel_is_refused(flow: OAuthFlow) -> None:
    flow.cancel()
    with pytest.raises(SignInError):
        flow.code_from(f"{REDIRECT}?code=abc&state={asked(flow)['state']}")


def test_denial(flow: OAuthFlow) -> None:
    state = asked(flow)["state"]
    html = "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E%00"
    with pytest.raises(SignInError) as caught:
        flow.code_from(f"{REDIRECT}?error=access_denied&error_description={html}&state={state}")
    assert caught.value.reason == "denied"
    assert "<" not in str(caught.value) + caught.value.details
    assert "\x00" not in caught.value.details


def test_another_refusal_is_quoted_without_markup(flow: OAuthFlow) -> None:
    state = asked(flow)["state"]
    with pytest.raises(SignInError) as caught:
        flow.code_from(f"{REDIRECT}?error=server_error&error_description=%3Cb%3Ebusy&state={state}")
    assert caught.value.reason == "failed"
    assert "‹b›busy" in caught.value.message


def test_secrets_do_not_show_in_a_representation() -> None:
    assert "tok3n" not in repr(Tokens(access="tok3n-a", refresh="tok3n-r"))
    assert "s3cret" not in repr(APP)
