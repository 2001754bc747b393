"""A whole desktop for a machine without one: X server, window manager, session bus, tray, …

``VirtualDesktop`` starts, each as a child process of its own, what Rapport meets on a person's
desktop: a private session bus, Xvfb, openbox, the secret service of gnome-keyring, the
notification server of Xfce, a system tray and the accessibility bus. Settings, data, cache and
home are one temporary folder, so nothing of the person who runs it is read or changed::

    with VirtualDesktop(size=(1600, 1000)) as desktop:
        subprocess.run(["rapport", "--sandbox"], env=desktop.environment)

or, from a shell, ``python -m rapport.app.virtual_desktop --size 1600x1000 -- COMMAND …``, which
passes the exit status of the command on.
"""

from __future__ import annotations

import argparse
import asyncio
import configparser
import ctypes
import os
import secrets
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final, NoReturn, Self

import psutil
from dbus_fast import Message, MessageType
from dbus_fast.aio import MessageBus

from rapport.app.x_server import XConnection

START_TIMEOUT_S: Final = 30.0
"""How long one program may take to be ready; on an idle machine all of them take half a second."""

STOP_TIMEOUT_S: Final = 5.0
"""How long a program may take to end after SIGTERM before it is killed."""

_PR_SET_CHILD_SUBREAPER: Final = 36

_BACKGROUND: Final = 0xDDE3EA  # between the light and the dark theme: both windows stand out

# What a parent desktop says about itself must not reach the programs of this one.
_FOREIGN_PREFIXES: Final = ("DBUS_", "GDK_", "GNOME_", "GTK_", "QT_", "XDG_")
_FOREIGN_NAMES: Final = frozenset(
    {"AT_SPI_BUS_ADDRESS", "DESKTOP_SESSION", "SESSION_MANAGER", "WAYLAND_DISPLAY", "XAUTHORITY"}
)

# No service directories: nothing is started behind our back, every program is a child of ours.
_BUS_CONFIGURATION: Final = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

# Top right, opaque at once, and there until somebody answers: a notification that fades away
# while a slow machine is looking for its button would be a test of the machine.
_NOTIFICATION_SETTINGS: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-notifyd" version="1.0">
  <property name="theme" type="string" value="Bright"/>
  <property name="notify-location" type="uint" value="2"/>
  <property name="initial-opacity" type="double" value="1.0"/>
  <property name="do-fadeout" type="bool" value="false"/>
  <property name="do-slideout" type="bool" value="false"/>
  <property name="expire-timeout" type="int" value="600"/>
  <property name="notification-log" type="bool" value="false"/>
</channel>
"""

_GTK_SETTINGS: Final = """\
[Settings]
gtk-theme-name=Adwaita
gtk-font-name=Inter 10
gtk-enable-animations=false
"""

_FONTS: Final = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern">
    <test name="family"><string>sans-serif</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Inter</string></edit>
  </match>
  <match target="font">
    <edit name="antialias" mode="assign"><bool>true</bool></edit>
    <edit name="hintstyle" mode="assign"><const>hintslight</const></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
  </match>
</fontconfig>
"""


class VirtualDesktopError(RuntimeError):
    """The desktop could not be started; the text is a sentence for a person."""


