"""The seeded world."""

from collections import Counter
from typing import Any

import phonenumbers
import pytest

from rapport.sandbox import seed
from rapport.sandbox.clock import Clock
from rapport.sandbox.seed.cast import CASTS
from rapport.sandbox.seed.names import CULTURES, Culture
from rapport.sandbox.seed.words import COMMON_TAGS
from rapport.sandbox.store import Store

NOON = 1_795_435_200.0  # a Monday, 12:00 UTC
TABLES = ("contact", "task", "record", "meta")


def filled(contacts: int, number: int = 7, now: float = NOON) -> Store:
    clock = Clock(lambda: now)
    store = Store(clock)
    seed.fill(store, clock, contacts=contacts, seed=number)
    return store


def dump(store: Store) -> list[Any]:
    return [
        row for table in TABLES for row in store.db.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
    ]


def first_location(store: Store) -> str:
    return str(store.records("location")[0]["id"])


def contacts_of(store: Store, location: str) -> list[dict[str, Any]]:
    rows = store.search(
        "contact", "location=?", [location], keys=[("updated", True), ("id", True)], limit=10_000
    )
    return [doc for doc, _ in rows]


@pytest.fixture(scope="module")
def store() -> Store:
    return filled(1500)


@pytest.fixture(scope="module")
def contacts(store: Store) -> list[dict[str, Any]]:
    return contacts_of(store, first_location(store))


def test_the_same_seed_gives_the_same_data() -> None:
    assert dump(filled(120)) == dump(filled(120))
    assert dump(filled(120)) != dump(filled(120, number=8))


def test_dates_are_relative_to_now() -> None:
    early, late = filled(60), filled(60, now=NOON + 7 * 86_400)
    pairs = zip(
        contacts_of(early, first_location(early)),
        contacts_of(late, first_location(late)),
        strict=True,
    )
    assert {new["dateUpdated"] - old["dateUpdated"] for old, new in pairs} == {7 * 86_400_000}


@pytest.mark.parametrize("size", [0, 1, 5, 14, 300])
def test_the_first_location_holds_as_many_as_asked_for(size: int) -> None:
    store = filled(size)
    sizes = [len(contacts_of(store, place["id"])) for place in store.records("location")]
    assert sizes[0] == size
    assert len(sizes) == 3
    assert len(store.records("user")) == 5
    assert all(other <= max(size, 12) for other in sizes)


def test_the_familiar_people_were_active_last(contacts: list[dict[str, Any]]) -> None:
    names = [f"{one['firstName']} {one['lastName']}".strip() for one in contacts[:13]]
    assert names == [
        "Ana Pérez Ølgaard",
        "王小明",
        "Siobhán O’Brien",
        "Фатима Ахмедова",
        "محمد الفاسي",
        "Zoë van den Berg",
        "Ιωάννα Παπαδοπούλου",
        "Priya Raghunathan",
        "Jean-Baptiste N’Diaye",
        "田中 美咲",
        "Łukasz Wiśniewski",
        "Maximiliane von Hohenstein-Ehrenberg",
        "김서연",
    ]


def test_every_phone_number_is_valid_and_none_comes_twice(contacts: list[dict[str, Any]]) -> None:
    numbers = [one["phone"] for one in contacts if one.get("phone")]
    parsed = [phonenumbers.parse(number) for number in numbers]
    wrong = [
        number
        for number, one in zip(numbers, parsed, strict=True)
        if not phonenumbers.is_valid_number(one)
    ]
    assert wrong == []
    assert len(set(numbers)) == len(numbers)
    assert len({one.country_code for one in parsed}) >= 15


@pytest.mark.parametrize("culture", CULTURES, ids=lambda culture: culture.country)
def test_any_digits_make_a_valid_number(culture: Culture) -> None:
    prefix = culture.mobile.rstrip("#")
    width = len(culture.mobile) - len(prefix)
    numbers = [f"{prefix}{n * 7368787 % 10**width:0{width}d}" for n in range(150)]
    parsed = [phonenumbers.parse(number) for number in numbers]
    assert [one for one in parsed if not phonenumbers.is_valid_number(one)] == []
    assert phonenumbers.region_code_for_number(parsed[0]) == culture.country


def test_the_familiar_people_can_be_called() -> None:
    people = [person for cast in CASTS for person in cast]
    wrong = [
        person.phone
        for person in people
        if not phonenumbers.is_valid_number(phonenumbers.parse(person.phone))
    ]
    assert wrong == []


def test_emails_are_unique(contacts: list[dict[str, Any]]) -> None:
    emails = [one["email"] for one in contacts if one.get("email")]
    assert len(set(emails)) == len(emails) > 1000
    assert all(email.isascii() for email in emails)


def test_many_scripts(contacts: list[dict[str, Any]]) -> None:
    text = "".join(one["firstName"] for one in contacts)
    for letter in "ãø Фا ש小さ김अ கÇŁΕ".replace(" ", ""):
        assert letter in text, letter


def test_common_tags_and_a_long_tail(contacts: list[dict[str, Any]]) -> None:
    count = Counter(tag for one in contacts for tag in one["tags"])
    common = {name for name, _ in COMMON_TAGS}
    assert {name for name, _ in count.most_common(5)} == common
    assert len(count) > 120
    assert sum(number < 10 for number in count.values()) > 60


def test_tasks_are_done_overdue_due_today_and_to_come(store: Store) -> None:
    rows = store.search(
        "task", "location=?", [first_location(store)], keys=[("id", False)], limit=10_000
    )
    tasks = [doc for doc, _ in rows]
    now = int(NOON * 1000)
    today = now - now % 86_400_000
    still_open = [task for task in tasks if not task["completed"]]
    assert 900 < len(tasks) < 1500
    assert sum(task["completed"] for task in tasks) > 400
    assert sum(task["dueDate"] < today for task in still_open) > 10
    assert sum(today <= task["dueDate"] < today + 86_400_000 for task in still_open) >= 2
    assert sum(task["dueDate"] > now + 86_400_000 for task in still_open) > 200
    assert all(task["dateAdded"] <= now for task in tasks)
    titles = {task["title"] for task in tasks}
    assert "Call Ana about the roof permit" in titles


def test_notes_appointments_and_do_not_disturb(
    store: Store, contacts: list[dict[str, Any]]
) -> None:
    notes = store.records("note", location=first_location(store))
    assert any("<p>" in note["body"] for note in notes)
    assert any("<" not in note["body"] for note in notes)
    visits = store.records("appointment", location=first_location(store))
    assert len({visit["appointmentStatus"] for visit in visits}) >= 4
    assert sum(one["dnd"] for one in contacts) > 20


def test_custom_fields_of_every_type_have_values(
    store: Store, contacts: list[dict[str, Any]]
) -> None:
    location = first_location(store)
    types = {field["id"]: field["dataType"] for field in store.records("customField")}
    used = {types[value["id"]] for one in contacts for value in one["customFields"]}
    assert used == set(types.values())
    defined = {field["id"] for field in store.records("customField", location=location)}
    assert {value["id"] for one in contacts for value in one["customFields"]} <= defined


def test_every_tag_in_use_is_in_the_dictionary(
    store: Store, contacts: list[dict[str, Any]]
) -> None:
    names = {tag["name"] for tag in store.records("tag", location=first_location(store))}
    assert {tag for one in contacts for tag in one["tags"]} == names
