"""Requests of the server as the application gets them, and its answers as the server does."""

from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.wrappers import Request

from app.logs import RequestIds
from app.response_cache.cors import Cors
from app.response_cache.middleware import ReadyAnswer
from app.server.gateway import Gateway
from app.server.refusals import Refusals


class Headers(list[tuple[str, str]]):
    """Those of a request, as Granian gives them."""

    def items(self) -> list[tuple[str, str]]:
        return list(self)

    def values(self) -> list[str]:
        return [value for _, value in self]

    def __len__(self) -> int:
        return len({name for name, _ in self})

    def get(self, name: str) -> str | None:
        return next((value for each, value in self if each == name), None)


class Watcher:
    """A request of Granian's, and what it was answered with."""

    def __init__(self, method: str = "GET", target: str = "/", *headers: tuple[str, str]) -> None:
        path, _, query = target.partition("?")
        self.scope = SimpleNamespace(
            method=method,
            path=path,
            query_string=query,
            headers=Headers([("host", "here"), *headers]),
            server="[::1]:8000",
            client="192.0.2.1:5555",
            scheme="http",
            http_version="1.1",
        )
        self.proto = self
        self.answers: list[tuple[int, list[tuple[str, str]], bytes]] = []
        self.is_done = False

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answers.append((status, headers, body))

    def done(self) -> None:
        self.is_done = True


class Closing:
    """An answer that has to be closed."""

    def __init__(self, parts: Iterator[bytes], closed: list[bool]) -> None:
        self._parts = parts
        self._closed = closed

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def close(self) -> None:
        self._closed.append(True)


@pytest.fixture
def counted():
    return Counter()


@pytest.fixture
def ask(counted):
    """Ask an application that notes its environ; return the request with its answer."""

    def ask(
        watcher: Watcher,
        app: Any = None,
        find: Any = None,
        environs: list[Any] | None = None,
        find_posted: Any = None,
    ) -> Watcher:
        def noting(environ, start_response):
            if environs is not None:
                environs.append(environ)
            start_response("202 Accepted", [("X-One", "1")])
            return [b"done"]

        refusals = Refusals(
            RequestIds(), lambda name, status: counted.update([(name, status)]), Cors(["*"])
        )
        without_loop: Any = None
        gateway = Gateway(app or noting, find, find_posted, refusals, without_loop, 1)
        gateway.schedule(watcher)
        return watcher

    return ask


def test_a_request_is_described_as_pep_3333_does(ask):
    environs: list[dict[str, Any]] = []
    twice = ("accept", "text/csv"), ("accept", "a/b;q=0.1"), ("x_forwarded_for", "forged")
    ask(Watcher("GET", "/a€?x=ü&y", *twice, ("content-type", "a/b")), environs=environs)

    (environ,) = environs
    request = Request(environ)
    assert ("/a€", "here", "192.0.2.1") == (request.path, request.host, request.remote_addr)
    assert {"x": "ü", "y": ""} == request.args.to_dict()
    assert ("::1", "8000") == (environ["SERVER_NAME"], environ["SERVER_PORT"])
    assert "text/csv,a/b;q=0.1" == environ["HTTP_ACCEPT"]
    assert "a/b" == environ["CONTENT_TYPE"]
    assert "HTTP_CONTENT_TYPE" not in environ
    assert not any("FORWARDED" in key for key in environ)
    assert b"" == environ["wsgi.input"].read()


def test_an_answer_is_handed_on_whole_and_closed(ask):
    closed = []

    def app(environ, start_response):
        start_response("299 So So", [("X-One", "1")])
        return Closing(iter([b"as ", b"told"]), closed)

    watcher = ask(Watcher(), app)

    assert [(299, [("X-One", "1")], b"as told")] == watcher.answers
    assert watcher.is_done
    assert [True] == closed


