"""A process that commits a number of contacts, and says of each whether it is saved. It goes on
after a failure, as the program does."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

from committing import WallClock

from rapport.domain.commands import CreateContact
from rapport.domain.errors import StoreError
from rapport.store import Store


def main(path: Path, commits: int) -> None:
    store = Store.open(path, bytes(range(32)), clock=WallClock(), new_id=lambda: uuid.uuid4().hex)
    print("open", flush=True)
    for _ in range(commits):
        id = uuid.uuid4().hex
        try:
            store.commit(CreateContact(contact_id=id, fields={"first_name": id * 20})).result()
        except StoreError as error:
            print("refused", error.title, flush=True)
        else:
            print("saved", id, flush=True)
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
