"""The settings there are: the page shows each of them, and search and palette find them here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rapport.domain.rank import Match, Tier, Title
from rapport.domain.text import fold
from rapport.language import mark, tr


class Group(StrEnum):
    """A card of the page; the value is its title."""

    ACCOUNTS = mark("Accounts")
    APPEARANCE = mark("Appearance")
    NOTIFICATIONS = mark("Notifications")
    SYNC = mark("Sync")
    SHORTCUTS = mark("Shortcuts")
    PRIVACY = mark("Privacy")
    DATA = mark("Data and logs")


@dataclass(frozen=True, slots=True)
class Setting:
    """``words`` are others by which a person may look for it."""

    id: str
    title: str
    group: Group
    words: str = ""

    def match(self, typed: str) -> Match | None:
        """None where it does not answer what was typed; without spans where only the other words
        do."""
        found = Title(tr(self.title)).match(typed)
        if found is not None and found.tier < Tier.FUZZY:
            return found
        said = (tr(self.title), tr(self.words), tr(self.group.value), self.title, self.words)
        others = fold(" ".join(said))
        return Match(Tier.INSIDE) if all(word in others for word in fold(typed).split()) else None


SETTINGS = (
    Setting("accounts", mark("Accounts"), Group.ACCOUNTS, mark("location, agency, add, switch")),
    Setting(
        "scopes",
        mark("What this sign-in may do"),
        Group.ACCOUNTS,
        mark("rights, scopes, permissions, access, read only"),
    ),
    Setting(
        "account",
        mark("This account"),
        Group.ACCOUNTS,
        mark("sign in, sign out, encryption key, repair, sandbox, reset"),
    ),
    Setting("colours", mark("Colours"), Group.APPEARANCE, mark("theme, dark, light, system")),
    Setting("contrast", mark("Contrast"), Group.APPEARANCE, mark("high contrast, readable")),
    Setting("text-size", mark("Size of text"), Group.APPEARANCE, mark("font, larger, zoom, scale")),
    Setting("motion", mark("Motion"), Group.APPEARANCE, mark("animation, reduced, fade")),
    Setting(
        "language", mark("Language"), Group.APPEARANCE, mark("translation, English, German, Arabic")
    ),
    Setting("density", mark("Rows in lists"), Group.APPEARANCE, mark("density, compact, lines")),
    Setting("reminders", mark("Reminders"), Group.NOTIFICATIONS, mark("due tasks, notify, bell")),
    Setting("lead", mark("When to remind"), Group.NOTIFICATIONS, mark("minutes before, due time")),
    Setting(
        "content",
        mark("What notifications show"),
        Group.NOTIFICATIONS,
        mark("titles, names, lock screen, privacy"),
    ),
    Setting(
        "quiet-hours",
        mark("Quiet hours"),
        Group.NOTIFICATIONS,
        mark("do not disturb, night, silence, focus"),
    ),
    Setting("test-notification", mark("Test"), Group.NOTIFICATIONS, mark("send test notification")),
    Setting(
        "sync", mark("Sync"), Group.SYNC, mark("sync now, waiting, offline, last synced, ledger")
    ),
    Setting("today", mark("Today lists"), Group.SYNC, mark("tasks of all accounts")),
    Setting(
        "shortcuts", mark("Keyboard shortcuts"), Group.SHORTCUTS, mark("keys, rebind, hotkeys")
    ),
    Setting(
        "encryption",
        mark("Encryption"),
        Group.PRIVACY,
        mark("keyring, telemetry, tracking, secret, local copy"),
    ),
    Setting("hosts", mark("Hosts contacted"), Group.PRIVACY, mark("network, servers, connections")),
    Setting(
        "trusted-hosts",
        mark("Links that open without asking"),
        Group.PRIVACY,
        mark("trusted hosts, notes, web, phishing"),
    ),
    Setting(
        "wipe",
        mark("Remove everything from this computer"),
        Group.PRIVACY,
        mark("wipe, delete, erase, uninstall, local data, tokens"),
    ),
    Setting("data-folder", mark("Data folder"), Group.DATA, mark("disk, size, location, files")),
    Setting("logs", mark("Logs"), Group.DATA, mark("diagnostics, support, crash, report, help")),
)

BY_ID = {setting.id: setting for setting in SETTINGS}
