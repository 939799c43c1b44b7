"""The production server: Granian, a Rust HTTP server with WSGI worker processes."""

import ctypes
import os
import select
import signal
from contextlib import suppress
from typing import Final

from flask import Flask
from granian.constants import Interfaces
from granian.server import Server

from app.settings import Settings

THREADS: Final = 32
"""Requests a worker process works on at once; most of them may wait for the upstream."""
BACKPRESSURE: Final = 128
"""Requests a worker process takes on before the rest wait in the listen queue."""
STOP_SECONDS: Final = 30
"""How long a stopping worker may finish what is under way."""


PR_SET_PDEATHSIG: Final = 1
"""prctl(2): the signal to send when the parent ends."""


class _Wakeup:
    """An event that signal handlers may set.

    Granian's own is a `threading.Event`, whose lock a handler waits for without end where the
    signal came while the main thread held it: two signals at once, as a process group and `make`
    send them, hang the server. A pipe has no lock.
    """

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)

    def set(self) -> None:
        with suppress(BlockingIOError):  # full, so set
            os.write(self._writer, b"!")

    def wait(self) -> None:
        select.select([self._reader], [], [])

    def clear(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self._reader, 4096):
                pass


def worker() -> Flask:
    """Make the application of a worker process, which only its server stops.

    In a process group of its own, since a Ctrl-C at the terminal would reach it a second time
    and a worker that is signalled twice can hang; and never without its server, which could
    otherwise be killed and leave it serving.
    """
    from wsgi import app

    os.setpgid(0, 0)
    with suppress(AttributeError, OSError):  # Linux only
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    return app


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C; what is under way is finished first."""
    server = Server(
        "app.server:worker",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_concurrency,
        blocking_threads=THREADS,
        backpressure=BACKPRESSURE,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
        websockets=False,
        log_level=settings.log_level.lower(),  # type: ignore[arg-type]
    )
    server.main_loop_interrupt = _Wakeup()  # type: ignore[assignment]
    server.serve()
