"""What is posted to be compared has the same answer before Flask as from it, to the byte."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.clock import FakeClock
from werkzeug.test import Client, EnvironBuilder

from app.profiles.schema import LONGEST_BODY
from app.server.posted_gaps import PostedGaps
from app.wiring.container import services_of

CHIEFS, WEB, NOBODY = "11-1011.00", "15-1254.00", "99-9999.00"
PROGRAMMING = "2.B.3.e"
OWN = {"occupations": ["15-1254"], "ratings": {PROGRAMMING: 4.5, "2.A.1.a": 0}}
BODY: dict[str, Any] = {"from": OWN, "to": CHIEFS}
Ask = Callable[..., tuple[Any, Any]]

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")


def environ(body: bytes, headers: dict[str, str], query: str = "") -> dict[str, Any]:
    given = {"Content-Type": "application/json", **headers}
    kind = given.pop("Content-Type")
    builder = EnvironBuilder(
        "/skill-gap", method="POST", data=body, headers=given, content_type=kind,
        query_string=query,
    )  # fmt: skip
    return builder.get_environ()


def find(
    posted: PostedGaps, body: bytes, headers: dict[str, str] | None = None, query: str = ""
) -> Any:
    """Ask what is in front of Flask."""
    given = {"content-type": "application/json"}
    given |= {name.lower(): value for name, value in (headers or {}).items()}
    return posted.find("/skill-gap", query, given.get, body)


def asking(app: Flask) -> Ask:
    """Ask the view, then what is in front of it; return both answers."""
    posted = PostedGaps(services_of(app))

    def ask(body: Any, headers: dict[str, str] | None = None, query: str = "") -> tuple[Any, Any]:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        view = Client(app).open(environ(text, headers or {}, query))
        return view, find(posted, text, headers, query)

    return ask


@pytest.fixture
def ask(starter_app: Flask, clock: FakeClock) -> Ask:
    return asking(starter_app)


def assert_same(view: Any, front: Any) -> None:
    assert 200 == view.status_code == front.status
    assert view.data == front.body
    assert sorted(view.headers.to_wsgi_list()) == sorted(front.headers)


ANSWERED = {
    "an occupation and ratings": BODY,
    "an occupation": {"from": {"occupations": [CHIEFS]}, "to": WEB},
    "the target itself": {"from": {"occupations": [WEB, WEB]}, "to": WEB},
    "several": {"from": {"occupations": [CHIEFS, "15-1254", CHIEFS]}, "to": "11-1011"},
    "ratings": {"from": {"ratings": {PROGRAMMING: 7, "2.A.1.a": 0.123456}}, "to": WEB},
    "some gaps": BODY | {"limit": 2, "sort": "gain", "kind": "higher_level"},
    "all there is": BODY | {"include": "covered", "min_importance": 2.5, "format": "json"},
    "what is sure": BODY | {"significant": True, "domain": "skills"},
}
MINE = {"X-Request-ID": "mine"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "application/json", "Content-Type": "application/json; charset=utf-8"},
        {"Accept-Encoding": "gzip, br", "Origin": "https://elsewhere.example"},
        {"Accept-Encoding": "identity;q=1, gzip;q=0.5", "Accept": "text/csv;q=0.1, */*"},
    ],
)
@pytest.mark.parametrize("body", ANSWERED.values(), ids=ANSWERED)
def test_it_is_the_answer_of_the_view(ask: Ask, body: Any, headers: dict[str, str]) -> None:
    assert_same(*ask(body, headers | MINE))


@pytest.mark.parametrize("origin", ["https://one.example", "https://two.example", None])
def test_it_is_for_the_origins_that_may_read_it(
    open_app: Callable[..., FlaskClient], starter_database: str, origin: str | None
) -> None:
    client = open_app(starter_database, cors_origins=("https://one.example",))
    ask = asking(client.application)

    assert_same(*ask(BODY, MINE | ({"Origin": origin} if origin else {})))


REFUSED: dict[str, Any] = {
    "a title": BODY | {"to": "Chief Executives"},
    "a code that nobody has": BODY | {"to": NOBODY},
    "an unknown element": BODY | {"from": {"ratings": {"9.Z": 1}}},
    "a level beyond 7": BODY | {"from": {"ratings": {PROGRAMMING: 7.1}}},
    "nothing said": BODY | {"from": {}},
    "an unknown member": BODY | {"too": WEB},
    "a domain that is not held": BODY | {"domain": "abilities"},
    "CSV": BODY | {"format": "csv"},
    "no JSON": b"{",
    "no text": b"\xff",
    "a member twice": b'{"from": {"ratings": {}}, "to": "11-1011", "to": "15-1254"}',
    "a body that is too long": json.dumps(BODY).encode() + b" " * LONGEST_BODY,
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_or_not_at_hand_is_left_to_the_view(ask: Ask, body: Any) -> None:
    assert ask(body)[1] is None


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"Accept": "text/csv"}, ""),
        ({"Content-Type": "text/plain"}, ""),
        ({"Content-Encoding": "gzip"}, ""),
        ({"Content-Type": "application/jsonp"}, ""),
        ({}, "format=csv"),
    ],
)
def test_more_than_a_plain_request_is_left_to_the_view(
    ask: Ask, headers: dict[str, str], query: str
) -> None:
    assert ask(BODY, headers, query)[1] is None


def test_what_is_not_known_to_be_held_is_left_to_the_view(
    starter_app: Flask, ask: Ask, clock: FakeClock
) -> None:
    assert_same(*ask(BODY, MINE))
    changes = services_of(starter_app).changes
    posted = PostedGaps(services_of(starter_app))
    text = json.dumps(BODY).encode()

    changes._trusted_until = float("-inf")  # nobody looked lately
    assert find(posted, text) is None
    changes.look()
    assert find(posted, text) is not None
    clock.advance(services_of(starter_app).limits.ttl)  # stale from here on
    assert find(posted, text) is None


def test_it_counts_as_the_view_does(starter_app: Flask, ask: Ask) -> None:
    services = services_of(starter_app)

    def counted() -> dict[Any, float]:
        services.counters.hand_over()
        return dict(services.metrics._counts.totals())

    def since(before: dict[Any, float]) -> dict[Any, float]:
        return {key: value - before.get(key, 0) for key, value in counted().items()
                if value != before.get(key, 0)}  # fmt: skip

    text = json.dumps(BODY).encode()
    ask(BODY)
    before = counted()
    Client(starter_app).open(environ(text, {}))
    by_view, before = since(before), counted()
    find(PostedGaps(services), text)

    assert by_view == since(before) != {}
