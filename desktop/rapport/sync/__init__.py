"""Keeps the local copy and the CRM in agreement. Runs on the engine thread's loop."""

from rapport.sync.engine import Engine
from rapport.sync.pace import Pace

__all__ = ["Engine", "Pace"]
