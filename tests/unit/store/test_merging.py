"""Whatever comes between the steps of a merge, no note, task or tag is lost: seen from the CRM."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rapport.domain.changes import Op
from rapport.domain.merging import MergeContacts, Unmerge
from rapport.domain.records import Kind
from rapport.domain.views import EntryState
from rapport.store import OutboxEntry, Snapshot, Store

from .conftest import Desk, HandClock

DUE = datetime(2026, 3, 6, 9, tzinfo=UTC).isoformat().replace("+00:00", "Z")
TEXT = {Kind.NOTE: "body", Kind.TASK: "title"}


class Crm:
    """What the server has, by kind and id; a contact takes along what belongs to it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.records: dict[tuple[Kind, str], dict[str, Any]] = {}
        self.asked = False
        """Whether a person gave up an edit of an address, and decides about the others, too."""
        self._numbers = itertools.count(1)

    def add(self, kind: Kind, contact: str | None = None, **values: Any) -> str:
        rid = f"{kind.value}-{next(self._numbers)}"
        self.records[kind, rid] = {**values, "contact": contact or rid}
        return rid

    def absorb(self) -> None:
        for contacts in (True, False):
            self.desk.absorb(
                *(
                    Snapshot(
                        kind=kind,
                        rid=rid,
                        contact_rid=None if kind is Kind.CONTACT else values["contact"],
                        values={name: v for name, v in values.items() if name != "contact"},
                    )
                    for (kind, rid), values in self.records.items()
                    if (kind is Kind.CONTACT) == contacts
                )
            )

    def take(self, entry: OutboxEntry) -> None:
        """The server does as it is asked, save that it lets no two contacts have one address."""
        wants = {name: delta.want for name, delta in entry.fields.items()}
        mail, own = wants.get("email"), self.records.get((entry.ref.kind, entry.rid or ""))
        if mail and any(v.get("email") == mail for v in self.records.values() if v is not own):
            assert self.asked, "two contacts with one address"
            self.desk.send(entry)
            self.desk.wait(self.desk.store.outbox.park(entry.seq, "Another contact has it."))
            return
        key = entry.ref.kind, entry.rid or ""
        if entry.op is Op.CREATE:
            rid = self.add(entry.ref.kind, entry.contact_rid, **wants)
            self.desk.settle(entry, rid)
            return
        if entry.op is Op.UPDATE:
            self.records[key].update(wants)
        else:
            self._delete(entry)
        self.desk.settle(entry)

    def _delete(self, entry: OutboxEntry) -> None:
        if entry.ref.kind is Kind.CONTACT:
            gone = [one for one, v in self.records.items() if v["contact"] == entry.rid]
            for one in gone:
                del self.records[one]
        else:
            self.records.pop((entry.ref.kind, entry.rid or ""), None)

    def lose(self, entry: OutboxEntry, *, landed: bool) -> None:
        """Nobody knows whether it arrived."""
        self.desk.send(entry)
        if landed:
            self._delete(entry)
        self.desk.wait(self.desk.store.outbox.uncertain(entry.seq))

    def has(self, entry: OutboxEntry) -> bool:
        """What is gone is neither refused nor put off."""
        return entry.rid is None or (entry.ref.kind, entry.rid) in self.records

    def texts(self) -> list[str]:
        return [str(v[TEXT[kind]]) for (kind, _), v in self.records.items() if kind in TEXT]

    def tags(self) -> set[str]:
        return {tag for v in self.records.values() for tag in v.get("tags", ())}


