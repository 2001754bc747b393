"""What a person does with filters and smart lists: build, save, change, copy, arrange, remove."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import structs
from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QWidget

from rapport.domain.errors import InputError
from rapport.domain.filters import STANDARD_LISTS, AnyCondition, ContactQuery, SmartList
from rapport.domain.text import visible
from rapport.language import tr
from rapport.services.workspace import SmartLists
from rapport.ui.context import WindowContext
from rapport.ui.look.icons import icon
from rapport.ui.models import sidebar_model as nav
from rapport.ui.panes.sidebar import Sidebar
from rapport.ui.searching import Searching

if TYPE_CHECKING:
    from rapport.ui.pages import Pages


class FilterActions(QObject):
    """Everything here can be taken back by the toast that tells of it."""

    def __init__(
        self, context: WindowContext, pages: Pages, sidebar: Sidebar, searching: Searching
    ) -> None:
        super().__init__(pages)
        self._context = context
        self._pages = pages
        self._sidebar = sidebar
        self._searching = searching
        actions = context.actions
        actions.bind("list.filter", self._build)
        actions.bind("list.save", self._save)
        actions.bind("list.edit", lambda: self._edit(self._shown()))
        actions.bind("list.rename", lambda: self._rename(self._own()))
        actions.bind("list.duplicate", lambda: self._duplicate(self._shown()))
        actions.bind("list.remove", lambda: self.remove(self._own()))
        sidebar.menu_wanted.connect(self._offer)
        sidebar.view.moved.connect(self._move_current)
        sidebar.list_added.connect(lambda: context.actions.trigger("list.filter"))

    @property
    def _lists(self) -> SmartLists:
        return self._context.workspace.lists

    def _window(self) -> QWidget:
        return self._pages.window()

    # Which list.

    def list_of(self, entry_id: str) -> SmartList | None:
        id = entry_id.removeprefix(nav.LIST)
        found = (one for one, _ in self._sidebar.model.counts.smart_lists)
        return next((one for one in found if one.id == id), None)

    def _shown(self) -> SmartList:
        """The smart list that the contact list shows."""
        found = self.list_of(self._sidebar.chosen)
        if found is None:
            raise InputError(tr("No smart list is shown."), tr("Choose one in the sidebar first."))
        return found

    def _own(self) -> SmartList:
        found = self._shown()
        if found in STANDARD_LISTS:
            raise InputError(
                tr("This list came with Rapport."), tr("Duplicate it and change the copy.")
            )
        return found

    # The builder.

    async def _build(self) -> None:
        """The filter of the list that is shown."""
        contacts = self._pages.contacts
        if contacts is None:
            return
        query = contacts.list.query
        built = await self._ask(query.conditions)
        if built is None:
            return
        conditions, name = built
        self._context.show_contacts(structs.replace(query, conditions=conditions))
        if name is not None:
            await self._save()

    async def _ask(
        self, conditions: tuple[AnyCondition, ...], name: str | None = None
    ) -> tuple[tuple[AnyCondition, ...], str | None] | None:
        from rapport.ui.filtering import FilterDialog, ask_filter

        dialog = FilterDialog(
            self._context.workspace,
            self._context,
            self._searching.vocabulary(),
            conditions,
            self._window(),
            name=name,
        )
        built = await ask_filter(dialog)
        return None if built is None else (built.conditions, built.name)

    async def _save(self) -> None:
        from rapport.ui.editors.list_name import ask_list_name

        contacts = self._pages.contacts
        if contacts is None or not contacts.list.query.conditions:
            raise InputError(
                tr("There is no filter to save."), tr("Add a filter to the list first.")
            )
        conditions = contacts.list.query.conditions
        name = await ask_list_name(self._window())
        if name:
            made = await self._lists.save(name, conditions)
            self._tell(tr("Smart list saved"), made, partial(self._forget, made))

    async def _forget(self, made: SmartList) -> None:
        await self._lists.remove(made.id)

    # A list.

    async def _edit(self, old: SmartList) -> None:
        if old in STANDARD_LISTS:
            old = structs.replace(old, name=tr(old.name))
        built = await self._ask(old.conditions, old.name)
        if built is None or built[1] is None:
            return
        conditions, name = built[0], built[1]
        if self.list_of(old.id) in STANDARD_LISTS:
            made = await self._lists.save(name, conditions)
            self._tell(tr("Smart list saved"), made, partial(self._forget, made))
        else:
            made = structs.replace(old, conditions=conditions, name=name)
            await self._lists.keep(made)
            self._tell(tr("Smart list changed"), made, partial(self._lists.keep, old))
        self._context.show_contacts(ContactQuery(conditions=conditions))

    async def _rename(self, old: SmartList) -> None:
        from rapport.ui.editors.list_name import ask_list_name

        name = await ask_list_name(self._window(), old.name)
        if name and name != old.name:
            made = structs.replace(old, name=name)
            await self._lists.keep(made)
            self._tell(tr("Smart list renamed"), made, partial(self._lists.keep, old))

    async def _duplicate(self, old: SmartList) -> None:
        own = old not in STANDARD_LISTS
        name = tr("{name} (copy)").format(name=old.name if own else tr(old.name))
        lists = [one for one, _ in self._sidebar.model.counts.smart_lists]
        mine = [one.id for one in lists if one not in STANDARD_LISTS]
        at = mine.index(old.id) + 1 if own else None
        made = await self._lists.save(name, old.conditions, at)
        self._tell(tr("Smart list duplicated"), made, partial(self._forget, made))

    async def remove(self, old: SmartList) -> None:
        place = await self._lists.remove(old.id)
        self._tell(
            tr("Smart list removed"), old, partial(self._lists.keep, old, max(0, place)), "trash"
        )

    def _tell(
        self,
        title: str,
        list_: SmartList,
        back: Callable[[], Coroutine[Any, Any, None]],
        icon_name: str = "smart",
    ) -> None:
        self._context.notice(
            title,
            visible(list_.name),
            icon=icon_name,
            act=(tr("Undo"), lambda: self._context.runner.own(back())),
        )

    # The sidebar.

    def _move_current(self, by: int) -> None:
        found = self.list_of(self._sidebar.chosen)
        if found is not None and found not in STANDARD_LISTS:
            self._context.runner.own(self._lists.move(found.id, by))

    def _offer(self, entry_id: str, where: QPoint) -> None:
        list_ = self.list_of(entry_id)
        if list_ is None:
            return
        own = list_ not in STANDARD_LISTS
        menu = QMenu(self._sidebar)
        menu.setObjectName("smart-list-menu")
        entries = [
            ("edit", tr("Edit filter"), "pencil", partial(self._edit, list_), True),
            ("rename", tr("Rename"), "", partial(self._rename, list_), own),
            ("duplicate", tr("Duplicate"), "copy", partial(self._duplicate, list_), True),
            ("up", tr("Move up"), "up", partial(self._lists.move, list_.id, -1), own),
            ("down", tr("Move down"), "down", partial(self._lists.move, list_.id, 1), own),
            ("remove", tr("Remove this list"), "trash", partial(self.remove, list_), own),
        ]
        for name, words, icon_name, act, possible in entries:
            if not possible:
                continue
            if name == "remove":
                menu.addSeparator()
            item = menu.addAction(words)
            item.setObjectName(f"list-{name}")
            if icon_name:
                item.setIcon(icon(icon_name))
            item.triggered.connect(lambda _=False, act=act: self._context.runner.own(act()))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(where)
