"""What the CRM can do and what it tells of: the entries of the operations catalogue.

An *action* is a request that can be made; a *trigger* is an event that the CRM reports. Names of
parameters and fields are the API's own, so that what is written here is what travels.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field, to_builtins


class Shape(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What values look like. ``fields`` describes an object as far as it is known: more may be in
    it. ``format`` is integer, epoch-ms, date-time or country (two letters), or ""."""

    type: Literal["string", "number", "boolean", "array", "object", "file", "any"]
    nullable: bool = False
    enum: tuple[Any, ...] = ()
    format: str = ""
    items: Shape | None = None
    fields: tuple[Field, ...] = ()


class Field(Shape, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    required: bool
    default: Any = None
    """What the CRM assumes where nothing is sent."""
    description: str = ""


class Param(Field, frozen=True, kw_only=True, omit_defaults=True):
    place: Literal["path", "query"] = field(name="in")


class Entry(Struct, frozen=True, kw_only=True, tag_field="kind"):
    id: str
    """Its group, then what it concerns and does: ``contacts.tasks.create``."""
    title: str
    summary: str
    core: bool
    """Whether it is one of the 126 around contacts, locations, calendars and users."""
    scopes: tuple[str, ...] = ()
    """What the token must hold; empty where the API declares nothing."""
    token: Literal["location", "agency"] = "location"

    @property
    def group(self) -> str:
        return self.id.partition(".")[0]


class Action(Entry, frozen=True, kw_only=True, tag="action"):
    method: str
    path: str
    """With its parameters in braces."""
    version: str
    """Of the ``Version`` header."""
    params: tuple[Param, ...] = ()
    body: tuple[Field, ...] = ()
    body_is_list: bool = False
    """The body is a list of objects that each have the fields of ``body``."""
    empty_body: bool = False
    """The API wants an object, and knows nothing that could be in it."""
    one_of: tuple[str, ...] = ()
    """At least one of these has to be given."""
    content_type: Literal["json", "form", "multipart"] = "json"
    reply: Literal["json", "file"] = "json"
    deprecated: bool = False

    @property
    def writes(self) -> bool:
        """Whether it can change something in the CRM; a search does not, whatever its method."""
        return self.method != "GET" and "/search" not in self.path

    def named(self) -> dict[str, Field]:
        """Parameters and fields of the body by name; no name stands for two of them."""
        return {one.name: one for one in (*self.params, *self.body)}


class Trigger(Entry, frozen=True, kw_only=True, tag="trigger"):
    event: str
    """The ``type`` of the webhook."""
    payload: tuple[Field, ...]


def listed(entry: Action | Trigger) -> dict[str, Any]:
    """An entry as JSON values. Both kinds have the same keys; a trigger's say null where only an
    action has something, and it adds ``event`` and ``payload``."""
    values = to_builtins(entry)
    always = {
        "id": entry.id,
        "kind": values["kind"],
        "group": entry.group,
        "title": entry.title,
        "summary": entry.summary,
        "method": None,
        "path": None,
        "version": None,
        "scopes": [],
        "params": [],
        "body": [],
        "deprecated": False,
        "token": entry.token,
        "content_type": None,
        "core": entry.core,
    }
    return {**always, **values}
