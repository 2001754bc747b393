"""Arguments, typed and checked by the catalogue's entry before anything is sent."""

from typing import Any

import pytest

from rapport.api.catalogue import action
from rapport.domain.arguments import Arguments, ArgumentsError, arguments, placed
from rapport.domain.errors import InvalidError

DUE = "2030-01-31T09:00:00Z"


def given(id: str, *words: str, data: Any = None, location: str = "") -> Arguments:
    pairs = [tuple(word.split("=", 1)) for word in words]
    return arguments(action(id), pairs, data, location_id=location)  # type: ignore[arg-type]


def complaints(id: str, *words: str, data: Any = None) -> tuple[str, ...]:
    with pytest.raises(ArgumentsError) as caught:
        given(id, *words, data=data)
    return caught.value.complaints


def test_values_are_typed_and_go_where_they_belong() -> None:
    made = given(
        "contacts.tasks.create", "contactId=c1", "title=12", f"dueDate={DUE}", "completed=false"
    )
    assert made.path == {"contactId": "c1"}
    assert made.query == {}
    assert made.body == {"title": "12", "dueDate": DUE, "completed": False}
    listed = given("contacts.list", "limit=20", "startAfter=1603963890255", location="L")
    assert listed.query == {"locationId": "L", "limit": 20, "startAfter": 1603963890255}
    assert listed.body is None


def test_the_location_fills_whatever_asks_for_one() -> None:
    assert given("locations.get", location="L").path == {"locationId": "L"}
    assert given("opportunities.search", location="L").query == {"location_id": "L"}
    assert given("contacts.create", "firstName=A", location="L").body["locationId"] == "L"
    own = given("contacts.create", "firstName=A", "locationId=M", location="L")
    assert own.body["locationId"] == "M"


def test_lists_grow_by_repetition_or_are_json() -> None:
    for words in (("tags=a,b", "tags=c"), ('tags=["a,b","c"]',)):
        assert given("contacts.tags.add", "contactId=c", *words).body == {"tags": ["a,b", "c"]}
    slots = given(
        "calendars.free-slots.list",
        "calendarId=c",
        "startDate=1",
        "endDate=2",
        "userIds=u",
        "userIds=v",
    )
    assert slots.query["userIds"] == ["u", "v"]


def test_dots_reach_into_objects() -> None:
    made = given(
        "locations.recurring-tasks.create",
        "title=t",
        "rruleOptions.intervalType=daily",
        "rruleOptions.interval=2",
        f"rruleOptions.startDate={DUE}",
        "rruleOptions.dueAfterSeconds=60",
        location="L",
    )
    assert made.body["rruleOptions"] == {
        "intervalType": "daily",
        "interval": 2,
        "startDate": DUE,
        "dueAfterSeconds": 60,
    }
    nested = given("contacts.update", "contactId=c", "dndSettings.SMS.status=active")
    assert nested.body == {"dndSettings": {"SMS": {"status": "active"}}}


def test_words_go_before_data_and_data_holds_any_name() -> None:
    data = {"contactId": "c", "firstName": "A", "lastName": None}
    made = given("contacts.update", "firstName=B", data=data)
    assert made.path == {"contactId": "c"}
    assert made.body == {"firstName": "B", "lastName": None}
    assert data["firstName"] == "A"
    # FACTS F9: some numbers travel as text; in JSON they may be numbers.
    assert given("businesses.list", data={"limit": 5}, location="L").query["limit"] == "5"


def test_a_body_that_is_a_list() -> None:
    row = {"receiverType": "contact", "channel": "email", "notificationType": "booked"}
    words = [f"{name}={value}" for name, value in row.items()]
    one = given("calendars.notifications.create", "calendarId=c", *words)
    assert one.body == [row]
    two = given("calendars.notifications.create", "calendarId=c", data=[row, row])
    assert two.body == [row, row]
    wrong = complaints("calendars.notifications.create", "calendarId=c", data=[{}, 5])
    assert "“data[0]” needs “channel” (one of email, inApp, sms, whatsapp)." in wrong
    assert "“data[1]” must be an object." in wrong


def test_files_are_kept_apart() -> None:
    made = given(
        "locations.custom-fields.upload", "id=c", "file=@a.txt", "file=b.txt", location="L"
    )
    assert made.body == {"id": "c"}
    assert made.files == {"file": ("a.txt", "b.txt")}


def test_one_of_several_is_needed() -> None:
    times = ("startTime=1", "endTime=2")
    with pytest.raises(ArgumentsError, match="needs one of userId, calendarId, groupId"):
        given("calendars.events.list", *times, location="L")
    assert given("calendars.events.list", *times, "groupId=g", location="L").query["groupId"] == "g"


def test_no_body_where_none_is_documented() -> None:
    assert given("contacts.delete", "contactId=c").body is None
    assert given("calendars.schedules.attach", "id=s", "calendarId=c").body is None


