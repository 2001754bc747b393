"""Arguments of an action: gathered from words and JSON, typed by the catalogue, and checked."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from rapport.domain.catalogue import Action, Field, Param, Shape
from rapport.domain.errors import InputError, InvalidError
from rapport.language import keep, mark, tr

LOCATION_NAMES = ("locationId", "location_id")
"""The names under which operations ask for the location; which one differs (FACTS B5)."""


class ArgumentsError(InputError):
    """Arguments that cannot be sent: one sentence for each thing that is wrong."""

    def __init__(self, complaints: Sequence[str]) -> None:
        super().__init__(" ".join(complaints))
        self.complaints = tuple(complaints)


class Arguments(Struct, frozen=True, kw_only=True):
    """Values that fit an action, sorted by where they travel."""

    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    """An object or a list; None where the action has no body."""
    files: Mapping[str, tuple[str, ...]]
    """Paths of the files to upload, by the name of their part."""


def arguments(
    action: Action,
    words: Sequence[tuple[str, str]] = (),
    data: Any = None,
    *,
    location_id: str = "",
) -> Arguments:
    """Arguments from ``name``, ``text`` pairs and a JSON value, typed and checked.

    A name given again adds to a list; ``rruleOptions.interval`` names a field of an object. What
    ``words`` say goes before what ``data`` says. ``location_id`` is used where the action asks for
    a location and none is given. Raises ArgumentsError.
    """
    values, complaints = _gathered(action, words, data)
    known = action.named()
    for name in LOCATION_NAMES:
        if location_id and name in known:
            values.setdefault(name, location_id)
    rows: list[Any] | None = None
    if action.body_is_list:
        rows = data if isinstance(data, list) else None
    for name, one in known.items():
        if rows is not None and not isinstance(one, Param):
            continue  # looked at row by row
        if name not in values:
            if one.required:
                complaints.append(
                    tr("“{whole}” needs “{name}” ({kind}).").format(
                        whole=action.id, name=name, kind=_kind(one)
                    )
                )
            continue
        if isinstance(one, Param):
            values[name] = _as_text(one, values[name])
            complaints += _place_complaints(one, values[name])
        complaints += _complaints(one, values[name], name)
    if action.one_of and not any(name in values for name in action.one_of):
        complaints.append(
            tr("“{whole}” needs one of {names}.").format(
                whole=action.id, names=", ".join(action.one_of)
            )
        )
    for number, row in enumerate(rows or ()):
        whole = Shape(type="object", fields=action.body)
        complaints += _complaints(whole, row, f"data[{number}]")
    if complaints:
        raise ArgumentsError(complaints)
    return _placed(action, values, rows)


def placed(action: Action, values: Mapping[str, Any], *, location_id: str) -> Arguments:
    """Values of the API's own names and forms, each where the action takes it, unchecked. The
    location goes wherever one is asked for. Raises InvalidError for a name that there is not."""
    known = action.named()
    for name in values:
        if name not in known:
            raise InvalidError(
                keep("The CRM takes no “{name}” here.", name=name), details=action.id
            )
    location = {name: location_id for name in LOCATION_NAMES if name in known}
    return _placed(action, location | dict(values), None)


def _placed(action: Action, values: Mapping[str, Any], rows: list[Any] | None) -> Arguments:
    body: Any = {one.name: values[one.name] for one in action.body if one.name in values}
    files = {one.name: body.pop(one.name) for one in action.body if _is_file(one, body)}
    if action.body_is_list:
        body = rows if rows is not None else [body]
    elif not action.body:
        body = {} if action.empty_body else None
    return Arguments(
        path={one.name: values[one.name] for one in action.params if one.place == "path"},
        query={
            one.name: values[one.name]
            for one in action.params
            if one.place == "query" and one.name in values
        },
        body=body,
        files={name: tuple(paths) for name, paths in files.items()},
    )


def _gathered(
    action: Action, words: Sequence[tuple[str, str]], data: Any
) -> tuple[dict[str, Any], list[str]]:
    known = action.named()
    complaints: list[str] = []
    values: dict[str, Any] = {}
    if isinstance(data, dict):
        values.update(data)
    elif isinstance(data, list) and action.body_is_list:
        values = {}
    elif data is not None:
        kinds = tr("an object or a list") if action.body_is_list else tr("an object")
        complaints.append(tr("The data must be {kind}.").format(kind=kinds))
    for name in values:
        if name not in known:
            complaints.append(_unknown(action, name, known))
    said: dict[str, Any] = {}
    for name, text in words:
        head, _, rest = name.partition(".")
        one = known.get(head)
        if one is None or (rest and one.type not in ("object", "any")):
            complaints.append(_unknown(action, name, known))
            continue
        if isinstance(data, list) and not isinstance(one, Param):
            complaints.append(tr("“{name}” cannot be given beside a list.").format(name=head))
            continue
        try:
            if rest:
                within = said.setdefault(head, deepcopy(values.get(head) or {}))
                _put(within, rest.split("."), one, text, name)
            elif one.type in ("array", "file"):
                said.setdefault(head, []).extend(_items(one, text, name))
            else:
                said[head] = _typed(one, text, name)
        except ValueError as error:
            complaints.append(str(error))
    return {**values, **said}, complaints


def _put(within: Any, names: list[str], shape: Shape, text: str, whole: str) -> None:
    by_name = {one.name: one for one in shape.fields}
    inner: Shape = by_name.get(names[0], Shape(type="any"))
    if not isinstance(within, dict):
        raise ValueError(
            tr("“{name}” is a field of what is given as something else.").format(name=whole)
        )
    if names[1:]:
        _put(within.setdefault(names[0], {}), names[1:], inner, text, whole)
    elif inner.type == "array":
        kept = within.setdefault(names[0], [])
        if not isinstance(kept, list):
            raise ValueError(tr("“{name}” must be a list.").format(name=whole))
        kept.extend(_items(inner, text, whole))
    else:
        within[names[0]] = _typed(inner, text, whole)


def _items(shape: Shape, text: str, name: str) -> list[Any]:
    """One item, or several as a JSON list."""
    if shape.type == "file":
        return [text.removeprefix("@")]
    if text.lstrip().startswith("["):
        return list(_json(text, name))
    return [_typed(shape.items or Shape(type="any"), text, name)]


def _typed(shape: Shape, text: str, name: str) -> Any:
    """``text`` as the type says. Raises ValueError with a sentence."""
    match shape.type:
        case "number":
            try:
                return int(text)
            except ValueError:
                pass
            try:
                return float(text)
            except ValueError:
                raise ValueError(
                    tr("“{name}” must be a number, not “{text}”.").format(name=name, text=text)
                ) from None
        case "boolean":
            if text not in ("true", "false"):
                raise ValueError(
                    tr("“{name}” must be true or false, not “{text}”.").format(name=name, text=text)
                )
            return text == "true"
        case "object":
            return _json(text, name)
        case "any":
            try:
                return json.loads(text)
            except (ValueError, RecursionError):
                return text
        case _:
            return text


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(
            tr("“{name}” must be JSON: {error}.").format(name=name, error=error)
        ) from None


def _as_text(param: Param, value: Any) -> Any:
    """Numbers that the API wants as text (FACTS F9) may be written as numbers in JSON."""
    if param.type == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value


def misfits(one: Field, value: Any) -> list[str]:
    """A sentence for each thing in the value of one argument that does not fit."""
    placed = _place_complaints(one, value) if isinstance(one, Param) else ()
    return [*placed, *_complaints(one, value, one.name)]


def _place_complaints(param: Param, value: Any) -> Iterator[str]:
    # "" or ".." would make another path of it: another operation.
    if param.place == "path" and isinstance(value, str) and value.strip() in ("", ".", ".."):
        yield tr("“{name}” must not be “{value}”.").format(name=param.name, value=value)


def _complaints(shape: Shape, value: Any, name: str) -> Iterator[str]:
    """A sentence for each thing in ``value`` that does not fit."""
    if value is None and shape.type != "any":
        if not shape.nullable:
            yield tr("“{name}” cannot be null.").format(name=name)
        return
    if not _is(shape, value):
        yield tr("“{name}” must be {kind}.").format(name=name, kind=_kind(shape))
        return
    if isinstance(value, str) and not _is_unicode(value):
        yield tr("“{name}” holds what is not text.").format(name=name)
        return
    if shape.enum and value not in shape.enum:
        choices = ", ".join(str(choice) for choice in shape.enum)
        yield tr("“{name}” must be one of {choices}; it is “{value}”.").format(
            name=name, choices=choices, value=value
        )
    elif not _has_format(shape.format, value):
        yield tr("“{name}” must be {kind}; it is “{value}”.").format(
            name=name, kind=tr(_FORMATS[shape.format]), value=value
        )
    if isinstance(value, list) and shape.items:
        for number, item in enumerate(value):
            yield from _complaints(shape.items, item, f"{name}[{number}]")
    if isinstance(value, dict):
        for one in shape.fields:
            if one.name in value:
                yield from _complaints(one, value[one.name], f"{name}.{one.name}")
            elif one.required:
                yield tr("“{whole}” needs “{name}” ({kind}).").format(
                    whole=name, name=one.name, kind=_kind(one)
                )


def _is_unicode(text: str) -> bool:
    """Not so for half of a surrogate pair: it cannot travel in an address or a form."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is(shape: Shape, value: Any) -> bool:
    match shape.type:
        case "string":
            return isinstance(value, str)
        case "number":
            return (
                isinstance(value, int | float)
                and not isinstance(value, bool)
                and math.isfinite(value)
            )
        case "boolean":
            return isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case "file":
            return isinstance(value, list) and all(isinstance(path, str) for path in value)
        case _:
            return True


