"""What strangers put into a CRM, seen by the real window: nothing is loaded, nothing breaks, and
what they wrote stays as it is.

The same inputs are tried one by one beside the code that meets them: 20 and 23 to 25 in
``ui/detail`` and ``unit/services``, 21 in ``ui/detail``, 22 in ``unit/store``, 36 in
``integration/sync`` and ``unit``, 37 in ``ui/detail`` and ``integration/store``, 38 in ``e2e``, 39
and 40 in ``e2e`` and ``integration/store``. Where 3 to 19 and 27 to 30 are is listed in
``unit/test_where_bad_inputs_are_tried.py``.
"""

from __future__ import annotations

import asyncio
import base64
import ctypes
import os
import socket
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListView, QToolTip, QWidget

from rapport.domain.filters import ContactQuery
from rapport.domain.records import Kind
from rapport.ui.look.text import plain_tip
from rapport.ui.notes.editor import NoteEdit
from rapport.ui.notes.safe import NoteView
from rapport.ui.roles import ContactRole

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="inotify")


class Opens:
    """Tells whether anybody opens a file: Linux's own word, not ours."""

    def __init__(self, file: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd = libc.inotify_init1(os.O_NONBLOCK)
        assert libc.inotify_add_watch(self._fd, os.fsencode(file), 0x20) >= 0

    def count(self) -> int:
        try:
            return len(os.read(self._fd, 65536)) // 16
        except BlockingIOError:
            return 0

    def close(self) -> None:
        os.close(self._fd)


@pytest.fixture
def bait(tmp_path: Path) -> Iterator[tuple[Path, Opens]]:
    file = tmp_path / "bait.png"
    file.write_bytes(giant_png())
    opens = Opens(file)
    yield file, opens
    opens.close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def giant_png(side: int = 30_000) -> bytes:
    """A picture of 30,000 × 30,000 pixels that is small as a file: 900 MB once decoded."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packer = zlib.compressobj(9)
    line = bytes(side // 8 + 2)
    data = b"".join(packer.compress(line * 100) for _ in range(side // 100)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@linux
@pytest.mark.parametrize("view", [NoteView, NoteEdit])
def test_a_giant_picture_is_never_decoded(qtbot: Any, view: type, bait: Any) -> None:
    """Bad input 26: a PNG of 30,000 × 30,000 pixels, as a file and inside the note itself.

    Notes show no pictures at all, so it is refused before anybody looks at its size.
    """
    file, opens = bait
    inline = f"data:image/png;base64,{base64.b64encode(file.read_bytes()).decode()}"
    opens.count()
    for source in (str(file), file.as_uri(), inline):
        shown = view()
        qtbot.addWidget(shown)
        shown.show()
        shown.setHtml(f"<p>before</p><img src='{source}'><p>after</p>")
        shown.grab()
        document: QTextDocument = shown.document()
        image = document.resource(QTextDocument.ResourceType.ImageResource, source)
        assert isinstance(image, QImage)
        assert image.size().toTuple() == (1, 1)
        assert "before" in document.toPlainText()
    assert opens.count() == 0


@linux
def test_a_tool_tip_loads_nothing(qtbot: Any, bait: Any) -> None:
    """Bad input 23 where one would not look for it: Qt reads tool-tips as HTML."""
    file, opens = bait
    small = QImage(4, 4, QImage.Format.Format_RGB32)
    small.fill(Qt.GlobalColor.red)
    assert small.save(str(file))
    opens.count()
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    evil = f"<img src='{file}'> & <b>Co</b>"

    def shown(text: str) -> str:
        QToolTip.showText(widget.mapToGlobal(QPoint(5, 5)), text, widget)
        (tip,) = (w for w in QApplication.topLevelWidgets() if w.inherits("QTipLabel"))
        assert isinstance(tip, QLabel)
        tip.grab()
        document = QTextDocument()
        document.setHtml(tip.text())
        QToolTip.hideText()
        tip.deleteLater()
        QApplication.sendPostedEvents(tip)
        return document.toPlainText()

    assert shown(plain_tip(evil)) == evil
    assert opens.count() == 0
    shown(evil)
    assert opens.count() > 0  # the bait works
    assert plain_tip("Ann & Bob") == "Ann & Bob"


@linux
async def test_a_hostile_contact_in_the_real_window(
    program: Any, bait: Any, listener: Any, tmp_path: Path
) -> None:
    """Bad inputs 20, 21 and 23 to 26 together: a contact that a stranger filled in, synced from
    the sandbox, found by search, opened, and hovered over."""
    file, opens = bait
    web = f"http://127.0.0.1:{listener.getsockname()[1]}/p.gif"
    info = await program.served.start()
    contact = info["examples"]["contact"]
    name = f"Zoë\u202egnp.exe\u200b <img src='{file}'>"
    body = (
        f"<body background='{file}'><img src='{web}'><img src={file}><a href='//srv/x'>share</a>"
        f"<a href='javascript:alert(1)'>click</a><link rel=stylesheet href='{file}'>"
        f"<p>unforgettable words</p><img src='data:image/png;base64,"
        f"{base64.b64encode(giant_png(3000)).decode()}'></body>"
    )
    tags = [f"<img src='{file}'>", *(f"tag {n}" for n in range(300))]
    await program.served.control(
        "POST",
        f"records/contact/{contact}",
        {"firstName": name, "lastName": "", "companyName": f"<img src='{web}'> Inc", "tags": tags},
    )
    note = info["examples"]["note"]
    note_of = (await program.served.control("GET", f"records/note/{note}"))["contactId"]
    await program.served.control("POST", f"records/note/{note}", {"body": body})
    opens.count()
    await program.sign_in()
    do, workspace = program.do, program.session.workspace
    replica = program.session.store.replica

    async def open_it(rid: str) -> Any:
        id = await asyncio.wrap_future(replica.lid_of(Kind.CONTACT, rid))
        program.app.window.show_detail(id)
        await do.until(lambda: program.app.window.current_contact_id == id, "the contact")

        async def noted() -> Any:
            detail = await workspace.queries.detail(id)
            return detail if detail.details_synced_at else None

        return await do.until_known(noted, "its notes")

    detail = await open_it(contact)
    assert detail.contact.first_name == name  # stored exactly
    shown = await do.see("contact-name")
    assert "\u202e" not in shown.accessibleName()
    await do.until(lambda: "gnp.exe" in shown.accessibleName(), "the name")
    for widget in program.app.window.findChildren(QWidget):
        if widget.toolTip():
            QToolTip.showText(widget.mapToGlobal(QPoint(2, 2)), widget.toolTip(), widget)
            await do.settled()
    QToolTip.hideText()
    detail = await open_it(note_of)
    assert body in [one.body for one in detail.notes]
    await do.settled()
    program.app.window.grab()

    # Bad input 22: what means something to a search engine means nothing in the search field.
    field = await do.see("search", QLineEdit)
    for text in ('"', "NEAR(", "col:x", "-", "a AND", "*", "unforgettable"):
        field.setText(text)
        await do.settled()
        await workspace.queries.contacts(ContactQuery(text=text))
    view = await do.see("contact-list", QListView)
    await do.until(lambda: view.model().rowCount() == 1, "the one who is found by the note")
    assert view.model().index(0, 0).data(ContactRole.NAME)
    assert opens.count() == 0
    with pytest.raises(BlockingIOError):
        listener.accept()
    assert list((tmp_path / "profile/logs").glob("crash-*")) == []
