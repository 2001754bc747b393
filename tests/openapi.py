"""The vendor's own OpenAPI documents, and how far the real service is known to differ from them.

They lie beside the checkout, not in it. What everybody does differently is told in ``loosened``;
each other difference is one entry of ``DEVIATIONS``, with the fact that justifies it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import jsonschema

CONTRACT = Path(__file__).parents[2] / "shared" / "contract"
OPENAPI = CONTRACT / "openapi"

DOCUMENTS = (
    *("contacts", "locations", "users", "calendars"),
    *("businesses", "workflows", "campaigns", "opportunities", "conversations"),
)


class Deviation(NamedTuple):
    """Properties, or parameters, that are not as documented, and the fact that says so."""

    properties: tuple[str, ...]
    fact: str


UNDOCUMENTED = {
    ("POST", "/oauth/reconnect"),  # FACTS A, Recovery: described in a help article only
    ("POST", "/oauth/revoke"),  # the sandbox's own
}
Side = Literal["request", "reply"]

_REPLIES: dict[tuple[str, str], Deviation] = {
    ("GET", "/contacts/"): Deviation(("count",), "B1b, F7: live there is meta instead"),
    ("POST", "/locations/{locationId}/tasks/search"): Deviation(
        ("tasks",), "B2: documented as arrays in an array, really objects"
    ),
    **dict.fromkeys(
        [
            ("GET", "/calendars/events"),
            ("GET", "/calendars/blocked-slots"),
            ("POST", "/calendars/events/block-slots"),
            ("PUT", "/calendars/events/block-slots/{eventId}"),
        ],
        Deviation(
            ("startTime", "endTime", "dateAdded", "dateUpdated"),
            "F8: ISO text with an offset, documented as an object",
        ),
    ),
    ("GET", "/calendars/events/appointments/{eventId}"): Deviation(
        ("event",), "B5: the reply calls it appointment"
    ),
    ("GET", "/calendars/{calendarId}/free-slots"): Deviation(
        ("traceId",), "F17: a trace id stands beside the dates"
    ),
    ("POST", "/contacts/bulk/tags/update/{type}"): Deviation(
        ("responses",), "B3: documented as text, really an object for each contact"
    ),
    ("GET", "/opportunities/pipelines"): Deviation(
        ("stages",), "B5: documented as arrays in an array, really objects"
    ),
    **dict.fromkeys(
        [
            ("GET", "/opportunities/search"),
            ("POST", "/opportunities/search"),
            ("POST", "/opportunities/"),
            ("GET", "/opportunities/{id}"),
            ("PUT", "/opportunities/{id}"),
        ],
        Deviation(
            ("indexVersion", "notes", "tasks", "calendarEvents", "followers"),
            "B4: a number and lists of objects; documented as text and arrays in an array",
        ),
    ),
    ("POST", "/locations/{locationId}/customFields/upload"): Deviation(
        ("meta",), "the document's own example: objects, where its type says strings"
    ),
    **dict.fromkeys(
        [("GET", "/users/"), ("GET", "/users/search"), ("POST", "/users/")],
        Deviation(("scopes",), "B4: one string in the documents, elsewhere an array"),
    ),
}
_REQUESTS: dict[tuple[str, str], Deviation] = {
    **dict.fromkeys(
        [("POST", "/contacts/"), ("POST", "/contacts/upsert")],
        Deviation(("dateOfBirth",), "B1c: text, documented as an object"),
    ),
    ("PUT", "/contacts/{contactId}"): Deviation(
        ("dateOfBirth", "assignedTo"), "B1c: text, documented as an object; null clears both"
    ),
    **dict.fromkeys(
        [("PUT", "/contacts/{contactId}/tasks/{taskId}"), ("PUT", "/opportunities/{id}")],
        Deviation(("assignedTo",), "F13: null clears, though documented as text alone"),
    ),
    ("POST", "/contacts/search"): Deviation(
        ("locationId", "pageLimit", "page", "searchAfter", "query", "filters", "sort"),
        "B1a: documented as an object without properties",
    ),
    ("POST", "/conversations/messages"): Deviation(
        ("subType",), "the document's own example: text, where its type says object"
    ),
    ("POST", "/opportunities/search"): Deviation(
        ("searchAfter",), "B1a: a cursor goes back as it came, a number and an id"
    ),
}

DEVIATIONS: dict[tuple[Side, str, str], Deviation] = {
    **{("reply", *key): deviation for key, deviation in _REPLIES.items()},
    **{("request", *key): deviation for key, deviation in _REQUESTS.items()},
}


REFUSALS = {
    400: ("BadRequestDTO", "C: what is missing is a 400, also where none is declared"),
    401: ("UnauthorizedDTO", "C: a token that is not enough, also where no security is declared"),
    403: ("BadRequestDTO", "C: another location, or an agency's operation; only v3 declares it"),
    422: ("UnprocessableDTO", "C, F10: a property that there is not, also where none is declared"),
}
"""Refusals come where they are not declared: in the shape of these common schemas."""


@cache
def document(name: str) -> Any:
    return json.loads((OPENAPI / f"{name}.json").read_text("utf-8"))


@cache
def declared() -> dict[tuple[str, str], tuple[str, Any]]:
    """Of each method and path its document and what that says."""
    return {
        (method.upper(), path): (name, operation)
        for name in (*DOCUMENTS, "oauth")
        for path, methods in document(name)["paths"].items()
        for method, operation in methods.items()
    }


def operations(*names: str) -> Iterator[tuple[str, str]]:
    return (key for key, (name, _) in declared().items() if name in names)


@cache
def template(method: str, path: str) -> str:
    """The documented path that stands for this one: where two do, that with fewer parameters."""
    found = [
        known
        for verb, known in declared()
        if verb == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", known), path)
    ]
    assert found, f"{method} {path} is in no document"
    return min(found, key=lambda known: known.count("{"))


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


JSON, URLENCODED = "application/json", "application/x-www-form-urlencoded"
_COMMON = "../common/common-schemas.json"


def loosened(schema: Any, ignored: tuple[str, ...], *, closed: bool = False) -> Any:
    """The schema without examples, without the types of the ignored properties. ``closed`` allows
    only the properties it names: the service refuses others (FACTS F10)."""
    if isinstance(schema, list):
        return [loosened(item, ignored, closed=closed) for item in schema]
    if not isinstance(schema, dict):
        return schema
    properties = schema.get("properties")
    if isinstance(properties, dict) and set(properties) == {"id", "value"}:
        return {"type": "object", "required": ["id", "value"]}  # FACTS F3: of any type
    if isinstance(properties, dict) and set(properties) == {"id", "key", "field_value"}:
        return {"type": "object", "required": ["id", "field_value"]}
    out = {
        # The alternatives of the documents are not exclusive: most demand nothing.
        "anyOf" if key == "oneOf" else key: loosened(item, ignored, closed=closed)
        for key, item in schema.items()
        if key not in ("example", "examples", "description", "default", "required", "nullable")
    }
    if isinstance(out.get("$ref"), str):
        out["$ref"] = out["$ref"].replace(_COMMON, "")
    required = schema.get("required")
    if isinstance(required, list):
        out["required"] = [name for name in required if name not in ignored]
        if not out["required"]:
            del out["required"]
    if isinstance(schema.get("additionalProperties"), dict):
        out["properties"] = {name: {} for name in ignored}
    if isinstance(properties, dict):
        # One property may itself be called ``description`` or ``default``.
        out["properties"] = {
            name: {} if name in ignored else loosened(item, ignored, closed=closed)
            for name, item in properties.items()
        }
        if closed:
            out["properties"] |= {name: {} for name in ignored}
            out["additionalProperties"] = False
    if schema.get("nullable") is True and closed:
        return {"anyOf": [out, {"type": "null"}]}
    return out


@cache
def _validator(side: Side, method: str, path: str, status: str, kind: str) -> Any:
    """Of a body of the media type ``kind``; None where the document says nothing of one."""
    name, operation = declared()[method, path]
    place = operation["responses"][status] if side == "reply" else operation.get("requestBody", {})
    schema = place.get("content", {}).get(kind, {}).get("schema")
    if schema is None:
        return None
    ignored = DEVIATIONS.get((side, method, path), Deviation((), "")).properties
    closed = side == "request"
    components = {
        "schemas": {
            **document("common-schemas")["components"]["schemas"],
            **document(name).get("components", {}).get("schemas", {}),
        }
    }
    whole = {
        **loosened(schema, ignored, closed=closed),
        "components": loosened(components, ignored, closed=closed),
    }
    return jsonschema.Draft4Validator(whole)


def _complain(what: str, validator: Any, body: Any) -> None:
    error = jsonschema.exceptions.best_match(validator.iter_errors(body))
    if error is not None:
        where = "/".join(map(str, error.absolute_path))
        raise AssertionError(f"{what}: {where}: {error.message}")


def check_reply(method: str, path: str, status: int, body: Any) -> None:
    """``body`` is parsed JSON. Nulls say nothing: the service sends them where its documents know
    none (FACTS F13)."""
    known = template(method, path) if (method, path) not in declared() else path
    what = f"{method} {known} → {status}"
    responses = declared()[method, known][1]["responses"]
    if str(status) not in responses and status in REFUSALS:
        common = document("common-schemas")["components"]["schemas"][REFUSALS[status][0]]
        _complain(what, jsonschema.Draft4Validator(common), body)
        return
    assert str(status) in responses, f"{what} is not declared: {body}"
    validator = _validator("reply", method, known, str(status), JSON)
    if validator is not None:
        _complain(what, validator, without_nulls(body))


def check_request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: Any = None,
    form: bytes | None = None,
    form_type: str = URLENCODED,
) -> tuple[str, str]:
    """Method, path, query, headers and body of one request: ``body`` is JSON, None where there is
    none or a form instead. Returns method and documented path."""
    parts = urlsplit(url)
    known = template(method, parts.path)
    what = f"{method} {known}"
    operation = declared()[method, known][1]
    ignored = DEVIATIONS.get(("request", method, known), Deviation((), "")).properties
    parameters = {(one["in"], one["name"]): one for one in operation.get("parameters", [])}
    given: dict[str, list[str]] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        given.setdefault(name, []).append(value)
    for name, values in given.items():
        assert ("query", name) in parameters, f"{what}: no query parameter {name}"
        if name not in ignored:
            _check_text(f"{what}: {name}", parameters["query", name]["schema"], values)
    for (place, name), one in parameters.items():
        if place == "query" and one.get("required"):
            assert name in given or name in ignored, f"{what}: {name} is missing"
        if place == "header":
            _check_text(f"{what}: {name}", one["schema"], [headers[name]])
    assert headers["Accept"] == "application/json"
    if known != "/oauth/token":
        assert re.fullmatch(r"Bearer \S+", headers["Authorization"])
    kind = form_type.partition(";")[0] if form is not None else JSON
    content = operation.get("requestBody", {}).get("content", {})
    if body is None and form is None:
        assert not content, f"{what}: has no body"
        return method, known
    assert kind in content, f"{what}: has a body of {kind}"
    if form is not None:
        body = _fields(form) if kind == URLENCODED else None
    if body is not None:
        _complain(what, _validator("request", method, known, "", kind), body)
    return method, known


def _fields(form: bytes) -> dict[str, str]:
    return dict(parse_qsl(form.decode(), keep_blank_values=True))


def _check_text(what: str, schema: Mapping[str, Any], values: list[str]) -> None:
    if schema.get("type") != "array":
        assert len(values) == 1, f"{what} is given {len(values)} times"
    for value in values:
        match schema.get("type"):
            case "number":
                assert re.fullmatch(r"-?\d+(\.\d+)?", value), f"{what} is no number: {value}"
            case "boolean":
                assert value in ("true", "false"), f"{what} is no boolean: {value}"
            case "string" if "enum" in schema:
                assert value in schema["enum"], f"{what} is none of its choices: {value}"


class Watch:
    """Real HTTP, of which each exchange is laid beside the documents."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, str]] = set()
        self.complaints: list[str] = []

    def watched(self, original: Any) -> Any:
        """``Http.exchange``, watched."""

        async def exchange(
            http: Any, method: str, url: str, headers: Mapping[str, str], *rest: Any, **named: Any
        ) -> Any:
            known = self._asked(method, url, headers, *rest, **named)
            reply = await original(http, method, url, headers, *rest, **named)
            if known and reply.status < 300:
                self._answered(known, reply)
            return reply

        return exchange

    def _asked(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Any = None,
        *,
        form: bytes | None = None,
        form_type: str = URLENCODED,
        **rest: Any,
    ) -> tuple[str, str] | None:
        if (method, urlsplit(url).path) in UNDOCUMENTED:
            return None
        try:
            return check_request(method, url, headers, body, form, form_type)
        except (AssertionError, KeyError) as error:
            self.complaints.append(repr(error))
            return None

    def _answered(self, known: tuple[str, str], reply: Any) -> None:
        self.seen.add(known)
        is_json = "json" in reply.headers.get("content-type", "")
        try:
            check_reply(*known, reply.status, json.loads(reply.body) if is_json else None)
        except (AssertionError, ValueError) as error:
            self.complaints.append(str(error))
