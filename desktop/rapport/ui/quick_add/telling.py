"""What was understood of a sentence, in words."""

from __future__ import annotations

from collections.abc import Iterator

from rapport.domain.text import visible
from rapport.language import tr
from rapport.services.quick_add import Kind
from rapport.services.quick_sentence import Sentence
from rapport.ui.quick_add.chips import ChipWords, full_date
from rapport.ui.repeat_words import remind_words, repeat_words


def chips_of(sentence: Sentence) -> list[ChipWords]:
    return [*_known(sentence)] + [
        ChipWords(token.kind, token.words, token, ghost=True) for token in sentence.reading.off
    ]


def _known(sentence: Sentence) -> Iterator[ChipWords]:
    reading, contact, user = sentence.reading, sentence.contact, sentence.user
    if not reading.text.strip():
        return
    if contact is not None:
        yield ChipWords(Kind.CONTACT, visible(contact.name), reading.of(Kind.CONTACT))
    if reading.due_at is not None:
        due = full_date(reading.due_at, sentence.workspace.clock.zone())
        if not reading.due_typed:
            due = tr("{date} (no date typed)").format(date=due)
        yield ChipWords(Kind.DUE, due, reading.of(Kind.DUE))
    for token in reading.tokens:
        match token.kind:
            case Kind.REPEAT:
                yield ChipWords(Kind.REPEAT, repeat_words(reading.repeat), token)
            case Kind.REMIND:
                yield ChipWords(Kind.REMIND, remind_words(reading.remind_min), token)
            case Kind.ASSIGNEE:
                words = visible(user.name if user is not None else token.words)
                yield ChipWords(Kind.ASSIGNEE, words, token)
            case Kind.TAG:
                yield ChipWords(Kind.TAG, token.value, token, tag=token.value)


def sentences_of(sentence: Sentence) -> Iterator[str]:
    """What happens besides, and what could not be read."""
    reading, contact = sentence.reading, sentence.contact
    if not reading.text.strip():
        yield tr("@ says who does it, # tags the contact, !10m reminds before.")
        return
    if reading.tags:
        whom = visible(contact.name) if contact is not None else tr("the contact")
        tags = tr(", ").join(f"#{tag}" for tag in reading.tags)
        yield tr("Adds to {contact}: {tags}.").format(contact=whom, tags=tags)
    if sentence.new_tags:
        yield tr("New in this account: {tags}.").format(tags=tr(", ").join(sentence.new_tags))
    if reading.trouble:
        yield reading.trouble
    for name in reading.unknown:
        yield tr("Nobody here is called “{name}”.").format(name=visible(name))
    question = sentence.question
    if contact is None and (question is None or not question.urgent):
        yield tr("No contact yet: name one, or Enter asks for it.")
