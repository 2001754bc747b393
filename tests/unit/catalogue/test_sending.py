"""What an action's arguments look like on the wire."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from rapport.api.caller import Caller
from rapport.api.catalogue import action, operation_of
from rapport.api.forms import multipart
from rapport.api.http import Http, Reply
from rapport.api.session import StaticToken
from rapport.app.clock import SystemClock
from rapport.domain.arguments import arguments


class Recorder(Http):
    """Keeps what would be sent."""

    async def exchange(
        self, method: str, url: str, headers: Any, body: Any = None, **rest: Any
    ) -> Reply:
        self.sent = {"method": method, "url": url, "headers": headers, "body": body, **rest}
        return Reply(status=200, headers={}, body=b"sound")


async def sent(id: str, *words: tuple[str, str], form: bool = False) -> dict[str, Any]:
    wanted = arguments(action(id), words, location_id="L")
    http = Recorder()
    caller = Caller(
        "https://crm.example.com/",
        StaticToken("t"),
        location_id="L",
        clock=SystemClock(),
        http=http,
    )
    reply = await caller.exchange(
        operation_of(action(id)),
        path=wanted.path,
        query=wanted.query,
        body=wanted.body,
        form=multipart(wanted.body, []) if form else None,
    )
    await caller.aclose()
    assert reply.body == b"sound"
    return http.sent


async def test_a_query_keeps_its_types_and_repeats_lists() -> None:
    request = await sent(
        "calendars.free-slots.list",
        ("calendarId", "a/b?c"),
        ("startDate", "1"),
        ("endDate", "2"),
        ("userIds", "one & two"),
        ("userIds", "three"),
    )
    url = urlsplit(request["url"])
    assert url.path == "/calendars/a%2Fb%3Fc/free-slots"
    assert parse_qsl(url.query) == [
        ("startDate", "1"),
        ("endDate", "2"),
        ("userIds", "one & two"),
        ("userIds", "three"),
    ]
    assert request["headers"]["Version"] == "2021-04-15"
    assert request["body"] is None
    listed = await sent("calendars.list", ("showDrafted", "false"))
    assert urlsplit(listed["url"]).query == "locationId=L&showDrafted=false"


async def test_a_form_takes_the_place_of_the_body() -> None:
    request = await sent("locations.custom-fields.upload", ("id", "c"), ("file", "@x"), form=True)
    assert request["body"] is None
    assert b'name="id"' in request["form"]
    assert request["form_type"].startswith("multipart/form-data; boundary=")
