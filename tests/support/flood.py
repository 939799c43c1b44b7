"""Callers who ask for what has to be fetched and hang up soon, and a server that notices."""

import select
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count, islice
from socketserver import ThreadingMixIn
from threading import Event, Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

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


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 512


class _Handler(WSGIRequestHandler):
    def get_environ(self) -> dict[str, Any]:
        gone = Event()
        Thread(target=_watch, args=(self.connection, gone), daemon=True).start()
        return super().get_environ() | {"skillgap.abandoned": gone}

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _watch(connection: socket.socket, gone: Event) -> None:
    try:
        while not select.select([connection], [], [], 0.05)[0]:
            pass
        if connection.recv(1, socket.MSG_PEEK) == b"":
            gone.set()
    except (OSError, ValueError):  # reset by the caller, or closed here after the answer
        gone.set()


@contextmanager
def watching(app: Any) -> Iterator[int]:
    """Serve an application on a port of loopback until the block ends.

    The event in the environ of a request tells that its caller has hung up.
    """
    server = make_server("127.0.0.1", 0, app, _Server, _Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