def test_an_empty_object_where_one_is_documented() -> None:
    assert given("contacts.workflows.remove", "contactId=c", "workflowId=w").body == {}
    assert given("calendars.events.delete", "eventId=e").body == {}
    assert given("contacts.campaigns.add", "contactId=c", "campaignId=k").body == {}


def test_each_mistake_gets_its_sentence() -> None:
    told = complaints("contacts.tasks.create", "titel=x", "completed=yes", "dueDate=tomorrow")
    assert told == (
        "“contacts.tasks.create” has no “titel”; did you mean “title”?",
        "“completed” must be true or false, not “yes”.",
        "“contacts.tasks.create” needs “contactId” (text).",
        "“contacts.tasks.create” needs “title” (text).",
        "“dueDate” must be a date and time such as 2030-01-31T09:00:00Z; it is “tomorrow”.",
        "“contacts.tasks.create” needs “completed” (true or false).",
    )


@pytest.mark.parametrize(
    ("id", "words", "data", "sentence"),
    [
        ("contacts.get", ["contactId="], None, "“contactId” must not be “”."),
        ("contacts.get", ["contactId=.."], None, "“contactId” must not be “..”."),
        ("contacts.get", [], {"contactId": 5.5}, ""),
        ("contacts.get", [], {"contactId": ["a"]}, "“contactId” must be text."),
        ("contacts.get", [], ["a"], "The data must be an object."),
        ("contacts.get", ["contactId=a", "x=1"], None, "has no “x”; there are contactId."),
        ("contacts.bulk.tags", ["type=set"], None, "“type” must be one of add, remove; it is"),
        ("contacts.list", ["limit=many"], None, "“limit” must be a number, not “many”."),
        ("contacts.list", ["limit=inf"], None, "“limit” must be a number."),
        ("businesses.list", ["skip=-1"], None, "“skip” must be a whole number; it is “-1”."),
        ("contacts.create", ["country=USA"], None, "“country” must be a country as two letters"),
        ("contacts.create", [], {"tags": "a"}, "“tags” must be a list."),
        ("contacts.create", [], {"tags": ["a", 1]}, "“tags[1]” must be text."),
        ("contacts.create", [], {"dnd": 1}, "“dnd” must be true or false."),
        ("contacts.create", [], {"gender": None}, "“gender” cannot be null."),
        ("contacts.create", ["dndSettings={"], None, "“dndSettings” must be JSON:"),
        ("contacts.create", ["firstName=\udcff"], None, "“firstName” holds what is not text."),
        (
            "contacts.create",
            ["dndSettings.SMS.status=active"],
            {"dndSettings": [1]},
            "something else",
        ),
        ("contacts.create", ["dndSettings.SMS=5"], None, "“dndSettings.SMS” must be an object."),
        ("contacts.create", ["email.x=1"], None, "has no “email.x”"),
        ("contacts.create", ["dndSettings.SMS.status=off"], None, "“dndSettings.SMS.status” must"),
        ("contacts.create", [], {"dndSettings": {"SMS": {}}}, "“dndSettings.SMS” needs “status”"),
    ],
)
def test_wrong_values(id: str, words: list[str], data: Any, sentence: str) -> None:
    if not sentence:
        assert given(id, *words, data=data).path == {"contactId": "5.5"}
        return
    assert any(sentence in told for told in complaints(id, *words, data=data))


def test_dots_add_to_what_the_data_holds() -> None:
    data = {"dndSettings": {"SMS": {"status": "active"}}}
    made = given("contacts.update", "contactId=c", "dndSettings.SMS.code=7", data=data)
    assert made.body == {"dndSettings": {"SMS": {"status": "active", "code": "7"}}}
    assert data == {"dndSettings": {"SMS": {"status": "active"}}}


def test_what_is_unknown_inside_an_object_may_pass() -> None:
    data = {"firstName": "A", "dndSettings": {"RCS": {"status": "active"}}}
    assert (
        given("contacts.create", data=data, location="L").body["dndSettings"] == data["dndSettings"]
    )


def test_values_of_the_client_go_where_the_catalogue_says_unchecked() -> None:
    values = {"taskId": "t", "contactId": "c", "assignedTo": None, "dueDate": "soon"}
    sent = placed(action("contacts.tasks.update"), values, location_id="L")
    assert sent.path == {"contactId": "c", "taskId": "t"}
    assert (sent.query, sent.body) == ({}, {"assignedTo": None, "dueDate": "soon"})
    listed = placed(action("contacts.list"), {"limit": 5, "query": None}, location_id="L")
    assert listed.query == {"locationId": "L", "limit": 5, "query": None}
    snake = placed(action("opportunities.search"), {"q": "x"}, location_id="L")
    assert snake.query == {"q": "x", "location_id": "L"}
    with pytest.raises(InvalidError, match="takes no “due”"):
        placed(action("contacts.tasks.update"), {"due": "x"}, location_id="L")
