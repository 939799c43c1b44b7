"""Clients that mean no good: many connections that are silent, slow or break."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

POST = (
    b"POST /skill-gap/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n"
)
CHUNKED = (
    b"POST /skill-gap/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
HIT = b"GET /skill-gap?from=11-1011.00&to=15-1254.00 HTTP/1.1\r\nHost: x\r\n\r\n"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"
"""Of HTTP/2 over cleartext (RFC 9113 section 3.4), with its first frame."""


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _sending(text: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(text)


def _idle(connection: socket.socket) -> None:
    connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    connection.recv(1000)


def _resetting(text: bytes) -> Callable[[socket.socket], None]:
    def send_and_reset(connection: socket.socket) -> None:
        connection.sendall(text)
        _reset(connection)

    return send_and_reset


WAYS: dict[str, Callable[[socket.socket], None]] = {
    "silent": lambda _: None,
    "half a head": _sending(b"GET /health HTTP/1.1\r\nHo"),
    "idle after an answer": _idle,
    "half a body": _sending(POST % 1000 + b'{"pairs"'),
    "half a chunk": _sending(CHUNKED + b'20\r\n{"pairs"'),
    "a body that is declared longer than any": _sending(POST % 10**12 + b"{"),
    "most of a long body": _sending(POST % 900_000 + b" " * 30_000),
    "an answer that is not read": _sending(HIT),
    "HTTP/2": _sending(PREFACE),
    "reset at once": _reset,
    "reset within a body": _resetting(POST % 1000 + b'{"pairs"'),
    "reset before the answer": _resetting(HIT),
}
"""What each of many connections does, and then does nothing more."""


@contextmanager
def connections(url: str, way: str, number: int) -> Iterator[list[socket.socket]]:
    """Open so many connections that all do the same, and close them at the end of the block."""
    address = urlsplit(url)
    opened: list[socket.socket] = []
    try:
        for _ in range(number):
            connection = socket.create_connection((address.hostname, address.port), timeout=10)
            opened.append(connection)
            with suppress(ConnectionError):  # the server has hung up on it already
                WAYS[way](connection)
        yield opened
    finally:
        for connection in opened:
            connection.close()
