"""What all tests share. Fixtures of one kind of test live beside those tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from rapport.sandbox.server import SandboxThread

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


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    """A sandbox of sixty contacts on a free port, new for each test: ``sandbox.info()``.

    Its search knows a write at once; tests about the lag make a sandbox with one.
    """
    from rapport.sandbox.server import SandboxThread

    with SandboxThread(contacts=60, seed=7, index_lag_s=0.0) as sandbox:
        yield sandbox
