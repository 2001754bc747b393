"""Many contacts at once: the deprecated list, the search, and those of a business."""

from typing import Any
from urllib.parse import urlencode

from rapport.sandbox.errors import bad_request, unprocessable
from rapport.sandbox.table import Answer, Call, Routes
from rapport.sandbox.wire import ANY, ITEMS, NUMBER, TEXT, Field, checked, whole_number

from . import contact_forms as forms
from .search_filters import SORTABLE, compile_filters, contains

routes = Routes()

MOST_PER_LIST = 100
MOST_PER_SEARCH = 500
MOST_PAGED = 10_000

#: Paging words of other services and generations: ignored, so that page 1 comes again.
_IGNORED_PAGING = frozenset(
    {"page", "skip", "offset", "cursor", "pageSize", "pageToken", "pageLimit", "searchAfter"}
)


def refuse_unknown(query: dict[str, str], *known: str) -> None:
    """422 for a query property that is neither known nor a paging word."""
    strange = set(query) - set(known) - _IGNORED_PAGING
    if strange:
        raise unprocessable(f"property {name} should not exist" for name in sorted(strange))


@routes("GET", "/contacts/", "contacts.readonly")
def list_contacts(call: Call) -> Answer:
    """Newest first. Deprecated, but it still answers, with names lower-cased."""
    query = call.query
    location_id = call.check_location(query.get("locationId"))
    refuse_unknown(query, "locationId", "limit", "query", "startAfter", "startAfterId")
    limit = whole_number(query, "limit", 20, least=1, most=MOST_PER_LIST)
    where, values = "location=?", [location_id]
    if query.get("query"):
        where += f" AND {contains('hay')}"
        values.append(query["query"].casefold())
    total = call.core.store.count("contact", where, values)
    after: list[Any] = []
    if query.get("startAfter"):
        moment = whole_number(query, "startAfter", 0)
        where += " AND added <= ?"
        after.append(moment)
        if query.get("startAfterId"):
            where += " AND (added < ? OR id < ?)"
            after += [moment, query["startAfterId"]]
    rows = call.core.store.search(
        "contact", where, [*values, *after], keys=[("added", True), ("id", True)], limit=limit
    )
    contacts = [forms.listed(doc) for doc, _ in rows]
    meta: dict[str, Any] = {
        "total": total,
        "nextPageUrl": None,
        "startAfterId": None,
        "startAfter": None,
        "currentPage": 1,
        "nextPage": 2 if len(contacts) == limit else None,
        "prevPage": None,
    }
    if contacts:
        meta["startAfter"], meta["startAfterId"] = contacts[-1]["startAfter"]
        following: dict[str, Any] = {
            **{name: query[name] for name in ("locationId", "limit", "query") if name in query},
            "startAfter": meta["startAfter"],
            "startAfterId": meta["startAfterId"],
        }
        host = call.headers.get("host", "localhost")
        meta["nextPageUrl"] = f"http://{host}/contacts/?{urlencode(following)}"
    return {"contacts": contacts, "meta": meta, "traceId": call.trace_id}


_SEARCH_FIELDS: dict[str, Field] = {
    "locationId": TEXT.must,
    "pageLimit": NUMBER.must,
    "page": NUMBER,
    "searchAfter": ITEMS,
    "filters": ITEMS,
    "sort": ITEMS,
    "query": TEXT,
    "startAfter": ANY,  # ignored
    "startAfterId": ANY,  # ignored
}


