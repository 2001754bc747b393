"""Who works in the account and for whom: users and businesses (FACTS B4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rapport.api import codec
from rapport.api.codec import Codec
from rapport.api.grains import an_id, an_object, rest, text
from rapport.api.pacing import Lane
from rapport.api.pages import LIST_LIMIT, Cursor, Page, counted_page, skipped
from rapport.api.replies import checked, confirmed, listed, one, records_in
from rapport.api.resources.resource import Resource
from rapport.domain.records import Business, User


def user(raw: Any) -> User:
    record = an_object(raw)
    roles = record.get("roles")
    name = text(record.get("name"))
    if not name:
        name = f"{text(record.get('firstName'))} {text(record.get('lastName'))}".strip()
    email = text(record.get("email"))
    return User(
        id=an_id(record, "id"),
        name=name or email,
        email=email,
        role=text(roles.get("role")) if isinstance(roles, dict) else "",
        extra=rest(record, {"id", "name", "firstName", "lastName", "email", "traceId"}),
    )


class Users(Resource):
    async def list(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[User, ...]:
        """Everybody in the location. Deprecated, and the only list that asks for no agency."""
        return records_in(listed(await self._call("users.list", lane), "users"), user)

    async def search(
        self,
        company_id: str,
        *,
        query: str = "",
        cursor: Cursor | None = None,
        limit: int = LIST_LIMIT,
        lane: Lane = Lane.BACKGROUND,
    ) -> Page[User]:
        """Colleagues of this location; ``company_id`` is ``Location.company_id``, without which
        the API refuses. Numbers travel as text (FACTS F9)."""
        reply = await self._call(
            "users.search",
            lane,
            companyId=company_id,
            query=query or None,
            skip=str(skipped(cursor)),
            limit=str(limit),
        )
        return counted_page(reply, "users", user, limit=limit, cursor=cursor)

    async def get(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> User:
        return checked(user, await self._call("users.get", lane, userId=id))  # a bare object


BUSINESS = Codec(
    Business,
    "a business",
    name=codec.text("name"),
    email=codec.text("email"),
    phone=codec.text("phone"),
    website=codec.text("website"),
    address=codec.text("address"),
    city=codec.text("city"),
    state=codec.text("state"),
    postal_code=codec.text("postalCode"),
    country=codec.text("country"),
    description=codec.text("description"),
)


class Businesses(Resource):
    async def list(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[Business, ...]:
        """All businesses, page by page."""
        found: dict[str, Business] = {}
        skip = 0
        while True:
            reply = await self._call("businesses.list", lane, limit=str(LIST_LIMIT), skip=str(skip))
            page = listed(reply, "businesses")
            known = len(found)
            found |= {business.id: business for business in records_in(page, BUSINESS.read)}
            skip += len(page)
            # FACTS F10: where paging is not understood, the first page comes for ever.
            if len(page) < LIST_LIMIT or len(found) == known:
                return tuple(found.values())

    async def get(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> Business:
        reply = await self._call("businesses.get", lane, businessId=id)
        return one(reply, "business", BUSINESS.read)

    async def create(self, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND) -> Business:
        """``values`` needs name."""
        reply = await self._call("businesses.create", lane, **BUSINESS.body(values))
        return one(reply, "buiseness", BUSINESS.read)  # FACTS F6: so spelt

    async def update(
        self, id: str, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> Business:
        """Changes only the given fields."""
        body = BUSINESS.body(values)
        reply = await self._call("businesses.update", lane, businessId=id, **body)
        return one(reply, "buiseness", BUSINESS.read)

    async def delete(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        confirmed(await self._call("businesses.delete", lane, businessId=id))
