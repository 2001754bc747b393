"""``python -m rapport.sandbox`` as scripts use it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

import rapport.sandbox

SOURCE = Path(rapport.sandbox.__file__).parents[2]
COMMAND = [sys.executable, "-m", "rapport.sandbox"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONWARNINGS": "error"}


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=ENVIRONMENT,
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def refused(*arguments: str) -> str:
    result = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, env=ENVIRONMENT, timeout=60
    )
    assert result.returncode == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_line_says_everything_and_a_signal_ends_it(number: signal.Signals) -> None:
    with running("--contacts", "20") as (process, info):
        assert set(info) >= {
            "base_url",
            "authorize_url",
            "token_url",
            "client_id",
            "client_secret",
            "redirect_uri",
            "location_ids",
            "access_token",
            "agency_token",
            "examples",
            "control_token",
        }
        assert set(info["examples"]) >= {
            "contact",
            "task",
            "note",
            "appointment",
            "calendar",
            "user",
            "business",
            "tag",
            "custom_field",
        }
        assert all(info["examples"].values())
        assert info["redirect_uri"] == "http://127.0.0.1:47311/callback"
        assert len(info["location_ids"]) >= 2
        reply = httpx.get(
            f"{info['base_url']}/contacts/{info['examples']['contact']}",
            headers={"Authorization": f"Bearer {info['access_token']}", "Version": "2021-07-28"},
        )
        assert reply.status_code == 200
        process.send_signal(number)
        rest, errors = process.communicate(timeout=30)
        assert process.returncode == 0
        assert (rest, errors) == ("", "")


def test_a_kill_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    state = str(tmp_path / "state.db")
    with running("--contacts", "5", "--state", state) as (process, info):
        path = f"{info['base_url']}/contacts/{info['examples']['contact']}/notes"
        headers = {"Authorization": f"Bearer {info['access_token']}", "Version": "2021-07-28"}
        for number in range(5):
            reply = httpx.post(path, headers=headers, json={"body": f"note {number}"})
            assert reply.status_code == 201
        process.kill()
        process.wait(timeout=30)
    with running("--state", state) as (process, info):
        path = f"{info['base_url']}/contacts/{info['examples']['contact']}/notes"
        notes = httpx.get(path, headers=headers).json()["notes"]
        assert {f"note {number}" for number in range(5)} <= {note["body"] for note in notes}


def test_a_taken_port_gets_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        sentence = refused("--port", str(port))
    assert f"cannot listen on 127.0.0.1:{port}" in sentence


def test_an_unusable_state_file_gets_a_sentence(tmp_path: Path) -> None:
    assert "cannot be used" in refused("--state", str(tmp_path))
    assert "cannot be used" in refused("--state", str(tmp_path / "no" / "such" / "folder.db"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--contacts", "many"], "'many' is not a whole number"),
        (["--contacts", "-1"], "must be from 0"),
        (["--port", "70000"], "a port must be from 0 to 65535"),
        (["--rate-limit", "some"], "invalid choice"),
        (["--index-lag", "soon"], "not a number of seconds"),
        (["--colour"], "unrecognized arguments"),
    ],
)
def test_wrong_arguments_get_a_sentence(arguments: list[str], sentence: str) -> None:
    assert sentence in refused(*arguments)
