"""Many commands as one: slices, one undo entry, what is left out, and the end of the program."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from rapport.domain.audit import AuditFilter
from rapport.domain.changes import Origin
from rapport.domain.commands import (
    AddTags,
    CompleteTask,
    CreateContact,
    DeleteContact,
    EditContact,
    EditTask,
    Together,
)
from rapport.domain.kept_commands import commands_from
from rapport.domain.records import Id, Kind
from rapport.domain.views import BatchOutcome
from rapport.store import Snapshot, Store
from rapport.store.batch import Batch
from rapport.store.threads import STEP_S
from rapport.store.values import encode

MANY = 300


def crowd(desk: Any, size: int = MANY) -> list[Id]:
    desk.absorb(
        *(
            Snapshot(kind=Kind.CONTACT, rid=f"c{n}", values={"first_name": f"P{n}", "city": "x"})
            for n in range(size)
        )
    )
    return [desk.lid(Kind.CONTACT, f"c{n}") for n in range(size)]


def tagging(ids: list[Id], *tags: str) -> Together:
    return Together(commands=tuple(AddTags(contact_id=id, tags=tags) for id in ids))


def tagged(desk: Any, tag: str) -> int:
    return dict(desk.wait(desk.store.queries.suggest_tags(tag))).get(tag, 0)


def sent(desk: Any) -> int:
    return desk.wait(desk.store.outbox.counts()).waiting


def test_a_thousandfold_edit_is_told_in_slices_and_undone_as_one(desk: Any) -> None:
    ids = crowd(desk)
    desk.events.clear()
    outcome = desk.do(tagging(ids, "vip"))
    assert isinstance(outcome, BatchOutcome)
    assert (outcome.changed, outcome.title) == (MANY, f"Add tag ({MANY})")
    assert len(outcome.sent) == MANY == tagged(desk, "vip") == sent(desk)
    assert len(desk.events) > 1, "it was one transaction, and everybody waited for it"

    undone = desk.undo()
    assert undone.title == f"Undo add tag ({MANY})"
    assert tagged(desk, "vip") == sent(desk) == 0
    desk.undo(undone.undo_id)
    assert tagged(desk, "vip") == MANY


def test_other_edits_pass_between_the_slices(desk: Any) -> None:
    ids = crowd(desk, 2000)
    batch = Batch(tagging(ids, "vip"), Origin.PERSON)
    whole = desk.store.batch(batch)
    one = desk.store.commit(EditContact(contact_id=ids[-1], fields={"city": "y"}))
    desk.wait(one)
    assert not whole.done()
    desk.wait(whole)
    assert batch.done == 2000
    assert STEP_S < 0.01


def test_what_makes_no_sense_is_left_out_and_told(desk: Any) -> None:
    ids = crowd(desk, 4)
    desk.do(AddTags(contact_id=ids[1], tags=("vip",)))
    desk.do(DeleteContact(contact_id=ids[2]))
    outcome = desk.do(tagging(ids, "vip"))
    assert (outcome.changed, outcome.untouched) == (2, 1)
    ((ref, why),) = outcome.left
    assert ref.id == ids[2]
    assert "not there any more" in why

    found = desk.wait(desk.store.queries.preview(tagging(ids, "vip", "new").commands, samples=2))
    assert (found.changing, found.untouched, sum(found.left.values())) == (3, 0, 1)
    assert [one.contact_name for one in found.samples] == ["P0", "P1"]
    assert found.samples[0].mutation.fields["tags"].want == ["vip", "new"]


def test_stopped_it_is_one_entry_of_what_was_done(desk: Any) -> None:
    ids = crowd(desk, 2000)
    batch = Batch(tagging(ids, "vip"), Origin.PERSON)
    whole = desk.store.batch(batch)
    batch.stop()
    outcome = desk.wait(whole)
    assert outcome.changed == tagged(desk, "vip") < 2000
    desk.undo()
    assert tagged(desk, "vip") == 0


def test_an_undo_while_it_is_under_way_comes_behind_it(desk: Any) -> None:
    ids = crowd(desk)
    whole = desk.store.commit(tagging(ids, "vip"))
    entry = desk.wait(desk.store.undo_entry())
    assert whole.done()
    assert len(entry[1].mutations) == MANY


def test_withdrawing_leaves_what_was_sent(desk: Any) -> None:
    ids = crowd(desk)
    outcome = desk.do(tagging(ids, "vip"))
    for entry in desk.due(limit=3):
        desk.send(entry)
    found, command = desk.wait(desk.store.undo_entry(outcome.undo_id))
    whole = Together(commands=command.by_contact(), name=command.title)
    withdrawn = desk.wait(desk.store.batch(Batch(whole, Origin.UNDO, only_unsent=True)))
    assert withdrawn.changed == MANY - 3
    assert tagged(desk, "vip") == 3 == sent(desk)
    left = desk.wait(desk.store.queries.sending(outcome.sent))
    assert (left.total, left.waiting) == (MANY, 3)
    assert desk.undo(found).changed == 3
    assert tagged(desk, "vip") == 0


def test_the_refused_are_known_by_name_and_reason(desk: Any) -> None:
    ids = crowd(desk, 3)
    outcome = desk.do(tagging(ids, "vip"))
    refused, taken, _ = desk.due()
    desk.send(refused)
    desk.wait(desk.store.outbox.park(refused.seq, "no such tag"))
    desk.settle(taken)
    found = desk.wait(desk.store.queries.sending(outcome.sent))
    assert (found.arrived, found.waiting) == (1, 1)
    (item,) = found.refused
    assert (item.contact_name, item.error) == ("P0", "no such tag")


def test_what_the_end_of_the_program_cut_short_goes_on(tmp_path: Path, clock: Any) -> None:
    numbers = itertools.count(1)

    def opened() -> Store:
        path, key = tmp_path / "a.db", bytes(32)
        return Store.open(path, key, clock=clock, new_id=lambda: f"01{next(numbers):024d}")

    store = opened()
    people = [
        CreateContact(contact_id=f"p{n:03}", fields={"first_name": f"P{n}"}) for n in range(200)
    ]
    store.commit(Together(commands=tuple(people))).result()
    batch = Batch(tagging([one.contact_id for one in people], "vip"), Origin.PERSON)

    # Two slices, and then nothing any more: as if the program had been killed.
    class Hasty:
        def __init__(self) -> None:
            self.steps = 0

        def over(self, waiting: int = 0) -> bool:
            return waiting >= 10

    def cut_short(tx: Any, pace: Any) -> Any:
        steps = batch._work(tx, Hasty())  # type: ignore[arg-type]
        next(steps)
        yield
        next(steps)

    store._writer.sliced(cut_short).result()
    store.close()

    store = opened()
    assert dict(store.queries.suggest_tags("vip").result())["vip"] == 20
    assert store.go_on().result() is not None
    entry = store.undo_entry().result()
    assert entry is not None
    assert dict(store.queries.suggest_tags("vip").result())["vip"] == 200
    assert len(entry[1].mutations) == 200
    assert store.commit(entry[1], Origin.UNDO, undo_of=entry[0]).result().refs
    assert store.queries.suggest_tags("vip").result() == [("vip", 0)]
    store.close()

    store = opened()
    assert store.go_on().result() is None
    assert store.verify().result() == []
    store.close()


def test_commands_outlive_the_program_as_they_were(clock: Any) -> None:
    commands = (
        AddTags(contact_id="c", tags=("a", "b")),
        CompleteTask(task_id="t", at=clock.now()),
        EditTask(task_id="t", fields={"due_at": "2026-11-24T10:00:00Z"}),
        DeleteContact(contact_id="c"),
    )
    assert commands_from(encode(commands)) == commands


@pytest.mark.parametrize("size", [1, 40])
def test_deleting_many_brings_many_back(desk: Any, size: int) -> None:
    ids = crowd(desk, size)
    for n in range(size):
        desk.pull_child(Kind.NOTE, f"n{n}", f"c{n}", body="hello")
    outcome = desk.do(Together(commands=tuple(DeleteContact(contact_id=id) for id in ids)))
    assert desk.names("") == []
    desk.undo(outcome.undo_id)
    assert len(desk.names("")) == size
    assert sent(desk) == 0


def test_the_audit_log_knows_them_as_one_and_one_by_one(desk: Any) -> None:
    ids = crowd(desk, 30)
    log, zone = desk.store.audit, desk.clock.zone()
    desk.do(EditContact(contact_id=ids[0], fields={"city": "y"}))
    outcome = desk.do(tagging(ids, "vip"))
    wanted = AuditFilter(origins=(Origin.PERSON,))
    assert len(desk.wait(log.index(wanted, zone)).ids) == 31
    grouped = desk.wait(log.index(wanted, zone, grouped=True)).ids
    last, first = desk.wait(log.entries(grouped))
    assert (last.group.title, last.group.size) == ("Add tag (30)", 30)
    assert (last.group.undo_id, last.group.undone) == (outcome.undo_id, False)
    assert first.group is None
    assert len(desk.wait(log.index(AuditFilter(group=outcome.undo_id), zone)).ids) == 30
    desk.undo(outcome.undo_id)
    (entry,) = desk.wait(log.entries(grouped[:1]))
    assert entry.group.undone
    assert desk.wait(desk.store.verify_audit()).broken is None
