"""What the database does not hold is fetched from the upstream, through the real client."""

import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event, Timer
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy import Engine
from support.answers import freshness, members, problem
from support.canary import CANARY
from support.clock import FakeClock
from support.crosswalk import ECHOPPES, KITES, TIDES, UNRATED
from support.made_up_release import ELEMENTS
from support.tables import held

from cache.release.seed import seed
from onet_client.sandbox import Fault, Sandbox, load_release

pytestmark = pytest.mark.waits

GAP = f"/skill-gap?from={KITES}&to={TIDES}"
TTL, NEGATIVE_TTL = 1_000, 50
WINDOW, LINGER = 100, 5_000
KEY = CANARY

Start = Callable[..., FlaskClient]


@pytest.fixture
def start(open_behind: Callable[..., FlaskClient]) -> Start:
    """Makes a client of the API over the test's own database, and the upstream."""
    return partial(
        open_behind,
        cache_ttl=TTL,
        cache_negative_ttl=NEGATIVE_TTL,
        cache_stale_while_revalidate=WINDOW,
        cache_stale_if_error=LINGER,
    )


@pytest.fixture
def client(start: Start) -> FlaskClient:
    return start()


def test_a_miss_is_fetched_stored_and_answered_and_then_a_hit(
    client: FlaskClient, sandbox: Sandbox
) -> None:
    first = client.get(GAP)
    asked = sandbox.request_count
    second = client.get(GAP)

    assert (200, 200) == (first.status_code, second.status_code)
    assert [
        f'skillgap; fwd=miss; stored; key="skills/{code}"' for code in (KITES, TIDES)
    ] == first.headers["Cache-Status"].split(", ")
    assert [
        f'skillgap; hit; ttl={TTL}; key="skills/{code}"' for code in (KITES, TIDES)
    ] == second.headers["Cache-Status"].split(", ")
    assert asked > 0
    assert asked == sandbox.request_count
    assert (first.data, first.headers["ETag"]) == (second.data, second.headers["ETag"])
    assert TTL == freshness(first)["left"]
    assert "0" == first.headers["Age"]


def test_the_answer_names_the_upstream_as_its_source(client: FlaskClient, sandbox: Sandbox) -> None:
    body = client.get(GAP).get_json()

    assert {
        "origin": "api",
        "release": "28.1",
        "fetched_at": "2026-05-04T12:00:00Z",
        "state": "fresh",
        "rated": "2014-07",
    } == body["sources"]["to"]
    assert "O*NET Web Services (https://services.onetcenter.org/)" in body["attribution"]
    assert "O*NET 28.1 Database" in body["attribution"]
    cache = client.get(f"/occupations/{KITES}").get_json()["cache"]
    assert ("api", sandbox.url, 6) == (cache["origin"], cache["source_url"], cache["rows"])


def test_an_occupation_is_fetched_with_its_title_and_description(client: FlaskClient) -> None:
    answer = client.get(f"/occupations/{ECHOPPES}")
    body = answer.get_json()

    assert [{"fwd": "miss", "stored": True, "key": f"skills/{ECHOPPES}"}] == [
        parameters for _, parameters in members(answer)
    ]
    assert ("Échoppe Keepers", "They do.") == (body["title"], body["description"])
    assert sorted(ELEMENTS) == [rating["id"] for rating in body["ratings"]]


def test_every_request_carries_the_key_and_none_shows_it(
    client: FlaskClient, sandbox: Sandbox
) -> None:
    client.get(GAP)

    assert {200} == {record.status for record in sandbox.requests}
    assert not any(KEY in record.path + record.query for record in sandbox.requests)


@pytest.mark.parametrize("codes", [(KITES, TIDES), (TIDES, KITES)])
def test_of_two_entries_the_older_makes_the_age_and_the_first_to_expire_the_max_age(
    client: FlaskClient, clock: FakeClock, codes: tuple[str, str]
) -> None:
    client.get(f"/occupations/{codes[0]}")
    clock.advance(300)
    client.get(f"/occupations/{codes[1]}")
    clock.advance(100)
    answer = client.get(GAP)

    assert "400" == answer.headers["Age"]
    assert TTL - 400 == freshness(answer)["left"]
    ttls = {parameters["key"]: parameters["ttl"] for _, parameters in members(answer)}
    assert {f"skills/{codes[0]}": TTL - 400, f"skills/{codes[1]}": TTL - 100} == ttls


