"""Motion as the desktop wants it: a settings portal on the real session bus says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from rapport.host.motion import ANIMATIONS, INTERFACE, PATH, PORTAL, REDUCED, DesktopMotion


class Portal:
    """Answers Read as xdg-desktop-portal does, a variant in a variant, and tells changes."""

    def __init__(self, bus: MessageBus, known: dict[tuple[str, str], Variant]) -> None:
        self._bus = bus
        self.known = known
        bus.add_message_handler(self._answer)

    def change(self, name: tuple[str, str], value: Variant) -> None:
        self._bus.send(Message.new_signal(PATH, INTERFACE, "SettingChanged", "ssv", [*name, value]))

    def _answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL or message.member != "Read":
            return None
        value = self.known.get((message.body[0], message.body[1]))
        if value is None:
            return Message.new_error(message, "org.freedesktop.portal.Error.NotFound", "not known")
        return Message.new_method_return(message, "v", [Variant("v", value)])


@pytest_asyncio.fixture
async def portal() -> AsyncIterator[Portal]:
    bus = await MessageBus().connect()
    await bus.request_name(PORTAL)
    yield Portal(bus, {})
    bus.disconnect()
    await bus.wait_for_disconnect()


@pytest.mark.parametrize(
    ("name", "value", "reduced"),
    [
        (REDUCED, Variant("u", 1), True),
        (REDUCED, Variant("u", 0), False),
        (ANIMATIONS, Variant("b", False), True),
        (ANIMATIONS, Variant("b", True), False),
    ],
)
async def test_what_the_portal_says_is_told_and_its_changes_too(
    portal: Portal, name: tuple[str, str], value: Any, reduced: bool
) -> None:
    portal.known[name] = value
    told: list[bool] = []
    came = asyncio.Event()

    def hear(reduced: bool) -> None:
        told.append(reduced)
        came.set()

    motion = DesktopMotion(hear)
    await motion.start()
    assert told == [reduced]
    came.clear()
    portal.change(REDUCED, Variant("u", 0 if reduced else 1))
    await asyncio.wait_for(came.wait(), 10)
    assert told == [reduced, not reduced]
    await motion.close()


async def test_a_desktop_without_a_portal_leaves_things_as_they_are() -> None:
    told: list[bool] = []
    motion = DesktopMotion(told.append)
    await motion.start()
    assert told == []
    await motion.close()
