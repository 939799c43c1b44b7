"""A server on a socket of loopback that answers by a script, byte by byte, with TLS or without."""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread

ABOUT = b'{"database": {"name": "O*NET 30.3"}}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WHOLE = HEAD + b"Content-Length: %d\r\n\r\n" % len(ABOUT) + ABOUT


class ScriptedServer:
    """Answers every request by a script, which is given the connection."""

    def __init__(
        self, answer: Callable[[socket.socket], None], tls: ssl.SSLContext | None = None
    ) -> None:
        self._answer = answer
        self._tls = tls
        self.connections = 0
        self.stopping = Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self._open: list[socket.socket] = []
        self._threads = [Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                self._threads.append(Thread(target=self._serve, args=(connection,)))
                self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            talking = (
                self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
            )
            self._open.append(talking)
            with talking:
                while talking.recv(65_536):
                    self._answer(talking)

    def stop(self) -> None:
        self.stopping.set()
        for one in (self._socket, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join()
