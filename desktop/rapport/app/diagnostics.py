"""What somebody who helps needs to know of this installation, and nothing about anybody in it.

It names no account, person, id, address or folder: accounts are counted and described by kind, log
lines come from ``logs.recent``, which keeps the program's own sentences only.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QLocale, qVersion
from PySide6.QtGui import QFontInfo, QGuiApplication

from rapport import __version__
from rapport.app.logs import recent
from rapport.domain.scopes import ALL
from rapport.domain.settings import Account, Settings
from rapport.ui.accounts import SignedIn
from rapport.ui.look.theme import Theme

_LINES = 60
_VENDOR = ("leadconnectorhq.com", "gohighlevel.com")


def report(
    *,
    theme: Theme,
    settings: Settings,
    accounts: Iterable[SignedIn],
    keyring: str,
    notifications: Iterable[str],
    now: datetime,
) -> str:
    """Plain text in English, whatever the window speaks: it goes to who maintains the program."""
    known = list(accounts)
    parts = [
        f"Rapport {__version__}, {now:%Y-%m-%d %H:%M %z}",
        f"Python {platform.python_version()}, Qt {qVersion()}, PySide6 {pyside_version}",
        f"{platform.system()} {platform.release()}, {platform.machine()}",
        f"Desktop: {_desktop()}",
        *_screens(),
        *_look(theme, settings),
        f"Keyring: {keyring}",
        f"Notifications: {', '.join(sorted(notifications)) or 'none'}",
        f"Accounts: {len(known)}",
        *(f"  {number}. {_account(one)}" for number, one in enumerate(known, 1)),
        "Last log lines:",
        *(f"  {line}" for line in recent.lines()[-_LINES:]),
    ]
    return "\n".join(parts) + "\n"


def _desktop() -> str:
    names = ("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE")
    said = [os.environ[name] for name in names if os.environ.get(name)]
    return ", ".join((QGuiApplication.platformName(), *said, sys.platform))


def _screens() -> list[str]:
    return [
        f"Screen: {screen.size().width()}×{screen.size().height()}"
        f" at {screen.devicePixelRatio():g}, {screen.logicalDotsPerInch():.0f} dpi"
        for screen in QGuiApplication.screens()
    ]


def _look(theme: Theme, settings: Settings) -> list[str]:
    font = QFontInfo(theme.type.font())
    return [
        f"Look: {theme.tokens.name} (colours {settings.theme.value}, contrast "
        f"{settings.contrast.value}, motion {settings.motion.value})",
        f"Text: {font.family()} {font.pixelSize()} px, chosen {theme.type.chosen:.0%}, "
        f"desktop {theme.type.system:.0%}",
        f"Language: {settings.language or 'system'}, formats {QLocale().name()}, "
        f"{QGuiApplication.layoutDirection().name}",
        f"Own shortcuts: {len(settings.shortcuts)}",
    ]


def _account(one: SignedIn) -> str:
    account = one.account
    parts = [_kind(account), _server(account)]
    held = sum(scope.name in account.scopes for scope in ALL)
    parts.append(f"{held} of {len(ALL)} scopes")
    if one.error is not None:
        parts.append(type(one.error).__name__)
    if one.workspace is not None:
        status = one.workspace.sync.status()
        parts.append("may write" if one.workspace.capabilities.can_write else "reads only")
        parts.append(f"sync {status.state.value}")
        parts.append(
            f"{status.waiting} waiting, {status.refused} refused, {status.conflicts} conflicts"
        )
    else:
        parts.append("not open")
    return ", ".join(parts)


def _kind(account: Account) -> str:
    if account.sandbox:
        return "sandbox"
    if account.static_token:
        return "private-integration token"
    return "location of an agency" if account.agency else "sign-in"


def _server(account: Account) -> str:
    """A white label's host would name the agency."""
    host = urlsplit(account.api_url).hostname or ""
    if account.sandbox:
        return "this computer"
    return "the vendor's host" if host.endswith(_VENDOR) else "a host of its own"
