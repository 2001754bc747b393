"""Everything ``rapport bench`` measures, one figure after the other."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from rapport.app.bench import outside, programs, statistics
from rapport.app.bench.programs import Failed
from rapport.app.virtual_desktop import VirtualDesktop, VirtualDesktopError

SYNC_LIMIT_S = 600.0


class Metric(NamedTuple):
    unit: str
    summary: str
    """What the value is of the samples."""


METRICS = {
    "start_to_list_ms": Metric("ms", "p50"),
    "search_keystroke_ms_p95": Metric("ms", "p95"),
    "quick_add_open_ms_p95": Metric("ms", "p95"),
    "quick_add_preview_ms_p95": Metric("ms", "p95"),
    "scroll_frame_ms_p99": Metric("ms", "p99"),
    "sort_paint_ms_p95": Metric("ms", "p95"),
    "cards_frame_ms_p95": Metric("ms", "p95"),
    "action_paint_ms_p95": Metric("ms", "p95"),
    "action_paint_ms_max": Metric("ms", "max"),
    "pss_mb": Metric("MB", "max"),
    "idle_cpu_percent": Metric("%", "p50"),
    "first_page_ms": Metric("ms", "p50"),
    "sync_contacts_per_s": Metric("contacts/s", "p50"),
    "ui_stall_ms_max": Metric("ms", "max"),
    "switch_account_ms_p95": Metric("ms", "p95"),
    "pacing_budget_used_percent": Metric("%", "p50"),
    "interactive_wait_ms_p95": Metric("ms", "p95"),
    "rate_limited_replies": Metric("replies", "max"),
}


class Beside(NamedTuple):
    """A module of the bench that is run on an empty profile beside a sandbox."""

    module: str
    rate_limit: str
    """Off where the program is measured and not the vendor."""


class Probe(NamedTuple):
    """One way of measuring, and how often it is done, each time with a fresh process."""

    metrics: tuple[str, ...]
    of: Callable[[outside.Open], outside.Samples] | Beside
    runs: int
    warm_ups: int = 0


PROBES = (
    Probe(("start_to_list_ms",), outside.starting, runs=7, warm_ups=1),
    Probe(("pss_mb", "idle_cpu_percent"), outside.resting, runs=1),
    Probe(("search_keystroke_ms_p95",), outside.searching, runs=2),
    Probe(("quick_add_open_ms_p95", "quick_add_preview_ms_p95"), outside.adding, runs=1),
    Probe(("scroll_frame_ms_p99",), outside.scrolling, runs=2),
    Probe(("sort_paint_ms_p95",), outside.sorting, runs=1),
    Probe(("cards_frame_ms_p95",), outside.leafing, runs=1),
    Probe(("action_paint_ms_p95", "action_paint_ms_max"), outside.acting, runs=1),
    Probe(
        (
            "first_page_ms",
            "sync_contacts_per_s",
            "ui_stall_ms_max",
            "pss_mb",
            "switch_account_ms_p95",
        ),
        Beside("rapport.app.bench.inside", "off"),
        runs=1,
    ),
    Probe(
        ("pacing_budget_used_percent", "interactive_wait_ms_p95", "rate_limited_replies"),
        Beside("rapport.app.bench.pacing", "vendor"),
        runs=1,
    ),
)


def measure(contacts: int, *, only: Sequence[str], out: Path, say: Callable[[str], None]) -> int:
    """Writes the figures to ``out`` as they come. Returns 1 when one could not be measured."""
    wanted = tuple(only) or tuple(METRICS)
    programs.compile_all()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="rapport-bench-") as folder,
            VirtualDesktop(size=outside.SCREEN) as desktop,
        ):
            bench = Bench(contacts, Path(folder), programs.environment(desktop.environment), say)
            good = True
            for probe in PROBES:
                if set(probe.metrics) & set(wanted):
                    good = bench.run(probe) and good
                    figures = bench.figures(wanted)
                    statistics.write(figures, out)
            for name, figure in bench.figures(wanted).items():
                say(f"{name:<40}{figure.value:>10.1f} {figure.unit}")
    except VirtualDesktopError as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if good else 1


class Bench:
    def __init__(
        self, contacts: int, folder: Path, env: dict[str, str], say: Callable[[str], None]
    ) -> None:
        self._contacts = contacts
        self._folder = folder
        self._env = env
        self._say = say
        self._samples: dict[str, list[float]] = {}
        self._runs: dict[str, int] = {}

    def run(self, probe: Probe) -> bool:
        """Whether it could be measured; says why not."""
        what = ", ".join(probe.metrics)
        try:
            for number in range(-probe.warm_ups, probe.runs):
                samples = self._measured(probe.of)
                if number >= 0:
                    self._take(samples)
        except (Failed, OSError) as error:
            self._say(f"{what}: {error}")
            return False
        self._say(f"{what}: measured")
        return True

    def figures(self, wanted: Sequence[str]) -> dict[str, statistics.Figure]:
        return {
            f"{name}@{self._contacts}": statistics.figure(
                samples, METRICS[name].unit, METRICS[name].summary, self._runs[name]
            )
            for name, samples in self._samples.items()
            if name in wanted
        }

    def _take(self, samples: outside.Samples) -> None:
        for name, found in samples.items():
            self._samples.setdefault(name, []).extend(found)
            self._runs[name] = self._runs.get(name, 0) + 1

    def _measured(self, of: Callable[[outside.Open], outside.Samples] | Beside) -> outside.Samples:
        return self._beside(of) if isinstance(of, Beside) else self._used(of)

    def _used(self, of: Callable[[outside.Open], outside.Samples]) -> outside.Samples:
        with outside.opened(self._profile(), self._env) as program:
            return of(program)

    def _beside(self, what: Beside) -> outside.Samples:
        with (
            self._fresh() as profile,
            programs.sandbox(self._contacts, self._env, rate_limit=what.rate_limit) as info,
        ):
            return programs.beside(what.module, info, profile, self._env, limit_s=SYNC_LIMIT_S)

    def _profile(self) -> Path:
        """Made once; the key is in the keyring of this desktop."""
        profile = self._folder / "profile"
        if not profile.exists():
            made = subprocess.run(
                programs.rapport_command(
                    "bench", "--prepare", str(profile), "--contacts", str(self._contacts)
                ),
                env=self._env,
                stderr=subprocess.PIPE,
                check=False,
                text=True,
            )
            if made.returncode:
                raise Failed(f"no profile could be made: {made.stderr.strip()[-1000:]}")
        return profile

    @contextlib.contextmanager
    def _fresh(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            yield Path(folder) / "profile"
