"""Callers who ask for what has to be fetched and hang up soon, over real sockets."""

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count, islice
from threading import Event

HELD = 0.3
"""Seconds after which a caller hangs up."""


def made_up(first: int = 0) -> Iterator[str]:
    """Codes that no list has, each once."""
    return (f"99-{number // 100 % 10000:04}.{number % 100:02}" for number in count(first))


def hang_up(port: int, codes: Iterable[str], held: float = HELD) -> int:
    """Ask for each code on a connection of its own, and close all of them; how many there were."""
    asked = 0
    with ExitStack() as stack:
        for code in codes:
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            one.sendall(f"GET /occupations/{code} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            asked += 1
        time.sleep(held)
    return asked


@contextmanager
def flooding(port: int, at_once: int) -> Iterator[Callable[[], int]]:
    """Have so many callers at a time ask for made-up codes and hang up, as long as the block lasts.

    Gives what tells how many there were so far.
    """
    codes, stop, rounds = made_up(), Event(), []

    def flood() -> None:
        while not stop.is_set():
            rounds.append(hang_up(port, islice(codes, at_once)))

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(flood)
        try:
            yield lambda: sum(rounds)
        finally:
            stop.set()
            done.result(60)
