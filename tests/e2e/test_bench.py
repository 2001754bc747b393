"""The bench measures the real program; what it measures is nobody's business here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rapport.app.bench import measure, outside
from rapport.app.bench.command import run


def test_one_start_is_measured_from_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    once = measure.Probe(("start_to_list_ms",), outside.starting, runs=1)
    monkeypatch.setattr(measure, "PROBES", (once,))
    out = tmp_path / "bench.json"
    assert run(["--contacts", "30", "--out", str(out)]) == 0, capsys.readouterr().err
    figures = json.loads(out.read_text("utf-8"))
    assert list(figures) == ["start_to_list_ms@30"]
    found = figures["start_to_list_ms@30"]
    assert found["unit"] == "ms"
    assert found["runs"] == 1
    assert found["samples"] == [found["value"]]
    assert found["value"] > 0


def test_a_program_that_shows_nothing_is_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    once = measure.Probe(("start_to_list_ms",), outside.starting, runs=1)
    monkeypatch.setattr(measure, "PROBES", (once,))
    monkeypatch.setattr(outside, "rapport_command", lambda *_: ["false"])
    out = tmp_path / "bench.json"
    assert run(["--contacts", "30", "--out", str(out)]) == 1
    assert "ended before its list" in capsys.readouterr().err
    assert json.loads(out.read_text("utf-8")) == {}
