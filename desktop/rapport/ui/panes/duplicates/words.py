"""How the finder's reasons are said."""

from __future__ import annotations

from collections.abc import Iterable

from rapport.domain.duplicates import Reason, Why
from rapport.domain.text import visible
from rapport.language import tr, trn
from rapport.services import phones
from rapport.ui.look.text import LTR_MARK
from rapport.ui.wording import count


def reason_words(reason: Reason, country: str = "") -> str:
    """“same e-mail ana@…”."""
    what = LTR_MARK + visible(reason.what)
    match reason.why:
        case Why.EMAIL:
            return tr("same e-mail {address}").format(address=what)
        case Why.MAILBOX:
            return tr("same Gmail mailbox, written differently")
        case Why.PHONE:
            number = LTR_MARK + phones.display(reason.what, country)
            return tr("same phone {number}").format(number=number)
        case Why.PHONE_WRITTEN_DIFFERENTLY:
            number = LTR_MARK + phones.display(reason.what, country)
            return tr("same phone {number}, written differently").format(number=number)
        case Why.NAME_AND_COMPANY:
            return tr("same name, same company")
        case Why.SWAPPED:
            return tr("first and last name swapped, same company")
        case Why.SLIP:
            return tr("names differ by one letter, same company")
        case Why.NAME:
            return tr("same name, and nothing known of both differs")


def reasons_words(reasons: Iterable[Reason], country: str = "") -> str:
    return " · ".join(reason_words(reason, country) for reason in reasons)


def certainty_words(score: int) -> str:
    if score >= 84:
        return tr("Very likely the same")
    return tr("Probably the same") if score >= 60 else tr("Perhaps the same")


def belongings_words(notes: int, tasks: int, appointments: int) -> str:
    """“3 notes, 1 task”; "" for nothing."""
    told = [
        (notes, trn("{n} note", "{n} notes", notes)),
        (tasks, trn("{n} task", "{n} tasks", tasks)),
        (appointments, trn("{n} appointment", "{n} appointments", appointments)),
    ]
    return tr(", ").join(words.format(n=count(number)) for number, words in told if number)
