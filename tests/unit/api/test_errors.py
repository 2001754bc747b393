from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rapport.api.catalogue import action, operation_of
from rapport.api.errors import WriteOutcome, error_from, outcome_of, server_text
from rapport.domain import errors
from rapport.domain.changes import Op

GET_CONTACT, CREATE_CONTACT, UPDATE_CONTACT, GET_TASK, LIST_USERS, CREATE_CONVERSATION = (
    operation_of(action(id))
    for id in (
        *("contacts.get", "contacts.create", "contacts.update", "contacts.tasks.get"),
        *("users.list", "conversations.create"),
    )
)

DUPLICATE = {
    "statusCode": 400,
    "message": "This location does not allow duplicated contacts.",
    "meta": {"contactId": "abc", "contactName": "Ana <b>", "matchingField": "email"},
}

CONVERSATION = {
    "message": "Conversation already exists",
    "canonicalCode": "CONVERSATIONS_CONVERSATION_ALREADY_EXISTS",
    "conversationId": "talk",
}

MEANINGS: list[tuple[Any, int, Any, type[errors.ApiError]]] = [
    # FACTS C, row by row.
    (
        GET_CONTACT,
        400,
        {"error": "Contact with id X not found", "status": 400},
        errors.GoneError,
    ),
    (GET_TASK, 400, {"error": "Task with id X not found"}, errors.GoneError),
    (CREATE_CONTACT, 400, DUPLICATE, errors.DuplicateError),
    (CREATE_CONTACT, 409, {"meta": {"contactId": "abc"}}, errors.DuplicateError),
    (CREATE_CONTACT, 400, {"statusCode": 422, "message": "Bad"}, errors.InvalidError),
    (GET_CONTACT, 401, {"message": "Invalid JWT"}, errors.AuthError),
    (GET_CONTACT, 401, {"message": "Invalid Private Integration token"}, errors.AuthError),
    (GET_CONTACT, 401, None, errors.AuthError),
    (
        LIST_USERS,
        401,
        {"message": "The token is not authorized for this scope."},
        errors.CapabilityError,
    ),
    (GET_CONTACT, 401, {"message": "version header was not found."}, errors.InvalidError),
    (LIST_USERS, 401, {"message": "E01 - Unauthorized request"}, errors.InvalidError),
    (GET_CONTACT, 401, {"message": "Command timed out"}, errors.ServerError),
    (
        GET_CONTACT,
        403,
        {"message": "The token does not have access to this location."},
        errors.LocationError,
    ),
    (
        GET_CONTACT,
        403,
        {"message": "Forbidden resource", "error": "Forbidden", "statusCode": 403},
        errors.CapabilityError,
    ),
    (GET_CONTACT, 404, None, errors.GoneError),
    (LIST_USERS, 404, None, errors.InvalidError),
    (GET_CONTACT, 404, {"message": "Cannot GET /x"}, errors.InvalidError),
    (
        UPDATE_CONTACT,
        422,
        {"message": ["property x should not exist"], "traceId": "t1"},
        errors.InvalidError,
    ),
    (UPDATE_CONTACT, 413, None, errors.InvalidError),
    (UPDATE_CONTACT, 422, {"message": "a plain text"}, errors.InvalidError),
    (UPDATE_CONTACT, 400, {"error": "Contact with id X not found"}, errors.GoneError),
    (GET_CONTACT, 400, {"msg": "Contact not found"}, errors.GoneError),
    (GET_CONTACT, 404, "Cannot GET /x", errors.InvalidError),
    (GET_CONTACT, 401, "Command timed out", errors.ServerError),
    (CREATE_CONVERSATION, 400, CONVERSATION, errors.DuplicateError),
    # v3 declares them (FACTS C).
    (GET_CONTACT, 403, {"message": "Forbidden resource"}, errors.CapabilityError),
    (GET_TASK, 404, {"statusCode": 404, "message": "Task not found"}, errors.GoneError),
    (GET_CONTACT, 401, {"message": "token cafe01 is invalid"}, errors.AuthError),
    (GET_CONTACT, 429, {"message": "Too Many Requests"}, errors.RateLimitError),
    (GET_CONTACT, 408, None, errors.ServerError),
    (GET_CONTACT, 500, {"message": "Contact not found"}, errors.ServerError),
    (GET_CONTACT, 503, None, errors.ServerError),
]


