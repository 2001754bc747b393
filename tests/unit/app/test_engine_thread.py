"""The engine's loop: one way in, and an end that leaves nothing running."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading

import pytest

from rapport.app.engine_thread import EngineThread


def test_work_runs_there_and_its_result_comes_back() -> None:
    engine = EngineThread()
    engine.start()

    async def where() -> str:
        return threading.current_thread().name

    assert engine.run(where()).result(5) == "engine"
    engine.stop()


async def test_an_error_comes_back_as_it_was() -> None:
    engine = EngineThread()
    engine.start()

    async def fail() -> None:
        raise LookupError("here")

    with pytest.raises(LookupError, match="here"):
        await asyncio.wrap_future(engine.run(fail()))
    await asyncio.to_thread(engine.stop)


def test_stopping_cancels_what_runs_and_lets_it_tidy_up() -> None:
    engine = EngineThread()
    engine.start()
    began, tidied = threading.Event(), threading.Event()

    async def endless() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.set()

    future = engine.run(endless())
    assert began.wait(5)
    engine.stop()
    assert tidied.is_set()
    with pytest.raises(concurrent.futures.CancelledError):
        future.result(5)
    assert not engine._thread.is_alive()


def test_one_that_never_began_ends_all_the_same() -> None:
    engine = EngineThread()
    engine.stop()
    assert engine._loop.is_closed()


def test_it_ends_once() -> None:
    engine = EngineThread()
    engine.start()
    engine.stop()
    engine.stop()
    assert engine._loop.is_closed()
