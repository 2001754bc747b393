"""The signed-in accounts as the window tells them apart: place, colour, and how each stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rapport.domain.errors import KeyringError, RapportError
from rapport.domain.settings import Account
from rapport.domain.text import visible
from rapport.domain.views import SyncState
from rapport.language import tr
from rapport.ui.look.tokens import account_colour
from rapport.ui.panes.sync_pill import pill_parts

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account of this profile. Without a workspace it is not open yet, or ``error`` says why it
    cannot be opened."""

    account: Account
    workspace: Workspace | None = None
    error: RapportError | None = None

    @property
    def name(self) -> str:
        return visible(self.account.name)

    @property
    def in_trouble(self) -> bool:
        """It needs its person before it can go on."""
        if self.workspace is None:
            return self.error is not None
        state = self.workspace.sync.status().state
        return self.error is not None or state in (SyncState.SIGN_IN, SyncState.STORAGE)


class Standing(NamedTuple):
    """How an account is, in a word or two. ``role`` is the icon's colour."""

    icon: str
    words: str
    role: str


def standing(one: SignedIn) -> Standing:
    """Trouble before anything else, then what waits to be sent."""
    if one.error is not None:
        return _trouble(one.error)
    if one.workspace is None:
        return Standing("clock", tr("Opening"), "muted")
    status = one.workspace.sync.status()
    (first, *more), _ = pill_parts(status, "")
    words = " · ".join(part[1] for part in (first, *more))
    icon, _, role = more[-1] if status.parked and not one.in_trouble else first
    return Standing(icon, words, role or "warning")


def standing_words(one: SignedIn) -> str:
    """“Harbour Dental: Sign in again”."""
    return tr("{field}: {value}").format(field=one.name, value=standing(one).words)


def _trouble(error: RapportError) -> Standing:
    from rapport.host.keyring import NoKeyring

    if isinstance(error, NoKeyring):
        return Standing("lock", tr("No keyring"), "warning")
    if isinstance(error, KeyringError):
        return Standing("lock", tr("Keyring locked") if error.retry else tr("Key lost"), "warning")
    return Standing("alert", tr("Cannot be opened"), "danger")


def colours(accounts: Sequence[Account]) -> dict[str, str]:
    """The badge colour by account id. The first sandbox has the sandbox's own; others of its
    locations must be told from it."""
    found: dict[str, str] = {}
    place, sandboxes = 0, 0
    for account in accounts:
        first_sandbox = account.sandbox and not sandboxes
        found[account.id] = account_colour(place, sandbox=first_sandbox)
        sandboxes += account.sandbox
        place += not first_sandbox
    return found
