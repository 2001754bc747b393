"""The business of a contact, its followers, and the states of what is asked for on demand."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from rapport.domain.records import Business, Kind
from rapport.domain.scopes import ALL, Capabilities
from rapport.services.memberships import Series
from rapport.store import Snapshot
from rapport.ui.panes.detail.business_popover import BusinessPopover
from rapport.ui.panes.detail.course_popover import CoursePopover
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.chips import Chip

from .conftest import NOW, answer

pytestmark = pytest.mark.usefixtures("theme")


async def test_the_company_leads_to_its_business_and_to_others_of_it(
    open_ana: Any, until: Any
) -> None:
    desk, pane, _ = await open_ana()
    business = Business(id="b1", name="Fjord & Vale Interiors", city="Porto")
    await answer(desk.store.replica.set_reference(businesses=[business]))
    await desk.people(
        **{
            "c-ana": {"business_id": "b1"},
            "c-rui": {"first_name": "Rui", "last_name": "Costa", "business_id": "b1"},
            "c-eva": {"first_name": "Eva", "business_id": "b2"},
        }
    )
    await until(lambda: not pane.fields.connections.business.isHidden(), "the business is shown")
    company = pane.fields.cell("company")
    assert "business" in company.accessibleDescription()
    company.click()
    await until(lambda: desk.window.findChild(BusinessPopover), "the business opens")
    popover = desk.window.findChild(BusinessPopover)
    await until(lambda: popover.findChild(Button, "business-contact-0"), "the others are listed")
    other = popover.findChild(Button, "business-contact-0")
    assert other.text() == "Rui Costa"
    assert popover.findChild(Button, "business-contact-1") is None
    desk.click(other)
    rui = await desk.lid(Kind.CONTACT, "c-rui")
    await until(lambda: desk.context.situation.contact_id == rui, "he is opened")


async def test_followers_are_named_and_a_removal_that_fails_is_told(
    open_ana: Any, until: Any
) -> None:
    desk, pane, _ = await open_ana()
    await desk.absorb(
        Snapshot(
            kind=Kind.CONTACT, rid="c-ana", values={}, extra={"followers": ["u2"]}, read_at=NOW
        )
    )
    await until(lambda: pane.fields.connections.followers() == ("u2",), "the follower is known")
    chip = desk.find(Chip, "follower-u2")
    assert chip.text() == "Inês Duarte"
    chip.removed.emit()
    await until(lambda: desk.failures, "there is no connection")
    assert pane.fields.connections.followers() == ("u2",)


async def test_lists_that_may_not_be_read_or_cannot_be_say_so(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    asked: list[str] = []
    desk.context.scope_wanted.connect(asked.append)
    pane.fields.connections.courses.click()
    await until(lambda: desk.window.findChild(CoursePopover), "it opens")
    popover = desk.window.findChild(CoursePopover)
    assert "may not" in popover.state.text()
    desk.click(popover.remedy)
    assert asked == ["campaigns.readonly"]
    await until(lambda: not desk.window.findChild(CoursePopover), "it has closed")

    scopes = {scope.name for scope in ALL} | {series.scope for series in Series}
    desk.workspace.capabilities = Capabilities.of(scopes)
    pane.fields.connections.courses.click()
    await until(lambda: desk.window.findChild(CoursePopover), "it opens")
    popover = desk.window.findChild(CoursePopover)
    await until(lambda: "not connected" in popover.state.text(), "it says why there is no list")
    assert popover.remedy.text() == "Try again"
    assert isinstance(popover, QWidget)
    popover.close()
