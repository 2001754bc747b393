"""The tour's two contacts that are one person: found, merged by mouse and keys, apart again."""

from __future__ import annotations

import asyncio
from typing import Any

from PySide6.QtWidgets import QAbstractButton, QListView, QWidget

from rapport.app.application import Application
from rapport.app.tour.crm import TourSandbox
from rapport.app.tour.driver import Driver, NotSeen
from rapport.app.tour.shared import Photograph, Steps
from rapport.domain.merging import MergeState
from rapport.domain.records import Id, Kind
from rapport.domain.views import ContactDetail
from rapport.language import tr
from rapport.ui.panes.duplicates.merge_entry import MergeEntry
from rapport.ui.roles import EntryRole

SENT_S = 60.0
"""A dozen notes and tasks one after the other, after the eight seconds in which Undo withdraws."""


class DuplicateSteps(Steps):
    def __init__(
        self, application: Application, sandbox: TourSandbox, driver: Driver, photograph: Photograph
    ) -> None:
        super().__init__(application, sandbox, driver, photograph)
        self._before: list[str] = []
        """The notes of the pair before it was merged."""

    async def merge(self) -> None:
        """The finder shows a pair with its reasons; values are chosen; one contact is left there,
        with all notes and tasks of both; and it is taken back."""
        stays, goes = await self._make_pair()
        names = (stays.contact.name, goes.contact.name)
        rids = [await self._rid(one.contact.id) for one in (stays, goes)]
        notes = await self._notes(rids)
        tasks = await self._tasks(rids)
        await self._do.key("ctrl+k")
        await self._do.type("find dupl")
        await self._do.key("Return")
        await self._choose(names)
        await self._pick()
        await self._photograph()
        await self._do.key("ctrl+Return")
        await self._do.until_known(lambda: self._is(MergeState.DONE), "the merge", limit_s=SENT_S)
        survivor, gone = await self._left(rids)
        if await self._crm.record("contact", gone) is not None:
            raise NotSeen("the other contact is still in the CRM")
        after = await self._notes([survivor]), await self._tasks([survivor])
        for before, now in zip((notes, tasks), after, strict=True):
            missing = [one for one in before if not any(one in other for other in now)]
            if missing:
                raise NotSeen(f"lost: {missing}")
        self._before = notes

    async def _make_pair(self) -> tuple[ContactDetail, ContactDetail]:
        """Somebody gave a second contact the number and, with a slip, the name of the first."""
        one, other = await self._do.until_known(self._two_with_notes, "two contacts with notes")
        letters = one.contact.last_name
        await self._crm.edit(
            "contact",
            await self._rid(other.contact.id),
            {
                "firstName": one.contact.first_name,
                "lastName": letters[:-1] if len(letters) > 3 else f"{letters}a",
                "phone": one.contact.phone,
                "companyName": one.contact.company,
            },
        )

        async def found() -> bool:
            self._workspace.sync.sync_now()
            likely = await self._workspace.duplicates.like(one.contact.id)
            return any(other.contact.id in pair.pair for pair in likely)

        await self._do.until_known(found, "the two to resemble each other")
        return await self._again(one), await self._again(other)

    async def _again(self, known: ContactDetail) -> ContactDetail:
        found = await self._workspace.queries.detail(known.contact.id)
        if found is None:
            raise NotSeen(f"{known.contact.name} is gone")
        return found

    async def _two_with_notes(self) -> tuple[ContactDetail, ContactDetail] | None:
        queries = self._workspace.queries
        found: list[ContactDetail] = []
        for row in await queries.find_contacts("a", 60):
            detail = await queries.detail(row.id)
            if (
                detail is not None
                and detail.notes
                and detail.tasks
                and not detail.pending
                and detail.contact.phone
                and len(detail.contact.last_name) > 3
                and detail.contact.company
            ):
                found.append(detail)
            if len(found) == 2:
                return found[0], found[1]
        return None

    async def _choose(self, names: tuple[str, str]) -> None:
        view = await self._do.see("duplicate-list", QListView)

        def row() -> int:
            """Counted from one, so that none is 0."""
            model = view.model()
            for at in range(model.rowCount()):
                if model.index(at, 0).data(EntryRole.NAME) in names:
                    return at + 1
            return 0

        at = await self._do.until(row, "the pair in the list")
        await self._do.click_row(view, view.model().index(at - 1, 0))
        why: Any = await self._do.see("merge-reasons", QWidget)
        if not why.text():
            raise NotSeen("the reasons are not told")

    async def _pick(self) -> None:
        """The first field by mouse, the next one by keys."""
        entry = await self._do.see("merge-entry", MergeEntry)
        fields = [name for name in self._cells(entry) if name not in ("survivor", "company")]
        await self._do.click(f"merge-{fields[0]}-2")
        choices = entry.choices
        assert choices is not None
        second = choices.contacts[1].id
        await self._do.until(lambda: choices.chosen(fields[0]) == second, "the click to count")
        await self._do.key("j")
        await self._do.key("2")
        if len(fields) > 1 and choices.chosen(fields[1]) != second:
            raise NotSeen("the key did not choose")

    @staticmethod
    def _cells(entry: MergeEntry) -> list[str]:
        table = entry.findChild(QWidget, "merge-table")
        return list(getattr(table, "cells", {}))

    async def _is(self, state: MergeState) -> bool:
        merges = await self._workspace.duplicates.merges()
        return bool(merges) and merges[0].state is state

    async def _left(self, rids: list[str]) -> tuple[str, str]:
        (merged, *_) = await self._workspace.duplicates.merges()
        survivor = await self._rid(merged.survivor_id)
        return survivor, next(rid for rid in rids if rid != survivor)

    async def take_back(self) -> None:
        """The merge is taken back: both are there again, with the notes that each had."""
        view = await self._do.see("duplicate-list", QListView)
        model = view.model()

        def newest() -> int:
            rows = range(model.rowCount())
            texts = (str(model.index(at, 0).data(EntryRole.TEXT)) for at in rows)
            found = (at for at, text in enumerate(texts) if tr("Merged") in text)
            return next(found, -1) + 1

        at = await self._do.until(newest, "the merge in the list")
        await self._do.click_row(view, model.index(at - 1, 0))
        await self._do.see("merged-take-back", QAbstractButton)
        await self._photograph()
        await self._do.click("merged-take-back")
        await self._do.until_known(lambda: self._is(MergeState.UNDONE), "it to be taken back")
        status = self._workspace.sync.status
        await self._do.until(lambda: not status().waiting, "both in the CRM", limit_s=SENT_S)
        (merged, *_) = await self._workspace.duplicates.merges()
        ids = (merged.survivor_id, *(one.id for one in merged.gone))
        rids = [await self._rid(id) for id in ids]
        again = await self._notes(rids)
        also = tr("Also has {value}, which the CRM takes at one contact only: {name} has it.")
        also = also.partition("{")[0]
        own = [one for one in again if not one.startswith(also)]
        missing = [one for one in self._before if not any(one in other for other in own)]
        if missing or len(own) != len(self._before):
            raise NotSeen(f"not as before: {missing or again}")
        await self._do.click("duplicates-back")
        await self._do.see("contact-list")

    async def _rid(self, contact_id: Id) -> str:
        return await self.server_id(Kind.CONTACT, contact_id)

    async def _notes(self, rids: list[str]) -> list[str]:
        return await self._of(rids, "note", "body")

    async def _tasks(self, rids: list[str]) -> list[str]:
        return await self._of(rids, "task", "title")

    async def _of(self, rids: list[str], kind: str, field: str) -> list[str]:
        found = [await asyncio.to_thread(self._crm.children, kind, rid) for rid in rids]
        return [str(one[field]) for records in found for one in records]
