"""Objects of the CRM of which Rapport keeps no copy: read when asked for, written at once.

All ids are the server's, so that a contact is named by its ``contact_rid``. ``extra`` holds what
the CRM sends beside the fields known here, under its own names.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct


class Tag(Struct, frozen=True, kw_only=True):
    """An entry of the location's tag dictionary; a contact's tags are names alone."""

    id: str
    name: str
    extra: dict[str, Any] = {}


class CustomValue(Struct, frozen=True, kw_only=True):
    """A text of the location that templates name by ``key``."""

    id: str
    name: str = ""
    key: str = ""
    value: str = ""
    extra: dict[str, Any] = {}


class RecurringTask(Struct, frozen=True, kw_only=True):
    """``rule`` is the CRM's own object: intervalType, interval, startDate, dueAfterSeconds …"""

    id: str
    title: str = ""
    description: str = ""
    contact_rids: tuple[str, ...] = ()
    assigned_to: str | None = None
    rule: dict[str, Any] = {}
    extra: dict[str, Any] = {}


class Workflow(Struct, frozen=True, kw_only=True):
    id: str
    name: str = ""
    status: str = ""
    """draft or published."""
    version: int = 0
    added_at: datetime | None = None
    updated_at: datetime | None = None
    extra: dict[str, Any] = {}


class Campaign(Struct, frozen=True, kw_only=True):
    id: str
    name: str = ""
    status: str = ""
    """draft or published."""
    extra: dict[str, Any] = {}


class Calendar(Struct, frozen=True, kw_only=True):
    id: str
    name: str = ""
    description: str = ""
    kind: str = ""
    """round_robin, event, class_booking …"""
    group_id: str | None = None
    active: bool = False
    extra: dict[str, Any] = {}


class BlockedSlot(Struct, frozen=True, kw_only=True):
    """Time in which a calendar takes no appointments."""

    id: str
    title: str = ""
    start_at: datetime | None = None
    end_at: datetime | None = None
    calendar_id: str | None = None
    assigned_to: str | None = None
    extra: dict[str, Any] = {}


class AppointmentNote(Struct, frozen=True, kw_only=True):
    id: str
    body: str = ""
    """At most 5,000 characters."""
    user_id: str | None = None
    contact_rid: str | None = None
    added_at: datetime | None = None
    extra: dict[str, Any] = {}


class Stage(Struct, frozen=True, kw_only=True):
    id: str
    name: str = ""
    position: int = 0
    extra: dict[str, Any] = {}


class Pipeline(Struct, frozen=True, kw_only=True):
    id: str
    name: str = ""
    stages: tuple[Stage, ...] = ()
    extra: dict[str, Any] = {}


class Opportunity(Struct, frozen=True, kw_only=True):
    id: str
    name: str = ""
    contact_rid: str | None = None
    pipeline_id: str | None = None
    stage_id: str | None = None
    status: str = ""
    """open, won, lost or abandoned."""
    monetary_value: float | None = None
    """In the location's currency, which the API does not name."""
    assigned_to: str | None = None
    source: str = ""
    followers: tuple[str, ...] = ()
    custom: dict[str, Any] = {}
    """Values by custom field id."""
    added_at: datetime | None = None
    updated_at: datetime | None = None
    extra: dict[str, Any] = {}


class Conversation(Struct, frozen=True, kw_only=True):
    id: str
    contact_rid: str | None = None
    type: str = ""
    """TYPE_PHONE and the like from a search, a number read by id (FACTS B5)."""
    unread: int = 0
    starred: bool = False
    last_body: str = ""
    last_type: str = ""
    last_at: datetime | None = None
    assigned_to: str | None = None
    extra: dict[str, Any] = {}


class Message(Struct, frozen=True, kw_only=True):
    id: str
    conversation_id: str | None = None
    contact_rid: str | None = None
    type: str = ""
    """TYPE_SMS, TYPE_EMAIL, TYPE_CALL …"""
    direction: str = ""
    """inbound or outbound."""
    status: str = ""
    body: str = ""
    attachments: tuple[str, ...] = ()
    """Addresses, which may need a sign-in."""
    user_id: str | None = None
    added_at: datetime | None = None
    extra: dict[str, Any] = {}


class TagResult(Struct, frozen=True, kw_only=True):
    """What a bulk change of tags did to one contact: refused ones say why in ``message``."""

    contact_rid: str
    done: bool
    message: str = ""
    before: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
