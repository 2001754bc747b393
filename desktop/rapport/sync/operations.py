"""Operations of the catalogue that a person sends as they are, past the outbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from rapport.api.caller import Caller
from rapport.api.catalogue import operation_of
from rapport.api.errors import WriteOutcome, outcome_of
from rapport.api.forms import multipart
from rapport.api.http import Reply
from rapport.api.pacing import Lane
from rapport.domain.errors import ApiError, RapportError
from rapport.domain.operations import (
    HIDDEN,
    OperationCall,
    OperationReply,
    SentRequest,
    Upload,
    address,
    headers_of,
    named_contacts,
    without_secrets,
)
from rapport.domain.ports import Clock

LARGEST_LEARNED_FROM = 512 * 1024
"""Bytes of a reply that is read for the contacts it names: a write answers with a record."""


class Operations:
    """The :class:`~rapport.domain.ports.OperationCaller` of one account, on the engine's loop.

    ``learn`` is told after each write which contacts it named, so that the copy can look again.
    """

    def __init__(
        self,
        client: Caller,
        base_url: str,
        clock: Clock,
        *,
        learn: Callable[[Sequence[str]], None] = lambda rids: None,
    ) -> None:
        self._client = client
        self._base_url = base_url
        self._clock = clock
        self._learn = learn

    async def call(self, call: OperationCall) -> OperationReply:
        action, given = call.action, call.arguments
        form = None
        if action.content_type == "multipart":
            form = multipart(given.body or {}, call.uploads)
        heard: list[Reply] = []
        refused: RapportError | None = None
        sent_at, began = self._clock.now(), self._clock.monotonic()
        try:
            reply = await self._client.exchange(
                operation_of(action),
                path=given.path,
                query=given.query,
                body=given.body,
                form=form,
                lane=Lane.PERSON,
                on_reply=heard.append,
            )
            refused = _page(reply)
        except ApiError as error:
            if not heard:
                raise
            refused = error
        except BaseException:
            if action.writes:
                self._learn(named_contacts(call, None))  # it may have arrived
            raise
        reply = heard[-1]
        if action.writes and (refused is None or outcome_of(refused) is WriteOutcome.UNCERTAIN):
            self._learn(named_contacts(call, _small(reply)))
        return OperationReply(
            status=reply.status,
            headers=reply.headers,
            body=reply.body,
            sent=sent_request(call, self._base_url),
            sent_at=sent_at,
            took_s=self._clock.monotonic() - began,
            refused=refused,
        )


def _page(reply: Reply) -> RapportError | None:
    """Why a page for people is not the CRM's answer; None for anything else."""
    if not reply.is_html:
        return None
    try:
        reply.json()
    except RapportError as error:
        return error
    return None


def _small(reply: Reply) -> Any:
    return reply.json_or_none() if len(reply.body) <= LARGEST_LEARNED_FROM else None


def sent_request(call: OperationCall, base_url: str) -> SentRequest:
    """The request for the eye: the token and other secrets are hidden."""
    action, given = call.action, call.arguments
    headers = headers_of(action, HIDDEN)
    body = ""
    if action.content_type == "multipart":
        headers["Content-Type"] = "multipart/form-data"
        body = "\n".join(_form_lines(given.body or {}, call.uploads))
    elif given.body is not None:
        headers["Content-Type"] = "application/json"
        body = without_secrets(json.dumps(given.body, ensure_ascii=False, indent=2))
    return SentRequest(
        method=action.method,
        url=address(base_url, action.path, given.path, given.query),
        headers=headers,
        body=body,
    )


def _form_lines(fields: Mapping[str, Any], uploads: Iterable[Upload]) -> Iterable[str]:
    for name, value in fields.items():
        yield without_secrets(json.dumps({name: value}, ensure_ascii=False))[1:-1]
    for upload in uploads:
        yield f"{upload.part}: {upload.name} ({len(upload.content)} bytes)"