@pytest.mark.parametrize(
    ("code", "kind"), [(UNRATED, "no-ratings"), ("99-9999.99", "occupation-not-found")]
)
def test_a_confirmed_nothing_is_remembered_until_its_time_passes(
    client: FlaskClient, sandbox: Sandbox, clock: FakeClock, code: str, kind: str
) -> None:
    target = f"/skill-gap?from={KITES}&to={code}"
    first = client.get(target)
    asked = sandbox.request_count
    clock.advance(NEGATIVE_TTL - 1)
    second = client.get(target)

    assert (404, kind) == problem(first) == problem(second)
    assert "to" == first.get_json()["occupation"]
    assert asked == sandbox.request_count
    assert {"hit": True, "ttl": 1, "key": f"skills/{code}"} == members(second)[-1][1]
    clock.advance(1)
    assert (404, kind) == problem(client.get(target))
    assert asked < sandbox.request_count


def test_of_what_the_cache_holds_no_alternative_is_offered_that_is_not_near(
    client: FlaskClient,
) -> None:
    client.get(GAP)

    assert [] == client.get(f"/occupations/{UNRATED}").get_json()["alternatives"]


def test_an_old_entry_is_refreshed_before_it_is_served(
    client: FlaskClient, clock: FakeClock
) -> None:
    client.get(f"/occupations/{KITES}")
    clock.advance(TTL + WINDOW + 1)
    answer = client.get(f"/occupations/{KITES}")

    assert f'skillgap; fwd=stale; stored; key="skills/{KITES}"' == answer.headers["Cache-Status"]
    assert ("0", TTL) == (answer.headers["Age"], freshness(answer)["left"])
    assert "fresh" == answer.get_json()["cache"]["state"]


def test_elements_rated_on_one_side_only_are_listed_not_compared(
    start: Start, starter_release: Path
) -> None:
    # Two elements of the made-up release are none of the real one.
    client = start()
    client.get(f"/occupations/{KITES}")
    services = client.application.extensions["skillgap"]
    seed(services.engine, starter_release, limits=services.limits, now=services.now)
    body = client.get(f"/skill-gap?from=11-1011.00&to={KITES}&include=covered").get_json()
    back = client.get(f"/skill-gap?from={KITES}&to=11-1011.00").get_json()

    assert 3 == body["summary"]["compared"]
    assert 32 == len(body["incomparable"])
    assert {"from"} == {one["rated"] for one in body["incomparable"]}
    assert {"to"} == {one["rated"] for one in back["incomparable"]}
    ids = [one["id"] for one in body["incomparable"]]
    assert sorted(ids) == ids
    assert set(ELEMENTS).isdisjoint(ids)


# What an upstream can do wrong, by the request of a fill that it does it to.
REQUESTS = {
    "about": "/about$",
    "occupation": "/online/occupations/[0-9.-]+/$",
    "tables": "/database$",
    "rows": "/database/rows/",
}
FAULTS: dict[str, dict[str, Any]] = {
    "time-out": {"delay": 5.0},
    "dripping": {"drip": 0.05},
    "closed": {"close": "before"},
    "cut off": {"close": "mid"},
    "401": {"status": 401, "body": {"error": "canary: no such key"}},
    "403 HTML": {"status": 403, "body": "<html>canary</html>"},
    "404": {"status": 404},
    "422": {"status": 422, "body": {"error": "canary"}},
    "429": {"status": 429},
    "500": {"status": 500, "body": "Traceback canary"},
    "503": {"status": 503},
    "301 elsewhere": {"mutate": "foreign_redirect"},
    "HTML": {"mutate": "html"},
    "error": {"mutate": "error"},
    "truncated": {"mutate": "truncated"},
    "wrong root": {"mutate": "wrong_root"},
    "wrong content type": {"mutate": "wrong_content_type"},
    "not JSON": {"body": "canary"},
    "null": {"body": []},
}
ROW_FAULTS: dict[str, dict[str, Any]] = {
    name: {"mutate": name}
    for name in (
        *("wrong_code", "duplicate_row", "short_page", "wrong_total", "stuck_next"),
        *("out_of_range", "missing_field", "null_field"),
    )
}
RETRIED = {"time-out", "dripping", "closed", "cut off", "429", "500", "503"}
IMPATIENT = {"onet_deadline": 0.8, "onet_read_timeout": 0.2}
"""Seconds: hardly time to wait for a second attempt."""
STRIKES = [
    *((request, name) for request in REQUESTS for name in FAULTS),
    *(("rows", name) for name in ROW_FAULTS),
]
SHORTLY = {"503", "HTML", "closed"}
"""What strikes requests before the last one, but for `make soak`.

Each fault of each request is tried on the client by itself: unit/onet_client/test_fault_matrix.py.
"""


