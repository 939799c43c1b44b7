"""Caches of others in front of the server: nginx and Apache as docs/proxies.md has them, and
Varnish as it comes."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from support.commands import flask
from support.databases import load
from support.processes import Serving, serving
from support.proxies import PROGRAMS, https_front, needs, varnish
from support.release_files import change

from app.wiring.container import utc_now

pytestmark = pytest.mark.soak

MAX_AGE = 3
"""Seconds for which the server lets others keep its answers here."""
GAP = "skill-gap?from=11-1011.00&to=15-1254.00"
NAMES = ("nginx", "apache", "varnish")
FRONTS = [pytest.param(name, marks=needs(*PROGRAMS[name])) for name in NAMES]


@dataclass
class Front:
    """A cache with the server behind it."""

    root: str
    product: Serving
    database: str
    verify: str | None

    def get(self, target: str, **headers: str) -> requests.Response:
        headers = {"Accept-Encoding": "identity"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return requests.get(self.root + target, headers=headers, verify=self.verify, timeout=30)

    def is_stored(self, target: str, **headers: str) -> bool:
        """Whether a second answer is the first one, whose id it has then."""
        ids = {self.get(target, **headers).headers["X-Request-ID"] for _ in range(3)}
        return len(ids) == 1

    def counted(self, status: int) -> float:
        """How many answers about gaps the server itself has given with a status."""
        time.sleep(1.2)  # what the response cache counted is told within a second
        lines = self.product.get("/metrics").text.splitlines()
        names = ("skillgap_http_requests_total", '"/skill-gap"', f'"{status}"')
        return sum(float(line.split()[-1]) for line in lines if all(name in line for name in names))


@pytest.fixture(params=FRONTS)
def open_front(
    request: pytest.FixtureRequest, tmp_path: Path, starter_release: Path
) -> Iterator[Callable[..., Front]]:
    """Starts such a cache over a server whose entries are of an age in days."""
    with ExitStack() as stack:

        def begin(days: int, origins: str = "*") -> Front:
            def then() -> datetime:
                return utc_now() - timedelta(days=days)

            url = load(f"sqlite:///{tmp_path / 's.db'}", starter_release, then)
            settings = {
                "DATABASE_URL": url,
                "CACHE_MAX_AGE": str(MAX_AGE),
                "TRUSTED_PROXIES": "1",
                "CORS_ORIGINS": origins,
            }
            product = stack.enter_context(serving(tmp_path, **settings))
            if request.param == "varnish":
                root = stack.enter_context(varnish(tmp_path, product.url))
                return Front(f"{root}/", product, url, None)
            front = https_front(request.param, tmp_path, product.url)
            root, certificate = stack.enter_context(front)
            return Front(root, product, url, certificate)

        yield begin


@pytest.mark.parametrize("days", [0, 45, 89])
def test_an_answer_of_any_age_is_kept_as_long_as_a_new_one_and_then_asked_about(
    open_front: Callable[[int], Front], days: int
) -> None:
    front = open_front(days)

    assert front.is_stored(GAP)
    assert (1, 0) == (front.counted(200), front.counted(304))
    time.sleep(MAX_AGE)
    assert 200 == front.get(GAP).status_code
    assert (1, 1) == (front.counted(200), front.counted(304))


@pytest.mark.parametrize("days", [0, 45])
def test_a_purge_and_a_new_release_are_seen_within_the_longest_age(
    open_front: Callable[[int], Front], tmp_path: Path, starter_release: Path, days: int
) -> None:
    front = open_front(days)
    before = front.get(GAP)
    newer = tmp_path / "newer"
    newer.mkdir()
    for path in starter_release.iterdir():
        (newer / path.name).write_bytes(path.read_bytes())
    begins = "11-1011.00\t2.B.3.e\tProgramming\tLV\t"
    change(newer / "Skills.txt", f"{begins}1.00", f"{begins}3.00")
    for command in (("cache", "purge", "--all"), ("seed", str(newer))):
        done: Any = flask(*command, DATABASE_URL=front.database)
        assert 0 == done.returncode, done.stderr
    front.get(GAP)  # whatever it is
    time.sleep(MAX_AGE + 1.5)  # and a second until the server itself has seen it
    after = front.get(GAP)

    assert 200 == after.status_code
    assert before.json()["summary"] != after.json()["summary"]


def test_an_answer_outlives_the_server_where_the_cache_knows_how(
    open_front: Callable[[int], Front], request: pytest.FixtureRequest
) -> None:
    front = open_front(45)
    held = front.get(GAP)
    front.product.stop()
    time.sleep(MAX_AGE)
    answer = front.get(GAP)

    if request.node.callspec.params["open_front"] == "varnish":  # it has no stale-if-error
        assert 503 == answer.status_code
    else:
        assert (200, held.content) == (answer.status_code, answer.content)


@pytest.mark.parametrize("origins", ["*", "https://a.example"])
def test_formats_and_codings_are_kept_apart(open_front: Callable[..., Front], origins: str) -> None:
    front = open_front(0, origins)
    front.product.get(f"/{GAP}")  # so that it is kept there
    ways = [
        {"Accept": accept, "Accept_Encoding": coding}
        for accept in ("application/json", "text/csv")
        for coding in ("identity", "gzip")
    ]

    for _ in range(2):
        for way in ways:
            answer = front.get(GAP, **way)
            assert answer.headers["Content-Type"].startswith(way["Accept"])
            coding = answer.headers.get("Content-Encoding", "identity")
            assert way["Accept_Encoding"] == coding
            assert answer.text.startswith("{" if "json" in way["Accept"] else "from_code,")
    assert all(front.is_stored(GAP, **way) for way in ways)


ERRORS = ("nowhere", "skill-gap?from=x", "occupations/99-9999.99")
HEALTH = ("health", "health/ready", "metrics")
MAY_CHANGE = ("occupations?q=nurse", "openapi.json", "")


@pytest.mark.parametrize("target", [*ERRORS, *HEALTH, *MAY_CHANGE])
def test_neither_errors_nor_health_nor_what_may_change_at_any_time_are_stored(
    open_front: Callable[[int], Front], target: str
) -> None:
    assert not open_front(0).is_stored(target)
