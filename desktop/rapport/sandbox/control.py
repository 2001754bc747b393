"""``/_sandbox/``: what tests do behind the service's back. Needs the control token.

=======================================  ========================================================
POST reset                               data as at the start; ``{"tokens": true}`` signs out too
POST, GET, DELETE faults                 add one (see ``faults.Fault``), list, remove all
POST clock                               ``{"shift_s": n}``: so far ahead of the real time
POST tokens/expire, tokens/revoke        ``{"token"?: …, "kinds"?: ["access", "refresh"]}``
GET, DELETE log                          every request so far (``?path=`` narrows, ``?after=``
                                         leaves out those up to that number), forget them
POST locations/{id}                      ``{"active": bool}``, ``{"installed": bool}`` for the app,
                                         or settings to change (the id may also stand in the body)
GET, POST, DELETE records/{kind}/{id}    read, edit or delete as if somebody else did it
POST index                               let searches see every write now
=======================================  ========================================================
"""

import hmac
import re
from collections.abc import Callable
from typing import Any

import msgspec
from starlette.responses import Response

from .core import Core
from .errors import ApiError
from .faults import Fault, Faults, Journal
from .store import Doc
from .table import Call

_OWN_TABLE = ("contact", "task")
_KEPT = ("id", "locationId", "contactId")


def _refuse(status: int, message: str) -> ApiError:
    return ApiError(status, {"message": message})


class Control:
    def __init__(
        self,
        core: Core,
        faults: Faults,
        journal: Journal,
        token: str,
        reset: Callable[[bool], None],
    ) -> None:
        self._core = core
        self._faults = faults
        self._journal = journal
        self._token = token
        self._reset = reset

    def answer(self, call: Call) -> Response:
        try:
            given = call.headers.get("authorization", "")
            if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
                raise _refuse(401, "The control token is missing or wrong.")
            content = self._dispatch(call, call.path.removeprefix("/_sandbox/").split("/"))
            status = 200
        except ApiError as error:
            content, status = error.body, error.status
        return Response(msgspec.json.encode(content), status, media_type="application/json")

    def _dispatch(self, call: Call, parts: list[str]) -> Any:
        match call.method, parts:
            case "POST", ["reset"]:
                self._reset(bool(call.json().get("tokens")))
                return {"ok": True}
            case _, ["faults"]:
                return self._set_faults(call)
            case "POST", ["clock"]:
                return self._shift(call.json())
            case "GET", ["clock"]:
                clock = self._core.clock
                return {"now": clock.now(), "shift_s": clock.shift_s}
            case "POST", ["tokens", "expire" | "revoke" as what]:
                return self._end_tokens(what, call.json())
            case "GET", ["log"]:
                wanted = re.compile(call.query.get("path", ""))
                after = call.query.get("after", "0")
                if not after.isdecimal():
                    raise _refuse(400, "after must be the number of a request.")
                entries = self._journal.entries(int(after))
                return {"requests": [e for e in entries if wanted.search(e["path"])]}
            case "DELETE", ["log"]:
                self._journal.clear()
                return {"ok": True}
            case "POST", ["locations" | "location", location_id]:
                return self._edit_location(location_id, call.json())
            case "POST", ["locations" | "location"]:
                body = call.json()
                return self._edit_location(str(body.pop("id", "")), body)
            case "POST", ["index"]:
                self._core.store.show_all()
                return {"ok": True}
            case _, ["records", kind, record_id]:
                return self._record(call, kind, record_id)
        raise _refuse(404, f"There is no {call.method} {call.path}.")

    def _set_faults(self, call: Call) -> Any:
        if call.method == "POST":
            try:
                self._faults.waiting.append(Fault.from_json(call.json()))
            except ValueError as error:
                raise _refuse(400, str(error)) from None
        elif call.method == "DELETE":
            self._faults.waiting.clear()
        return {"faults": [fault.as_json() for fault in self._faults.waiting]}

    def _shift(self, body: Doc) -> Any:
        shift = body.get("shift_s")
        if isinstance(shift, bool) or not isinstance(shift, int | float):
            raise _refuse(400, "shift_s must be a number of seconds.")
        self._core.clock.shift_s = float(shift)
        self._core.store.set_meta("shift_s", str(float(shift)))
        return {"now": self._core.clock.now(), "shift_s": self._core.clock.shift_s}

    def _end_tokens(self, what: str, body: Doc) -> Any:
        token = body.get("token") or body.get("access_token") or body.get("refresh_token")
        default = ["refresh"] if "refresh_token" in body else ["access"]
        kinds = tuple(body.get("kinds") or (["access", "refresh"] if token else default))
        end = self._core.tokens.revoke if what == "revoke" else self._core.tokens.expire
        return {"ended": end(token, kinds)}

    def _edit_location(self, location_id: str, body: Doc) -> Any:
        location = self._core.store.get("location", location_id)
        if location is None:
            raise _refuse(404, f"There is no location {location_id}.")
        for name, value in body.items():
            if name == "settings":
                location["settings"].update(value)
            elif name != "id":
                location[name] = value
        self._core.store.replace("location", location)
        return location

    def _record(self, call: Call, kind: str, record_id: str) -> Any:
        store = self._core.store
        read = {"contact": store.contact, "task": store.task}.get(kind)
        doc = read(record_id) if read else store.get(kind, record_id)
        if doc is None:
            raise _refuse(404, f"There is no {kind} {record_id}.")
        if call.method == "GET":
            return doc
        if call.method == "DELETE":
            if kind == "contact":
                store.delete_contact(record_id)
            elif kind == "task":
                store.delete_task(record_id)
            else:
                store.delete(kind, record_id)
            return {"ok": True}
        if call.method != "POST":
            raise _refuse(404, f"There is no {call.method} {call.path}.")
        doc.update({name: value for name, value in call.json().items() if name not in _KEPT})
        if kind in _OWN_TABLE and "dateUpdated" not in call.json():
            doc["dateUpdated"] = self._core.clock.now_ms()
        if kind == "contact":
            store.put_contact(doc)
        elif kind == "task":
            store.put_task(doc)
        else:
            store.replace(kind, doc)
        return doc
