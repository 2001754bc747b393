"""What the settings page shows and does beyond settings: the profile's folders, this desktop's
notifications, what may be told to somebody who helps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from rapport.app.diagnostics import report
from rapport.app.ground import Ground
from rapport.app.wipe import folder_size
from rapport.domain.hosts import contacted
from rapport.domain.ports import Notifier
from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.panes.settings import SettingsDesk


def settings_desk(
    context: WindowContext,
    ground: Ground,
    notifier: Notifier,
    wipe: Callable[[], Coroutine[Any, Any, None]],
) -> SettingsDesk:
    async def diagnostics() -> str:
        return report(
            theme=context.theme,
            settings=context.settings,
            accounts=context.accounts,
            keyring="in memory only" if ground.secrets.in_memory else "the system's",
            notifications=await notifier.capabilities(),
            now=ground.clock.now().astimezone(ground.clock.zone()),
        )

    data = ground.paths.data
    return SettingsDesk(
        data_folder=data,
        log_folder=ground.paths.logs,
        key_place=ground.secrets.place,
        test_notification=lambda: _test(notifier),
        diagnostics=diagnostics,
        data_size=lambda: asyncio.to_thread(folder_size, data),
        hosts=contacted.seen,
        wipe=wipe,
    )


async def _test(notifier: Notifier) -> str:
    """Shows a notification, and returns what the desktop makes of them."""
    held = await notifier.capabilities()
    await notifier.show("test", tr("This is a test"), tr("Reminders of due tasks look like this."))
    buttons = (
        tr("It shows buttons: Complete, Snooze and Undo work without opening the window.")
        if "actions" in held
        else tr("It shows no buttons: complete and snooze from the tray or the window.")
    )
    clicks = tr("A click opens the task.") if "click" in held else tr("It does not report clicks.")
    return tr("Sent. What this desktop can do: {buttons} {clicks}").format(
        buttons=buttons, clicks=clicks
    )
