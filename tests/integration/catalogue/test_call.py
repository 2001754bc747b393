"""Every action of the catalogue through ``rapport call``, against the sandbox.

The arguments are built from the entry itself and from the ids of the sandbox's ``examples``.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest

from rapport.api.catalogue import catalogue
from rapport.app.cli import main
from rapport.domain.catalogue import Action, Shape
from rapport.sandbox.resources import OPERATIONS
from rapport.sandbox.server import SandboxThread

pytestmark = pytest.mark.usefixtures("by_contract")
ACTIONS = [entry for entry in catalogue().values() if isinstance(entry, Action)]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(contacts=40, rate_limit="off", index_lag_s=0.0) as running:
        yield running


@pytest.fixture
def info(sandbox: SandboxThread, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """The sandbox as it was at its start; its tokens stand in the environment."""
    told = sandbox.info()
    monkeypatch.setenv("LOCATION_TOKEN", told["access_token"])
    monkeypatch.setenv("AGENCY_TOKEN", told["agency_token"])
    yield told
    control(told, "reset")


def control(info: dict[str, Any], command: str) -> None:
    reply = httpx.post(
        f"{info['base_url']}/_sandbox/{command}",
        headers={"Authorization": f"Bearer {info['control_token']}"},
        json={},
    )
    assert reply.status_code == 200, reply.text


FIRST = {
    "conversations.create": "conversations.delete",
    "conversations.subtypes.update": "conversations.subtypes.create",
    "conversations.emails.cancel": "conversations.messages.send",
    "conversations.messages.cancel": "conversations.messages.send",
    "conversations.attachments.finish": "conversations.attachments.start",
}
"""What has to happen first, where ``examples`` alone do not do: another action."""
ALSO = {
    "contacts.create": ("firstName",),
    "conversations.messages.send": ("message", "scheduledTimestamp"),
    "conversations.attachments.upload": ("fileAttachment",),
}
"""Optional arguments without which an action makes no sense."""


def journal(info: dict[str, Any]) -> list[dict[str, Any]]:
    """The requests the sandbox has had."""
    reply = httpx.get(
        f"{info['base_url']}/_sandbox/log",
        headers={"Authorization": f"Bearer {info['control_token']}"},
    )
    assert reply.status_code == 200, reply.text
    requests: list[dict[str, Any]] = reply.json()["requests"]
    return requests


LOCATION = ("locationId", "location_id")
"""Filled in by the command itself."""


class Sample:
    """Arguments for an action: all that is required, and of a change at least one field."""

    def __init__(
        self, info: dict[str, Any], folder: Path, made: dict[str, str] | None = None
    ) -> None:
        """``made`` are arguments from the reply to what had to happen first."""
        self._examples: dict[str, str] = {
            **info["examples"],
            "location": info["location_ids"][0],
            "company": info["company_id"],
        }
        self._folder = folder
        self._made = made or {}

    def of(self, entry: Action) -> list[str]:
        fields = [one for one in (*entry.params, *entry.body) if one.required]
        changes = [one for one in entry.body if one.name not in LOCATION]
        if entry.method == "PUT" and not any(one in fields for one in changes):
            fields += changes[:1]
        fields += [one for one in entry.named().values() if one.name in ALSO.get(entry.id, ())]
        fields += [one for one in entry.named().values() if one.name in entry.one_of[:1]]
        words = []
        for one in fields:
            if one.name not in LOCATION:
                value = self._value(entry, one, one.name)
                words.append(f"{one.name}={value if isinstance(value, str) else json.dumps(value)}")
        return words

    def _value(self, entry: Action, shape: Shape, name: str) -> Any:
        if name == "searchAfter":
            return []  # the first page
        if name == "type" and "Email" in shape.enum:
            return "Email"
        example = self._made.get(name) or self._id(entry, name)
        if shape.type == "array":
            assert shape.items
            return [example or self._value(entry, shape.items, name.removesuffix("s"))]
        if shape.type == "object":
            return {
                one.name: self._value(entry, one, one.name) for one in shape.fields if one.required
            }
        if example:
            return example
        if shape.enum:
            return shape.enum[0]
        match shape.type, shape.format:
            case "file", _:
                file = self._folder / "notes.txt"
                file.write_text("written for this test", "utf-8")
                return f"@{file}"
            case "string", "date-time":
                return f"2030-01-31T{'10' if name.startswith('end') else '09'}:00:00Z"
            case _, "epoch-ms":
                return 1_900_000_000_000 + (86_400_000 if name.startswith("end") else 0)
            case "string", _:
                return {
                    "email": "one@example.com",
                    "emails": "one@example.com",
                    "dataType": "TEXT",
                    "timezone": "Europe/Berlin",
                    "from": "09:00",
                    "to": "17:00",
                    "type": "account",
                    "role": "user",
                    "password": "Long-enough-4-a-test!",
                }.get(name, f"example-{name.lower()}")
            case "number", _:
                return 1_900_000_000 if name == "scheduledTimestamp" else 1
            case _:
                return True

    def _id(self, entry: Action, name: str) -> str | None:
        examples = self._examples
        if name == "resourceType":
            return "rooms"
        if name in ("id", "eventId", "appointmentId", "noteId"):
            for part, example in {
                "/calendars/appointments/": "appointment_note"
                if name == "noteId"
                else "appointment",
                "/notes": "note",
                "/recurring-tasks": "recurring_task",
                "/customFields/upload": "contact",
                "/customFields": "custom_field",
                "/customValues": "custom_value",
                "/templates": "template",
                "/resources/": "resource",
                "/schedules": "schedule",
                "/events/block-slots": "block_slot",
                "/events": "appointment",
                "/opportunities": "opportunity",
                "/messages/email": "email_message",
                "/messages": "message",
            }.items():
                if part in entry.path:
                    return examples[example]
        return {
            "contactId": examples["contact"],
            "contacts": examples["contact"],
            "companyId": examples["company"],
            "locationIds": examples["location"],
            "ids": examples["contact"],
            "taskId": examples["task"],
            "businessId": examples["business"],
            "calendarId": examples["calendar"],
            "calendarIds": examples["calendar"],
            "userId": examples["user"],
            "assignedUserId": examples["user"],
            "followers": examples["user"],
            "pipelineId": examples["pipeline"],
            "conversationId": examples["conversation"],
            "messageId": examples["call_message"],
            "tagId": examples["tag"],
            "groupId": examples["calendar_group"],
            "notificationId": examples["notification"],
            "campaignId": examples["campaign"],
            "workflowId": examples["workflow"],
        }.get(name)


def call(info: dict[str, Any], *words: str, token: str = "LOCATION_TOKEN") -> int:
    where = ["--base-url", info["base_url"], "--location", info["location_ids"][0]]
    return main(["call", *words, *where, "--token-env", token])


def token_for(entry: Action) -> str:
    return "AGENCY_TOKEN" if entry.token == "agency" else "LOCATION_TOKEN"


def texts(reply: dict[str, Any]) -> dict[str, str]:
    """What a reply says in words, bare or one level down: ids among it."""
    inner = [value for value in reply.values() if isinstance(value, dict)]
    return {
        name: value
        for part in (*inner, reply)
        for name, value in part.items()
        if isinstance(value, str)
    }


@pytest.mark.parametrize("entry", ACTIONS, ids=lambda entry: entry.id)
def test_every_action_succeeds(
    entry: Action, info: dict[str, Any], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    made: dict[str, str] = {}
    if entry.id in FIRST:
        first = catalogue()[FIRST[entry.id]]
        assert isinstance(first, Action)
        assert call(info, first.id, *Sample(info, tmp_path).of(first)) == 0
        made = texts(json.loads(capfdbinary.readouterr().out))
    words = Sample(info, tmp_path, made).of(entry)
    status = call(info, entry.id, *words, token=token_for(entry))
    shown = capfdbinary.readouterr()
    assert status == 0, (words, shown.err)
    assert shown.err == b""
    if entry.reply == "json":
        json.loads(shown.out)
    else:
        assert shown.out


def test_the_sandbox_serves_every_action() -> None:
    served = {(operation.method, operation.path) for operation in OPERATIONS}
    assert {(entry.method, entry.path) for entry in ACTIONS} <= served


@pytest.mark.parametrize(
    "entry", [entry for entry in ACTIONS if entry.token == "agency"], ids=lambda entry: entry.id
)
def test_a_location_token_is_refused_where_an_agency_token_is_needed(
    entry: Action, info: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(info, entry.id, *Sample(info, tmp_path).of(entry)) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.fullmatch(
        r"The CRM does not allow this sign-in to do that: "
        r"(an agency’s sign-in is needed\. It says: “Forbidden resource”"
        r"|“The token does not have access to this location\.”) \(HTTP 403\)\.\n",
        shown.err,
    )


AUDIENCE = {(operation.method, operation.path): operation.audience for operation in OPERATIONS}


@pytest.mark.parametrize(
    "entry",
    [entry for entry in ACTIONS if AUDIENCE.get((entry.method, entry.path)) == "location"],
    ids=lambda entry: entry.id,
)
def test_an_agency_token_is_refused_where_the_location_s_own_is_needed(
    entry: Action, info: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(info, entry.id, *Sample(info, tmp_path).of(entry), token="AGENCY_TOKEN") == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == (
        "The CRM does not allow this sign-in to do that: “The token does not have access to this "
        "location.” (HTTP 403).\n"
    )


def test_a_reply_is_json_and_raw_as_it_came(
    info: dict[str, Any], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    contact = f"contactId={info['examples']['contact']}"
    assert call(info, "contacts.get", contact) == 0
    pretty = capfdbinary.readouterr().out
    assert call(info, "contacts.get", contact, "--raw") == 0
    raw = capfdbinary.readouterr().out
    assert pretty.count(b"\n") > 5
    assert b"\n" not in raw
    assert json.loads(pretty)["contact"] == json.loads(raw)["contact"]


def test_arguments_may_come_as_json_from_a_file(
    info: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "arguments.json"
    file.write_text('{"lastName": "Løvås “Ö”", "tags": ["a, b"]}', "utf-8")
    assert call(info, "contacts.create", "firstName=Åse", "--data", f"@{file}") == 0
    contact = json.loads(capsys.readouterr().out)["contact"]
    assert (contact["firstName"], contact["lastName"]) == ("Åse", "Løvås “Ö”")
    assert contact["tags"] == ["a, b"]


def test_a_cursor_leads_to_the_next_page_as_it_came(
    info: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    search = catalogue()["opportunities.search-by-body"]
    assert isinstance(search, Action)
    words = [
        word
        for word in Sample(info, tmp_path).of(search)
        if not word.startswith(("query=", "searchAfter="))
    ]
    seen: list[str] = []
    after: list[Any] = []
    for _ in range(2):
        assert call(info, search.id, *words, "query=", f"searchAfter={json.dumps(after)}") == 0
        (opportunity,) = json.loads(capsys.readouterr().out)["opportunities"]
        seen.append(opportunity["id"])
        after = opportunity["sort"]
    assert len(set(seen)) == 2


def test_an_upload_arrives_whole(
    info: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a “quoted” ü.bin"
    file.write_bytes(bytes(range(256)) * 40)
    contact = f"id={info['examples']['contact']}"
    assert call(info, "locations.custom-fields.upload", contact, f"file=@{file}") == 0
    (kept,) = json.loads(capsys.readouterr().out)["meta"]
    assert (kept["originalname"], kept["size"]) == (file.name, 256 * 40)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["contacts.gte", "contactId=x"], "There is no operation “contacts.gte”. Did you mean"),
        (["contacts.created"], "“contacts.created” is a trigger."),
        (["contacts.get"], "“contacts.get” needs “contactId” (text)."),
        (["contacts.get", "contactId"], "“contactId” is not an argument. Write name=value."),
        (["contacts.get", "--data", "{"], "What is in “--data” is not JSON."),
        (["contacts.get", "--data", "@/no/such/file"], "“/no/such/file” cannot be read. No such"),
        (["locations.custom-fields.upload", "file=@/no/file"], "“/no/file” cannot be read."),
        (["contacts.get", "contactId=x", "--token-env", "NO_TOKEN"], "“NO_TOKEN” holds no token."),
        (["contacts.get", "contactId=x", "--base-url", "http://example.com"], "https://"),
    ],
)
def test_wrong_arguments_end_with_2_and_send_nothing(
    words: list[str], sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("TOKEN", "pit-secret")
    monkeypatch.delenv("NO_TOKEN", raising=False)
    where = ["--base-url", "http://127.0.0.1:9", "--token-env", "TOKEN", "--location", "L"]
    assert main(["call", *where, *words]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert sentence in shown.err
    assert "pit-secret" not in shown.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["contacts.get", "contactId=nobody"],
            "This record is not in the CRM any more: “Contact with id nobody not found” "
            "(HTTP 400).\n",
        ),
        (
            ["contacts.get", "contactId=x", "--token-env", "WRONG_TOKEN"],
            "The CRM does not accept this token any more (HTTP 401).",
        ),
        (["contacts.get", "contactId=x", "--base-url", "http://127.0.0.1:9"], "The CRM cannot be"),
        (
            ["contacts.list", "--location", "another"],
            "The CRM does not allow this sign-in to do that: “The token does not have access to "
            "this location.” (HTTP 403).\n",
        ),
    ],
)
def test_a_refusal_is_one_sentence_and_ends_with_1(
    words: list[str],
    sentence: str,
    info: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
) -> None:
    monkeypatch.setenv("WRONG_TOKEN", "pit-secret-and-wrong")
    where = ["--base-url", info["base_url"], "--token-env", "LOCATION_TOKEN"]
    location = ["--location", info["location_ids"][0]]
    assert main(["call", *where, *location, *words]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(sentence)
    assert shown.err.count("\n") == 1
    assert "secret" not in shown.err


def narrow_token(info: dict[str, Any], scope: str) -> str:
    """An access token after consent to ``scope`` alone."""
    redirect = "http://127.0.0.1:5123/callback"
    with httpx.Client(base_url=info["base_url"]) as http:
        consent = http.post(
            "/v2/oauth/chooselocation",
            data={
                "response_type": "code",
                "client_id": info["client_id"],
                "redirect_uri": redirect,
                "scope": scope,
                "location_id": info["location_ids"][0],
                "decision": "allow",
            },
        )
        code = parse_qs(urlsplit(consent.headers["location"]).query)["code"][0]
        reply = http.post(
            "/oauth/token",
            data={
                "client_id": info["client_id"],
                "client_secret": info["client_secret"],
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect,
            },
        )
    return str(reply.json()["access_token"])


def test_a_missing_scope_names_the_permission(
    info: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NARROW_TOKEN", narrow_token(info, "contacts.readonly"))
    contact = f"contactId={info['examples']['contact']}"
    assert call(info, "contacts.get", contact, token="NARROW_TOKEN") == 0
    capsys.readouterr()
    assert call(info, "contacts.delete", contact, token="NARROW_TOKEN") == 1
    assert capsys.readouterr().err == (
        "This sign-in is not allowed to do that: it needs the permission “contacts.write” "
        "(HTTP 401).\n"
    )


def test_the_token_stays_out_of_sight(info: dict[str, Any]) -> None:
    """The program as it is started: neither its arguments nor what it prints hold the token."""
    token = info["access_token"]
    contact = f"contactId={info['examples']['contact']}"
    command = [
        *(sys.executable, "-m", "rapport.app.cli", "call", "contacts.get", contact),
        *("--base-url", info["base_url"], "--token-env", "THE_TOKEN"),
    ]
    result = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "THE_TOKEN": token}, timeout=60
    )
    assert result.returncode == 0, result.stderr
    assert token not in result.stdout + result.stderr + " ".join(command)
    assert all(token not in json.dumps(request) for request in journal(info))
