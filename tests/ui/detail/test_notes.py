"""Notes: drafts that outlive a crash, formatting kept, and strangers' HTML that opens nothing."""

from __future__ import annotations

import ctypes
import os
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QTextBrowser, QWidget
from ulid import ULID

from rapport.domain.records import Kind
from rapport.services.html import sanitised
from rapport.store import Snapshot, Store
from rapport.ui.notes.editor import NoteEdit
from rapport.ui.notes.link_dialog import pretended_host
from rapport.ui.notes.reading import GIANT, NoteText
from rapport.ui.notes.safe import NoteView
from rapport.ui.widgets.overlay import ConfirmDialog

pytestmark = pytest.mark.usefixtures("theme")


async def _write(desk: Any, pane: Any, until: Any, text: Any) -> None:
    desk.context.actions.press("N")
    await until(lambda: pane.composer.is_open, "the composer opens")
    desk.write(text)


async def test_ctrl_enter_saves_a_plain_note(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    await _write(desk, pane, until, "Rings back at noon <soon>")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: len(pane.detail.notes) == 3, "the note is shown")
    await until(lambda: not pane.composer.is_open, "the composer closes")
    assert any(note.body == "Rings back at noon <soon>" for note in (await desk.read(ana)).notes)
    assert await desk.workspace.drafts.load(ana) is None