_KINDS = {
    "string": mark("text"),
    "number": mark("a number"),
    "boolean": mark("true or false"),
    "array": mark("a list"),
    "object": mark("an object"),
    "file": mark("a file"),
    "any": mark("any value"),
}
_FORMATS = {
    "integer": mark("a whole number"),
    "epoch-ms": mark("a time in milliseconds since 1970"),
    "date-time": mark("a date and time such as 2030-01-31T09:00:00Z"),
    "country": mark("a country as two letters"),
}


def _kind(shape: Shape) -> str:
    if shape.enum:
        return tr("one of {choices}").format(choices=", ".join(map(str, shape.enum)))
    return tr(_FORMATS.get(shape.format) or _KINDS[shape.type])


def _has_format(name: str, value: Any) -> bool:
    match name:
        case "integer" | "epoch-ms":
            return re.fullmatch(r"[0-9]+", str(value)) is not None
        case "country":
            return re.fullmatch(r"[A-Za-z]{2}", value) is not None
        case "date-time":
            try:
                datetime.fromisoformat(value)
            except ValueError:
                return False
            return len(value) > len("2030-01-31")
        case _:
            return True


def _is_file(one: Field, body: Mapping[str, Any]) -> bool:
    return one.type == "file" and one.name in body


def _unknown(action: Action, name: str, known: Mapping[str, Field]) -> str:
    close = get_close_matches(name, known, n=1)
    if close:
        words = tr("“{whole}” has no “{name}”; did you mean “{other}”?")
        return words.format(whole=action.id, name=name, other=close[0])
    if not known:
        words = tr("“{whole}” takes no arguments, so “{name}” is none.")
        return words.format(whole=action.id, name=name)
    words = tr("“{whole}” has no “{name}”; there are {names}.")
    return words.format(whole=action.id, name=name, names=", ".join(known))
