"""Operations in the whole program: what is sent there is in the list and in the audit log."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from rapport.domain.audit import AuditFilter
from rapport.domain.filters import ContactQuery
from rapport.sandbox.server import SandboxThread
from rapport.ui.panes.activity.operations import OperationsView
from rapport.ui.widgets.labels import Label

Pressed = Callable[[str], Awaitable[None]]


async def opened(program: Any) -> OperationsView:
    window = program.app.window
    window.context.show_activity("operations")

    def find() -> OperationsView | None:
        found: OperationsView | None = window.findChild(OperationsView)
        return found if found is not None and found.isVisible() else None

    await program.do.until(find, "the operations")
    view = find()
    assert view is not None
    return view


async def test_a_contact_made_by_hand_is_listed_and_audited(program: Any) -> None:
    await program.sign_in()
    view = await opened(program)
    view.choose("contacts.create")
    assert view.form is not None
    view.form.fields["firstName"].restore("Zoraida")
    await program.do.click(view.foot.send)
    await program.do.until(lambda: view.reply.exchanges, "the reply")
    reply = view.reply.exchanges[0].reply
    assert reply is not None
    assert reply.status == 201
    rid = json.loads(reply.body)["contact"]["id"]
    workspace = program.session.workspace

    async def listed() -> bool:
        page = await workspace.queries.contacts(ContactQuery(text="zoraida"))
        return bool(page.total == 1)

    await program.do.until_known(listed, "the contact in the list")
    index = await workspace.audit.index(AuditFilter(kinds=("operation",)))
    (entry,) = await workspace.audit.entries(index.ids)
    assert (entry.title, entry.reply.status) == ("Create a contact", 201)
    assert rid


async def test_a_permission_that_an_operation_needs_can_be_asked_for(
    program: Any, pressed: Pressed, sandbox: SandboxThread
) -> None:
    await program.sign_in()
    view = await opened(program)
    view.choose("calendars.groups.list")
    hint = view.findChild(Label, "operation-hint")
    assert "calendars/groups.readonly" in hint.text()
    assert not view.foot.send.isEnabled()

    await program.do.click(view.foot.hint.ask)
    await pressed("Allow")
    await program.do.until(
        lambda: "calendars/groups.readonly" in program.session.account.scopes, "the new sign-in"
    )

    view = await opened(program)
    view.choose("calendars.groups.list")
    await program.do.click(view.foot.send)
    await program.do.until(lambda: view.reply.exchanges, "the reply")
    reply = view.reply.exchanges[0].reply
    assert reply is not None
    assert reply.status == 200
    # What was granted before is granted still.
    assert "contacts.write" in program.session.account.scopes
