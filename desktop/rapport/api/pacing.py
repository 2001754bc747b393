"""Keeps requests inside the budget that the server's headers tell."""

from __future__ import annotations

from enum import IntEnum


class Lane(IntEnum):
    """Whose request it is. A person's goes first; background work takes what is left."""

    PERSON = 0
    BACKGROUND = 1
