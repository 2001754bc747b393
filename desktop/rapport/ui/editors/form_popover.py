"""A popover around a form: what was typed is not lost when it is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.widgets.overlay import Popover


class Form(Protocol):
    @property
    def is_changed(self) -> bool: ...

    def typed(self) -> dict[str, Any]: ...


class FormPopover(QObject):
    """Closing it with changes offers a way back to them."""

    NOT_SAVED: ClassVar[str]
    """Told then."""
    ICON: ClassVar[str]

    def __init__(self, context: WindowContext, home: QWidget) -> None:
        super().__init__(home)
        self._context = context
        self._home = home
        self._popover: Popover | None = None

    @property
    def is_open(self) -> bool:
        return self._popover is not None

    def close(self) -> None:
        if self._popover is not None:
            self._popover.close()

    def _closed(self, popover: Popover, form: Form, again: Callable[..., object]) -> None:
        """``again`` opens the form with what was ``typed``."""
        if self._popover is popover:
            self._popover = None
        if form.is_changed:
            typed = form.typed()

            def go_on() -> None:
                again(typed=typed)

            self._context.notice(
                tr(self.NOT_SAVED), typed["title"], icon=self.ICON, act=(tr("Continue"), go_on)
            )
        popover.deleteLater()
