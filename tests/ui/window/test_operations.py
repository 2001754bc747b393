"""The Operations tab, against a real sandbox: search, form, sending, copying."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx2
import msgspec
import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from rapport.api.caller import Caller
from rapport.api.catalogue import catalogue
from rapport.api.session import StaticToken
from rapport.app.clock import SystemClock
from rapport.app.engine_thread import EngineThread
from rapport.domain.catalogue import Action
from rapport.domain.operations import HIDDEN, OperationCall, OperationReply
from rapport.domain.records import Kind
from rapport.domain.views import SyncState
from rapport.sandbox.server import SandboxThread
from rapport.store import Snapshot
from rapport.sync.operations import Operations
from rapport.ui.panes.activity.operations import OperationsView
from rapport.ui.panes.activity.operations.fields import ChoiceField
from rapport.ui.panes.activity.operations.id_field import IdField
from rapport.ui.panes.activity.operations.view import OperationsDesk
from rapport.ui.rooms import Rooms, Tab
from rapport.ui.widgets.overlay import ConfirmDialog

ENTRIES = tuple(catalogue().values())
Until = Callable[[Callable[[], object]], Awaitable[None]]


class Line:
    """An ``OperationCaller``: what a session has, with the engine's own thread."""

    def __init__(self, sandbox: SandboxThread) -> None:
        self.thread = EngineThread()
        self.thread.start()
        self.info = sandbox.info()
        self.url = self.info["base_url"]
        self.token = self.info["private_token"]

    async def call(self, call: OperationCall) -> OperationReply:
        return await asyncio.wrap_future(self.thread.run(self._call(call)))

    async def _call(self, call: OperationCall) -> OperationReply:
        clock = SystemClock()
        client = Caller(self.url, StaticToken(self.token), location_id="", clock=clock)
        try:
            return await Operations(client, self.url, clock).call(call)
        finally:
            await client.aclose()

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        def ask() -> Any:
            reply = httpx2.request(
                method,
                f"{self.info['base_url']}/_sandbox/{path}",
                json=body,
                headers={"Authorization": f"Bearer {self.info['control_token']}"},
                trust_env=False,
            )
            assert reply.status_code == 200, reply.text
            return reply.json()

        return await asyncio.to_thread(ask)

    async def seen(self) -> list[tuple[str, int]]:
        """Method and status of each request the CRM had."""
        log = await self.control("GET", "log")
        return [(one["method"], one["status"]) for one in log["requests"]]


@pytest.fixture
def line(sandbox: SandboxThread) -> Iterator[Line]:
    line = Line(sandbox)
    yield line
    line.thread.stop()


@pytest.fixture
def live() -> bool:
    """Whether the account is a real one; the sandbox's by default."""
    return False


@pytest_asyncio.fixture
async def view(
    open_window: Callable[..., Any],
    workspace: Any,
    line: Line,
    live: bool,
    plain_rooms: Rooms,
    until: Until,
) -> AsyncIterator[OperationsView]:
    workspace.account = msgspec.structs.replace(
        workspace.account,
        api_url=line.url,
        location_id=line.info["location_ids"][0],
        sandbox=not live,
    )
    desk = OperationsDesk(entries=ENTRIES, caller=line)
    tab = Tab("operations", "Operations", lambda ws, context: OperationsView(ws, context, desk))
    window = await open_window(
        rooms=Rooms(detail=plain_rooms.detail, today=plain_rooms.today, activity=(tab,))
    )
    window.context.show_activity("operations")
    await until(lambda: window.findChild(OperationsView) is not None)
    found = window.findChild(OperationsView)
    await until(found.isVisible)
    yield found


def press(key: Qt.Key, modifiers: Any = Qt.KeyboardModifier.NoModifier) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key, modifiers)


def fill(view: OperationsView, **drafts: Any) -> None:
    assert view.form is not None
    for name, draft in drafts.items():
        view.form.fields[name].restore(draft)


def child(view: OperationsView, name: str) -> Any:
    found = view.findChild(QWidget, name)
    assert found is not None, name
    return found


async def sent(view: OperationsView, until: Until) -> None:
    """Presses Send and waits until it is over."""
    before = view.reply.exchanges
    view.foot.send.click()
    await until(lambda: view.reply.exchanges != before and view.foot.send.isVisible())


# The list.


