"""The production server: Granian, a Rust HTTP server with WSGI worker processes."""

import ctypes
import gc
import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import parent_process
from typing import Final

from granian.constants import Interfaces
from granian.server import Server

from app import logs
from app.server.descriptors import FOR_SERVER, raise_limit
from app.server.metrics_folder import shared_metrics
from app.server.worker_process import end_with_parent, worker_beside
from app.settings import Settings

APPLICATION: Final = "app:create_served_app"
"""What a worker process loads."""
THREADS: Final = 256
"""Requests a worker process works on at once; most of them may wait for the upstream."""
BACKPRESSURE: Final = 1024
"""Requests a worker process takes on before the rest wait in the listen queue; fewer where the
system lets it have few files open, for some are for the database."""
STOP_SECONDS: Final = 30
"""How long a stopping worker may finish what is under way."""


M_ARENA_MAX: Final = -8
"""mallopt(3): how many heaps there may be; by default as many as 16 on two cores."""
ARENAS: Final = 2
"""Threads that come and go leave what they freed in their heaps: some 15 MB with more of them."""


class _Wakeup:
    """An event that signal handlers may set, and that every signal with a handler sets.

    Granian's own is a `threading.Event`, whose lock a handler waits for without end where the
    signal came while the main thread held it: two signals at once, as a process group and `make`
    send them, hang the server. A pipe has no lock. And a signal that another thread gets, or the
    main one just before it waits, has no handler run until the main one wakes: hence the signal
    itself writes.
    """

    def __init__(self) -> None:
        """Begin to hear signals; in the main thread only."""
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)

    def set(self) -> None:
        with suppress(BlockingIOError):  # full, so set
            os.write(self._writer, b"!")

    def wait(self) -> None:
        select.select([self._reader], [], [])
        self.clear()  # the handlers have noted what is to be done

    def clear(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self._reader, 4096):
                pass


@contextmanager
def prepared_process() -> Iterator[None]:
    """Make ready a worker process, which only its server stops, while its application is made.

    In a process group of its own, since a Ctrl-C at the terminal would reach it a second time
    and a worker that is signalled twice can hang; and never without its server, which could
    otherwise be killed and leave it serving.
    """
    # The server's own handler is inherited, and would take no notice until Granian's is set.
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.setpgid(0, 0)
    signal.signal(signal.SIGUSR1, _end_once)
    server = parent_process()
    if server is not None and server.pid is not None:
        end_with_parent(server.pid, signal.SIGUSR1)
    with suppress(AttributeError, OSError):  # glibc only
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)
    gc.disable()  # what is loaded now stays: to look for garbage among it would take 0.1 s
    yield
    gc.freeze()
    gc.enable()


def _end_once(number: int, _frame: object) -> None:
    """Pass on the first signal of many as the one SIGTERM."""
    signal.signal(number, signal.SIG_IGN)
    signal.raise_signal(signal.SIGTERM)


def serve(settings: Settings) -> None:
    """Serve, and run a worker, until SIGTERM or Ctrl-C; what is under way is finished first.

    Raises:
        TooFewDescriptors: where the system lets too few files be open.
    """
    logs.configure(settings)
    files = raise_limit(FOR_SERVER, 4 * BACKPRESSURE)
    server = Server(
        APPLICATION,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_concurrency,
        blocking_threads=THREADS,
        backpressure=min(BACKPRESSURE, files - FOR_SERVER // 2),
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=True,
        websockets=False,
        log_level=settings.log_level.lower(),  # type: ignore[arg-type]
    )
    server.main_loop_interrupt = _Wakeup()  # type: ignore[assignment]
    with shared_metrics(settings.metrics_dir), worker_beside():
        server.serve()
