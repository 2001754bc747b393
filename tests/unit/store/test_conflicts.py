"""What both sides changed: kept, shown, decided once, and decided again when taken back."""

from __future__ import annotations

from typing import Any

import pytest

from rapport.domain.changes import Delta, Op
from rapport.domain.commands import (
    AcceptDeletion,
    AddTags,
    CreateAgain,
    CreateNote,
    CreateTask,
    DeleteTask,
    EditContact,
    EditCustomField,
    EditNote,
    EditTask,
    ResolveConflict,
)
from rapport.domain.errors import InputError
from rapport.domain.records import Contact, Id, Kind, Note, Ref
from rapport.domain.views import Choice, ConflictCase, EntryState, RecordConflict
from rapport.store import Snapshot


def contact(desk: Any, id: Id) -> Contact:
    found: Contact = desk.wait(desk.store.queries.detail(id)).contact
    return found


def inbox(desk: Any) -> list[RecordConflict]:
    found: list[RecordConflict] = desk.wait(desk.store.queries.conflicts())
    return found


def settled(desk: Any) -> list[tuple[str, Choice, Any]]:
    found = desk.wait(desk.store.queries.settled())
    return [(one.field, one.choice, one.kept) for one in found]


def items(desk: Any) -> Any:
    return desk.wait(desk.store.queries.outbox_items())


def clash(desk: Any, mine: str = "Lyon", theirs: str = "Rome") -> Id:
    """An edit of the city that the push found to be changed there."""
    id: Id = desk.pull_contact(city="Porto")
    desk.do(EditContact(contact_id=id, fields={"city": mine}))
    (entry,) = desk.due()
    desk.wait(desk.store.outbox.conflict(entry.seq, "city", theirs, "Both changed it."))
    return id


def resolve(desk: Any, id: Id, want: Any, theirs: Any = "Rome", field: str = "city") -> Any:
    ref = Ref(Kind.CONTACT, id)
    return desk.do(ResolveConflict(ref=ref, fields={field: Delta(theirs, want)}))


@pytest.mark.parametrize(
    ("want", "choice"),
    [("Lyon", Choice.MINE), ("Rome", Choice.THEIRS), ("Nice", Choice.EDITED)],
)
def test_a_choice_is_sent_once_and_can_be_taken_back(desk: Any, want: str, choice: Choice) -> None:
    id = clash(desk)
    (found,) = inbox(desk)
    assert (found.case, found.contact_name) == (ConflictCase.FIELDS, "Ana Ruiz")
    (field,) = found.fields
    assert (field.base, field.mine, field.theirs) == ("Porto", "Lyon", "Rome")
    assert items(desk) == []
    outcome = resolve(desk, id, want)
    assert contact(desk, id).city == want
    assert inbox(desk) == []
    assert settled(desk) == [("city", choice, want)]
    assert [entry.fields for entry in desk.due()] == (
        [] if choice is Choice.THEIRS else [{"city": Delta("Rome", want)}]
    )
    assert not desk.wait(desk.store.queries.row_of(id)).conflict
    desk.undo(outcome.undo_id)
    assert contact(desk, id).city == "Rome"
    assert [one.fields for one in inbox(desk)] == [(field,)]
    assert settled(desk) == []
    assert desk.due() == []
    desk.consistent()


def test_nobody_decides_over_a_value_that_was_not_seen(desk: Any) -> None:
    id = clash(desk)
    desk.pull_contact(city="Oslo")
    (found,) = inbox(desk)
    assert found.fields[0].theirs == "Oslo"
    with pytest.raises(InputError, match="once more"):
        resolve(desk, id, "Lyon", theirs="Rome")
    assert contact(desk, id).city == "Oslo"
    resolve(desk, id, "Lyon", theirs="Oslo")
    assert contact(desk, id).city == "Lyon"


def test_a_conflict_ends_when_both_sides_agree(desk: Any) -> None:
    clash(desk)
    desk.pull_contact(city="Lyon")
    assert inbox(desk) == []
    assert settled(desk) == [("city", Choice.AGREED, "Lyon")]


def test_an_edit_of_the_field_decides(desk: Any) -> None:
    id = clash(desk)
    desk.do(EditContact(contact_id=id, fields={"city": "Nice", "state": "x"}))
    assert inbox(desk) == []
    assert settled(desk) == [("city", Choice.EDITED, "Nice")]


def test_a_foreseen_conflict_is_decided_before_the_push_found_it(desk: Any) -> None:
    id = desk.pull_contact(city="Porto")
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon", "state": "S"}))
    desk.pull_contact(city="Rome")
    assert contact(desk, id).city == "Lyon"
    assert len(inbox(desk)) == 1
    resolve(desk, id, "Rome")
    assert contact(desk, id).city == "Rome"
    (entry,) = desk.due()
    assert set(entry.fields) == {"state"}
    desk.pull_contact(city="Porto")
    assert inbox(desk) == []


def test_what_is_on_its_way_is_not_asked_about(desk: Any) -> None:
    id = desk.pull_contact(city="Porto")
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    (entry,) = desk.due()
    desk.send(entry)
    desk.pull_contact(city="Rome")
    assert inbox(desk) == []
    assert desk.wait(desk.store.outbox.counts()).conflicts == 0
    with pytest.raises(InputError, match="being sent"):
        resolve(desk, id, "Rome")


def test_custom_fields_are_decided_one_by_one(desk: Any) -> None:
    id = desk.pull_contact(custom={"a": "1", "b": "1", "c": "1"})
    for key in "ab":
        desk.do(EditCustomField(contact_id=id, field_id=key, value="mine"))
    (entry,) = desk.due()
    theirs = {"a": "2", "b": "2", "c": "3"}
    desk.wait(desk.store.outbox.conflict(entry.seq, "custom", theirs, "Both."))
    (found,) = inbox(desk)
    assert [one.field for one in found.fields] == ["custom:a", "custom:b"]
    resolve(desk, id, "mine", theirs="2", field="custom:a")
    assert contact(desk, id).custom == {"a": "mine", "b": "2", "c": "3"}
    (found,) = inbox(desk)
    assert [one.field for one in found.fields] == ["custom:b"]
    desk.consistent()


def test_texts_and_tags_are_merged_and_that_is_told(desk: Any) -> None:
    id = desk.pull_contact(tags=["lead"])
    note = desk.pull_child(Kind.NOTE, "n1", body="one\ntwo\nthree")
    desk.do(EditNote(note_id=note, fields={"body": "ONE\ntwo\nthree"}))
    (entry,) = desk.due()
    desk.do(AddTags(contact_id=id, tags=("hot",)))
    merged = desk.wait(desk.store.outbox.merge(entry.seq, {"body": "one\ntwo\n3"}))
    assert merged.fields == {"body": Delta("one\ntwo\n3", "ONE\ntwo\n3")}
    notes: tuple[Note, ...] = desk.wait(desk.store.queries.detail(id)).notes
    assert notes[0].body == "ONE\ntwo\n3"
    assert settled(desk) == [("body", Choice.MERGED, None)]


def test_a_later_edit_of_a_merged_text_keeps_the_other_side(desk: Any) -> None:
    id = desk.pull_contact()
    note = desk.pull_child(Kind.NOTE, "n1", body="one\ntwo\nthree")
    desk.do(EditNote(note_id=note, fields={"body": "ONE\ntwo\nthree"}))
    (entry,) = desk.due()
    desk.send(entry)
    desk.do(EditNote(note_id=note, fields={"body": "ONE\nTWO\nthree"}))
    desk.wait(desk.store.outbox.merge(entry.seq, {"body": "one\ntwo\nthree\nfour"}))
    notes: tuple[Note, ...] = desk.wait(desk.store.queries.detail(id)).notes
    assert notes[0].body == "ONE\nTWO\nthree\nfour"


def test_gone_there_and_made_again_with_what_belongs_to_it(desk: Any) -> None:
    id = desk.pull_contact(city="Porto", tags=["vip"])
    note = desk.pull_child(Kind.NOTE, "n1", body="Kept")
    desk.pull_child(Kind.APPOINTMENT, "a1", title="Visit")
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    desk.wait(desk.store.replica.vanish(Kind.CONTACT, ["c1"]))
    (found,) = inbox(desk)
    assert found.case is ConflictCase.GONE
    assert [item.state for item in items(desk)] == [EntryState.CONFLICT]
    counts = desk.wait(desk.store.outbox.counts())
    assert (counts.refused, counts.conflicts) == (0, 1)
    desk.do(CreateAgain(ref=Ref(Kind.CONTACT, id)))
    assert inbox(desk) == []
    detail = desk.wait(desk.store.queries.detail(id))
    assert (detail.contact.city, [one.id for one in detail.notes]) == ("Lyon", [note])
    assert detail.appointments == ()
    (entry,) = desk.due()
    assert (entry.op, entry.rid, entry.fields["city"].want) == (Op.CREATE, None, "Lyon")
    assert entry.fields["tags"].want == ["vip"]
    desk.settle(entry, rid="c2", first_name="Ana", last_name="Ruiz", city="Lyon", tags=["vip"])
    (child,) = desk.due()
    assert (child.op, child.contact_rid, child.fields["body"].want) == (Op.CREATE, "c2", "Kept")
    assert settled(desk)[0][1] is Choice.MINE
    # A list that was read before still names the old one.
    desk.absorb(Snapshot(kind=Kind.CONTACT, rid="c1", values={"first_name": "Ana"}), epoch=0)
    assert desk.names("Ana") == ["Ana Ruiz"]
    desk.consistent()


def test_gone_there_and_given_up_here(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    (entry,) = desk.due()
    desk.wait(desk.store.outbox.conflict(entry.seq, "", None, "It was deleted."))
    desk.do(AcceptDeletion(ref=Ref(Kind.CONTACT, id)))
    assert desk.wait(desk.store.queries.detail(id)) is None
    assert items(desk) == []
    (done,) = desk.wait(desk.store.queries.settled())
    assert (done.contact_name, done.choice, done.undo_id) == ("Ana Ruiz", Choice.THEIRS, None)
    with pytest.raises(InputError):
        desk.do(CreateAgain(ref=Ref(Kind.CONTACT, id)))
    desk.consistent()


@pytest.mark.parametrize("deletes", [True, False])
def test_deleted_here_and_changed_there(desk: Any, deletes: bool) -> None:
    desk.pull_contact()
    task = desk.pull_child(Kind.TASK, "t1", title="Call", due_at="2026-03-05T10:00:00Z")
    ref = Ref(Kind.TASK, task)
    desk.do(DeleteTask(task_id=task))
    desk.clock.go(seconds=10)
    (entry,) = desk.due()
    theirs = {"title": "Call now", "due_at": "2026-03-05T10:00:00Z"}
    desk.wait(desk.store.outbox.conflict(entry.seq, "", theirs, "It was changed."))
    (found,) = inbox(desk)
    assert (found.case, found.subject) == (ConflictCase.DELETED, "Call now")
    if deletes:
        outcome = desk.do(DeleteTask(task_id=task))
    else:
        outcome = desk.do(ResolveConflict(ref=ref, fields={"": Delta(None, None)}))
    assert inbox(desk) == []
    assert [one.op for one in items(desk)] == ([Op.DELETE] if deletes else [])
    desk.undo(outcome.undo_id)
    assert [one.case for one in inbox(desk)] == [ConflictCase.DELETED]
    assert desk.wait(desk.store.queries.task(task)).task.title == "Call now"
    desk.consistent()


def test_a_refused_value_is_corrected_though_edits_wait_behind_it(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"phone": "bad"}))
    (entry,) = desk.due()
    desk.send(entry)
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    desk.wait(desk.store.outbox.park(entry.seq, "phone must be a number"))
    assert [item.state for item in items(desk)] == [EntryState.REFUSED, EntryState.BEHIND]
    assert desk.due() == []
    desk.do(EditContact(contact_id=id, fields={"phone": "+33 1"}))
    (entry,) = desk.due()
    assert {name: delta.want for name, delta in entry.fields.items()} == {
        "phone": "+33 1",
        "city": "Lyon",
    }
    assert entry.fields["phone"].base == ""
    assert [item.state for item in items(desk)] == [EntryState.WAITING]


def test_the_ledger_says_where_each_edit_is(desk: Any) -> None:
    id = desk.pull_contact()
    task = desk.pull_child(Kind.TASK, "t1", title="Call", due_at="2026-03-05T10:00:00Z")
    desk.do(EditTask(task_id=task, fields={"title": "Ring"}))
    desk.do(DeleteTask(task_id=task))
    new = desk.new_id()
    fields = {"title": "Made here", "due_at": "2026-03-05T10:00:00Z"}
    desk.do(CreateTask(task_id=new, contact_id=id, fields=fields))
    first, held, create = items(desk)
    assert (first.state, first.fields["title"]) == (EntryState.WAITING, Delta("Call", "Ring"))
    assert (held.state, held.op, held.title) == (EntryState.HELD, Op.DELETE, "Delete task")
    assert held.not_before is not None
    assert (create.subject, create.contact_name) == ("Made here", "Ana Ruiz")
    desk.wait(desk.store.outbox.ask(create.seq, "Which one is it?"))
    desk.wait(desk.store.outbox.park(first.seq, "No."))
    assert [one.state for one in items(desk)] == [
        EntryState.REFUSED,
        EntryState.HELD,  # a delete does not wait for what was refused
        EntryState.ASK,
    ]
    desk.wait(desk.store.outbox.release_all())
    assert [one.state for one in items(desk)][0::2] == [EntryState.WAITING, EntryState.ASK]
    desk.wait(desk.store.outbox.park(first.seq, "No."))
    desk.wait(desk.store.outbox.discard_refused())
    assert [one.op for one in items(desk)] == [Op.DELETE, Op.CREATE]
    desk.consistent()


def test_a_create_is_linked_to_what_is_there_and_differences_are_kept(desk: Any) -> None:
    id = desk.pull_contact()
    note = desk.new_id()
    desk.do(CreateNote(note_id=note, contact_id=id, fields={"body": "Mine", "title": "T"}))
    (entry,) = desk.due()
    desk.send(entry)
    desk.wait(desk.store.outbox.ask(entry.seq, "Which one?"))
    there = Snapshot(
        kind=Kind.NOTE, rid="n9", contact_rid="c1", values={"body": "Other", "title": ""}
    )
    desk.wait(desk.store.outbox.adopt(entry.seq, there))
    assert desk.lid(Kind.NOTE, "n9") == note
    (found,) = inbox(desk)
    assert [(one.field, one.mine, one.theirs) for one in found.fields] == [
        ("body", "Mine", "Other")
    ]
    (entry,) = desk.due()
    assert (entry.op, entry.rid, entry.fields) == (Op.UPDATE, "n9", {"title": Delta("", "T")})
    desk.consistent()
