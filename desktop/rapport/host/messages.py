"""What a second start and the command line say to a running Rapport, over its local socket.

A message is one line of JSON, its head, and after it as many bytes as the head's ``size`` says. A
request's head names the program's version and what is asked (``ask``), a reply's whether it was
done (``ok``) and else why not (``sentence``). No token is ever part of a message.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import time
from pathlib import Path
from typing import Any

from msgspec import Struct

from rapport import __version__
from rapport.domain.errors import InputError, NetworkError, RapportError, StoreError
from rapport.host.instance import InstanceLock, socket_path
from rapport.host.paths import Paths
from rapport.language import mark

HEAD_LIMIT = 4 * 1024 * 1024
ATTACHMENT_LIMIT = 56 * 1024 * 1024
"""Bytes; the files of one upload, or one reply of the CRM, and some."""
HAS_SOCKETS = hasattr(socket, "AF_UNIX")
_PIECE = 256 * 1024
_LOOK_AGAIN_S = 0.1


class Message(Struct, frozen=True):
    head: dict[str, Any]
    attachment: bytes = b""


def encoded(message: Message) -> bytes:
    """Raises InputError for what is too large to hand over."""
    head = json.dumps(message.head | {"size": len(message.attachment)}).encode() + b"\n"
    if len(head) > HEAD_LIMIT or len(message.attachment) > ATTACHMENT_LIMIT:
        raise InputError("This is too large to be handed over between two Rapports.")
    return head + message.attachment


def head_of(line: bytes) -> tuple[dict[str, Any], int]:
    """The head in a line, and the size of what follows. Raises ValueError."""
    head = json.loads(line)
    if not isinstance(head, dict):
        raise ValueError("the head is not an object")
    size = head.pop("size", 0)
    if not (type(size) is int and 0 <= size <= ATTACHMENT_LIMIT):
        raise ValueError("the size is out of bounds")
    return head, size


def request(ask: str, **values: Any) -> dict[str, Any]:
    return {"rapport": __version__, "ask": ask, **values}


def ask(paths: Paths, message: Message, *, timeout_s: float | None = None) -> Message | None:
    """What the running Rapport replies; None where none listens.

    Raises NetworkError when it quits meanwhile or says nothing for ``timeout_s``, and RapportError
    where it is another version or does not want to.
    """
    data = encoded(message)
    path = socket_path(paths)
    if not HAS_SOCKETS or not _is_ours(path):
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(timeout_s)
        try:
            client.connect(str(path))
        except OSError:
            return None
        try:
            client.sendall(data)
            reply = _received(client)
        except TimeoutError:
            raise NetworkError("The Rapport that is running does not answer.", sent=True) from None
        except (OSError, EOFError):
            raise NetworkError("Rapport quit before the reply came.", sent=True) from None
        except ValueError:
            raise _other_version() from None
    if reply.head.get("rapport") != __version__:
        raise _other_version()
    if reply.head.get("ok") is not True:
        raise RapportError(str(reply.head.get("sentence") or mark("Rapport did not do this.")))
    return reply


def ask_or_lock(
    paths: Paths,
    lock: InstanceLock,
    message: Message,
    *,
    wait_s: float = 10.0,
    timeout_s: float | None = None,
) -> Message | None:
    """What the running Rapport replies, or None where none runs; then ``lock`` is held.

    One that is starting or ending, or a command at work, has the lock and does not listen: it is
    given ``wait_s``. Raises StoreError after that, and what ``ask`` raises.
    """
    until = time.monotonic() + wait_s
    while not lock.acquire():
        reply = ask(paths, message, timeout_s=timeout_s)
        if reply is not None:
            return reply
        if not HAS_SOCKETS:
            raise StoreError(
                "Rapport is already running with this profile.",
                "On this system it cannot be asked from outside: quit it first.",
            )
        if time.monotonic() > until:
            raise StoreError(
                "Rapport is already running with this profile and does not answer.",
                "Try again in a moment, or quit it.",
            )
        time.sleep(_LOOK_AGAIN_S)
    return None


def _is_ours(path: Path) -> bool:
    """Only a socket of this person's is spoken to."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISSOCK(found.st_mode) and found.st_uid == os.getuid()


def _received(client: socket.socket) -> Message:
    """Raises ValueError for what is no message, EOFError for one that ends early."""
    data = bytearray()
    while b"\n" not in data:
        if len(data) > HEAD_LIMIT:
            raise ValueError("the head is too long")
        data += _piece(client)
    line, _, rest = bytes(data).partition(b"\n")
    head, size = head_of(line)
    attachment = bytearray(rest)
    while len(attachment) < size:
        attachment += _piece(client)
    return Message(head, bytes(attachment[:size]))


def _piece(client: socket.socket) -> bytes:
    piece = client.recv(_PIECE)
    if not piece:
        raise EOFError
    return piece


def _other_version() -> RapportError:
    return RapportError(
        "The Rapport that is running is another version.", "Quit it and start it again."
    )
