"""Reaching a contact: call, mail and copy, and what “do not disturb” makes of them."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from rapport.domain.disturb import Channel, why_not_disturb
from rapport.domain.records import Contact, Kind
from rapport.store import Snapshot
from rapport.ui.panes.settings.trusted import TrustedHosts
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.chips import Chip
from rapport.ui.widgets.overlay import ConfirmDialog

pytestmark = pytest.mark.usefixtures("theme")


async def _told(desk: Any, clock: Any, values: Any, settings: Any) -> None:
    """What a read of the whole contact tells."""
    await desk.absorb(
        Snapshot(
            kind=Kind.CONTACT,
            rid="c-ana",
            values=values,
            extra={"dndSettings": settings},
            read_at=clock.now(),
        )
    )


def _question(desk: Any) -> Any:
    return desk.window.findChild(ConfirmDialog)


async def test_a_channel_that_is_shut_asks_and_the_other_does_not(
    open_ana: Any, until: Any, clock: Any, opened: Any
) -> None:
    desk, pane, _ = await open_ana()
    call, mail = desk.find(Button, "contact-call"), desk.find(Button, "contact-mail")
    assert not call.is_alarming
    why = {"Email": {"status": "permanent", "message": "Unsubscribed"}}
    await _told(desk, clock, {}, why)
    await until(lambda: mail.is_alarming, "the mail button turns red")
    assert not call.is_alarming
    assert "Unsubscribed" in mail.accessibleDescription()

    desk.click(call)
    await until(lambda: opened == ["tel:+351912345678"], "the call is made at once")
    desk.click(mail)
    await until(lambda: _question(desk), "the question")
    assert "Unsubscribed" in _question(desk).accessibleDescription()
    assert len(opened) == 1
    desk.click(_question(desk).cancel_button)
    await until(lambda: not _question(desk), "no mail")
    assert len(opened) == 1
    desk.click(mail)
    await until(lambda: _question(desk), "the question again")
    desk.click(_question(desk).confirm_button)
    await until(lambda: opened[1:] == ["mailto:ana@fjordvale.pt"], "it was wanted")

    # A search tells nothing of channels: what was known stays.
    await desk.absorb(
        Snapshot(
            kind=Kind.CONTACT,
            rid="c-ana",
            values={"city": "Braga"},
            untold=frozenset({"dndSettings"}),
            read_at=clock.now(),
        )
    )
    await until(lambda: pane.detail.contact.city == "Braga", "the search was taken in")
    assert mail.is_alarming


async def test_the_whole_contact_may_be_shut_and_copying_stays_allowed(
    open_ana: Any, until: Any, clock: Any, opened: Any
) -> None:
    desk, _, ana = await open_ana()
    desk.context.change(contact_id=ana)
    await _told(desk, clock, {"dnd": True}, {})
    call = desk.find(Button, "contact-call")
    await until(lambda: call.is_alarming, "the button turns red")
    desk.context.actions.press("C")
    await until(lambda: _question(desk), "the question")
    _question(desk).close()
    await until(lambda: not _question(desk), "closed")
    assert opened == []
    desk.context.actions.press("Shift+C")
    assert QApplication.clipboard().text() == "+351912345678"
    assert "Do not disturb" in desk.notices[-1].text
    desk.context.actions.press("Shift+M")
    assert QApplication.clipboard().text() == "ana@fjordvale.pt"


@pytest.mark.parametrize(
    "settings", [None, "on", [], {"Call": None}, {"Call": {"status": 1}}, {"Call": "active"}, {}]
)
def test_whatever_the_crm_says_can_be_read(settings: Any) -> None:
    contact = Contact(id="1")
    assert why_not_disturb(contact, {"dndSettings": settings}, Channel.CALL) == ""


async def test_a_trusted_host_can_be_taken_back(open_ana: Any, until: Any) -> None:
    desk, _, _ = await open_ana()
    desk.context.change_settings(trusted_hosts=("docs.example", "files.example"))
    trusted = desk.put(TrustedHosts(desk.context))
    chip = desk.find(Chip, "trusted-docs.example")
    chip.removed.emit()
    assert desk.context.settings.trusted_hosts == ("files.example",)
    await until(lambda: trusted.findChild(Chip, "trusted-docs.example") is None, "it is gone")
    assert trusted.findChild(Chip, "trusted-files.example") is not None
