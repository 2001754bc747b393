"""A state file keeps everything, also when the process is killed."""

from pathlib import Path
from typing import Any

import pytest

from rapport.sandbox.server import SandboxThread, StateError

SCOPES = "contacts.readonly contacts.write"


def test_everything_is_there_after_a_restart(start: Any, tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    options: dict[str, Any] = {
        "contacts": 30,
        "state_file": state,
        "rate_limit": "off",
        "index_lag_s": 0.0,
    }
    with SandboxThread(**options) as first:
        api = type(start())(first)
        session = api.sign_in(SCOPES)
        made = api(
            "POST", "/contacts/", json={"locationId": api.location, "firstName": "Kept"}
        ).json()["contact"]["id"]
        api("POST", f"/contacts/{made}/notes", json={"body": "kept too"})
        api("POST", f"/contacts/{made}/tags", json={"tags": ["kept tag"]})
        ready = api.token
        api.http.close()
    with SandboxThread(**{**options, "contacts": 5, "seed": 99}) as second:
        again = type(api)(second)
        assert again.info["client_id"] == api.info["client_id"]
        assert again.info["location_ids"] == api.info["location_ids"]
        assert again("GET", f"/contacts/{made}").json()["contact"]["firstName"] == "Kept"
        notes = again("GET", f"/contacts/{made}/notes").json()["notes"]
        assert [note["body"] for note in notes] == ["kept too"]
        assert again.search()["total"] == 31
        for token in (session["access_token"], ready):
            assert again("GET", f"/contacts/{made}", token=token).status_code == 200
        renewed = again.token_request("refresh_token", refresh_token=session["refresh_token"])
        assert renewed.status_code == 200
        again.http.close()


def test_one_sandbox_per_state_file(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    with (
        SandboxThread(contacts=3, state_file=state),
        pytest.raises(StateError, match="cannot be used"),
    ):
        SandboxThread(contacts=3, state_file=state).start()


def test_a_file_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "letter.txt"
    other.write_text("Dear Ana,\n" * 200)
    with pytest.raises(StateError, match="cannot be used"):
        SandboxThread(contacts=3, state_file=other).start()
    assert other.read_text() == "Dear Ana,\n" * 200


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    other = tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE mine (x)")
    db.close()
    before = other.read_bytes()
    with pytest.raises(StateError, match="not a state file"):
        SandboxThread(contacts=3, state_file=other).start()
    assert other.read_bytes() == before
