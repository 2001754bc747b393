"""Which ids of the CRM the local copy can offer by name, and where they come from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapport.domain.catalogue import Action, Field
from rapport.domain.records import Id, Kind
from rapport.domain.text import fold, visible
from rapport.domain.views import ContactDetail, ContactRow
from rapport.language import tr
from rapport.ui.context import WindowContext

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

_MOST = 20
_CONTACT = frozenset({"contactId", "contact_id"})
_USER = frozenset({"assignedTo", "assigned_to", "userId", "assignedUserId"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """``id`` is the CRM's, or "" where it is asked for when this is chosen: then ``local`` is
    known."""

    id: str = ""
    local: Id = ""
    text: str
    beside: str = ""
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """What an id names, and who offers some for a few letters. ``kind`` is that of a record."""

    what: str
    icon: str
    find: Callable[[str], Awaitable[Sequence[Choice]]]
    kind: Kind | None = None


def source_for(
    action: Action,
    one: Field,
    workspace: Workspace,
    context: WindowContext,
    contact: Callable[[], Id],
) -> Source | None:
    """None for an id that the copy does not know. ``contact`` is the local id of the contact that
    is chosen in the same form, or ""."""
    offers = _Offers(workspace, context, contact)
    if one.type != "string":
        return None
    if one.name in _CONTACT:
        return Source(tr("contact"), "user", offers.contacts, Kind.CONTACT)
    if one.name in _USER:
        return Source(tr("user"), "user", offers.users)
    if one.name == "businessId":
        return Source(tr("business"), "building", offers.businesses)
    if action.path.startswith("/contacts/{contactId}/tasks") and one.name == "taskId":
        return Source(tr("task"), "task", offers.tasks, Kind.TASK)
    if action.path.startswith("/contacts/{contactId}/notes") and one.name == "id":
        return Source(tr("note"), "note", offers.notes, Kind.NOTE)
    if action.path == "/locations/{locationId}/customFields/{id}" and one.name == "id":
        return Source(tr("custom field"), "tag", offers.custom_fields)
    return None


class _Offers:
    def __init__(
        self, workspace: Workspace, context: WindowContext, contact: Callable[[], Id]
    ) -> None:
        self._workspace = workspace
        self._context = context
        self._contact = contact

    async def contacts(self, text: str) -> Sequence[Choice]:
        queries = self._workspace.queries
        if text.strip():
            return [_contact(row) for row in await queries.find_contacts(text)]
        # The contact that is open comes to mind first, then those looked at last.
        opened = self._context.situation.contact_id
        recent = [opened] if opened else []
        recent += [id for id in self._context.settings.recent_contacts if id != opened]
        return [_contact(row) for row in await queries.recent(recent[:9])]

    async def users(self, text: str) -> Sequence[Choice]:
        users = self._workspace.reference.users
        return _fitting(
            text,
            [
                Choice(id=user.id, text=visible(user.name or user.id), seed=user.id)
                for user in users
            ],
        )

    async def businesses(self, text: str) -> Sequence[Choice]:
        businesses = self._workspace.reference.businesses
        return _fitting(text, [Choice(id=one.id, text=visible(one.name)) for one in businesses])

    async def custom_fields(self, text: str) -> Sequence[Choice]:
        fields = self._workspace.reference.custom_fields
        return _fitting(text, [Choice(id=one.id, text=visible(one.name)) for one in fields])

    async def tasks(self, text: str) -> Sequence[Choice]:
        detail = await self._detail()
        if detail is None:
            return ()
        return _fitting(
            text, [Choice(local=one.id, text=visible(one.title)) for one in detail.tasks]
        )

    async def notes(self, text: str) -> Sequence[Choice]:
        from rapport.services.html import plain_text

        detail = await self._detail()
        if detail is None:
            return ()
        return _fitting(
            text,
            [
                Choice(local=one.id, text=visible(plain_text(one.body))[:80] or tr("(empty)"))
                for one in detail.notes
            ],
        )

    async def _detail(self) -> ContactDetail | None:
        contact = self._contact()
        return await self._workspace.queries.detail(contact) if contact else None


def _contact(row: ContactRow) -> Choice:
    return Choice(local=row.id, text=visible(row.name), beside=visible(row.company), seed=row.seed)


def _fitting(text: str, choices: Sequence[Choice]) -> Sequence[Choice]:
    words = fold(text).split()
    found = [one for one in choices if all(word in fold(one.text) for word in words)]
    return found[:_MOST]
