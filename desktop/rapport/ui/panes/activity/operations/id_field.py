"""The input of an id: a record is chosen by its name, or the id is pasted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QWidget,
)
from shiboken6 import isValid

from rapport.domain.catalogue import Field, Param
from rapport.domain.errors import InputError
from rapport.domain.records import Id
from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.editors.suggestions import Offer, Suggestions
from rapport.ui.panes.activity.operations.choices import Choice, Source
from rapport.ui.widgets.inputs import LineEdit

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

from rapport.ui.panes.activity.operations.argument import MISSING, ArgumentField


class _IdLine(LineEdit):
    """A click into it, or Down, asks for offers before anything is typed."""

    asked = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if not self.text():
            self.asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.asked.emit()
            return
        super().keyPressEvent(event)


class IdField(ArgumentField):
    """An id of the CRM: chosen by name from the local copy, or pasted."""

    def __init__(
        self,
        one: Field,
        source: Source,
        workspace: Workspace,
        context: WindowContext,
        parent: QWidget,
    ) -> None:
        super().__init__(one, parent)
        self._workspace = workspace
        self._context = context
        self._source = source
        self._chosen: Choice | None = None
        self._offered: dict[str, Choice] = {}
        self.head.set_end(_id_kind(one, source))
        self.line = _IdLine(
            "",
            self,
            placeholder=tr("Name of the {what}, or its id").format(what=source.what),
            icon=source.icon,
        )
        self.take(self.line)
        self._suggestions = Suggestions(self.line, source.what)
        self._suggestions.chosen.connect(self._pick)
        self.line.textEdited.connect(self._typed)
        self.line.asked.connect(self.offer)

    @property
    def local_id(self) -> Id:
        """Of the record that was chosen by name; else ""."""
        return self._chosen.local if self._chosen is not None else ""

    def given(self) -> Any:
        if self._chosen is not None:
            if not self._chosen.id:
                raise InputError(
                    tr("“{name}” has not reached the CRM yet.").format(name=self._chosen.text)
                )
            return self._chosen.id
        text = self.line.text().strip()
        if " " in text:
            raise InputError(tr("Choose one of those found, or paste an id."))
        return text or MISSING

    def draft(self) -> tuple[str, Choice | None]:
        return self.line.text(), self._chosen

    def restore(self, draft: tuple[str, Choice | None]) -> None:
        self.line.setText(draft[0])
        self.line.setCursorPosition(0)
        self._set(draft[1])

    def offer(self) -> None:
        """Show what may be meant, as for a text just typed."""
        self._context.runner.start(lambda: self._find(self.line.text()), slot="operation-ids")

    def _set(self, choice: Choice | None) -> None:
        self._chosen = choice
        words = _id_kind(self.one, self._source)
        self.head.set_end(choice.id if choice is not None and choice.id else words)

    def _typed(self, text: str) -> None:
        self._set(None)
        self.edited()
        self.offer()

    async def _find(self, text: str) -> None:
        found = await self._source.find(text)
        if not isValid(self) or self.line.text() != text or not self.line.hasFocus():
            return
        self._offered = {f"{one.id}/{one.local}": one for one in found}
        self._suggestions.offer(
            [
                Offer(value=key, text=one.text, beside=one.beside, seed=one.seed)
                for key, one in self._offered.items()
            ]
        )

    def _pick(self, key: object) -> None:
        choice = self._offered.get(str(key))
        if choice is not None:
            self._context.runner.start(lambda: self._take(choice), slot="operation-ids")

    async def _take(self, choice: Choice) -> None:
        if not choice.id and self._source.kind is not None:
            queries = self._workspace.queries
            found = await queries.server_id(self._source.kind, choice.local)
            choice = Choice(
                id=found or "",
                local=choice.local,
                text=choice.text,
                beside=choice.beside,
                seed=choice.seed,
            )
        if not isValid(self):
            return  # another form is shown by now
        self.restore((choice.text, choice))
        self.check()
        self.changed.emit()


def _id_kind(one: Field, source: Source) -> str:
    if isinstance(one, Param):
        return f"{tr('path') if one.place == 'path' else tr('query')}, {source.what}"
    return source.what
