"""What crosses the local socket, and what is too large for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rapport.domain.errors import InputError, StoreError
from rapport.host import messages, uploads
from rapport.host.instance import InstanceLock, socket_path
from rapport.host.messages import Message, ask, ask_or_lock, encoded, head_of, request
from rapport.host.paths import Paths


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return Paths.of(tmp_path / "profile")


def test_a_message_is_a_line_and_its_attachment() -> None:
    data = encoded(Message({"a": "ä\n"}, b"\n\0"))
    line, _, rest = data.partition(b"\n")
    assert head_of(line) == ({"a": "ä\n"}, 2)
    assert rest == b"\n\0"


@pytest.mark.parametrize("line", [b"", b"[]", b'{"size": -1}', b'{"size": true}', b'{"size": 1e9}'])
def test_what_is_no_head(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"Expecting value|not an object|out of bounds"):
        head_of(line)


def test_what_is_too_large_is_refused_before_it_is_sent() -> None:
    with pytest.raises(InputError, match="too large"):
        encoded(Message({"body": "x" * messages.HEAD_LIMIT}))
    with pytest.raises(InputError, match="too large"):
        encoded(Message({}, bytes(messages.ATTACHMENT_LIMIT + 1)))


def test_files_have_a_limit_together(tmp_path: Path) -> None:
    for name in ("one", "two"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(uploads.LARGEST_UPLOADS - 10)
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    assert len(uploads.read_uploads({"file": (one,)})[0].content) == uploads.LARGEST_UPLOADS - 10
    with pytest.raises(InputError, match="two” is too large") as caught:
        uploads.read_uploads({"file": (one, two)})
    assert caught.value.field == "file"


def test_nobody_listens(paths: Paths) -> None:
    message = Message(request("show"))
    assert ask(paths, message) is None
    socket_path(paths).write_bytes(b"")  # whatever it is, it is no socket
    assert ask(paths, message) is None
    lock = InstanceLock(paths)
    assert ask_or_lock(paths, lock, message) is None
    lock.release()


def test_the_lock_is_waited_for(paths: Paths) -> None:
    holder, lock = InstanceLock(paths), InstanceLock(paths)
    assert holder.acquire()
    with pytest.raises(StoreError, match="does not answer"):
        ask_or_lock(paths, lock, Message(request("show")), wait_s=0.0)
    holder.release()


def test_where_there_are_no_such_sockets(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "HAS_SOCKETS", False)
    holder, lock = InstanceLock(paths), InstanceLock(paths)
    assert holder.acquire()
    with pytest.raises(StoreError) as caught:
        ask_or_lock(paths, lock, Message(request("show")))
    assert "quit it first" in str(caught.value)
    holder.release()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_socket_of_somebody_else_is_not_spoken_to(paths: Paths) -> None:
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(socket_path(paths)))
        listener.listen()
        os.chown(socket_path(paths), 65534, 65534)
        assert ask(paths, Message(request("show"))) is None
