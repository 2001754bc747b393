"""Files of messages: attachments, and the recordings and transcriptions of calls."""

import io
import wave

from starlette.responses import Response

from rapport.sandbox.errors import bad_request, not_found
from rapport.sandbox.ids import uuid_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import FILLED, Field, checked, number

from .conversations import conversation_of
from .messages import message_of
from .uploads import file_url, kept

routes = Routes(version="2021-04-15")

_MEGABYTE = 1024 * 1024
_MOST_BYTES, _MOST_BYTES_WHATSAPP = 5 * _MEGABYTE, 100 * _MEGABYTE
_UPLOAD_S = 900
_SAID = "Thank you for calling. This call may be recorded."
_INITIATE: dict[str, Field] = {
    **dict.fromkeys(("locationId", "conversationId", "filename", "contentType"), FILLED.must),
    "channel": FILLED.must,
    "fileSize": number(0),
}
_COMPLETE = dict.fromkeys(
    ("uploadId", "filePath", "locationId", "conversationId", "filename"), FILLED.must
)


@routes("POST", "/conversations/messages/upload", "conversations/message.write")
def upload(call: Call) -> Answer:
    """Files to attach later; the reply maps their names to addresses."""
    sent = call.upload()
    fields = {name: values[0] for name, values in sent.fields.items()}
    call.check_location(fields.get("locationId"))
    conversation = conversation_of(call, fields.get("conversationId", ""))
    if not sent.files:
        raise bad_request("No file was uploaded")
    if fields.get("isGroupSms") == "true" and len(sent.files) > 1:
        raise bad_request("Only one file can be uploaded for a group SMS")
    metas = [kept(call, file, f"conversations/{conversation['id']}") for file in sent.files]
    return {"uploadedFiles": {meta["originalname"]: meta["url"] for meta in metas}}


@routes("POST", "/conversations/messages/upload/initiate", "conversations/message.write")
def initiate(call: Call) -> Answer:
    """Announce a large file; it is to be put where the reply says within a quarter of an hour."""
    body = call.json()
    call.check_location(body.get("locationId"))
    body = checked(body, _INITIATE)
    conversation = conversation_of(call, body["conversationId"])
    whatsapp = body["channel"].upper() == "WHATSAPP"
    most = _MOST_BYTES_WHATSAPP if whatsapp else _MOST_BYTES
    if body.get("fileSize", 0) > most:
        raise bad_request(f"{body['filename']} is larger than {most // _MEGABYTE} MB")
    url = file_url(call.location, f"conversations/{conversation['id']}", body["filename"])
    now = call.core.clock.now_ms()
    announced: Doc = {
        "id": uuid_id(),
        "url": url,
        "path": url.split("/", 3)[3],
        "filename": body["filename"],
        "contentType": body["contentType"],
        "size": body.get("fileSize", 0),
        "locationId": call.location,
        "conversationId": conversation["id"],
        "expires": now + _UPLOAD_S * 1000,
    }
    call.core.store.put("upload", announced, location=call.location, position=now)
    return {
        "uploadUrl": f"{url}?upload={announced['id']}",
        "uploadId": announced["id"],
        "filePath": announced["path"],
        "expiresAt": announced["expires"],
        "maxFileSize": most,
    }


@routes("POST", "/conversations/messages/upload/complete", "conversations/message.write")
def complete(call: Call) -> Answer:
    """Once for each announced upload, with the path it was given."""
    body = call.json()
    call.check_location(body.get("locationId"))
    body = checked(body, _COMPLETE)
    announced = call.core.record_of("upload", "Upload", body["uploadId"], call.location)
    if announced["expires"] <= call.core.clock.now_ms():
        raise bad_request("The upload has expired")
    expected = {"filePath": "path", "conversationId": "conversationId", "filename": "filename"}
    for name, own in expected.items():
        if body[name] != announced[own]:
            raise bad_request(f"{name} is not that of the upload")
    call.core.store.delete("upload", announced["id"])
    return {
        "uploadedFiles": {announced["filename"]: announced["url"]},
        "metadata": {"size": announced["size"], "contentType": announced["contentType"]},
    }


# -- calls ---------------------------------------------------------------------------------------


def _call_of(call: Call) -> Doc:
    call.check_location(call.params["locationId"])
    message = message_of(call)
    if message["messageType"] != "TYPE_CALL":
        raise not_found("Recording of message", message["id"])
    return message


def _silence() -> bytes:
    """A second of it."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000)
    return out.getvalue()


@routes(
    "GET",
    "/conversations/messages/{messageId}/locations/{locationId}/recording",
    "conversations/message.readonly",
)
def recording(call: Call) -> Answer:
    _call_of(call)
    headers = {"Content-Disposition": "attachment; filename=audio.wav"}
    return Response(_silence(), 200, headers, media_type="audio/x-wav")


@routes(
    "GET",
    "/conversations/locations/{locationId}/messages/{messageId}/transcription",
    "conversations/message.readonly",
)
def transcription(call: Call) -> Answer:
    _call_of(call)
    return {
        "mediaChannel": 1,
        "sentenceIndex": 0,
        "startTime": 0,
        "endTime": 1000,
        "transcript": _SAID,
        "confidence": 0.9,
    }


@routes(
    "GET",
    "/conversations/locations/{locationId}/messages/{messageId}/transcription/download",
    "conversations/message.readonly",
)
def download(call: Call) -> Answer:
    _call_of(call)
    headers = {"Content-Disposition": 'attachment; filename="transcription.txt"'}
    return Response(f"{_SAID}\n", 200, headers, media_type="text/plain")
