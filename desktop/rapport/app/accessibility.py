"""What a screen reader is told: the tree of every program's widgets on the accessibility bus."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus

_ACCESSIBLE: Final = "org.a11y.atspi.Accessible"
_COMPONENT: Final = "org.a11y.atspi.Component"
_SCREEN_COORDINATES: Final = 0
_FOCUSABLE: Final = 11
_FOCUSED: Final = 12
_SHOWING: Final = 25
_CALL_TIMEOUT_S: Final = 1.0
_AT_ONCE: Final = 40

T = TypeVar("T")

# A list of a hundred thousand contacts has as many accessible children; reading them one by one
# would take minutes and says nothing that the list's own model does not say at once.
_MOST_CHILDREN: Final = 400

# at-spi2-core 2.54 renamed the role; both names are met.
_SAME_ROLE: Final = {"push button": "button"}

Node = tuple[str, str]
"""The unique bus name of a program, the object path of a widget."""


class Rect(NamedTuple):
    """A rectangle on the screen, in pixels from its top left corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def center(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2


class Seen(NamedTuple):
    """A widget, or a part of one, as assistive technology knows it."""

    role: str
    name: str
    description: str
    rect: Rect
    focusable: bool
    focused: bool


class NoAccessibilityBus(RuntimeError):
    """The accessibility bus is not running."""


@asynccontextmanager
async def accessibility_bus() -> AsyncIterator[MessageBus]:
    session = await MessageBus(bus_type=BusType.SESSION).connect()
    try:
        address = await _call(session, ("org.a11y.Bus", "/org/a11y/bus"), "org.a11y.Bus.GetAddress")
    finally:
        await _close(session)
    if address is None:
        raise NoAccessibilityBus
    bus = await MessageBus(address).connect()
    try:
        yield bus
    finally:
        await _close(bus)


async def _close(bus: MessageBus) -> None:
    bus.disconnect()
    # The socket is closed once the loop has seen its end, not before.
    await bus.wait_for_disconnect()


async def showing(bus: MessageBus, role: str = "", app: str | None = None) -> AsyncIterator[Seen]:
    """What of this role is showing (any: ""), level by level, in ``app`` or in every program.
    Containers with more than 400 children are not looked into."""
    root = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
    level = await _children(bus, root)
    if app is not None:
        names = await _each(level, partial(_text, bus, name="Name"))
        level = [node for node, name in zip(level, names, strict=True) if name == app]
    windows = await _each(level, partial(_children, bus))
    level = [window for group in windows for window in group]
    while level:
        states = await _each(level, partial(_states, bus))
        shown = [one for one in zip(level, states, strict=True) if one[1] >> _SHOWING & 1]
        level = [node for node, _ in shown]
        roles = await _each(level, partial(_role, bus))
        for (node, state), its_role in zip(shown, roles, strict=True):
            wanted = not role or its_role == _SAME_ROLE.get(role, role)
            if wanted and (seen := await _seen(bus, node, its_role, state)) is not None:
                yield seen
        groups = await _each(level, partial(_children, bus))
        level = [child for group in groups for child in group]


async def _each(nodes: Sequence[Node], ask: Callable[[Node], Awaitable[T]]) -> list[T]:
    """Asks of all, a few at a time: the socket takes no more."""
    answers: list[T] = []
    for start in range(0, len(nodes), _AT_ONCE):
        answers += await asyncio.gather(*map(ask, nodes[start : start + _AT_ONCE]))
    return answers


async def _seen(bus: MessageBus, node: Node, role: str, state: int) -> Seen | None:
    place = await _call(bus, node, f"{_COMPONENT}.GetExtents", "u", [_SCREEN_COORDINATES])
    if place is None or place[2] <= 0 or place[3] <= 0:
        return None
    return Seen(
        role=role,
        name=await _text(bus, node, "Name"),
        description=await _text(bus, node, "Description"),
        rect=Rect(*place),
        focusable=bool(state >> _FOCUSABLE & 1),
        focused=bool(state >> _FOCUSED & 1),
    )


async def _children(bus: MessageBus, node: Node) -> list[Node]:
    count = await _property(bus, node, "ChildCount")
    if not count or count > _MOST_CHILDREN:
        return []
    children = await _call(bus, node, f"{_ACCESSIBLE}.GetChildren")
    return [(program, path) for program, path in children or []]


async def _states(bus: MessageBus, node: Node) -> int:
    states = await _call(bus, node, f"{_ACCESSIBLE}.GetState")
    return int(states[0]) if states else 0


async def _role(bus: MessageBus, node: Node) -> str:
    role = await _call(bus, node, f"{_ACCESSIBLE}.GetRoleName") or ""
    return _SAME_ROLE.get(role, role)


async def _text(bus: MessageBus, node: Node, name: str) -> str:
    return str(await _property(bus, node, name) or "")


async def _property(bus: MessageBus, node: Node, name: str) -> Any:
    value = await _call(bus, node, "org.freedesktop.DBus.Properties.Get", "ss", [_ACCESSIBLE, name])
    return None if value is None else value.value


async def _call(
    bus: MessageBus,
    node: Node,
    method: str,
    signature: str = "",
    body: list[Any] | None = None,
) -> Any:
    """The first value of the reply, or ``None``: widgets go away while they are being read."""
    interface, _, member = method.rpartition(".")
    message = Message(
        destination=node[0],
        path=node[1],
        interface=interface,
        member=member,
        signature=signature,
        body=body or [],
    )
    try:
        reply = await asyncio.wait_for(bus.call(message), _CALL_TIMEOUT_S)
    except TimeoutError:
        return None
    if reply is None or reply.message_type is MessageType.ERROR or not reply.body:
        return None
    return reply.body[0]
