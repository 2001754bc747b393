"""Forms with files, read back by another library."""

from io import BytesIO
from typing import Any

from python_multipart import parse_form

from rapport.api.forms import multipart
from rapport.domain.operations import Upload


def test_fields_and_files_can_be_read_back() -> None:
    content = b"--\r\n\r\nContent-Disposition: form-data\r\n" + bytes(range(256))
    form = multipart(
        {"id": "Ærø “1”", "many": ["a", "b"], "flag": True},
        [Upload("file", 'we"ird\r\nname.txt', content)],
    )
    fields: list[tuple[bytes, bytes]] = []
    files: list[Any] = []
    parse_form(
        {"Content-Type": form.type.encode()},
        BytesIO(form.content),
        lambda field: fields.append((field.field_name, field.value)),  # type: ignore[arg-type, union-attr]
        lambda file: files.append((file.field_name, file.file_name, file.file_object.getvalue())),  # type: ignore[attr-defined]
    )
    assert fields == [
        (b"id", "Ærø “1”".encode()),
        (b"many", b"a"),
        (b"many", b"b"),
        (b"flag", b"true"),
    ]
    assert files == [(b"file", b"we%22ird%0D%0Aname.txt", content)]
