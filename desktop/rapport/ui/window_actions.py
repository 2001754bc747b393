"""What a person can do from anywhere in the window: go, show, undo, import, merge."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from rapport.domain.settings import Density, ThemeMode
from rapport.ui.actions import ACCOUNT_KEYS
from rapport.ui.context import Page, WindowContext
from rapport.ui.links import bind_links
from rapport.ui.look.theme import Mode
from rapport.ui.pages import Pages
from rapport.ui.panes.sidebar import Sidebar
from rapport.ui.searching import Searching
from rapport.ui.undo import UndoList

if TYPE_CHECKING:
    from rapport.ui.quick_add import QuickAdd


class WindowActions:
    """Binds them. What concerns a page that this window has not got stays unbound."""

    def __init__(
        self,
        context: WindowContext,
        pages: Pages,
        sidebar: Sidebar,
        searching: Searching,
        window: QWidget,
    ) -> None:
        self._context = context
        self._pages = pages
        self._sidebar = sidebar
        self._searching = searching
        self._window = window
        self._sentence: QuickAdd | None = None
        self._bind_actions()
        context.accounts_changed.connect(self._bind_accounts)

    def _bind_actions(self) -> None:
        actions = self._context.actions
        actions.bind("search.focus", self._searching.focus)
        actions.bind("go.palette", self._show_palette)
        actions.bind("task.quick-add", self._quick_add)
        actions.bind("go.today", lambda: self._context.show_page(Page.TODAY))
        actions.bind("go.contacts", lambda: self._sidebar.choose("contacts"))
        actions.bind("go.next", lambda: self._pages.step(1))
        actions.bind("go.previous", lambda: self._pages.step(-1))
        actions.bind("go.back", self._go_back)
        actions.bind("list.mark", self._pages.mark)
        actions.bind("list.mark-all", self._pages.mark_all)
        actions.bind("list.unmark", self._pages.unmark)
        if self._pages.has_calendar:
            actions.bind("go.calendar", lambda: self._context.show_page(Page.CALENDAR))
        if self._pages.has_activity:
            actions.bind("go.activity", lambda: self._context.show_page(Page.ACTIVITY))
        if self._pages.has_duplicates:
            actions.bind("contact.find-duplicates", self._context.show_duplicates)
            actions.bind("contact.merge", self._merge)
        if self._pages.has_settings:
            actions.bind("go.settings", lambda: self._context.show_page(Page.SETTINGS))
        actions.bind("contact.open", self._open_chosen)
        bind_links(self._context)
        actions.bind("list.import", self._import)
        actions.bind("list.export", self._export)
        actions.bind("edit.undo", self._context.undo)
        actions.bind("edit.redo", self._context.redo)
        actions.bind("edit.history", self._show_history)
        actions.bind("view.theme", self._toggle_theme)
        actions.bind("view.density", self._toggle_density)
        actions.bind("sync.now", self._sync_now)
        actions.bind("app.help", self._show_help)

    def _bind_accounts(self) -> None:
        """A key for each account that there is."""
        actions = self._context.actions
        for place in range(ACCOUNT_KEYS):
            id = f"account.show-{place + 1}"
            if place < len(self._context.accounts):
                account_id = self._context.accounts[place].account.id
                actions.bind(id, partial(self._context.show_account, account_id))
            else:
                actions.unbind(id)

    def _open_chosen(self) -> None:
        contact_id = self._context.situation.contact_id
        if contact_id is not None:
            self._context.open_contact(contact_id)
            self._pages.focus_detail()

    def _toggle_theme(self) -> None:
        dark = self._context.theme.tokens.dark
        self._context.change_settings(theme=ThemeMode.LIGHT if dark else ThemeMode.DARK)
        self._context.theme.set_mode(Mode.LIGHT if dark else Mode.DARK)

    def _toggle_density(self) -> None:
        compact = self._context.settings.density is Density.COMPACT
        self._context.change_settings(density=Density.COMFORTABLE if compact else Density.COMPACT)

    def _sync_now(self) -> None:
        self._context.workspace.sync.sync_now()

    def _show_palette(self) -> None:
        from rapport.ui.palette import Palette

        Palette(self._context, self._window).open()

    def _quick_add(self) -> None:
        from rapport.ui.quick_add import QuickAdd

        if self._sentence is None:
            self._sentence = QuickAdd(self._context, self._window)
        if not self._sentence.isVisible():
            self._sentence.begin()

    def _show_help(self) -> None:
        from rapport.ui.shortcut_sheet import ShortcutSheet

        ShortcutSheet(self._context, self._window).open()

    def _show_history(self) -> None:
        UndoList(self._context, self._window).open()

    def _export(self) -> None:
        """What the list shows: its filter, its search, its order."""
        from rapport.ui.export import choose_file

        if self._pages.contacts is not None:
            choose_file(self._context, self._window, self._pages.contacts.list.query)

    def _import(self) -> None:
        from rapport.ui.imports import choose_file

        choose_file(self._context, self._window)

    async def _merge(self) -> None:
        from rapport.ui.panes.duplicates.pick import ask_other_contact

        contact_id = self._context.situation.contact_id
        other = await ask_other_contact(self._context, self._window)
        if contact_id is not None and other is not None:
            self._context.show_duplicates((contact_id, other))

    def _go_back(self) -> None:
        """Escape: from the detail to the list, from a search to all contacts."""
        contacts = self._pages.contacts
        if contacts is None or self._context.situation.page is not Page.CONTACTS:
            self._context.show_page(Page.CONTACTS)
        elif contacts.close_detail() or not contacts.list.view.hasFocus():
            contacts.focus_rows()
        else:
            self._searching.clear()
