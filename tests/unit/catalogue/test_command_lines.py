"""A copied command says what the form said, whatever was typed."""

import json
import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.api.catalogue import action, catalogue
from rapport.app.commands.call import _data, _parser, _word
from rapport.domain.arguments import Arguments, arguments
from rapport.domain.catalogue import Action, Shape
from rapport.domain.command_lines import as_curl, as_rapport_call

ACTIONS = [entry for entry in catalogue().values() if isinstance(entry, Action)]
LOCATION = "loc-1"


def understood(command: str) -> tuple[str, Arguments, Any]:
    """What ``rapport call`` makes of a command that a shell has split."""
    program, name, *argv = shlex.split(command)
    assert (program, name) == ("rapport", "call")
    options = _parser().parse_intermixed_args(argv)
    words = [_word(text) for text in options.words]
    wanted = action(options.id)
    return (
        options.id,
        arguments(wanted, words, _data(options.data), location_id=LOCATION),
        options,
    )


def sample(shape: Shape, name: str) -> Any:
    """A value of the type that is hard on a command line."""
    match shape.type, shape.format:
        case _ if shape.enum:
            return shape.enum[-1]
        case "array", _:
            return [sample(shape.items or Shape(type="any"), name)] * 2
        case "object", _:
            return {one.name: sample(one, one.name) for one in shape.fields} or {"a": ["b", None]}
        case "number", "epoch-ms":
            return 1_900_000_000_000
        case "number", _:
            return 1.5
        case "boolean", _:
            return False
        case "file", _:
            return ["/tmp/a file.txt"]
        case _, "date-time":
            return "2030-01-31T09:00:00Z"
        case _, "epoch-ms" | "integer":
            return "1900000000000"
        case _, "country":
            return "PT"
        case _:
            return f"[it's] $HOME “{name}” = \n -x"


@pytest.mark.parametrize("entry", ACTIONS, ids=lambda entry: entry.id)
def test_every_action_survives_the_way_through_a_shell(entry: Action) -> None:
    data = {one.name: sample(one, one.name) for one in entry.named().values()}
    wanted = arguments(entry, data=data)
    command = as_rapport_call(
        entry, wanted, account="Lumen “Solar”", location_id=LOCATION, profile="/a b"
    )
    id, found, options = understood(command)
    assert (id, found) == (entry.id, wanted)
    assert options.account == "Lumen “Solar”"
    assert str(options.profile) == "/a b"


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_text_survives(text: str) -> None:
    entry = action("contacts.tasks.update")
    wanted = arguments(entry, data={"contactId": "c", "taskId": "t", "title": text})
    command = as_rapport_call(entry, wanted, account="a", location_id=LOCATION)
    assert understood(command)[1] == wanted


def test_what_no_word_can_say_goes_as_data() -> None:
    entry = action("contacts.bulk.business")
    wanted = arguments(entry, data={"ids": ["c"], "businessId": None}, location_id=LOCATION)
    command = as_rapport_call(entry, wanted, account="a", location_id=LOCATION)
    assert """--data '{"businessId": null}'""" in command
    assert understood(command)[1] == wanted


def test_the_account_s_own_location_is_left_out() -> None:
    entry = action("contacts.create")
    mine = arguments(entry, data={"firstName": "Ana", "locationId": LOCATION})
    command = as_rapport_call(entry, mine, account="a", location_id=LOCATION)
    assert command == "rapport call contacts.create firstName=Ana --account a"
    other = arguments(entry, data={"firstName": "Ana", "locationId": "other"})
    assert "locationId=other" in as_rapport_call(entry, other, account="a", location_id=LOCATION)


def test_curl_takes_the_token_from_a_variable() -> None:
    entry = action("contacts.tasks.complete")
    wanted = arguments(entry, data={"contactId": "c/1", "taskId": "t", "completed": True})
    assert as_curl(entry, wanted, "https://crm.example").split(" \\\n  ") == [
        "curl --request PUT https://crm.example/contacts/c%2F1/tasks/t/completed",
        '--header "Authorization: Bearer $TOKEN"',
        f"--header 'Version: {entry.version}'",
        "--header 'Accept: application/json'",
        "--header 'Content-Type: application/json'",
        f"--data-raw {shlex.quote(json.dumps({'completed': True}))}",
    ]
