"""An HTTP adapter whose reads end by a deadline.

A time-out of `requests` limits the wait for each piece of a reply, not for all of it: a
server that sends a byte now and then, in its headers or its body, is never too late. Here
every read from the socket is given no more than what the deadline leaves.
"""

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from onet_client.deadline import Deadline

_deadline: ContextVar[Deadline] = ContextVar("deadline")


@contextmanager
def reading_until(deadline: Deadline) -> Iterator[None]:
    """Limit reads by this thread, over connections of a `DeadlineAdapter`."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


class _Reader(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._socket = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = _deadline.get().remaining()
        if left <= 0:
            raise TimeoutError("the deadline passed while reading")
        configured = self._socket.gettimeout()  # urllib3 sets it anew for each request
        self._socket.settimeout(left if configured is None else min(left, configured))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_Reader(raw, sock))


class _HTTPConnection(HTTPConnection):
    response_class = _Response


class _HTTPSConnection(HTTPSConnection):
    response_class = _Response


class DeadlineAdapter(HTTPAdapter):
    """Opens connections that obey `reading_until`."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool for a request, as the base class has it, with such connections."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _HTTPSConnection if pool.scheme == "https" else _HTTPConnection
        return pool
