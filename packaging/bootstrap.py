"""Make this checkout ready to run: system packages, ``.venv``, locked requirements, the project.

Standard library only, since it runs before anything is installed (``make setup``). A second run
finds that nothing has changed and ends at once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_PYTHON = (3, 11)

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / ".rapport-setup"
# The development lock contains the run-time one with the same versions, so that `make run` and
# `make test` see the same program and switch between them without installing anything.
LOCK = ROOT / "packaging/locks/dev.txt"

# What PySide6 and its browser engine load at run time and its wheels do not contain; found with
# ldd over their libraries and plug-ins. `a | b`: the same package under its later name.
QT_LIBRARIES = """
libasound2 | libasound2t64
libdbus-1-3
libdrm2
libegl1
libexpat1
libfontconfig1
libfreetype6
libgbm1
libgl1
libglib2.0-0 | libglib2.0-0t64
libgssapi-krb5-2
libnspr4
libnss3
libx11-6
libx11-xcb1
libxcb-cursor0
libxcb-icccm4
libxcb-image0
libxcb-keysyms1
libxcb-randr0
libxcb-render-util0
libxcb-shape0
libxcb-xkb1
libxcomposite1
libxdamage1
libxext6
libxfixes3
libxkbcommon-x11-0
libxkbfile1
libxrandr2
libxtst6
"""

# Inter is the face of the pictures; Noto has the scripts that contacts are written in.
FONTS = """
fonts-inter
fonts-noto-cjk
fonts-noto-core
"""

# The desktop that tests, tour and benchmarks run on (rapport/app/virtual_desktop.py).
# dbus-x11: without it apt would meet gnome-keyring's wish for a session bus with all of systemd.
VIRTUAL_DESKTOP = """
at-spi2-core
dbus
dbus-x11 | dbus-user-session
gnome-keyring
openbox
trayer
xdotool
xfce4-notifyd
xfconf
xvfb
"""

# Tests look at the system calls of the database.
TEST_TOOLS = """
strace
"""

PACKAGES = [
    [name.strip() for name in line.split("|")]
    for line in (QT_LIBRARIES + FONTS + VIRTUAL_DESKTOP + TEST_TOOLS).split("\n")
    if line
]


def main() -> None:
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        sys.exit(
            f"Rapport needs Python {oldest} or newer, and {sys.executable} is "
            f"{sys.version.split()[0]}. Name a newer one: make setup PYTHON=/path/to/python3"
        )
    install_system_packages()
    stamp = fingerprint()
    if STAMP.is_file() and STAMP.read_text() == stamp:
        compile_translations()
        return
    STAMP.unlink(missing_ok=True)
    make_venv()
    pip("install", "--require-hashes", "--only-binary=:all:", "-r", str(LOCK))
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    STAMP.write_text(stamp)
    print(f"Ready: {VENV_PYTHON.relative_to(ROOT)}")


def fingerprint() -> str:
    """Changes whenever the environment has to be made anew."""
    digest = hashlib.sha256(f"{ROOT}\n{sys.version}\n".encode())
    for path in (LOCK, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def compile_translations() -> None:
    """Where a catalogue has changed since; the first time the build hook does it."""
    catalogues = (ROOT / "resources/rapport_resources/locale").glob("*.po")
    pairs = [(path, path.with_suffix(".mo")) for path in catalogues]
    if any(not mo.is_file() or mo.stat().st_mtime < po.stat().st_mtime for po, mo in pairs):
        words = str(ROOT / "packaging/words.py")
        subprocess.run([str(VENV_PYTHON), words, "compile"], check=True)


def install_system_packages() -> None:
    if not sys.platform.startswith("linux"):
        return  # Wheels bring all that Windows and macOS need.
    if not shutil.which("dpkg-query") or not shutil.which("apt-get"):
        if not STAMP.is_file():
            needed = " ".join(names[0] for names in PACKAGES)
            print(f"This is not Debian. Make sure that the equivalents of these are here: {needed}")
        return
    wanted = list(PACKAGES)
    if importlib.util.find_spec("ensurepip") is None:
        # Debian keeps what makes a virtual environment in a package of its own.
        wanted.append([f"python{sys.version_info.major}.{sys.version_info.minor}-venv"])
    present = installed_packages()
    missing = [names for names in wanted if not present.intersection(names)]
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends"]
    if os.geteuid() != 0:
        command = shlex.join([*install, *(known_to_apt(names) for names in missing)])
        sys.exit(
            f"Some system packages are missing. Run this, then the same again:\n  sudo {command}"
        )
    # A source that cannot be reached need not be the one that has our packages: install decides.
    apt("apt-get", "update", "--quiet=2")
    if not apt(*install, "--quiet=2", *(known_to_apt(names) for names in missing)):
        sys.exit("The system packages could not be installed; apt says why above.")


def installed_packages() -> set[str]:
    """Names of the installed Debian packages, and what they provide."""
    listing = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${db:Status-Status}\t${Package}, ${Provides}\n"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rows = (line.partition("\t") for line in listing.splitlines())
    return {
        name.split()[0]
        for status, _, names in rows
        if status == "installed"
        for name in names.split(",")
        if name.strip()
    }


def known_to_apt(names: list[str]) -> str:
    """The first of these names under which this release of Debian has the package."""
    for name in names[:-1]:
        known = subprocess.run(
            ["apt-cache", "show", "--quiet", name], capture_output=True, check=False
        )
        if known.returncode == 0 and known.stdout:
            return name
    return names[-1]


def apt(*command: str) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def make_venv() -> None:
    """Make ``.venv``, anew when it belongs to another Python or is broken."""
    version = "import sys, pip; print(sys.version)"
    if VENV_PYTHON.exists():
        found = subprocess.run(
            [str(VENV_PYTHON), "-c", version], capture_output=True, text=True, check=False
        )
        if found.stdout.strip() == sys.version:
            return
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if made.returncode:
        sys.exit(f"No virtual environment could be made with {sys.executable}; it says why above.")


def pip(*arguments: str) -> None:
    quiet = ("--quiet", "--disable-pip-version-check", "--no-input", "--root-user-action=ignore")
    command = [str(VENV_PYTHON), "-m", "pip", *arguments[:1], *quiet, *arguments[1:]]
    if subprocess.run(command, check=False).returncode:
        sys.exit("The requirements could not be installed; pip says why above.")


if __name__ == "__main__":
    main()
