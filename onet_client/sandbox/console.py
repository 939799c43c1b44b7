"""The look-alike as a command that runs until it is stopped."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from urllib.parse import parse_qsl, quote, urlencode

from onet_client.sandbox.control import Record
from onet_client.sandbox.faults import parse_faults
from onet_client.sandbox.message import ApiVersion
from onet_client.sandbox.release import Layout, ReleaseTables, load_release
from onet_client.sandbox.sandbox import Sandbox
from onet_client.sandbox.taxonomy import load_taxonomy

_PARAMETERS = {"start", "end", "filter", "sort", "code"}


def serve(
    release: Path,
    *,
    api: ApiVersion = "2",
    layout: Layout | None = None,
    host: str = "127.0.0.1",
    port: int = 9900,
    api_key: str | None = None,
    username: str | None = None,
    password: str | None = None,
    faults: Path | None = None,
    taxonomy: Path | None = None,
) -> None:
    """Serve a release until SIGINT or SIGTERM, and print a line for every request.

    The options are those of `load_release` and `Sandbox`, but `faults` is a file of rules such as
    `parse_faults` reads, and `taxonomy` one that `load_taxonomy` does.

    Raises:
        ReleaseError: the release or the taxonomy cannot be read.
        FaultError: a rule is not possible.
        OSError: the address cannot be listened on, or the file of rules not read.
    """
    loaded = load_release(release, layout)
    sandbox = Sandbox(
        loaded,
        api,
        host,
        port,
        api_key=api_key,
        username=username,
        password=password,
        faults=parse_faults(faults.read_bytes()) if faults else (),
        taxonomy=load_taxonomy(taxonomy) if taxonomy else {},
        on_request=lambda record: _say(_line(record)),
    )
    _run(sandbox, api, loaded)


def check(release: Path, *, layout: Layout | None = None) -> None:
    """Print which tables of a release `serve` would serve, and what it would leave out.

    Raises:
        ReleaseError: the release cannot be served.
    """
    loaded = load_release(release, layout)
    _say(f"{loaded.name}, tables: {len(loaded.table_ids)}")
    for table_id in loaded.table_ids:
        table = loaded.table(table_id)
        _say(f"{table_id}, rows: {len(table.rows):,}")
        _say(f"  {', '.join(f'{column.column_id} {column.kind}' for column in table.columns)}")
    _say_left_out(loaded)


def _run(sandbox: Sandbox, api: ApiVersion, release: ReleaseTables) -> None:
    with _stop_signals() as stop, sandbox:
        _say(f"O*NET Web Services look-alike, API {api}, on {sandbox.url} (Ctrl-C stops it)")
        _say(f"{release.name}, tables: {', '.join(release.table_ids)}")
        _say_left_out(release)
        stop.wait()
    _say(f"Stopped; requests: {sandbox.request_count}.")


def _say_left_out(release: ReleaseTables) -> None:
    for problem in release.left_out:
        _say(f"Left out: {problem}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _line(record: Record) -> str:
    """Describe a request, without parameters the API does not have: one might be a credential."""
    kept = [(k, v) for k, v in parse_qsl(record.query, True) if k in _PARAMETERS]
    query = f"?{urlencode(kept)}" if kept else ""
    at = time.strftime("%H:%M:%S", time.localtime(record.at))
    return (
        f"{at} {record.method} {quote(record.path, safe='/%')}{query} {record.status or 'closed'}"
    )


@contextmanager
def _stop_signals() -> Iterator[Event]:
    """Give an event that SIGINT and SIGTERM set; afterwards they do what they did before."""
    stop = Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
