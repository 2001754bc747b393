"""The window's settings: one typed value, stored as JSON. Secrets are never settings."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from rapport.domain.filters import Sort


class ThemeMode(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class Contrast(StrEnum):
    SYSTEM = "system"
    NORMAL = "normal"
    HIGH = "high"


class Motion(StrEnum):
    SYSTEM = "system"
    FULL = "full"
    REDUCED = "reduced"


class ListMode(StrEnum):
    """How the contact list shows its contacts."""

    LIST = "list"
    TABLE = "table"
    CARDS = "cards"


class ColumnWidth(Struct, frozen=True, kw_only=True):
    id: str
    width: int = 0
    """In design pixels; 0 is the column's own."""


class ListLayout(Struct, frozen=True, kw_only=True):
    """How one account's contact list was left."""

    mode: ListMode = ListMode.LIST
    columns: tuple[ColumnWidth, ...] = ()
    """Of the table, in their order; none: those that it begins with."""
    sort: Sort = Sort.ACTIVITY
    sort_field: str = ""
    descending: bool = True


class Settings(Struct, frozen=True, kw_only=True):
    theme: ThemeMode = ThemeMode.SYSTEM
    contrast: Contrast = Contrast.SYSTEM
    motion: Motion = Motion.SYSTEM
    density: Density = Density.COMFORTABLE
    text_scale: float = 1.0
    """1.0 to 2.0, on top of the system's own size of text."""
    language: str = ""
    """BCP 47; empty follows the system."""
    list_width: int = 380
    lists: dict[str, ListLayout] = {}
    """By account id."""
    fields_width: int = 240
    custom_fields_open: bool = True
    window: tuple[int, int] = (1280, 800)
    maximized: bool = False
    close_to_tray_told: bool = False
    reminders: bool = True
    reminder_lead_min: int = 0
    """Minutes before the due time."""
    quiet_hours: bool = False
    quiet_from_min: int = 22 * 60
    """Minutes after midnight on this computer's clock."""
    quiet_until_min: int = 7 * 60
    """Where it is the smaller one, the quiet hours go over midnight."""
    notification_content: bool = True
    """Names and titles in notifications; off for lock screens others can see."""
    recent_contacts: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    """Links of notes to these open without asking."""
    today_all_accounts: bool = True
    """Today lists the tasks of every account that is signed in, not only of the one on screen."""
    today_whose: str = "mine"
    """Whose tasks Today lists: mine, unassigned, everyone, or "user:" and an e-mail address."""
    recent_actions: tuple[str, ...] = ()
    """Chosen in the palette, the newest first."""
    shortcuts: dict[str, tuple[str, ...]] = {}
    """Key sequences by action id, where a person chose others than the table's; none: no key."""


def is_quiet(settings: Settings, local: datetime) -> bool:
    """Whether ``local``, a moment on the person's clock, lies in the quiet hours."""
    start, end = settings.quiet_from_min, settings.quiet_until_min
    if not settings.quiet_hours or start == end:
        return False
    minute = local.hour * 60 + local.minute
    if start < end:
        return start <= minute < end
    return minute >= start or minute < end


class Account(Struct, frozen=True, kw_only=True):
    """One signed-in location. The tokens are in the keyring under ``id``."""

    id: str
    name: str
    location_id: str
    api_url: str
    authorize_url: str
    token_url: str
    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    revoke_url: str = ""
    sandbox: bool = False
    static_token: bool = False
    """A private-integration token: no refresh, no sign-in page."""
    place: str = ""
    user_id: str = ""
    """Who signed in, where the provider says so: whose tasks are "mine"."""
    agency: str = ""
    """Where the location was opened through its agency: what the agency's tokens, from which its
    own are minted, are kept under in the keyring."""
    sign_in_hosts: tuple[str, ...] = ()
    """Hosts of the provider's own that the sign-in page may lead through (white label)."""


DEFAULT_REDIRECT = "http://127.0.0.1:47311/callback"
"""A fixed port, since the address must be registered with the provider."""


AUTHORIZE_URL = "https://marketplace.gohighlevel.com/v2/oauth/chooselocation"
WHITE_LABEL_AUTHORIZE_URL = "https://marketplace.leadconnectorhq.com/v2/oauth/chooselocation"
"""For agencies under their own name (FACTS A)."""


class ConnectRequest(Struct, frozen=True, kw_only=True):
    """What a person fills in to connect an account; the addresses default to HighLevel's."""

    client_id: str
    client_secret: str
    scopes: tuple[str, ...]
    authorize_url: str = AUTHORIZE_URL
    token_url: str = "https://services.leadconnectorhq.com/oauth/token"
    api_url: str = "https://services.leadconnectorhq.com"
    revoke_url: str = ""
    """HighLevel documents none; the sandbox has one."""
    redirect_uri: str = DEFAULT_REDIRECT
    in_browser: bool = False
    sandbox: bool = False
    account_id: str = ""
    """A known account, whose kept secret is meant where ``client_secret`` is empty."""
    sign_in_hosts: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"ConnectRequest({self.authorize_url!r})"


class InstalledLocation(Struct, frozen=True, kw_only=True):
    """A location of an agency that has the app."""

    id: str
    name: str
    address: str = ""


class InstalledPage(Struct, frozen=True, kw_only=True):
    locations: tuple[InstalledLocation, ...]
    more: bool = False


class TokenRequest(Struct, frozen=True, kw_only=True):
    """A private-integration token, pasted. Which scopes it has cannot be asked (FACTS A)."""

    token: str
    location_id: str
    scopes: tuple[str, ...]
    api_url: str = "https://services.leadconnectorhq.com"

    def __repr__(self) -> str:
        return f"TokenRequest({self.api_url!r})"
