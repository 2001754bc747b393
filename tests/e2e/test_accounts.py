"""Two locations signed in at once: both sync and remind, and what ails one stays with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractItemView, QLabel, QMenu, QWidget

from rapport.api.session import decode
from rapport.app import pointer
from rapport.app.session import Session
from rapport.domain.commands import CreateTask
from rapport.domain.filters import ContactQuery
from rapport.domain.records import Id
from rapport.domain.settings import Account
from rapport.domain.views import SyncState
from rapport.ui.roles import ContactRole, TaskRole

LUMEN, HARBOUR = "Lumen Solar", "Harbour Dental"
CLICK_LIMIT_S = 30.0
TITLE = QPoint(80, 18)
"""In a row: its middle has the keys that a mouse over it brings out."""
ID, ACCOUNT = int(TaskRole.ID), int(TaskRole.ACCOUNT_NAME)


class Two:
    """A program with two accounts, the second one on screen after its sign-in."""

    def __init__(self, program: Any) -> None:
        self.program = program
        self.app = program.app
        self.do = program.do
        self.failures: list[str] = []
        """What the window told its person of errors."""
        program.app.window.context.runner.failed.connect(
            lambda failure: self.failures.append(failure.details)
        )

    def account(self, place: int) -> Account:
        account: Account = self.app.config.accounts[place]
        return account

    def session(self, place: int) -> Session | None:
        session: Session | None = self.app.accounts.session(self.account(place).id)
        return session

    def state(self, place: int) -> SyncState | None:
        session = self.session(place)
        return session.workspace.sync.status().state if session is not None else None

    async def idle(self, *places: int) -> None:
        await self.do.until(
            lambda: all(self.state(place) is SyncState.IDLE for place in places),
            "the accounts to be in sync",
            limit_s=40,
        )

    async def shows(self, place: int) -> None:
        await self.do.until(
            lambda: self.app.session is self.session(place) is not None, f"account {place}"
        )

    async def a_name(self, place: int) -> str:
        """Who is first in the account's list."""
        session = self.session(place)
        assert session is not None
        return (await session.workspace.queries.contacts(ContactQuery())).rows[0].name

    def first_row(self) -> str | None:
        page = self.app.window.pages.contacts
        if page is None or not page.list.isVisible():
            return None
        name: str | None = page.list.model.index(0).data(int(ContactRole.NAME))
        return name

    async def menu(self) -> list[str]:
        """The lines of the account menu about accounts."""
        await self.do.click("account-switcher")
        menu = await self.do.see("account-menu", QMenu)
        lines = [a.text() for a in menu.actions() if a.objectName().startswith("account-")]
        await self.do.key("Escape")
        return lines

    async def due_now(self, place: int, title: str) -> Id:
        session = self.session(place)
        assert session is not None
        workspace = session.workspace
        (row, *_) = (await workspace.queries.contacts(ContactQuery())).rows
        task_id = workspace.new_id()
        fields = {
            "title": title,
            "due_at": workspace.clock.now() + timedelta(seconds=1),
            "assigned_to": session.account.user_id,
        }
        await workspace.bus.run(CreateTask(task_id=task_id, contact_id=row.id, fields=fields))
        return task_id


async def signed_in_to_both(program: Any, pressed: Callable[[str], Any]) -> Two:
    two = Two(program)
    await program.sign_in()
    program.app.window.context.actions.trigger("account.add")
    await two.do.click("choose-sandbox")
    await pointer.find_accessible("Allow", "push button", timeout_s=CLICK_LIMIT_S)
    # From Allow back over Deny to the locations, and to the second of them.
    await two.do.key("shift+Tab", "shift+Tab", "Down")
    await pressed("Allow")
    await two.do.until(lambda: len(two.app.config.accounts) == 2, "the second account")
    await two.shows(1)
    await two.idle(0, 1)
    assert not two.failures
    return two


