"""Values that a location's templates refer to by name."""

from rapport.sandbox.ids import firestore_id
from rapport.sandbox.store import Doc
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import FILLED, TEXT, Field, checked

routes = Routes()

_FIELDS: dict[str, Field] = {"name": FILLED.must, "value": TEXT.must}


def field_key(name: str) -> str:
    stem = "".join(c if c.isalnum() else "_" for c in name.strip().lower())
    return f"{{{{ custom_values.{stem} }}}}"


def _value_of(call: Call) -> Doc:
    location_id = call.check_location(call.params["locationId"])
    return call.core.record_of("customValue", "Custom value", call.params["id"], location_id)


@routes("GET", "/locations/{locationId}/customValues", "locations/customValues.readonly")
def list_values(call: Call) -> Answer:
    location_id = call.check_location(call.params["locationId"])
    return {"customValues": call.core.store.records("customValue", location=location_id)}


@routes("POST", "/locations/{locationId}/customValues", "locations/customValues.write", status=201)
def create(call: Call) -> Answer:
    location_id = call.check_location(call.params["locationId"])
    body = checked(call.json(), _FIELDS)
    value: Doc = {
        "id": firestore_id(),
        **body,
        "fieldKey": field_key(body["name"]),
        "locationId": location_id,
    }
    call.core.store.put(
        "customValue", value, location=location_id, position=call.core.clock.now_ms()
    )
    return {"customValue": value}


@routes("GET", "/locations/{locationId}/customValues/{id}")
def get(call: Call) -> Answer:
    return {"customValue": _value_of(call)}


@routes("PUT", "/locations/{locationId}/customValues/{id}")
def update(call: Call) -> Answer:
    """The key stays, so that what refers to it goes on working."""
    value = _value_of(call)
    value.update(checked(call.json(), _FIELDS))
    call.core.store.replace("customValue", value)
    return {"customValue": value}


@routes("DELETE", "/locations/{locationId}/customValues/{id}")
def delete(call: Call) -> Answer:
    call.core.store.delete("customValue", _value_of(call)["id"])
    return {"succeded": True}
