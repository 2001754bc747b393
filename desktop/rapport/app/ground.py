"""What one running Rapport stands on, whichever account is meant."""

from __future__ import annotations

from dataclasses import dataclass

from rapport.app.engine_thread import EngineThread
from rapport.app.sandbox_process import SandboxSource
from rapport.app.secrets import Secrets
from rapport.domain.ports import Clock
from rapport.host.paths import Paths


@dataclass(frozen=True, slots=True)
class Ground:
    paths: Paths
    secrets: Secrets
    sandbox: SandboxSource
    clock: Clock
    engine: EngineThread