async def test_all_accounts_sync_and_a_key_switches_between_them(
    make_program: Any, served: Any, pressed: Any
) -> None:
    program = await make_program(served)
    two = await signed_in_to_both(program, pressed)
    assert [two.account(place).name for place in (0, 1)] == [
        f"{LUMEN} (Sandbox)",
        f"{HARBOUR} (Sandbox)",
    ]
    await program.close()

    again = Two(await make_program(served))
    await again.shows(1)
    await again.idle(0, 1)
    names = [await again.a_name(place) for place in (0, 1)]
    assert names[0] != names[1]
    for place in (0, 1, 0):
        await pointer.key(f"ctrl+{place + 1}")
        name = names[place]
        await again.do.until(lambda name=name: again.first_row() == name, f"{name} in the list")
        assert again.app.session is again.session(place)
    assert again.app.config.current == again.account(0).id
    actions = again.app.window.context.actions
    assert actions.is_bound("account.show-2")
    assert not actions.is_bound("account.show-3")
    lines = await again.menu()
    assert [line.partition("\t")[2] for line in lines] == ["Ctrl+1", "Ctrl+2"]
    assert all("Synced" in line for line in lines)


async def test_an_ended_sign_in_and_a_lost_key_stay_with_their_account(
    make_program: Any, served: Any, pressed: Any
) -> None:
    program = await make_program(served)
    two = await signed_in_to_both(program, pressed)
    vault = program.secrets.vault(two.account(0).id)
    (kept, *_) = await asyncio.to_thread(vault.read_tokens)
    tokens = decode(kept)
    assert tokens is not None
    # The app was removed from the location, so that the sign-in cannot renew itself; the refresh
    # token goes first, lest it is used in between.
    await served.control("POST", f"locations/{two.account(0).location_id}", {"installed": False})
    for token in (tokens.refresh, tokens.access):
        await served.control("POST", "tokens/revoke", {"token": token})
    session = two.session(0)
    assert session is not None
    session.workspace.sync.sync_now()
    await two.do.until(lambda: two.state(0) is SyncState.SIGN_IN, "the first to be signed out")
    lines = await two.menu()
    assert "Sign in again" in lines[0]
    assert "Synced" in lines[1]
    assert two.do.find(QWidget, "banner-reconnect") is None
    await asyncio.to_thread(vault.forget_database_key)
    await program.close()

    again = Two(await make_program(served))
    await again.idle(1)
    lines = await again.menu()
    assert "Key lost" in lines[0]
    await pointer.key("ctrl+1")
    await again.do.see("trouble")
    await pointer.key("ctrl+2")
    await again.do.until(lambda: again.do.find(QWidget, "trouble") is None, "the way back")
    assert again.app.session is again.session(1)


async def test_a_reminder_of_an_account_that_is_not_on_screen(
    program: Any, pressed: Any, until: Any
) -> None:
    """Its button acts there, and opening it brings that account up."""
    two = await signed_in_to_both(program, pressed)
    task_id = await two.due_now(0, "Confirm the delivery slot")
    bodies: list[str] = []
    show = two.app.notifications.show

    async def told(id: str, title: str, body: str, buttons: Any = ()) -> None:
        bodies.append(body)
        await show(id, title, body, buttons)

    two.app.notifications.show = told
    await pressed("Complete")
    first = two.session(0)
    assert first is not None

    async def done() -> bool:
        row = await first.workspace.queries.task(task_id)
        return row is not None and row.task.completed

    await two.do.until_known(done, "the task to be completed")
    assert two.app.session is two.session(1)
    assert all(body.endswith(LUMEN + " (Sandbox)") for body in bodies)
    # The server of the tests takes no clicks beside its buttons; "Open" goes the same way.
    await pressed("Open")
    await two.shows(0)
    title = await two.do.see("task-detail-title", QLabel)
    await two.do.until(lambda: title.text() == "Confirm the delivery slot", "the task to be shown")
    await two.do.see("task-list")


