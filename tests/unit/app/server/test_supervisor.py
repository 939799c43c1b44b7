"""What wakes the server's main thread, and what it does not load."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread, get_ident

import pytest

from app.server.supervisor import _Wakeup


@pytest.fixture
def wakeup():
    """One that hears signals while the test runs."""
    before = signal.set_wakeup_fd(-1)
    wakeup = _Wakeup()
    yield wakeup
    signal.set_wakeup_fd(before)
    os.close(wakeup._reader)
    os.close(wakeup._writer)


@pytest.fixture
def heard():
    """The signals that were handled."""
    numbers = []
    before = signal.signal(signal.SIGUSR1, lambda number, _: numbers.append(number))
    yield numbers
    signal.signal(signal.SIGUSR1, before)


def test_a_signal_that_another_thread_gets_wakes_the_main_one(wakeup, heard):
    woken, late = Event(), []

    def get_it():
        signal.pthread_kill(get_ident(), signal.SIGUSR1)
        if not woken.wait(10):
            late.append(True)
            wakeup.set()

    thread = Thread(target=get_it)
    thread.start()
    wakeup.wait()
    woken.set()
    thread.join()

    assert ([], [signal.SIGUSR1]) == (late, heard)


def test_what_is_set_before_wakes_once_and_is_over_then(wakeup):
    for _ in range(100_000):  # more than a pipe holds
        wakeup.set()
    wakeup.wait()
    Thread(target=wakeup.set).start()
    wakeup.wait()


def test_what_starts_the_worker_processes_leaves_heavy_libraries_to_them():
    code = (
        "import sys, app.server.serve, app.cli; from app.container import Services;"
        "from app.settings import Settings; Services(Settings());"
        "metrics = 'prometheus_client' in sys.modules;"
        "from app import create_app; create_app(Settings());"
        "sys.exit(metrics or 'numpy' in sys.modules)"
    )
    root = Path(__file__).parents[4]

    assert 0 == subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode
