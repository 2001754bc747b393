"""What the server says goes in without losing what a person did."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rapport.domain.changes import Op, Origin
from rapport.domain.commands import (
    AddTags,
    CompleteTask,
    CreateContact,
    CreateNote,
    CreateTask,
    DeleteContact,
    DeleteNote,
    EditContact,
    EditNote,
    EditTask,
)
from rapport.domain.records import Business, Kind, Location, Ref, User
from rapport.domain.views import EntryState
from rapport.store import OpState, Snapshot

DUE = "2026-03-03T09:00:00Z"


def contact(desk: Any, id: str) -> Any:
    return desk.wait(desk.store.queries.detail(id)).contact


def test_the_same_again_changes_and_tells_nothing(desk: Any) -> None:
    desk.pull_contact(tags=["vip"])
    before = len(desk.events)
    absorbed = desk.absorb(
        Snapshot(kind=Kind.CONTACT, rid="c1", values={"first_name": "Ana", "tags": ["vip"]})
    )
    assert (absorbed.same, absorbed.changed) == (1, 0)
    assert len(desk.events) == before


def test_a_change_on_the_server_names_its_fields(desk: Any) -> None:
    id = desk.pull_contact()
    desk.pull_contact(city="Rome", tags=["vip"])
    event = desk.events[-1]
    assert event.origin is Origin.SYNC
    (change,) = event.changes
    assert change.op is Op.UPDATE
    assert change.fields == {"city", "tags"}
    assert change.tags_after == ("vip",)
    assert contact(desk, id).city == "Rome"
    (entry,) = desk.wait(desk.store.queries.detail(id)).changes
    assert entry.origin == "sync"
    assert entry.fields["city"] == ("", "Rome")


def changes(desk: Any, contact_id: str) -> list[dict[str, Any]]:
    detail = desk.wait(desk.store.queries.detail(contact_id))
    return [change.fields for change in detail.changes if change.title == "Changed in the CRM"]


def test_a_fuller_read_of_the_same_state_is_nobodys_change(desk: Any) -> None:
    stamp = "2026-03-01T08:00:00Z"
    id = desk.pull_contact(updated_at=stamp)
    desk.pull_contact(updated_at=stamp, timezone="Africa/Casablanca")
    assert contact(desk, id).timezone == "Africa/Casablanca"
    assert changes(desk, id) == []

    desk.pull_contact(updated_at="2026-03-01T09:00:00Z", timezone="Europe/Lisbon")
    assert changes(desk, id) == [{"timezone": ("Africa/Casablanca", "Europe/Lisbon")}]


def test_what_the_reply_of_a_create_fills_in_is_nobodys_change(desk: Any) -> None:
    contact_id = desk.pull_contact()
    note = CreateNote(note_id=desk.new_id(), contact_id=contact_id, fields={"body": "Hello"})
    desk.do(note)
    (entry,) = desk.due()
    desk.settle(
        entry, "n1", body="Hello there", user_id="u1", added_at="2026-03-02T10:00:01Z", color="#fff"
    )
    assert changes(desk, contact_id) == []


def test_the_reply_of_an_edit_tells_what_others_changed(desk: Any) -> None:
    id = desk.pull_contact(city="Porto")
    desk.do(EditContact(contact_id=id, fields={"phone": "+351 912345678"}))
    (entry,) = desk.due()
    desk.settle(
        entry,
        phone="+351912345678",
        city="Braga",
        country="PT",
        updated_at="2026-03-02T10:00:01Z",
    )
    assert contact(desk, id).phone == "+351912345678"
    assert changes(desk, id) == [{"city": ("Porto", "Braga")}]


def test_an_open_edit_stays_over_newer_server_values(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    desk.do(AddTags(contact_id=id, tags=("mine",)))
    desk.pull_contact(state="Galicia", tags=["theirs"])
    seen = contact(desk, id)
    assert (seen.city, seen.state, seen.tags) == ("Lyon", "Galicia", ("theirs", "mine"))
    (entry,) = desk.due()
    assert entry.fields["city"].base == ""
    desk.settle(entry, city="Lyon", state="Galicia", tags=["theirs", "mine"])
    assert contact(desk, id).tags == ("theirs", "mine")
    assert desk.wait(desk.store.outbox.conflicts()) == []


def test_both_sides_changed_one_value(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon", "phone": "+33 1"}))
    desk.pull_contact(city="Rome")
    row = desk.wait(desk.store.queries.row_of(id))
    assert row.conflict
    assert contact(desk, id).city == "Lyon"
    (kept,) = desk.wait(desk.store.outbox.conflicts())
    assert (kept.field, kept.base, kept.mine, kept.theirs) == ("city", "", "Lyon", "Rome")
    (entry,) = desk.due()
    desk.wait(desk.store.outbox.conflict(entry.seq, "city", "Rome", "Both changed it."))
    assert contact(desk, id).city == "Rome"
    (entry,) = desk.due()
    assert set(entry.fields) == {"phone"}
    desk.settle(entry)
    assert desk.wait(desk.store.outbox.counts()).parked == 1
    assert contact(desk, id).phone == "+33 1"


def test_what_was_read_before_a_write_is_stale(desk: Any) -> None:
    id = desk.pull_contact()
    epoch = desk.store.replica.epoch()
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    (entry,) = desk.due()
    desk.settle(entry, city="Lyon")
    old = Snapshot(kind=Kind.CONTACT, rid="c1", values={"first_name": "Ana", "city": ""})
    assert desk.absorb(old, epoch=epoch).stale == 1
    assert contact(desk, id).city == "Lyon"


def test_an_index_that_lags_does_not_bring_the_past_back(desk: Any) -> None:
    id = desk.pull_contact(city="Lyon", updated_at="2026-03-02T09:00:00Z")
    desk.pull_contact(city="Rome", updated_at="2026-03-01T09:00:00Z")
    assert contact(desk, id).city == "Lyon"


def test_the_reply_of_a_create_joins_server_id_and_local_id(desk: Any) -> None:
    id = desk.new_id()
    desk.do(CreateContact(contact_id=id, fields={"first_name": "Bo", "phone": "0170 1"}))
    note = desk.new_id()
    desk.do(CreateNote(note_id=note, contact_id=id, fields={"body": "Hi"}))
    (entry,) = desk.due()  # the note waits for its contact
    assert entry.ref == Ref(Kind.CONTACT, id)
    desk.settle(entry, "c9", first_name="Bo", phone="+491701")
    assert contact(desk, id).phone == "+491701"
    assert desk.wait(desk.store.queries.row_of(id)).seed == "c9"
    (entry,) = desk.due()
    assert entry.contact_rid == "c9"
    assert entry.fields["body"].want == "Hi"
    desk.settle(entry, "n9")
    assert desk.due() == []
    assert desk.lid(Kind.NOTE, "n9") == note
    assert not desk.wait(desk.store.queries.row_of(id)).pending


def test_a_pull_may_bring_the_new_record_before_the_reply(desk: Any) -> None:
    id = desk.new_id()
    desk.do(CreateContact(contact_id=id, fields={"first_name": "Bo"}))
    entry = desk.send(desk.due()[0])
    desk.pull_contact("c9", first_name="Bo", last_name="")
    desk.pull_child(Kind.NOTE, "n1", "c9", body="from a colleague")
    desk.wait(desk.store.outbox.settled(entry.seq, "c9"))
    assert desk.names("bo") == ["Bo"]
    assert desk.lid(Kind.CONTACT, "c9") == id
    detail = desk.wait(desk.store.queries.detail(id))
    assert [n.body for n in detail.notes] == ["from a colleague"]
    assert detail.notes[0].contact_id == id


def test_edits_behind_a_finished_edit_start_from_what_the_server_made_of_it(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"phone": "0170 1"}))
    first = desk.send(desk.due()[0])
    desk.do(EditContact(contact_id=id, fields={"phone": "0170 2"}))
    reply = Snapshot(kind=Kind.CONTACT, rid="c1", values={"phone": "+491701"})
    desk.wait(desk.store.outbox.settled(first.seq, None, reply))
    (entry,) = desk.due()
    assert (entry.fields["phone"].base, entry.fields["phone"].want) == ("+491701", "0170 2")
    assert desk.wait(desk.store.outbox.conflicts()) == []
    assert contact(desk, id).phone == "0170 2"


def test_local_fields_survive_a_pull(desk: Any) -> None:
    desk.pull_contact()
    task = desk.pull_child(Kind.TASK, "t1", title="Call", due_at=DUE)
    desk.do(EditTask(task_id=task, fields={"priority": 2}))
    desk.pull_child(Kind.TASK, "t1", title="Call back", due_at=DUE, priority=None)
    row = desk.wait(desk.store.queries.task(task))
    assert (row.task.title, row.task.priority) == ("Call back", 2)


def test_a_task_that_was_done_when_first_read_has_no_time_of_completion(desk: Any) -> None:
    contact_id = desk.pull_contact()
    values = {"title": "Old", "due_at": DUE, "completed": True}
    desk.absorb(Snapshot(kind=Kind.TASK, rid="t9", contact_rid="c1", values=values))
    (task,) = desk.wait(desk.store.queries.detail(contact_id)).tasks
    assert (task.completed, task.completed_at) == (True, None)


def test_completion_is_dated_when_it_is_first_seen(desk: Any) -> None:
    desk.pull_contact()
    task = desk.pull_child(Kind.TASK, "t1", title="Call", due_at=DUE)
    desk.clock.go(hours=1)
    desk.pull_child(Kind.TASK, "t1", completed=True)
    first = desk.wait(desk.store.queries.task(task)).task.completed_at
    assert first == desk.clock.now()
    desk.clock.go(hours=1)
    desk.pull_child(Kind.TASK, "t1", title="Called", completed=True)
    assert desk.wait(desk.store.queries.task(task)).task.completed_at == first
    desk.pull_child(Kind.TASK, "t1", completed=False)
    assert desk.wait(desk.store.queries.task(task)).task.completed_at is None


def test_a_child_without_its_contact_is_handed_back(desk: Any) -> None:
    orphan = Snapshot(kind=Kind.TASK, rid="t1", contact_rid="c7", values={"title": "Call"})
    assert desk.absorb(orphan).orphans == (orphan,)
    desk.absorb(orphan, Snapshot(kind=Kind.CONTACT, rid="c7", values={"first_name": "Bo"}))
    assert desk.names("call") == ["Bo"]  # whatever the order


def test_values_that_cannot_be_kept_are_refused_one_by_one(desk: Any) -> None:
    absorbed = desk.absorb(
        Snapshot(
            kind=Kind.CONTACT,
            rid="c1",
            values={
                "first_name": "A\ud800na",
                "city": 7,
                "custom": {"f": 1 << 80},
                "updated_at": "yesterday",
                "phone": "+341",
            },
            extra={"big": 1 << 80},
        )
    )
    assert {field for _, field in absorbed.rejected} == {"city", "custom", "updated_at"}
    kept = contact(desk, desk.lid(Kind.CONTACT, "c1"))
    assert (kept.first_name, kept.phone, kept.city) == ("A?na", "+341", "")


def test_the_full_list_of_a_contact_tells_what_is_gone(desk: Any) -> None:
    id = desk.pull_contact()
    for rid in ("n1", "n2", "n3"):
        desk.pull_child(Kind.NOTE, rid, body=rid)
    edited = desk.lid(Kind.NOTE, "n2")
    desk.do(EditNote(note_id=edited, fields={"body": "mine"}))
    mine = desk.new_id()
    desk.do(CreateNote(note_id=mine, contact_id=id, fields={"body": "new"}))
    listed = [Snapshot(kind=Kind.NOTE, rid="n1", contact_rid="c1", values={"body": "n1"})]
    epoch = desk.store.replica.epoch()
    absorbed = desk.wait(desk.store.replica.absorb_children(id, Kind.NOTE, listed, epoch=epoch))
    assert absorbed.removed == 1
    bodies = {note.body for note in desk.wait(desk.store.queries.detail(id)).notes}
    assert bodies == {"n1", "mine", "new"}


def test_a_list_read_before_a_create_does_not_delete_it(desk: Any) -> None:
    id = desk.pull_contact()
    epoch = desk.store.replica.epoch()
    note = desk.new_id()
    desk.do(CreateNote(note_id=note, contact_id=id, fields={"body": "new"}))
    desk.settle(desk.due()[0], "n1")
    desk.wait(desk.store.replica.absorb_children(id, Kind.NOTE, [], epoch=epoch))
    assert len(desk.wait(desk.store.queries.detail(id)).notes) == 1


def test_deleted_on_the_server(desk: Any) -> None:
    id = desk.pull_contact(tags=["vip"])
    desk.pull_child(Kind.TASK, "t1", title="Call", due_at=DUE)
    assert desk.wait(desk.store.replica.vanish(Kind.CONTACT, ["c1", "unknown"])) == 1
    assert desk.names("") == []
    assert desk.wait(desk.store.queries.detail(id)) is None
    (change,) = desk.events[-1].changes
    assert change.op is Op.DELETE
    assert change.tags_before == ("vip",)
    assert desk.wait(desk.store.queries.sidebar(desk.clock.now(), UTC)).tags == ()


def test_deleted_on_the_server_while_an_edit_waits_is_a_conflict(desk: Any) -> None:
    id = desk.pull_contact()
    note = desk.pull_child(Kind.NOTE, "n1", body="old")
    desk.do(EditNote(note_id=note, fields={"body": "mine"}))
    assert desk.wait(desk.store.replica.vanish(Kind.NOTE, ["n1"])) == 0
    (kept,) = desk.wait(desk.store.outbox.conflicts())
    assert kept.field == ""
    assert kept.mine["body"] == "mine"
    assert kept.theirs is None
    assert desk.wait(desk.store.queries.outbox_items())[0].state == EntryState.CONFLICT
    assert desk.wait(desk.store.replica.vanish(Kind.CONTACT, ["c1"])) == 0
    assert desk.wait(desk.store.queries.row_of(id)).conflict
    assert desk.wait(desk.store.queries.detail(id)).notes[0].body == "mine"


def test_a_deleted_record_does_not_come_back_from_a_lagging_list(desk: Any) -> None:
    desk.pull_contact()
    note = desk.pull_child(Kind.NOTE, "n1", body="old")
    desk.do(DeleteNote(note_id=note))
    desk.clock.go(seconds=9)
    desk.settle(desk.due()[0])
    again = Snapshot(kind=Kind.NOTE, rid="n1", contact_rid="c1", values={"body": "old"})
    assert desk.absorb(again).stale == 1
    desk.clock.go(minutes=5)
    assert desk.absorb(again).new == 1  # the server really has it


def test_deleting_a_contact_takes_its_unsent_children_along(desk: Any) -> None:
    id = desk.pull_contact()
    task = desk.new_id()
    desk.do(CreateTask(task_id=task, contact_id=id, fields={"title": "Call", "due_at": DUE}))
    desk.do(DeleteContact(contact_id=id))
    desk.clock.go(seconds=9)
    (entry,) = desk.due()
    assert entry.op is Op.DELETE
    assert entry.ref.id == id
    desk.settle(entry)
    assert desk.wait(desk.store.outbox.counts()).waiting == 0


def test_one_request_at_a_time_for_a_contact(desk: Any) -> None:
    id = desk.pull_contact()
    other = desk.pull_contact("c2", first_name="Bo")
    task = desk.pull_child(Kind.TASK, "t1", title="Call", due_at=DUE)
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    desk.do(CompleteTask(task_id=task, at=desk.clock.now()))
    desk.do(EditContact(contact_id=other, fields={"city": "Lyon"}))
    first, second = desk.due()
    assert (first.ref.id, second.ref.id) == (id, other)
    desk.send(first)
    assert [entry.ref.id for entry in desk.due()] == [other]
    desk.wait(desk.store.outbox.settled(first.seq))
    assert {entry.ref.id for entry in desk.due()} == {task, other}


def test_later_uncertain_ask_release_and_discard(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    box = desk.store.outbox
    seq = desk.send(desk.due()[0]).seq
    at = desk.clock.now()
    desk.clock.go(seconds=1)
    desk.wait(box.later(seq, desk.clock.now(), "offline"))
    assert desk.wait(box.due(at)) == []
    assert desk.due()[0].attempt == 1
    desk.wait(box.uncertain(seq, "timeout", absent=True))
    entry = desk.due()[0]
    assert (entry.state, entry.absent) == (OpState.UNCERTAIN, 1)
    desk.wait(box.release(seq))
    assert desk.due()[0].state is OpState.UNCERTAIN
    desk.wait(box.ask(seq, "Two look alike."))
    assert desk.due() == []
    assert desk.wait(box.counts()).parked == 1
    desk.wait(box.resend(seq))
    assert desk.due()[0].state is OpState.PENDING
    desk.wait(box.discard(seq))
    assert contact(desk, id).city == ""
    assert desk.wait(box.counts()).waiting == 0
    assert desk.wait(box.sending(seq)) is None


def test_discarding_the_first_of_two_edits_keeps_the_second(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon", "state": "x"}))
    first = desk.send(desk.due()[0])
    desk.do(EditContact(contact_id=id, fields={"city": "Paris"}))
    desk.wait(desk.store.outbox.park(first.seq, "refused"))
    desk.wait(desk.store.outbox.discard(first.seq))
    (entry,) = desk.due()
    assert (entry.fields["city"].base, entry.fields["city"].want) == ("", "Paris")
    assert (contact(desk, id).city, contact(desk, id).state) == ("Paris", "")
    assert desk.wait(desk.store.outbox.conflicts()) == []


def test_a_record_changed_under_a_delete_stays(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(DeleteContact(contact_id=id))
    desk.clock.go(seconds=9)
    (entry,) = desk.due()
    assert entry.base["first_name"] == "Ana"
    desk.wait(desk.store.outbox.conflict(entry.seq, "", {"city": "Rome"}, "It changed."))
    assert desk.names("") == ["Ana Ruiz"]
    assert contact(desk, id).city == "Rome"
    assert desk.wait(desk.store.queries.row_of(id)).conflict


def test_a_delete_takes_along_what_was_refused_before_it(desk: Any) -> None:
    id = desk.pull_contact()
    note = desk.pull_child(Kind.NOTE, "n1", body="Old")
    desk.do(EditNote(note_id=note, fields={"body": "New"}))
    desk.wait(desk.store.outbox.park(desk.send(desk.due()[0]).seq, "refused"))
    desk.do(DeleteNote(note_id=note))
    desk.clock.go(seconds=9)
    (entry,) = desk.due()
    assert entry.op is Op.DELETE
    desk.settle(entry)
    assert desk.wait(desk.store.queries.detail(id)).notes == ()
    assert desk.wait(desk.store.queries.outbox_items()) == []


def test_a_delete_taken_back_leaves_the_refused_edit_as_it_was(desk: Any) -> None:
    desk.pull_contact()
    note = desk.pull_child(Kind.NOTE, "n1", body="Old")
    desk.do(EditNote(note_id=note, fields={"body": "New"}))
    desk.wait(desk.store.outbox.park(desk.send(desk.due()[0]).seq, "refused"))
    desk.do(DeleteNote(note_id=note))
    desk.undo()
    (item,) = desk.wait(desk.store.queries.outbox_items())
    assert (item.state, item.error) == ("parked", "refused")


def test_an_uncertain_edit_may_have_left_as_late_as_its_trouble_came(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    sent = desk.send(desk.due()[0])
    desk.clock.go(seconds=40)
    trouble = desk.clock.now()
    desk.wait(desk.store.outbox.uncertain(sent.seq, "timeout"))
    desk.clock.go(seconds=40)
    desk.wait(desk.store.outbox.uncertain(sent.seq, "still not there"))
    assert desk.due()[0].sent_at == trouble


def test_a_conflict_of_what_may_still_land_holds_up_later_edits(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    box, seq = desk.store.outbox, desk.send(desk.due()[0]).seq
    desk.wait(box.uncertain(seq, "timeout"))
    desk.wait(box.conflict(seq, "city", "Rome", "It changed.", may_land=True))
    (row,) = desk.wait(box.conflicts())
    assert (row.mine, row.theirs) == ("Lyon", "Rome")
    assert contact(desk, id).city == "Rome"
    desk.do(EditContact(contact_id=id, fields={"city": "Paris"}))
    (entry,) = desk.due()
    assert (entry.seq, entry.fields) == (seq, {})
    desk.wait(box.settled(seq))
    (entry,) = desk.due()
    assert (entry.fields["city"].base, entry.fields["city"].want) == ("Rome", "Paris")


def test_details_coverage_cursors_and_dictionaries(desk: Any) -> None:
    id = desk.pull_contact(updated_at="2026-03-01T00:00:00Z")
    newer = desk.pull_contact("c2", updated_at="2026-03-02T00:00:00Z")
    replica, queries = desk.store.replica, desk.store.queries
    assert desk.wait(replica.contacts_without_details(9)) == [(newer, "c2"), (id, "c1")]
    desk.wait(replica.mark_details([newer], desk.clock.now()))
    assert desk.wait(replica.contacts_without_details(9)) == [(id, "c1")]
    assert desk.wait(queries.coverage()).with_notes == 1
    assert desk.wait(queries.detail(newer)).details_synced_at == desk.clock.now()
    assert desk.wait(replica.rids(Kind.CONTACT, after="c1")) == ["c2"]
    assert desk.wait(replica.cursor("contacts")) is None
    desk.wait(replica.set_cursor("contacts", {"after": [1, "c2"]}))
    assert desk.wait(replica.cursor("contacts")) == {"after": [1, "c2"]}
    desk.wait(
        replica.set_reference(
            users=[User(id="u1", name="Kim")],
            businesses=[Business(id="b1", name="Acme")],
            location=Location(id="l1", timezone="Europe/Madrid"),
            tags=["vip"],
        )
    )
    assert desk.events[-1].reference
    reference = desk.wait(queries.reference())
    assert reference.users[0].name == "Kim"
    assert reference.location.id == "l1"
    assert desk.wait(queries.suggest_tags("VI")) == [("vip", 0)]
    told = len(desk.events)
    desk.wait(replica.set_reference(users=[User(id="u1", name="Kim")]))
    assert len(desk.events) == told


def test_tasks_by_day(desk: Any) -> None:
    desk.pull_contact()
    now = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    for rid, due, who in (
        ("t1", "2026-03-01T09:00:00Z", "u1"),
        ("t2", "2026-03-02T23:00:00Z", None),
        ("t3", "2026-03-05T09:00:00Z", "u1"),
        ("t4", None, None),
    ):
        desk.pull_child(Kind.TASK, rid, title=rid, due_at=due, assigned_to=who)
    queries = desk.store.queries

    def titles(rows: Any) -> list[str]:
        return [row.task.title for row in rows]

    groups = desk.wait(queries.tasks(now, UTC))
    assert titles(groups.overdue) == ["t1"]
    assert titles(groups.today) == ["t2"]
    assert titles(groups.upcoming) == ["t3", "t4"]
    assert groups.upcoming_total == 2
    mine = desk.wait(queries.tasks(now, UTC, "u1"))
    assert titles(mine.overdue + mine.today + mine.upcoming) == ["t1", "t3"]
    nobody = desk.wait(queries.tasks(now, UTC, None))
    assert titles(nobody.today) == ["t2"]
    assert titles(desk.wait(queries.next_tasks(now, 2))) == ["t2", "t3"]
    assert titles(desk.wait(queries.next_tasks(now, 4))) == ["t1", "t2", "t3", "t4"]
    assert titles(desk.wait(queries.due_between(now, datetime(2026, 3, 3, tzinfo=UTC)))) == ["t2"]
    counts = desk.wait(queries.sidebar(now, UTC))
    assert (counts.contacts, counts.due, counts.overdue) == (1, 2, 1)
