"""The way in: three choices, their forms, and an end in one sentence each."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QRadioButton,
    QWidget,
)

from rapport.domain.errors import NetworkError, SignInError
from rapport.domain.settings import DEFAULT_REDIRECT, ConnectRequest, TokenRequest
from rapport.ui.onboarding.forms import host_of


def texts(page: QWidget) -> str:
    labels = page.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def focused() -> str:
    widget = QApplication.focusWidget()
    return widget.objectName() if widget else ""


def press(key: Qt.Key) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key)


async def test_the_keyboard_is_enough(page: Any, gateway: Any, until: Any) -> None:
    await until(lambda: focused() == "choose-sandbox")
    press(Qt.Key.Key_Down)
    assert focused() == "choose-account"
    press(Qt.Key.Key_Down)
    assert focused() == "choose-token"
    press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Up)
    assert focused() == "choose-sandbox"
    press(Qt.Key.Key_Return)
    await until(lambda: gateway.asked == ["sandbox"])


async def test_success_hands_the_account_over(
    page: Any, gateway: Any, account: Any, until: Any
) -> None:
    came: list[object] = []
    page.signed_in.connect(came.append)
    page.explore()
    await until(lambda: gateway.endings)
    assert "Opening the sandbox" in texts(page)
    gateway.observer.finishing()
    assert "Opening the account" in texts(page)
    gateway.endings[0].set_result(account)
    await until(lambda: came == [account])


@pytest.mark.parametrize(
    "error",
    [
        SignInError("Access was not granted.", "Nothing was changed.", reason="denied"),
        SignInError("The sign-in took too long.", "Try again.", reason="timeout"),
        SignInError("The answer did not belong to this sign-in.", "", reason="forged"),
        NetworkError("The CRM cannot be reached.", "Check the connection."),
    ],
)
async def test_every_failure_is_a_sentence_and_try_again(
    page: Any, gateway: Any, see: Any, account: Any, until: Any, error: Any
) -> None:
    page.explore()
    await until(lambda: gateway.endings)
    gateway.endings[0].set_exception(error)
    await until(lambda: see("sign-in-again"))
    assert error.title in texts(page)
    assert error.message in texts(page)
    assert page.findChild(QWidget, "sign-in-again").text() == "Try again"
    page.findChild(QWidget, "sign-in-again").click()
    await until(lambda: len(gateway.endings) == 2)
    came: list[object] = []
    page.signed_in.connect(came.append)
    gateway.endings[1].set_result(account)
    await until(lambda: came)


async def test_what_a_stranger_wrote_is_text_and_no_markup(
    page: Any, gateway: Any, see: Any, until: Any
) -> None:
    """Bad input 28: a denial whose description is HTML."""
    page.explore()
    await until(lambda: gateway.endings)
    said = "It says: “<img src=file:///etc/hostname><b>no</b>”"
    gateway.endings[0].set_exception(SignInError("Not granted.", said, reason="denied"))
    await until(lambda: see("sign-in-again"))
    label = next(one for one in page.findChildren(QLabel) if one.text() == said)
    assert label.textFormat() is Qt.TextFormat.PlainText


async def test_cancel_goes_back_without_a_complaint(
    page: Any, gateway: Any, see: Any, until: Any
) -> None:
    page.explore()
    await until(lambda: gateway.endings)
    see("sign-in-cancel").click()
    await until(lambda: see("choose-sandbox"))
    assert gateway.endings[0].cancelled()
    page.explore()
    await until(lambda: len(gateway.endings) == 2)
    gateway.endings[1].set_exception(SignInError("Cancelled.", reason="cancelled"))
    await until(lambda: see("choose-sandbox"))
    assert see("sign-in-again") is None


async def test_a_second_sign_in_stays_on_screen_when_the_first_is_cancelled(
    page: Any, gateway: Any, see: Any, until: Any
) -> None:
    """Bad input 30: a second login while the first is open."""
    page.explore()
    await until(lambda: gateway.endings)
    page.explore()
    await until(lambda: len(gateway.endings) == 2)
    await until(lambda: gateway.endings[0].cancelled())
    await asyncio.sleep(0)
    assert see("sign-in-cancel") is not None
    assert see("choose-sandbox") is None


async def test_in_the_browser_there_is_a_link_and_a_clock(
    page: Any, gateway: Any, until: Any
) -> None:
    page.explore()
    await until(lambda: gateway.endings)
    gateway.observer.in_browser("https://crm.example/authorize?x=1", 600.0)
    assert "Continue in your browser" in texts(page)
    assert "left" in texts(page)
    copy = next(b for b in page.findChildren(QWidget) if getattr(b, "text", str)() == "Copy link")
    copy.click()
    assert QGuiApplication.clipboard().text() == "https://crm.example/authorize?x=1"


def fill(page: QWidget, **fields: str) -> None:
    for name, text in fields.items():
        edit = page.findChild(QLineEdit, name.replace("_", "-"))
        assert isinstance(edit, QLineEdit)
        edit.setFocus()
        edit.selectAll()
        QTest.keyClicks(edit, text) if text else edit.clear()


async def submit(see: Any) -> None:
    see("sign-in-submit").click()
    await asyncio.sleep(0)


async def test_connecting_an_account(page: Any, gateway: Any, see: Any, until: Any) -> None:
    see("choose-account").click()
    await until(lambda: see("client-id"))
    assert see("redirect-uri").text() == DEFAULT_REDIRECT
    assert see("client-secret").echoMode() is QLineEdit.EchoMode.Password
    await submit(see)
    assert "This is needed" in texts(page)
    assert gateway.asked == []
    fill(page, client_id="client-7", client_secret="s3cret")
    page.findChild(QRadioButton, "access-read").click()
    page.findChild(QCheckBox, "scope-users.readonly").click()
    page.findChild(QCheckBox, "in-browser").click()
    await submit(see)
    await until(lambda: gateway.asked)
    request = gateway.asked[0]
    assert isinstance(request, ConnectRequest)
    assert (request.client_id, request.client_secret) == ("client-7", "s3cret")
    assert request.in_browser
    assert "contacts.write" not in request.scopes
    assert "users.readonly" not in request.scopes
    assert {"contacts.readonly", "locations/tags.readonly"} <= set(request.scopes)
    assert request.authorize_url.startswith("https://marketplace.gohighlevel.com/")
    assert "s3cret" not in repr(request)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "app.example/callback",
        "http://app.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "https://someone@app.example/callback",
        "http://127.0.0.1:99999/callback",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ],
)
async def test_an_address_a_secret_may_not_go_to_is_refused(
    page: Any, gateway: Any, see: Any, until: Any, address: str
) -> None:
    see("choose-account").click()
    await until(lambda: see("client-id"))
    fill(page, client_id="c", client_secret="s", redirect_uri=address)
    await submit(see)
    assert "This must be an https address" in texts(page)
    assert gateway.asked == []
    assert see("client-secret").text() == "s"


async def test_pasting_a_token(page: Any, gateway: Any, see: Any, until: Any) -> None:
    see("choose-token").click()
    await until(lambda: see("pasted-token"))
    for token, location, said in (
        ("", "", "Paste the token here."),
        ("pit one", "loc", "A token has no spaces"),
        ("pit-1", "", "The location’s id is needed."),
    ):
        fill(page, pasted_token=token, location_id=location)
        await submit(see)
        assert said in texts(page)
    assert gateway.asked == []
    fill(page, pasted_token="  pit-1 ", location_id=" loc-9 ")
    await submit(see)
    await until(lambda: gateway.asked)
    request = gateway.asked[0]
    assert isinstance(request, TokenRequest)
    assert (request.token, request.location_id) == ("pit-1", "loc-9")


async def test_signing_in_again_asks_for_nothing_that_is_kept(
    page: Any, gateway: Any, see: Any, account: Any, until: Any
) -> None:
    page.prefill(account)
    await until(lambda: see("client-id"))
    assert see("client-id").text() == "client-7"
    assert see("client-secret").text() == ""
    # Another client id: the kept secret is not its secret.
    fill(page, client_id="client-8")
    await submit(see)
    assert gateway.asked == []
    fill(page, client_id="client-7")
    await submit(see)
    await until(lambda: gateway.asked)
    assert (gateway.asked[0].account_id, gateway.asked[0].client_secret) == (account.id, "")


async def test_white_label_signs_in_elsewhere(
    page: Any, gateway: Any, see: Any, until: Any
) -> None:
    see("choose-account").click()
    await until(lambda: see("client-id"))
    assert see("sign-in-hosts") is None
    see("provider").setFocus()
    segment = next(one for one in see("provider").findChildren(QAbstractButton) if one.isChecked())
    segment.setFocus()
    press(Qt.Key.Key_Right)
    await until(lambda: see("sign-in-hosts"))
    fill(page, client_id="c", client_secret="s", sign_in_hosts="not a host")
    await submit(see)
    assert "This must be a host" in texts(page)
    assert gateway.asked == []
    fill(page, sign_in_hosts="https://app.agency.example/, sso.agency.example")
    await submit(see)
    await until(lambda: gateway.asked)
    request = gateway.asked[0]
    assert request.authorize_url.startswith("https://marketplace.leadconnectorhq.com/")
    assert request.sign_in_hosts == ("app.agency.example", "sso.agency.example")


async def test_another_host_shows_the_addresses(
    page: Any, gateway: Any, see: Any, until: Any
) -> None:
    see("choose-account").click()
    await until(lambda: see("client-id"))
    segments = see("provider").findChildren(QAbstractButton)
    segments[2].click()
    await until(lambda: see("authorize-url") and focused() == "authorize-url")
    fill(page, client_id="c", client_secret="s", authorize_url="http://crm.example/authorize")
    await submit(see)
    assert "This must be an https address" in texts(page)
    fill(page, authorize_url="https://crm.example/authorize")
    await submit(see)
    await until(lambda: gateway.asked)
    assert gateway.asked[0].authorize_url == "https://crm.example/authorize"
    assert gateway.asked[0].sign_in_hosts == ()


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("app.agency.example", "app.agency.example"),
        ("HTTPS://App.Agency.example/login?x=1", "app.agency.example"),
        ("crm.münchen.example", "crm.xn--mnchen-3ya.example"),
        ("com", None),
        ("127.0.0.1", None),
        ("localhost", None),
        ("*.agency.example", None),
        ("http://app.agency.example", None),
        ("app.agency.example:8443", None),
        ("someone@app.agency.example", None),
        ("app..example", None),
        ("", None),
    ],
)
def test_which_hosts_a_sign_in_may_lead_through(text: str, host: str | None) -> None:
    assert host_of(text) == host


async def test_an_agency_asks_for_what_mints(page: Any, gateway: Any, see: Any, until: Any) -> None:
    see("choose-account").click()
    await until(lambda: see("client-id"))
    fill(page, client_id="c", client_secret="s")
    page.findChild(QRadioButton, "reach-agency").click()
    await submit(see)
    await until(lambda: gateway.asked)
    assert {"oauth.readonly", "oauth.write"} <= set(gateway.asked[0].scopes)


async def test_reconnecting_asks_for_nothing_and_goes_back_to_what_is_known(
    page: Any, gateway: Any, see: Any, account: Any, until: Any
) -> None:
    page.reconnect(account)
    await until(lambda: gateway.asked == [account])
    gateway.observer.finishing()
    gateway.endings[0].set_exception(SignInError("It is gone.", "Type it.", reason="failed"))
    await until(lambda: see("sign-in-again"))
    page.findChild(QWidget, "sign-in-again").click()
    await until(lambda: len(gateway.asked) == 2)
    see("sign-in-cancel").click()
    await until(lambda: see("client-id"))
    assert see("client-id").text() == account.client_id


async def test_everything_that_takes_focus_has_a_name(page: Any, see: Any, until: Any) -> None:
    nameless = set()
    for choice in ("choose-account", "choose-token"):
        see(choice).click()
        await until(lambda: see("sign-in-back"))
        for widget in page.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                spoken = QAccessible.queryAccessibleInterface(widget)
                if not spoken.text(QAccessible.Text.Name).strip():
                    nameless.add(f"{type(widget).__name__}#{widget.objectName()}")
        see("sign-in-back").click()
        await until(lambda: see("choose-sandbox"))
    assert nameless == set()