async def test_one_today_list_over_both(program: Any, pressed: Any) -> None:
    """A row acts on its own account, and its contact opens there."""
    two = await signed_in_to_both(program, pressed)
    # The pop-ups would lie over what is clicked.
    two.app.window.context.change_settings(reminders=False)
    here = await two.due_now(1, "Order crowns")
    there = await two.due_now(0, "Order mounting rails")
    await two.do.key("alt+1")
    view = await two.do.see("task-list", QAbstractItemView)
    model = view.model()

    def row_of(task_id: Id) -> int:
        rows = range(model.rowCount())
        return next((row for row in rows if model.index(row, 0).data(ID) == task_id), -1)

    await two.do.until(lambda: row_of(here) >= 0 and row_of(there) >= 0, "both tasks")
    for task_id, name in ((here, HARBOUR), (there, LUMEN)):
        assert model.index(row_of(task_id), 0).data(ACCOUNT) == f"{name} (Sandbox)"

    await two.do.click_row(view, model.index(row_of(there), 0), at=TITLE)
    await two.do.key("space")
    first = two.session(0)
    assert first is not None

    async def completed(wanted: bool) -> bool:
        row = await first.workspace.queries.task(there)
        return row is not None and row.task.completed is wanted

    await two.do.until_known(lambda: completed(True), "the task of the other account to be done")
    await two.do.until(lambda: row_of(there) < 0, "the row to leave")
    sync = first.workspace.sync
    await two.do.until(lambda: sync.status().waiting == 0, "the CRM to know of it")
    await two.do.key("ctrl+z")
    await two.do.until_known(lambda: completed(False), "the task of the other account to be back")
    await two.do.until(lambda: sync.status().waiting == 0, "the CRM to know of that, too")
    await two.do.until(lambda: row_of(there) >= 0, "the row to be back")

    await two.do.click_row(view, model.index(row_of(there), 0), at=TITLE)
    await two.do.click("snooze-1h")

    async def snoozed() -> bool:
        row = await first.workspace.queries.task(there)
        return row is not None and row.task.snoozed_until is not None

    await two.do.until_known(snoozed, "the task of the other account to be quiet")
    assert two.app.session is two.session(1)

    await two.do.click("task-accounts")
    menu = await two.do.see("task-accounts-menu", QMenu)
    only = next(action for action in menu.actions() if action.text() == "This account")
    where = menu.mapToGlobal(menu.actionGeometry(only).center())
    await pointer.click(where.x(), where.y())
    await two.do.until(lambda: row_of(there) < 0 <= row_of(here), "this account's tasks alone")
    assert not two.app.window.context.settings.today_all_accounts
    two.app.window.context.change_settings(today_all_accounts=True)

    await two.do.key("ctrl+1", "ctrl+2")
    await two.shows(1)
    view = await two.do.see("task-list", QAbstractItemView)
    model = view.model()
    await two.do.until(lambda: row_of(there) >= 0, "both accounts again")
    await two.do.click_row(view, model.index(row_of(there), 0), at=TITLE)
    await two.do.click("task-open-contact")
    await two.shows(0)
    row = await first.workspace.queries.task(there)
    assert row is not None

    def shown() -> bool:
        page = two.app.window.pages.contacts
        return page.detail is not None and page.detail.contact_id == row.task.contact_id

    await two.do.until(shown, "the contact in its account")
    assert not two.failures


async def test_a_role_that_has_no_part_in_contacts(
    make_program: Any, served: Any, pressed: Any
) -> None:
    """Told by the CRM's list of users, with its reason, and gone when the role allows it again."""
    program = await make_program(served)
    await program.sign_in()
    assert program.app.window.context.actions.allowed("contact.new") is True
    user_id = program.session.account.user_id
    await program.close()
    user = f"records/user/{user_id}"
    for enabled in (False, True):
        await served.control("POST", user, {"permissions": {"contactsEnabled": enabled}})
        again = await make_program(served)
        await again.do.until(
            lambda again=again, enabled=enabled: (
                again.session.workspace.capabilities.can_write is enabled
            ),
            "the role to be read",
        )
        context = again.app.window.context
        if enabled:
            assert context.actions.allowed("contact.new") is True
        else:
            reason = context.actions.allowed("contact.new")
            assert str(reason).startswith("Your role in this location")
            await again.do.see("banner-read-only")
            assert not context.actions.is_enabled("account.ask-write")
            assert not again.app.window.top_bar.new.isEnabled()
        await again.close()
