"""What the consent page may load, by address alone. Bad input 29: callbacks that are none."""

from __future__ import annotations

import os

import pytest

from rapport.ui.consent import launch
from rapport.ui.consent.guard import Guard

CALLBACK = "http://127.0.0.1:47311/callback"
PROVIDER = "https://marketplace.gohighlevel.com/v2/oauth/chooselocation?client_id=c"
VENDOR = Guard(CALLBACK, PROVIDER)
SANDBOX = Guard(CALLBACK, "http://127.0.0.1:8931/oauth/chooselocation")
ABROAD = Guard("https://app.example/callback", PROVIDER)


@pytest.mark.parametrize(
    "url",
    [
        CALLBACK,
        f"{CALLBACK}?code=c&state=s",
        f"{CALLBACK}?error=access_denied",
        f"{CALLBACK}#fragment",
        "HTTP://127.0.0.1:47311/callback?code=c",
    ],
)
def test_the_callback_is_known_whatever_its_query(url: str) -> None:
    assert VENDOR.is_callback(url)
    assert not VENDOR.may_navigate(url)
    assert not VENDOR.may_load(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:47311.evil.example/callback?code=c",
        "http://evil.example/127.0.0.1:47311/callback?code=c",
        "http://127.0.0.1:47311@evil.example/callback?code=c",
        "http://someone@127.0.0.1:47311/callback?code=c",
        "http://:secret@127.0.0.1:47311/callback?code=c",
        "http://127.0.0.1:47312/callback?code=c",
        "http://127.0.0.1/callback?code=c",
        "http://127.0.0.1:99999/callback?code=c",
        "https://127.0.0.1:47311/callback?code=c",
        "http://localhost:47311/callback?code=c",
        "http://127.0.0.1:47311/callback/?code=c",
        "http://127.0.0.1:47311/callback2?code=c",
        "http://127.0.0.1:47311/CALLBACK?code=c",
        "http://127.0.0.1:47311/?code=c",
        "http://127.0.0.1:47311/a/../callback?code=c",
        "callback?code=c",
        "",
    ],
)
def test_nothing_near_the_callback_is_one(url: str) -> None:
    assert not VENDOR.is_callback(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://app.example.evil.example/callback",
        "https://evilapp.example/callback",
        "https://app.example:8443/callback",
        "http://app.example/callback",
    ],
)
def test_a_callback_elsewhere_has_no_lookalikes(url: str) -> None:
    assert ABROAD.is_callback("https://app.example:443/callback?code=c")
    assert not ABROAD.is_callback(url)
    assert not ABROAD.may_navigate(url)


@pytest.mark.parametrize("path", ["", "/", "/other", "/callback/deeper?x=1"])
def test_the_callbacks_host_hears_nothing_by_whatever_path(path: str) -> None:
    for guard, host in ((VENDOR, "127.0.0.1:47311"), (SANDBOX, "127.0.0.1:47311")):
        assert not guard.may_navigate(f"http://{host}{path}")
        assert not guard.may_load(f"http://{host}{path}")
        assert not guard.may_load(f"ws://{host}{path}")
    assert not ABROAD.may_load(f"https://app.example{path}")
    assert not ABROAD.may_load(f"wss://app.example{path}")


def test_the_page_stays_with_the_provider() -> None:
    for url in (
        PROVIDER,
        "https://app.gohighlevel.com/",
        "https://services.leadconnectorhq.com/oauth",
        "about:blank",
    ):
        assert VENDOR.may_navigate(url), url
    for url in (
        "https://evil.example/",
        "https://gohighlevel.com.evil.example/",
        "https://notgohighlevel.com/",
        "http://marketplace.gohighlevel.com/",
        "https://marketplace.gohighlevel.com.:1/../",
        "file:///etc/passwd",
        "data:text/html,<p>sign in</p>",
        "javascript:alert(1)",
        "blob:https://marketplace.gohighlevel.com/1",
        "about:blank?x",
        "chrome://settings",
        "view-source:https://marketplace.gohighlevel.com/",
        "mailto:a@b.example",
        "ftp://marketplace.gohighlevel.com/",
    ):
        assert not VENDOR.may_navigate(url), url


def test_an_identity_provider_that_was_allowed_counts_with_its_subdomains() -> None:
    guard = Guard(CALLBACK, PROVIDER, ("sso.example",))
    assert guard.may_navigate("https://sso.example/login")
    assert guard.may_navigate("https://eu.sso.example/login")
    assert not guard.may_navigate("https://notsso.example/login")


def test_parts_of_a_page_come_over_https_and_never_from_a_file() -> None:
    assert VENDOR.may_load("https://fonts.example/a.woff2")
    assert VENDOR.may_load("data:image/png;base64,AAAA")
    for url in ("http://fonts.example/a.woff2", "file:///etc/hostname", "ftp://a.example/b"):
        assert not VENDOR.may_load(url), url


def test_plain_http_is_for_the_sandbox_on_this_computer_alone() -> None:
    assert SANDBOX.may_navigate("http://127.0.0.1:8931/oauth/again")
    assert SANDBOX.may_load("http://127.0.0.1:8931/logo.svg")
    for url in (
        "http://127.0.0.1:8932/",
        "http://localhost:8931/",
        "http://10.0.0.1:8931/",
        "http://gohighlevel.com/",
    ):
        assert not SANDBOX.may_navigate(url), url
        assert not SANDBOX.may_load(url), url


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="POSIX only")
def test_chromiums_own_sandbox_is_off_for_root_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert launch._needs_no_sandbox()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not launch._needs_no_sandbox()