@pytest.mark.parametrize(("operation", "status", "body", "kind"), MEANINGS)
def test_meaning(operation: Any, status: int, body: Any, kind: type[errors.ApiError]) -> None:
    error = error_from(operation, status, body)
    assert type(error) is kind
    assert error.status == status
    assert error.title.endswith(".")
    assert error.message == "" or error.message[-1] in ".”"
    assert error.retry is (kind in (errors.RateLimitError, errors.ServerError))
    assert f"{operation.method} {operation.path} → {status}" in error.details


@pytest.mark.parametrize(("operation", "status", "body", "kind"), MEANINGS)
def test_the_trace_id_is_in_the_details(
    operation: Any, status: int, body: Any, kind: type[errors.ApiError]
) -> None:
    told = error_from(operation, status, body, headers={"x-trace-id": "t-2", "cf-ray": "ray"})
    if isinstance(body, dict):
        own = error_from(operation, status, {**body, "traceId": "t-1"}, headers={"x-trace-id": "x"})
        assert (own.trace_id, "trace id: t-1" in own.details) == ("t-1", True)
    if not (isinstance(body, dict) and "traceId" in body):
        assert (told.trace_id, "trace id: t-2" in told.details) == ("t-2", True)


def test_a_page_of_the_cdn_can_be_traced_by_its_ray() -> None:
    error = error_from(GET_CONTACT, 503, None, html=True, headers={"cf-ray": "8f1-LIS"})
    assert "a page came instead of an answer" in error.details
    assert error.trace_id == "8f1-LIS"


def test_what_only_an_agency_may_do_is_said_in_words() -> None:
    error = error_from(GET_CONTACT, 403, {"message": "Forbidden resource"})
    assert error.message == "An agency’s sign-in is needed. It says: “Forbidden resource”"


def test_the_conversation_that_there_is_already_is_named() -> None:
    error = error_from(CREATE_CONVERSATION, 400, CONVERSATION)
    assert isinstance(error, errors.DuplicateError)
    assert error.other_id == "talk"
    assert error.title == "This contact has a conversation already."


def test_a_page_from_a_proxy_is_no_verdict_on_the_token() -> None:
    for status in (401, 403, 404):
        assert type(error_from(GET_CONTACT, status, None, html=True)) is errors.ServerError


def test_details_hold_the_trace_id_and_the_words_of_the_server_without_markup() -> None:
    error = error_from(
        UPDATE_CONTACT,
        422,
        {"message": ["property <b>x</b> should\x00 not exist", 7], "traceId": "t-1"},
    )
    assert error.trace_id == "t-1"
    assert "t-1" in error.details
    assert "‹b›x‹/b›" in error.message
    assert "<" not in error.message + error.details
    assert "\x00" not in error.message
    assert len(server_text({"message": "x" * 100_000})) <= 500


def test_duplicate_names_the_other() -> None:
    error = error_from(CREATE_CONTACT, 400, DUPLICATE)
    assert isinstance(error, errors.DuplicateError)
    assert error.other_id == "abc"
    assert "Ana ‹b›" in error.message


def test_a_missing_scope_is_named() -> None:
    body = {"message": "The token is not authorized for this scope."}
    assert "users.readonly" in error_from(LIST_USERS, 401, body).message


@pytest.mark.parametrize(
    ("error", "op", "outcome"),
    [
        (errors.NetworkError("x", sent=False), None, WriteOutcome.NOT_APPLIED),
        (errors.NetworkError("x", sent=True), None, WriteOutcome.UNCERTAIN),
        (errors.KeyringError("x"), None, WriteOutcome.NOT_APPLIED),
        (errors.RateLimitError("x"), None, WriteOutcome.RATE_LIMITED),
        (errors.AuthError("x"), None, WriteOutcome.AUTH),
        (errors.CapabilityError("x"), None, WriteOutcome.CAPABILITY),
        (errors.GoneError("x"), None, WriteOutcome.GONE),
        (errors.DuplicateError("x"), Op.CREATE, WriteOutcome.DUPLICATE),
        (errors.InvalidError("x", status=400), Op.CREATE, WriteOutcome.PARK),
        (errors.InvalidError("x", status=422), Op.CREATE, WriteOutcome.UNCERTAIN),
        (errors.InvalidError("x", status=422), Op.UPDATE, WriteOutcome.PARK),
        (errors.ServerError("x", status=502), None, WriteOutcome.UNCERTAIN),
        (asyncio.CancelledError(), None, WriteOutcome.UNCERTAIN),
        (ValueError(), None, WriteOutcome.UNCERTAIN),
    ],
)
def test_outcome(error: BaseException, op: Op | None, outcome: WriteOutcome) -> None:
    assert outcome_of(error, op) is outcome
