from __future__ import annotations

import asyncio
import gc
import threading
from datetime import timedelta
from typing import Any

import pytest

from rapport.api.oauth import Tokens
from rapport.api.session import OAuthSession, StaticToken, decode, encode
from rapport.domain.errors import (
    AuthError,
    InactiveError,
    KeyringError,
    NetworkError,
    RapportError,
    RateLimitError,
    ServerError,
)


class Slots:
    """A vault in memory; ``broken`` makes writing fail."""

    def __init__(self, *tokens: Tokens) -> None:
        self.values = [encode(each) for each in tokens]
        self.broken = False

    def read_tokens(self) -> tuple[str, ...]:
        return tuple(self.values)

    def write_tokens(self, value: str) -> None:
        if self.broken:
            raise KeyringError("The keyring is locked.")
        self.values = [value, *self.values[:1]]


class Issuer:
    """Refresh tokens that work once, as the CRM's do."""

    def __init__(self, clock: Any, good: str = "r0") -> None:
        self.clock, self.good = clock, good
        self.calls: list[str] = []
        self.error: RapportError | None = None
        self.called = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def refresh(self, tokens: Tokens) -> Tokens:
        self.calls.append(tokens.refresh)
        self.called.set()
        await self.gate.wait()
        if self.error:
            raise self.error
        if tokens.refresh != self.good:
            raise AuthError("Invalid grant.", status=400)
        number = len(self.calls)
        self.good = f"r{number}"
        return made(self.clock, f"a{number}", self.good)


def made(clock: Any, access: str, refresh: str, life_s: float = 86_399) -> Tokens:
    return Tokens(
        access=access, refresh=refresh, expires_at=clock.now() + timedelta(seconds=life_s)
    )


@pytest.fixture
def issuer(clock: Any) -> Issuer:
    return Issuer(clock)


def session_of(clock: Any, issuer: Issuer, *tokens: Tokens) -> tuple[OAuthSession, Slots]:
    vault = Slots(*tokens)
    return OAuthSession(vault, issuer.refresh, clock=clock), vault


async def test_a_good_token_is_used_as_it_is(clock: Any, issuer: Issuer) -> None:
    session, _ = session_of(clock, issuer, made(clock, "a0", "r0"))
    assert await session.access_token() == "a0"
    assert issuer.calls == []


@pytest.mark.parametrize(("life_s", "calls"), [(59, 1), (61, 0), (-5, 1)])
async def test_a_token_is_renewed_a_minute_early(
    clock: Any, issuer: Issuer, life_s: float, calls: int
) -> None:
    session, vault = session_of(clock, issuer, made(clock, "a0", "r0", life_s))
    await session.access_token()
    assert len(issuer.calls) == calls
    current = decode(vault.values[0])
    assert current is not None
    assert current.access == ("a1" if calls else "a0")


async def test_a_hundred_refusals_are_one_refresh(clock: Any, issuer: Issuer) -> None:
    session, _ = session_of(clock, issuer, made(clock, "a0", "r0"))
    await session.access_token()
    assert set(await asyncio.gather(*(session.renewed("a0") for _ in range(100)))) == {"a1"}
    assert issuer.calls == ["r0"]
    assert await session.renewed("a0") == "a1"  # one who heard of the refusal late
    assert issuer.calls == ["r0"]


