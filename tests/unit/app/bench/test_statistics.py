"""Figures: what a value is of its samples, and what stays in the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rapport.app.bench.statistics import figure, percentile, write
from rapport.domain.errors import StoreError


@pytest.mark.parametrize(
    ("samples", "percent", "expected"),
    [
        ([7.0], 95, 7.0),
        ([3.0, 1.0, 2.0], 50, 2.0),
        ([*map(float, range(1, 101))], 95, 95.0),
        ([*map(float, range(1, 101))], 99, 99.0),
        ([1.0, 2.0], 0, 1.0),
        ([1.0, 2.0], 100, 2.0),
    ],
)
def test_a_percentile_is_one_of_the_samples(
    samples: list[float], percent: float, expected: float
) -> None:
    assert percentile(samples, percent) == expected


def test_the_value_is_what_the_metric_says() -> None:
    samples = [*map(float, range(1, 101))]
    assert figure(samples, "ms", "p95", 2).value == 95
    assert figure(samples, "ms", "max", 2).value == 100
    found = figure(samples, "ms", "p50", 2)
    assert (found.value, found.min, found.max, found.runs) == (50, 1, 100, 2)
    assert found.samples == samples


def test_a_second_run_keeps_the_other_figures(tmp_path: Path) -> None:
    out = tmp_path / "build" / "bench.json"
    write({"pss_mb@10": figure([80.0], "MB", "max", 1)}, out)
    write({"pss_mb@20": figure([90.0], "MB", "max", 1)}, out)
    write({"pss_mb@10": figure([85.0], "MB", "max", 1)}, out)
    known = json.loads(out.read_text("utf-8"))
    assert {name: entry["value"] for name, entry in known.items()} == {
        "pss_mb@10": 85.0,
        "pss_mb@20": 90.0,
    }
    assert set(known["pss_mb@10"]) == {
        *("value", "unit", "runs", "min", "max", "p50", "p95", "p99", "samples")
    }


def test_a_file_that_is_no_result_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    out.write_text("not JSON", "utf-8")
    write({"pss_mb@10": figure([80.0], "MB", "max", 1)}, out)
    assert list(json.loads(out.read_text("utf-8"))) == ["pss_mb@10"]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("a file, not a folder", "utf-8")
    with pytest.raises(StoreError, match="cannot be written"):
        write({}, tmp_path / "build" / "bench.json")
