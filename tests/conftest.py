"""What all tests share. Fixtures of one kind of test live beside those tests."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from openapi import OPENAPI, Watch

if TYPE_CHECKING:
    from rapport.sandbox.server import SandboxThread

TESTS = Path(__file__).parent
NO_CONTRACT = "the vendor's documents are not beside this checkout"
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


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("contract") and not OPENAPI.is_dir():
        pytest.skip(NO_CONTRACT)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(NO_CONTRACT in str(report.longrepr) for report in skipped)
    if count:
        terminalreporter.write_line(f"{count} contract tests skipped: {NO_CONTRACT}")


@pytest.fixture
def by_contract(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Every request the client makes, and every reply it takes as success, is as the vendor's
    documents say, where these are at hand."""
    from rapport.api.http import Http

    watch = Watch()
    if OPENAPI.is_dir():
        monkeypatch.setattr(Http, "exchange", watch.watched(Http.exchange))
    yield watch
    assert watch.complaints == []


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Hypothesis keeps what it has tried, a million objects of it, and the tests of the window
    collect garbage after each of them: what lives on is looked through no more."""
    try:
        return (yield)
    finally:
        if item.get_closest_marker("hypothesis") is not None:
            gc.collect()
            gc.freeze()


@pytest.fixture
def sandbox() -> Iterator[SandboxThread]:
    """A sandbox of sixty contacts on a free port, new for each test: ``sandbox.info()``.

    Its search knows a write at once; tests about the lag make a sandbox with one.
    """
    from rapport.sandbox.server import SandboxThread

    with SandboxThread(contacts=60, seed=7, index_lag_s=0.0) as sandbox:
        yield sandbox
