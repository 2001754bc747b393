"""The catalogue's data: complete, ours, and of one piece."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from openapi import CONTRACT
from rapport.api.catalogue import GROUPS, action, catalogue, operation_of
from rapport.app.cli import main
from rapport.domain.catalogue import Action, Shape, Trigger
from rapport.domain.errors import InputError

CORE_GROUPS = ("contacts", "locations", "calendars", "users")

KEYS = (
    *("id", "kind", "group", "title", "summary", "method", "path", "version", "scopes"),
    *("params", "body", "deprecated", "token", "content_type", "core"),
)


LEFT_OUT = {
    "contacts.search": {"locationId", "pageLimit"},
    "locations.custom-fields.upload": {"file"},
    "calendars.blocked-slots.create": {"startTime", "endTime"},
}
"""What the documents do not call required, and without which nothing comes of it."""


def documented(*groups: str) -> dict[tuple[str, str], Any]:
    found = {}
    for group in groups:
        spec = json.loads((CONTRACT / "openapi" / f"{group}.json").read_text("utf-8"))
        for path, methods in spec["paths"].items():
            for method, operation in methods.items():
                found[method.upper(), path] = operation
    return found


def actions() -> list[Action]:
    return [entry for entry in catalogue().values() if isinstance(entry, Action)]


def test_126_core_entries_and_at_least_48_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)
    core = Counter(entry["kind"] for entry in entries if entry["core"])
    assert core == {"action": 109, "trigger": 17}
    more = [entry for entry in entries if not entry["core"]]
    assert sum(entry["kind"] == "action" for entry in more) == 48
    assert len(more) >= 48
    keys = list(KEYS)
    for entry in entries:
        assert list(entry)[: len(keys)] == keys
        assert ("event" in entry) == ("payload" in entry) == (entry["kind"] == "trigger")
        assert entry["token"] in ("location", "agency")
        for field in [*entry["params"], *entry["body"], *entry.get("payload", [])]:
            assert {"name", "type", "required"} <= set(field)
        assert all(param["in"] in ("path", "query") for param in entry["params"])
    assert len({entry["id"] for entry in entries}) == len(entries)


@pytest.mark.contract
def test_methods_and_paths_are_those_of_the_documents() -> None:
    core = [(entry.method, entry.path) for entry in actions() if entry.core]
    assert sorted(core) == sorted(documented(*CORE_GROUPS))
    everything = [(entry.method, entry.path) for entry in actions()]
    assert sorted(everything) == sorted(documented(*GROUPS))


@pytest.mark.contract
def test_versions_scopes_and_flags_are_those_of_the_documents() -> None:
    theirs = documented(*GROUPS)
    for entry in actions():
        operation = theirs[entry.method, entry.path]
        assert entry.deprecated is bool(operation.get("deprecated")), entry.id
        scopes = {
            scope
            for choice in operation.get("security") or []
            for granted in choice.values()
            for scope in granted
        }
        assert set(entry.scopes) == scopes, entry.id
        declared = operation.get("parameters", [])
        for version in (one for one in declared if one["name"] == "Version"):
            assert version["schema"]["enum"] == [entry.version], entry.id
        named = {one["name"]: one for one in declared if one["in"] != "header"}
        params = {param.name: param for param in entry.params}
        assert set(named) <= set(params), entry.id
        for name, one in named.items():
            assert params[name].place == one["in"], entry.id
            assert params[name].required is one.get("required", False), entry.id
        kinds = list((operation.get("requestBody") or {}).get("content", []))
        assert kinds in ([], ["application/json"], ["multipart/form-data"])
        assert bool(kinds) is bool(entry.body or entry.empty_body), entry.id
        assert (kinds == ["multipart/form-data"]) == (entry.content_type == "multipart"), entry.id


@pytest.mark.contract
def test_required_fields_are_those_of_the_documents() -> None:
    for group in GROUPS:
        spec = json.loads((CONTRACT / "openapi" / f"{group}.json").read_text("utf-8"))
        for entry in (one for one in actions() if one.group == group):
            operation = spec["paths"][entry.path][entry.method.lower()]
            for content in (operation.get("requestBody") or {}).get("content", {}).values():
                schema = content["schema"]
                schema = schema.get("items", schema)
                if "$ref" in schema:
                    schema = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
                have = {field.name for field in entry.body}
                assert set(schema.get("properties", {})) <= have, entry.id
                required = {field.name for field in entry.body if field.required}
                extra = LEFT_OUT.get(entry.id, set())
                assert required == set(schema.get("required", [])) | extra, entry.id


@pytest.mark.contract
def test_events_have_the_fields_of_the_samples() -> None:
    files = {"ConversationUnreadUpdate": "ConversationUnreadWebhook"}
    for entry in (one for one in catalogue().values() if isinstance(one, Trigger)):
        file = CONTRACT / "webhooks" / f"{files.get(entry.event, entry.event)}.json"
        samples = json.loads(file.read_text("utf-8"))
        names = {
            name for one in (samples if isinstance(samples, list) else [samples]) for name in one
        }
        assert names <= {field.name for field in entry.payload}, entry.id


@pytest.mark.contract
def test_no_title_or_summary_is_the_documents_own() -> None:
    theirs = set()
    for operation in documented(*GROUPS).values():
        theirs |= {operation.get(key, "").strip().lower() for key in ("summary", "description")}
    for entry in catalogue().values():
        if isinstance(entry, Action):
            summary = entry.summary.lower()
            assert {summary, summary.rstrip(".")}.isdisjoint(theirs), entry.id


@pytest.mark.contract
def test_titles_differ_from_those_of_the_same_operation() -> None:
    theirs = documented(*GROUPS)
    for entry in actions():
        title = theirs[entry.method, entry.path].get("summary", "")
        assert entry.title.lower() != title.strip().rstrip(".").lower(), entry.id


def test_every_entry_says_what_it_does_in_one_line() -> None:
    titles = Counter((entry.group, entry.title) for entry in catalogue().values())
    for entry in catalogue().values():
        assert re.fullmatch(r"[a-z]+(\.[a-z]+(-[a-z]+)*)+", entry.id)
        assert entry.id.startswith(f"{entry.group}.")
        assert entry.group in GROUPS
        assert re.fullmatch(r"[A-Z][^\n]{5,60}[^.\n]", entry.title), entry.id
        assert re.fullmatch(r"[A-Z][^\n]{15,110}\.", entry.summary), entry.id
        assert titles[entry.group, entry.title] == 1, entry.title
        assert entry.core == (entry.group in CORE_GROUPS)


def shapes(shape: Shape) -> Iterator[Shape]:
    yield shape
    for inner in (*shape.fields, *([shape.items] if shape.items else ())):
        yield from shapes(inner)


def test_parameters_fill_the_path_and_names_are_unambiguous() -> None:
    for entry in actions():
        places = [param.name for param in entry.params if param.place == "path"]
        assert places == re.findall(r"\{(\w+)\}", entry.path), entry.id
        names = [one.name for one in (*entry.params, *entry.body)]
        assert len(set(names)) == len(names), entry.id
        assert all(one.description for one in (*entry.params, *entry.body)), entry.id
        for one in (*entry.params, *entry.body):
            assert all(shape.items is None or shape.type == "array" for shape in shapes(one))
            assert all(not shape.fields or shape.type == "object" for shape in shapes(one))
        assert (entry.content_type == "multipart") == any(
            one.type == "file" for one in entry.body
        ), entry.id


def test_agency_and_deprecated_entries_are_marked() -> None:
    assert {entry.id for entry in actions() if entry.deprecated} == {"contacts.list", "users.list"}
    assert {entry.id for entry in actions() if entry.token == "agency"} == {
        "locations.search",
        "locations.create",
        "locations.update",
        "locations.delete",
        "users.filter-by-email",
    }


def test_an_action_becomes_an_operation() -> None:
    operation = operation_of(action("contacts.tasks.get"))
    assert (operation.method, operation.version) == ("GET", "2021-07-28")
    assert operation.scope == "contacts.readonly"
    assert operation.names_record
    assert not operation.writes
    assert not operation_of(action("locations.tags.list")).names_record
    assert operation_of(action("contacts.notes.delete")).writes


def test_what_cannot_be_called_gets_a_sentence() -> None:
    with pytest.raises(InputError, match="is a trigger"):
        action("contacts.created")
    with pytest.raises(InputError, match=r"Did you mean contacts\.tasks\.create"):
        action("contacts.task.create")


def test_the_listing_is_aligned_and_fits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for width in (60, 100):
        monkeypatch.setenv("COLUMNS", str(width))
        assert main(["operations"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert max(map(len, lines)) <= width
        assert [line for line in lines if line.isupper()] == [group.upper() for group in GROUPS]
        shown = {line.split()[0] for line in lines if re.match(r"  \S", line)}
        assert shown == set(catalogue())
        assert lines[-1] == "Actions: 157. Triggers: 28."
    starts = {len(re.match(r"  \S+ +", line)[0]) for line in lines if re.match(r"  \S+ +\S", line)}  # type: ignore[index]
    assert len(starts) == 1


def test_the_listing_can_be_narrowed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["operations", "--json", "--kind", "trigger", "--group", "Calendars"]) == 0
    ids = [entry["id"] for entry in json.loads(capsys.readouterr().out)]
    assert ids == [f"calendars.appointments.{what}" for what in ("created", "updated", "deleted")]
    assert main(["operations", "--kind", "trigger", "--group", "workflows"]) == 0
    assert capsys.readouterr().out == "There is none.\n"
    with pytest.raises(SystemExit) as exit:
        main(["operations", "--group", "kites"])
    assert exit.value.code == 2
    assert "invalid choice: 'kites'" in capsys.readouterr().err