@pytest.mark.parametrize("hosts", [["here", "there"], [], [""], ["a b"], ["<script>"]])
def test_a_request_without_one_good_host_is_refused_whatever_is_kept(ask, counted, hosts):
    request = Watcher("GET", "/")
    request.scope.headers = Headers(("host", host) for host in hosts)
    watcher = ask(request, find=lambda *_: ReadyAnswer(200, [], b"kept"))

    ((status, headers, body),) = watcher.answers
    assert 400 == status
    assert ("Connection", "close") in headers
    assert b"one Host" in body
    assert {("none", 400): 1} == counted


def test_http_1_0_needs_no_host(ask):
    request = Watcher("GET", "/")
    request.scope.headers, request.scope.http_version = Headers(), "1"

    assert [202] == [status for status, _, _ in ask(request).answers]


def test_what_is_kept_is_answered_without_the_application(ask):
    environs: list[Any] = []
    kept = ReadyAnswer(200, [("ETag", "1")], b"kept")
    asked: list[Any] = []

    def find(path: str, query: str, header: Any) -> ReadyAnswer:
        names = "accept", "if-none-match", "x-request-id"
        asked.append((path, query, *map(header, names)))
        return kept

    request = Watcher("GET", "/a€?b", ("accept", "c"), ("x-request-id", "d"))
    watcher = ask(request, find=find, environs=environs)

    assert [("/a\xe2\x82\xac", "b", "c", None, "d")] == asked
    assert [kept] == watcher.answers
    assert [] == environs


@pytest.mark.parametrize(
    "request_", [Watcher("HEAD"), Watcher("GET", "/", ("accept", "a"), ("accept", "b"))]
)
def test_more_than_a_plain_question_is_the_applications(ask, request_):
    watcher = ask(request_, find=lambda *_: pytest.fail("looked for"))

    assert [202] == [status for status, _, _ in watcher.answers]


def test_an_application_that_fails_is_a_500_that_tells_nothing(ask, caplog):
    def app(environ, start_response):
        raise ValueError("canary")

    watcher = ask(Watcher("GET", "/x", ("x-request-id", "mine")), app)

    ((status, headers, body),) = watcher.answers
    assert 500 == status
    assert ("X-Request-ID", "mine") in headers
    assert b"canary" not in body
    assert "GET /x -> 500" in caplog.text
    assert "ValueError" in caplog.text


class There:
    """A body that came with the head."""

    def __init__(self, sent: bytes) -> None:
        self.done = lambda: True
        self.result = lambda: sent


class Posting(Watcher):
    """A request with a body that is there."""

    def __init__(self, sent: bytes, *headers: tuple[str, str], method: str = "POST") -> None:
        length = "content-length", str(len(sent))
        super().__init__(method, "/skill-gap?a=1", length, *headers)
        self.sent = sent

    def __call__(self) -> There:
        return There(self.sent)


def test_a_body_that_came_with_the_head_is_answered_at_once_where_all_is_at_hand(ask):
    answer = ReadyAnswer(200, [("X-One", "1")], b"compared")
    asked: list[Any] = []

    def find(path: str, query: str, header: Any, body: bytes) -> ReadyAnswer:
        asked.append((path, query, header("content-length"), body))
        return answer

    watcher = ask(Posting(b"{}"), lambda *_: pytest.fail("asked"), find_posted=find)

    assert [("/skill-gap", "a=1", "2", b"{}")] == asked
    assert [answer] == watcher.answers
    assert watcher.is_done


@pytest.mark.parametrize(
    "watcher",
    [
        Posting(b"{}", ("accept", "a/b"), ("accept", "text/csv")),
        Posting(b"{}", ("host", "here")),
        Posting(b"{}", method="PUT"),
    ],
)
def test_what_is_no_plain_post_is_the_applications(ask, watcher):
    ask(watcher, find_posted=lambda *_: pytest.fail("asked"))

    assert watcher.is_done


def test_else_it_is_the_applications_with_its_body(ask):
    environs: list[dict[str, Any]] = []

    watcher = ask(Posting(b"{}"), environs=environs, find_posted=lambda *_: None)

    (environ,) = environs
    assert (b"{}", "2") == (environ["wsgi.input"].read(), environ["CONTENT_LENGTH"])
    assert [202] == [status for status, _, _ in watcher.answers]