async def test_every_entry_of_the_catalogue_is_listed(view: OperationsView) -> None:
    model = view.list.model
    titles = [model.entry(model.index(row, 0)) for row in range(model.rowCount())]
    assert {entry.id for entry in titles if entry} == {entry.id for entry in ENTRIES}
    assert view.list.search.placeholderText() == f"Filter {len(ENTRIES)} operations"


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("create task", "contacts.tasks.create"),
        ("TASKS.CREATE", "contacts.tasks.create"),
        ("/tasks post", "contacts.tasks.create"),
        ("TaskComplete", "contacts.tasks.completed"),
        ("deprecated", "contacts.list"),
        ("agency", "locations.search"),
    ],
)
async def test_the_search_finds_by_any_words(view: OperationsView, words: str, id: str) -> None:
    view.list.search.setText(words)
    assert view.list.model.index_of(id).isValid()
    assert view.list.model.found < len(ENTRIES) / 4


async def test_a_search_without_an_answer_says_so_and_can_be_cleared(
    view: OperationsView,
) -> None:
    view.list.search.setText("zzz")
    assert view.list.rows.isHidden() or not view.list.rows.isVisible()
    view.list._empty.button.click()
    assert view.list.search.text() == ""
    assert view.list.rows.isVisible()


async def test_by_keyboard_from_the_search_to_the_form(view: OperationsView, until: Until) -> None:
    view.list.search.setFocus()
    QTest.keyClicks(view.list.search, "write a note")
    press(Qt.Key.Key_Down)
    assert view.list.rows.hasFocus()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Return)
    assert view.form is not None
    assert view.form.action.id == "contacts.notes.create"
    assert view.form.fields["contactId"].hasFocus() or view.form.fields["contactId"].line.hasFocus()


async def test_tab_goes_through_the_form_to_its_buttons(view: OperationsView) -> None:
    view.choose("contacts.tasks.create")
    view.list.rows.setFocus()
    passed = []
    for _ in range(10):
        press(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        passed.append(focus.objectName() if focus is not None else "")
    assert passed == [
        "operation-contactId",
        "operation-title",
        "operation-dueDate",
        "operation-completed",
        "operation-body",
        "operation-assignedTo",
        "operation-curl",
        "operation-line",
        "operation-send",
        passed[-1],
    ]


async def test_space_in_the_list_completes_no_task_of_another_page(
    view: OperationsView, until: Until
) -> None:
    pressed: list[str] = []
    context = view._context
    context.actions.bind("task.complete", lambda: pressed.append("complete"))
    context.change(task_id="t1")
    view.list.rows.setFocus()
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Delete)
    assert pressed == []


async def test_a_group_closes_and_opens_by_keyboard(view: OperationsView) -> None:
    model, rows = view.list.model, view.list.rows
    view.choose("contacts.tasks.create")
    rows.setFocus()
    before = model.rowCount()
    press(Qt.Key.Key_Left)
    assert model.rowCount() == before - 9
    assert model.section_id(rows.currentIndex()) == "contacts.tasks"
    press(Qt.Key.Key_Return)
    assert model.rowCount() == before


# The form.


async def test_a_trigger_has_nothing_to_send(view: OperationsView) -> None:
    view.choose("contacts.tasks.completed")
    assert view.form is None
    assert not view.foot.isVisible()
    assert child(view, "operation-trigger").isVisible()


async def test_an_invalid_date_is_told_at_the_field_and_stays(view: OperationsView) -> None:
    view.choose("contacts.tasks.create")
    assert view.form is not None
    due = view.form.fields["dueDate"]
    due.setFocus()
    QTest.keyClicks(due.line, "31 November 2026, 15:00")
    assert not due.check()
    assert child(view, "operation-dueDate-error").text() == (
        "November has 30 days. Did you mean 30 Nov or 1 Dec?"
    )
    assert due.line.text() == "31 November 2026, 15:00"
    assert not view.foot.send.isEnabled()
    due.line.clear()
    QTest.keyClicks(due.line, "2026-11-27T15:00:00Z")
    assert due.check()
    assert due.given() == "2026-11-27T15:00:00.000Z"
    assert view.foot.send.isEnabled()


async def test_what_is_missing_is_told_when_it_is_sent(view: OperationsView, line: Line) -> None:
    view.choose("contacts.tasks.create")
    press_send(view)
    assert child(view, "operation-contactId-error").text() == "This is needed."
    assert child(view, "operation-title-error").text() == "This is needed."
    assert QApplication.focusWidget() is child(view, "operation-contactId")
    assert await line.seen() == []