class VirtualDesktop:
    """A context manager: the desktop is there inside the block and gone, without trace, after it.

    ``size`` is in pixels. Without ``keyring``, ``notifications`` or ``tray`` the desktop lacks
    that service, as some real ones do. Enter it where no asyncio loop runs and on a thread that
    outlives the block: the children are told to end when that thread does, so that even
    ``kill -9`` leaves nothing running.
    """

    def __init__(
        self,
        *,
        size: tuple[int, int] = (1280, 800),
        dpi: int = 96,
        keyring: bool = True,
        notifications: bool = True,
        tray: bool = True,
    ) -> None:
        self.size = size
        self.dpi = dpi
        self.keyring = keyring
        self.notifications = notifications
        self.tray = tray
        self.environment: dict[str, str] = {}
        """For the programs that shall run on this desktop; complete, nothing to be merged."""
        self._stack = ExitStack()
        self._folder = Path()

    def __enter__(self) -> Self:
        self._require_tools()
        with ExitStack() as stack:
            self._folder = Path(tempfile.mkdtemp(prefix="rapport-desktop-"))
            stack.callback(shutil.rmtree, self._folder, ignore_errors=True)
            stack.enter_context(_adopting_orphans())
            self.environment = self._write_home()
            self._start_bus(stack)
            self._start_display(stack)
            self._start_programs(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _require_tools(self) -> None:
        """Name what is missing, and its Debian packages, before anything has been started."""
        needed = {"dbus-daemon": "dbus", "Xvfb": "xvfb", "openbox": "openbox"}
        services = {"org.a11y.Bus": "at-spi2-core"}
        if self.keyring:
            needed["gnome-keyring-daemon"] = "gnome-keyring"
        if self.tray:
            needed["trayer"] = "trayer"
        if self.notifications:
            services |= {
                "org.xfce.Xfconf": "xfconf",
                "org.xfce.xfce4-notifyd.Notifications": "xfce4-notifyd",
            }
        missing = {tool: package for tool, package in needed.items() if not shutil.which(tool)}
        missing |= {name: pkg for name, pkg in services.items() if not _service_file(name).exists()}
        if missing:
            raise VirtualDesktopError(
                f"The virtual desktop needs {', '.join(missing)}, which this machine lacks: "
                f"install the Debian packages {' '.join(sorted(set(missing.values())))}."
            )

    def _write_home(self) -> dict[str, str]:
        """Lay out the temporary folder and return the environment that points into it."""
        folders = {
            "HOME": self._folder / "home",
            "XDG_CONFIG_HOME": self._folder / "config",
            "XDG_DATA_HOME": self._folder / "data",
            "XDG_CACHE_HOME": self._folder / "cache",
            "XDG_STATE_HOME": self._folder / "state",
            "XDG_RUNTIME_DIR": self._folder / "run",
        }
        for folder in (*folders.values(), self._folder / "log"):
            folder.mkdir(mode=0o700)
        config = folders["XDG_CONFIG_HOME"]
        channels = config / "xfce4/xfconf/xfce-perchannel-xml"
        for path, text in {
            config / "gtk-3.0/settings.ini": _GTK_SETTINGS,
            config / "fonts.conf": _FONTS,
            channels / "xfce4-notifyd.xml": _NOTIFICATION_SETTINGS,
        }.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(_FOREIGN_PREFIXES) and name not in _FOREIGN_NAMES
        }
        environment |= {name: str(folder) for name, folder in folders.items()}
        environment |= {
            "FONTCONFIG_FILE": str(config / "fonts.conf"),
            "GDK_BACKEND": "x11",
            "GIO_USE_VFS": "local",
            "GSETTINGS_BACKEND": "memory",
            "GTK_THEME": "Adwaita",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_QPA_PLATFORM": "xcb",
            "XDG_SESSION_TYPE": "x11",
        }
        # Qt warns about, and misreads file names in, a locale that is not UTF-8.
        if "UTF-8" not in environment.get("LC_ALL", environment.get("LANG", "")).upper():
            environment["LC_ALL"] = "C.UTF-8"
        if os.geteuid() == 0:
            # Chromium refuses to run as root with its sandbox on.
            environment["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
        return environment

    def _start_bus(self, stack: ExitStack) -> None:
        socket = self._folder / "run/bus"
        configuration = self._folder / "config/session-bus.conf"
        configuration.write_text(_BUS_CONFIGURATION.format(socket=socket), encoding="utf-8")
        address = self._start_and_read(
            stack,
            "dbus-daemon",
            lambda fd: [f"--config-file={configuration}", "--nofork", f"--print-address={fd}"],
        )
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address

    def _start_display(self, stack: ExitStack) -> None:
        """Start Xvfb on the first free display; the server itself picks and tells the number."""
        width, height = self.size
        screen = ["-screen", "0", f"{width}x{height}x24", "-dpi", str(self.dpi)]
        number = self._start_and_read(
            stack,
            "Xvfb",
            lambda fd: ["-displayfd", str(fd), *screen, "-noreset", "-nolisten", "tcp"],
        )
        self.environment["DISPLAY"] = f":{number}"

    def _start_programs(self, stack: ExitStack) -> None:
        """Start the rest side by side, then wait until each is ready."""
        names: dict[str, subprocess.Popen[bytes]] = {}
        selections: dict[str, subprocess.Popen[bytes]] = {}

        selections["WM_S0"] = self._start(stack, "openbox", "--sm-disable")
        names["org.a11y.Bus"] = self._start(
            stack, *_service_command("org.a11y.Bus"), "--launch-immediately", "--a11y=1"
        )
        if self.keyring:
            names["org.freedesktop.secrets"] = self._start_keyring(stack)
        if self.notifications:
            settings = self._start(stack, *_service_command("org.xfce.Xfconf"))
            asyncio.run(self._bus_names({"org.xfce.Xfconf": settings}))
            server = _service_command("org.xfce.xfce4-notifyd.Notifications")
            names["org.freedesktop.Notifications"] = self._start(stack, *server)
        with closing(XConnection(self.environment["DISPLAY"])) as display:
            display.set_background(_BACKGROUND)
            self._wait_selections(display, selections)
            if self.tray:
                # After the window manager: it reserves the tray's place at the edge.
                options = "--edge bottom --align right --widthtype request --height 28"
                colours = "--transparent true --alpha 0 --tint 0xF6F7F9"
                tray = self._start(stack, "trayer", *options.split(), *colours.split())
                self._wait_selections(display, {"_NET_SYSTEM_TRAY_S0": tray})
        asyncio.run(self._bus_names(names))

    def _start_keyring(self, stack: ExitStack) -> subprocess.Popen[bytes]:
        """Start the secret service with an unlocked, empty keyring of a random password."""
        keyring = self._start(
            stack,
            *("gnome-keyring-daemon", "--foreground", "--components=secrets", "--unlock"),
            stdin=subprocess.PIPE,
        )
        assert keyring.stdin is not None
        with keyring.stdin as password:
            password.write(secrets.token_urlsafe().encode())
        return keyring

    def _start(
        self,
        stack: ExitStack,
        *command: str,
        stdin: int = subprocess.DEVNULL,
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """Start one program, to be ended with ``stack``; what it prints goes to a file."""
        with self._log(command[0]).open("wb") as log:
            process = subprocess.Popen(
                # The kernel ends it when we die, however we die.
                ["setpriv", "--pdeathsig", "TERM", "--", *command],
                env=self.environment,
                cwd=self.environment["HOME"],
                stdin=stdin,
                stdout=log,
                stderr=log,
                pass_fds=pass_fds,
                # Ctrl+C is for the command in the foreground, not for the desktop under it.
                start_new_session=True,
            )
        stack.callback(_end, process)
        return process

    def _start_and_read(
        self, stack: ExitStack, program: str, arguments: Callable[[int], list[str]]
    ) -> str:
        """Start a program that writes one line to a pipe once it is ready; return the line."""
        reader, writer = os.pipe()
        try:
            process = self._start(stack, program, *arguments(writer), pass_fds=[writer])
        finally:
            os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            ready, _, _ = select.select([pipe], [], [], START_TIMEOUT_S)
            line = pipe.readline().decode().strip() if ready else ""
        if not line:
            self._fail(process)
        return line

    def _wait_selections(
        self, display: XConnection, owners: dict[str, subprocess.Popen[bytes]]
    ) -> None:
        """Wait until each of these X selections has an owner: that is how X programs say so."""
        deadline = time.monotonic() + START_TIMEOUT_S
        for selection, process in owners.items():
            while not display.selection_owner(selection):
                if process.poll() is not None or time.monotonic() > deadline:
                    self._fail(process)
                time.sleep(0.01)

    async def _bus_names(self, owners: dict[str, subprocess.Popen[bytes]]) -> None:
        """Wait until each of these names has an owner on the session bus."""
        bus = await MessageBus(self.environment["DBUS_SESSION_BUS_ADDRESS"]).connect()
        deadline = time.monotonic() + START_TIMEOUT_S
        try:
            for name, process in owners.items():
                while not await _has_owner(bus, name):
                    if process.poll() is not None or time.monotonic() > deadline:
                        self._fail(process)
                    await asyncio.sleep(0.01)
        finally:
            bus.disconnect()
            await bus.wait_for_disconnect()

    def _fail(self, process: subprocess.Popen[bytes]) -> NoReturn:
        assert isinstance(process.args, list)
        program = Path(str(process.args[4])).name
        status = process.poll()
        what = "was not ready in time" if status is None else f"ended with status {status}"
        log = self._log(program).read_text(encoding="utf-8", errors="replace").strip()
        said = f" It said: {log[-1000:]}" if log else ""
        raise VirtualDesktopError(f"The virtual desktop could not start: {program} {what}.{said}")

    def _log(self, program: str) -> Path:
        return self._folder / "log" / f"{Path(program).name}.log"


@contextmanager
def _adopting_orphans() -> Iterator[None]:
    """Reap, at the end, what the programs started and left: the accessibility bus, for one.

    On a desktop that falls to init; in a container, init is often a program that never waits.
    """
    become_subreaper = partial(ctypes.CDLL(None).prctl, _PR_SET_CHILD_SUBREAPER)
    before = {child.pid for child in psutil.Process().children()}
    become_subreaper(1, 0, 0, 0)
    try:
        yield
    finally:
        become_subreaper(0, 0, 0, 0)
        children = (child for child in psutil.Process().children() if child.pid not in before)
        # A session of its own tells the children of our programs from those of anybody else.
        orphans = [child for child in children if os.getsid(child.pid) != os.getsid(0)]
        _, alive = psutil.wait_procs(orphans, STOP_TIMEOUT_S)
        for orphan in alive:
            orphan.kill()
            orphan.wait()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _service_file(name: str) -> Path:
    return Path("/usr/share/dbus-1/services") / f"{name}.service"


def _service_command(name: str) -> list[str]:
    """The command of a bus service; its folder differs between architectures."""
    service = configparser.ConfigParser(interpolation=None)
    service.read(_service_file(name), encoding="utf-8")
    return shlex.split(service["D-BUS Service"]["Exec"])


async def _has_owner(bus: MessageBus, name: str) -> bool:
    reply = await bus.call(
        Message(
            destination="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus",
            member="NameHasOwner",
            signature="s",
            body=[name],
        )
    )
    return reply is not None and reply.message_type is MessageType.METHOD_RETURN and reply.body[0]


def parse_size(text: str) -> tuple[int, int]:
    """``"1280x800"`` as ``(1280, 800)``; anything else is an ``argparse.ArgumentTypeError``."""
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f"a size is WIDTHxHEIGHT, for instance 1280x800: {text}")
    return int(width), int(height)


def _run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run ``command`` to its end; return its exit status as a shell would tell it."""
    try:
        process = subprocess.Popen(command, env=environment)
    except OSError as error:
        print(f"{command[0]} cannot be run: {error.strerror}.", file=sys.stderr)
        return 127

    def pass_on(signum: int, _frame: FrameType | None) -> None:
        process.send_signal(signum)

    signal.signal(signal.SIGTERM, pass_on)
    # A terminal sends Ctrl+C to the command as well; wait for what it makes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    status = process.wait()
    return status if status >= 0 else 128 - status


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m rapport.app.virtual_desktop",
        description="Run a command on a desktop of its own; its exit status is passed on.",
    )
    parser.add_argument("--size", type=parse_size, default=(1600, 1000), help="WIDTHxHEIGHT")
    parser.add_argument("command", nargs="+", help="the command and its arguments, after --")
    options = parser.parse_args(arguments)
    try:
        with VirtualDesktop(size=options.size) as desktop:
            return _run(options.command, desktop.environment)
    except VirtualDesktopError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