def rare(backend: str, request: str, name: str) -> list[pytest.MarkDecorator]:
    whole = backend == "sqlite" and request == "rows"
    usual = whole or name in SHORTLY or (request == "rows" and name in ROW_FAULTS)
    return [] if usual else [pytest.mark.soak]


# On the slower database only the faults of the last request, when most is there to be stored.
MATRIX = [pytest.param("sqlite", *strike, marks=rare("sqlite", *strike)) for strike in STRIKES] + [
    pytest.param("mysql", *strike, marks=[pytest.mark.mysql, *rare("mysql", *strike)])
    for strike in STRIKES
    if strike[0] == "rows"
]


@pytest.mark.parametrize(("engine", "request_struck", "name"), MATRIX, indirect=["engine"])
def test_an_upstream_that_fails_is_a_503_and_leaves_nothing_behind(
    start: Start,
    sandbox: Sandbox,
    engine: Engine,
    caplog: pytest.LogCaptureFixture,
    request_struck: str,
    name: str,
) -> None:
    fault = Fault(path=REQUESTS[request_struck], **(FAULTS | ROW_FAULTS)[name])
    sandbox.set_faults(fault)
    client = start(**(IMPATIENT if name in RETRIED else {}))
    before = held(engine)
    answer = client.get(f"/skill-gap?from={KITES}&to={TIDES}")

    assert (503, "upstream-unavailable") == problem(answer)
    assert ("from", KITES) == (answer.get_json()["occupation"], answer.get_json()["code"])
    assert [
        f'skillgap; fwd=miss; key="skills/{KITES}"',
        f'skillgap; fwd=miss; key="skills/{TIDES}"',
    ] == answer.headers["Cache-Status"].split(", ")
    assert before == held(engine)
    assert not any("canary" in record.getMessage() for record in caplog.records)
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert ["app.errors"] == [record.name for record in errors]
    assert any(rule["struck"] for rule in sandbox_state(sandbox))


