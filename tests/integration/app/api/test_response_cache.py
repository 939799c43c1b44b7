"""The response cache answers as Flask would, only sooner, and never what is no longer so."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from support.caches import stand_still
from support.clock import START, FakeClock

from app.api import finishing
from app.response_cache import cached_response as kept_answers
from app.response_cache import middleware as response_cache
from app.response_cache import negotiation
from app.response_cache.negotiation import gunzipped, gzip_etag
from app.wiring.container import services_of
from cache.entries.purge import purge

# What the response cache rests on in a database, tests of `cache.entries.invalidation` see on each.
pytestmark = pytest.mark.parametrize(
    "engine",
    ["sqlite", pytest.param("mysql", marks=[pytest.mark.mysql, pytest.mark.soak])],
    indirect=True,
)

GAP = "/skill-gap?from=11-9001.00&to=15-9002.00"
TOKEN = "canary-admin-token"
ADMIN = {"Authorization": f"Bearer {TOKEN}"}
OWN = ("X-Request-ID", "Date")
"""Headers that no two answers share."""


class Both:
    """One application with the response cache, whose looks a test decides, and one without."""

    def __init__(self, open_app: Callable[..., FlaskClient], engine: Engine) -> None:
        settings = {"admin_token": TOKEN, "cache_ttl": 1000.0, "cache_negative_ttl": 50.0}
        self.app, self.slow_app = (open_app(engine.url, **settings).application for _ in range(2))
        self.slow_app.wsgi_app = cast("Any", self.slow_app.wsgi_app)._inner
        self.services = services_of(self.app)
        self.changes = stand_still(self.services.changes)
        self.passed: list[str] = []
        way: Any = self.app.wsgi_app
        inner = way._inner
        way._inner = lambda environ, start: (
            self.passed.append(environ["PATH_INFO"]) or inner(environ, start)
        )

    def get(self, target: str = GAP, **options: Any) -> Any:
        return FlaskClient(self.app).get(target, **options)

    def slow(self, target: str = GAP, **options: Any) -> Any:
        return FlaskClient(self.slow_app).get(target, **options)

    def is_fast(self, target: str = GAP, **options: Any) -> bool:
        before = len(self.passed)
        self.get(target, **options)
        return before == len(self.passed)


@pytest.fixture
def both(open_app: Callable[..., FlaskClient], seeded_engine: Engine) -> Both:
    return Both(open_app, seeded_engine)


def shown(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    headers = {name: value for name, value in answer.headers.items() if name not in OWN}
    return answer.status_code, answer.data, headers


@pytest.mark.parametrize(
    "target",
    [GAP, GAP + "&include=covered&limit=1&sort=name", "/occupations/15-9002.00", GAP + "&other=1"],
)
def test_the_second_answer_is_fast_and_the_same_without_a_statement(
    both: Both, target: str
) -> None:
    statements: list[str] = []
    first = both.get(target)
    event.listen(
        both.services.reader, "before_cursor_execute", lambda *given: statements.append(given[2])
    )

    second = both.get(target)

    assert 1 == len(both.passed)
    assert [] == statements
    assert shown(both.slow(target)) == shown(first) == shown(second)
    assert {"X-Request-ID"} <= set(second.headers.keys())


def test_an_uncached_pair_takes_one_statement_and_one_of_known_occupations_none(
    both: Both,
) -> None:
    both.services.matrices.snapshot("skills")  # read once, for what all occupations come to
    statements: list[str] = []
    event.listen(
        both.services.reader,
        "before_cursor_execute",
        lambda *given: statements.append(given[2]) if given[2].startswith("SELECT") else None,
    )

    both.get()
    assert 1 == len(statements)
    both.get("/skill-gap?from=15-9002.00&to=11-9001.00")
    assert 1 == len(statements)


@pytest.mark.parametrize(
    "other",
    [
        "/skill-gap?to=15-9002.00&from=11-9001.00",
        "/skill-gap?from=11-9001&to=%2015-9002.00%20",
        GAP + "&sort=priority&domain=skills",
    ],
)
def test_ways_of_asking_the_same_share_one_answer(both: Both, other: str) -> None:
    both.get()
    both.get(other)
    way: Any = both.app.wsgi_app

    assert both.is_fast(other)
    assert 1 == len(way._answers)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.floats(0, 999.9), min_size=1, max_size=6))
def test_the_headers_follow_the_clock_as_the_slow_ones_do(both: Both, times: list[float]) -> None:
    clock: Any = both.services.now
    clock.time = START
    both.get()

    for seconds in times:
        clock.time = START + timedelta(seconds=seconds)
        assert shown(both.slow()) == shown(both.get())


@pytest.mark.parametrize("microseconds", [-1, 0, 1])
@pytest.mark.parametrize("seconds", [1, 500, 999])
def test_the_headers_change_in_the_very_microsecond(
    both: Both, clock: FakeClock, seconds: int, microseconds: int
) -> None:
    clock.advance(seconds - 0.5)
    both.get()
    both.get()

    clock.time = START + timedelta(seconds=seconds, microseconds=microseconds)

    assert both.is_fast()
    assert shown(both.slow()) == shown(both.get())


def test_an_answer_ends_with_the_freshness_of_its_entries(both: Both, clock: FakeClock) -> None:
    both.get()

    clock.time = START + timedelta(seconds=1000) - timedelta(microseconds=1)
    assert both.is_fast()
    clock.time = START + timedelta(seconds=1000)
    assert not both.is_fast()
    assert not both.is_fast()
    assert "; ttl=0;" in both.get().headers["Cache-Status"]


@pytest.mark.parametrize("code", ["11-9001.00", "15-9002.00"])
def test_a_purge_shows_at_once_where_it_was_asked_for(both: Both, code: str) -> None:
    both.get()

    deleted = both.app.test_client().delete(f"/admin/cache/entries/{code}", headers=ADMIN)

    assert {"purged": 1} == deleted.get_json()
    assert 503 == both.get().status_code


def test_a_purge_by_another_process_shows_with_the_next_look(
    both: Both, seeded_engine: Engine
) -> None:
    both.get()

    purge(seeded_engine, ["15-9002.00"])
    both.changes.look()

    assert 503 == both.get().status_code


NOT_KEPT = [
    ("/skill-gap?from=11-9001.00&to=53-9005.00", 404),
    ("/skill-gap?from=11-9001.00&to=99-9999.99", 404),
    ("/skill-gap?from=11-9001.00", 422),
    ("/occupations?q=kite", 200),
    ("/health", 200),
    (GAP + "&other=" + "x" * response_cache.LONGEST, 200),
    ("/occupations/" + "%20" * response_cache.LONGEST + "15-9002.00", 200),
]


@pytest.mark.parametrize(("target", "status"), NOT_KEPT)
def test_other_answers_are_made_anew(both: Both, target: str, status: int) -> None:
    assert status == both.get(target).status_code

    assert not both.is_fast(target)


def test_nothing_is_kept_while_changes_could_be_missed(both: Both) -> None:
    clock = iter(range(0, 10**6, 100))
    both.changes._clock = lambda: float(next(clock))

    both.get()

    assert not both.is_fast()


def test_other_methods_are_left_to_flask(both: Both) -> None:
    both.get()
    client = both.app.test_client()

    assert (b"", 415) == (client.head(GAP).data, client.post(GAP).status_code)
    assert 3 == len(both.passed)


@pytest.mark.parametrize(
    ("condition", "fast", "status"),
    [
        ("{}", True, 304),
        ("W/{}", False, 304),
        ('"other", {}', False, 304),
        ("*", False, 304),
        ('"other"', False, 200),
    ],
)
def test_a_condition_is_answered_as_flask_does(
    both: Both, condition: str, fast: bool, status: int
) -> None:
    etag = both.get().headers["ETag"]
    headers = {"If-None-Match": condition.format(etag)}

    answer = both.get(headers=headers)

    assert fast == both.is_fast(headers=headers)
    assert status == answer.status_code
    assert shown(both.slow(headers=headers)) == shown(answer)


@pytest.mark.parametrize("asked", ["gzip", "gzip, deflate, br", "gzip;q=0", "identity", "br"])
def test_an_answer_in_a_coding_is_the_one_that_flask_gives(both: Both, asked: str) -> None:
    headers = {"Accept-Encoding": asked}
    first = both.get(headers=headers)

    assert both.is_fast(headers=headers)
    assert shown(both.slow(headers=headers)) == shown(first) == shown(both.get(headers=headers))
    packed = asked.startswith("gzip") and "q=0" not in asked
    assert ("gzip" if packed else None) == first.headers.get("Content-Encoding")
    body = gunzipped(first.data) if packed else first.data
    assert both.get().data == body == both.slow().data
    assert packed == (first.headers["ETag"] == gzip_etag(both.get().headers["ETag"]))


@pytest.mark.parametrize("held", ["gzip", "identity"])
@pytest.mark.parametrize("asked", ["gzip", "identity"])
@pytest.mark.parametrize("condition", ["{}", '"x", {}'])
def test_the_etag_of_a_coding_that_is_taken_is_answered_304_with_itself(
    both: Both, condition: str, asked: str, held: str
) -> None:
    etag = both.get(headers={"Accept-Encoding": held}).headers["ETag"]
    headers = {"Accept-Encoding": asked, "If-None-Match": condition.format(etag)}
    answer = both.get(headers=headers)

    taken = asked == "gzip" or held == "identity"
    assert (taken and condition == "{}") == both.is_fast(headers=headers)
    assert (304 if taken else 200) == answer.status_code
    if taken:
        assert (b"", etag) == (answer.data, answer.headers["ETag"])
    assert "Content-Encoding" not in answer.headers
    assert taken != ("Content-Length" in answer.headers)
    assert shown(both.slow(headers=headers)) == shown(answer)


@pytest.mark.parametrize("first", ["gzip", "identity"])
def test_an_answer_is_packed_once_whatever_becomes_of_it(
    both: Both, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    packed: list[bytes] = []

    def gzipped(body: bytes) -> bytes:
        packed.append(body)
        return negotiation.gzipped(body)

    monkeypatch.setattr(kept_answers, "gzipped", gzipped)
    monkeypatch.setattr(finishing, "gzipped", gzipped)
    monkeypatch.setattr(kept_answers, "UNPACKED", 2 * len(both.get().data))
    targets = [f"{GAP}&include=covered&limit={limit}" for limit in range(1, 9)]
    headers = [{"Accept-Encoding": first}, {"Accept-Encoding": "gzip"}, {}]
    plain = [both.slow(target).data for target in targets]
    made = len(both.passed) + len(targets)
    for each in headers * 3:
        bodies = [both.get(target, headers=each) for target in targets]
        assert plain == [
            gunzipped(one.data) if "Content-Encoding" in one.headers else one.data for one in bodies
        ]

    assert sorted(plain) == sorted(packed)
    assert made == len(both.passed)


@pytest.mark.parametrize("origin", [None, "https://a.example", "https://evil.example"])
def test_pages_on_the_list_alone_may_read_a_kept_answer(
    open_app: Callable[..., Any], seeded_engine: Engine, origin: str | None
) -> None:
    client = open_app(seeded_engine.url, cors_origins=("https://a.example", "https://b.example"))
    headers = {} if origin is None else {"Origin": origin}
    for _ in range(3):
        answer = client.get(GAP, headers=headers)
        assert ["Accept, Accept-Encoding, Origin"] == answer.headers.getlist("Vary")
        allowed = origin if origin == "https://a.example" else None
        assert allowed == answer.headers.get("Access-Control-Allow-Origin")
        assert (allowed is not None) == ("Access-Control-Expose-Headers" in answer.headers)


def test_kept_answers_take_no_more_memory_than_they_may(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = cast("Any", both.app.wsgi_app)._answers
    monkeypatch.setattr(answers, "_capacity", 10_000)
    for limit in range(1, 41):
        both.get(f"{GAP}&limit={limit}")

    kept = list(answers._copies.values())
    assert 1 < len(kept) < 10
    assert 10_000 >= sum(copy.size for copy in kept) == answers._size


def test_a_request_id_is_taken_over_or_made(both: Both) -> None:
    both.get()
    given = both.get(headers={"X-Request-ID": "mine-1"}).headers["X-Request-ID"]
    made = [both.get(headers={"X-Request-ID": "a b"}).headers["X-Request-ID"] for _ in range(3)]

    assert 1 == len(both.passed)
    assert "mine-1" == given
    assert 3 == len(set(made))
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in made)


def test_the_metrics_count_fast_answers_too(both: Both) -> None:
    for _ in range(5):
        etag = both.get().headers["ETag"]
    both.get(headers={"If-None-Match": etag})
    both.changes._after_look()

    value: Callable[..., Any] = both.services.metrics.registry.get_sample_value
    assert 12 == value("skillgap_entry_reads_total", {"result": "hit"})
    assert [5, 1] == [
        value("skillgap_http_requests_total", {"endpoint": "/skill-gap", "status": status})
        for status in ("200", "304")
    ]
