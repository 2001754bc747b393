"""Databases that released versions wrote open in this one, with nothing lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rapport.domain.audit import AuditFilter
from rapport.domain.filters import ContactQuery
from rapport.store import OpState, Store

FROZEN = Path(__file__).with_name("frozen")
FILES = sorted(FROZEN.glob("schema-*.db"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_frozen_database_opens_whole(
    file: Path, path: Path, open_store: Callable[..., Store]
) -> None:
    path.parent.mkdir(parents=True)
    shutil.copy(file, path)
    store = open_store()
    assert store.verify().result() == []
    assert store.verify_audit().result().broken is None
    names = {row.name for row in store.queries.contacts(ContactQuery()).result().rows}
    assert names == {"Ana Ruiz", "Zoë Müller", "Lì Chén", "Neu"}
    states = [item.state for item in store.queries.outbox_items().result()]
    assert states.count(OpState.UNCERTAIN) == 1
    assert states.count(OpState.PARKED) == 1
    assert len(states) == 10
    assert len(store.outbox.conflicts().result()) == 1
    undo = store.queries.undo_items(50).result()
    assert undo[0].title == "Delete contact"
    assert len(undo) == 10
    contact = store.queries.contacts(ContactQuery(text="ana")).result().rows[0]
    assert store.queries.draft(contact.id).result() == "half a sentence"
    # The log of before stands in the same chain, is searched, and goes on.
    index = store.audit.index(AuditFilter(text="FÁIR"), UTC).result()
    (entry,) = store.audit.entries(list(index.ids)).result()
    assert entry.fields["body"] == (None, "Met at the fair")
    found = store.undo_entry().result()
    assert found is not None
    store.commit(found[1], undo_of=found[0]).result()
    chain = store.verify_audit().result()
    assert (chain.broken, chain.entries) == (None, 11)
    assert datetime.now(UTC) > entry.at
