"""`flask worker`: refreshes entries and works on warm jobs."""

from threading import Event, Thread

import click

from app.cli.base import Command, on_signals
from app.wiring.container import services


@click.command("worker", cls=Command, examples=("flask worker",))
def command() -> None:
    """Refresh entries and work on warm jobs until stopped."""
    from app import logs

    logs.configure(services().settings)
    worker, stop = services().new_worker(), Event()
    # In another thread, for the handlers of signals run in this one and need the event's lock.
    thread = Thread(target=worker.run, args=(stop,), name="worker")
    with on_signals(stop.set):  # the step under way is finished
        thread.start()
        thread.join()