@routes("POST", "/contacts/search", "contacts.readonly")
def search(call: Call) -> Answer:
    body = call.json()
    if "locationId" in body:
        call.check_location(body["locationId"])
    checked(body, _SEARCH_FIELDS)
    limit = _whole(body, "pageLimit", 1)
    if limit > MOST_PER_SEARCH:
        raise bad_request(f"pageLimit must not be greater than {MOST_PER_SEARCH}")
    if body.get("page") is not None and body.get("searchAfter"):
        raise bad_request("page and searchAfter cannot be used together")
    page = _whole(body, "page", 1) if body.get("page") is not None else 1
    if page * limit > MOST_PAGED:
        raise bad_request(f"page times pageLimit must not be greater than {MOST_PAGED}")
    where, values = "location=?", [body["locationId"]]
    text = body.get("query") or ""
    if len(text) > 75:
        raise unprocessable(["query must be shorter than or equal to 75 characters"])
    if text:
        where += f" AND {contains('hay')}"
        values.append(text.casefold())
    condition, bound = compile_filters(body.get("filters") or [])
    if condition:
        where, values = f"{where} AND {condition}", [*values, *bound]
    keys = _sort_keys(body.get("sort") or [])
    total = call.core.store.count("contact", where, values)
    if body.get("searchAfter"):
        later, bound = _after(keys, body["searchAfter"])
        where, values = f"{where} AND {later}", [*values, *bound]
    rows = call.core.store.search(
        "contact", where, values, keys=keys, limit=limit, offset=(page - 1) * limit
    )
    return {
        "contacts": [forms.found(doc, after) for doc, after in rows],
        "total": total,
        "traceId": call.trace_id,
    }


def _whole(body: dict[str, Any], name: str, least: int) -> int:
    value = body[name]
    if value != int(value) or value < least:
        raise unprocessable([f"{name} must not be less than {least}"])
    return int(value)


def _sort_keys(sort: list[Any]) -> list[tuple[str, bool]]:
    """SQL expressions and whether they descend; without a sort, the newest come first."""
    keys = []
    for item in sort:
        if not isinstance(item, dict) or set(item) - {"field", "direction"}:
            raise unprocessable(["each value in sort must have a field and a direction"])
        name, direction = item.get("field"), item.get("direction", "desc")
        if name not in SORTABLE:
            raise bad_request(f"Invalid sort field {name}")
        if direction not in ("asc", "desc"):
            raise unprocessable(["sort.direction must be one of the following values: asc, desc"])
        keys.append((SORTABLE[name], direction == "desc"))
    keys = keys or [("added", True)]
    return [*keys, ("id", keys[0][1])]


def _after(keys: list[tuple[str, bool]], cursor: list[Any]) -> tuple[str, list[Any]]:
    """The condition for rows behind ``cursor`` in the order of ``keys``."""
    if len(cursor) != len(keys) or any(isinstance(part, dict | list) for part in cursor):
        raise bad_request("searchAfter must hold the sort values of the last record")
    # The first clause lets the database start in its index; the rest is exact.
    first, down = keys[0]
    clauses, values = [], [cursor[0]]
    for depth, (key, descends) in enumerate(keys):
        equal = [f"{name} = ?" for name, _ in keys[:depth]]
        clauses.append(" AND ".join([*equal, f"{key} {'<' if descends else '>'} ?"]))
        values += cursor[: depth + 1]
    joined = " OR ".join(f"({clause})" for clause in clauses)
    return f"{first} {'<=' if down else '>='} ? AND ({joined})", values


@routes("GET", "/contacts/business/{businessId}", "contacts.readonly")
def of_business(call: Call) -> Answer:
    query = call.query
    location_id = call.check_location(query.get("locationId"))
    refuse_unknown(query, "locationId", "limit", "skip", "query")
    limit = whole_number(query, "limit", 25, least=1, most=MOST_PER_LIST)
    skip = whole_number(query, "skip", 0)
    where, values = "location=? AND business=?", [location_id, call.params["businessId"]]
    if query.get("query"):
        where += f" AND {contains('hay')}"
        values.append(query["query"].casefold())
    rows = call.core.store.search(
        "contact",
        where,
        values,
        keys=[("added", True), ("id", True)],
        limit=limit,
        offset=skip,
    )
    return {"contacts": [forms.listed(doc) for doc, _ in rows], "traceId": call.trace_id}
