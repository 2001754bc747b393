"""The real consent child before a hostile provider: the redirect's host never hears a byte."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import msgspec
import psutil
import pytest

from rapport.app import pointer
from rapport.ui.consent.launch import ask_consent
from rapport.ui.consent.request import ConsentReply, ConsentRequest, Ending

CODE = "c0de-canary-81"


def redirect(question: ConsentRequest) -> str:
    return f"{question.redirect_uri}?code={CODE}&state=s1"


def runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def button(name: str) -> None:
    """Presses a button of the page or of its window, once it stands still."""
    before, where = None, await pointer.find_accessible(name, "push button", timeout_s=30)
    while before != where:
        await asyncio.sleep(0.1)
        before, where = where, await pointer.find_accessible(name, "push button")
    await pointer.click(*where.center)


@pytest.mark.parametrize("way", ["302", "script", "form", "refresh", "post then 302"])
async def test_the_callback_comes_back_and_its_host_hears_nothing(
    provider: Any, listener: Any, question: ConsentRequest, way: str
) -> None:
    to = redirect(question)
    hidden = f"<input name=code value={CODE}><input name=state value=s1>"
    send = "<script>document.forms[0].submit()</script>"
    match way:
        case "302":
            provider.page("/start", "", f"Location: {to}", status="302 Found")
        case "script":
            provider.page("/start", f"<script>location = '{to}'</script>")
        case "form":
            action = question.redirect_uri
            provider.page("/start", f"<form action={action}>{hidden}</form>{send}")
        case "refresh":
            provider.page("/start", f"<meta http-equiv=refresh content='0;url={to}'>")
        case "post then 302":
            provider.page("/start", f"<form method=post action=/allow></form>{send}")
            provider.page("/allow", "", f"Location: {to}", status="302 Found")

    reply = await ask_consent(question)

    assert reply == ConsentReply(ending=Ending.CALLBACK, callback=to)
    assert listener.connections == 0


ATTEMPTS = """
<link rel=preload as=image href="{to}&way=preload">
<link rel=stylesheet href="{to}&way=style">
<img src="{to}&way=img"><img src="{host}/pixel.gif"><img src="file:///etc/hostname">
<iframe src="{to}&way=iframe"></iframe>
<iframe srcdoc="<script>parent.location.hash = 1; location = '{to}&way=srcdoc'</script>"></iframe>
<iframe src="/moves-on"></iframe>
<iframe src="file:///etc/hostname"></iframe>
<object data="{to}&way=object"></object>
<a id=blank target=_blank href="{to}&way=blank">open</a>
<form id=popup target=_blank action="{host}/callback"><input name=code value=popup></form>
<script>
window.open("{to}&way=open"); window.open("/start", "_blank", "popup");
document.getElementById("blank").click();
document.getElementById("popup").submit();
navigator.sendBeacon("{to}&way=beacon", "x");
const ended = [
  fetch("{to}&way=fetch", {{mode: "no-cors"}}).catch(() => 0),
  fetch("{host}/elsewhere", {{method: "POST", body: "x", mode: "no-cors"}}).catch(() => 0),
  new Promise(done => {{ const x = new XMLHttpRequest(); x.onloadend = done;
    x.open("GET", "{to}&way=xhr"); x.send(); }}),
  new Promise(done => {{ const s = new WebSocket("{ws}/socket"); s.onclose = done; }}),
  new Promise(done => {{ const e = new EventSource("{to}&way=events"); e.onerror = done; }}),
  new Promise(done => {{ const i = new Image(); i.onload = i.onerror = done;
    i.src = "{to}&way=image"; }}),
  new Promise(done => addEventListener("load", done)),
];
Promise.all(ended).then(() => fetch("/tried")).then(() => location = "/finish");
</script>
"""


async def test_no_part_of_the_page_reaches_the_callbacks_host(
    provider: Any, listener: Any, question: ConsentRequest
) -> None:
    to, host = redirect(question), listener.url
    ws = host.replace("http", "ws")
    provider.page("/start", ATTEMPTS.format(to=to, host=host, ws=ws))
    provider.page("/moves-on", f"<script>location = '{to}&way=inner'</script>")
    provider.page("/finish", "", f"Location: {to}&way=page", status="302 Found")

    reply = await ask_consent(question)

    assert "/tried" in provider.paths
    # Only the page itself ends the sign-in, not what is framed in it or popped up by it.
    assert reply == ConsentReply(ending=Ending.CALLBACK, callback=f"{to}&way=page")
    assert listener.connections == 0


async def test_the_page_cannot_lead_elsewhere(provider: Any, question: ConsentRequest) -> None:
    provider.page("/start", "<script>location = 'http://evil.example/login'</script>")
    asking = asyncio.ensure_future(ask_consent(question))

    sentence = (
        "The page wanted to go to evil.example, which is not part of this sign-in. If that is how "
        "you sign in, use your browser instead: the button is below."
    )
    await pointer.find_accessible(sentence, "label", timeout_s=30)
    await button("Use my browser instead")

    assert await asking == ConsentReply(ending=Ending.BROWSER)


async def test_the_page_opens_no_file(provider: Any, question: ConsentRequest) -> None:
    to = redirect(question)
    still_here = f"setTimeout(() => location = '{to}', 100)"
    provider.page("/start", f"<script>location = 'file:///etc/hostname'; {still_here}</script>")

    assert (await ask_consent(question)).callback == to


@pytest.mark.parametrize(
    "html",
    [
        "<form action=/two target=_blank><button>Sign in there</button></form>",
        "<button onclick=\"window.open('/two', '_blank')\">Sign in there</button>",
    ],
)
async def test_a_link_for_a_new_window_opens_in_this_one(
    provider: Any, question: ConsentRequest, html: str
) -> None:
    provider.page("/start", html)
    provider.page("/two", "", f"Location: {redirect(question)}", status="302 Found")
    asking = asyncio.ensure_future(ask_consent(question))
    await button("Sign in there")

    assert (await asking).callback == redirect(question)


async def test_cancel_ends_it(provider: Any, listener: Any, question: ConsentRequest) -> None:
    provider.page("/start", "<p>Allow?</p>")
    asking = asyncio.ensure_future(ask_consent(question))
    await provider.came("/start")
    await button("Cancel")

    assert await asking == ConsentReply(ending=Ending.CANCELLED)
    assert listener.connections == 0


async def test_a_closed_window_is_a_cancel(provider: Any, question: ConsentRequest) -> None:
    provider.page("/start", "<p>Allow?</p>")
    asking = asyncio.ensure_future(ask_consent(question))
    await pointer.find_accessible("Cancel", "push button", timeout_s=30)
    await pointer.key("alt+F4")

    assert await asking == ConsentReply(ending=Ending.CANCELLED)


async def test_time_runs_out(provider: Any, question: ConsentRequest) -> None:
    provider.page("/start", "<p>Allow?</p>")

    reply = await ask_consent(msgspec.structs.replace(question, timeout_s=1.5))

    assert reply == ConsentReply(ending=Ending.TIMEOUT)


async def test_cancelling_the_task_ends_the_child(provider: Any, question: ConsentRequest) -> None:
    provider.page("/start", "<p>Allow?</p>")
    asking = asyncio.ensure_future(ask_consent(question))
    await provider.came("/start")
    children = psutil.Process().children(recursive=True)
    assert any("rapport.ui.consent.child" in " ".join(c.cmdline()) for c in children)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    async with asyncio.timeout(10):
        while any(map(runs, children)):  # noqa: ASYNC110  a process that is not our child
            await asyncio.sleep(0.02)


async def test_the_page_goes_when_who_asked_is_gone(
    provider: Any, question: ConsentRequest
) -> None:
    provider.page("/start", "<p>Allow?</p>")
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "rapport.ui.consent.child"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert child.stdin
    assert child.stdout
    child.stdin.write(msgspec.json.encode(question) + b"\n")
    await provider.came("/start")
    child.stdin.close()  # what the system does for a program that was killed

    assert await asyncio.wait_for(child.stdout.read(), 10) == b""
    await child.wait()


async def test_nothing_is_printed_but_the_reply_and_nothing_is_kept(
    provider: Any, question: ConsentRequest, tmp_path: Any
) -> None:
    """A page that writes to its console, sets cookies and storage; a child with a home to fill."""
    script = (
        f"<script>console.log('{CODE}'); console.error('{CODE}');"
        f"localStorage.setItem('k', '{CODE}'); document.cookie = 'k={CODE}; max-age=99999';"
        f"indexedDB.open('{CODE}').onsuccess = () => location = '/finish'</script>"
    )
    provider.page("/start", script, f"Set-Cookie: session={CODE}; Max-Age=99999")
    provider.page("/finish", "", f"Location: {redirect(question)}", status="302 Found")
    home = {name: str(tmp_path) for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "TMPDIR")}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "rapport.ui.consent.child"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **home},
    )
    assert child.stdin
    assert child.stdout
    assert child.stderr
    child.stdin.write(msgspec.json.encode(question) + b"\n")
    output, errors = await asyncio.gather(child.stdout.read(), child.stderr.read())

    assert await child.wait() == 0
    line, rest = output.split(b"\n", 1)
    assert msgspec.json.decode(line, type=ConsentReply).callback == redirect(question)
    assert rest == b""
    assert CODE.encode() not in errors
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert CODE.encode() not in file.read_bytes(), file
            assert "Cookies" not in file.name
