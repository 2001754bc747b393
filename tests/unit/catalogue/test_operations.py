"""An operation on its way: its address, what of it may be seen, and whom it concerns."""

import json

import pytest

from rapport.api.catalogue import action, catalogue
from rapport.domain.arguments import arguments
from rapport.domain.catalogue import Action
from rapport.domain.operations import (
    HIDDEN,
    OperationCall,
    address,
    named_contacts,
    shown_headers,
    without_secrets,
)


def test_an_address_is_quoted_and_lists_repeat_their_name() -> None:
    assert (
        address(
            "https://crm.example",
            "/a/{id}/b",
            {"id": "x/../y?z"},
            {"tags": ["ä b", "c&d"], "all": True, "none": None, "n": 1.5},
        )
        == "https://crm.example/a/x%2F..%2Fy%3Fz/b?tags=%C3%A4%20b&tags=c%26d&all=true&n=1.5"
    )


@pytest.mark.parametrize(
    ("shown", "hidden"),
    [
        ({"access_token": "abc"}, "abc"),
        ({"a": {"refreshToken": 'with \\" quote'}}, "quote"),
        ({"client_secret": "s3cret"}, "s3cret"),
        ({"apiKey": "k-1"}, "k-1"),
        ({"api_key": 12345}, "12345"),
        ({"Password": "hunter2"}, "hunter2"),
    ],
)
def test_secrets_in_json_are_hidden(shown: object, hidden: str) -> None:
    for text in (json.dumps(shown), json.dumps(shown, indent=2)):
        told = without_secrets(text)
        assert hidden not in told
        assert HIDDEN in told
        json.loads(told)


@pytest.mark.parametrize("end", ["abc", "abc\\\\", ""])
def test_a_secret_that_is_cut_is_hidden(end: str) -> None:
    assert without_secrets(f'{{"a": 1, "access_token": "x{end}') == (
        f'{{"a": 1, "access_token": "{HIDDEN}"'
    )


def test_what_is_no_secret_stays() -> None:
    text = json.dumps({"tokens": 3, "key": "a", "fieldKey": "contact.x", "secretary": "Ana"})
    assert without_secrets(text) == text


def test_headers_that_grant_access_are_hidden() -> None:
    shown = shown_headers(
        {"Authorization": "Bearer x", "set-cookie": "a=b", "X-Api-Key": "k", "version": "1"}
    )
    assert shown == {
        "Authorization": HIDDEN,
        "set-cookie": HIDDEN,
        "X-Api-Key": HIDDEN,
        "version": "1",
    }


def test_a_call_names_its_contacts() -> None:
    tags = action("contacts.bulk.tags")
    given = arguments(
        tags, data={"type": "add", "contacts": ["c1", "c2"], "tags": ["x"]}, location_id="loc"
    )
    assert named_contacts(OperationCall(action=tags, arguments=given), None) == ("c1", "c2")
    create = action("contacts.create")
    given = arguments(create, data={"firstName": "Ana"}, location_id="loc")
    call = OperationCall(action=create, arguments=given)
    assert named_contacts(call, {"contact": {"id": "new"}, "traceId": "t"}) == ("new",)


def test_searches_do_not_write_whatever_their_method() -> None:
    posts = {
        entry.id
        for entry in catalogue().values()
        if isinstance(entry, Action) and entry.method == "POST" and not entry.writes
    }
    assert posts == {
        "contacts.search",
        "locations.tasks.search",
        "users.filter-by-email",
        "opportunities.search-by-body",
    }
    assert action("contacts.delete").writes
    assert not action("contacts.get").writes
