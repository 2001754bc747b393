"""The tray's menu: the next tasks and what may be done with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from rapport.domain.records import Kind
from rapport.domain.scopes import ALL, READ
from rapport.services.workspace import Workspace
from rapport.store import Snapshot
from rapport.ui.tray import Tray

EVERYTHING = tuple(scope.name for scope in ALL)


def _actions(menu: QMenu) -> dict[str, QAction]:
    return {action.text(): action for action in menu.actions()}


@pytest.mark.parametrize("scopes", [EVERYTHING, (READ.name,)])
async def test_writing_is_offered_where_it_is_allowed(
    open_window: Callable[..., Any],
    workspace: Workspace,
    book: Any,
    clock: Any,
    until: Any,
    dispose: Any,
) -> None:
    await book.add({"first_name": "Ana"})
    due = (clock.now() + timedelta(hours=1)).isoformat()
    task = Snapshot(
        kind=Kind.TASK, rid="t1", contact_rid="c000000", values={"title": "Call", "due_at": due}
    )
    await book.absorb([task])
    window = await open_window()
    context = window.context
    tray = Tray(context)
    tray.show_workspaces((workspace,))
    await until(lambda: tray._menu.findChildren(QMenu))
    completed: list[tuple[str, str]] = []
    tray.complete.connect(lambda account, task: completed.append((account, task)))
    (call,) = tray._menu.findChildren(QMenu)
    why = workspace.capabilities.why_not_write
    _actions(call)["Complete"].trigger()
    assert len(completed) == (0 if why else 1)
    assert _actions(call)["Snooze 10 min"].isEnabled()
    entries = _actions(tray._menu)
    assert entries["New task…"].isEnabled() == (why is None)
    assert why is None or why in entries
    tray.show_workspaces(())
    await dispose(tray)