def press_send(view: OperationsView) -> None:
    view.focus_form()
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


async def test_one_of_several_is_needed(view: OperationsView, line: Line) -> None:
    view.choose("calendars.events.list")
    fill(view, startTime="1 dec 2026", endTime="2 dec 2026")
    assert view.form is not None
    assert view.form.arguments() is None
    assert "needs one of" in view.form.fields["userId"].complaint
    assert not view.foot.send.isEnabled()
    # It is given at another field than the one that complains.
    calendar = view.form.fields["calendarId"]
    calendar.setFocus()
    QTest.keyClicks(calendar.line, "c1")  # type: ignore[attr-defined]
    assert view.form.arguments() is not None
    assert not view.form.is_invalid


@pytest.mark.parametrize(
    ("id", "name", "text", "complaint"),
    [
        ("contacts.search", "pageLimit", "many", "“many” is not a number."),
        ("contacts.search", "filters", "[{", "This is not JSON"),
        ("contacts.search", "filters", '"x"', "“filters” must be a list."),
        ("contacts.get", "contactId", "..", "“contactId” must not be “..”."),
        ("contacts.get", "contactId", "ana maria", "Choose one of those found"),
    ],
)
async def test_values_that_do_not_fit(
    view: OperationsView, id: str, name: str, text: str, complaint: str
) -> None:
    view.choose(id)
    assert view.form is not None
    field = view.form.fields[name]
    field.restore((text, None) if isinstance(field, IdField) else text)
    assert not field.check()
    assert complaint in field.complaint
    drafts = view.form.drafts()[name]
    assert (drafts[0] if isinstance(field, IdField) else drafts) == text


async def test_what_was_typed_is_there_after_a_look_elsewhere(view: OperationsView) -> None:
    view.choose("contacts.tasks.create")
    fill(view, title="Call Ana", completed=True)
    view.choose("contacts.get")
    view.choose("contacts.tasks.create")
    assert view.form is not None
    assert view.form.fields["title"].given() == "Call Ana"
    assert view.form.fields["completed"].given() is True


async def test_the_location_is_filled_in(view: OperationsView, line: Line) -> None:
    view.choose("contacts.create")
    assert view.form is not None
    assert view.form.fields["locationId"].given() == line.info["location_ids"][0]


async def test_a_contact_is_chosen_by_name(view: OperationsView, book: Any, until: Until) -> None:
    (id,) = await book.add({"first_name": "Ana", "last_name": "Ølgaard"})
    view.choose("contacts.get")
    assert view.form is not None
    field = view.form.fields["contactId"]
    assert isinstance(field, IdField)
    field.line.setFocus()
    QTest.keyClicks(field.line, "olga")
    await until(field._suggestions.isVisible)
    press(Qt.Key.Key_Return)
    await until(lambda: field.local_id == id)
    assert field.given() == await book.rid(Kind.CONTACT, id)
    assert field.line.text() == "Ana Ølgaard"


async def test_a_contact_that_the_crm_has_not_got_yet(
    view: OperationsView, workspace: Any, until: Until
) -> None:
    from rapport.domain.commands import CreateContact

    made = workspace.new_id()
    await workspace.bus.run(CreateContact(contact_id=made, fields={"first_name": "Newcomer"}))
    view.choose("contacts.get")
    assert view.form is not None
    field = view.form.fields["contactId"]
    field.line.setFocus()  # type: ignore[attr-defined]
    QTest.keyClicks(field.line, "newc")  # type: ignore[attr-defined]
    await until(field._suggestions.isVisible)  # type: ignore[attr-defined]
    press(Qt.Key.Key_Return)
    await until(lambda: field.complaint)
    assert field.complaint == "“Newcomer” has not reached the CRM yet."


