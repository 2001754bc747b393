"""How keys are written, and which key each action has at present.

What paints a key beside something knows no registry: the registry says here which keys there are,
and the theme's ``changed`` has everything painted anew.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QKeySequence

from rapport.language import tr

_present: dict[str, str] = {}


def key_name(key: str) -> str:
    """A portable key sequence as this desktop writes it, such as "Ctrl+K"."""
    if key == "Space":
        return tr("Space")
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def cap_words(key: str) -> str:
    """A key sequence as it stands on a key cap: "Ctrl K", but "+" alone."""
    name = key_name(key)
    return name.replace("+", " ") if len(name) > 1 and not name.endswith("++") else name


def publish(keys: Mapping[str, tuple[str, ...]]) -> None:
    """Say which keys the actions have, by action id."""
    _present.clear()
    _present.update({id: cap_words(found[0]) for id, found in keys.items() if found})


def with_key(words: str, action_id: str) -> str:
    """``words`` and, in brackets, the key that does it: a tool-tip."""
    key = _present.get(action_id)
    return tr("{words} ({key})").format(words=words, key=key) if key else words


def cap_of(action_id: str) -> str:
    """The words on the key cap of an action; "" where it has no key."""
    return _present.get(action_id, "")
