"""A process that changes a thousand contacts as one until it is killed, and says how far it is."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from committing import WallClock

from rapport.domain.changes import Origin
from rapport.domain.commands import AddTags, Together
from rapport.domain.filters import ContactQuery
from rapport.store import Store
from rapport.store.batch import Batch


def main(path: Path, tag: str) -> None:
    store = Store.open(path, bytes(range(32)), clock=WallClock(), new_id=str)  # type: ignore[arg-type]
    ids = store.queries.contact_ids(store.queries.contact_keys(ContactQuery()).result()).result()
    commands = tuple(AddTags(contact_id=id, tags=(tag,)) for id in ids)
    batch = Batch(Together(commands=commands), Origin.PERSON)
    done = store.batch(batch)
    while not done.done():
        print(batch.done, flush=True)
        time.sleep(0.001)
    print(batch.done, flush=True)
    time.sleep(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
