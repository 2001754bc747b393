"""The routing table: which operations exist, and what each demands of a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO
from mimetypes import guess_type
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qs

import msgspec
from python_multipart import parse_form
from python_multipart.exceptions import FormParserError

from .errors import bad_request, no_access_to_location, no_such_route, unauthorized

if TYPE_CHECKING:
    from python_multipart.multipart import Field as FormField
    from python_multipart.multipart import File as FormFile

    from .core import Core
    from .tokens import Grant

#: Whose token an operation takes. ``control`` is the sandbox's own; ``none`` asks for nothing.
Audience = Literal["location", "company", "either", "control", "none"]
Answer = Any  # a JSON value, or a whole Response


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was uploaded. ``field`` is the name of its form field."""

    field: str
    name: str
    type: str
    content: bytes


@dataclass(slots=True)
class Upload:
    """A form with files; a repeated field keeps every value."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)

    def add_field(self, part: FormField) -> None:
        name = (part.field_name or b"").decode("utf-8", "replace")
        self.fields.setdefault(name, []).append((part.value or b"").decode("utf-8", "replace"))

    def add_file(self, part: FormFile) -> None:
        part.file_object.seek(0)
        name = (part.file_name or b"").decode("utf-8", "replace")
        self.files.append(
            File(
                (part.field_name or b"").decode("utf-8", "replace"),
                name,
                part.content_type or guess_type(name)[0] or "application/octet-stream",
                part.file_object.read(),
            )
        )
        part.close()


@dataclass(slots=True)
class Call:
    """One request on its way to its handler, past every check of the gate."""

    core: Core
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    trace_id: str
    params: dict[str, str] = field(default_factory=dict)
    grant_or_none: Grant | None = None

    @property
    def grant(self) -> Grant:
        assert self.grant_or_none is not None
        return self.grant_or_none

    @property
    def location(self) -> str:
        """The location the token speaks for."""
        return self.grant.location_id

    def json(self) -> dict[str, Any]:
        """The JSON object in the body; an empty body is an empty object."""
        body = self._decoded() if self.body else {}
        if not isinstance(body, dict):
            raise bad_request("The body must be a JSON object")
        return body

    def json_list(self) -> list[Any]:
        """The JSON array in the body."""
        body = self._decoded()
        if not isinstance(body, list):
            raise bad_request("The body must be a JSON array")
        return body

    def _decoded(self) -> Any:
        try:
            return msgspec.json.decode(self.body)
        except msgspec.DecodeError as error:
            raise bad_request(f"Unexpected token in JSON: {error}") from None

    def form(self) -> dict[str, str]:
        """The fields of a form in the body; of a repeated field, the first."""
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[0] for name, values in fields.items()}

    def upload(self) -> Upload:
        """The fields and files of a ``multipart/form-data`` body.

        Raises ApiError 400 when the body is something else.
        """
        upload = Upload()
        headers = {"Content-Type": self.headers.get("content-type", "").encode()}
        try:
            if not headers["Content-Type"].lower().startswith(b"multipart/form-data"):
                raise FormParserError("not a multipart body")
            parse_form(headers, BytesIO(self.body), upload.add_field, upload.add_file)
        except FormParserError:
            raise bad_request("Multipart: the body is not a form with files") from None
        return upload

    def check_location(self, location_id: Any) -> str:
        """403 unless the token speaks for this location; a missing one is refused likewise."""
        if not isinstance(location_id, str) or not self.grant.reaches(location_id):
            raise no_access_to_location()
        return location_id


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the table.

    ``scope`` None asks for any valid token. ``version`` is the family's published value, for
    the catalogue; every published value is accepted. ``status`` is that of a success.
    """

    method: str
    path: str
    handler: Handler
    scope: str | None = None
    audience: Audience = "location"
    version: str = "2021-07-28"
    status: int = 200

    @property
    def writes(self) -> bool:
        return self.method != "GET"


class Routes:
    """Operations of one resource, collected by decorator."""

    def __init__(self, *, version: str = "2021-07-28", audience: Audience = "location") -> None:
        self.operations: list[Operation] = []
        self._version = version
        self._audience = audience

    def __call__(
        self,
        method: str,
        path: str,
        scope: str | None = None,
        *,
        status: int = 200,
        audience: Audience | None = None,
    ) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            self.operations.append(
                Operation(
                    method=method,
                    path=path,
                    handler=handler,
                    scope=scope,
                    audience=audience or self._audience,
                    version=self._version,
                    status=status,
                )
            )
            return handler

        return add


@dataclass(slots=True)
class _Node:
    literal: dict[str, _Node] = field(default_factory=dict)
    variable: _Node | None = None
    operations: dict[str, Operation] = field(default_factory=dict)


class Table:
    """Finds the operation of a request. Case and a trailing slash matter, as they do live."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = tuple(operations)
        self._root = _Node()
        for operation in self.operations:
            node = self._root
            for part in operation.path.split("/"):
                if part.startswith("{"):
                    node.variable = node.variable or _Node()
                    node = node.variable
                else:
                    node = node.literal.setdefault(part, _Node())
            assert operation.method not in node.operations, operation.path
            node.operations[operation.method] = operation

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        """The operation and its path parameters.

        Raises ApiError: 401 when only the case is wrong, else 404.
        """
        operation = self._match(self._root, path.split("/"), method)
        if operation is None:
            lowered = path.lower()
            for other in self.operations:
                if other.method == method and _same_but_case(other.path, lowered):
                    raise unauthorized("Unauthorized")
            raise no_such_route(method, path)
        names = operation.path.split("/")
        params = {
            name[1:-1]: value
            for name, value in zip(names, path.split("/"), strict=True)
            if name.startswith("{")
        }
        return operation, params

    def _match(self, node: _Node, parts: list[str], method: str) -> Operation | None:
        if not parts:
            return node.operations.get(method)
        branches = [node.literal.get(parts[0]), node.variable if parts[0] else None]
        for branch in branches:
            if branch is not None:
                found = self._match(branch, parts[1:], method)
                if found is not None:
                    return found
        return None


def _same_but_case(template: str, lowered: str) -> bool:
    names, parts = template.split("/"), lowered.split("/")
    return len(names) == len(parts) and all(
        name.startswith("{") or name.lower() == part
        for name, part in zip(names, parts, strict=True)
    )
