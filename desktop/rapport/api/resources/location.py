"""The location and its dictionaries: tags, custom fields, custom values (FACTS B4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rapport.api import codec, wire
from rapport.api.codec import Codec
from rapport.api.pacing import Lane
from rapport.api.replies import confirmed, listed, one, records_in
from rapport.api.resources.resource import Resource
from rapport.domain.records import CustomField, Location
from rapport.domain.resources import CustomValue, Tag

LOCATION = Codec(
    Location,
    "a location",
    name=codec.text("name"),
    city=codec.text("city"),
    country=codec.text("country"),
    timezone=codec.text("timezone"),
    company_id=codec.ref("companyId"),
)
TAG = Codec(Tag, "a tag", name=codec.text("name"))
CUSTOM_FIELD = Codec(
    CustomField,
    "a custom field",
    # FACTS B4: a definition is written under other names than it is read.
    name=codec.text("name"),
    key=codec.text("fieldKey", sent=""),
    data_type=codec.Part("dataType", lambda value: codec.text("").read(value) or "TEXT", str),
    options=codec.options("picklistOptions", sent="textBoxListOptions"),
    position=codec.whole("position"),
    placeholder=codec.text("placeholder"),
    model=codec.text("model"),
    many_files=codec.flag("isMultiFileAllowed", sent="isMultipleFile"),
    most_files=codec.whole("maxFileLimit", sent="maxNumberOfFiles"),
)
CUSTOM_VALUE = Codec(
    CustomValue,
    "a custom value",
    name=codec.text("name"),
    key=codec.text("fieldKey", sent=""),
    value=codec.text("value"),
)


class TheLocation(Resource):
    async def get(self, *, lane: Lane = Lane.BACKGROUND) -> Location:
        """``company_id`` is the only way a location's token learns of its agency (FACTS B4)."""
        return one(await self._call("locations.get", lane), "location", LOCATION.read)


class Tags(Resource):
    """The dictionary. A contact's own tags are changed through ``contacts``."""

    async def names(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[str, ...]:
        """Each once."""
        return tuple(wire.tags([tag.name for tag in await self.list(lane=lane)]))

    async def list(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[Tag, ...]:
        return records_in(listed(await self._call("locations.tags.list", lane), "tags"), TAG.read)

    async def get(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> Tag:
        return one(await self._call("locations.tags.get", lane, tagId=id), "tag", TAG.read)

    async def create(self, name: str, *, lane: Lane = Lane.BACKGROUND) -> Tag:
        return one(await self._call("locations.tags.create", lane, name=name), "tag", TAG.read)

    async def rename(self, id: str, name: str, *, lane: Lane = Lane.BACKGROUND) -> Tag:
        reply = await self._call("locations.tags.update", lane, tagId=id, name=name)
        return one(reply, "tag", TAG.read)

    async def delete(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        confirmed(await self._call("locations.tags.delete", lane, tagId=id))


class CustomFields(Resource):
    async def list(
        self, model: str = "contact", *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[CustomField, ...]:
        """Definitions; ``model`` is contact, opportunity or all."""
        reply = await self._call("locations.custom-fields.list", lane, model=model)
        return records_in(listed(reply, "customFields"), CUSTOM_FIELD.read)

    async def get(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> CustomField:
        return await self._one("locations.custom-fields.get", lane, id=id)

    async def create(
        self, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> CustomField:
        """``values`` needs name and data_type."""
        body = CUSTOM_FIELD.body(values)
        return await self._one("locations.custom-fields.create", lane, **body)

    async def update(
        self, id: str, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> CustomField:
        """``values`` needs name, changed or not. The data type stays what it is."""
        body = CUSTOM_FIELD.body(values)
        return await self._one("locations.custom-fields.update", lane, id=id, **body)

    async def delete(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        confirmed(await self._call("locations.custom-fields.delete", lane, id=id))

    async def _one(self, action_id: str, lane: Lane, **values: Any) -> CustomField:
        return one(await self._call(action_id, lane, **values), "customField", CUSTOM_FIELD.read)


class CustomValues(Resource):
    async def list(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[CustomValue, ...]:
        reply = await self._call("locations.custom-values.list", lane)
        return records_in(listed(reply, "customValues"), CUSTOM_VALUE.read)

    async def get(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> CustomValue:
        return await self._one("locations.custom-values.get", lane, id=id)

    async def create(self, name: str, value: str, *, lane: Lane = Lane.BACKGROUND) -> CustomValue:
        return await self._one("locations.custom-values.create", lane, name=name, value=value)

    async def update(
        self, id: str, name: str, value: str, *, lane: Lane = Lane.BACKGROUND
    ) -> CustomValue:
        """The API takes both, changed or not."""
        return await self._one(
            "locations.custom-values.update", lane, id=id, name=name, value=value
        )

    async def delete(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        confirmed(await self._call("locations.custom-values.delete", lane, id=id))

    async def _one(self, action_id: str, lane: Lane, **values: Any) -> CustomValue:
        return one(await self._call(action_id, lane, **values), "customValue", CUSTOM_VALUE.read)
