"""What became of every edit, told from the sandbox's own journal of requests.

The journal is in the order in which the sandbox applied things, and knows of each write whether the
program or somebody else sent it. So it can be told for each value of somebody else's that ours
replaced whether the person had seen it, was shown both, or lost it unseen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from people import WIRE, Edit

LONGEST_S = 125.0
"""The client takes 130 s for the longest time after which a write may be applied."""
NAME = {wire: name for name, wire in WIRE.items()}


class Write(NamedTuple):
    number: int
    value: Any
    theirs: bool
    mark: str
    """What the network did with it; "theirs" for somebody else's."""
    overdue: bool = False


class Conflict(NamedTuple):
    kind: str
    id: str
    contact_id: str
    field: str
    mine: str
    """As JSON, since a value may be a list or an object."""
    theirs: str


@dataclass(slots=True)
class Found:
    """A sentence per offence; the journal's numbers lead back to the requests."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    silently_overwritten: list[str] = field(default_factory=list)
    raced: list[str] = field(default_factory=list)
    """Written by somebody else between our look and our write: nobody can help that."""
    overdue: list[str] = field(default_factory=list)
    """What a write did that was applied later than any client has to expect, as when this computer
    is so busy that the sandbox stands still: no fault of the program's, nor one of the network."""


class History:
    def __init__(self) -> None:
        self.last = 0
        self.writes: dict[tuple[str, str], list[Write]] = {}
        """By path and field, in order."""
        self._reads: dict[str, list[int]] = {}
        self._removals: list[tuple[str, Write]] = []
        self._untagged: list[tuple[str, str]] = []
        self.made: dict[str, list[str]] = {}
        """By mark, how the network carried each request that made such a record."""
        self.made_overdue: set[str] = set()
        self.applied: set[str] = set()

    def take(self, entries: Iterable[dict[str, Any]]) -> None:
        for entry in entries:
            self.last = entry["number"]
            if entry["status"] in (200, 201):
                self._take(entry)

    def _take(self, entry: dict[str, Any]) -> None:
        mark = entry["headers"].get("x-chaos", "no")
        theirs, number = mark == "theirs", entry["number"]
        method, path = entry["method"], entry["path"]
        if method == "GET":
            if not theirs:
                self._reads.setdefault(path, []).append(number)
            return
        came = float(entry["headers"].get("x-chaos-at", entry["time"]))
        overdue = entry["time"] - came > LONGEST_S
        body = json.loads(entry["body"]) if entry["body"] else {}
        if path.endswith("/tags"):
            if method == "DELETE" and not theirs:
                self._untagged += [(path, tag) for tag in body["tags"]]
        elif method == "DELETE":
            self._removals.append((path, Write(number, None, theirs, mark, overdue)))
        elif method == "PUT":
            assert theirs or "tags" not in body, "an update replaced all tags"
            for wire, value in body.items():
                if wire in NAME:
                    write = Write(number, value, theirs, mark, overdue)
                    self.writes.setdefault((path, NAME[wire]), []).append(write)
                    if not theirs:
                        self.applied.add(str(value))
        elif not path.endswith("/search") and not theirs:
            for value in body.values():
                if isinstance(value, str) and value.startswith("made "):
                    after = entry["time"] - came
                    how = f"{number} at {came:.0f} s, {mark}, applied {after:.0f} s later"
                    self.made.setdefault(value, []).append(how)
                    if overdue:
                        self.made_overdue.add(value)
                elif isinstance(value, str):
                    self.applied.add(value)

    # What somebody else wrote.

    def overwritten(
        self, edits: list[Edit], conflicts: set[Conflict], rids: dict[str, str], found: Found
    ) -> None:
        """``rids`` give the local id by the server's."""
        by_value = {str(edit.want): edit for edit in edits if isinstance(edit.want, str)}
        shown = {conflict.theirs for conflict in conflicts}
        for (path, name), writes in self.writes.items():
            now: Write | None = None
            for write in writes:
                if now is not None and now.theirs and not write.theirs:
                    seen = self._seen(write.value, name, by_value)
                    known = seen is None or now.value in seen or json.dumps(now.value) in shown
                    if not known:
                        self._judge(path, name, now, write, found)
                now = write
        for path, removal in self._removals:
            if not removal.theirs:
                self._removed(path, removal, edits, conflicts, rids, found)
        for path, tag in self._untagged:
            if tag.startswith("theirs"):
                found.silently_overwritten.append(f"the tag {tag!r} of {path}")

    def _seen(self, value: str, name: str, by_value: dict[str, Edit]) -> set[str] | None:
        """What the person had before their eyes on the way to that value. None where the program
        was killed before it could say."""
        seen: set[str] = set()
        while value in by_value and (edit := by_value[value]).what == name:
            if edit.acknowledged is None:
                return None
            value = edit.bases.get(name)
            if value in seen:
                break
            seen.add(value)
        return seen

    def _judge(self, path: str, name: str, theirs: Write, ours: Write, found: Found) -> None:
        sentence = (
            f"{name} of {path}: {theirs.value!r} ({theirs.number}) was replaced by"
            f" {ours.value!r} ({ours.number}, {ours.mark})"
        )
        looks = [number for number in self._reads.get(path, ()) if number < ours.number]
        between = sum(number > theirs.number for number in looks)
        sentence += f" and {between} looks between"
        in_time = ours.mark not in ("late", "delay")
        if ours.overdue:
            found.overdue.append(sentence)
        elif in_time and looks and theirs.number > looks[-1]:
            found.raced.append(sentence)
        else:
            found.silently_overwritten.append(sentence)

    def _removed(
        self,
        path: str,
        removal: Write,
        edits: list[Edit],
        conflicts: set[Conflict],
        rids: dict[str, str],
        found: Found,
    ) -> None:
        id = rids.get(path.rpartition("/")[2])
        deletes = [edit for edit in edits if edit.what == "delete" and edit.record.id == id]
        if any(edit.acknowledged is None for edit in deletes):
            return
        seen = {
            value for edit in deletes for value in edit.bases.values() if isinstance(value, str)
        }
        shown = [json.loads(conflict.theirs) for conflict in conflicts if conflict.id == id]
        seen |= {value for value in shown if isinstance(value, str)}
        for name in NAME.values():
            writes = self.writes.get((path, name), ())
            before = [write for write in writes if write.number < removal.number]
            if before and before[-1].theirs and before[-1].value not in seen:
                self._judge(path, name, before[-1], removal, found)

    def fallen_back(self, found: Found) -> None:
        """Where an older edit of ours came to lie over a newer one, and stayed."""
        for (path, name), writes in self.writes.items():
            last = writes[-1]
            ours = [edit_number(w.value) for w in writes if not w.theirs]
            if not last.theirs and ours and edit_number(last.value) < max(ours):
                to = found.overdue if last.overdue else found.lost
                to.append(f"{name} of {path} is {last.value!r} after a newer edit")


def edit_number(value: Any) -> int:
    return int(str(value).rpartition(" ")[2]) if str(value).startswith("mine ") else 0
