"""Copies the link of the contact or task that is chosen."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from rapport.domain.errors import InputError
from rapport.domain.links import Link, link_to
from rapport.domain.records import Id, Kind
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext


def bind_links(context: WindowContext) -> None:
    context.actions.bind("contact.copy-link", lambda: _copy_contact(context))
    context.actions.bind("task.copy-link", lambda: _copy_task(context))


async def _copy_contact(context: WindowContext) -> None:
    now = context.situation
    if now.contact_id is not None:
        await _copy(context, context.workspace, Kind.CONTACT, now.contact_id)


async def _copy_task(context: WindowContext) -> None:
    now = context.situation
    if now.task_id is not None:
        await _copy(context, now.task_workspace or context.workspace, Kind.TASK, now.task_id)


async def _copy(context: WindowContext, workspace: Workspace, kind: Kind, id: Id) -> None:
    server_id = await workspace.queries.server_id(kind, id)
    if server_id is None:
        raise InputError(
            tr("There is no link yet."), tr("There is one once the CRM has heard of it.")
        )
    link = link_to(Link(kind, server_id, workspace.account.location_id))
    QGuiApplication.clipboard().setText(link)
    context.notice(tr("Link copied"), link, icon="link")
