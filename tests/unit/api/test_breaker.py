from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from rapport.api.breaker import PROBE_EVERY_S, Breaker
from rapport.domain.errors import OutageError


def outage(breaker: Breaker, clock: Any, seconds: int) -> list[float]:
    """A request every second, each of which fails at once: when those went out that were let."""
    sent = []
    for _ in range(seconds):
        try:
            breaker.admit()
        except OutageError:
            pass
        else:
            sent.append(clock.monotonic())
            breaker.failed(clock.monotonic())
        clock.elapsed += 1.0
    return sent


def test_an_hour_of_failures_is_a_probe_a_minute(clock: Any) -> None:
    breaker = Breaker(clock)
    sent = outage(breaker, clock, 3600)
    opened = 11
    assert sent[:opened] == [float(second) for second in range(opened)]
    probes = sent[opened - 1 :]
    assert min(b - a for a, b in pairwise(probes)) >= PROBE_EVERY_S
    assert len(probes) <= 60


def test_the_sentence_comes_at_once_and_says_when(clock: Any) -> None:
    breaker = Breaker(clock)
    outage(breaker, clock, 20)
    with pytest.raises(OutageError) as caught:
        breaker.check()
    assert not caught.value.sent
    assert 0 < caught.value.retry_after_s <= PROBE_EVERY_S
    assert caught.value.retry_after_s == breaker.retry_s()
    assert "Edits are kept" in caught.value.message


def test_one_good_reply_closes_it(clock: Any) -> None:
    breaker = Breaker(clock)
    outage(breaker, clock, 20)
    clock.elapsed += PROBE_EVERY_S
    breaker.check()
    breaker.admit()
    with pytest.raises(OutageError):  # the probe is on its way: nobody else
        breaker.admit()
    breaker.succeeded()
    assert breaker.retry_s() == 0
    assert len(outage(breaker, clock, 9)) == 9


def test_a_probe_that_is_never_heard_of_is_followed_by_another(clock: Any) -> None:
    breaker = Breaker(clock)
    outage(breaker, clock, 20)
    for _ in range(3):
        clock.elapsed += PROBE_EVERY_S
        breaker.admit()  # and cancelled


def test_short_trouble_and_single_failures_are_left_to_backoff(clock: Any) -> None:
    breaker = Breaker(clock)
    for _ in range(50):  # many at once, as when the server restarts
        breaker.failed(clock.monotonic())
    breaker.admit()
    breaker.succeeded()
    for _ in range(500):
        breaker.failed(clock.monotonic())
        clock.elapsed += 5.0
        breaker.succeeded()
    breaker.admit()


def test_silence_counts_from_when_the_request_was_sent_and_together_once(clock: Any) -> None:
    breaker = Breaker(clock)
    for _ in range(3):
        sent_at = clock.monotonic()
        clock.elapsed += 20.0
        for _ in range(8):  # all that was under way when the train went into the tunnel
            breaker.failed(sent_at)
        breaker.check()
    breaker.failed(clock.monotonic())
    with pytest.raises(OutageError):
        breaker.check()
