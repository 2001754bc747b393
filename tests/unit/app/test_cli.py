"""The command line: sentences and exit statuses that scripts rely on."""

from __future__ import annotations

import pytest

from rapport import __version__
from rapport.app.cli import COMMANDS, main


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.count("\n") == 1
    return errors


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"Rapport {__version__}\n"


def test_help_names_every_option_and_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    text = capsys.readouterr().out
    for word in ("--profile DIR", "--sandbox", "--key-file FILE", "--version", *COMMANDS):
        assert word in text


@pytest.mark.parametrize("command", ["sandbox", "tour", "bench"])
def test_each_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert f"rapport {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--colour"], "Unrecognized arguments: --colour. See “rapport --help”."),
        (["--profile"], "Argument --profile: expected one argument. See “rapport --help”."),
        (["--prof"], "Unrecognized arguments: --prof. See “rapport --help”."),
        (["--sandbox", "more"], "“more” is no rapport:// link. See “rapport --help”."),
        (
            ["dance"],
            f"There is no command “dance”; there are {', '.join(COMMANDS)}. See “rapport --help”.",
        ),
        (["sandbox", "--port", "99999"], "See “rapport sandbox --help”."),
        (["sandbox", "--colour"], "Unrecognized arguments: --colour."),
        (["tour"], "--out"),
        (["tour", "--out", "x", "--size", "big"], "See “rapport tour --help”."),
        (["tour", "--out", "x", "--theme", "mauve"], "mauve"),
        (["bench", "--contacts", "many"], "See “rapport bench --help”."),
    ],
)
def test_a_wrong_argument_gets_a_sentence_and_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert sentence in refused(capsys, *arguments)


def test_a_profile_that_cannot_be_is_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    assert main(["--profile", "/dev/null/profile"]) == 1
    assert "cannot be made" in capsys.readouterr().err
