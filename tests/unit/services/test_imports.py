"""A file as a table, its columns guessed, each row planned; twice the same file changes nothing."""

from __future__ import annotations

import csv
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.domain.commands import CreateContact, CreateNote
from rapport.domain.errors import InputError
from rapport.domain.importing import ImportContact, Policy
from rapport.domain.records import Contact, CustomField, Kind, Ref, User, record_from
from rapport.domain.views import Reference as Found
from rapport.services.contact_export import vcard
from rapport.services.imports import (
    Known,
    Outcome,
    Planned,
    Rules,
    Table,
    guess,
    read_table,
    write_left_out,
)
from rapport.services.imports.planning import plan
from rapport.services.workspace import Reference

TODAY = date(2026, 11, 24)
BILL = CustomField(id="cf1", name="Monthly bill", key="contact.monthly_bill", data_type="MONETORY")
MARA = User(id="u1", name="Mara Lindqvist", email="mara@lumen.example")


def reference() -> Reference:
    known = Reference()
    known.take(Found(custom_fields=(BILL,), users=(MARA,)))
    return known


def table(tmp_path: Path, text: str | bytes, name: str = "people.csv") -> Table:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_table(path)


def planned(
    found: Table, *contacts: Contact, policy: Policy = Policy.FILL, tags: tuple[str, ...] = ()
) -> list[Planned]:
    known, ids = Known(), count()
    known.add_all(contacts)
    rules = Rules(guess(found, reference()), reference(), TODAY, policy, tags)
    return list(plan(found.rows, rules, known, lambda: f"NEW{next(ids)}"))


