"""Whether every edit that was acknowledged arrived, or the person knows why it did not."""

from __future__ import annotations

import json
from typing import Any

from history import Conflict, Found, History
from people import Edit, Person, Record, Somebody

ASKED = ("conflict", "refused", "behind")
"""Where an edit waits for a person, or behind one that does."""


class Reckoning:
    """An edit is not lost where it is on the server, was there until somebody changed it, gave way
    to a later edit of the person, went with a record that was deleted, or is shown as a conflict.
    """

    def __init__(
        self,
        person: Person,
        somebody: Somebody,
        history: History,
        conflicts: set[Conflict],
        there: dict[str, dict[str, Any]],
        outbox: list[list[str]],
    ) -> None:
        """``there`` is what the sandbox holds, by id; ``outbox`` what is left in it."""
        self._somebody = somebody
        self._history = history
        self._conflicts = conflicts
        self._there = there
        self._outbox = outbox
        self._edits = person.edits
        self._records = person.records
        self._shown = {(one.kind, one.id, one.field) for one in conflicts}
        self._mine = {one.mine for one in conflicts}
        self.stuck: list[str] = []
        self._marks = {mark for doc in there.values() for mark in doc["marks"]}
        self._deleted = {
            edit.record.id
            for edit in self._edits
            if edit.what == "delete" and edit.may_have_happened and edit.record.rid not in there
        }
        self._done: dict[tuple[str, str], list[Edit]] = {}
        for edit in self._edits:
            if edit.may_have_happened:
                self._done.setdefault((edit.record.id, edit.what), []).append(edit)

    def all(self, found: Found) -> None:
        rids = {one.rid: one.id for one in self._records.values() if one.rid}
        self._history.overwritten(self._edits, self._conflicts, rids, found)
        self._history.fallen_back(found)
        for mark, times in self._history.made.items():
            if len(times) > 1:
                overdue = mark in self._history.made_overdue
                to = found.overdue if overdue else found.duplicated
                to.append(f"{mark!r} was made {len(times)} times: {times}")
        for edit in self._edits:
            if edit.acknowledged and not (self._is_gone(edit.record) or self._arrived(edit)):
                found.lost.append(f"{edit.number}: {edit.what} {edit.want!r} {edit.record}")
        for contact_rid, tags in self._somebody.tags.items():
            doc = self._there.get(contact_rid)
            for tag in tags:
                if doc is not None and tag not in doc["tags"]:
                    found.silently_overwritten.append(f"the tag {tag!r}")
        for kind, id, contact_id, state, title, error in self._outbox:
            if state not in ASKED or not self._is_explained(kind, id, contact_id):
                self.stuck.append(f"{state}: {title} ({kind} {id}): {error}")

    def _is_explained(self, kind: str, id: str, contact_id: str) -> bool:
        """Somebody else deleted the record or its contact: then a person is asked."""
        both = self._records.get((kind, id)), self._records.get(("contact", contact_id))
        return any(one is not None and one.rid in self._somebody.deleted for one in both)

    def _is_gone(self, record: Record) -> bool:
        """Deleted by the person; or by somebody else, and then an edit that waited is shown."""
        if not {record.id, record.contact_id}.isdisjoint(self._deleted):
            return True
        if not self._is_explained(record.kind, record.id, record.contact_id):
            return False
        asked = {(record.kind, record.id, ""), ("contact", record.contact_id, "")} & self._shown
        waits = any(id == record.id and state in ASKED for _, id, _, state, *_ in self._outbox)
        return bool(asked) or waits

    def _arrived(self, edit: Edit) -> bool:
        record = edit.record
        there = self._there.get(record.rid or "")
        theirs = self._is_explained(record.kind, record.id, record.contact_id)
        match edit.what:
            case "create":
                return edit.want in self._marks or (theirs and edit.want in self._history.made)
            case "delete":
                return there is None or (record.kind, record.id, "") in self._shown
            case "tag" | "untag" if there is not None:
                other = self._done.get((record.id, "untag" if edit.what == "tag" else "tag"), ())
                turned = any(o.want == edit.want and o.number > edit.number for o in other)
                return turned or (edit.want in there["tags"]) == (edit.what == "tag")
            case "completed" if there is not None:
                newest = self._done[record.id, "completed"][-1]
                return newest is not edit or there["completed"] == edit.want
            case "tag" | "untag" | "completed":
                return theirs
        return self._is_known(edit) or any(
            later.number > edit.number and (later.acknowledged or self._is_known(later))
            for later in self._done[record.id, edit.what]
        )

    def _is_known(self, edit: Edit) -> bool:
        """It was applied once, or is shown."""
        return str(edit.want) in self._history.applied or json.dumps(edit.want) in self._mine
