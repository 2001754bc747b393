"""Owned background tasks of the window. Handlers raise; one place shows."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from rapport.domain.errors import DamagedError, RapportError
from rapport.language import tr

_log = logging.getLogger(__name__)

Work = Callable[[], Coroutine[Any, Any, Any]]


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, for a person. ``retry`` starts the work again; None where that is no use."""

    title: str
    message: str
    details: str
    retry: Callable[[], None] | None = None
    remedy: str = ""
    """The id of the action that helps, where one does."""


def frames_of(error: BaseException) -> str:
    """The class of ``error`` and where it was raised: no message and no values, which may be
    somebody's data."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames
    ]
    return "\n".join([type(error).__name__, *places])


def _is_gone(error: Exception) -> bool:
    """An answer came for a page that was closed meanwhile, such as that of another account: Qt has
    deleted its widgets, and nobody waits for it."""
    return isinstance(error, RuntimeError) and "already deleted" in str(error)


class Runner(QObject):
    """Runs the window's coroutines, keeps each until it is done, and cancels the rest on closing.

    A *slot* names work of which only the newest counts: starting it again cancels the old one.
    """

    failed = Signal(object)
    """A :class:`Failure`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._slots: dict[str, asyncio.Task[Any]] = {}
        self._closed = False

    def own(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine that is not to be offered for a retry."""
        # Closed when it ends, lest one that never began is reported as forgotten.
        if self._closed or (task := self._keep(lambda: work, None, None)) is None:
            work.close()
        else:
            task.add_done_callback(lambda _: work.close())

    def start(self, work: Work, *, slot: str | None = None) -> asyncio.Task[Any] | None:
        """Begin ``work`` now, and again when the person presses Retry. None once the window is
        closing: nothing new begins then."""
        return self._keep(work, work, slot)

    def _keep(self, work: Work, again: Work | None, slot: str | None) -> asyncio.Task[Any] | None:
        if self._closed:
            return None
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return None  # the loop has ended, and Qt still hands out what was on its way
        task = loop.create_task(self._guard(work, again), name=slot or "window")
        self._tasks.add(task)
        if slot is not None:
            if (old := self._slots.get(slot)) is not None:
                old.cancel()
            self._slots[slot] = task
        task.add_done_callback(lambda done: self._forget(done, slot))
        return task

    def cancel(self, slot: str) -> None:
        if (task := self._slots.pop(slot, None)) is not None:
            task.cancel()

    async def close(self) -> None:
        """Cancel what still runs and wait until it has ended."""
        self._closed = True
        running = list(self._tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def show(self, error: BaseException, work: Work | None = None) -> None:
        """Tell the person about ``error``; the one place where errors become sentences."""
        if isinstance(error, RapportError):
            again = (lambda: self._again(work)) if error.retry and work is not None else None
            details = "\n".join(filter(None, (type(error).__name__, str(error), error.details)))
            remedy = "account.repair" if isinstance(error, DamagedError) else ""
            self.failed.emit(Failure(error.title, error.message, details, again, remedy))
            return
        frames = frames_of(error)
        _log.error("unexpected error in the window: %s", frames.replace("\n", " < "))
        self.failed.emit(
            Failure(
                tr("Something went wrong in Rapport."),
                tr(
                    "What was saved is safe. If it happens again, copy the details and report them."
                ),
                frames,
            )
        )

    def _again(self, work: Work) -> None:
        self.start(work)

    async def _guard(self, work: Work, again: Work | None) -> None:
        try:
            await work()
        except Exception as error:
            if _is_gone(error):
                _log.debug("its widget went away before: %s", frames_of(error))
            else:
                self.show(error, again)

    def _forget(self, task: asyncio.Task[Any], slot: str | None) -> None:
        self._tasks.discard(task)
        if slot is not None and self._slots.get(slot) is task:
            del self._slots[slot]
