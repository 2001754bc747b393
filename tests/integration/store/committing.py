"""A process that commits until it is killed, and says after each commit what is on the disk."""

from __future__ import annotations

import itertools
import sys
import uuid
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from rapport.domain.commands import CreateContact, CreateNote, EditContact
from rapport.domain.records import Kind
from rapport.store import Snapshot, Store


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        raise NotImplementedError

    def zone(self) -> tzinfo:
        return UTC

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


def main(path: Path) -> None:
    store = Store.open(path, bytes(range(32)), clock=WallClock(), new_id=lambda: uuid.uuid4().hex)
    for number in itertools.count():
        id = uuid.uuid4().hex
        name = f"Kept {number} {id}"
        store.commit(CreateContact(contact_id=id, fields={"first_name": name})).result()
        note = CreateNote(note_id=uuid.uuid4().hex, contact_id=id, fields={"body": name})
        store.commit(note).result()
        store.commit(EditContact(contact_id=id, fields={"city": name})).result()
        # In the background, never waited for: whatever of it is there must be whole.
        page = [
            Snapshot(kind=Kind.CONTACT, rid=uuid.uuid4().hex, values={"first_name": f"Pulled {n}"})
            for n in range(20)
        ]
        store.replica.absorb(page, epoch=store.replica.epoch())
        entry = store.outbox.due(datetime.now(UTC), 1).result()[0]
        store.outbox.sending(entry.seq).result()
        store.outbox.settled(entry.seq, uuid.uuid4().hex).result()
        print(id, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