async def test_tasks_of_the_chosen_contact_are_offered(
    view: OperationsView, book: Any, until: Until
) -> None:
    from datetime import UTC, datetime

    (contact,) = await book.add({"first_name": "Ana"})
    rid = await book.rid(Kind.CONTACT, contact)
    now = datetime(2026, 11, 24, tzinfo=UTC)
    values = {"title": "Roof permit", "due_at": now.isoformat(), "completed": False}
    await book.absorb(
        [Snapshot(kind=Kind.TASK, rid="t1", contact_rid=rid, values=values, read_at=now)]
    )
    view.choose("contacts.tasks.get")
    assert view.form is not None
    fields = view.form.fields
    fields["contactId"].line.setFocus()  # type: ignore[attr-defined]
    QTest.keyClicks(fields["contactId"].line, "ana")  # type: ignore[attr-defined]
    await until(fields["contactId"]._suggestions.isVisible)  # type: ignore[attr-defined]
    press(Qt.Key.Key_Return)
    await until(lambda: fields["contactId"].local_id == contact)  # type: ignore[attr-defined]
    fields["taskId"].line.setFocus()  # type: ignore[attr-defined]
    press(Qt.Key.Key_Down)
    await until(fields["taskId"]._suggestions.isVisible)  # type: ignore[attr-defined]
    press(Qt.Key.Key_Return)
    await until(lambda: fields["taskId"].given() == "t1")
    assert view.form.arguments().path == {"contactId": rid, "taskId": "t1"}  # type: ignore[union-attr]


# Sending.


async def test_a_task_is_sent_and_the_reply_is_shown(
    view: OperationsView, line: Line, until: Until
) -> None:
    view.choose("contacts.tasks.create")
    contact = line.info["examples"]["contact"]
    fill(view, contactId=(contact, None), title="Call Ana", dueDate="27 nov 2026 15:00")
    assert child(view, "operation-hint").text() == (
        "Goes to the sandbox. No live account is touched."
    )
    press_send(view)
    await until(lambda: view.reply.code.isVisible())
    assert child(view, "operation-status").text() == "201 Created"
    shown = json.loads(view.reply.code.toPlainText())
    assert shown["task"]["title"] == "Call Ana"
    assert shown["task"]["dueDate"] == "2026-11-27T15:00:00.000Z"
    assert await line.seen() == [("POST", 201)]


async def test_no_secret_is_shown(view: OperationsView, line: Line, until: Until) -> None:
    view.choose("contacts.get")
    fill(view, contactId=(line.info["examples"]["contact"], None))
    await sent(view, until)
    for part in ("body", "headers", "sent"):
        view.reply.parts.set_value(part)
        view.reply.parts.chosen.emit(part)
        assert line.token not in view.reply.code.toPlainText()
    assert f"Authorization: {HIDDEN}" in view.reply.code.toPlainText()
    child(view, "operation-copy-reply").click()
    assert line.token not in QGuiApplication.clipboard().text()


@pytest.mark.parametrize("scopes", [("contacts.readonly", "users.write")])
async def test_a_password_that_was_sent_is_not_shown(
    view: OperationsView, line: Line, until: Until
) -> None:
    view.choose("users.create")
    fill(
        view,
        companyId=line.info["company_id"],
        firstName="Ana",
        lastName="Silva",
        email="ana@example.com",
        password="Long-enough-4-a-test!",
    )
    assert view.form is not None
    for name, field in view.form.fields.items():
        if isinstance(field, ChoiceField) and field.one.required:
            field.restore(1)
        elif field.one.required and not field.draft():
            field.restore(line.info["location_ids"][0] if name == "locationIds" else "x")
    await sent(view, until)
    view.reply.parts.set_value("sent")
    view.reply.parts.chosen.emit("sent")
    assert "ana@example.com" in view.reply.code.toPlainText()
    assert "Long-enough" not in view.reply.code.toPlainText()


async def test_a_refusal_is_told_and_the_input_kept(
    view: OperationsView, line: Line, until: Until
) -> None:
    view.choose("contacts.get")
    fill(view, contactId=("nobody", None))
    await sent(view, until)
    assert child(view, "operation-status").text() == "400 Bad Request"
    assert child(view, "operation-words").text().startswith("This record is not in the CRM")
    assert "nobody" in view.reply.code.toPlainText()
    assert view.form is not None
    assert view.form.fields["contactId"].given() == "nobody"


async def test_without_a_network_there_is_a_sentence(
    view: OperationsView, line: Line, until: Until, sync: Any
) -> None:
    sync.say(state=SyncState.OFFLINE)
    await until(lambda: "cannot be reached" in child(view, "operation-hint").text())
    line.url = "http://127.0.0.1:9"
    view.choose("contacts.delete")
    fill(view, contactId=("somebody", None))
    await sent(view, until)
    assert child(view, "operation-words").text().startswith("The CRM cannot be reached.")
    assert child(view, "operation-status").text() == "No reply"
    assert not view.reply.code.isVisible()


