"""Fields and tags: edited in place, checked, and never thrown away."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QApplication, QCalendarWidget, QCheckBox, QLineEdit

from rapport.domain.records import CustomField, Kind
from rapport.ui.widgets.chips import TagChip

from .conftest import answer

pytestmark = pytest.mark.usefixtures("theme")


async def test_enter_saves_and_esc_reverts(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    pane.fields.edit("city")
    editor = desk.find(QLineEdit, "edit-city")
    editor.selectAll()
    desk.write("Lisboa")
    desk.key(Qt.Key.Key_Return)
    await until(lambda: pane.detail.contact.city == "Lisboa", "the edit is committed")
    assert (await desk.read(ana)).contact.city == "Lisboa"
    assert "city" in pane.detail.pending_fields

    pane.fields.edit("city")
    desk.find(QLineEdit, "edit-city").selectAll()
    desk.write("Nowhere")
    desk.key(Qt.Key.Key_Escape)
    assert not pane.fields.cell("city").is_editing()
    assert (await desk.read(ana)).contact.city == "Lisboa"


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("email", "ana@", "ana@"),
        ("phone", "12", "12"),
        ("custom:f1", "a lot", "a lot"),
        ("custom:f3", "31 feb", "31 feb"),
        ("custom:f7", "call me", "call me"),
        ("timezone", "Porto time", "Porto time"),
        ("website", "not a site", "not a site"),
    ],
)
async def test_an_invalid_value_stays_as_typed_with_a_sentence(
    open_ana: Any, field: Any, typed: Any, kept: Any
) -> None:
    desk, pane, ana = await open_ana()
    before = (await desk.read(ana)).contact
    pane.fields.edit(field)
    editor = desk.find(QLineEdit, f"edit-{field}")
    editor.selectAll()
    desk.write(typed)
    desk.key(Qt.Key.Key_Return)
    cell = pane.fields.cell(field)
    assert cell.is_editing()
    assert cell.typed() == kept
    assert editor.accessibleDescription()
    assert (await desk.read(ana)).contact == before


async def test_an_invalid_value_outlives_a_change_of_contact(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    pane.fields.edit("email")
    desk.find(QLineEdit, "edit-email").selectAll()
    desk.write("ana@")
    bob = await desk.lid(Kind.CONTACT, "c-bob")
    pane.show_contact(bob)
    await until(lambda: pane.detail.contact.id == bob, "Bob is shown")
    notice = next(notice for notice in desk.notices if notice.act)
    assert notice.text == "ana@"
    desk.context.contact_opened.connect(pane.show_contact)
    notice.act[1]()
    await until(lambda: pane.detail.contact.id == ana, "Ana is shown again")
    assert pane.fields.cell("email").typed() == "ana@"


async def test_custom_fields_are_stored_by_their_type(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    for field, typed in (("custom:f2", "1,480.50"), ("custom:f3", "1 march 2028")):
        pane.fields.edit(field)
        desk.find(QLineEdit, f"edit-{field}").selectAll()
        desk.write(typed)
        desk.key(Qt.Key.Key_Return)
    await until(lambda: pane.detail.contact.custom["f3"] == "2028-03-01", "both are committed")
    custom = (await desk.read(ana)).contact.custom
    assert custom["f2"] == 1480.5
    assert custom["f6"] == "PT 0002 0000 8431 77"


async def test_what_the_crm_does_not_change_says_why(open_ana: Any) -> None:
    _, pane, _ = await open_ana()
    company = pane.fields.cell("company")
    assert not company.editable
    assert "CRM" in company.accessibleDescription()
    company.click()
    assert not company.is_editing()


async def test_an_existing_tag_in_four_keys(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    desk.context.actions.press("L")
    desk.write("v")
    offers = pane.fields.tags._suggestions
    await until(lambda: offers.current() and offers.current().text == "vienna", "it is offered")
    desk.key(Qt.Key.Key_Return)
    await until(lambda: "vienna" in pane.detail.contact.tags, "the tag is added")
    assert "vienna" in (await desk.read(ana)).contact.tags


async def test_a_new_tag_is_made_where_it_is_typed(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    desk.context.actions.press("L")
    desk.write("Roof  South")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: "roof south" in pane.detail.contact.tags, "the tag is made")


async def test_delete_removes_the_focused_tag_and_moves_on(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    pane.fields.tags._chips["lead"].setFocus(Qt.FocusReason.TabFocusReason)
    desk.key(Qt.Key.Key_Delete)
    await until(lambda: "lead" not in pane.detail.contact.tags, "the tag is removed")
    assert QApplication.focusWidget() is pane.fields.tags._chips["newsletter"]
    await until(lambda: desk.notices and desk.notices[-1].undo_id is not None, "Undo is offered")
    await desk.undo_newest()
    await until(lambda: "lead" in pane.detail.contact.tags, "Undo brings it back")


async def test_news_leave_an_open_editor_alone(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    pane.fields.edit("city")
    editor = desk.find(QLineEdit, "edit-city")
    editor.selectAll()
    desk.write("Bra")
    await desk.people(**{"c-ana": {"city": "Faro", "source": "Fair"}})
    await until(lambda: pane.detail.contact.source == "Fair", "the news are shown")
    assert desk.find(QLineEdit, "edit-city") is editor
    assert editor.text() == "Bra"
    assert editor.hasFocus()


async def test_read_only_disables_every_write_and_says_why(open_ana: Any) -> None:
    desk, pane, _ = await open_ana(read_only=True)
    why = desk.workspace.capabilities.why_not_write
    for name in ("note-new", "task-new", "tag-add", "note-open"):
        button = pane.findChild(object, name)
        assert not button.isEnabled(), name
        assert why in button.toolTip(), name
        assert button.accessibleDescription() == why, name
    circles = [line.circle for line in pane.timeline._lines()]
    assert circles
    assert not any(circle.isEnabled() for circle in circles)
    for key in ("assigned_to", "custom:f1", "city"):
        cell = pane.fields.cell(key)
        assert not cell.editable
        assert cell.accessibleDescription() == why
    pane.fields.tags._chips["vip"].setFocus()
    desk.key(Qt.Key.Key_Delete)
    assert "vip" in pane.fields.tags.tags


async def test_ten_thousand_tags_do_not_become_ten_thousand_widgets(
    open_ana: Any, until: Any
) -> None:
    desk, pane, _ = await open_ana()
    await desk.people(**{"c-ana": {"tags": [f"tag {n}" for n in range(10_000)]}})
    await until(lambda: len(pane.detail.contact.tags) == 10_000, "the tags are shown")
    assert len(pane.window().findChildren(TagChip)) < 100
    assert pane.fields.tags.rest.isVisible()


async def test_a_date_is_chosen_from_a_calendar(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    cell = pane.fields.cell("custom:f3")
    cell.begin()
    desk.key(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    await until(lambda: desk.window.findChild(QCalendarWidget), "the calendar opens")
    calendar = desk.window.findChild(QCalendarWidget)
    assert calendar.selectedDate() == QDate(2027, 6, 30)
    assert cell.is_editing()
    calendar.activated.emit(QDate(2027, 7, 2))
    await until(lambda: not cell.is_editing(), "it is taken")

    async def stored() -> Any:
        return (await desk.read(ana)).contact.custom["f3"]

    await until(lambda: pane.detail.contact.custom["f3"] == "2027-07-02", "it is stored")
    assert await stored() == "2027-07-02"


async def test_choices_that_are_offered_no_longer_stay_and_unknown_types_are_left_alone(
    open_ana: Any, until: Any
) -> None:
    desk, pane, _ = await open_ana()
    fields = [
        *desk.workspace.reference.custom_fields,
        CustomField(id="f20", name="Place", data_type="GEO_POINT", position=20),
    ]
    await answer(desk.store.replica.set_reference(custom_fields=fields))
    await desk.people(
        **{"c-ana": {"custom": {"f5": ["Battery", "Windmill"], "f20": {"lat": 41.1, "lng": -8.6}}}}
    )
    await until(lambda: pane.detail.contact.custom.get("f20"), "the values are here")
    await until(lambda: pane.fields.cell("custom:f20"), "the field is shown")
    place = pane.fields.cell("custom:f20")
    assert '{"lat": 41.1, "lng": -8.6}' in place.accessibleName()
    assert not place.editable
    assert "GEO_POINT" in place.accessibleDescription()

    cell = pane.fields.cell("custom:f5")
    cell.begin()
    boxes = {box.text(): box for box in cell.editor().findChildren(QCheckBox)}
    assert boxes["Windmill"].isChecked()
    boxes["Heat pump"].setChecked(True)
    assert cell.submit()
    await until(
        lambda: pane.detail.contact.custom["f5"] == ["Battery", "Heat pump", "Windmill"],
        "nothing was lost",
    )


async def test_an_editor_gets_its_room_after_the_fields_were_placed_anew(
    open_ana: Any, until: Any
) -> None:
    desk, pane, _ = await open_ana()
    pane.fields.rest.click()
    pane.fields.rest.click()
    await desk.people(**{"c-ana": {"website": "fjordvale.pt", "postal_code": "4050-265"}})
    await until(lambda: pane.detail.contact.website, "more fields are shown")
    cell = pane.fields.cell("custom:f2")
    closed = cell.height()
    cell.begin()
    desk.write("many")
    desk.key(Qt.Key.Key_Return)
    await until(lambda: cell.height() >= cell.heightForWidth(cell.width()) > closed, "room for all")
