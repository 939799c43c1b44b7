"""Callers who ask for made-up codes and hang up: honest ones get their turn, upstream its peace."""

import logging
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

import pytest
from sqlalchemy import make_url
from support.databases import load
from support.flood import flooding, hang_up, made_up, watching
from support.mysql_server import empty_database
from support.release_files import codes_in
from support.rig import Rig, ask, running_rig

from app import create_app
from app.settings import Settings
from app.wiring.cache_parts import WAIT_MARGIN
from app.wiring.container import Services, utc_now
from cache.fill.single_flight import AT_ONCE, MAX_FLIGHTS, Lane
from cache.policy import Limits
from cache.release.seed import seed
from onet_client.governor import GUESSES, GUESSES_AT_ONCE, spacing
from onet_client.sandbox import Fault, ReleaseTables, Sandbox

log = logging.getLogger("flood")
RATE = 5
DEADLINE = 5.0
SECONDS = 60
"""For which codes are made up."""
SLOW = 0.4
"""Seconds that the upstream takes to answer."""
LIMITS = Limits(ttl=86400, stale_while_revalidate=0, stale_if_error=0, negative_ttl=86400)


@pytest.fixture
def codes(starter_release: Path) -> Iterator[str]:
    """Rated occupations, each for one use."""
    return iter(codes_in(starter_release / "Skills.txt"))


@pytest.fixture
def rig(
    mysql_server: str, release: ReleaseTables, starter_release: Path, tmp_path: Path
) -> Iterator[Rig]:
    """Two processes at O*NET's own pace, over a database that lists all and rates nothing."""
    with (
        empty_database(mysql_server) as url,
        running_rig(url, release, tmp_path, 2, DEADLINE, ONET_MAX_RATE=str(RATE)) as rig,
    ):
        seed(rig.engine, starter_release, limits=LIMITS, now=utc_now)
        rig.reset()
        yield rig


def miss(rig: Rig, code: str) -> float:
    """Ask for what has to be fetched; how many seconds it took."""
    connection = rig.connect()
    began = time.monotonic()
    assert 200 == ask(connection, f"/occupations/{code}").status
    return time.monotonic() - began


def asked_about_made_up(rig: Rig) -> int:
    return rig.asked("99-").total()


@pytest.mark.soak
def test_honest_misses_are_answered_while_made_up_codes_flood_in(
    rig: Rig, codes: Iterator[str]
) -> None:
    port = urlsplit(rig.server.url).port
    assert port is not None
    for code in islice(codes, 4):  # each process learns the tables once
        miss(rig, code)
    idle = [miss(rig, code) for code in islice(codes, 4)]
    began = time.monotonic()
    with flooding(port, at_once=120) as hung_up:
        time.sleep(1.0)
        busy = []
        while time.monotonic() - began < SECONDS:
            busy.append(miss(rig, next(codes)))
            time.sleep(1.0)
    flooded = time.monotonic() - began

    p90 = quantiles(busy, n=10)[-1]
    figures = (hung_up(), max(idle), p90, asked_about_made_up(rig))
    log.info("%d hung up; a miss took %.2f s idle, %.2f s meanwhile; asked %d times", *figures)
    assert hung_up() > 100 * SECONDS
    assert p90 <= 3 * max(idle)
    share = GUESSES_AT_ONCE + flooded * GUESSES / spacing(RATE)
    assert asked_about_made_up(rig) <= share + 4  # fills that began before the list was read
    # Where the server does not tell who hung up, their requests wait for as long as they would:
    # for a fill, and for what became of the code.
    time.sleep(2 * (DEADLINE + WAIT_MARGIN) + 2)
    before = asked_about_made_up(rig)
    time.sleep(3)
    assert before == asked_about_made_up(rig)
    assert miss(rig, next(codes)) <= 3 * max(idle)


@pytest.fixture
def watched(
    release: ReleaseTables, starter_release: Path, tmp_path: Path
) -> Iterator[tuple[int, Sandbox]]:
    """The port of a server that tells who has hung up, and an upstream that takes its time."""
    url = load(f"sqlite:///{tmp_path}/skillgap.db", starter_release)
    with Sandbox(release) as upstream:
        services = Services(
            Settings(
                database_url=make_url(url),
                onet_api_url=upstream.url,
                onet_api_key="canary-key",
                onet_max_rate=1000.0,
            )
        )
        upstream.set_faults(Fault(delay=SLOW))
        with watching(create_app(services=services)) as port:
            yield port, upstream
        services.engine.dispose()


def settled(upstream: Sandbox) -> int:
    """Wait until nothing is asked any more; how much was."""
    asked = -1
    while asked != upstream.request_count:
        asked = upstream.request_count
        time.sleep(1.5)
    return asked


def test_upstream_is_asked_for_no_made_up_code_that_nobody_waits_for(
    watched: tuple[int, Sandbox],
) -> None:
    port, upstream = watched
    codes, began = made_up(), time.monotonic()
    hung_up = sum(hang_up(port, islice(codes, 200)) for _ in range(3))
    took = time.monotonic() - began
    asked = settled(upstream)

    log.info("%d hung up in %.1f s; upstream was asked %d times", hung_up, took, asked)
    # By one connection, and for each fill that had begun what it needs: release, page, list.
    assert asked <= took / SLOW + 3 * AT_ONCE[Lane.GUESS]


def test_upstream_is_not_asked_for_occupations_that_nobody_waits_for_either(
    watched: tuple[int, Sandbox], starter_release: Path
) -> None:
    port, upstream = watched
    rated = codes_in(starter_release / "Skills.txt")
    others = [one for one in codes_in(starter_release / "Occupation Data.txt") if one not in rated]
    assert 200 == hang_up(port, others[:200])
    settled(upstream)

    pages = {record.path for record in upstream.requests if "/occupations/" in record.path}
    assert len(pages) <= MAX_FLIGHTS
