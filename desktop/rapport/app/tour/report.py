"""Runs the steps one after the other and writes ``tour.json``: a failed step hides no other."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct, to_builtins

from rapport.app.logs import frames


class Camera(Protocol):
    def __call__(self, file: Path, *, whole: bool) -> Awaitable[None]: ...


class StepResult(Struct, omit_defaults=True):
    name: str
    ok: bool
    ms: int
    screenshot: str
    error: str | None = None


class Report:
    """Each step has a picture: of its end, unless it took some before."""

    def __init__(self, out: Path, camera: Camera) -> None:
        self._out = out
        self._camera = camera
        self._file = ""
        self._taken = 0
        self.steps: list[StepResult] = []

    async def photograph(self, *, whole: bool = False) -> None:
        """Takes the running step's picture now."""
        self._taken += 1
        file = self._out / self._file
        if self._taken > 1:
            file = file.with_stem(f"{file.stem}-{self._taken}")
        await self._camera(file, whole=whole)

    def taken(self) -> None:
        """Somebody else took the running step's picture."""
        self._taken += 1

    async def run(self, name: str, step: Callable[[], Awaitable[None]]) -> None:
        began = time.monotonic()
        error: str | None = None
        self._file, self._taken = f"{len(self.steps) + 1:02}-{name}.png", 0
        try:
            await step()
        except Exception as problem:  # each step is on its own
            error = f"{type(problem).__name__}: {problem} ({frames(problem)})"
        spent = round((time.monotonic() - began) * 1000)
        if not self._taken or error:
            try:
                await self.photograph(whole=error is not None)
            except Exception as problem:
                error = error or f"no picture: {problem}"
        result = StepResult(
            name=name, ok=error is None, ms=spent, screenshot=self._file, error=error
        )
        self.steps.append(result)
        mark = "ok" if result.ok else "FAILED"
        print(f"{mark:>6}  {name:<24}{spent:>7} ms{'  ' + error if error else ''}", flush=True)

    def write(self, *, nameless: list[str]) -> bool:
        """Returns whether all went well. ``nameless`` are the widgets nobody can hear of."""
        good = bool(self.steps) and all(step.ok for step in self.steps)
        content: dict[str, Any] = {
            "ok": good,
            "steps": to_builtins(self.steps),
            "widgets_without_accessible_name": len(nameless),
        }
        if nameless:
            content["nameless"] = nameless
        text = json.dumps(content, indent=2, ensure_ascii=False)
        (self._out / "tour.json").write_text(text + "\n", "utf-8")
        return good
