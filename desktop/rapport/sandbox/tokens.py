"""Access, refresh and private-integration tokens, and authorization codes.

Only hashes are stored. An access token is a signed JWT with the vendor's claims, but like any
client the sandbox treats it as opaque and looks it up.
"""

import functools
import hashlib
import random
import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from joserfc import jwt
from joserfc.jwk import RSAKey

from . import ids, scopes
from .clock import Clock
from .store import Doc, Store, decode, encode

ACCESS_S = 86_399
REFRESH_S = 365 * 86_400
CODE_S = 600

Kind = Literal["access", "refresh", "code", "private"]


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom a token speaks for. ``location_id`` is empty for an agency's token."""

    company_id: str
    location_id: str
    user_id: str
    scopes: tuple[str, ...]
    app: str
    private: bool = False

    @property
    def is_company(self) -> bool:
        return not self.location_id

    @property
    def resource(self) -> str:
        """What rate limits are counted for."""
        return f"{self.app}:{self.location_id or self.company_id}"

    def reaches(self, location_id: str) -> bool:
        return location_id == self.location_id

    def as_private(self) -> "Grant":
        """The same for a private-integration token, which is counted on its own."""
        return replace(self, app="private", private=True)


@dataclass(frozen=True, slots=True)
class Client:
    """The app registered with the sandbox."""

    id: str
    secret: str
    redirect_uri: str = "http://127.0.0.1:47311/callback"

    @classmethod
    def from_seed(cls, seed: int) -> "Client":
        rng = random.Random(f"client {seed}")
        app = ids.mongo_id(rng)
        version = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=8))
        return cls(id=f"{app}-{version}", secret=ids.uuid_id(rng))

    @property
    def app_id(self) -> str:
        return self.id.split("-")[0]


@dataclass(slots=True)
class Held:
    """What is known of one token."""

    hash: str
    family: str  # the installation it descends from
    grant: Grant
    live: bool
    doc: Doc


@functools.cache
def _signing_key() -> RSAKey:
    """One for the process: making it takes longer than starting a small sandbox."""
    return RSAKey.generate_key(2048)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Tokens:
    """Issues, finds, expires and revokes tokens."""

    def __init__(self, store: Store, clock: Clock, client: Client) -> None:
        self._store = store
        self._clock = clock
        self.client = client
        self._held: dict[str, tuple[Grant, int]] = {}  # live access tokens: grant and expiry

    # -- issuing -----------------------------------------------------------------------------

    def access(self, grant: Grant, family: str = "") -> str:
        now = int(self._clock.now())
        resource = grant.location_id or grant.company_id
        level = "Company" if grant.is_company else "Location"
        claims: dict[str, Any] = {
            "authClass": level,
            "authClassId": resource,
            "source": "INTEGRATION",
            "sourceId": self.client.id,
            "channel": "OAUTH",
            "primaryAuthClassId": resource,
            "oauthMeta": {"scopes": list(grant.scopes), "client": self.client.app_id},
            "jti": secrets.token_hex(12),
            "iat": now,
            "exp": now + ACCESS_S,
        }
        token = jwt.encode({"alg": "RS256", "typ": "JWT"}, claims, _signing_key())
        self._keep(token, "access", grant, ACCESS_S, family)
        return token

    def refresh(self, grant: Grant, family: str) -> tuple[str, str]:
        """A refresh token and its id."""
        token_id = ids.mongo_id()
        token = f"{secrets.token_urlsafe(48)}.{token_id}"
        self._keep(token, "refresh", grant, REFRESH_S, family)
        return token, token_id

    def code(self, grant: Grant, redirect_uri: str | None, challenge: str | None) -> str:
        """An authorization code; without ``redirect_uri`` it fits any."""
        token = secrets.token_hex(20)
        extra = {"redirect_uri": redirect_uri, "challenge": challenge}
        self._keep(token, "code", grant, CODE_S, secrets.token_hex(8), extra)
        return token

    def private(self, grant: Grant) -> str:
        """A private-integration token: static, without expiry."""
        token = f"pit-{ids.uuid_id()}"
        self._keep(token, "private", grant, 100 * REFRESH_S, "")
        return token

    def _keep(
        self,
        token: str,
        kind: Kind,
        grant: Grant,
        expires_s: int,
        family: str,
        extra: Doc | None = None,
    ) -> None:
        doc = {"grant": asdict(grant), **(extra or {})}
        self._store.db.execute(
            "INSERT INTO token VALUES (?,?,?,?,'live',?)",
            (digest(token), kind, family, self._clock.now_ms() + expires_s * 1000, encode(doc)),
        )

    # -- finding -----------------------------------------------------------------------------

    def bearer(self, token: str) -> Grant | None:
        """The grant of a live access or private-integration token."""
        known = self._held.get(token)
        if known is None:
            for kind in ("access", "private"):
                held = self.find(kind, token)
                if held is not None and held.live:
                    known = self._held[token] = held.grant, held.doc["expires"]
        if known is None or known[1] <= self._clock.now_ms():
            return None
        return known[0]

    def find(self, kind: Kind, token: str) -> Held | None:
        row = self._store.db.execute(
            "SELECT hash, family, expires, state, doc FROM token WHERE hash=? AND kind=?",
            (digest(token), kind),
        ).fetchone()
        if row is None:
            return None
        doc = decode(row[4])
        doc["expires"] = row[2]
        fields = {**doc["grant"], "scopes": tuple(doc["grant"]["scopes"])}
        live = row[3] == "live" and row[2] > self._clock.now_ms()
        return Held(row[0], row[1], Grant(**fields), live, doc)

    # -- ending ------------------------------------------------------------------------------

    def spend(self, held: Held) -> None:
        """A code or refresh token can be used once."""
        self._store.db.execute("UPDATE token SET state='used' WHERE hash=?", (held.hash,))

    def revoke(self, token: str | None = None, kinds: tuple[Kind, ...] = ("access",)) -> int:
        """End one token, or all of these kinds; how many there were."""
        return self._end("state='revoked'", (), token, kinds)

    def expire(self, token: str | None = None, kinds: tuple[Kind, ...] = ("access",)) -> int:
        return self._end("expires=?", (self._clock.now_ms(),), token, kinds)

    def revoke_family(self, family: str) -> None:
        """End an installation: every token that descends from its code."""
        self._held.clear()
        self._store.db.execute(
            "UPDATE token SET state='revoked' WHERE family=? AND state='live'", (family,)
        )

    def forget_all(self) -> None:
        self._held.clear()
        self._store.db.execute("DELETE FROM token")

    def _end(
        self, change: str, values: tuple[Any, ...], token: str | None, kinds: tuple[Kind, ...]
    ) -> int:
        self._held.clear()
        marks = ",".join("?" * len(kinds))
        where = f"kind IN ({marks}) AND state='live'"
        bound = [*values, *kinds]
        if token is not None:
            where += " AND hash=?"
            bound.append(digest(token))
        return self._store.db.execute(f"UPDATE token SET {change} WHERE {where}", bound).rowcount


def full_location_grant(company_id: str, location_id: str, user_id: str, app: str) -> Grant:
    return Grant(company_id, location_id, user_id, scopes.LOCATION, app)


def agency_grant(company_id: str, user_id: str, app: str) -> Grant:
    """An agency's token: every scope, and no location of its own."""
    return Grant(company_id, "", user_id, tuple(scopes.PLAIN), app)
