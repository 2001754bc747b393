"""The tour's closer look at one contact: strangers' HTML, notes with formatting, typed fields."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QComboBox, QMenu, QTextBrowser, QWidget

from rapport.app.tour.driver import NotSeen
from rapport.app.tour.shared import ANA, Steps
from rapport.domain.records import Id, Kind, Note
from rapport.language import tr
from rapport.ui.roles import ContactRole
from rapport.ui.widgets.inputs import LineEdit
from rapport.ui.widgets.overlay import ConfirmDialog

SHOWN = "Quarterly offer"
HOSTILE = (
    f"<h3>{SHOWN}</h3><script>steal()</script>"
    '<p onclick="steal()" style="position:fixed">Sign at'
    ' <a href="https://collect.example/login?x=1">https://mybank.example/login</a>.</p>'
    '<img src="https://collect.example/pixel.png"><img src="file:///etc/passwd">'
    '<a href="javascript:steal()">or here</a><style>body{background:url(https://x.example/)}</style>'
)
_MONEY, _DATE, _STAGE = "Monthly bill", "Grid contract ends", "Decision stage"


class ContactSteps(Steps):
    # Notes.

    async def html_note(self) -> None:
        """A stranger's note is shown without opening anything, its link asks; one of our own is
        written with formatting and pinned."""
        await self._receive()
        await self._press_link()
        note = await self._write()
        await self._pin(note)

    async def _receive(self) -> None:
        contact = (await self.detail()).contact.name
        view = await self.list()
        # Far down: one that was opened a moment ago would not be read again yet.
        index = view.model().index(min(9, view.model().rowCount() - 2), 0)
        while index.data(ContactRole.NAME) == contact:
            index = index.siblingAtRow(index.row() + 1)
        name = index.data(ContactRole.NAME)
        found = await self._workspace.queries.find_contacts(name)
        row = next(one for one in found if one.name == name)
        await self._crm.add_note(await self.server_id(Kind.CONTACT, row.id), HOSTILE)
        await self._do.click_row(view, index)
        await self._do.until_known(lambda: self._note(SHOWN), "the stranger's note")

    async def _note(self, words: str) -> Note | None:
        notes = (await self.detail()).notes
        return next((note for note in notes if words in note.body), None)

    async def _press_link(self) -> None:
        note = await self._do.until_known(lambda: self._note(SHOWN), "the stranger's note")
        row = await self._do.see(f"note:{note.id}")
        view = row.findChild(QTextBrowser)
        if view is None or "steal" in view.toHtml() or "img" in view.toHtml():
            raise NotSeen("the note without what could run or load")
        await self._do.click(view, at=_link_in(view))
        dialog = await self._do.see("confirm-dialog", ConfirmDialog)
        await self._do.see("link-warning")
        if "collect.example" not in dialog.accessibleName():
            raise NotSeen("where the link really leads")
        await self._photograph()
        await self._do.key("Escape")
        await self._do.until(
            lambda: self._do.find(QWidget, "confirm-dialog") is None, "the question to be gone"
        )

    async def _write(self) -> Id:
        await self._do.click("note-new")
        await self._do.see("note-editor")
        await self._do.type("Offer ")
        await self._do.key("ctrl+b")
        await self._do.type("accepted")
        await self._do.key("ctrl+b", "Return")
        await self._do.click("note-list")
        await self._do.type("Deposit by Friday ")
        await self._do.click("note-link")
        await self._do.type("offers.example/8431")
        await self._do.key("Return")
        await self._do.key("ctrl+Return")
        note = await self._do.until_known(lambda: self._note("accepted"), "the note")

        async def arrived() -> bool:
            record = await self.at_server(Kind.NOTE, note.id)
            body = str(record.get("body")) if record else ""
            parts = ("<strong>accepted</strong>", "<ul><li>", 'href="https://offers.example/8431"')
            return all(part in body for part in parts)

        await self._do.until_known(arrived, "bold, list and link at the sandbox")
        return note.id

    async def _pin(self, note: Id) -> None:
        await self._do.click(f"note:{note}", at=QPoint(60, 14))
        await self._do.key("p")
        await self.arrives(Kind.NOTE, note, "pinned", True)

        async def first() -> bool:
            return (await self.detail()).notes[0].id == note

        await self._do.until_known(first, "the pinned note before the others")

    # Who and what it belongs to.

    async def connections(self) -> None:
        """A colleague follows the contact; somebody else of its business is a click away."""
        await self.open_read(ANA)
        contact = (await self.detail()).contact
        await self.unfold_fields("contact-follow")
        await self._do.click("contact-follow")
        menu = await self._do.see("follow-menu", QMenu)
        chosen = menu.actions()[0].objectName()
        await self._do.choose("follow-menu", chosen)
        user = chosen.removeprefix("follow-")
        await self.arrives(Kind.CONTACT, contact.id, "followers", [user])
        await self._do.see(f"follower-{user}")
        await self._do.click("contact-business")
        await self._do.see("business-popover")
        await self._photograph()
        await self._do.key("Escape")

    async def appointment_status(self) -> None:
        """The row of an appointment, and one key."""
        await self.open_read(ANA)
        visit = (await self.detail()).appointments[0]
        await self._do.click(f"appointment:{visit.id}", at=QPoint(60, 14))
        await self._do.key("2")
        await self.arrives(Kind.APPOINTMENT, visit.id, "appointmentStatus", "showed")
        await self._do.key("1")
        await self.arrives(Kind.APPOINTMENT, visit.id, "appointmentStatus", "confirmed")

    # Fields.

    async def custom_field(self) -> None:
        """Money, a date and a choice; what is no number stays as it was typed."""
        await self.open_read(ANA)
        money, day, stage = (self._field(name) for name in (_MONEY, _DATE, _STAGE))
        await self._open(money)
        line = await self._do.see(f"edit-{money}", LineEdit)
        wrong = tr("“{said}” is not a number.").format(said="about 2000")
        await self._do.replace("about 2000")
        await self._do.key("Return")
        await self._do.until(
            lambda: line.text() == "about 2000" and wrong in line.accessibleDescription(),
            "the complaint below what was typed",
        )
        await self._photograph()
        await self._do.replace("2,140.50")
        await self._do.key("Return")
        await self._open(day)
        await self._do.see(f"edit-{day}")
        await self._do.replace("15 july 2027")
        await self._do.key("Return")
        await self._open(stage)
        cell = await self._do.see(f"field-{stage}")
        combo = await self._do.until(lambda: cell.findChild(QComboBox), "the choices")
        await self._do.until(combo.hasFocus, "the choices to have the focus")
        chosen = combo.itemText(combo.currentIndex() + 1)
        await self._do.key("Down")
        for key, value in ((money, 2140.5), (day, "2027-07-15"), (stage, chosen)):
            await self._arrives(key, value)

    def _field(self, name: str) -> str:
        fields = self._workspace.reference.custom_fields
        return "custom:" + next(field.id for field in fields if field.name == name)

    async def _open(self, key: str) -> None:
        await self.unfold_fields(f"field-{key}")
        await self._do.click(f"field-{key}")

    async def _arrives(self, key: str, value: object) -> None:
        contact = (await self.detail()).contact.id

        async def there() -> bool:
            record = await self.at_server(Kind.CONTACT, contact)
            values = record.get("customFields", ()) if record else ()
            return any(one["id"] == key[7:] and one["value"] == value for one in values)

        await self._do.until_known(there, f"{value!r} at the sandbox")


def _link_in(view: QTextBrowser) -> QPoint:
    """A point on the first link."""
    cursor = QTextCursor(view.document())
    while not cursor.charFormat().isAnchor():
        if not cursor.movePosition(QTextCursor.MoveOperation.Right):
            raise NotSeen("a link in the note")
    cursor.movePosition(QTextCursor.MoveOperation.Right, n=4)
    return view.viewport().mapTo(view, view.cursorRect(cursor).center())
