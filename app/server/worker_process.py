"""The server's worker: `flask worker` in a separate process that a thread keeps running."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from app.server.pauses import GrowingPause

log = logging.getLogger(__name__)

COMMAND: Final = (sys.executable, "-m", "flask", "--app", "app:create_cli_app", "worker")
START_DELAY: Final = 1.0
"""Seconds before it is started first, since the server's first answer should not wait for that."""
LOOK_INTERVAL: Final = 0.5
"""Seconds between two looks whether it still runs."""
STEP_SECONDS: Final = 5
"""How long it may finish the step that it is in when the server ends; another takes that over."""
PR_SET_PDEATHSIG: Final = 1
"""prctl(2): the signal to send when the thread that made this process ends."""
# Looked up before any fork, since between fork and exec a child should do next to nothing.
PRCTL: Final = getattr(ctypes.CDLL(None), "prctl", None)


def end_with_parent(parent: int, number: signal.Signals) -> None:
    """Have this process sent a signal when its parent ends, on Linux; end where it has ended.

    The signal may come several times: the parent's threads end one after the other.
    """
    if PRCTL is not None:
        PRCTL(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os._exit(1)


@contextmanager
def worker_beside() -> Iterator[None]:
    """Keep a worker running until the block ends, and end it then."""
    stop = Event()
    # One thread for its whole life: the kernel ends the worker when the thread that made it ends.
    thread = Thread(target=_keep, args=(stop,), name="worker", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _keep(stop: Event) -> None:
    """Start a worker, and another one whenever it ends, after a pause that grows."""
    wait, pause = START_DELAY, GrowingPause()
    while not stop.wait(wait):
        began = time.monotonic()
        ended = _run(stop)
        if stop.is_set():
            return
        wait = pause.after(time.monotonic() - began)
        log.warning("the worker has ended (%s); the next one starts in %.0f s", ended, wait)


def _run(stop: Event) -> str:
    """Run a worker until it ends or is to end; return what it ended with."""
    server = os.getpid()
    try:
        process = subprocess.Popen(  # noqa: S603 - a constant
            COMMAND,
            stdin=subprocess.DEVNULL,
            # Away from the terminal: Ctrl-C there is for the server, which ends its worker.
            start_new_session=True,
            # Two system calls, which take no lock that another thread could hold.
            preexec_fn=lambda: end_with_parent(server, signal.SIGTERM),  # noqa: PLW1509
        )
    except OSError as error:
        return str(error)
    while process.poll() is None and not stop.wait(LOOK_INTERVAL):
        pass
    process.terminate()
    try:
        process.wait(STEP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return f"status {process.returncode}"
