"""Bodies are read whole, within a time and a length, or refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.problems import Problem
from app.server import bodies
from app.server.bodies import Bodies


async def arriving(chunks: list[bytes], breaks: bool = False) -> AsyncIterator[bytes]:
    """Chunks as the server hands them on: an empty one at the end, two where it broke."""
    for chunk in chunks:
        yield chunk
    yield b""
    if breaks:
        yield b""


async def stalled(first: bytes) -> AsyncIterator[bytes]:
    yield first
    await asyncio.Event().wait()


def received(chunks: AsyncIterator[bytes], declared: int | None) -> bytes:
    return asyncio.run(Bodies().receive(chunks, declared))


@given(st.lists(st.binary(min_size=1, max_size=50)))
def test_a_whole_body_is_what_was_sent_however_it_was_cut_up(chunks):
    whole = b"".join(chunks)

    assert whole == received(arriving(chunks), len(whole))
    assert whole == received(arriving(chunks), None)


@given(st.binary(max_size=50), st.integers(1, 100))
def test_less_than_was_declared_is_refused(sent, lacking):
    with pytest.raises(Problem) as refused:
        received(arriving([sent]), len(sent) + lacking)

    assert 400 == refused.value.status


@pytest.mark.parametrize("declared", [4, None])
def test_a_connection_that_breaks_is_refused(declared):
    with pytest.raises(Problem) as refused:
        received(arriving([b"1234"], breaks=True), declared)

    assert 400 == refused.value.status


@pytest.mark.parametrize("declared", [5, None])
def test_a_body_that_stalls_is_refused_in_time(monkeypatch, declared):
    monkeypatch.setattr(bodies, "SECONDS", 0.01)

    with pytest.raises(Problem) as refused:
        received(stalled(b"1"), declared)

    assert 408 == refused.value.status


def test_a_server_that_stops_gives_up_a_body_at_once():
    async def stop_meanwhile() -> None:
        task = asyncio.create_task(Bodies().receive(stalled(b"1"), 5))
        await asyncio.sleep(0.01)
        task.cancel()
        await task

    with pytest.raises(Problem) as refused:
        asyncio.run(stop_meanwhile())

    assert 408 == refused.value.status


def test_of_a_body_that_is_too_long_no_more_is_read_than_may_be(monkeypatch):
    monkeypatch.setattr(bodies, "LONGEST", 10)
    asked = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            asked.append(1)
            yield b"1234"

    for declared in (11, None):
        with pytest.raises(Problem) as refused:
            received(endless(), declared)
        assert 413 == refused.value.status
    assert 3 == len(asked)  # none of the one that says how long it is


def test_all_bodies_together_take_no_more_than_they_may_and_give_it_back(monkeypatch):
    monkeypatch.setattr(bodies, "MOST_AT_ONCE", 10)

    async def two_at_once() -> list[object]:
        reader = Bodies()
        first = asyncio.create_task(reader.receive(stalled(b"123456"), 7))
        await asyncio.sleep(0)
        second = await asyncio.gather(
            reader.receive(arriving([b"123456"]), 6), return_exceptions=True
        )
        first.cancel()
        with suppress(Problem):
            await first
        return [*second, await reader.receive(arriving([b"123456"]), 6)]

    refused, afterwards = asyncio.run(two_at_once())

    assert isinstance(refused, Problem)
    assert (503, b"123456") == (refused.status, afterwards)
