"""The production server: Granian, a Rust HTTP server with WSGI worker processes."""

import ctypes
import os
import select
import signal
import sys
from contextlib import suppress
from multiprocessing.util import Finalize
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Final

from flask import Flask
from granian.constants import Interfaces
from granian.server import Server

from app.services import Services
from app.settings import Settings, share_metrics

THREADS: Final = 256
"""Requests a worker process works on at once; most of them may wait for the upstream."""
BACKPRESSURE: Final = 1024
"""Requests a worker process takes on before the rest wait in the listen queue."""
STOP_SECONDS: Final = 30
"""How long a stopping worker may finish what is under way."""


STEP_SECONDS: Final = 5
"""How long a stopping process waits for the step that its worker is in; another takes it over."""
SWITCH_SECONDS: Final = 0.0005
"""For how long a thread computes before others get their turn."""
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
    _work_behind(app.extensions["skillgap"])
    return app


def _work_behind(services: Services) -> None:
    """Refresh and warm in a thread of this process, until its server stops it."""
    services.worker = worker = services.new_worker()
    stop = Event()
    thread = Thread(target=worker.run, args=(stop,), name="worker", daemon=True)

    def end() -> None:
        stop.set()
        worker.wake()
        thread.join(STEP_SECONDS)

    # Run when a process of multiprocessing ends, which skips atexit.
    Finalize(None, end, exitpriority=1)
    # Where the worker computes, a request waits for it to be interrupted: 5 ms unless told.
    sys.setswitchinterval(SWITCH_SECONDS)
    thread.start()


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
    # Set before a worker process first imports the metrics' library, which looks for it then.
    with TemporaryDirectory(prefix="skillgap-metrics-", ignore_cleanup_errors=True) as folder:
        share_metrics(folder)
        server.serve()
