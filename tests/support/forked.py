"""Work that several processes do at once, each forked from one that has imported the product."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import inf
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import make_url
from support.processes import FORKS, SECONDS

from app.wiring.container import utc_now
from cache.db.database import connect as connect_database
from cache.fill.shared_governor import DatabaseGovernor
from cache.warm.jobs import WarmJobs
from onet_client import errors
from onet_client.client import connect


def in_processes(number: int, work: Callable[..., Any], *given: Any) -> list[Any]:
    """Do a work of this module in so many processes, and return what each came to."""
    pipes = [FORKS.Pipe(duplex=False) for _ in range(number)]
    processes = [FORKS.Process(target=_do, args=(end, work, given)) for _, end in pipes]
    for process, (_, end) in zip(processes, pipes, strict=True):
        process.start()
        end.close()
    found = []
    for process, (result, _) in zip(processes, pipes, strict=True):
        assert result.poll(5 * SECONDS)
        found.append(result.recv())
        result.close()
        process.join(SECONDS)
    return found


def _do(end: Connection, work: Callable[..., Any], given: tuple[Any, ...]) -> None:
    end.send(work(*given))


def request_jobs(database: str, codes: list[str]) -> list[str]:
    """Ask for each code to be filled, and return the jobs that do it."""
    jobs = WarmJobs(connect_database(make_url(database)), utc_now)
    return [jobs.request("skills", "codes", [code]).id for code in codes]


def hammer(url: str, database: str, rate: float, seconds: float, budget: float = inf) -> None:
    """Ask an upstream by four threads, as fast as the database's governor lets them."""
    governor = DatabaseGovernor(connect_database(make_url(database)), rate, budget)
    client = connect(url, "2", api_key="k", governor=governor, deadline=60)
    end = time.monotonic() + seconds

    def ask(_: int) -> None:
        while time.monotonic() < end:
            try:
                client.release()
            except errors.CircuitOpen:
                time.sleep(0.2)
            except errors.OnetError:
                pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(4)))