async def test_threads_share_one_refresh(clock: Any, issuer: Issuer) -> None:
    session, _ = session_of(clock, issuer, made(clock, "a0", "r0"))
    await session.access_token()
    issuer.gate.clear()
    got: list[str] = []
    barrier = threading.Barrier(9)

    async def elsewhere() -> str:
        barrier.wait()
        return await session.renewed("a0")

    mine = asyncio.ensure_future(session.renewed("a0"))
    await asyncio.sleep(0)
    threads = [
        threading.Thread(target=lambda: got.append(asyncio.run(elsewhere()))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    await asyncio.to_thread(barrier.wait)
    issuer.gate.set()
    assert await mine == "a1"
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert got == ["a1"] * 8
    assert issuer.calls == ["r0"]


async def test_who_asked_first_may_leave(clock: Any, issuer: Issuer) -> None:
    session, vault = session_of(clock, issuer, made(clock, "a0", "r0"))
    await session.access_token()
    issuer.gate.clear()
    first = asyncio.ensure_future(session.renewed("a0"))
    await issuer.called.wait()
    second = asyncio.ensure_future(session.renewed("a0"))
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    issuer.gate.set()
    assert await second == "a1"
    assert decode(vault.values[0]) == made(clock, "a1", "r1")


async def test_a_failure_that_nobody_waits_for_is_not_reported(clock: Any, issuer: Issuer) -> None:
    reported: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reported.append(context))
    session, _ = session_of(clock, issuer, made(clock, "a0", "r0"))
    await session.access_token()
    issuer.gate.clear()
    issuer.error = NetworkError("The CRM cannot be reached.")
    asked = asyncio.ensure_future(session.renewed("a0"))
    await issuer.called.wait()
    asked.cancel()
    await asyncio.wait([asked])
    del asked
    issuer.gate.set()
    while session._running:
        await asyncio.gather(*session._running)
    await asyncio.sleep(0)  # the news goes out in the next turn of the loop
    gc.collect()
    assert reported == []


async def test_the_other_slot_is_tried_once(clock: Any, issuer: Issuer) -> None:
    spent, good = made(clock, "ax", "spent"), made(clock, "a0", "r0")
    session, _ = session_of(clock, issuer, spent, good)
    assert await session.renewed("ax") == "a2"
    assert issuer.calls == ["spent", "r0"]


async def test_a_slot_cut_short_is_passed_over(clock: Any, issuer: Issuer) -> None:
    session, vault = session_of(clock, issuer, made(clock, "a0", "r0"))
    vault.values.insert(0, '{"access": "half')
    assert await session.access_token() == "a0"


async def test_invalid_grant_closes_the_gate_until_a_new_sign_in(
    clock: Any, issuer: Issuer
) -> None:
    session, _ = session_of(clock, issuer, made(clock, "a0", "spent"))
    for _ in range(3):
        with pytest.raises(AuthError):
            await session.renewed("a0")
        with pytest.raises(AuthError):
            await session.access_token()
    assert issuer.calls == ["spent"]
    session.signed_in(made(clock, "b0", issuer.good))
    assert await session.access_token() == "b0"


async def test_a_fresh_token_that_is_refused_is_not_refreshed_again(
    clock: Any, issuer: Issuer
) -> None:
    session, _ = session_of(clock, issuer, made(clock, "a0", "r0"))
    assert await session.renewed("a0") == "a1"
    for _ in range(3):
        with pytest.raises(AuthError):
            await session.renewed("a1")
    assert issuer.calls == ["r0"]


@pytest.mark.parametrize(
    "error",
    [NetworkError("The connection broke.", sent=True), ServerError("A problem.", status=502)],
)
async def test_trouble_on_the_way_is_no_sign_out_and_the_request_was_not_sent(
    clock: Any, issuer: Issuer, error: RapportError
) -> None:
    session, _ = session_of(clock, issuer, made(clock, "a0", "r0", life_s=5))
    issuer.error = error
    with pytest.raises(NetworkError) as caught:
        await session.access_token()
    assert caught.value.sent is False
    issuer.error = None
    assert await session.access_token() == "a2"


async def test_an_inactive_location_is_not_fatal(clock: Any, issuer: Issuer) -> None:
    session, _ = session_of(clock, issuer, made(clock, "a0", "r0", life_s=5))
    issuer.error = RateLimitError("This location is not active in the CRM.", retry_after_s=300)
    with pytest.raises(RateLimitError):
        await session.access_token()
    issuer.error = None
    assert await session.access_token() == "a2"


async def test_a_keyring_that_fails_does_not_lose_the_new_tokens(
    clock: Any, issuer: Issuer
) -> None:
    session, vault = session_of(clock, issuer, made(clock, "a0", "r0", life_s=5))
    vault.broken = True
    assert await session.access_token() == "a1"
    vault.broken = False
    clock.elapsed += 61
    assert await session.access_token() == "a1"
    stored = decode(vault.values[0])
    assert stored is not None
    assert stored.refresh == "r1"
    assert issuer.calls == ["r0"]


async def test_another_process_that_refreshed_is_believed(clock: Any, issuer: Issuer) -> None:
    session, vault = session_of(clock, issuer, made(clock, "a0", "r0"))
    await session.access_token()
    vault.write_tokens(encode(made(clock, "a9", "r9")))
    assert await session.renewed("a0") == "a9"
    assert issuer.calls == []


async def test_the_clock_may_jump_two_days_without_a_storm(clock: Any, issuer: Issuer) -> None:
    session, _ = session_of(clock, issuer, made(clock, "a0", "r0"))
    await session.access_token()
    clock.started += timedelta(days=2)
    for _ in range(20):
        await session.access_token()
    clock.started -= timedelta(days=4)
    for _ in range(20):
        await session.access_token()
    assert issuer.calls == ["r0"]


async def test_nobody_signed_in(clock: Any, issuer: Issuer) -> None:
    session, _ = session_of(clock, issuer)
    with pytest.raises(AuthError):
        await session.access_token()


async def test_a_private_token_cannot_be_renewed(clock: Any, issuer: Issuer) -> None:
    session, _ = session_of(clock, issuer, Tokens(access="pit-1"))
    assert await session.access_token() == "pit-1"
    with pytest.raises(AuthError):
        await session.renewed("pit-1")
    assert issuer.calls == []
    static = StaticToken("pit-2")
    assert await static.access_token() == "pit-2"
    with pytest.raises(AuthError):
        await static.renewed("pit-2")


def test_an_error_while_decoding_is_no_token_set() -> None:
    assert decode("") is None
    assert decode("[]") is None
    assert decode('{"access": 7}') is None


async def test_another_way_is_tried_after_every_slot_and_before_the_person(
    clock: Any, issuer: Issuer
) -> None:
    asked: list[str] = []

    async def anew(tokens: Tokens) -> Tokens:
        asked.append(tokens.access)
        return made(clock, f"anew-{len(asked)}", "n1")

    vault = Slots(made(clock, "ax", "spent"), made(clock, "aw", "spent-too"))
    session = OAuthSession(vault, issuer.refresh, clock=clock, anew=anew)
    assert await session.renewed("ax") == "anew-1"
    assert (issuer.calls, asked) == (["spent", "spent-too"], ["ax"])
    assert vault.values[0] == encode(made(clock, "anew-1", "n1"))

    # Without a refresh token it is the only way, and as early as with one.
    vault = Slots(made(clock, "ay", "", life_s=30))
    session = OAuthSession(vault, issuer.refresh, clock=clock, anew=anew)
    assert await session.access_token() == "anew-2"
    # Nobody signed in: there is nothing to begin from.
    with pytest.raises(AuthError):
        await OAuthSession(Slots(), issuer.refresh, clock=clock, anew=anew).access_token()


async def test_an_inactive_location_is_not_asked_for_in_another_way(
    clock: Any, issuer: Issuer
) -> None:
    async def anew(tokens: Tokens) -> Tokens:
        raise AssertionError("the same token works again later")

    vault = Slots(made(clock, "a0", "r0", life_s=5))
    session = OAuthSession(vault, issuer.refresh, clock=clock, anew=anew)
    issuer.error = InactiveError("This location is not active in the CRM.", retry_after_s=300)
    with pytest.raises(InactiveError):
        await session.access_token()
    issuer.error = None
    assert await session.access_token() == "a2"
