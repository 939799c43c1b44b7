"""A small WSGI server that notices when a caller hangs up, as the environ's event tells."""

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Event, Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


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
    """Serve an application on a port of loopback until the block ends."""
    server = make_server("127.0.0.1", 0, app, _Server, _Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