async def test_a_request_is_cancelled(view: OperationsView, line: Line, until: Until) -> None:
    fault = {"path": "/notes", "kind": "delay", "seconds": 60}
    await line.control("POST", "faults", fault)
    view.choose("contacts.notes.create")
    contact = line.info["examples"]["contact"]
    fill(view, contactId=(contact, None), body="Late")
    view.foot.send.click()
    await until(view.foot.cancel.isVisible)
    assert not view.foot.send.isVisible()
    view.foot.cancel.click()
    await until(view.foot.send.isVisible)
    assert child(view, "operation-words").text() == (
        "Cancelled. The request may have arrived all the same."
    )


async def test_earlier_requests_can_be_looked_at_again(
    view: OperationsView, line: Line, until: Until
) -> None:
    contact = line.info["examples"]["contact"]
    view.choose("contacts.get")
    fill(view, contactId=(contact, None))
    await sent(view, until)
    view.choose("contacts.notes.list")
    fill(view, contactId=(contact, None))
    await sent(view, until)
    assert "notes" in json.loads(view.reply.code.toPlainText())
    (earlier,) = [one for one in view.findChildren(QWidget, "operation-earlier") if one.isVisible()]
    assert earlier.accessibleName().startswith("GET Read a contact, 200")
    earlier.click()
    assert "contact" in json.loads(view.reply.code.toPlainText())


@pytest.mark.parametrize("live", [True])
async def test_a_write_to_a_live_account_asks_first(
    view: OperationsView, line: Line, until: Until
) -> None:
    contact = line.info["examples"]["contact"]
    view.choose("contacts.notes.create")
    fill(view, contactId=(contact, None), body="By hand")
    window = view.window()
    view.foot.send.click()
    await until(lambda: window.findChild(ConfirmDialog) is not None)
    dialog = window.findChild(ConfirmDialog)
    assert f"POST /contacts/{contact}/notes" in dialog.accessibleDescription()
    assert dialog.accessibleName() == "Write a note in the live account Lumen Solar?"
    dialog.cancel_button.click()
    await until(lambda: window.findChild(ConfirmDialog) is None)
    assert await line.seen() == []

    view.foot.send.click()
    await until(lambda: window.findChild(ConfirmDialog) is not None)
    window.findChild(ConfirmDialog).confirm_button.click()
    await until(view.reply.code.isVisible)
    assert await line.seen() == [("POST", 201)]


@pytest.mark.parametrize("live", [True])
async def test_a_read_of_a_live_account_does_not_ask(
    view: OperationsView, line: Line, until: Until
) -> None:
    view.choose("contacts.get")
    fill(view, contactId=(line.info["examples"]["contact"], None))
    assert child(view, "operation-hint").text() == "Reads from Lumen Solar and changes nothing."
    await sent(view, until)
    assert await line.seen() == [("GET", 200)]


@pytest.mark.parametrize("scopes", [("contacts.readonly",)])
@pytest.mark.parametrize(
    ("id", "reason"),
    [
        (
            "contacts.create",
            "This sign-in may only read. Ask for “Change contacts” to edit.",
        ),
        (
            "calendars.groups.list",
            "This sign-in does not have the permission “calendars/groups.readonly”.",
        ),
        (
            "locations.create",
            "It needs the sign-in of an agency; this account is one location.",
        ),
    ],
)
async def test_what_this_sign_in_may_not_do_says_why(
    view: OperationsView, line: Line, id: str, reason: str
) -> None:
    view.choose(id)
    assert child(view, "operation-hint").text() == reason
    assert not view.foot.send.isEnabled()
    press_send(view)
    assert await line.seen() == []


@pytest.mark.parametrize("scopes", [("contacts.readonly", "locations/customFields.write")])
async def test_a_file_is_sent(
    view: OperationsView, line: Line, until: Until, tmp_path: Any
) -> None:
    view.choose("locations.custom-fields.upload")
    fill(view, id=line.info["examples"]["contact"], maxFiles="1", file=str(tmp_path / "plan.txt"))
    view.foot.send.click()
    await until(lambda: view.form is not None and view.form.is_invalid)
    assert "plan.txt” cannot be read. No such file" in child(view, "operation-file-error").text()
    (tmp_path / "plan.txt").write_bytes(b"\0plan\r\n")
    fill(view, file=str(tmp_path / "plan.txt"))
    assert view.form is not None
    view.form.fields["file"].check()
    await sent(view, until)
    reply = view.reply.exchanges[0].reply
    assert reply is not None
    assert reply.status in (200, 201)
    assert "plan.txt (7 bytes)" in reply.sent.body


