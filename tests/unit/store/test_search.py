"""What a person types finds what is meant, and never an error."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rapport.domain.commands import EditContact, EditNote
from rapport.domain.filters import ContactQuery, HasTag, NoOpenTask, OwnedBy, QuietFor, Sort
from rapport.domain.records import Kind
from rapport.domain.text import MARK_OFF, MARK_ON
from rapport.store.search import index_words, snippet, terms


@pytest.fixture
def office(desk: Any) -> Any:
    people = (
        ("c1", "Zoë", "Šimková", "+420 601 123 456", "Müller & Söhne", ["vip"]),
        ("c2", "Seán", "O'Brien", "+1 (305) 555-0100", "Ångström AB", ["vip", "lead"]),
        ("c3", "田中", "太郎", "+81 3 1234 5678", "東京都庁", []),
        ("c4", "길동", "홍", "", "삼성전자", []),
        ("c5", "Łukasz", "Strauß", "+49 171 2345678", "", ["lead"]),
        ("c6", "हिन्दी", "نص", "", "", []),
    )
    for rid, first, last, phone, company, tags in people:
        desk.pull_contact(
            rid,
            first_name=first,
            last_name=last,
            phone=phone,
            company=company,
            tags=tags,
            email=f"{rid}@example.org",
        )
    desk.pull_child(Kind.NOTE, "n1", "c2", body="<p>Prefers <b>tea</b> &amp; biscuits</p>")
    desk.pull_child(Kind.TASK, "t1", "c5", title="Send the Café contract")
    return desk


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("simkova", "c1"),
        ("ŠIM zo", "c1"),
        ("muller", "c1"),
        ("o'brien", "c2"),
        ("obrien", "c2"),
        ("brien", "c2"),
        ("angstrom", "c2"),
        ("305 555", "c2"),
        ("(305) 555-0100", "c2"),
        ("3055550100", "c2"),
        ("+13055550100", "c2"),
        ("0100", "c2"),
        ("0171 2345678", "c5"),
        ("0049 171 234", "c5"),
        ("+49 (0)171 2345678", "c5"),
        ("601123", "c1"),
        ("太郎", "c3"),
        ("中", "c3"),
        ("京都", "c3"),
        ("田中太郎", "c3"),
        ("太郎田中", "c3"),
        ("홍길동", "c4"),
        ("田中 太郎", "c3"),
        ("길동", "c4"),
        ("성전", "c4"),
        ("lukasz", "c5"),
        ("strauss", "c5"),
        ("STRAUSS", "c5"),
        ("हिन्दी", "c6"),
        ("हिन्", "c6"),
        ("نص", "c6"),
        ("c4@example.org", "c4"),
        ("tea", "c2"),
        ("biscuits sean", "c2"),
        ("cafe", "c5"),
        ("lead cafe", "c5"),
        ("nobody", None),
    ],
)
def test_finds(office: Any, text: str, found: str | None) -> None:
    page = office.wait(office.store.queries.contacts(ContactQuery(text=text)))
    assert [row.seed for row in page.rows] == ([found] if found else [])
    assert page.total == len(page.rows)
    assert page.complete


@pytest.mark.parametrize(
    "text",
    ['"', "NEAR(", "col:x", "-", "a AND", "OR", "NOT x", "*", "^a", "a*", "{a b}:c", "'", ";--",
     "\x00", "\ud800", "((((", '"a" "', "a+b", "\u202e", "%", "_", "‘", "💥",
     "9" * 5000, "a " * 5000],
)  # fmt: skip
def test_signs_of_a_query_language_mean_nothing(office: Any, text: str) -> None:
    office.wait(office.store.queries.contacts(ContactQuery(text=text)))
    office.wait(office.store.queries.contact_keys(ContactQuery(text=text)))
    office.wait(office.store.queries.find_contacts(text))
    office.wait(office.store.queries.suggest_tags(text.replace("\ud800", "")))


@given(st.text(max_size=30))
@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_no_text_makes_the_search_fail(office: Any, text: str) -> None:
    office.wait(office.store.queries.contacts(ContactQuery(text=text)))


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_every_word_of_a_contact_is_found_by_itself(first: Any, note: str) -> None:
    """The index and the query cut words alike."""
    line = f" {index_words({'first_name': first, 'last_name': ''}, [{'body': note}])} "
    for text in first.split():
        for term in terms(text):
            assert any(
                all(
                    (f" {word[:-1]}" in line) if word.endswith("*") else (f" {word} " in line)
                    for word in some
                )
                for some in term.alternatives
            ), (text, term.alternatives, line)


def test_the_search_follows_edits(office: Any) -> None:
    id = office.lid(Kind.CONTACT, "c1")
    office.do(EditContact(contact_id=id, fields={"last_name": "Nová"}))
    assert office.names("simkova") == []
    assert office.names("nova") == ["Zoë Nová"]
    office.do(EditNote(note_id=office.lid(Kind.NOTE, "n1"), fields={"body": "coffee"}))
    assert office.names("tea") == []
    assert len(office.names("coffee")) == 1


def test_a_match_in_a_note_comes_with_its_surroundings(office: Any) -> None:
    (row,) = office.wait(office.store.queries.contacts(ContactQuery(text="sean tea"))).rows
    assert row.snippet == f"Prefers {MARK_ON}tea{MARK_OFF} & biscuits"
    (row,) = office.wait(office.store.queries.contacts(ContactQuery(text="sean"))).rows
    assert row.snippet == ""
    (row,) = office.wait(office.store.queries.rows([row.key], "tea"))
    assert MARK_ON in row.snippet


def test_a_snippet_of_a_long_text_is_short() -> None:
    text = "x " * 5000 + "needle in Köln " + "y " * 5000
    made = snippet(terms("needle"), [text])
    assert made.startswith("…")
    assert made.endswith("…")
    assert len(made) < 120
    assert f"{MARK_ON}needle{MARK_OFF} in Köln" in made
    assert snippet(terms("koln"), ["Straße in Köln"]) == f"Straße in {MARK_ON}Köln{MARK_OFF}"
    assert snippet(terms("gone"), [text]) == ""


def test_orders(desk: Any) -> None:
    for rid, first, updated, added in (
        ("c1", "Bea", "2026-03-01T00:00:00Z", "2026-01-02T00:00:00Z"),
        ("c2", "ana", "2026-03-02T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("c3", "Čeněk", "2026-02-01T00:00:00Z", "2026-01-03T00:00:00Z"),
    ):
        desk.pull_contact(rid, first_name=first, last_name="", updated_at=updated, added_at=added)
    desk.pull_child(Kind.TASK, "t1", "c3", title="x", due_at="2026-03-03T00:00:00Z")
    desk.pull_child(Kind.TASK, "t2", "c1", title="x", due_at="2026-03-04T00:00:00Z")
    expected = {
        (Sort.ACTIVITY, True): "ana Bea Čeněk",
        (Sort.ACTIVITY, False): "Čeněk Bea ana",
        (Sort.NAME, False): "ana Bea Čeněk",
        (Sort.NAME, True): "Čeněk Bea ana",
        (Sort.ADDED, True): "Čeněk Bea ana",
        (Sort.ADDED, False): "ana Bea Čeněk",
        (Sort.NEXT_TASK, False): "Čeněk Bea ana",
        (Sort.NEXT_TASK, True): "Bea Čeněk ana",
    }
    for (sort, descending), names in expected.items():
        for text in ("", "example ana x"[:0], "x.es"):
            query = ContactQuery(text=text, sort=sort, descending=descending)
            page = desk.wait(desk.store.queries.contacts(query))
            assert " ".join(row.name for row in page.rows) == names, query
            keys = desk.wait(desk.store.queries.contact_keys(query))
            assert list(keys) == [row.key for row in page.rows]


def test_first_rows_and_keys_agree_however_they_are_found(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rapport.store import Snapshot, lists

    desk.absorb(
        *(
            Snapshot(
                kind=Kind.CONTACT,
                rid=f"c{n}",
                values={
                    "first_name": "Jan" if n % 3 else "Eva",
                    "last_name": f"N{n * 7919 % 1000}",
                    "tags": ["even"] if n % 2 == 0 else [],
                    "assigned_to": "u1" if n % 5 == 0 else None,
                    "updated_at": f"2026-01-{n % 28 + 1:02d}T00:00:00Z",
                },
            )
            for n in range(400)
        )
    )
    queries = (
        ContactQuery(text="jan"),
        ContactQuery(text="ja", conditions=(HasTag(tag="even"),), sort=Sort.NAME),
        ContactQuery(conditions=(HasTag(tag="even"), OwnedBy(user_id=None)), descending=False),
        ContactQuery(conditions=(QuietFor(days=40), NoOpenTask()), sort=Sort.NEXT_TASK),
        ContactQuery(sort=Sort.ADDED),
    )
    for query in queries:
        looked_up = desk.wait(desk.store.queries.contacts(query, 50))
        with monkeypatch.context() as patch:
            patch.setattr(lists, "ALL_IN_ONE", 0)
            patch.setattr(lists, "_walking_is_cheaper", lambda *_: True)
            walked = desk.wait(desk.store.queries.contacts(query, 50))
        keys = desk.wait(desk.store.queries.contact_keys(query))
        assert len(looked_up.rows) == 50
        assert [r.key for r in looked_up.rows] == [r.key for r in walked.rows] == list(keys[:50])
        assert looked_up.total == walked.total == len(keys)
        assert not walked.complete
