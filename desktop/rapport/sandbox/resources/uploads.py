"""Files: what an upload leaves behind, whichever operation took it."""

from rapport.sandbox.errors import bad_request
from rapport.sandbox.ids import uuid_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, File, Routes

routes = Routes()

_HOST = "https://files.example.com"
_MOST_BYTES = 5 * 1024 * 1024
_MOST_FILES = 15


def file_url(location_id: str, folder: str, name: str) -> str:
    suffix = name.rpartition(".")[2]
    return f"{_HOST}/location/{location_id}/{folder}/{uuid_id()}.{suffix or 'bin'}"


def kept(call: Call, file: File, folder: str) -> Doc:
    """Note an uploaded file; the sandbox keeps its description, not its content.

    Raises ApiError 400 when the file is too large.
    """
    if len(file.content) > _MOST_BYTES:
        raise bad_request(f"{file.name} is larger than {_MOST_BYTES // 1024 // 1024} MB")
    meta: Doc = {
        "id": uuid_id(),
        "fieldname": file.field,
        "originalname": file.name,
        "encoding": "7bit",
        "mimetype": file.type,
        "size": len(file.content),
        "url": file_url(call.location, folder, file.name),
    }
    call.core.store.put(
        "file", meta, location=call.location, position=call.core.clock.now_ms(), key=meta["url"]
    )
    return meta


@routes("POST", "/locations/{locationId}/customFields/upload", "locations/customFields.write")
def to_custom_field(call: Call) -> Answer:
    """Files for a contact's or an opportunity's field; the reply maps names to addresses."""
    location_id = call.check_location(call.params["locationId"])
    upload = call.upload()
    owner = upload.fields.get("id", [""])[0]
    if owner:
        _check_owner(call, owner, location_id)
    most = upload.fields.get("maxFiles", [str(_MOST_FILES)])[0]
    if not most.isdecimal():
        raise bad_request("maxFiles must be a number string")
    if not upload.files:
        raise bad_request("No file was uploaded")
    if len(upload.files) > min(int(most), _MOST_FILES):
        raise bad_request(f"At most {most} files can be uploaded")
    metas = [kept(call, file, f"custom-field/{owner or 'none'}") for file in upload.files]
    shown = [{name: meta[name] for name in meta if name != "id"} for meta in metas]
    return {
        "uploadedFiles": {meta["originalname"]: meta["url"] for meta in metas},
        "meta": shown,
    }


def _check_owner(call: Call, owner: str, location_id: str) -> None:
    """``id`` is that of an opportunity, a custom field, or else a contact."""
    store = call.core.store
    for kind in ("opportunity", "customField"):
        if store.get(kind, owner) is not None:
            call.core.record_of(kind, kind, owner, location_id)
            return
    call.core.contact_of(owner, location_id)
