"""Whether a contact may be called or written to: what the CRM's “do not disturb” says."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from rapport.domain.records import Contact
from rapport.domain.text import visible
from rapport.language import tr


class Channel(StrEnum):
    """As the API calls them (FACTS B1c); only those that Rapport can open."""

    CALL = "Call"
    EMAIL = "Email"


_SET = frozenset({"active", "permanent"})


def why_not_disturb(contact: Contact, extra: Mapping[str, Any], channel: Channel) -> str:
    """A sentence where the contact does not want to be reached this way; "" where it is fine.

    ``extra`` is what else the CRM says of the contact: ``dndSettings`` by channel, which only a
    read of the whole contact tells.
    """
    settings = extra.get("dndSettings")
    setting = settings.get(channel.value) if isinstance(settings, Mapping) else None
    setting = setting if isinstance(setting, Mapping) else {}
    status = setting.get("status")
    if contact.dnd:
        words = tr("“Do not disturb” is set for this contact.")
    elif status in _SET and channel is Channel.CALL:
        words = tr("“Do not disturb” is set for calls.")
    elif status in _SET:
        words = tr("“Do not disturb” is set for e-mail.")
    else:
        return ""
    if status == "permanent":
        words = f"{words} {tr('It is permanent.')}"
    said = setting.get("message")
    if isinstance(said, str) and said.strip():
        reason = tr("The reason given: “{reason}”.").format(reason=visible(said.strip())[:200])
        words = f"{words} {reason}"
    return words
