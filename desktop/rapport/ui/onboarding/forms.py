"""What a person fills in to connect an account or to paste a token."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from urllib.parse import urlsplit

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from rapport.domain import scopes
from rapport.domain.settings import (
    AUTHORIZE_URL,
    WHITE_LABEL_AUTHORIZE_URL,
    Account,
    ConnectRequest,
    TokenRequest,
)
from rapport.language import tr
from rapport.ui.look.theme import current_theme
from rapport.ui.onboarding.text import Words
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.segmented import Segmented


class Field(QWidget):
    """A label, an input, and a sentence below it when the input cannot be used."""

    def __init__(self, label: str, name: str, *, hint: str = "", secret: bool = False) -> None:
        super().__init__()
        px = current_theme().type.px
        self.edit = QLineEdit()
        self.edit.setObjectName(name)
        self.edit.setAccessibleName(label)
        if secret:
            self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.error = Words("", danger=True, caption=True)
        self.error.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(4))
        column.addWidget(Words(label, caption=True, strong=True))
        self.row = QHBoxLayout()
        self.row.setSpacing(px(6))
        self.row.addWidget(self.edit, 1)
        column.addLayout(self.row)
        column.addWidget(self.error)
        if hint:
            column.addWidget(Words(hint, caption=True, muted=True))
        self.edit.textEdited.connect(lambda: self.complain(""))

    def text(self) -> str:
        return self.edit.text().strip()

    def complain(self, sentence: str) -> None:
        """Show what is wrong; the input stays. An empty sentence takes it away."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        self.edit.setAccessibleDescription(sentence)
        self.edit.setProperty("invalid", bool(sentence))
        self.edit.style().unpolish(self.edit)
        self.edit.style().polish(self.edit)
        if sentence:
            self.edit.setFocus()


