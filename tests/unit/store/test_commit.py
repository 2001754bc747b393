"""A command becomes record, outbox, audit, undo and read models at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rapport.domain.changes import Op, Origin
from rapport.domain.commands import (
    AddTags,
    CompleteTask,
    CreateContact,
    CreateNote,
    CreateTask,
    DeleteContact,
    DeleteNote,
    DeleteTask,
    EditContact,
    EditNote,
    EditTask,
    RemoveTags,
    SnoozeTask,
)
from rapport.domain.errors import InputError
from rapport.domain.records import Kind, Ref
from rapport.store import Snapshot
from rapport.store.verify import check

DUE = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def make(desk: Any, **fields: Any) -> str:
    id = desk.new_id()
    desk.do(CreateContact(contact_id=id, fields={"first_name": "Zoë", **fields}))
    return id


def test_a_new_contact_is_listed_searchable_and_waits_in_the_outbox(desk: Any) -> None:
    id = make(desk, last_name="Šimek", tags=["vip"])
    row = desk.wait(desk.store.queries.row_of(id))
    assert (row.name, row.tags, row.pending, row.seed) == ("Zoë Šimek", ("vip",), True, id)
    assert desk.names("simek zoe") == ["Zoë Šimek"]
    (entry,) = desk.due()
    assert entry.op is Op.CREATE
    assert entry.rid is None
    assert {n: d.want for n, d in entry.fields.items()} == {
        "first_name": "Zoë",
        "last_name": "Šimek",
        "tags": ["vip"],
    }
    event = desk.events[-1]
    assert event.origin is Origin.PERSON
    assert event.outbox
    (change,) = event.changes
    assert change.op is Op.CREATE
    assert change.tags_after == ("vip",)


def test_edits_before_the_first_send_become_one(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    desk.do(EditContact(contact_id=id, fields={"city": "Paris", "phone": "+331"}))
    (entry,) = desk.due()
    assert (entry.fields["city"].base, entry.fields["city"].want) == ("", "Paris")
    desk.do(EditContact(contact_id=id, fields={"city": ""}))
    (entry,) = desk.due()
    assert set(entry.fields) == {"phone"}
    desk.do(EditContact(contact_id=id, fields={"phone": ""}))
    assert desk.due() == []
    assert not desk.wait(desk.store.queries.row_of(id)).pending


def test_an_edit_of_an_unsent_contact_goes_into_its_create(desk: Any) -> None:
    id = make(desk)
    desk.do(EditContact(contact_id=id, fields={"city": "Brno"}))
    (entry,) = desk.due()
    assert entry.op is Op.CREATE
    assert entry.fields["city"].want == "Brno"


def test_a_sent_edit_is_never_touched_again(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    first = desk.send(desk.due()[0])
    desk.do(EditContact(contact_id=id, fields={"city": "Paris"}))
    assert desk.due() == []  # one at a time for a record
    kept = desk.wait(desk.store.outbox.entry(first.seq))
    assert kept.fields["city"].want == "Lyon"
    desk.wait(desk.store.outbox.settled(first.seq))
    (entry,) = desk.due()
    assert (entry.fields["city"].base, entry.fields["city"].want) == ("Lyon", "Paris")


def test_deleting_what_was_never_sent_leaves_nothing_to_send(desk: Any) -> None:
    id = make(desk)
    task = desk.new_id()
    desk.do(CreateTask(task_id=task, contact_id=id, fields={"title": "Call", "due_at": DUE}))
    desk.do(DeleteContact(contact_id=id))
    assert desk.wait(desk.store.outbox.counts()).waiting == 0
    assert desk.names("") == []
    desk.undo()
    detail = desk.wait(desk.store.queries.detail(id))
    assert detail.contact.first_name == "Zoë"
    assert [t.title for t in detail.tasks] == ["Call"]
    assert desk.wait(desk.store.outbox.counts()).waiting == 2


def test_a_delete_waits_and_undo_withdraws_it(desk: Any) -> None:
    id = desk.pull_contact(tags=["vip"])
    desk.pull_child(Kind.TASK, "t1", title="Call", due_at="2026-03-03T09:00:00Z")
    desk.do(DeleteContact(contact_id=id))
    assert desk.names("") == []
    assert desk.names("call") == []
    assert desk.due() == []
    assert desk.wait(desk.store.queries.tasks(desk.clock.now(), UTC)).upcoming == ()
    assert desk.wait(desk.store.outbox.next_not_before()) > desk.clock.now()
    desk.undo()
    assert desk.names("call") == ["Ana Ruiz"]
    desk.clock.go(seconds=60)
    assert desk.due() == []
    assert len(desk.wait(desk.store.queries.tasks(desk.clock.now(), UTC)).upcoming) == 1


def test_a_delete_behind_an_unsent_edit_can_be_withdrawn_without_losing_the_edit(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    desk.do(DeleteContact(contact_id=id))
    desk.undo()
    (entry,) = desk.due()
    assert entry.op is Op.UPDATE
    assert entry.fields["city"].want == "Lyon"
    assert desk.wait(desk.store.queries.detail(id)).contact.city == "Lyon"


def test_undo_of_a_delete_that_was_sent_makes_the_record_anew(desk: Any) -> None:
    id = desk.pull_contact()
    note = desk.pull_child(Kind.NOTE, "n1", body="Likes tea")
    desk.do(DeleteNote(note_id=note))
    desk.clock.go(seconds=9)
    (entry,) = desk.due()
    desk.settle(entry)
    desk.undo()
    (entry,) = desk.due()
    assert entry.op is Op.CREATE
    assert entry.rid is None
    assert entry.ref == Ref(Kind.NOTE, note)
    assert entry.fields["body"].want == "Likes tea"
    assert [n.body for n in desk.wait(desk.store.queries.detail(id)).notes] == ["Likes tea"]


def test_undo_while_the_delete_is_on_its_way_makes_the_record_anew_afterwards(desk: Any) -> None:
    desk.pull_contact()
    note = desk.pull_child(Kind.NOTE, "n1", body="Likes tea")
    desk.do(DeleteNote(note_id=note))
    desk.clock.go(seconds=9)
    entry = desk.send(desk.due()[0])
    desk.undo()
    assert desk.due() == []
    desk.wait(desk.store.outbox.settled(entry.seq))
    (entry,) = desk.due()
    assert entry.op is Op.CREATE
    assert entry.rid is None
    desk.settle(entry, "n2", body="Likes tea")
    assert desk.lid(Kind.NOTE, "n2") == note


def test_local_fields_stay_here(desk: Any) -> None:
    desk.pull_contact()
    task = desk.pull_child(Kind.TASK, "t1", title="Call", due_at="2026-03-03T09:00:00Z")
    desk.do(EditTask(task_id=task, fields={"priority": 3}))
    desk.do(SnoozeTask(task_id=task, until=DUE))
    assert desk.wait(desk.store.outbox.counts()).waiting == 0
    desk.do(CompleteTask(task_id=task, at=desk.clock.now()))
    (entry,) = desk.due()
    assert set(entry.fields) == {"completed"}
    assert [item.title for item in desk.wait(desk.store.queries.undo_items())] == [
        "Complete task",
        "Snooze task",
        "Edit task",
    ]
    desk.undo()
    assert desk.due() == []
    row = desk.wait(desk.store.queries.task(task))
    assert not row.task.completed
    assert row.task.completed_at is None
    assert row.task.priority == 3


def test_undo_twice_goes_back_two_steps_and_redo_goes_by_id(desk: Any) -> None:
    id = desk.pull_contact(city="Rome")
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    desk.do(EditContact(contact_id=id, fields={"city": "Paris"}))
    last = desk.undo()
    assert desk.wait(desk.store.queries.detail(id)).contact.city == "Lyon"
    desk.undo()
    assert desk.wait(desk.store.queries.detail(id)).contact.city == "Rome"
    assert desk.undo() is None
    desk.undo(last.undo_id)
    assert desk.wait(desk.store.queries.detail(id)).contact.city == "Rome"  # changed since: stays


def test_tags_are_counted_suggested_and_undone(desk: Any) -> None:
    id = desk.pull_contact(tags=["vip"])
    desk.do(AddTags(contact_id=id, tags=("Été", "vip")))
    desk.do(RemoveTags(contact_id=id, tags=("vip",)))
    counts = desk.wait(desk.store.queries.sidebar(desk.clock.now(), UTC))
    assert counts.tags == (("été", 1),)
    assert desk.wait(desk.store.queries.suggest_tags("ET")) == [("été", 1)]
    assert desk.wait(desk.store.queries.suggest_tags("v")) == [("vip", 0)]
    desk.undo()
    assert desk.wait(desk.store.queries.row_of(id)).tags == ("vip", "été")


def test_the_timeline_tells_who_changed_what(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}), Origin.NOTIFICATION)
    (change,) = desk.wait(desk.store.queries.detail(id)).changes
    assert (change.title, change.origin, change.op) == ("Edit contact", "notification", Op.UPDATE)
    assert change.fields == {"city": ("", "Lyon")}


def test_a_refused_edit_is_corrected_in_place(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"phone": "12"}))
    entry = desk.send(desk.due()[0])
    desk.wait(desk.store.outbox.park(entry.seq, "phone is not valid"))
    assert desk.due() == []
    counts = desk.wait(desk.store.outbox.counts())
    assert (counts.waiting, counts.parked) == (0, 1)
    desk.do(EditContact(contact_id=id, fields={"phone": "+34911234567"}))
    (again,) = desk.due()
    assert again.seq == entry.seq
    assert again.fields["phone"].want == "+34911234567"


def test_commands_on_what_is_gone_change_nothing(desk: Any) -> None:
    with pytest.raises(InputError):
        desk.do(EditContact(contact_id="nobody", fields={"city": "Lyon"}))
    id = desk.pull_contact()
    desk.do(DeleteContact(contact_id=id))
    with pytest.raises(InputError):
        desk.do(CreateNote(note_id=desk.new_id(), contact_id=id, fields={"body": "x"}))
    assert len(desk.wait(desk.store.queries.undo_items())) == 1


def test_values_that_no_database_carries(desk: Any) -> None:
    id = make(desk, last_name="a\ud800b", city="x\x00y\u202ez")
    contact = desk.wait(desk.store.queries.detail(id)).contact
    assert contact.last_name == "a?b"
    assert contact.city == "x\x00y\u202ez"
    with pytest.raises(InputError) as caught:
        desk.do(EditContact(contact_id=id, fields={"custom": {"f": 1 << 70}}))
    assert caught.value.field == "custom"
    with pytest.raises(InputError):
        desk.do(EditContact(contact_id=id, fields={"city": 5}))


def test_a_note_with_a_megabyte_and_ten_thousand_tags(desk: Any) -> None:
    id = make(desk, tags=[f"tag {number}" for number in range(10_000)])
    note = desk.new_id()
    desk.do(CreateNote(note_id=note, contact_id=id, fields={"body": "word " * 200_000}))
    desk.do(EditNote(note_id=note, fields={"body": "short"}))
    assert desk.names("short 9999") == ["Zoë"]


def test_drafts(desk: Any) -> None:
    id = make(desk)
    desk.wait(desk.store.save_draft(id, None, "half a \ud800 sentence"))
    assert desk.wait(desk.store.queries.draft(id)) == "half a ? sentence"
    desk.wait(desk.store.drop_draft(id))
    assert desk.wait(desk.store.queries.draft(id)) is None


def test_deleting_a_task_and_undo(desk: Any) -> None:
    id = desk.pull_contact()
    task = desk.pull_child(Kind.TASK, "t1", title="Call", due_at="2026-03-03T09:00:00Z")
    assert desk.wait(desk.store.queries.row_of(id)).next_due_at == DUE
    desk.do(DeleteTask(task_id=task))
    row = desk.wait(desk.store.queries.row_of(id))
    assert row.next_due_at is None
    assert row.pending
    desk.undo()
    row = desk.wait(desk.store.queries.row_of(id))
    assert row.next_due_at == DUE
    assert not row.pending


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        ("UPDATE contact_row SET name = 'x' WHERE key = 1", "list row"),
        ("DELETE FROM search WHERE rowid = 1", "other words"),
        ("INSERT INTO search (rowid, words) VALUES (99, 'ghost')", "not there"),
        ("DELETE FROM contact_tag", "tags differ"),
        ("UPDATE tag SET contacts = 5", "count differs"),
        ("UPDATE task_row SET due = 1", "Task"),
        ("UPDATE audit SET title = 'x' WHERE id = 1", "altered"),
        ("DELETE FROM audit WHERE id = 1", "missing"),
        ("UPDATE setting SET value = CAST('7' AS BLOB) WHERE name = 'contacts'", "number"),
    ],
)
def test_the_check_finds_what_drifted(desk: Any, damage: str, finding: str) -> None:
    id = make(desk, tags=["vip"])
    desk.do(
        CreateTask(task_id=desk.new_id(), contact_id=id, fields={"title": "Call", "due_at": DUE})
    )
    db = desk.store._database.connect(writes=True)
    db.run("SAVEPOINT before")
    db.run(damage)
    assert any(finding in line for line in check(db))
    db.run("ROLLBACK TO before")
    db.run("RELEASE before")
    db.close()


def test_a_clock_that_was_set_back_holds_nothing_back_for_days(desk: Any) -> None:
    desk.do(CreateContact(contact_id="a", fields={"first_name": "Ana"}))
    (entry,) = desk.wait(desk.store.outbox.due(desk.clock.now()))
    desk.wait(desk.store.outbox.sending(entry.seq))
    later = desk.clock.now() + timedelta(seconds=30)
    desk.wait(desk.store.outbox.uncertain(entry.seq, "", not_before=later))
    desk.clock.go(days=-2)
    assert desk.wait(desk.store.outbox.due(desk.clock.now())) == []
    desk.wait(desk.store.outbox.rein_in(desk.clock.now()))
    desk.clock.go(seconds=61)
    (kept,) = desk.wait(desk.store.outbox.due(desk.clock.now()))
    assert kept.sent_at <= desk.clock.now()


def test_a_delete_knows_what_its_author_saw_however_the_edit_before_it_ends(desk: Any) -> None:
    """Base moves when an edit is settled; what somebody else wrote meanwhile was never seen."""
    id = desk.pull_contact(city="Rome", company="Old", tags=["vip"])
    desk.do(EditContact(contact_id=id, fields={"phone": "912 345 678"}))
    (edit,) = desk.due()
    desk.do(DeleteContact(contact_id=id))
    desk.wait(desk.store.outbox.sending(edit.seq))
    there = Snapshot(
        kind=Kind.CONTACT,
        rid=edit.rid,
        values={"phone": "+351912345678", "city": "Milan", "company": "Old", "tags": ["vip", "x"]},
    )
    desk.wait(desk.store.outbox.settled(edit.seq, edit.rid, there))
    desk.clock.go(seconds=60)
    (delete,) = desk.due()
    assert delete.op is Op.DELETE
    assert delete.base["city"] == "Rome"
    assert delete.base["tags"] == ["vip"]
    # The server's form of our own value is nobody's change.
    assert delete.base["phone"] == "+351912345678"


def test_a_discarded_edit_is_not_what_the_author_of_a_delete_saw(desk: Any) -> None:
    id = desk.pull_contact(city="Rome")
    desk.do(EditContact(contact_id=id, fields={"city": "Milan"}))
    (edit,) = desk.due()
    desk.wait(desk.store.outbox.sending(edit.seq))
    desk.wait(desk.store.outbox.park(edit.seq, "No."))
    desk.do(DeleteContact(contact_id=id))
    desk.wait(desk.store.outbox.discard(edit.seq))
    desk.clock.go(seconds=60)
    (delete,) = desk.due()
    assert delete.base["city"] == "Rome"
