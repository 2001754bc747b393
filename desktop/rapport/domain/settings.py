"""The window's settings: one typed value, stored as JSON. Secrets are never settings."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class ThemeMode(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class Settings(Struct, frozen=True, kw_only=True):
    theme: ThemeMode = ThemeMode.SYSTEM
    density: Density = Density.COMFORTABLE
    text_scale: float = 1.0
    language: str = ""
    """BCP 47; empty follows the system."""
    list_width: int = 380
    fields_width: int = 240
    window: tuple[int, int] = (1280, 800)
    maximized: bool = False
    close_to_tray_told: bool = False
    reminders: bool = True
    reminder_lead_min: int = 0
    """Minutes before the due time."""
    notification_content: bool = True
    """Names and titles in notifications; off for lock screens others can see."""
    recent_contacts: tuple[str, ...] = ()


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
    sandbox: bool = False
    place: str = ""
