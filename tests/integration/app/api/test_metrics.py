"""GET /metrics: what is counted is what was served, and what is held."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, insert
from support.answers import members
from support.clock import FakeClock
from support.crosswalk import ECHOPPES, KITES, MOONS, TIDES, UNRATED
from support.processes import environment
from werkzeug.test import TestResponse

from cache.db.onet_tables import UpstreamGovernor
from cache.metrics import UpstreamResult
from cache.policy import FillResult, Freshness
from onet_client.sandbox import Fault, Sandbox
from onet_client.version import VERSION

TTL, WINDOW, LINGER = 1_000, 100, 5_000

Open = Callable[..., FlaskClient]
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def client(open_behind: Open) -> FlaskClient:
    return open_behind(
        cache_ttl=TTL,
        cache_stale_while_revalidate=WINDOW,
        cache_stale_if_error=LINGER,
    )


def samples(client: FlaskClient) -> Samples:
    answer = client.get("/metrics")
    assert 200 == answer.status_code
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float | None:
    return found.get((f"skillgap_{name}", frozenset(labels.items())))


def test_the_text_is_that_of_the_exposition_format(client: FlaskClient) -> None:
    answer = client.get("/metrics")

    assert "text/plain" == answer.mimetype
    assert answer.mimetype_params["version"].startswith(("0.0.4", "1."))
    names = [line.split()[2] for line in answer.text.splitlines() if line.startswith("# TYPE")]
    assert len(set(names)) == len(names)
    assert all(name.startswith("skillgap_") for name in names)


def counted(served: list[TestResponse]) -> dict[str, int]:
    """What answers say of the entries they were made of, by the name it is counted under."""
    found = {"hit": 0, "stale": 0, "miss": 0, "negative": 0}
    for answer in served:
        for _, parameters in members(answer) if "Cache-Status" in answer.headers else ():
            if "fwd" in parameters:
                found["miss"] += 1
            elif answer.status_code == 404 and parameters["key"].endswith(answer.json["code"]):
                found["negative"] += 1
            else:
                found["hit" if parameters["ttl"] > 0 else "stale"] += 1
    return found


def test_what_was_counted_is_what_was_served(
    client: FlaskClient, clock: FakeClock, sandbox: Sandbox
) -> None:
    gap = f"/skill-gap?from={KITES}&to={TIDES}"
    unknown = f"/skill-gap?from={KITES}&to=99-9999.99"
    elsewhere = [f"{gap}x", "/occupations", "/health", "/no-such-path"]
    served = [
        client.get(target)
        for target in (gap, gap, f"/occupations/{KITES}", unknown, unknown, *elsewhere)
    ]
    clock.advance(TTL + WINDOW / 2)
    served.append(client.get(gap))
    clock.advance(WINDOW)
    sandbox.set_faults(Fault(path=TIDES, status=403))
    served += [client.get(gap), client.get(f"/occupations/{MOONS}")]
    sandbox.set_faults(Fault(status=403))
    served.append(client.get(f"/occupations/{ECHOPPES}"))

    found = samples(client)
    expected = counted(served)
    assert [200, 200, 200, 404, 404, 422, 200, 200, 404, 200, 200, 200, 503] == [
        answer.status_code for answer in served
    ]
    assert all(expected.values())
    assert expected == {
        result: value(found, "entry_reads_total", result=result) for result in expected
    }


def test_fills_and_upstream_requests_are_counted_by_what_became_of_them(
    client: FlaskClient, sandbox: Sandbox
) -> None:
    client.get(f"/skill-gap?from={KITES}&to={TIDES}")
    client.get(f"/occupations/{UNRATED}")
    client.get("/occupations/99-9999.99")
    sandbox.set_faults(Fault(status=403))
    client.get(f"/occupations/{MOONS}")

    found = samples(client)
    assert {"rated": 2, "empty": 1, "unknown": 1, "failed": 1, "renewed": 0, "superseded": 0} == {
        result: value(found, "fills_total", result=result) for result in get_args(FillResult)
    }
    assert 5 == value(found, "fill_seconds_count")
    assert 0 == value(found, "fill_waiters")
    answered = Counter(record.status for record in sandbox.requests)
    assert {200, 403, 422} == set(answered)
    assert {"ok": answered[200], "client_error": answered[403] + answered[422]} == {
        result: count
        for result in get_args(UpstreamResult)
        if (count := value(found, "upstream_requests_total", result=result))
    }


def test_requests_are_counted_by_route_and_status(client: FlaskClient) -> None:
    for target in ("/health", f"/occupations/{KITES}", "/occupations/x", "/x", "/y/%00", "/health"):
        client.get(target)
    client.post("/health")

    found = samples(client)
    assert {
        ("/health", "200"): 2,
        ("/occupations/<code>", "200"): 1,
        ("/occupations/<code>", "422"): 1,
        ("none", "404"): 2,
        ("none", "405"): 1,
    } == {
        (dict(labels)["endpoint"], dict(labels)["status"]): count
        for (name, labels), count in found.items()
        if name == "skillgap_http_requests_total"
    }


def test_what_is_held_is_read_from_the_database(client: FlaskClient, clock: FakeClock) -> None:
    client.get(f"/skill-gap?from={KITES}&to={TIDES}")
    client.get(f"/occupations/{UNRATED}")
    clock.advance(TTL + 1)
    client.get(f"/occupations/{MOONS}")

    found = samples(client)
    assert {"fresh": 1, "stale": 2, "old": 0, "absent": 0, "empty": 1, "unknown": 0} == {
        state.value: value(found, "entries", domain="skills", state=state.value)
        for state in Freshness
    }
    assert (1, 0) == (value(found, "database_up"), value(found, "upstream_breaker_open"))
    budget = (value(found, "upstream_spent_today"), value(found, "upstream_daily_budget"))
    assert (value(found, "upstream_requests_total", result="ok"), 50_000) == budget
    assert {0} == {value(found, "warm_queue", state=state) for state in ("queued", "claimed")}
    assert 1 == value(found, "build_info", version=VERSION)


def test_an_open_breaker_is_shown(client: FlaskClient, engine: Engine) -> None:
    row = {"id": 1, "next_slot": 0, "paused_until": 0, "failures": 5, "open_until": 1, "version": 1}
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(insert(UpstreamGovernor).values(row))

    assert 1 == value(samples(client), "upstream_breaker_open")


def test_without_a_database_the_counters_are_there_all_the_same(
    open_app: Open, tmp_path: Path
) -> None:
    client = open_app(f"sqlite:///{tmp_path}")
    client.get("/occupations")

    found = samples(client)
    assert 0 == value(found, "database_up")
    assert 1 == value(found, "http_requests_total", endpoint="/occupations", status="503")
    assert 0 == value(found, "entry_reads_total", result="hit")
    names = {name for name, _ in found}
    assert names.isdisjoint({"skillgap_entries", "skillgap_warm_queue"})


def test_the_gauge_of_a_process_that_ended_is_dropped_and_its_counters_stay(tmp_path: Path) -> None:
    count = (
        "from cache.metrics import CacheMetrics;"
        "from app.settings import metrics_folder;"
        "t = CacheMetrics(metrics_folder()); w = t.waiting(); w.__enter__();"
        "t.entry_read('hit'); {}"
    )
    scrape = (
        "from app import create_app; from app.settings import Settings;"
        "print(create_app(Settings()).test_client().get('/metrics').text)"
    )
    for _ in range(2):
        run(tmp_path, count.format("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"))
    assert 2 == len(list(tmp_path.glob("counts_*.db")))
    lines = run(tmp_path, count.format(scrape)).splitlines()

    assert 'skillgap_entry_reads_total{result="hit"} 3.0' in lines
    assert "skillgap_fill_waiters 1.0" in lines


def run(folder: Path, code: str) -> str:
    """Run a process that shares its metrics in a folder."""
    shared = environment(PROMETHEUS_MULTIPROC_DIR=str(folder), DATABASE_URL="sqlite://")
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=shared, check=False, capture_output=True,
        text=True,
    ).stdout  # fmt: skip
