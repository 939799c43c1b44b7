"""The folder in which the processes of a server keep their metrics."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from app.settings import share_metrics

log = logging.getLogger(__name__)


@contextmanager
def shared_metrics(place: Path | None) -> Iterator[None]:
    """Have the processes started in the block share their metrics; what they kept ends with it.

    The folder is named here and made by the process that first has something to keep, again
    where it was cleaned away: nothing is written before a server starts. Without a place for it,
    it is where the system has temporary files.
    """
    try:
        base = place or Path(tempfile.gettempdir())
    except OSError as error:  # there is no place to write at all
        log.warning("each process tells its own metrics alone: %s", error)
        yield
        return
    folder = base.absolute() / f"skillgap-metrics-{token_hex(8)}"
    share_metrics(str(folder))
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
