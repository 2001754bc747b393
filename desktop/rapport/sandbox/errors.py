"""Refusals, with the bodies the live service sends rather than those its documents declare.

Handlers raise ``ApiError``; the gate turns it into a reply. Missing records answer 400, a
missing scope 401, a wrong location 403, an invalid property 422.
"""

from collections.abc import Iterable
from typing import Any


class ApiError(Exception):
    """A reply with an error status. ``traced`` adds the request's ``traceId`` to the body."""

    def __init__(self, status: int, body: dict[str, Any], *, traced: bool = False) -> None:
        super().__init__(body.get("message") or body.get("error"))
        self.status = status
        self.body = body
        self.traced = traced


def bad_request(message: str, **extra: Any) -> ApiError:
    return ApiError(400, {"statusCode": 400, "message": message, **extra}, traced=True)


def not_found(kind: str, record_id: str) -> ApiError:
    """A missing record: 400, with ``error`` instead of ``message``; contacts add ``status``."""
    body: dict[str, Any] = {"error": f"{kind} with id {record_id} not found"}
    if kind == "Contact":
        body["status"] = 400
    return ApiError(400, body)


def unauthorized(message: str) -> ApiError:
    return ApiError(401, {"statusCode": 401, "message": message, "error": "Unauthorized"})


def no_access_to_location() -> ApiError:
    return ApiError(
        403, {"statusCode": 403, "message": "The token does not have access to this location."}
    )


def forbidden_resource() -> ApiError:
    return ApiError(403, {"message": "Forbidden resource", "error": "Forbidden", "statusCode": 403})


def no_such_route(method: str, path: str) -> ApiError:
    return ApiError(
        404, {"message": f"Cannot {method} {path}", "error": "Not Found", "statusCode": 404}
    )


def unprocessable(messages: Iterable[str]) -> ApiError:
    body = {"statusCode": 422, "message": list(messages), "error": "Unprocessable Entity"}
    return ApiError(422, body, traced=True)


def too_many_requests() -> ApiError:
    """No ``error``, no Retry-After: the client must read the rate-limit headers."""
    return ApiError(429, {"statusCode": 429, "message": "Too Many Requests"})
