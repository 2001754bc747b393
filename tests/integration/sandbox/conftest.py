"""A small sandbox over real HTTP, and a client that knows its credentials."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest

from rapport.sandbox.server import SandboxThread

REDIRECT = "http://127.0.0.1:5123/callback"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")


class Api:
    """HTTP to one sandbox, with the ready token unless told otherwise."""

    def __init__(self, sandbox: SandboxThread) -> None:
        self.info = sandbox.info()
        self.http = httpx.Client(base_url=self.info["base_url"], timeout=20)
        self.location, self.other_location = self.info["location_ids"][:2]
        self.token = self.info["access_token"]

    @property
    def contact(self) -> str:
        return str(self.info["examples"]["contact"])

    def __call__(
        self, method: str, path: str, *, token: str | None = None, **options: Any
    ) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {token or self.token}",
            "Version": "2021-07-28",
            **options.pop("headers", {}),
        }
        headers = {name: value for name, value in headers.items() if value is not None}
        return self.http.request(method, path, headers=headers, **options)

    def search(self, **body: Any) -> dict[str, Any]:
        reply = self(
            "POST",
            "/contacts/search",
            json={"locationId": self.location, "pageLimit": 100, **body},
        )
        assert reply.status_code == 200, reply.text
        found: dict[str, Any] = reply.json()
        return found

    def control(self, method: str, path: str, **options: Any) -> Any:
        reply = self.http.request(
            method,
            f"/_sandbox/{path}",
            headers={"Authorization": f"Bearer {self.info['control_token']}"},
            **options,
        )
        assert reply.status_code == 200, reply.text
        return reply.json()

    def authorize(self, scope: str, decision: str = "allow", **more: str) -> dict[str, str]:
        """The fields of the callback after a person has decided."""
        reply = self.http.post(
            "/v2/oauth/chooselocation",
            data={
                "response_type": "code",
                "client_id": self.info["client_id"],
                "redirect_uri": REDIRECT,
                "scope": scope,
                "state": "st4te",
                "location_id": self.location,
                "decision": decision,
                **more,
            },
        )
        assert reply.status_code == 302, reply.text
        target = reply.headers["location"]
        assert target.startswith(f"{REDIRECT}?")
        return {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}

    def token_request(self, grant_type: str, **fields: str) -> httpx.Response:
        return self.http.post(
            "/oauth/token",
            data={
                "client_id": self.info["client_id"],
                "client_secret": self.info["client_secret"],
                "grant_type": grant_type,
                **fields,
            },
        )

    def sign_in(self, scope: str) -> dict[str, Any]:
        """The token endpoint's reply after consent to ``scope``."""
        code = self.authorize(scope)["code"]
        reply = self.token_request("authorization_code", code=code, redirect_uri=REDIRECT)
        assert reply.status_code == 200, reply.text
        signed_in: dict[str, Any] = reply.json()
        return signed_in


Start = Callable[..., Api]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts sandboxes with the options given, and stops them."""
    running: list[SandboxThread] = []
    clients: list[httpx.Client] = []

    def started(**options: Any) -> Api:
        sandbox = SandboxThread(
            **{"contacts": 40, "rate_limit": "off", "index_lag_s": 0.0, **options}
        ).start()
        running.append(sandbox)
        api = Api(sandbox)
        clients.append(api.http)
        return api

    yield started
    for client in clients:
        client.close()
    for sandbox in running:
        sandbox.stop()


@pytest.fixture
def api(start: Start) -> Api:
    return start()
