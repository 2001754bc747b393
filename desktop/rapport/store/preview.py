"""What commands would do to the records as they are now; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence

from rapport.domain.changes import Mutation
from rapport.domain.commands import Command
from rapport.domain.errors import InputError
from rapport.domain.records import Kind, Record, Ref, record_from
from rapport.domain.views import Preview, Sample
from rapport.store.conflicts import subject
from rapport.store.read_models import contact_name
from rapport.store.schema import KIND_NUMBER
from rapport.store.sql import Sql
from rapport.store.values import Values, unpack

_RECORD = (
    "SELECT r.shown, c.id, c.shown, coalesce(c.rid, c.id) FROM record r JOIN record c"
    " ON c.key = coalesce(r.contact_key, r.key)"
    " WHERE r.id = ? AND r.kind = ? AND r.tomb = 0 AND c.tomb = 0"
)


class _Found:
    """A record, and the contact that it belongs to."""

    def __init__(self, ref: Ref, shown: bytes, contact_id: str, contact: bytes, seed: str) -> None:
        self.values: Values = unpack(ref.kind, shown)
        if ref.kind is not Kind.CONTACT:
            self.values["contact_id"] = contact_id
        self.record: Record = record_from(ref.kind, ref.id, self.values)
        self._kind = ref.kind
        self._contact = contact
        self._seed = seed

    def sample(self, mutation: Mutation) -> Sample:
        return Sample(
            contact_name=contact_name(unpack(Kind.CONTACT, self._contact)),
            contact_seed=self._seed,
            subject=subject(self._kind, self.values),
            mutation=mutation,
        )


def preview(db: Sql, commands: Sequence[Command], samples: int) -> Preview:
    """``samples`` is how many of the first that would change are to be shown."""
    told = Preview()
    for command in commands:
        found: dict[Ref, _Found] = {}
        for ref in command.targets():
            row = db.row(_RECORD, (ref.id, KIND_NUMBER[ref.kind]))
            if row is not None:
                found[ref] = _Found(ref, *row)
        try:
            mutations = command.plan({ref: one.record for ref, one in found.items()})
        except InputError as error:
            told += Preview(left={error.title: 1})
            continue
        if not mutations:
            told += Preview(untouched=1)
            continue
        shown = (
            (found[mutations[0].ref].sample(mutations[0]),) if len(told.samples) < samples else ()
        )
        told += Preview(changing=1, samples=shown)
    return told
