"""E-mail addresses: a check that refuses slips of the keyboard and nothing that could work."""

from __future__ import annotations

import re

from rapport.domain.errors import InputError
from rapport.language import keep, mark

_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")


def parse(text: str) -> str:
    """The address, trimmed; "" for nothing. Raises InputError."""
    text = text.strip()
    if not text:
        return ""
    local, at, domain = text.rpartition("@")
    if not at:
        message = mark("There is no @ in it.")
    elif not local or not domain:
        message = mark("A part beside the @ is missing.")
    elif any(char.isspace() or ord(char) < 0x20 for char in text):
        message = mark("There is a space in it.")
    elif "@" in local and not (local.startswith('"') and local.endswith('"')):
        message = mark("There is more than one @ in it.")
    elif any(char in text for char in ",;<>()[]\\"):
        message = mark("Only one address fits here, without a name beside it.")
    elif "." not in domain:
        message = keep("“{domain}” has no ending such as .com.", domain=domain)
    elif local.startswith(".") or local.endswith(".") or ".." in text:
        message = mark("A dot stands where none may be.")
    elif len(text) > 254 or len(local) > 64 or not _DOMAIN.fullmatch(domain):
        message = keep("“{domain}” is not the name of a mail domain.", domain=domain)
    else:
        return text
    raise InputError(keep("“{said}” is not an e-mail address.", said=text), message, field="email")