async def test_bold_and_list_become_the_small_html(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    await _write(desk, pane, until, "Check ")
    desk.key(Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    desk.write("stock")
    pane.composer._editor.bullets.click()
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: len(pane.detail.notes) == 3, "the note is saved")
    bodies = [note.body for note in (await desk.read(ana)).notes]
    assert "<ul><li>Check <strong>stock</strong></li></ul>" in bodies


async def test_an_empty_note_is_refused_and_stays_open(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    await _write(desk, pane, until, "   ")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pane.composer.is_open
    assert "text" in pane.composer._editor._foot.text()
    assert len((await desk.read(ana)).notes) == 2


@pytest.fixture
def on_disk(tmp_path: Any, clock: Any) -> Any:
    path = tmp_path / "rapport.db"
    store = Store.open(path, bytes(range(32)), clock=clock, new_id=lambda: str(ULID()))
    yield path, store
    store.close()


async def test_a_draft_outlives_a_crash(
    on_disk: Any, clock: Any, open_ana: Any, until: Any
) -> None:
    path, store = on_disk
    desk, pane, ana = await open_ana(over=store)
    await _write(desk, pane, until, "Half a thou")
    began = time.monotonic()
    await until(lambda: "Draft saved" in pane.composer._editor._status.text(), "the draft is kept")
    assert time.monotonic() - began < 5
    # No closing, no hiding, no further turn of the loop: another program reads what is there.
    other = Store.open(path, bytes(range(32)), clock=clock, new_id=lambda: str(ULID()))
    try:
        assert other.queries.draft(ana, None).result(5) == "Half a thou"
    finally:
        other.close()
    pane.composer.put_away()
    await _write(desk, pane, until, "ght")
    assert pane.composer._editor.edit.toPlainText() == "Half a thought"


async def test_esc_and_another_contact_keep_the_draft(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    await _write(desk, pane, until, "Kept")
    desk.key(Qt.Key.Key_Escape)
    assert not pane.composer.is_open
    assert "Kept" in pane.composer._invitation.accessibleName()
    await _write(desk, pane, until, " here")
    bob = await desk.lid(Kind.CONTACT, "c-bob")
    pane.show_contact(bob)
    await until(lambda: pane.detail.contact.id == bob, "Bob is shown")
    assert "Kept" not in pane.composer._invitation.accessibleName()
    pane.show_contact(ana)
    await until(
        lambda: "Kept here" in pane.composer._invitation.accessibleName(), "the draft is offered"
    )


async def test_discard_can_be_taken_back(open_ana: Any, until: Any) -> None:
    desk, pane, _ana = await open_ana()
    await _write(desk, pane, until, "Oh no")
    pane.composer.discard()
    assert QApplication.focusWidget() is desk.find(QWidget, "note-open")
    assert not pane.composer.is_open
    desk.notices[-1].act[1]()
    await until(lambda: pane.composer.is_open, "the composer is back")
    assert pane.composer._editor.edit.toPlainText() == "Oh no"


async def test_an_html_note_stays_html_and_a_plain_one_plain(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    for rid, grown in (("n1", True), ("n2", False)):
        note_id = await desk.lid(Kind.NOTE, rid)
        desk.context.change(note_id=note_id)
        desk.context.actions.trigger("note.edit")
        await until(lambda: pane.composer.is_open, "the note is opened")
        desk.write("!")
        pane.composer.save()
        await until(lambda: not pane.composer.is_open, "the note is saved")
        body = next(n.body for n in (await desk.read(ana)).notes if n.id == note_id)
        assert body.startswith("<p>") is grown
        assert ("<strong>with and without</strong>" in body) is grown


async def test_a_note_that_changed_meanwhile_is_not_overwritten_silently(
    open_ana: Any, until: Any
) -> None:
    desk, pane, _ana = await open_ana()
    note_id = await desk.lid(Kind.NOTE, "n2")
    desk.context.change(note_id=note_id)
    desk.context.actions.trigger("note.edit")
    await until(lambda: pane.composer.is_open, "the note is opened")
    desk.write(" mine")
    await desk.absorb(
        Snapshot(kind=Kind.NOTE, rid="n2", contact_rid="c-ana", values={"body": "theirs"})
    )
    await until(lambda: pane.timeline.note(note_id).body == "theirs", "the news came")
    pane.composer.save()
    await until(lambda: "meanwhile" in pane.composer._editor._foot.text(), "it warns")
    assert pane.composer.is_open
    assert pane.composer._editor.edit.toPlainText().endswith(" mine")
    assert pane.timeline.note(note_id).body == "theirs"


def test_pasting_brings_plain_text(qtbot: Any) -> None:
    edit = NoteEdit()
    qtbot.addWidget(edit)
    source = QMimeData()
    source.setHtml("<b>bold</b><img src='file:///etc/hostname'>")
    source.setText("bold")
    edit.insertFromMimeData(source)
    assert edit.body() == "bold"


def test_a_link_must_be_one_that_a_note_may_carry(qtbot: Any) -> None:
    from rapport.domain.errors import InputError

    edit = NoteEdit()
    qtbot.addWidget(edit)
    for bad in ("javascript:alert(1)", "file:///etc/passwd", "//srv/x", "data:text/html,x"):
        with pytest.raises(InputError):
            edit.set_link(bad)
    edit.set_link("example.com/path")
    assert '<a href="https://example.com/path">' in edit.body()


# What strangers write.


def _payloads(file: Path, port: int) -> list[str]:
    web = f"http://127.0.0.1:{port}/p.gif"
    sources = [
        str(file),
        file.as_uri(),
        f"//{file}",
        f"{file}?x=1",
        f"file:{file}",
        f"FILE://{file}",
        f" {file}",
        f"../../../../../../../..{file}",
        f"file://localhost{file}",
        web,
        web.upper().replace("P.GIF", "p.gif"),
        f"//127.0.0.1:{port}/p.gif",
        "\\\\127.0.0.1\\share\\p.gif",
        f"qrc:{file}",
    ]
    shapes = [
        "<img src='{0}'>",
        "<img srcset='{0} 2x' src='{0}'>",
        "<body background='{0}'><p>x</p></body>",
        "<link rel='stylesheet' href='{0}'>",
    ]
    payloads = [shape.format(source) for shape in shapes for source in sources]
    payloads += [
        f"<style>@import url('{file}');</style>",
        f"<style>p {{ background-image: url('{file}') }}</style><p>x</p>",
        f"<p style=\"background-image: url('{file}')\">x</p>",
        f"<table background='{file}'><tr><td>x</td></tr></table>",
        f"<ul style=\"list-style-image: url('{file}')\"><li>x</li></ul>",
        f"<svg><image href='{file}'/></svg><object data='{file}'></object>",
    ]
    return payloads


class Opens:
    """Tells whether a file is opened by anybody: Linux's own word, not ours."""

    def __init__(self, path: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = self._libc.inotify_init1(os.O_NONBLOCK)
        assert self._libc.inotify_add_watch(self._fd, os.fsencode(path), 0x20) >= 0

    def count(self) -> int:
        try:
            return len(os.read(self._fd, 65536)) // 16
        except BlockingIOError:
            return 0

    def close(self) -> None:
        os.close(self._fd)


@pytest.fixture
def bait(tmp_path: Any) -> Any:
    file = tmp_path / "bait.png"
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    assert image.save(str(file))
    opens = Opens(file)
    yield file, opens
    opens.close()


@pytest.fixture
def listener() -> Any:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def _show(qtbot: Any, view: Any, html: Any) -> None:
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.show()
    view.setHtml(html)
    QApplication.processEvents()
    view.grab()


def test_the_bait_is_taken_by_a_plain_browser(qtbot: Any, bait: Any) -> None:
    file, opens = bait
    _show(qtbot, QTextBrowser(), f"<img src='{file}'>")
    assert opens.count() > 0


def test_sixty_payloads_open_nothing(qtbot: Any, bait: Any, listener: Any) -> None:
    file, opens = bait
    payloads = _payloads(file, listener.getsockname()[1])
    assert len(payloads) >= 60
    for payload in payloads:
        for html in (payload, sanitised(payload)):
            _show(qtbot, NoteView(), html)
            edit = NoteEdit()
            _show(qtbot, edit, html)
            assert opens.count() == 0, html
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_the_whole_way_of_a_payload_through_a_note(qtbot: Any, bait: Any, listener: Any) -> None:
    file, opens = bait
    for payload in _payloads(file, listener.getsockname()[1]):
        text = NoteText(payload)
        qtbot.addWidget(text)
        text.show()
        text.grab()
    assert opens.count() == 0
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,<b>x</b>",
        "file:///etc/passwd",
        "\\\\srv\\x",
        "//srv/x",
        "ftp://srv/x",
        "vbscript:x",
    ],
)
def test_dangerous_links_are_inert(qtbot: Any, url: Any) -> None:
    view = NoteView()
    qtbot.addWidget(view)
    asked = []
    view.link_asked.connect(lambda url, words: asked.append(url))
    view.anchorClicked.emit(QUrl(url))
    assert asked == []
    assert url not in sanitised(f'<a href="{url}">x</a>')


def test_a_good_link_asks_and_does_not_open(qtbot: Any) -> None:
    view = NoteView()
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.link_asked) as asked:
        view.anchorClicked.emit(QUrl("https://example.com/x"))
    assert asked.args[0].host() == "example.com"
    assert not view.openLinks()


async def test_a_link_in_the_timeline_names_its_host_first(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    pane.timeline.link_asked.emit(QUrl("https://evil.example/x"), "here")

    await until(lambda: desk.window.findChild(ConfirmDialog), "the question")
    dialog = desk.window.findChild(ConfirmDialog)
    assert "evil.example" in dialog.accessibleName()
    dialog.close()


async def test_a_host_is_trusted_only_where_a_person_says_so(
    open_ana: Any, until: Any, opened: Any
) -> None:
    desk, pane, _ = await open_ana()

    async def asked(url: str, words: str) -> Any:
        pane.timeline.link_asked.emit(QUrl(url), words)
        await until(lambda: desk.window.findChild(ConfirmDialog), "the question")
        return desk.window.findChild(ConfirmDialog)

    dialog = await asked("https://docs.example/a", "the offer")
    assert not dialog.always.isChecked()
    desk.click(dialog.confirm_button)
    await until(lambda: opened == ["https://docs.example/a"], "it opens")
    await until(lambda: not desk.window.findChild(ConfirmDialog), "the dialog is gone")

    dialog = await asked("https://docs.example/b", "the offer")
    dialog.always.setChecked(True)
    desk.click(dialog.confirm_button)
    await until(lambda: len(opened) == 2, "it opens")
    await until(lambda: not desk.window.findChild(ConfirmDialog), "the dialog is gone")
    pane.timeline.link_asked.emit(QUrl("https://docs.example/c"), "the offer")
    assert opened[-1] == "https://docs.example/c"  # nobody was asked

    # Words that name another host are asked about all the same, and cannot be trusted for good.
    dialog = await asked("https://docs.example/d", "www.mybank.example")
    assert dialog.findChild(QWidget, "link-warning") is not None
    assert dialog.always.isHidden()
    dialog.close()


@pytest.mark.parametrize(
    ("words", "url", "pretended"),
    [
        ("https://mybank.example/login", "https://evil.example", "mybank.example"),
        ("mybank.example", "https://evil.example", "mybank.example"),
        # Characters that hide or turn round are left out before it is read.
        ("my\u202ebank.exa\u200bmple", "https://evil.example", "mybank.example"),
        ("www.evil.example", "https://evil.example/x", ""),
        ("click here", "https://evil.example", ""),
        ("ana@mybank.example", "mailto:ana@mybank.example", ""),
    ],
)
def test_words_that_pretend_to_be_another_host(words: Any, url: Any, pretended: Any) -> None:
    assert pretended_host(words, QUrl(url)) == pretended


def test_the_words_of_a_link_come_with_it(qtbot: Any) -> None:
    view = NoteView()
    qtbot.addWidget(view)
    view.show_html(sanitised('<p><a href="https://evil.example/x">mybank<b>.example</b></a></p>'))
    with qtbot.waitSignal(view.link_asked) as asked:
        view.anchorClicked.emit(QUrl("https://evil.example/x"))
    assert pretended_host(asked.args[1].replace(" ", ""), asked.args[0]) == "mybank.example"


@pytest.mark.parametrize(
    "body",
    [
        "word " * 210_000,
        "x" * 1_000_000,
        "<p>" + "word " * 5_000 + "</p>" + "<p>more</p>" * 80_000,
        "line\n" * 200_000,
    ],
    ids=["words", "one-word", "html", "lines"],
)
def test_a_giant_note_shows_its_beginning_and_then_all(qtbot: Any, body: Any) -> None:
    text = NoteText(body)
    qtbot.addWidget(text)
    text.resize(380, 200)
    text.show()
    text.grab()
    assert len(body) > GIANT
    text._more.click()
    text.grab()
    giant = text.findChild(object, "note-giant")
    assert giant.document().characterCount() > 400_000
    assert max(len(line) for line in giant.toPlainText().split("\n")) <= 2_000


async def test_hidden_characters_are_shown_as_nothing_and_stored_exactly(
    open_ana: Any, until: Any
) -> None:
    desk, pane, _ana = await open_ana()
    evil = "a\u202egnp.exe\u200b b"
    await desk.people(**{"c-ana": {"first_name": evil}})
    await until(lambda: pane.detail.contact.first_name == evil, "stored exactly")
    assert "\u202e" not in pane.header.name.name
    await desk.absorb(
        Snapshot(
            kind=Kind.NOTE,
            rid="n9",
            contact_rid="c-ana",
            values={"body": f"zero\x00 {evil}", "added_at": "2026-11-24T10:00:00+00:00"},
        )
    )
    await until(lambda: any("zero" in note.body for note in pane.detail.notes), "the note came")
    shown = [row.accessibleName() for row in pane.timeline._rows.values()]
    assert any("zero" in words for words in shown)
    assert not any("\u202e" in words or "\x00" in words for words in shown)