def sandbox_state(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The rules in force with how often each struck."""
    answer = requests.get(sandbox.url + "sandbox/faults", timeout=5)
    state: list[dict[str, Any]] = answer.json()
    return state


@pytest.mark.parametrize(
    ("status", "header", "expected"),
    [
        (429, "7", "7"),
        (503, "120", "120"),
        (429, "0", None),
        (429, "9" * 14, "86400"),
        (503, "Fri, 31 Dec 9999 23:59:59 GMT", "86400"),
        (503, "soon", None),
        (500, None, None),
    ],
)
def test_retry_after_is_what_the_upstream_asked_for_or_ours(
    start: Start, sandbox: Sandbox, status: int, header: str | None, expected: str | None
) -> None:
    sandbox.set_faults(Fault(status=status, headers={"Retry-After": header} if header else {}))
    deadline = 5.0 if expected else 0.25  # what is longer than the deadline is not waited for
    answer = start(onet_deadline=deadline).get(GAP)

    assert (503, "upstream-unavailable") == problem(answer)
    assert expected is None or expected == answer.headers["Retry-After"]


def test_the_side_that_failed_is_named_and_the_other_one_kept(
    client: FlaskClient, sandbox: Sandbox
) -> None:
    sandbox.set_faults(Fault(path=TIDES, mutate="html"))
    answer = client.get(GAP)

    assert (503, "upstream-unavailable") == problem(answer)
    assert ("to", TIDES) == (answer.get_json()["occupation"], answer.get_json()["code"])
    assert [
        {"fwd": "miss", "stored": True, "key": f"skills/{KITES}"},
        {"fwd": "miss", "key": f"skills/{TIDES}"},
    ] == [parameters for _, parameters in members(answer)]
    assert [True] == [
        parameters.get("hit") for _, parameters in members(client.get(f"/occupations/{KITES}"))
    ]


def test_a_wrong_key_is_an_upstream_that_refuses_and_no_word_of_the_key_gets_out(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    answer = start(onet_api_key="canary-wrong").get(GAP)

    assert (503, "upstream-unavailable") == problem(answer)
    assert "canary" not in caplog.text


@pytest.mark.parametrize("layout", ["single", "split"])
def test_the_older_api_and_either_layout_give_the_same_gap(
    start: Start, made_up: Path, layout: Any
) -> None:
    credentials = {"username": "name", "password": "canary:pass"}
    release = load_release(made_up, layout)
    with Sandbox(release, "1.9", **credentials) as older:
        settings = {f"onet_api_{name}": value for name, value in credentials.items()}
        answer = start(onet_api_url=older.url, onet_api_version="1.9", **settings).get(GAP)

    body = answer.get_json()
    assert (200, {"api"}) == (
        answer.status_code,
        {side["origin"] for side in body["sources"].values()},
    )
    assert (3, 1.0) == (body["summary"]["compared"], body["gaps"][0]["level_gap"])


def test_the_upstream_is_asked_no_faster_than_allowed(start: Start, sandbox: Sandbox) -> None:
    start(onet_max_rate=20.0).get(GAP)

    times = [record.at for record in sandbox.requests]
    assert len(times) > 4
    # In all, since one that was late on its way makes the next one seem early.
    assert times[-1] - times[0] > 0.8 * (len(times) - 1) / 20


def lists_read(sandbox: Sandbox) -> int:
    """How often the list of occupations was read."""
    return [one.path for one in sandbox.requests].count("/online/occupations")


def test_the_list_of_occupations_is_read_once_for_many_made_up_codes(
    client: FlaskClient, sandbox: Sandbox
) -> None:
    made_up = [f"99-9{number:03}.00" for number in range(12)]
    found = [client.get(f"/occupations/{code}").status_code for code in made_up]

    assert [404] * 12 == found
    assert 1 == lists_read(sandbox)
    # The release, the first one's page, the list, the release for all guesses; and for each, what
    # became of it.
    assert 4 + 12 == sandbox.request_count
    assert 200 == client.get(f"/occupations/{KITES}").status_code


def test_made_up_codes_spend_their_share_of_the_day_and_no_more(
    start: Start, sandbox: Sandbox
) -> None:
    client = start(onet_daily_budget=100)
    made_up = [f"99-9{number:03}.00" for number in range(30)]
    found = {client.get(f"/occupations/{code}").status_code for code in made_up}

    assert {404} == found
    assert 100 // 10 == sandbox.request_count - 3  # before the list was read, none was known to be
    again = start(onet_daily_budget=100)  # another process, which has read no list
    assert {200} == {again.get(f"/occupations/{code}").status_code for code in (KITES, TIDES)}
    assert 200 == client.get(f"/occupations/{ECHOPPES}").status_code


def test_when_the_days_budget_is_used_up_misses_say_until_when_and_hits_go_on(
    start: Start, sandbox: Sandbox
) -> None:
    client = start(onet_daily_budget=5)
    assert 200 == client.get(f"/occupations/{KITES}").status_code
    spent = [client.get(f"/occupations/{code}") for code in (TIDES, ECHOPPES, TIDES)]

    assert 5 == sandbox.request_count
    for refused in spent[-2:]:
        assert (503, "upstream-unavailable") == problem(refused)
        assert "today" in refused.get_json()["detail"]
        assert 0 < int(refused.headers["Retry-After"]) <= 86_400
    assert 200 == client.get(f"/occupations/{KITES}").status_code
    assert 5 == sandbox.request_count
    again = start(onet_daily_budget=5)  # another process on the database
    assert 503 == again.get(f"/occupations/{ECHOPPES}").status_code
    assert 5 == sandbox.request_count


def test_a_request_whose_caller_has_hung_up_is_not_worked_on_any_longer(
    client: FlaskClient, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.set_faults(Fault(path="about", delay=4.0))
    hung_up = Event()
    Timer(0.1, hung_up.set).start()
    began = time.monotonic()
    gone = client.get(f"/occupations/{KITES}", environ_overrides={"skillgap.abandoned": hung_up})

    assert time.monotonic() - began < 3.0
    assert (503, "upstream-unavailable") == problem(gone)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    stayed = client.get(f"/occupations/{KITES}", environ_overrides={"skillgap.abandoned": Event()})
    assert 200 == stayed.status_code


def test_a_request_whose_caller_had_hung_up_before_asks_nothing(
    client: FlaskClient, sandbox: Sandbox
) -> None:
    hung_up = Event()
    hung_up.set()
    client.get(f"/occupations/{KITES}", environ_overrides={"skillgap.abandoned": hung_up})

    assert 0 == sandbox.request_count
    assert 200 == client.get(f"/occupations/{KITES}").status_code
