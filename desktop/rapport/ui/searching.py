"""The search field and the list it narrows.

Conditions that are typed leave the field for the list's filter as soon as they are ended; the words
stay and are searched for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import structs
from PySide6.QtCore import QObject

from rapport.domain.filter_completions import Begun, Completion, completions
from rapport.domain.filter_words import Vocabulary
from rapport.domain.filters import AnyCondition, AnyOf, ContactQuery
from rapport.domain.typed_filters import Typed, parse
from rapport.services.vocabulary import vocabulary_of
from rapport.ui.context import Page, WindowContext
from rapport.ui.panes.search_box import SearchBox
from rapport.ui.panes.sidebar import Sidebar

if TYPE_CHECKING:
    from rapport.ui.pages import Pages

_COMPLETIONS = 9
_WITH_VALUES = ("company", "city", "country", "source")
"""Fields whose values are worth offering: many contacts share one."""


class Searching(QObject):
    def __init__(
        self,
        context: WindowContext,
        box: SearchBox,
        pages: Pages,
        sidebar: Sidebar,
        show: Callable[[ContactQuery], None],
    ) -> None:
        super().__init__(pages)
        self._context = context
        self._box = box
        self._pages = pages
        self._sidebar = sidebar
        self._show = show
        self._typing = False
        box.textChanged.connect(self._searched)
        box.left.connect(self._leave)
        box.begun.connect(
            lambda word: context.runner.start(lambda: self._complete(word), slot="complete")
        )
        pages.search_cleared.connect(box.clear)

    def focus(self) -> None:
        self._box.setFocus()
        self._box.selectAll()

    def clear(self) -> None:
        self._box.clear()

    def follow(self, query: ContactQuery) -> None:
        """A list is shown; the field says what is searched for, whoever asked for it."""
        if not self._typing and query.text != self._box.text().strip():
            self._box.setText(query.text)

    def vocabulary(self) -> Vocabulary:
        tags = (tag for tag, _ in self._sidebar.model.counts.tags)
        return vocabulary_of(self._context.workspace, tags)

    def _searched(self, text: str) -> None:
        if self._pages.contacts is not None and not self._typing:
            self._take(parse(text, self.vocabulary(), whole=False))

    def _take(self, typed: Typed) -> None:
        contacts = self._pages.contacts
        assert contacts is not None
        old = contacts.list.query
        query = structs.replace(
            old, text=typed.text.strip(), conditions=_together(old.conditions, typed)
        )
        if self._context.situation.page is not Page.CONTACTS and (query.text or typed.conditions):
            self._context.show_page(Page.CONTACTS)
        self._typing = True
        try:
            if query != old:
                self._show(query)
            if typed.conditions:
                self._box.setText(typed.rest)
        finally:
            self._typing = False
        contacts.list.say_hint(typed.hint)

    def _leave(self) -> None:
        """Go to the rows; what was typed is ended by that."""
        contacts = self._pages.contacts
        if contacts is not None:
            self._take(parse(self._box.text(), self.vocabulary()))
            self._context.show_page(Page.CONTACTS)
            contacts.focus_rows()

    async def _complete(self, word: str) -> None:
        begun, known = Begun.of(word), list[str]()
        queries = self._context.workspace.queries
        if begun.has_value and begun.key == "tag":
            known = [tag for tag, _ in await queries.suggest_tags(begun.value, _COMPLETIONS)]
        elif begun.has_value and begun.key in _WITH_VALUES:
            known = await queries.suggest_values(begun.key, begun.value, _COMPLETIONS)
        offered: list[Completion] = completions(word, self.vocabulary(), known)
        self._box.offer(word, offered[:_COMPLETIONS])


def _together(old: tuple[AnyCondition, ...], typed: Typed) -> tuple[AnyCondition, ...]:
    """What was in force and what was typed; what begins with OR goes on with the last one."""
    added = typed.conditions
    if typed.joins and old:
        alternatives = (*_alternatives(old[-1]), *_alternatives(added[0]))
        old, added = (*old[:-1], AnyOf(of=tuple(dict.fromkeys(alternatives)))), added[1:]
    return tuple(dict.fromkeys((*old, *added)))


def _alternatives(condition: AnyCondition) -> tuple[AnyCondition, ...]:
    return condition.of if isinstance(condition, AnyOf) else (condition,)