ANA = Contact(id="A", first_name="Ana", email="ana@fjordvale.pt", phone="+351912345678")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("First name,Last name,E-mail\nAna,Ørsted,ana@x.pt\n", "utf-8"),
        ("First name;Last name;E-mail\r\nAna;Ørsted;ana@x.pt\r\n", "utf-8-sig"),
        ("First name\tLast name\tE-mail\nAna\tØrsted\tana@x.pt", "utf-16"),
        ('sep=;\nFirst name;"Last name";E-mail\nAna;Ørsted;ana@x.pt', "cp1252"),
        ('Vorname|Nachname|Mail\n"Ana"|"Ørsted"|ana@x.pt\n\n \n', "utf-8"),
    ],
)
def test_whatever_program_wrote_it(tmp_path: Path, text: str, encoding: str) -> None:
    found = table(tmp_path, text.encode(encoding))
    (one,) = planned(found)
    (command,) = one.commands
    assert isinstance(command, CreateContact)
    assert command.fields == {"first_name": "Ana", "last_name": "Ørsted", "email": "ana@x.pt"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"Name,E-mail\n", "There are no contacts in the file."),
        (b"BEGIN:VCARD\nFN:Ana\n", "There are no contacts in the file."),
        (b",".join([b"a"] * 600), "This is no table of contacts."),
    ],
)
def test_no_table(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        table(tmp_path, content)


def test_a_folder_and_a_file_that_is_gone(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.csv"):
        with pytest.raises(InputError, match="The file cannot be read"):
            read_table(path)


def test_each_bad_row_has_its_reason_and_stops_no_other(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        "Name,E-mail,Phone,Monthly bill,Owner\n"
        "Ana Pérez,ana@x,,,\n"
        "Bob,,12,,\n"
        "Cid,cid@x.pt,,much,\n"
        "Dee,dee@x.pt,,,Nobody Known\n"
        ",,,12,\n"
        "Eve,eve@x.pt,,,,too,many\n"
        "Fay,fay@x.pt,,12.50,mara lindqvist\n"
        "Fay again,FAY@x.pt,,,\n"
        'Gus,gus@x.pt,,,"never closed\n',
    )
    told = planned(found)
    by_row = {one.row.number: one for one in told}
    assert [n for n, one in by_row.items() if one.outcome is Outcome.NEW] == [8]
    (fay,) = by_row[8].commands
    assert isinstance(fay, CreateContact)
    assert fay.fields["custom"] == {"cf1": 12.5}
    assert fay.fields["assigned_to"] == "u1"
    for number, words in (
        (2, "is not an e-mail address"),
        (3, "The country of this number is not known"),
        (4, "Monthly bill: “much” is not a number"),
        (5, "is nobody of this location"),
        (6, "needs a name, an e-mail or a phone number"),
        (7, "more values in this line"),
        (9, "Row 8 has the same e-mail"),
        (10, "quotation marks"),
    ):
        assert words in by_row[number].reason
    assert by_row[4].name == "Cid"
    path = tmp_path / "left.csv"
    write_left_out(path, found, told)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8
    assert rows[0]["Name"] == "Ana Pérez"
    assert rows[0]["Row"] == "2"


def applied(contact: Contact, command: Any) -> Contact:
    (mutation,) = command.plan({Ref(Kind.CONTACT, contact.id): contact})
    values = {name: getattr(contact, name) for name in contact.__struct_fields__ if name != "id"}
    values |= {name: delta.want for name, delta in mutation.fields.items()}
    made = record_from(Kind.CONTACT, contact.id, values)
    assert isinstance(made, Contact)
    return made


def test_a_contact_that_is_here_is_filled_in_and_found_the_same_afterwards(tmp_path: Path) -> None:
    text = "First name,E-mail,City,Tags,Company\nAnna,ANA@fjordvale.pt,Porto,VIP; lead,Fjord\n"
    found = table(tmp_path, text)
    (one,) = planned(found, ANA, tags=("fair",))
    assert one.outcome is Outcome.CHANGED
    after = applied(ANA, one.commands[0])
    assert (after.first_name, after.city, after.company) == ("Ana", "Porto", "")
    assert set(after.tags) == {"vip", "lead", "fair"}
    assert planned(found, after, tags=("fair",))[0].outcome is Outcome.SAME
    (taken,) = planned(found, ANA, policy=Policy.REPLACE)
    assert applied(ANA, taken.commands[0]).first_name == "Anna"
    assert planned(found, ANA, policy=Policy.KEEP)[0].outcome is Outcome.SAME


def test_the_phone_tells_however_it_is_written_and_two_that_fit_are_left_out(
    tmp_path: Path,
) -> None:
    found = table(tmp_path, "Name,Phone,Mail\nAna,+351 912-345-678,other@x.pt\n")
    assert planned(found, ANA)[0].outcome is Outcome.SAME
    assert planned(found, ANA, policy=Policy.REPLACE)[0].outcome is Outcome.CHANGED
    other = Contact(id="B", email="other@x.pt")
    assert planned(found, ANA, other)[0].outcome is Outcome.LEFT_OUT


def test_without_e_mail_and_phone_the_name_and_company_tell(tmp_path: Path) -> None:
    found = table(tmp_path, 'Name,Company,City\n"Pérez, Ana",Fjord,Porto\nana perez,Fjord,Faro\n')
    first, second = planned(found)
    assert first.outcome is Outcome.NEW
    assert second.outcome is Outcome.LEFT_OUT
    here = Contact(id="A", first_name="Ana", last_name="Perez", company="fjord", city="Porto")
    assert planned(found, here)[0].outcome is Outcome.SAME


def test_cards_of_other_programs(tmp_path: Path) -> None:
    cards = (
        vcard(Contact(id="A", first_name="Ana", last_name="Pérez; Ølgaard", tags=("vip",)), None)
        + "BEGIN:VCARD\r\nVERSION:2.1\r\n"
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Jo\r\n"
        "TEL;CELL:+49 30 901820\r\nEND:VCARD\r\n"
        "BEGIN:VCARD\nVERSION:4.0\nFN:Grace Hopper\nEMAIL;PREF=1:grace@x.org\nBDAY:19061209\n"
        "NOTE:Found the bug.\\nTaped it in.\nADR:;;1 Main St;Arlington;VA;22201;US\nEND:VCARD\n"
        "BEGIN:VCARD\nno card at all\nEND:VCARD\n"
    )
    told = planned(table(tmp_path, cards, "people.vcf"))
    outcomes = [one.outcome for one in told]
    assert outcomes == [Outcome.NEW, Outcome.NEW, Outcome.NEW, Outcome.LEFT_OUT]
    fields = [one.commands[0].fields for one in told[:3]]  # type: ignore[attr-defined]
    assert fields[0] == {"first_name": "Ana", "last_name": "Pérez; Ølgaard", "tags": ["vip"]}
    assert fields[1] == {"first_name": "Jo", "last_name": "Müller", "phone": "+4930901820"}
    assert fields[2]["date_of_birth"] == "1906-12-09"
    assert (fields[2]["city"], fields[2]["country"]) == ("Arlington", "US")
    note = told[2].commands[1]
    assert isinstance(note, CreateNote)
    assert note.fields["body"] == "Found the bug.\nTaped it in."


@given(st.binary(max_size=400))
def test_no_file_breaks_it(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(raw)
    try:
        found = read_table(path)
    except InputError:
        return
    assert len(planned(found)) == len(found.rows)


def test_an_import_never_takes_away() -> None:
    command = ImportContact(
        contact_id="A",
        fields={"first_name": "", "city": None},
        custom={},
        tags=(),
        policy=Policy.REPLACE,
    )
    assert command.plan({Ref(Kind.CONTACT, "A"): ANA}) == ()
