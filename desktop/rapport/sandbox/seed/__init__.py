"""The seeded world: the same data for the same seed, with dates relative to now."""

from .fill import fill

__all__ = ["fill"]