def test_replies_that_are_kept_have_a_limit(qapp: QApplication, theme: Any) -> None:
    from datetime import UTC, datetime

    from rapport.domain.operations import SentRequest
    from rapport.domain.settings import Settings
    from rapport.ui.context import WindowContext
    from rapport.ui.panes.activity.operations.reply import Exchange, ReplyPane

    pane = ReplyPane(WindowContext(theme, Settings()), SystemClock())
    at = datetime(2026, 11, 24, tzinfo=UTC)
    for size in (30_000_000, 20_000_000, 10):
        reply = OperationReply(
            status=200,
            headers={},
            body=b" " * size,
            sent=SentRequest(method="GET", url="", headers={}, body=""),
            sent_at=at,
            took_s=0.1,
        )
        action = next(entry for entry in ENTRIES if isinstance(entry, Action))
        pane.take(Exchange(action=action, at=at, reply=reply))
    assert [len(one.reply.body) for one in pane.exchanges if one.reply] == [10, 20_000_000]
    pane.deleteLater()


# Copying.


async def run(command: str, **environment: str) -> tuple[int, bytes]:
    process = await asyncio.to_thread(_run, command, environment)
    return process


def _run(command: str, environment: dict[str, str]) -> tuple[int, bytes]:
    import subprocess

    done = subprocess.run(
        command, shell=True, capture_output=True, env={**os.environ, **environment}, check=False
    )
    return done.returncode, done.stdout


async def test_a_copied_curl_command_runs(view: OperationsView, line: Line) -> None:
    contact = line.info["examples"]["contact"]
    view.choose("contacts.notes.create")
    body = 'It\'s “quoted” $HOME `id` \\ "x"\nand a second line'
    fill(view, contactId=(contact, None), body=body)
    view.foot.curl.click()
    command = QGuiApplication.clipboard().text()
    assert line.token not in command
    assert '"Authorization: Bearer $TOKEN"' in command
    status, output = await run(f"{command} --silent", TOKEN=line.token)
    assert status == 0
    assert json.loads(output)["note"]["body"] == body


async def test_a_copied_rapport_call_names_the_account_not_the_token(
    view: OperationsView, line: Line
) -> None:
    view.choose("contacts.tasks.create")
    fill(view, contactId=("c1", None), title="It's $5", dueDate="27 nov 2026 15:00")
    view.foot.line.click()
    assert QGuiApplication.clipboard().text() == (
        "rapport call contacts.tasks.create contactId=c1 'title=It'\"'\"'s $5' "
        "dueDate=2026-11-27T15:00:00.000Z completed=false --account 'Lumen Solar'"
    )


# What is shown of a reply.


def test_a_huge_body_is_cut_with_a_sentence() -> None:
    from datetime import UTC, datetime

    from rapport.domain.operations import SentRequest
    from rapport.ui.panes.activity.operations.reading import (
        LONGEST_LINE,
        MOST_SHOWN,
        read_body,
    )

    def reply(body: bytes, kind: str = "application/json") -> OperationReply:
        return OperationReply(
            status=200,
            headers={"content-type": kind},
            body=body,
            sent=SentRequest(method="GET", url="", headers={}, body=""),
            sent_at=datetime(2026, 11, 24, tzinfo=UTC),
            took_s=0.1,
        )

    large = read_body(reply(json.dumps([{"access_token": "abc"}] * 20_000).encode()))
    assert len(large.text) <= MOST_SHOWN
    assert large.note.startswith("The first 50 kB of ")
    assert "abc" not in large.whole
    assert large.whole.endswith("]")
    rows = [{"client_secret": "s3cret", "name": "Ana"}] * 200_000
    huge = read_body(reply(json.dumps(rows, separators=(",", ":")).encode()))
    assert len(huge.text) < 2 * MOST_SHOWN
    assert huge.note.startswith("The first 50 kB of 8,000 kB.")
    assert "s3cret" not in huge.whole
    line = read_body(reply(b'["' + b"x" * 10_000_000 + b'"]'))
    assert max(map(len, line.text.split("\n"))) <= LONGEST_LINE + 1
    assert read_body(reply(b"RIFF\0\0\0wav", "audio/wav")).note.startswith("A file of 10 bytes, au")
    assert read_body(reply(b"")).note == "The reply has no body."
    assert read_body(reply(b"<html>")).text == "<html>"
    assert read_body(reply(b"[" * 100_000)).text.startswith("[[[")