CHILDREN = st.lists(
    st.tuples(st.sampled_from([Kind.NOTE, Kind.TASK]), st.booleans()), min_size=1, max_size=4
)
STEPS = st.lists(
    st.sampled_from(
        [
            "take",
            "take",
            "take",
            "refuse",
            "retry",
            "give up",
            "later",
            "lost",
            "answer lost",
            "wait",
        ]
    ),
    max_size=25,
)
ENDS = st.sampled_from(["", "undo", "unmerge"])


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(  # its delete was refused before it was taken back
    others=[[(Kind.NOTE, False)]],
    steps=["take", "take", "take", "refuse", "take"],
    end="undo",
    cut=4,
)
@example(  # nobody knew whether its delete had arrived
    others=[[(Kind.NOTE, False)]],
    steps=["take", "take", "take", "lost", "take"],
    end="undo",
    cut=4,
)
@example(  # and its delete was given up when it was to be made anew
    others=[[(Kind.NOTE, False)]],
    steps=["take", "take", "take", "lost", "refuse", "give up"],
    end="undo",
    cut=4,
)
@example(  # the merge stopped, and nobody knew of the delete of another
    others=[[(Kind.NOTE, False)], [(Kind.NOTE, False)]],
    steps=["take", "take", "take", "take", "refuse", "lost", "give up"],
    end="",
    cut=0,
)
@example(  # the merge stopped when one of the others was gone already
    others=[[(Kind.NOTE, False)], [(Kind.NOTE, False)]],
    steps=["take", "take", "take", "take", "take", "refuse", "give up"],
    end="",
    cut=0,
)
@given(
    others=st.lists(CHILDREN, min_size=1, max_size=2), steps=STEPS, end=ENDS, cut=st.integers(0, 25)
)
def test_nothing_is_lost(
    others: list[list[tuple[Kind, bool]]], steps: list[str], end: str, cut: int
) -> None:
    clock, numbers = HandClock(), itertools.count(1)
    store = Store.open(None, bytes(32), clock=clock, new_id=lambda: f"01{next(numbers):024d}")
    desk = Desk(store, clock, numbers)
    crm = Crm(desk)
    try:
        stays = crm.add(Kind.CONTACT, first_name="Ana", tags=["mine"])
        rids = []
        expected: list[str] = []
        for n, children in enumerate(others):
            rid = crm.add(Kind.CONTACT, first_name="Ana", email=f"a{n}@x.pt", tags=[f"tag {n}"])
            rids.append(rid)
            for m, (kind, done) in enumerate(children):
                text = f"{kind.value} {n}.{m}"
                more = {"due_at": DUE, "completed": done} if kind is Kind.TASK else {}
                crm.add(kind, rid, **{TEXT[kind]: text}, **more)
                expected.append(text)
        crm.absorb()
        ids = [desk.lid(Kind.CONTACT, rid) for rid in rids]
        tags = ["mine", *(f"tag {n}" for n in range(len(others)))]
        fields = {"email": "a0@x.pt", "tags": tags}
        survivor = desk.lid(Kind.CONTACT, stays)
        outcome = desk.do(MergeContacts(survivor_id=survivor, other_ids=tuple(ids), fields=fields))

        def whole() -> None:
            assert [one for one in expected if not any(one in text for text in crm.texts())] == []
            assert crm.tags() >= set(tags)
            mails = [v.get("email") for v in crm.records.values() if v.get("email")]
            assert len(mails) == len(set(mails)), "two contacts with one address"

        def step(what: str) -> None:
            due = desk.due()
            parked = [one for one in desk.wait(store.queries.outbox_items()) if one.error]
            if what == "wait" or not due:
                clock.go(seconds=9)
            if what == "take" and due:
                crm.take(due[0])
            elif what == "refuse" and due and crm.has(due[0]):
                desk.send(due[0])
                desk.wait(store.outbox.park(due[0].seq, "No."))
            elif "lost" in what and due and due[0].op is Op.DELETE:
                crm.lose(due[0], landed=what == "answer lost")
            elif what == "later" and due and crm.has(due[0]):
                desk.send(due[0])
                desk.wait(store.outbox.later(due[0].seq, clock.now(), ""))
            elif what == "retry" and parked:
                desk.wait(store.outbox.release(parked[0].seq))
            elif what == "give up" and parked:
                crm.asked = crm.asked or "email" in parked[0].fields
                desk.wait(store.outbox.discard(parked[0].seq))
            whole()

        for n, what in enumerate(steps):
            if n == cut and end:
                finish(desk, end, outcome.undo_id)
                end = ""
            step(what)
        for one in desk.wait(store.queries.outbox_items()):
            desk.wait(store.outbox.release(one.seq))
        for _ in range(60):
            step("take")
        if end:
            finish(desk, end, outcome.undo_id)
            for _ in range(60):
                step("take")
        assert desk.due() == []
        left = {one.state for one in desk.wait(store.queries.outbox_items())}
        assert left <= ({EntryState.REFUSED, EntryState.BEHIND} if crm.asked else set())
        assert crm.asked or any(v.get("email") == "a0@x.pt" for v in crm.records.values())
        desk.consistent()
    finally:
        store.close()


def finish(desk: Desk, end: str, undo_id: int | None) -> None:
    """Takes the merge back, by Undo or from the list of merges."""
    if end == "undo":
        assert desk.undo(undo_id) is not None
    else:
        (merged,) = desk.wait(desk.store.duplicates.merges())
        desk.do(Unmerge(merge_id=merged.id))
