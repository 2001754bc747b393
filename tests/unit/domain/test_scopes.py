"""Scopes in words, those that only single operations need included."""

from rapport.api.catalogue import catalogue
from rapport.domain.scopes import READ, described, not_asked


def test_every_scope_of_the_catalogue_has_words() -> None:
    assert described(READ.name) is READ
    assert described("calendars/groups.readonly").title == "See calendars: groups"
    assert described("locations/customValues.write").title == "Change locations: custom values"
    for entry in catalogue().values():
        for name in entry.scopes:
            scope = described(name)
            assert scope.name == name
            assert scope.title.startswith(("See ", "Change ", "Search "))


def test_what_is_asked_for_is_not_said_to_be_left_alone() -> None:
    assert not_asked(["contacts.readonly"]) == "messages, payments, campaigns"
    assert not_asked(["contacts.readonly", "conversations/message.write"]) == (
        "payments, campaigns"
    )
    assert not_asked(["campaigns.readonly", "conversations.readonly"]) == "payments"
