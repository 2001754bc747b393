"""Identifiers in the two shapes the vendor mixes: 20 letters and digits, and 24 hex digits."""

import random
import secrets
import string
import uuid

_ALPHABET = string.ascii_letters + string.digits


def firestore_id(rng: random.Random | None = None) -> str:
    """20 characters, as contacts, tasks, notes and tags have."""
    choose: random.Random = rng or secrets.SystemRandom()
    return "".join(choose.choices(_ALPHABET, k=20))


def mongo_id(rng: random.Random | None = None) -> str:
    """24 hex digits, as businesses and recurring tasks have."""
    choose: random.Random = rng or secrets.SystemRandom()
    return f"{choose.getrandbits(96):024x}"


def uuid_id(rng: random.Random | None = None) -> str:
    """A version 4 UUID, as workflows and trace ids have."""
    choose: random.Random = rng or secrets.SystemRandom()
    return str(uuid.UUID(int=choose.getrandbits(128), version=4))
