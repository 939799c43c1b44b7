"""Bodies are read whole, within a time and a length, or refused."""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.problems import Problem
from app.server import bodies
from app.server.bodies import Bodies, arrived


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


class Coming:
    """A body that the server reads whole, and that comes or breaks when it is told to."""

    def __init__(self) -> None:
        self.future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.done, self.result = self.future.done, self.future.result

    def __await__(self) -> Generator[Any, None, bytes]:
        return self.future.__await__()


def received_whole(declared: int, sent: bytes | Exception | None) -> bytes:
    """Read a body of which nothing is there at first."""

    async def read() -> bytes:
        coming = Coming()
        assert arrived(coming, declared) is None
        reading = asyncio.create_task(Bodies().receive_whole(coming, declared))
        await asyncio.sleep(0)
        if isinstance(sent, Exception):
            coming.future.set_exception(sent)
        elif sent is not None:
            coming.future.set_result(sent)
        return await reading

    return asyncio.run(read())


@contextmanager
def refused(status: int, detail: str | None = None) -> Iterator[None]:
    """Expect that a body is refused with a status, in these words where any are given."""
    with pytest.raises(Problem) as raised:
        yield
    assert (status, detail or raised.value.detail) == (raised.value.status, raised.value.detail)


def received(chunks: AsyncIterator[bytes], declared: int | None) -> bytes:
    return asyncio.run(Bodies().receive(chunks, declared))


@given(st.lists(st.binary(min_size=1, max_size=50)))
def test_a_whole_body_is_what_was_sent_however_it_was_cut_up(chunks):
    whole = b"".join(chunks)

    assert whole == received(arriving(chunks), len(whole))
    assert whole == received(arriving(chunks), None)


@given(st.binary(max_size=50), st.integers(1, 100))
def test_less_than_was_declared_is_refused(sent, lacking):
    with refused(400):
        received(arriving([sent]), len(sent) + lacking)


@pytest.mark.parametrize("declared", [4, None])
def test_a_connection_that_breaks_is_refused(declared):
    with refused(400):
        received(arriving([b"1234"], breaks=True), declared)


@pytest.mark.parametrize("declared", [5, None])
def test_a_body_that_stalls_is_refused_in_time(monkeypatch, declared):
    monkeypatch.setattr(bodies, "SECONDS", 0.01)

    with refused(408):
        received(stalled(b"1"), declared)


def test_a_server_that_stops_gives_up_a_body_at_once():
    async def stop_meanwhile() -> None:
        task = asyncio.create_task(Bodies().receive(stalled(b"1"), 5))
        await asyncio.sleep(0.01)
        task.cancel()
        await task

    with refused(503, "The server is stopping. Try again shortly."):
        asyncio.run(stop_meanwhile())


def test_of_a_body_that_is_too_long_no_more_is_read_than_may_be(monkeypatch):
    monkeypatch.setattr(bodies, "LONGEST", 10)
    asked = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            asked.append(1)
            yield b"1234"

    for declared in (11, None):
        with refused(413):
            received(endless(), declared)
    assert 3 == len(asked)  # none of the one that says how long it is


def test_where_all_bodies_together_are_too_much_the_longest_is_given_up(monkeypatch):
    monkeypatch.setattr(bodies, "MOST_AT_ONCE", 20)

    async def several() -> list[object]:
        reader = Bodies()
        held = [b"1234567890", b"123456789"]
        hoards = [asyncio.create_task(reader.receive(stalled(one), 11)) for one in held]
        await asyncio.sleep(0.01)
        small = await reader.receive(arriving([b"123"]), 3)
        again = await reader.receive(arriving([b"12345"]), 5)  # there is room now
        hoards[1].cancel()
        found = await asyncio.gather(*hoards, return_exceptions=True)
        return [small, again, *found]

    small, again, evicted, stopped = asyncio.run(several())

    assert (b"123", b"12345") == (small, again)
    assert isinstance(evicted, Problem)
    assert isinstance(stopped, Problem)
    assert (503, True, True) == (
        evicted.status,
        "too many bodies" in evicted.detail,
        "stopping" in stopped.detail,
    )


def test_a_short_body_is_read_whole_when_it_comes():
    assert b"1234" == received_whole(4, b"1234")


@pytest.mark.parametrize(
    ("sent", "status"), [(b"123", 400), (RuntimeError("broke"), 400), (None, 408)]
)
def test_a_short_body_that_does_not_come_whole_is_refused(monkeypatch, sent, status):
    monkeypatch.setattr(bodies, "SECONDS", 0.01)

    with refused(status):
        received_whole(4, sent)


def test_a_short_body_that_is_there_is_taken_at_once_and_a_broken_one_refused():
    async def there(sent: bytes | Exception) -> bytes | None:
        coming = Coming()
        if isinstance(sent, Exception):
            coming.future.set_exception(sent)
        else:
            coming.future.set_result(sent)
        return arrived(coming, 4)

    assert b"1234" == asyncio.run(there(b"1234"))
    for broken in (b"123", RuntimeError("broke")):
        with refused(400):
            asyncio.run(there(broken))


def test_short_bodies_count_as_long_as_they_say_that_they_are(monkeypatch):
    monkeypatch.setattr(bodies, "MOST_AT_ONCE", 20)

    async def several() -> list[object]:
        reader = Bodies()
        first, last = Coming(), Coming()
        reading = [asyncio.create_task(reader.receive_whole(first, 15)),
                   asyncio.create_task(reader.receive_whole(last, 6))]  # fmt: skip
        await asyncio.sleep(0.01)
        last.future.set_result(b"123456")
        return await asyncio.gather(*reading, return_exceptions=True)

    evicted, there = asyncio.run(several())

    assert b"123456" == there
    assert isinstance(evicted, Problem)
    assert (503, True) == (evicted.status, "too many bodies" in evicted.detail)
