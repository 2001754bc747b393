"""The contact search's filters, as conditions in SQL.

Top level means AND; ``{"group": "OR", "filters": […]}`` nests. Text is compared without case.
"""

import re
from typing import Any

from rapport.sandbox.clock import parse_ms
from rapport.sandbox.errors import bad_request, unprocessable


def _text(path: str) -> str:
    return f"fold(json_extract(doc, '$.{path}'))"


#: Single text values.
_TEXTS = {
    "firstName": "first",
    "lastName": "last",
    "firstNameLowerCase": "first",
    "lastNameLowerCase": "last",
    "fullNameLowerCase": "trim(first || ' ' || last)",
    "email": "coalesce(email, '')",
    "phone": "coalesce(phone, '')",
    "companyName": _text("companyName"),
    "businessName": _text("companyName"),
    "address": _text("address1"),
    "city": _text("city"),
    "state": _text("state"),
    "postalCode": _text("postalCode"),
    "country": _text("country"),
    "website": _text("website"),
    "timezone": _text("timezone"),
    "source": _text("source"),
    "type": _text("type"),
    "dateOfBirth": _text("dateOfBirth"),
}
#: Identifiers, compared with case.
_IDS = {
    "id": "id",
    "contactId": "id",
    "assignedTo": "coalesce(owner, '')",
    "businessId": "coalesce(business, '')",
}
_MOMENTS = {"dateAdded": "added", "dateUpdated": "updated"}
_FLAGS = {"dnd": "json_extract(doc, '$.dnd')"}
_LISTS = {
    "tags": ("$.tags", "fold(value)"),
    "followers": ("$.followers", "value"),
    "additionalEmails": ("$.additionalEmails", "fold(json_extract(value, '$.email'))"),
}
_CUSTOM = re.compile(r"customFields\.([A-Za-z0-9]+)")

#: What results can be sorted by.
SORTABLE = {**_TEXTS, **_IDS, **_MOMENTS}

Condition = tuple[str, list[Any]]


def contains(expression: str) -> str:
    return f"instr({expression}, ?) > 0"


def compile_filters(filters: list[Any], joint: str = "AND") -> Condition:
    """The condition for a list of filters and groups; empty for an empty list."""
    parts, values = [], []
    for item in filters:
        if not isinstance(item, dict):
            raise unprocessable(["each value in filters must be an object"])
        if "group" in item:
            if item["group"] not in ("AND", "OR") or not isinstance(item.get("filters"), list):
                raise bad_request("A group must be AND or OR and have filters")
            part, bound = compile_filters(item["filters"], item["group"])
            if not part:
                continue
        else:
            part, bound = _filter(item)
        parts.append(part)
        values += bound
    return (f"({f' {joint} '.join(parts)})" if parts else ""), values


def _filter(item: dict[str, Any]) -> Condition:
    name, operator, value = item.get("field"), item.get("operator"), item.get("value")
    if not isinstance(name, str):
        raise unprocessable(["filters.field must be a string"])
    if isinstance(value, str) and len(value) > 75:
        raise unprocessable(["filters.value must be shorter than or equal to 75 characters"])
    if operator in ("not_eq", "not_contains", "not_exists"):
        condition, values = _positive(name, operator.removeprefix("not_"), value)
        return f"NOT {condition}", values
    if operator in ("eq", "contains", "exists", "range"):
        return _positive(name, operator, value)
    raise bad_request(f"Invalid operator {operator} for field {name}")


def _positive(name: str, operator: str, value: Any) -> Condition:
    if name in _TEXTS:
        return _compare(_TEXTS[name], operator, value, name)
    if name in _IDS:
        return _compare(_IDS[name], operator, value, name, folded=False)
    if name in _MOMENTS:
        return _moment(_MOMENTS[name], operator, value, name)
    if name in _FLAGS:
        return _flag(_FLAGS[name], operator, value, name)
    if name in _LISTS:
        path, expression = _LISTS[name]
        each = f"json_each(doc, '{path}')"
        if operator == "exists":
            return f"EXISTS (SELECT 1 FROM {each})", []
        condition, values = _compare(
            expression, operator, value, name, folded=expression != "value"
        )
        return f"EXISTS (SELECT 1 FROM {each} WHERE {condition})", values
    custom = _CUSTOM.fullmatch(name)
    if custom:
        return _custom(custom[1], operator, value, name)
    raise bad_request(f"Invalid field name {name}")


def _custom(field_id: str, operator: str, value: Any, name: str) -> Condition:
    """A list is searched as the JSON text of its values."""
    source = "json_each(doc, '$.customFields')"
    mine = "json_extract(value, '$.id') = ?"
    if operator == "exists":
        return f"EXISTS (SELECT 1 FROM {source} WHERE {mine})", [field_id]
    if operator == "range":
        condition, values = _range("json_extract(value, '$.value')", value, name, _number)
    else:
        condition, values = _compare(
            "fold(CAST(json_extract(value, '$.value') AS TEXT))", operator, value, name
        )
    return f"EXISTS (SELECT 1 FROM {source} WHERE {mine} AND {condition})", [field_id, *values]


def _compare(
    expression: str, operator: str, value: Any, name: str, *, folded: bool = True
) -> Condition:
    if operator == "exists":
        return f"({expression} <> '')", []
    if operator == "range":
        return _range(expression, value, name, lambda part: str(part))
    wanted = value if isinstance(value, list) else [value]
    if not wanted or not all(isinstance(part, str | int | float) for part in wanted):
        raise bad_request(f"Invalid value for field {name}")
    texts = [_plain(part).casefold() if folded else _plain(part) for part in wanted]
    if operator == "contains":
        return f"({' OR '.join([contains(expression)] * len(texts))})", texts
    return f"({expression} IN ({','.join('?' * len(texts))}))", texts


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def _flag(expression: str, operator: str, value: Any, name: str) -> Condition:
    if operator == "exists":
        return f"({expression} IS NOT NULL)", []
    if operator != "eq" or value not in (True, False, "true", "false"):
        raise bad_request(f"Invalid value for field {name}")
    return f"({expression} = ?)", [int(value in (True, "true"))]


def _moment(expression: str, operator: str, value: Any, name: str) -> Condition:
    if operator == "exists":
        return f"({expression} IS NOT NULL)", []
    if operator == "range":
        return _range(expression, value, name, lambda part: _epoch_ms(part, name))
    if operator != "eq":
        raise bad_request(f"Invalid operator {operator} for field {name}")
    return f"({expression} = ?)", [_epoch_ms(value, name)]


def _epoch_ms(value: Any, name: str) -> int:
    """Milliseconds as a number or digits, or an ISO-8601 text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        moment = int(value) if value.isdigit() else parse_ms(value)
        if moment is not None:
            return moment
    raise bad_request(f"Invalid date for field {name}")


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise bad_request("A range needs numbers") from None


_BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def _range(expression: str, value: Any, name: str, read: Any) -> Condition:
    if not isinstance(value, dict) or not value or set(value) - set(_BOUNDS):
        raise bad_request(f"A range of {name} needs gt, gte, lt or lte")
    parts = [f"{expression} {_BOUNDS[bound]} ?" for bound in value]
    return f"({' AND '.join(parts)})", [read(part) for part in value.values()]
