"""Menus as views of the action registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from rapport.ui.context import WindowContext
from rapport.ui.look.icons import icon

RULE = "-"
_EDGE = 8


def fill_menu(menu: QMenu, context: WindowContext, ids: Sequence[str]) -> QMenu:
    """Add the bound actions among ``ids``; ``RULE`` draws a line between groups that have any.

    A disabled action stays visible, and its tool-tip says why.
    """
    menu.setToolTipsVisible(True)
    actions = context.actions
    ruled = False
    for id in ids:
        if id == RULE:
            ruled = not menu.isEmpty()
            continue
        if not actions.is_bound(id) or actions.allowed(id) is False:
            continue
        if ruled:
            menu.addSeparator()
            ruled = False
        menu.addAction(_menu_action(menu, context, id))
    return menu


def _menu_action(menu: QMenu, context: WindowContext, id: str) -> QAction:
    actions = context.actions
    action, key, why = actions[id], actions.key_text(id), actions.why_not(id)
    title = actions.title(id)
    # The key is text only: the window itself answers to keys.
    item = QAction(f"{title}\t{key}" if key else title, menu)
    item.setObjectName(f"menu-{id}")
    if action.icon:
        item.setIcon(icon(action.icon))
    item.setEnabled(actions.is_enabled(id))
    item.setToolTip(why or title)
    item.triggered.connect(lambda: actions.trigger(id))
    return item


def add_choice(
    menu: QMenu, text: str, chosen: bool, choose: Callable[[], object], icon_name: str = ""
) -> QAction:
    """Add one of several alternatives, ticked when it is the one in force."""
    item = menu.addAction(text)
    item.setCheckable(True)
    item.setChecked(chosen)
    if icon_name:
        item.setIcon(icon(icon_name))
    item.triggered.connect(lambda: choose())
    return item


def pop_up(menu: QMenu, below: QWidget, *, at_end: bool = False) -> None:
    """Open ``menu`` below a control without a nested event loop; it deletes itself."""
    menu.aboutToHide.connect(menu.deleteLater)
    corner = below.rect().bottomLeft()
    if at_end != below.isRightToLeft():
        corner = QPoint(below.width() - menu.sizeHint().width(), below.height())
    spot = below.mapTo(below.window(), corner + QPoint(0, 4))
    # Not at the very edge of the window, where a menu looks cut off.
    spot.setX(max(_EDGE, spot.x()))
    menu.popup(below.window().mapToGlobal(spot))
