"""What is given to somebody who helps holds nothing of the people in the CRM, and no secret."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

import rapport
from rapport.app.logs import Recent

CANARIES = (
    "Zoë Canary",
    "zoe@canary.example",
    "+351 912 345 678",
    "pit-5ec4e7c4-9a41-4a36-8f16-0a7e0d6f9a11",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "ve9EPM428h8vShlRW1KT",
    "01JDE3R8Q6E5V3C6X1T7W9ZK4M",
    "https://crm.example/oauth/callback?code=c0de77",
    "/home/canary/.local/share/rapport",
    "Canary Solar Lda",
)


@pytest.fixture
def heard() -> Iterator[Recent]:
    recent = Recent()
    root = logging.getLogger()
    level = root.level
    root.addHandler(recent)
    root.setLevel(logging.INFO)
    yield recent
    root.removeHandler(recent)
    root.setLevel(level)


def test_no_value_of_a_log_line_is_kept_but_numbers_and_kinds_of_error(heard: Recent) -> None:
    mine, theirs = logging.getLogger("rapport.sync"), logging.getLogger("somebody.else")
    for canary in CANARIES:
        mine.warning("%s could not be read: %s", canary, canary)
        mine.info("%r for %d people", canary, 12)
        theirs.warning("it said %s", canary)
        theirs.warning(f"it said {canary}")
        try:
            raise LookupError(canary)
        except LookupError:
            mine.exception("a handler failed")
    mine.warning("an account stays offline: %s", "NetworkError")
    text = "\n".join(heard.lines())
    for canary in CANARIES:
        for part in (canary, *canary.split()):
            assert part not in text
    assert "an account stays offline: NetworkError" in text
    assert "… for 12 people" in text
    assert "a handler failed LookupError < test_diagnostics.py:" in text
    assert "somebody.else" in text


def test_sentences_in_the_log_are_literals() -> None:
    """Only then can they be told to others: what is put into them is left out."""
    loose = []
    for file in Path(rapport.__file__).parent.rglob("*.py"):
        if "sandbox" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = node.func.value
            logs = isinstance(owner, ast.Name) and owner.id in ("log", "_log", "logger")
            levels = ("debug", "info", "warning", "error", "exception", "critical")
            if logs and node.func.attr in levels and not isinstance(node.args[0], ast.Constant):
                loose.append(f"{file.name}:{node.lineno}")
    assert not loose
