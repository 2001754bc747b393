"""A disk that remembers: which bytes were written, and which of them were promised to be there.

``Disk`` stands below SQLite's encryption and above the operating system. From what it recorded it
makes the files as a power cut would leave them: what was synced is there; of what was not, each
write is there, missing or torn at a sector, whatever its order. It can also fail: a full disk, a
write or a sync that goes wrong.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import apsw

SECTOR = 512
NAME = "remembering"
VFS = f"multipleciphers-{NAME}"
"""What a connection asks for: the encryption above this disk."""


class Write(NamedTuple):
    file: str
    offset: int
    data: bytes


class Cut(NamedTuple):
    """The file was made shorter."""

    file: str
    size: int


class Sync(NamedTuple):
    file: str


class Gone(NamedTuple):
    file: str


class Acknowledged(NamedTuple):
    """The program told somebody that this is saved."""

    what: str


Event = Write | Cut | Sync | Gone | Acknowledged


@dataclass
class Disk:
    """``fails`` is asked before each write and sync and may raise an apsw error."""

    fails: Callable[[Event], None] = lambda _: None
    events: list[Event] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def mount(self) -> None:
        """Take the place of the disk that was there before."""
        _vfs.disk = self

    def note(self, event: Event) -> None:
        with self._lock:
            self.fails(event)
            self.events.append(event)

    def after_power_cuts(
        self, start: dict[str, bytes], images: int, chance: random.Random
    ) -> Iterator[tuple[dict[str, bytes], list[str]]]:
        """The files after each of so many power cuts, and what had been acknowledged before.
        ``start`` is what was on the disk when recording began."""
        events = list(self.events)
        moments = sorted(chance.randrange(len(events) + 1) for _ in range(images))
        safe = {name: bytearray(content) for name, content in start.items()}
        hanging: dict[str, list[Write | Cut]] = {}
        acknowledged: list[str] = []
        done = 0
        for moment in moments:
            for event in events[done:moment]:
                match event:
                    case Write() | Cut():
                        hanging.setdefault(event.file, []).append(event)
                    case Sync():
                        content = safe.setdefault(event.file, bytearray())
                        for change in hanging.pop(event.file, ()):
                            _apply(content, change)
                    case Gone():
                        safe.pop(event.file, None)
                        hanging.pop(event.file, None)
                    case Acknowledged():
                        acknowledged.append(event.what)
            done = moment
            image = {name: bytearray(content) for name, content in safe.items()}
            for name, changes in hanging.items():
                content = image.setdefault(name, bytearray())
                for change in changes:
                    _perhaps(content, change, chance)
            yield {name: bytes(content) for name, content in image.items()}, list(acknowledged)


def _apply(content: bytearray, change: Write | Cut) -> None:
    if isinstance(change, Cut):
        del content[change.size :]
        return
    end = change.offset + len(change.data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[change.offset : end] = change.data


def _perhaps(content: bytearray, change: Write | Cut, chance: random.Random) -> None:
    """Kept, lost, or torn: some of its sectors reached the disk and some did not."""
    luck = chance.random()
    if luck < 0.4:
        return
    if luck < 0.7 or isinstance(change, Cut):
        _apply(content, change)
        return
    for at in range(0, len(change.data), SECTOR):
        if chance.random() < 0.5:
            piece = change.data[at : at + SECTOR]
            _apply(content, Write(change.file, change.offset + at, piece))


class _Vfs(apsw.VFS):
    """Registered once: the encryption above keeps its address."""

    def __init__(self) -> None:
        self.disk = Disk()
        super().__init__(NAME, "unix")

    def xOpen(self, name: Any, flags: list[int]) -> _File:
        return _File(self.disk, name, flags)

    def xDelete(self, name: str, sync_directory: bool) -> None:
        super().xDelete(name, sync_directory)
        self.disk.note(Gone(Path(name).name))


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._disk = disk
        self._name = Path(path or "unnamed").name
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.note(Write(self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:
        self._disk.note(Cut(self._name, newsize))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:
        self._disk.note(Sync(self._name))
        super().xSync(flags)


_vfs = _Vfs()