def is_address(text: str) -> bool:
    """Whether ``text`` is an address that a token may be sent to: https, or this computer."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None:
        return False
    local = host in ("127.0.0.1", "localhost", "::1")
    return parts.scheme == "https" or (parts.scheme == "http" and local)


def host_of(text: str) -> str | None:
    """The host in ``text``, which may be a whole address; None where it names none."""
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (UnicodeError, ValueError):
        return None
    plain = parts.scheme in ("", "https") and parts.username is None and port in (None, 443)
    return host if plain and _HOST.fullmatch(host) else None


_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
"""A host under a domain: neither an address in numbers nor a whole top-level domain."""


class Provider(StrEnum):
    HIGHLEVEL = "highlevel"
    WHITE_LABEL = "white label"
    OTHER = "other"


_AUTHORIZE = {
    Provider.HIGHLEVEL: AUTHORIZE_URL,
    Provider.WHITE_LABEL: WHITE_LABEL_AUTHORIZE_URL,
}


class ScopeChoice(QWidget):
    """Read only or read and write, and which further scopes to ask for."""

    def __init__(self) -> None:
        super().__init__()
        px = current_theme().type.px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        column.addWidget(Words(tr("Access"), caption=True, strong=True))
        self._write = QRadioButton(tr("Read and write"))
        self._write.setObjectName("access-write")
        self._read = QRadioButton(tr("Read only"))
        self._read.setObjectName("access-read")
        self._write.setChecked(True)
        group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(px(16))
        for button in (self._write, self._read):
            group.addButton(button)
            row.addWidget(button)
        row.addStretch()
        column.addLayout(row)
        column.addWidget(Words(tr("Also ask for"), caption=True, strong=True))
        self._optional: dict[str, QCheckBox] = {}
        for scope in scopes.OPTIONAL:
            box = QCheckBox(f"{tr(scope.title)} · {tr(scope.detail)}")
            box.setChecked(True)
            box.setObjectName(f"scope-{scope.name}")
            box.setToolTip(f"{scope.name}\n{tr(scope.lost)}")
            box.setAccessibleDescription(tr(scope.lost))
            self._optional[scope.name] = box
            column.addWidget(box)
        self._column = column

    def ask_also(self, names: Iterable[str]) -> None:
        """Offer further scopes, chosen already: an operation needs them."""
        for scope in map(scopes.described, names):
            usual = (scopes.READ, scopes.WRITE, *scopes.AGENCY)
            if scope.name not in self._optional and scope not in usual:
                box = QCheckBox(f"{tr(scope.title)} · {tr(scope.detail)}")
                box.setChecked(True)
                box.setObjectName(f"scope-{scope.name}")
                box.setToolTip(scope.name)
                self._optional[scope.name] = box
                self._column.addWidget(box)

    def chosen(self) -> tuple[str, ...]:
        wanted = [scopes.READ.name]
        if self._write.isChecked():
            wanted.append(scopes.WRITE.name)
        wanted += [name for name, box in self._optional.items() if box.isChecked()]
        return tuple(wanted)


class _Form(QWidget):
    back = Signal()

    def __init__(self, title: str, sentence: str, *, submit: str) -> None:
        super().__init__()
        px = current_theme().type.px
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(px(32), px(28), px(32), px(24))
        self.column.setSpacing(px(12))
        self.column.addWidget(Words(title, section=True, strong=True))
        self.column.addWidget(Words(sentence, muted=True))
        self.submit = Button(submit, kind=Kind.FILLED)
        self.submit.setObjectName("sign-in-submit")
        self.submit.clicked.connect(self._submit)
        self._foot = QHBoxLayout()
        cancel = Button(tr("Back"), icon="left", kind=Kind.QUIET)
        cancel.setObjectName("sign-in-back")
        cancel.clicked.connect(self.back)
        self._foot.addWidget(cancel)
        self._foot.addStretch()
        self._foot.addWidget(self.submit)

    def finish(self) -> None:
        """Put the buttons below what was added."""
        self.column.addLayout(self._foot)

    def _submit(self) -> None:
        raise NotImplementedError


class ReachChoice(QWidget):
    """One location, or several of an agency."""

    def __init__(self) -> None:
        super().__init__()
        px = current_theme().type.px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(6))
        column.addWidget(Words(tr("Open"), caption=True, strong=True))
        self._one = QRadioButton(tr("One location"))
        self._one.setObjectName("reach-location")
        self._agency = QRadioButton(tr("Several locations of an agency"))
        self._agency.setObjectName("reach-agency")
        self._agency.setAccessibleDescription(
            tr("You choose them after the sign-in. Your app must be one for agencies.")
        )
        self._agency.setToolTip(self._agency.accessibleDescription())
        self._one.setChecked(True)
        group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(px(16))
        for button in (self._one, self._agency):
            group.addButton(button)
            row.addWidget(button)
        row.addStretch()
        column.addLayout(row)

    def choose(self, *, agency: bool) -> None:
        (self._agency if agency else self._one).setChecked(True)

    def scopes(self) -> tuple[str, ...]:
        """What is asked for beyond one location."""
        return tuple(scope.name for scope in scopes.AGENCY) if self._agency.isChecked() else ()


class ConnectForm(_Form):
    """An account through its sign-in page. Client id and secret are the person's own: a secret
    shipped in a program is none."""

    wanted = Signal(object)
    """A :class:`ConnectRequest`."""

    def __init__(self) -> None:
        super().__init__(
            tr("Connect an account"),
            tr(
                "With the client id and secret of your own marketplace app; the keyring keeps them."
            ),
            submit=tr("Continue"),
        )
        usual = ConnectRequest(client_id="", client_secret="", scopes=())
        self._known: Account | None = None
        self.client_id = Field(tr("Client id"), "client-id")
        self.client_secret = Field(tr("Client secret"), "client-secret", secret=True)
        self.redirect = Field(
            tr("Redirect address"),
            "redirect-uri",
            hint=tr("Register exactly this address with your app."),
        )
        self.redirect.edit.setText(usual.redirect_uri)
        copy = Button(tr("Copy"), icon="copy", kind=Kind.TONAL)
        copy.setAccessibleName(tr("Copy redirect address"))
        copy.clicked.connect(lambda: self._copy(copy))
        self.redirect.row.addWidget(copy)
        self.provider = Segmented(
            [
                (Provider.HIGHLEVEL, tr("HighLevel")),
                (Provider.WHITE_LABEL, tr("White label")),
                (Provider.OTHER, tr("Another host")),
            ],
            name=tr("Where you sign in"),
        )
        self.provider.setObjectName("provider")
        self.provider.chosen.connect(self._provider_chosen)
        self.hosts = Field(
            tr("Your agency’s own host"),
            "sign-in-hosts",
            hint=tr("Such as app.youragency.com, where the sign-in leads through it."),
        )
        self.hosts.hide()
        self.reach = ReachChoice()
        self.scopes = ScopeChoice()
        self.authorize = Field(tr("Sign-in page"), "authorize-url")
        self.authorize.edit.setText(usual.authorize_url)
        self.token = Field(tr("Token address"), "token-url")
        self.token.edit.setText(usual.token_url)
        self.api = Field(tr("API address"), "api-url")
        self.api.edit.setText(usual.api_url)
        self.in_browser = QCheckBox(tr("Use my browser instead of a window here"))
        self.in_browser.setObjectName("in-browser")

        where = QVBoxLayout()
        where.setSpacing(current_theme().type.px(6))
        where.addWidget(Words(tr("Where you sign in"), caption=True, strong=True))
        where.addWidget(self.provider)
        self.column.addLayout(where)
        for part in (
            self.hosts,
            self.client_id,
            self.client_secret,
            self.redirect,
            self.reach,
            self.scopes,
        ):
            self.column.addWidget(part)
        self.column.addWidget(self.in_browser)
        addresses = Button(tr("Addresses"), kind=Kind.QUIET, size=Size.SMALL, chevron=True)
        addresses.setObjectName("addresses")
        addresses.clicked.connect(self._toggle_addresses)
        self.column.addWidget(addresses)
        self._addresses = (self.authorize, self.token, self.api)
        for field in self._addresses:
            field.hide()
            self.column.addWidget(field)
        self.finish()

    def fill(self, account: Account, also: Iterable[str] = ()) -> None:
        """What is known of an account; its secret is in the keyring, and need not be typed.
        ``also`` are scopes beside those that it has."""
        self._known = account
        self.scopes.ask_also((*account.scopes, *also))
        self.client_secret.edit.setPlaceholderText(tr("Kept in the keyring"))
        self.client_id.edit.setText(account.client_id)
        self.redirect.edit.setText(account.redirect_uri)
        self.authorize.edit.setText(account.authorize_url)
        self.token.edit.setText(account.token_url)
        self.api.edit.setText(account.api_url)
        self.hosts.edit.setText(" ".join(account.sign_in_hosts))
        self.reach.choose(agency=bool(account.agency))
        known = {url: provider for provider, url in _AUTHORIZE.items()}
        provider = known.get(account.authorize_url, Provider.OTHER)
        self.provider.set_value(provider)
        self.hosts.setVisible(provider is not Provider.HIGHLEVEL)

    def _provider_chosen(self, provider: Provider) -> None:
        """Fills in where that is. Addresses that are typed stay."""
        self.hosts.setVisible(provider is not Provider.HIGHLEVEL)
        if provider in _AUTHORIZE:
            self.authorize.edit.setText(_AUTHORIZE[provider])
            self.authorize.complain("")
        else:
            for field in self._addresses:
                field.show()
            self.authorize.edit.setFocus()
            self.authorize.edit.selectAll()

    def _sign_in_hosts(self) -> tuple[str, ...] | None:
        """None where one of them is no host."""
        if self.provider.value() is Provider.HIGHLEVEL:
            return ()
        named = [host_of(one) for one in self.hosts.text().replace(",", " ").split()]
        return tuple(host for host in named if host) if all(named) else None

    def _toggle_addresses(self) -> None:
        for field in self._addresses:
            field.setVisible(field.isHidden())

    def _copy(self, button: Button) -> None:
        QGuiApplication.clipboard().setText(self.redirect.text())
        button.setText(tr("Copied"))
        QTimer.singleShot(1500, button, lambda: button.setText(tr("Copy")))

    def _submit(self) -> None:
        known = self._known is not None and self._known.client_id == self.client_id.text()
        for field in (self.client_id, self.client_secret):
            if not field.text() and not (known and field is self.client_secret):
                field.complain(tr("This is needed: you find it with your marketplace app."))
                return
        for field in (self.redirect, *self._addresses):
            if not is_address(field.text()):
                field.show()
                field.complain(
                    tr("This must be an https address, or http on this computer (127.0.0.1).")
                )
                return
        hosts = self._sign_in_hosts()
        if hosts is None:
            self.hosts.complain(tr("This must be a host, such as app.youragency.com."))
            return
        self.wanted.emit(
            ConnectRequest(
                client_id=self.client_id.text(),
                client_secret=self.client_secret.text(),
                scopes=(*self.scopes.chosen(), *self.reach.scopes()),
                authorize_url=self.authorize.text(),
                token_url=self.token.text(),
                api_url=self.api.text(),
                redirect_uri=self.redirect.text(),
                in_browser=self.in_browser.isChecked(),
                account_id=self._known.id if self._known is not None and known else "",
                sign_in_hosts=hosts,
            )
        )


class TokenForm(_Form):
    """A private-integration token of one location."""

    wanted = Signal(object)
    """A :class:`TokenRequest`."""

    def __init__(self) -> None:
        super().__init__(
            tr("Paste a token"),
            tr("From Settings, Private integrations in your location. It stays in the keyring."),
            submit=tr("Open"),
        )
        usual = TokenRequest(token="", location_id="", scopes=())
        self.token = Field(tr("Private integration token"), "pasted-token", secret=True)
        self.location = Field(
            tr("Location id"),
            "location-id",
            hint=tr("It stands in the address of every page of your location."),
        )
        self.scopes = ScopeChoice()
        self.api = Field(tr("API address"), "token-api-url")
        self.api.edit.setText(usual.api_url)
        for part in (self.token, self.location, self.scopes, self.api):
            self.column.addWidget(part)
        self.finish()

    def fill(self, account: Account) -> None:
        self.location.edit.setText(account.location_id)
        self.api.edit.setText(account.api_url)

    def _submit(self) -> None:
        if not self.token.text():
            self.token.complain(tr("Paste the token here."))
        elif any(character.isspace() for character in self.token.text()):
            self.token.complain(tr("A token has no spaces or line breaks inside."))
        elif not self.location.text():
            self.location.complain(tr("The location’s id is needed."))
        elif not is_address(self.api.text()):
            self.api.complain(
                tr("This must be an https address, or http on this computer (127.0.0.1).")
            )
        else:
            self.wanted.emit(
                TokenRequest(
                    token=self.token.text(),
                    location_id=self.location.text(),
                    scopes=self.scopes.chosen(),
                    api_url=self.api.text(),
                )
            )
