"""Every sentence is collected, and each catalogue says all of them whole."""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo

from rapport.language import LANGUAGES

ROOT = Path(__file__).parents[2]
words = SimpleNamespace(**runpy.run_path(str(ROOT / "packaging/words.py")))

TRANSLATED = sorted(set(LANGUAGES) - {"en"})
PLACE = re.compile(r"\{(\w+)\}")
SENTENCE = re.compile(r"[A-Z“](?![A-Z]{3})[^\n<>{}%]* [^\n<>{}%]*[.?…]")
FOR_LOGS = {"The number of contacts differs."}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(words.SOURCE.rglob("*.py")):
        if not path.relative_to(words.SOURCE).as_posix().startswith((*words.SILENT, "app/")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, text) of every literal that is no docstring."""
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


def test_what_looks_like_a_sentence_is_collected() -> None:
    collected = words.collect()
    known = {said for one in collected for said in (one.text, one.many)}
    missed = [
        f"{path.name}:{line} {text}"
        for path, tree in modules()
        for line, text in texts(tree)
        if SENTENCE.fullmatch(text) and text not in known | FOR_LOGS
    ]
    assert missed == []


def test_a_sentence_is_given_as_a_literal_and_never_put_together() -> None:
    for path, tree in modules():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                said = call.args[: 2 if call.func.id in ("trn", "trc") else 1]
                if call.func.id in ("tr", "trn", "trc", "mark", "keep"):
                    mixed = [one for one in said if isinstance(one, (ast.JoinedStr, ast.BinOp))]
                    assert mixed == [], f"{path}:{call.lineno}"


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_says_every_sentence_whole(code: str) -> None:
    path = words.CATALOGUES / f"{code}.po"
    catalogue, wanted = words.read(path), words.template()
    keys = {(message.id, message.context) for message in catalogue if message.id}
    assert keys == {(message.id, message.context) for message in wanted if message.id}, "make words"
    assert "#, fuzzy" not in path.read_text(encoding="utf-8")
    for message in catalogue:
        if message.id:
            check(message, catalogue.num_plurals)


def check(message: Message, forms: int) -> None:
    """Plural forms may leave out the number where the word says it: “one day”, “two days”."""
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    assert len(strings) == (forms if len(ids) == 2 else 1), message.id
    values = {name for id in ids for name in PLACE.findall(id)}
    for string in strings:
        assert string, message.id
        places = set(PLACE.findall(string))
        assert places <= values, message.id
        assert values - places <= ({"n"} if len(ids) == 2 else set()), message.id
        string.format(**dict.fromkeys(values, "x"))
        assert string.endswith("\n") == ids[0].endswith("\n"), message.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_compiled_catalogue_speaks(code: str) -> None:
    out = BytesIO()
    write_mo(out, words.read(words.CATALOGUES / f"{code}.po"))
    out.seek(0)
    catalogue = GNUTranslations(out)
    for n in (0, 1, 2, 5, 11, 100):
        assert catalogue.ngettext("{n} task", "{n} tasks", n) not in ("{n} task", "{n} tasks")
    assert catalogue.gettext("Undo") != "Undo"


def test_arabic_has_a_form_for_each_of_its_numbers() -> None:
    out = BytesIO()
    write_mo(out, words.read(words.CATALOGUES / "ar.po"))
    out.seek(0)
    catalogue = GNUTranslations(out)
    told = {n: catalogue.ngettext("{n} task", "{n} tasks", n) for n in (1, 2, 3, 11, 100)}
    assert len(set(told.values())) >= 4, told
