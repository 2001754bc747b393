"""What a contact takes part in: followers, campaigns and workflows.

The copy does not hold them: there is nothing to read a contact's campaigns or workflows with, and
followers come along with the contact. So lists are asked for when somebody looks, and changes go
straight to the CRM as operations do: past the outbox, into the audit log, without undo.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from msgspec import Struct

from rapport.domain.arguments import placed
from rapport.domain.catalogue import Action
from rapport.domain.errors import InputError, NetworkError, ServerError
from rapport.domain.operations import OperationCall
from rapport.domain.ports import OperationCaller
from rapport.domain.records import Id, Kind
from rapport.domain.settings import Account
from rapport.domain.text import visible
from rapport.services.queries import AsyncQueries


class Series(StrEnum):
    """What a contact can be put into, as the operations call it."""

    CAMPAIGNS = "campaigns"
    WORKFLOWS = "workflows"

    @property
    def scope(self) -> str:
        """What a sign-in needs to list them."""
        return f"{self.value}.readonly"


class Course(Struct, frozen=True, kw_only=True):
    """One campaign or workflow."""

    id: str
    name: str
    status: str = ""


class Memberships:
    def __init__(self, account: Account, queries: AsyncQueries) -> None:
        self._account = account
        self._queries = queries
        self._caller: OperationCaller | None = None
        self._action: Callable[[str], Action] | None = None

    def connect(self, caller: OperationCaller, action: Callable[[str], Action]) -> None:
        """``action`` finds an operation of the catalogue by its id."""
        self._caller, self._action = caller, action

    async def courses(self, series: Series) -> list[Course]:
        """All of the location, by name. Raises RapportError."""
        found = (await self._call(f"{series.value}.list")).get(series.value)
        rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
        courses = [
            Course(
                id=row["id"],
                name=visible(str(row.get("name") or row["id"])),
                status=visible(str(row.get("status") or "")),
            )
            for row in rows
            if isinstance(row.get("id"), str)
        ]
        return sorted(courses, key=lambda course: course.name.casefold())

    async def join(self, contact_id: Id, series: Series, course_id: str) -> None:
        """Puts the contact into a campaign or workflow, which begins at once."""
        await self._change(contact_id, f"contacts.{series.value}.add", series, course_id)

    async def leave(self, contact_id: Id, series: Series, course_id: str) -> None:
        await self._change(contact_id, f"contacts.{series.value}.remove", series, course_id)

    async def follow(self, contact_id: Id, user_id: str) -> None:
        rid = await self._rid(contact_id)
        await self._call("contacts.followers.add", contactId=rid, followers=[user_id])

    async def unfollow(self, contact_id: Id, user_id: str) -> None:
        rid = await self._rid(contact_id)
        await self._call("contacts.followers.remove", contactId=rid, followers=[user_id])

    async def _change(self, contact_id: Id, action: str, series: Series, course_id: str) -> None:
        name = {Series.CAMPAIGNS: "campaignId", Series.WORKFLOWS: "workflowId"}[series]
        await self._call(action, contactId=await self._rid(contact_id), **{name: course_id})

    async def _rid(self, contact_id: Id) -> str:
        rid = await self._queries.server_id(Kind.CONTACT, contact_id)
        if rid is None:
            raise InputError(
                "The CRM does not know this contact yet.", "Try again once it has been sent."
            )
        return rid

    async def _call(self, id: str, **values: Any) -> dict[str, Any]:
        if self._caller is None or self._action is None:
            raise NetworkError("This account is not connected yet.", "Try again in a moment.")
        action = self._action(id)
        given = placed(action, values, location_id=self._account.location_id)
        reply = await self._caller.call(OperationCall(action=action, arguments=given))
        if reply.refused is not None:
            raise reply.refused
        try:
            answer = json.loads(reply.body or b"{}")
        except ValueError:
            raise ServerError("The CRM’s answer cannot be read.", status=reply.status) from None
        return answer if isinstance(answer, dict) else {}
