"""What reaches the log and crash reports: places and kinds, no secret and nobody's name."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rapport.app.logs import catch_crashes, frames, redact, start_log


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer abc.DEF-123_x~+/=", "abc.DEF-123"),
        ("authorization: bearer lower-case-9", "lower-case-9"),
        ("GET /callback?code=c0de77&state=st4te", "c0de77"),
        ("GET /callback?code=c0de77&state=st4te", "st4te"),
        ('{"access_token": "tok-1", "x": 1}', "tok-1"),
        ("{'refresh_token': 'tok-2'}", "tok-2"),
        ("client_secret=s3cret&grant_type=x", "s3cret"),
        ("code_verifier=verif1er", "verif1er"),
        ("password: hunter2", "hunter2"),
        ("pasted pit-0a1b2c3d-4e5f", "0a1b2c3d"),
        ("jwt eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl", "eyJzdWIi"),
    ],
)
def test_secrets_are_blotted_out(text: str, secret: str) -> None:
    blotted = redact(text)
    assert secret not in blotted
    assert "***" in blotted


@pytest.mark.parametrize(
    "text", ["synced 500 contacts in 3.2 s", "GET /contacts/ → 200", "barcode scanner", ""]
)
def test_the_rest_stays_readable(text: str) -> None:
    assert redact(text) == text


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    start_log(tmp_path, level=logging.DEBUG)
    yield tmp_path / "rapport.log"
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def fail(name: str) -> None:
    raise LookupError(f"no contact {name}")


def test_an_exception_is_logged_without_its_message(log: Path) -> None:
    try:
        fail("Zoë Canary")
    except LookupError:
        logging.getLogger("rapport").exception("a handler failed")
    text = log.read_text("utf-8")
    assert "a handler failed" in text
    assert "LookupError < test_logs.py:" in text
    assert "in fail" in text
    assert "Canary" not in text


def test_what_another_handler_wrote_of_it_is_not_taken_over(log: Path) -> None:
    """Handlers share a record, and the first to format it leaves its text of the exception."""
    try:
        fail("Zoë Canary")
    except LookupError:
        record = logging.LogRecord("rapport", logging.ERROR, "", 1, "oh", None, sys.exc_info())
    assert "Canary" in logging.Formatter().format(record)
    logging.getLogger("rapport").handle(record)
    assert "Canary" not in log.read_text("utf-8")


def test_libraries_that_print_addresses_are_quiet(log: Path) -> None:
    logging.getLogger("httpx2").info("HTTP Request: GET https://crm.example/?code=c0de77")
    logging.getLogger("httpx2").warning("retrying https://crm.example/?code=c0de77")
    text = log.read_text("utf-8")
    assert "HTTP Request" not in text
    assert "retrying" in text
    assert "c0de77" not in text


@pytest.fixture
def hooks() -> Iterator[None]:
    before = sys.excepthook, threading.excepthook
    yield
    sys.excepthook, threading.excepthook = before


def test_a_crash_report_names_places_alone(log: Path, hooks: None, tmp_path: Path) -> None:
    catch_crashes(tmp_path)
    try:
        fail("Zoë Canary")
    except LookupError as error:
        sys.excepthook(LookupError, error, error.__traceback__)
    (report,) = tmp_path.glob("crash-*.json")
    told = json.loads(report.read_text("utf-8"))
    assert told["error"] == "LookupError"
    assert told["where"] == "window"
    assert told["frames"][0].endswith("in fail")
    assert "Canary" not in report.read_text("utf-8") + log.read_text("utf-8")


def test_a_crash_in_a_thread_is_reported_with_its_name(
    log: Path, hooks: None, tmp_path: Path
) -> None:
    catch_crashes(tmp_path)
    thread = threading.Thread(target=fail, args=("Zoë Canary",), name="writer")
    thread.start()
    thread.join()
    (report,) = tmp_path.glob("crash-*.json")
    assert json.loads(report.read_text("utf-8"))["where"] == "writer"
    assert "Canary" not in report.read_text("utf-8")


def test_a_report_that_cannot_be_written_is_no_second_crash(log: Path, hooks: None) -> None:
    catch_crashes(log.parent / "gone")
    error = ValueError("x")
    sys.excepthook(ValueError, error, None)
    assert "could not be written" in log.read_text("utf-8")
    assert frames(error) == "ValueError"
