"""Carries out what is wanted of the marked contacts."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from rapport.ui.bulk.dialog import BulkDialog
from rapport.ui.bulk.jobs import Job
from rapport.ui.context import WindowContext
from rapport.ui.panes.marked_contacts import MarkedContacts


class BulkActions(QObject):
    """Binds the actions on marked contacts; each opens the dialog at its own job."""

    def __init__(self, context: WindowContext, marked: MarkedContacts, home: QWidget) -> None:
        super().__init__(home)
        self._context = context
        self._marked = marked
        self._home = home
        for job in Job:
            context.actions.bind(f"bulk.{job}", partial(self._open, job))
        context.actions.bind("bulk.merge", self._merge)

    async def _merge(self) -> None:
        ids = await self._context.workspace.queries.contact_ids(self._marked.keys())
        self._context.show_duplicates(tuple(ids))

    async def _open(self, job: Job) -> None:
        ids = await self._context.workspace.queries.contact_ids(self._marked.keys())
        if ids:
            BulkDialog(self._context, self._home.window(), ids, job).open()
