"""Real processes, a broken network and ``kill -9``: every edit arrives once, or is shown.

The whole run is ``make chaos``; these are short ones, and the control that shows that the check can
fail. The report of a run names every offence.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RUN = Path(__file__).with_name("run.py")
LONGEST_S = 400


def chaos(out: Path, *options: str) -> tuple[dict[str, Any], str]:
    done = subprocess.run(
        [sys.executable, str(RUN), "--faults", "0.2", "--out", str(out), *options],
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    assert out.exists(), done.stderr
    report: dict[str, Any] = json.loads(out.read_text())
    return report, done.stderr if done.returncode else ""


@pytest.mark.timeout(LONGEST_S + 20)
@pytest.mark.parametrize(("seed", "late"), [(1, True), (2, True), (3, False)])
def test_every_edit_arrives_once_or_is_shown(seed: int, late: bool, tmp_path: Path) -> None:
    options = ["--seed", str(seed), "--edits", "500", "--kills", "10", "--no-control"]
    report, wrong = chaos(tmp_path / "chaos.json", *options, *([] if late else ["--no-late"]))
    assert not wrong
    assert (report["edits"], report["kills"]) == (500, 10)
    # It was chaos indeed, and somebody else did write what the person wrote.
    assert sum(n for kind, n in report["network"].items() if kind != "pass") > 100
    assert report["conflicts_shown"] > 0


@pytest.mark.timeout(LONGEST_S + 20)
def test_a_naive_program_is_found_guilty(tmp_path: Path) -> None:
    options = ["--edits", "20", "--kills", "1", "--control-edits", "300"]
    report, wrong = chaos(tmp_path / "chaos.json", *options)
    assert not wrong
    control = report["control"]
    assert control["duplicated"] > 0
    assert control["duplicated"] + control["silently_overwritten"] >= 300 * 50 / 10_000
