"""The sentences of the program and their translations: collected, brought up to date, compiled.

``make words`` collects every sentence from the source and updates the catalogues, in which somebody
then writes what is missing. Compiling needs Babel, as collecting does; set-up and the building of a
wheel do it by themselves (``build_hook.py``).
"""

from __future__ import annotations

import argparse
import ast
import builtins
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "desktop/rapport"
CATALOGUES = ROOT / "resources/rapport_resources/locale"

OPERATIONS = ROOT / "resources/rapport_resources/catalogue"

SILENT = (
    *("sandbox", "app/commands", "app/tour", "app/bench", "ui/look/gallery"),
    *("app/pointer", "app/virtual_desktop", "app/x_server"),
)
"""What no person reads in the window: the server's own words, the command line, development."""

_FIRST = frozenset({"tr", "mark", "keep"})
_FIELDS = {"Action": (1,), "Scope": (1, 2, 3), "NoKeyring": (0, 1), "LostKey": (0, 1)}
"""Calls that take sentences, and which of their arguments: rows of tables, further errors."""
_FOR_PROGRAMMERS = frozenset(vars(builtins))
"""Python's own errors reach no person."""


_NO_HEADERS = (
    *(b'"Report-Msgid-Bugs-To:', b'"POT-Creation-Date:', b'"PO-Revision-Date:'),
    *(b'"Last-Translator:', b'"Language-Team:', b'"Generated-By:'),
)


@dataclass(frozen=True)
class Sentence:
    """``many`` is the plural, ``context`` tells two meanings of one English word apart."""

    text: str
    many: str = ""
    context: str = ""

    @property
    def key(self) -> str | tuple[str, str]:
        return (self.text, self.many) if self.many else self.text


@cache
def collect(source: Path = SOURCE) -> frozenset[Sentence]:
    """Every sentence that the program can say."""
    found: set[Sentence] = set()
    for path in sorted(source.rglob("*.py")):
        if not path.relative_to(source).as_posix().startswith(SILENT):
            found.update(sentences(ast.parse(path.read_text(encoding="utf-8"))))
    found.update(Sentence(title) for title in operation_titles())
    return frozenset(found)


def operation_titles() -> Iterator[str]:
    """What the CRM's operations are called; what is told of each stays in the vendor's language."""
    for path in sorted(OPERATIONS.glob("*.json")):
        yield from (entry["title"] for entry in json.loads(path.read_text(encoding="utf-8")))


def sentences(tree: ast.AST) -> Iterator[Sentence]:
    """Errors take a title and a message (``domain/errors.py``), also where their own class gives
    both."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _said(node)
        elif isinstance(node, ast.ClassDef) and any(_is_error(_name(base)) for base in node.bases):
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__":
                    yield from _texts(call, (0, 1))


def _said(call: ast.Call) -> Iterator[Sentence]:
    name = _name(call.func)
    if name == "trn":
        one, many = _literals(call)
        yield Sentence(one, many)
    elif name == "trc":
        context, text = _literals(call)
        yield Sentence(text, context=context)
    elif name in _FIRST:
        yield from _texts(call, (0,))
    else:
        yield from _texts(call, (0, 1) if _is_error(name) else _FIELDS.get(name, ()))


def _name(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else ""


def _is_error(name: str) -> bool:
    return name.endswith("Error") and name not in _FOR_PROGRAMMERS


def _texts(call: ast.Call, places: tuple[int, ...]) -> Iterator[Sentence]:
    for place in places:
        if place < len(call.args):
            yield from map(Sentence, _choices(call.args[place]))


def _choices(node: ast.expr) -> Iterator[str]:
    """The literals an expression can be: one, or either of “a if b else c”."""
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from _choices(one)
            yield from _choices(other)
        case ast.BoolOp(values=several):
            for one in several:
                yield from _choices(one)


def _literals(call: ast.Call) -> tuple[str, str]:
    """The first two arguments."""
    texts = [one.value for one in call.args[:2] if isinstance(one, ast.Constant)]
    if len(texts) != 2:
        raise ValueError(f"line {call.lineno}: a sentence is given as a literal")
    return str(texts[0]), str(texts[1])


def template() -> Catalog:
    catalog = Catalog(project="Rapport", charset="utf-8", fuzzy=False)
    for sentence in sorted(collect(), key=lambda one: (one.text, one.many, one.context)):
        catalog.add(sentence.key, context=sentence.context or None)
    for message in catalog:
        message.flags.clear()  # a percent sign is one, and tests compare the places of values
    return catalog


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def update() -> None:
    """Brings each catalogue up to date: what is new stands there untranslated, what is gone is not
    there."""
    fresh = template()
    for path in sorted(CATALOGUES.glob("*.po")):
        catalog = read(path)
        catalog.update(fresh, no_fuzzy_matching=True, update_header_comment=False)
        catalog.obsolete.clear()
        for message in catalog:
            message.flags.clear()
        out = BytesIO()
        write_po(out, catalog, width=100, no_location=True, sort_output=True, omit_header=False)
        kept = [line for line in out.getvalue().split(b"\n") if not line.startswith(_NO_HEADERS)]
        path.write_bytes(b"\n".join(kept).rstrip() + b"\n")
        missing = sum(1 for message in catalog if message.id and not _is_whole(message.string))
        print(f"{path.stem}: {len(catalog)} sentences, {missing} to translate")


def _is_whole(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def compile_catalogues() -> None:
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, read(path))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("update", "compile"))
    if parser.parse_args().what == "update":
        update()
    compile_catalogues()
    return 0


if __name__ == "__main__":
    sys.exit(main())
