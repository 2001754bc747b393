"""What contacts can be put into (FACTS B4); putting them there is with ``contacts``."""

from __future__ import annotations

from rapport.api import codec
from rapport.api.codec import Codec
from rapport.api.pacing import Lane
from rapport.api.replies import listed, records_in
from rapport.api.resources.resource import Resource
from rapport.domain.resources import Campaign, Workflow

WORKFLOW = Codec(
    Workflow,
    "a workflow",
    name=codec.text("name"),
    status=codec.text("status"),
    version=codec.whole("version"),
    added_at=codec.time("createdAt"),
    updated_at=codec.time("updatedAt"),
)
CAMPAIGN = Codec(Campaign, "a campaign", name=codec.text("name"), status=codec.text("status"))


class Workflows(Resource):
    async def list(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[Workflow, ...]:
        reply = await self._call("workflows.list", lane)
        return records_in(listed(reply, "workflows"), WORKFLOW.read)


class Campaigns(Resource):
    async def list(self, status: str = "", *, lane: Lane = Lane.BACKGROUND) -> tuple[Campaign, ...]:
        """``status`` is draft, published or "" for both."""
        reply = await self._call("campaigns.list", lane, status=status or None)
        return records_in(listed(reply, "campaigns"), CAMPAIGN.read)
