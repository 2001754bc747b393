"""Bodies that are forms: fields and files in one ``multipart/form-data``."""

from __future__ import annotations

import json
import mimetypes
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from rapport.domain.operations import Upload


class Form(Struct, frozen=True):
    content: bytes
    type: str
    """The media type, with the boundary."""


def multipart(fields: Mapping[str, Any], uploads: Iterable[Upload]) -> Form:
    """``fields`` as text, a list under a repeated name; then the files."""
    boundary = secrets.token_hex(16)
    parts: list[bytes] = []
    for name, value in fields.items():
        for item in value if isinstance(value, list) else [value]:
            text = item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)
            parts.append(_part(boundary, f'name="{_quoted(name)}"', "", text.encode()))
    for upload in uploads:
        kind = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
        which = f'name="{_quoted(upload.part)}"; filename="{_quoted(upload.name)}"'
        parts.append(_part(boundary, which, kind, upload.content))
    content = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return Form(content, f"multipart/form-data; boundary={boundary}")


def _part(boundary: str, which: str, kind: str, content: bytes) -> bytes:
    head = f"--{boundary}\r\nContent-Disposition: form-data; {which}\r\n"
    if kind:
        head += f"Content-Type: {kind}\r\n"
    return head.encode() + b"\r\n" + content + b"\r\n"


def _quoted(name: str) -> str:
    """As browsers write it: a quote or a line's end would end the header."""
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
