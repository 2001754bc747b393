"""Whom a sentence names, asked of the real local copy."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rapport.domain.records import Kind
from rapport.services.quick_sentence import Sentence
from rapport.store import Snapshot

PEOPLE = (
    ("Ana", "Pérez Ølgaard", "Fjord & Vale"),
    ("Ana", "Matos", ""),
    ("Anabel", "Costa", ""),
    ("Siobhán", "O’Brien", "O’Brien & Sons Freight"),
    ("Mark", "Jones", ""),
    ("王", "小明", "明月科技有限公司"),
    ("Ivo", "Reis", "Sahel Solaire"),
)


@pytest.fixture
async def sentence(store: Any, workspace: Any) -> Sentence:
    rows = [
        Snapshot(
            kind=Kind.CONTACT,
            rid=f"p{number}",
            values={"first_name": first, "last_name": last, "company": company},
        )
        for number, (first, last, company) in enumerate(PEOPLE)
    ]
    epoch = store.replica.epoch()
    await asyncio.wrap_future(store.replica.absorb(rows, epoch=epoch))
    return Sentence(workspace)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("call ana perez fri", "Ana Pérez Ølgaard"),
        ("call Ana Matos", "Ana Matos"),
        ("send quote to o'brien tomorrow", "Siobhán O’Brien"),
        ("siobhan's papers mon", "Siobhán O’Brien"),
        ("ring Anabel fri 3pm", "Anabel Costa"),
        ("ask (Jones) #hot", "Mark Jones"),
        ("visit Sahel Solaire", "Ivo Reis"),
        ("call 小明 tomorrow", "王 小明"),
        ("mark invoice 12 paid", None),  # a verb
        ("to do an offer", None),
        ("order panels", None),
        ("@mara call fri", None),
    ],
)
async def test_one_is_meant_or_none(sentence: Sentence, text: str, name: str | None) -> None:
    sentence.read(text)
    await sentence.find(caret=0)
    whom = sentence.contact
    assert (whom.name if whom else None) == name
    assert sentence.question is None


async def test_several_are_asked_about_and_the_answer_holds(sentence: Sentence) -> None:
    sentence.read("call Ana fri")
    await sentence.find(caret=0)
    question = sentence.question
    assert question is not None
    assert question.urgent
    assert {row.name for row in question.choices} == {"Ana Pérez Ølgaard", "Ana Matos"}
    assert sentence.command() is None
    sentence.pick(question.choices[1])
    assert sentence.contact is not None
    assert sentence.contact.id == question.choices[1].id
    sentence.read("call Ana about the roof fri")
    await sentence.find(caret=0)
    assert sentence.contact.id == question.choices[1].id
    command = sentence.command()
    assert command is not None
    assert command.fields["title"] == "call Ana about the roof"


async def test_half_a_name_is_offered_and_not_taken(sentence: Sentence) -> None:
    text = "call Siob"
    sentence.read(text)
    await sentence.find(caret=len(text))
    question = sentence.question
    assert question is not None
    assert not question.urgent
    assert sentence.contact is None
    assert sentence.pick(question.choices[0]) == (5, 9, "Siobhán O’Brien")


async def test_switched_off_it_is_a_word(sentence: Sentence) -> None:
    sentence.read("call Jones fri")
    await sentence.find(caret=0)
    token = sentence.reading.tokens[0]
    assert token.words == "Jones"
    sentence.switch(token)
    sentence.read("call Jones fri")
    await sentence.find(caret=0)
    assert sentence.contact is None
    assert sentence.reading.title == "call Jones"
