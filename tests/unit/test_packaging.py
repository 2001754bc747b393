"""The locks and the set-up keep what they promise."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "packaging/locks"


def pins(lock: str) -> dict[str, str]:
    """Name with marker → version, of every requirement in a lock."""
    text = (LOCKS / lock).read_text(encoding="utf-8")
    return {
        name + marker: version
        for name, version, marker in re.findall(r"^([\w.-]+)==(\S+)([^\\\n]*)", text, re.MULTILINE)
    }


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The set-up script as it stands, on a copy of what it reads."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "packaging/bootstrap.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    (tmp_path / "dev.txt").write_bytes((LOCKS / "dev.txt").read_bytes())
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "LOCK", tmp_path / "dev.txt")
    return module


@pytest.mark.parametrize("lock", ["dev.txt", "run.txt"])
def test_a_lock_has_hashes_and_no_addresses(lock: str) -> None:
    text = (LOCKS / lock).read_text(encoding="utf-8")

    assert "://" not in text
    assert len(pins(lock)) > 20
    for requirement in re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in requirement, requirement


def test_what_runs_is_what_was_tested() -> None:
    assert pins("run.txt").items() <= pins("dev.txt").items()


@pytest.mark.parametrize("changed", ["pyproject.toml", "dev.txt"])
def test_the_environment_is_made_anew_after_a_change(
    bootstrap: ModuleType, tmp_path: Path, changed: str
) -> None:
    before = bootstrap.fingerprint()
    assert bootstrap.fingerprint() == before

    with (tmp_path / changed).open("a", encoding="utf-8") as file:
        file.write("# another line\n")

    assert bootstrap.fingerprint() != before


def test_a_python_that_is_too_old_ends_in_a_sentence(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 12))

    with pytest.raises(SystemExit, match=r"^Rapport needs Python 3\.11 or newer, and "):
        bootstrap.main()


def test_missing_system_packages_end_in_one_command(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = {names[0] for names in bootstrap.PACKAGES} - {"trayer", "xvfb"}
    monkeypatch.setattr(bootstrap, "installed_packages", lambda: present)
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")

    with pytest.raises(SystemExit, match=r"sudo apt-get install .* trayer xvfb( |$)"):
        bootstrap.main()
