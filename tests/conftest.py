"""What all tests share. Fixtures of one kind of test live beside those tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import hypothesis
import pytest

TESTS = Path(__file__).parent
ON_A_DISPLAY = frozenset({"ui", "e2e"})

# Two cores shared with a browser engine: how long one example takes says nothing.
hypothesis.settings.register_profile("rapport", deadline=None, print_blob=True)
hypothesis.settings.load_profile("rapport")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a display Qt ends the whole process at the first window; say so before that."""
    has_display = not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY"))
    rooms = {item.path.relative_to(TESTS).parts[0] for item in items}
    if not has_display and rooms & ON_A_DISPLAY:
        raise pytest.UsageError(
            "The tests in ui/ and e2e/ need a display, and DISPLAY is not set. "
            "Run `make test`, which brings its own, or "
            "`.venv/bin/python -m rapport.app.virtual_desktop -- .venv/bin/python -m pytest …`."
        )
