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
    """What is not as documented, and the fact that says so.

    ``names`` are properties or parameters of the ``operations``; of a refusal, which may come from
    any operation, its status and the common schema that it has.
    """

    side: Literal["request", "reply", "refusal"]
    operations: tuple[str, ...]
    names: tuple[str, ...]
    fact: str


DEVIATIONS = (
    Deviation("reply", ("GET /contacts/",), ("count",), "B1b, F7: live there is meta instead"),
    Deviation(
        "reply",
        ("POST /locations/{locationId}/tasks/search",),
        ("tasks",),
        "B2: documented as arrays in an array, really objects",
    ),
    Deviation(
        "reply",
        (
            *("GET /calendars/events", "GET /calendars/blocked-slots"),
            *("POST /calendars/events/block-slots", "PUT /calendars/events/block-slots/{eventId}"),
        ),
        ("startTime", "endTime", "dateAdded", "dateUpdated"),
        "F8: ISO text with an offset, documented as an object",
    ),
    Deviation(
        "reply",
        ("GET /calendars/events/appointments/{eventId}",),
        ("event",),
        "B5, F7: the reply calls it appointment",
    ),
    Deviation(
        "reply",
        ("GET /calendars/{calendarId}/free-slots",),
        ("traceId",),
        "F17: a trace id stands beside the dates",
    ),
    Deviation(
        "reply",
        ("POST /contacts/bulk/tags/update/{type}",),
        ("responses",),
        "B3: documented as text, really an object for each contact",
    ),
    Deviation(
        "reply",
        ("GET /opportunities/pipelines",),
        ("stages",),
        "B5: documented as arrays in an array, really objects",
    ),
    Deviation(
        "reply",
        (
            *("GET /opportunities/search", "POST /opportunities/search", "POST /opportunities/"),
            *("GET /opportunities/{id}", "PUT /opportunities/{id}"),
        ),
        ("indexVersion", "notes", "tasks", "calendarEvents", "followers"),
        "B4: a number and lists of objects; documented as text and arrays in an array",
    ),
    Deviation(
        "reply",
        ("POST /locations/{locationId}/customFields/upload",),
        ("meta",),
        "S:locations, its own example: objects, where its type says strings",
    ),
    Deviation(
        "reply",
        ("GET /users/", "GET /users/search", "POST /users/"),
        ("scopes",),
        "B4: one string in the documents, elsewhere an array",
    ),
    Deviation(
        "request",
        ("POST /contacts/", "POST /contacts/upsert", "PUT /contacts/{contactId}"),
        ("dateOfBirth",),
        "B1c: text, documented as an object",
    ),
    Deviation(
        "request",
        ("PUT /contacts/{contactId}/tasks/{taskId}", "PUT /opportunities/{id}"),
        ("assignedTo",),
        "F13: null clears, though documented as text alone",
    ),
    Deviation(
        "request",
        ("POST /contacts/search",),
        ("locationId", "pageLimit", "page", "searchAfter", "query", "filters", "sort"),
        "B1a: documented as an object without properties",
    ),
    Deviation(
        "request",
        ("POST /conversations/messages",),
        ("subType",),
        "S:conversations, its own example: text, where its type says object",
    ),
    Deviation(
        "request",
        ("POST /opportunities/search",),
        ("searchAfter",),
        "B1a: a cursor goes back as it came, a number and an id",
    ),
    Deviation(
        "request",
        ("POST /oauth/token",),
        ("code_verifier",),
        "A, PKCE: sent although the vendor speaks of none; OAuth has the unknown ignored",
    ),
    Deviation("refusal", (), ("400", "BadRequestDTO"), "C: what is missing is a 400"),
    Deviation("refusal", (), ("401", "UnauthorizedDTO"), "C: no token, or one that is not enough"),
    Deviation("refusal", (), ("403", "BadRequestDTO"), "C: another location, or only an agency's"),
    Deviation("refusal", (), ("422", "UnprocessableDTO"), "C, F10: a property that there is not"),
)
"""Of refusals: those that come from operations that declare none of that status."""

UNDOCUMENTED = {
    ("POST", "/oauth/reconnect"),  # FACTS A, Recovery: described in a help article only
    ("POST", "/oauth/revoke"),  # the sandbox's own
}
Side = Literal["request", "reply"]


def ignored_in(side: Side, method: str, path: str) -> tuple[str, ...]:
    asked = f"{method} {path}"
    return tuple(
        name
        for one in DEVIATIONS
        if one.side == side and asked in one.operations
        for name in one.names
    )


def common_refusal(status: int) -> str | None:
    """The common schema of a refusal that is not declared where it comes from."""
    refusals = (one.names for one in DEVIATIONS if one.side == "refusal")
    return dict(refusals).get(str(status))


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
    ignored = ignored_in(side, method, path)
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
    common = common_refusal(status)
    if common and str(status) not in responses:
        schema = document("common-schemas")["components"]["schemas"][common]
        _complain(what, jsonschema.Draft4Validator(schema), body)
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
    ignored = ignored_in("request", method, known)
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
            if known and reply.status < 300 and not reply.is_html:  # a network's sign-in page
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
