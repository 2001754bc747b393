"""Compiles the translations when the project is built or set up."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        words = runpy.run_path(str(Path(self.root) / "packaging/words.py"))
        words["compile_catalogues"]()
