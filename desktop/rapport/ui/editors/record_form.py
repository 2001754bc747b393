"""What the forms of a task and an appointment share: what was typed stays until it is saved,
deleted or given up, whatever is wrong with it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from rapport.domain.errors import InputError
from rapport.domain.records import Id
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.inputs import Message


class RecordForm(QWidget):
    """A form says what is ``typed``, which fields are ``_wrong``, and how it is committed."""

    saved = Signal(str)
    """The id of the record."""
    given_up = Signal()
    delete_asked = Signal(str)

    message: Message
    save_button: Button

    def __init__(self, context: WindowContext, parent: QWidget, workspace: Workspace) -> None:
        super().__init__(parent)
        self._context = context
        self.workspace = workspace
        self._before: dict[str, Any] = {}
        """What was in the fields when the form was filled; empty once that is of no interest."""
        self._saving = False

    def typed(self) -> dict[str, Any]:
        """What is in the fields, as it was typed."""
        raise NotImplementedError

    def forget(self) -> None:
        """What was typed is not wanted any more."""
        self._before = {}

    @property
    def is_changed(self) -> bool:
        return bool(self._before) and self.typed() != self._before

    def save(self) -> None:
        """Check every field, say all that is wrong at once, and commit when nothing is."""
        if self._saving or not self.save_button.isEnabled():
            return
        if wrong := self._wrong():
            wrong[0].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._context.runner.own(self._save())

    async def _save(self) -> None:
        self._saving = True
        try:
            id = await self._commit()
        except InputError as error:
            self.message.say(str(error))
            return
        finally:
            self._saving = False
        self.forget()
        self.saved.emit(id)

    def _wrong(self) -> list[QWidget]:
        """The fields that cannot be saved; each says why."""
        raise NotImplementedError

    async def _commit(self) -> Id:
        """Raises InputError; all stays as it was typed then."""
        raise NotImplementedError
