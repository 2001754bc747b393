"""The audit log: a chain in which every damage shows, and what can be brought back from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from rapport.domain.audit import (
    Act,
    AuditEntry,
    AuditFilter,
    RestoreContact,
    Revert,
    ServerReply,
    Standing,
    assess,
)
from rapport.domain.changes import Origin
from rapport.domain.commands import (
    AddTags,
    CompleteTask,
    CreateContact,
    CreateTask,
    DeleteContact,
    EditContact,
    Together,
)
from rapport.domain.errors import InputError
from rapport.domain.records import Kind, Ref
from rapport.store import Snapshot
from rapport.store.chain import verify_chain

DUE = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def entries(desk: Any, **wanted: Any) -> list[AuditEntry]:
    index = desk.wait(desk.store.audit.index(AuditFilter(**wanted), UTC))
    found: list[AuditEntry] = desk.wait(desk.store.audit.entries(list(index.ids)))
    return found


def whole(desk: Any) -> bool:
    return desk.wait(desk.store.verify_audit()).broken is None


@pytest.fixture
def busy(desk: Any) -> Any:
    """Some entries of different kinds."""
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"phone": "+34911"}))
    desk.do(AddTags(contact_id=id, tags=("vip",)))
    task = desk.new_id()
    desk.do(CreateTask(task_id=task, contact_id=id, fields={"title": "Call", "due_at": DUE}))
    desk.do(CompleteTask(task_id=task, at=DUE), Origin.NOTIFICATION)
    desk.absorb(Snapshot(kind=Kind.CONTACT, rid="c1", values={"city": "Sevilla"}))
    desk.undo()
    assert len(entries(desk)) == 6
    return desk


COLUMNS = {
    "at": "at + 1",
    "contact_id": "'x'",
    "kind": "'note'",
    "record_id": "'x'",
    "op": "'delete'",
    "origin": "'rule'",
    "who": "'x'",
    "title": "title || 'x'",
    "fields": "CAST('{}' AS BLOB)",
    "sending": "'77'",
    "form": "1",
    "hash": "zeroblob(32)",
}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("id", [1, 3, 6])
def test_an_altered_entry_shows(busy: Any, column: str, id: int) -> None:
    chain = damaged(busy, f"UPDATE audit SET {column} = {COLUMNS[column]} WHERE id = {id}")
    # A wrong hash of its own shows there, and nothing is ever found before it.
    assert chain.broken == id
    assert f"entry {id}" in str(chain)


@pytest.mark.parametrize("id", [1, 3, 6])
def test_a_removed_entry_shows_even_the_last(busy: Any, id: int) -> None:
    assert damaged(busy, f"DELETE FROM audit WHERE id = {id}").broken == id


def test_an_emptied_log_shows(busy: Any) -> None:
    assert damaged(busy, "DELETE FROM audit").broken == 1


def test_entries_in_another_order_show(busy: Any) -> None:
    chain = damaged(
        busy,
        "UPDATE audit SET id = 100 WHERE id = 3",
        "UPDATE audit SET id = 3 WHERE id = 4",
        "UPDATE audit SET id = 4 WHERE id = 100",
    )
    assert chain.broken == 3


def test_an_inserted_entry_shows(busy: Any) -> None:
    copy = (
        "INSERT INTO audit (id, at, contact_id, kind, record_id, op, origin, title, fields, hash)"
        " SELECT {}, at, contact_id, kind, record_id, op, origin, title, fields, hash"
        " FROM audit WHERE id = {}"
    )
    assert damaged(busy, copy.format(7, 6)).broken == 7
    moved = "UPDATE audit SET id = id + 100 WHERE id >= 4"
    back = "UPDATE audit SET id = id - 99 WHERE id >= 100"
    assert damaged(busy, moved, back, copy.format(4, 3)).broken == 4


def damaged(desk: Any, *damage: str) -> Any:
    assert whole(desk)
    db = desk.store._database.connect(writes=True)
    db.run("SAVEPOINT before")
    for sql in damage:
        db.run(sql)
    chain = verify_chain(db)
    db.run("ROLLBACK TO before")
    db.run("RELEASE before")
    db.close()
    return chain


def test_the_log_tells_who_what_before_after_and_the_reply(desk: Any) -> None:
    id = desk.pull_contact()
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    (entry,) = entries(desk)
    assert (entry.title, entry.origin, entry.who) == ("Edit contact", Origin.PERSON, "u1")
    assert entry.fields == {"city": ("", "Lyon")}
    assert (entry.contact_name, entry.waiting, entry.reply) == ("Ana Ruiz", True, None)
    (due,) = desk.due()
    desk.send(due)
    reply = ServerReply(status=422, trace_id="t-1", text="The CRM did not accept this.")
    desk.wait(desk.store.audit.replied(str(due.seq), reply))
    (entry,) = entries(desk)
    assert (entry.reply.status, entry.reply.trace_id) == (422, "t-1")
    assert entry.waiting
    desk.wait(desk.store.audit.replied(str(due.seq), ServerReply(status=200, trace_id="t-2")))
    desk.wait(desk.store.outbox.settled(due.seq))
    (entry,) = entries(desk)
    assert (entry.reply.status, entry.reply.text, entry.waiting) == (200, "", False)
    assert whole(desk)


def test_what_the_crm_changes_or_creates_is_no_ones_here(desk: Any) -> None:
    desk.pull_contact()
    assert entries(desk) == []  # all that was there at first is no change
    new = Snapshot(kind=Kind.CONTACT, rid="c2", values={"first_name": "Nova"})
    epoch = desk.store.replica.epoch()
    desk.wait(desk.store.replica.absorb([new], epoch=epoch, news=True))
    desk.absorb(Snapshot(kind=Kind.CONTACT, rid="c1", values={"city": "Sevilla"}))
    changed, created = entries(desk)
    assert (created.act, created.origin, created.who) == (Act.CREATE, Origin.SYNC, "")
    assert (changed.act, changed.fields) == (Act.UPDATE, {"city": ("", "Sevilla")})


def test_an_operation_sent_by_hand_is_logged_with_its_reply(desk: Any) -> None:
    log = desk.store.audit
    desk.wait(log.call("contacts.get", "Get contact", {"contactId": "c1"}, name="call-1"))
    desk.wait(log.replied("call-1", ServerReply(status=404, trace_id="t-9", text="Not found.")))
    (entry,) = entries(desk)
    assert (entry.act, entry.kind, entry.record_name) == (Act.CALL, "operation", "contacts.get")
    assert entry.fields == {"contactId": (None, "c1")}
    assert (entry.reply.status, entry.mutation) == (404, None)
    desk.wait(log.replied("nobody", ServerReply(status=200)))
    assert whole(desk)


def test_filters_and_days(busy: Any) -> None:
    assert [e.title for e in entries(busy, origins=(Origin.SYNC,))] == ["Changed in the CRM"]
    assert {e.kind for e in entries(busy, kinds=("task",))} == {"task"}
    assert [e.title for e in entries(busy, text="SEVILLA ana")] == ["Changed in the CRM"]
    assert entries(busy, text="nowhere") == []
    assert entries(busy, contact_id="nobody") == []
    now = busy.clock.now()
    assert len(entries(busy, since=now)) == 6
    assert entries(busy, until=now) == []
    busy.clock.go(days=2)
    busy.do(CreateContact(contact_id=busy.new_id(), fields={"first_name": "Tomorrow"}))
    index = busy.wait(busy.store.audit.index(AuditFilter(), UTC))
    assert [at for at, _ in index.days] == [0, 1]
    assert (index.days[0][1] - index.days[1][1]).days == 2


def test_pruning_leaves_a_signed_checkpoint_from_which_the_check_goes_on(busy: Any) -> None:
    busy.clock.go(days=2)
    id = busy.new_id()
    busy.do(CreateContact(contact_id=id, fields={"first_name": "Neu"}))
    signed: list[bytes] = []

    def sign(content: bytes) -> bytes:
        signed.append(content)
        return b"signature"

    before = busy.clock.now()
    assert busy.wait(busy.store.audit.prune(before, sign)) == 6
    chain = busy.wait(busy.store.verify_audit(lambda c, s: (c, s) == (signed[0], b"signature")))
    assert (chain.broken, chain.entries, chain.pruned) == (None, 2, 6)
    assert "signed checkpoint" in str(chain)
    assert busy.wait(busy.store.verify_audit(lambda c, s: False)).broken == 6
    assert damaged(busy, "DELETE FROM audit WHERE id = 7").broken == 7
    assert damaged(busy, "DELETE FROM audit WHERE op = 'checkpoint'").broken is not None
    # Undo lives as long as its entry, and no longer.
    assert [item.title for item in busy.wait(busy.store.queries.undo_items())] == ["Create contact"]
    with pytest.raises(InputError):
        busy.wait(busy.store.audit.prune(before, sign))


def test_evidence_of_damage_is_not_pruned_away(busy: Any) -> None:
    db = busy.store._database.connect(writes=True)
    title = db.value("SELECT title FROM audit WHERE id = 2")
    db.run("UPDATE audit SET title = 'x' WHERE id = 2")
    busy.clock.go(days=2)
    with pytest.raises(InputError) as caught:
        busy.wait(busy.store.audit.prune(busy.clock.now(), lambda content: b""))
    assert "entry 2" in str(caught.value)
    db.run("UPDATE audit SET title = ? WHERE id = 2", (title,))
    db.close()


# Revert.


def revert(desk: Any, entry: AuditEntry, **over: Any) -> Any:
    return desk.do(Revert(of=entry.title, mutation=entry.mutation, over=over))


def standing(desk: Any, entry: AuditEntry) -> dict[str, Standing]:
    record = desk.wait(desk.store.audit.record(entry.mutation.ref))
    return {one.field: one.standing for one in assess(entry.mutation, record)}


def city(desk: Any, id: str) -> str:
    found: str = desk.wait(desk.store.queries.detail(id)).contact.city
    return found


def test_an_entry_is_reverted_audited_and_undone(desk: Any) -> None:
    id = desk.pull_contact(city="Madrid")
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    (entry,) = entries(desk)
    assert standing(desk, entry) == {"city": Standing.READY}
    assert revert(desk, entry).title == "Revert edit contact"
    assert city(desk, id) == "Madrid"
    assert standing(desk, entry) == {"city": Standing.DONE}
    assert entries(desk)[0].fields == {"city": ("Lyon", "Madrid")}
    assert desk.undo().title == "Undo revert edit contact"
    assert city(desk, id) == "Lyon"


def test_what_the_crm_changed_can_be_reverted_too(desk: Any) -> None:
    id = desk.pull_contact(city="Madrid")
    desk.absorb(Snapshot(kind=Kind.CONTACT, rid="c1", values={"city": "Sevilla"}))
    (entry,) = entries(desk)
    revert(desk, entry)
    assert city(desk, id) == "Madrid"
    assert [(op.op, op.fields["city"].want) for op in desk.due()] == [("update", "Madrid")]


def test_a_value_that_moved_on_is_never_overwritten_unasked(desk: Any) -> None:
    id = desk.pull_contact(city="Madrid")
    desk.do(EditContact(contact_id=id, fields={"city": "Lyon"}))
    (entry,) = entries(desk)
    desk.do(EditContact(contact_id=id, fields={"city": "Porto"}))
    assert standing(desk, entry) == {"city": Standing.MOVED}
    with pytest.raises(InputError) as caught:
        revert(desk, entry)
    assert caught.value.field == "city"
    assert city(desk, id) == "Porto"
    # What was agreed to is another value than what is there by now.
    desk.do(EditContact(contact_id=id, fields={"city": "Braga"}))
    with pytest.raises(InputError):
        revert(desk, entry, city="Porto")
    assert city(desk, id) == "Braga"
    revert(desk, entry, city="Braga")
    assert city(desk, id) == "Madrid"


def tags(desk: Any, id: str) -> tuple[str, ...]:
    found: tuple[str, ...] = desk.wait(desk.store.queries.detail(id)).contact.tags
    return found


def test_tags_are_reverted_without_touching_those_added_since(desk: Any) -> None:
    id = desk.pull_contact(tags=["old"])
    desk.do(AddTags(contact_id=id, tags=("vip",)))
    entry = entries(desk)[0]
    desk.do(AddTags(contact_id=id, tags=("later",)))
    assert standing(desk, entry) == {"tags": Standing.READY}
    revert(desk, entry)
    assert tags(desk, id) == ("old", "later")


def test_a_creation_is_reverted_by_a_delete_that_waits_and_asks_where_it_moved(desk: Any) -> None:
    id = desk.pull_contact()
    task = desk.new_id()
    desk.do(CreateTask(task_id=task, contact_id=id, fields={"title": "Call", "due_at": DUE}))
    entry = entries(desk)[0]
    desk.do(CompleteTask(task_id=task, at=DUE))
    with pytest.raises(InputError):
        revert(desk, entry)
    revert(desk, entry, completed=True)
    assert desk.wait(desk.store.queries.task(task)) is None
    again = next(e for e in entries(desk) if e.act is Act.DELETE)
    revert(desk, again)
    assert desk.wait(desk.store.queries.task(task)).task.completed


# A deleted contact.


def departing(desk: Any) -> str:
    id: str = desk.pull_contact(tags=["vip"], custom={"cf1": "blue"})
    desk.pull_child(Kind.TASK, "t1", title="Call", due_at="2026-03-03T09:00:00Z")
    desk.pull_child(Kind.NOTE, "n1", body="Likes tea")
    desk.pull_child(Kind.APPOINTMENT, "a1", title="Visit")
    return id


def came_back(desk: Any, id: str) -> None:
    """The contact is there whole, under its id, and the CRM is to hear of all of it anew."""
    detail = desk.wait(desk.store.queries.detail(id))
    assert (detail.contact.tags, detail.contact.custom) == (("vip",), {"cf1": "blue"})
    assert [task.title for task in detail.tasks] == ["Call"]
    assert [note.body for note in detail.notes] == ["Likes tea"]
    (create,) = desk.due()
    assert (create.op, create.ref, create.rid) == ("create", Ref(Kind.CONTACT, id), None)
    desk.settle(create, "c9")
    children = {}
    while due := desk.due():
        children[due[0].ref.kind] = due[0]
        desk.settle(due[0], f"{due[0].ref.kind}-9")
    assert {kind: entry.op for kind, entry in children.items()} == {
        Kind.TASK: "create",
        Kind.NOTE: "create",
    }
    assert children[Kind.TASK].contact_rid == "c9"


def test_a_contact_deleted_here_is_undone_after_the_crm_deleted_it(desk: Any) -> None:
    id = departing(desk)
    undo_id = desk.do(DeleteContact(contact_id=id)).undo_id
    desk.clock.go(seconds=9)
    (due,) = desk.due()
    desk.settle(due)
    assert entries(desk)[0].departed
    outcome = desk.undo(undo_id)
    assert outcome.anew
    assert not entries(desk)[-1].departed
    came_back(desk, id)


def test_a_contact_deleted_in_the_crm_is_brought_back(desk: Any) -> None:
    id = departing(desk)
    desk.wait(desk.store.replica.vanish(Kind.CONTACT, ["c1"]))
    assert desk.names("") == []
    (entry,) = entries(desk)
    assert (entry.act, entry.origin, entry.departed) == (Act.DELETE, Origin.SYNC, True)
    departed = desk.wait(desk.store.audit.departed(id))
    assert (departed.name, departed.appointments) == ("Ana Ruiz", 1)
    outcome = desk.do(RestoreContact(contact_id=id, departed=departed))
    assert outcome.anew
    with pytest.raises(InputError):
        desk.do(RestoreContact(contact_id=id, departed=departed))
    came_back(desk, id)
    desk.undo()
    assert desk.names("") == []


def test_an_undo_while_the_delete_is_on_its_way_brings_the_children_too(desk: Any) -> None:
    id = departing(desk)
    undo_id = desk.do(DeleteContact(contact_id=id)).undo_id
    desk.clock.go(seconds=9)
    (due,) = desk.due()
    desk.send(due)
    desk.undo(undo_id)
    desk.wait(desk.store.outbox.settled(due.seq))
    came_back(desk, id)


def test_a_bulk_edit_undoes_as_one(desk: Any) -> None:
    one, two = desk.pull_contact("c1"), desk.pull_contact("c2", email="b@x.es")
    commands = tuple(AddTags(contact_id=id, tags=("vip",)) for id in (one, two, one))
    outcome = desk.do(Together(commands=commands))
    assert outcome.title == "Add tag (2)"
    assert tags(desk, one) == tags(desk, two) == ("vip",)
    (item,) = desk.wait(desk.store.queries.undo_items())
    assert item.about == "Ana Ruiz, Ana Ruiz"
    desk.undo()
    assert tags(desk, one) == tags(desk, two) == ()


def test_undo_has_no_end(desk: Any) -> None:
    id = desk.pull_contact(city="0")
    for number in range(1, 1201):
        desk.do(EditContact(contact_id=id, fields={"city": str(number)}))
    for number in reversed(range(1200)):
        desk.undo()
        assert number % 100 or city(desk, id) == str(number)
    assert desk.undo() is None
