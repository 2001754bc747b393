"""Faults made on demand, and the journal of every request."""

import random
import re
from collections import deque
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Literal, get_args

FaultKind = Literal["status", "delay", "drop_before", "drop_after", "truncate"]
_MOST_KEPT = 50_000


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next ``count`` matching requests (None: with all of them), or with
    that ``share`` of them, picked by chance.

    ``path`` is a regular expression searched in the request's path. ``status`` answers with
    ``status`` and ``body`` (text, JSON or None) instead of doing anything; ``delay`` waits
    ``seconds`` first; ``drop_before`` closes the connection and does nothing, ``drop_after``
    does everything and closes; ``truncate`` breaks off in the middle of the reply.
    """

    path: re.Pattern[str]
    kind: FaultKind
    method: str | None = None
    status: int = 500
    body: Any = None
    seconds: float = 0.0
    count: int | None = 1
    share: float = 1.0
    hits: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "path": self.path.pattern,
            "kind": self.kind,
            "method": self.method,
            "status": self.status,
            "body": self.body,
            "seconds": self.seconds,
            "count": self.count,
            "share": self.share,
            "hits": self.hits,
        }

    @classmethod
    def from_json(cls, doc: dict[str, Any]) -> "Fault":
        """Raises ValueError with a sentence."""
        strange = set(doc) - {
            "path",
            "kind",
            "method",
            "status",
            "body",
            "seconds",
            "count",
            "share",
        }
        if strange:
            raise ValueError(f"A fault has no {', '.join(sorted(strange))}.")
        if doc.get("kind") not in get_args(FaultKind):
            raise ValueError(f"The kind must be one of {', '.join(get_args(FaultKind))}.")
        try:
            path = re.compile(doc.get("path", ""))
        except (re.error, TypeError) as error:
            raise ValueError(f"The path is not a regular expression: {error}.") from None
        status, count, seconds = doc.get("status", 500), doc.get("count", 1), doc.get("seconds", 0)
        if not isinstance(status, int) or not 200 <= status <= 599:
            raise ValueError("The status must be a number from 200 to 599.")
        if count is not None and (not isinstance(count, int) or count < 1):
            raise ValueError("The count must be a whole number from 1, or null for no end.")
        if not isinstance(seconds, int | float) or seconds < 0:
            raise ValueError("The seconds must be a number from 0.")
        share = doc.get("share", 1.0)
        if not isinstance(share, int | float) or not 0 < share <= 1:
            raise ValueError("The share must be a number above 0, up to 1.")
        method = doc.get("method")
        return cls(
            path=path,
            kind=doc["kind"],
            method=str(method).upper() if method else None,
            status=status,
            body=doc.get("body"),
            seconds=float(seconds),
            count=count,
            share=float(share),
        )


@dataclass(slots=True)
class Faults:
    """The faults that are set, oldest first; the first that matches strikes."""

    waiting: list[Fault] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def take(self, method: str, path: str) -> Fault | None:
        if path.startswith("/_sandbox/"):
            return None
        for fault in self.waiting:
            if fault.method in (None, method) and fault.path.search(path):
                if fault.share < 1 and self.chance.random() >= fault.share:
                    continue
                fault.hits += 1
                if fault.count is not None:
                    fault.count -= 1
                    if fault.count == 0:
                        self.waiting.remove(fault)
                return fault
        return None


class Journal:
    """Every request to the service itself, the newest last; control calls are left out."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=_MOST_KEPT)
        self._count = 0

    def add(self, entry: dict[str, Any]) -> None:
        if not entry["path"].startswith("/_sandbox/"):
            self._count += 1
            self._entries.append({"number": self._count, **entry})

    def entries(self, after: int = 0) -> list[dict[str, Any]]:
        """Those with a higher ``number``; it counts all requests since the start."""
        newer = takewhile(lambda entry: entry["number"] > after, reversed(self._entries))
        return list(newer)[::-1]

    def clear(self) -> None:
        self._entries.clear()
