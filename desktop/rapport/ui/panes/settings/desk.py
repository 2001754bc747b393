"""What the settings page cannot do by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapport.domain.hosts import Contact


@dataclass(frozen=True, kw_only=True)
class SettingsDesk:
    data_folder: Path
    log_folder: Path
    key_place: str
    """Where the secrets are, as a sentence."""
    test_notification: Callable[[], Awaitable[str]]
    """Shows one and returns what the desktop supports, as sentences."""
    diagnostics: Callable[[], Awaitable[str]]
    """What may be given to somebody who helps: nothing in it is personal or secret."""
    data_size: Callable[[], Awaitable[int]]
    """Bytes in the data folder."""
    hosts: Callable[[], tuple[Contact, ...]]
    """Which hosts were spoken to since the start."""
    wipe: Callable[[], Coroutine[Any, Any, None]]
    """Asks first, then removes everything from this computer."""
