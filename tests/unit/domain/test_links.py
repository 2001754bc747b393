"""Links to records: written and read, and whatever else somebody may send leads nowhere."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.domain.errors import InputError
from rapport.domain.links import Link, is_link, link_to, read_link
from rapport.domain.records import Kind

IDS = st.from_regex(r"[A-Za-z0-9_.-]{1,40}", fullmatch=True)


@given(st.sampled_from([Kind.CONTACT, Kind.TASK]), IDS, st.one_of(st.just(""), IDS))
def test_round_trip(kind: Kind, id: str, location: str) -> None:
    link = Link(kind, id, location)
    assert is_link(link_to(link))
    assert read_link(link_to(link)) == link


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rapport:",
        "rapport://contact",
        "rapport://contact/",
        "rapport://note/abc",
        "rapport://contact/a/../b",
        "rapport://contact/a%2Fb",
        "rapport://contact/a?location=x/y",
        "rapport://[contact/a",
        "https://contact/abc",
        "rapport://contact/" + "a" * 200,
    ],
)
def test_what_leads_nowhere(text: str) -> None:
    with pytest.raises(InputError, match="leads nowhere"):
        read_link(text)


@given(st.text())
def test_nothing_breaks_it(text: str) -> None:
    for link in (text, f"rapport://contact/{text}", f"rapport://{text}"):
        with contextlib.suppress(InputError):
            read_link(link)
