"""What an agency's token is for: where the app is installed, and a token for each location."""

from __future__ import annotations

from urllib.parse import urlencode

from rapport.api.caller import Caller
from rapport.api.forms import Form
from rapport.api.oauth import MINT_SCOPE, Tokens, inactive, of_same_account, tokens_from
from rapport.api.operations import Operation
from rapport.api.pacing import Lane
from rapport.domain.errors import ApiError, AuthError, InvalidError, RateLimitError, ServerError
from rapport.domain.ports import Clock
from rapport.domain.settings import InstalledLocation, InstalledPage

INSTALLED_LOCATIONS = Operation(
    "oauth.installed-locations", "GET", "/oauth/installedLocations", "oauth.readonly"
)
LOCATION_TOKEN = Operation("oauth.location-token", "POST", "/oauth/locationToken", MINT_SCOPE)
PAGE = 100


class Agency:
    """``caller`` holds the agency's token, which refuses everything else a location's is for."""

    def __init__(self, caller: Caller, *, company_id: str, app_id: str, clock: Clock) -> None:
        self._caller = caller
        self._company_id = company_id
        self._app_id = app_id
        self._clock = clock

    async def installed(self, skip: int = 0) -> InstalledPage:
        """The next of the locations that have the app. Raises CapabilityError without the scope for
        it."""
        raw = await self._caller.request(
            INSTALLED_LOCATIONS,
            query={
                "companyId": self._company_id,
                "appId": self._app_id,
                "isInstalled": True,
                "skip": str(skip),
                "limit": str(PAGE),
            },
            lane=Lane.PERSON,
        )
        found = raw.get("locations") if isinstance(raw, dict) else None
        if not isinstance(found, list):
            raise ServerError(
                "The CRM’s answer cannot be understood.", "Try again later.", status=200
            )
        locations = tuple(
            InstalledLocation(
                id=one["_id"], name=_text(one, "name") or one["_id"], address=_text(one, "address")
            )
            for one in found
            if isinstance(one, dict) and isinstance(one.get("_id"), str) and one["_id"]
        )
        return InstalledPage(locations=locations, more=len(found) == PAGE)

    async def mint(self, location_id: str) -> Tokens:
        """A token set for one location. It may lack a refresh token (FACTS A, Agency → location).

        Raises CapabilityError when the agency's token may not, InactiveError while the location is
        not active.
        """
        fields = {"companyId": self._company_id, "locationId": location_id}
        form = Form(urlencode(fields).encode(), "application/x-www-form-urlencoded")
        try:
            reply = await self._caller.exchange(LOCATION_TOKEN, form=form, lane=Lane.PERSON)
        except InvalidError as error:
            if "not active" in error.message.lower():
                raise inactive(error.status, error.message) from None
            raise
        minted = tokens_from(reply.json(), self._clock.now(), scopes=())
        asked = Tokens(access="", location_id=location_id, company_id=self._company_id)
        return of_same_account(minted, asked)

    async def minted_anew(self, tokens: Tokens) -> Tokens:
        """The next token set of a location. Raises AuthError when the agency has none for it any
        more; see ``mint`` for the rest."""
        try:
            return of_same_account(await self.mint(tokens.location_id), tokens)
        except (AuthError, RateLimitError, ServerError):
            raise
        except ApiError as error:
            raise AuthError(
                "The agency’s sign-in does not open this location any more.",
                "Sign in again. Everything here stays readable and your edits are kept.",
                status=error.status,
                details=error.details,
            ) from error


def _text(raw: dict[str, object], name: str) -> str:
    value = raw.get(name)
    return value.strip() if isinstance(value, str) else ""
