"""From samples to ``bench.json``."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct, to_builtins

from rapport.domain.errors import StoreError


class Figure(Struct, frozen=True):
    """One line of the result. ``runs`` are fresh processes, ``samples`` what they measured."""

    value: float
    unit: str
    runs: int
    min: float
    max: float
    p50: float
    p95: float
    p99: float
    samples: list[float]


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that at least so many percent of them do not exceed (nearest rank)."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


SUMMARIES: dict[str, Callable[[Sequence[float]], float]] = {
    "p50": lambda samples: percentile(samples, 50),
    "p95": lambda samples: percentile(samples, 95),
    "p99": lambda samples: percentile(samples, 99),
    "max": max,
}


def figure(samples: Sequence[float], unit: str, summary: str, runs: int) -> Figure:
    """``summary`` names what the value is of the samples; see SUMMARIES."""
    parts = {name: round(of(samples), 2) for name, of in SUMMARIES.items()}
    return Figure(
        value=parts[summary],
        unit=unit,
        runs=runs,
        min=round(min(samples), 2),
        max=parts["max"],
        p50=parts["p50"],
        p95=parts["p95"],
        p99=parts["p99"],
        samples=[round(sample, 2) for sample in samples],
    )


def write(figures: dict[str, Figure], out: Path) -> None:
    """Figures of other names, from an earlier run, stay in the file. Raises StoreError."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        kept = _known(out)
        text = json.dumps(dict(sorted((kept | to_builtins(figures)).items())), indent=1)
        fresh = out.with_name(out.name + ".new")
        fresh.write_text(text + "\n", "utf-8")
        fresh.replace(out)
    except OSError as error:
        raise StoreError(
            f"The figures cannot be written to {out}.", details=type(error).__name__
        ) from error


def _known(out: Path) -> dict[str, object]:
    try:
        known = json.loads(out.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
