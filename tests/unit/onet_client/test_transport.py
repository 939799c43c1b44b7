import io
import logging
from contextlib import suppress
from threading import Barrier, Thread

import pytest
import requests
from support.fake_upstream import FakeUpstream, answering, breaking
from support.waiting import at_once
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from onet_client import errors
from onet_client.client import connect
from onet_client.deadline import Deadline
from onet_client.governor import LONGEST_PAUSE, InMemoryGovernor
from onet_client.sessions import USER_AGENT

RETRIED = {429, 500, 502, 503, 504}


@pytest.fixture
def client(new_client, upstream):
    return new_client(upstream)


@pytest.mark.parametrize("status", [*range(400, 600), 204, 206, 300, 304, 305])
def test_only_the_statuses_worth_it_are_asked_again_and_at_most_twice(client, upstream, status):
    upstream.faults["about", 0] = answering(status)

    with pytest.raises(errors.OnetError) as raised:
        client.release()

    sent = 3 if status in RETRIED else 1
    assert sent == len(upstream.requests)
    assert sent == raised.value.attempts
    assert status == raised.value.status
    assert f"{upstream.base}about" == raised.value.url


READ_TIMEOUT = ReadTimeoutError(None, "/", "read timed out")
BROKEN = {
    "refused": (requests.ConnectionError("refused"), errors.Unreachable, 3),
    "cut": (requests.exceptions.ChunkedEncodingError("cut"), errors.Unreachable, 3),
    "certificate": (requests.exceptions.SSLError("not trusted"), errors.Unreachable, 3),
    "proxy": (requests.exceptions.ProxyError("no"), errors.Unreachable, 3),
    "below": (ProtocolError("broken"), errors.Unreachable, 3),
    "no connection in time": (requests.ConnectTimeout("late"), errors.TimedOut, 3),
    "no answer in time": (requests.ReadTimeout("late"), errors.TimedOut, 3),
    "no more of it in time": (requests.ConnectionError(READ_TIMEOUT), errors.TimedOut, 3),
    "encoding": (requests.exceptions.ContentDecodingError("gzip"), errors.BadReply, 1),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_breaks_on_the_wire_has_its_class_and_its_retries(client, upstream, kind):
    exception, expected, sent = BROKEN[kind]
    upstream.faults["about", 0] = breaking(exception)

    with pytest.raises(errors.OnetError) as raised:
        client.release()

    assert expected is type(raised.value)
    assert sent == raised.value.attempts == len(upstream.requests)
    assert exception is raised.value.__cause__


def test_the_cause_of_an_error_does_not_bring_the_request_and_its_headers_along(client, upstream):
    exception = requests.ConnectionError("refused", request=requests.PreparedRequest())
    upstream.faults["about", 0] = breaking(exception)

    with pytest.raises(errors.Unreachable) as raised:
        client.release()

    assert raised.value.__cause__.request is None


def test_a_programming_error_is_neither_hidden_nor_retried(client, upstream):
    upstream.faults["about", 0] = breaking(ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        client.release()

    assert 1 == len(upstream.requests)


def test_waits_grow_from_200_ms_with_full_jitter_on_top(new_client, upstream, clock):
    for _ in range(60):
        upstream.faults["about", 0] = answering(503, 2)
        new_client(upstream).release()
    first, second = clock.slept[::2], clock.slept[1::2]

    assert 0.2 <= min(first) < 0.3
    assert 0.6 < max(first) <= 0.7
    assert 0.2 <= min(second) < 0.4
    assert 1.0 < max(second) <= 1.2
    assert 120 == len(clock.slept)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_retry_after_is_obeyed(client, upstream, clock, status):
    upstream.faults["about", 0] = answering(status, 1, Retry_After="7")

    assert "30.3" == client.release()
    assert 7.0 == pytest.approx(sum(clock.slept))


def test_the_own_wait_counts_where_it_is_longer_than_the_retry_after(new_client, upstream, clock):
    for _ in range(60):
        upstream.faults["about", 0] = answering(503, 2, Retry_After="1")
        new_client(upstream).release()

    assert 1.0 == min(clock.slept)
    assert 1.0 < max(clock.slept) <= 1.2


@pytest.mark.parametrize("wait", ["20", "21", "86400", "9" * 30])
def test_a_retry_after_past_the_deadline_is_told_at_once(client, upstream, clock, wait):
    upstream.faults["about", 0] = answering(429, Retry_After=wait)

    with pytest.raises(errors.RateLimited) as raised:
        client.release()

    assert min(float(wait), LONGEST_PAUSE) == raised.value.retry_after
    assert (1, []) == (raised.value.attempts, clock.slept)


def test_no_retry_goes_past_the_deadline(new_client, upstream, clock):
    upstream.faults["about", 0] = answering(503)
    upstream.on_request = lambda: clock.sleep(1.9)

    with pytest.raises(errors.UpstreamFailure) as raised:
        new_client(upstream, deadline=2.0).release()

    assert 1 == raised.value.attempts


def test_a_time_out_at_the_deadline_is_the_deadline_s(new_client, upstream, clock):
    upstream.faults["about", 0] = breaking(requests.ReadTimeout())
    upstream.on_request = lambda: clock.sleep(10.0)

    with pytest.raises(errors.DeadlineExceeded) as raised:
        new_client(upstream, deadline=5.0).release()

    assert 1 == raised.value.attempts


def test_nothing_is_sent_after_the_deadline(client, upstream, clock):
    deadline = Deadline(1.0, clock)
    clock.sleep(1.0)

    with pytest.raises(errors.DeadlineExceeded) as raised:
        client.release(deadline=deadline)

    assert [] == upstream.requests
    assert 0 == raised.value.attempts
    assert f"{upstream.base}about" == raised.value.url


@pytest.mark.parametrize(
    ("seconds", "time_outs"), [(60.0, (3.0, 10.0)), (8.0, (3.0, 8.0)), (2.0, (2.0, 2.0))]
)
def test_time_outs_are_cut_to_what_the_deadline_leaves(client, upstream, clock, seconds, time_outs):
    client.release(deadline=Deadline(seconds, clock))

    assert time_outs == upstream.requests[0].req_kwargs["timeout"]


def test_every_request_says_who_asks_for_what_and_verifies_the_other_side(client, upstream, canary):
    client.occupations()

    for request in upstream.requests:
        assert USER_AGENT == request.headers["User-Agent"]
        assert "application/json" == request.headers["Accept"]
        assert canary == request.headers["X-API-Key"]
        assert canary not in request.url
        assert request.req_kwargs["verify"] is True
        assert request.req_kwargs["stream"] is True


def test_the_environment_adds_no_credentials_and_does_not_weaken_tls(
    new_client, upstream, monkeypatch, tmp_path, canary
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api-v2.onetcenter.org login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(netrc))

    new_client(upstream).release()

    assert "Authorization" not in upstream.requests[0].headers
    assert upstream.requests[0].req_kwargs["verify"] is True


@pytest.mark.parametrize(
    ("url", "no_proxy", "proxied"),
    [
        ("https://onet.example/", "", True),
        ("https://onet.example/", "onet.example", False),
        ("http://127.0.0.1:9900/", "", False),
    ],
)
def test_a_proxy_is_used_where_it_sees_no_credentials(monkeypatch, clock, url, no_proxy, proxied):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    upstream = FakeUpstream()
    upstream.base = url
    with upstream.running():
        connect(url, "2", api_key="k", governor=InMemoryGovernor(5)).release()

    proxies = upstream.requests[0].req_kwargs["proxies"]
    assert proxied is ("https" in proxies)
    assert proxied or not proxies


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_within_the_upstream_is_followed(client, upstream, status):
    upstream.faults["database", 0] = answering(status, Location="/about")

    with pytest.raises(errors.BadReply) as raised:
        client.tables()

    assert ["database", "about"] == upstream.paths
    assert f"{upstream.base}about" == raised.value.url  # what came from there is no list


@pytest.mark.parametrize(
    "location",
    ["https://evil.example/", "http://api-v2.onetcenter.org/about", "//evil.example/about", ""],
)
def test_a_redirect_away_is_not_followed(client, upstream, location):
    upstream.faults["about", 0] = answering(301, Location=location)

    with pytest.raises(errors.BadReply):
        client.release()

    assert ["about"] == upstream.paths


def test_redirects_come_to_an_end(client, upstream):
    upstream.faults["about", 0] = answering(301, Location="/about")

    with pytest.raises(errors.BadReply, match="again and again") as raised:
        client.release()

    assert 4 == len(upstream.requests) == raised.value.attempts
    assert 301 == raised.value.status


class Endless(io.RawIOBase):
    """Spaces without end, counting those that were read."""

    def __init__(self):
        self.read_bytes = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        buffer[:] = b" " * len(buffer)
        self.read_bytes += len(buffer)
        return len(buffer)


def test_a_body_over_the_bound_is_not_read_to_its_end(client, upstream):
    body = Endless()

    def fault(answer):
        answer.body = io.BufferedReader(body)

    upstream.faults["about", 0] = fault

    with pytest.raises(errors.BadReply, match="20000000 bytes"):
        client.release()

    assert 20_000_000 < body.read_bytes < 20_500_000


class Governor:
    """Notes what it is told, and has requests wait or stop as it is told to."""

    def __init__(self, *waits):
        self.waits = list(waits)
        self.told = []

    def acquire(self):
        self.told.append("acquire")
        answer = self.waits.pop(0) if self.waits else 0.0
        if isinstance(answer, Exception):
            raise answer
        return answer

    def pause(self, seconds):
        self.told.append(seconds)

    def success(self):
        self.told.append("success")

    def failure(self, cause):
        self.told.append("failure")


def test_a_request_waits_for_its_turn_as_often_as_it_takes(new_client, upstream, clock):
    governor = Governor(0.5, 0.25)
    new_client(upstream, governor=governor).release()

    assert [0.5, 0.25] == clock.slept
    assert ["acquire", "acquire", "acquire", "success"] == governor.told


@pytest.mark.parametrize(
    ("answer", "error", "retry_after"),
    [
        (20.0, errors.DeadlineExceeded, 20.0),
        (3600.0, errors.DeadlineExceeded, 3600.0),
        (errors.CircuitOpen("open", retry_after=12.0), errors.CircuitOpen, 12.0),
    ],
    ids=["a turn at the deadline", "a turn after it", "an open circuit"],
)
def test_what_may_not_go_in_time_is_neither_waited_for_nor_sent_nor_observed(
    new_client, upstream, clock, answer, error, retry_after
):
    observed = []
    with pytest.raises(error) as raised:
        new_client(upstream, governor=Governor(answer), observe=observed.append).release()

    assert (retry_after, 0) == (raised.value.retry_after, raised.value.attempts)
    assert f"{upstream.base}about" == raised.value.url
    assert ([], [], []) == (clock.slept, upstream.requests, observed)


def test_a_circuit_that_opens_between_retries_ends_them(new_client, upstream):
    upstream.faults["about", 0] = answering(503)
    governor = Governor(0.0, errors.CircuitOpen("open", retry_after=12.0))
    with pytest.raises(errors.CircuitOpen) as raised:
        new_client(upstream, governor=governor).release()

    assert 1 == raised.value.attempts


def test_a_retry_after_of_one_pauses_all_that_share_the_governor(new_client, upstream, clock):
    governor = InMemoryGovernor(5, clock)
    upstream.faults["about", 0] = answering(429, Retry_After="99")
    with pytest.raises(errors.RateLimited):
        new_client(upstream, governor=governor).release()

    with pytest.raises(errors.DeadlineExceeded) as raised:
        new_client(upstream, governor=governor).tables()

    assert 99.0 == pytest.approx(raised.value.retry_after)
    assert 1 == len(upstream.requests)


def test_a_dead_upstream_is_asked_five_times_and_then_left_alone(new_client, upstream, clock):
    upstream.faults["about", 0] = breaking(requests.ConnectionError())
    client = new_client(upstream)
    with pytest.raises(errors.Unreachable):
        client.release()
    with pytest.raises(errors.CircuitOpen):
        client.release()
    with pytest.raises(errors.CircuitOpen):
        client.release()

    assert 5 == len(upstream.requests)


def test_no_more_requests_are_under_way_than_allowed(new_client, upstream):
    under_way, most, pair = [], [], Barrier(2, timeout=10)

    def arrive():
        under_way.append(1)
        most.append(len(under_way))
        pair.wait()
        under_way.pop()

    upstream.on_request = arrive
    client = new_client(upstream, max_concurrency=2)
    at_once([client.release] * 6)

    assert 2 == max(most)
    assert 6 == len(upstream.requests)


def test_waiting_for_a_connection_counts_against_the_deadline(new_client, upstream, clock):
    client = new_client(upstream, max_concurrency=1)
    raised = []

    def ask_meanwhile():
        try:
            client.tables(deadline=Deadline(0.05, clock))
        except errors.DeadlineExceeded as error:
            raised.append(error)

    def hold():
        thread = Thread(target=ask_meanwhile)
        thread.start()
        thread.join()

    upstream.on_request = hold
    client.release()

    assert ["about"] == upstream.paths
    assert ["no connection became free in time"] == [str(error) for error in raised]


def test_a_failed_request_gives_its_connection_back(new_client, upstream):
    upstream.faults["about", 0] = answering(404, 3)
    client = new_client(upstream, max_concurrency=1)
    for _ in range(3):
        with pytest.raises(errors.NotFound):
            client.release()

    assert "30.3" == client.release()


def test_a_retry_is_logged_with_what_failed_and_when_it_goes(client, upstream, caplog):
    upstream.faults["about", 0] = answering(503, 1, Retry_After="7")
    with caplog.at_level(logging.INFO, "onet_client"):
        client.release()

    expected = f"the upstream failed (503); asking {upstream.base}about again in 7.0 s"
    assert [expected] == [record.getMessage() for record in caplog.records]


ENDED = {
    "right": (lambda answer: None, ["success"], ["ok"]),
    "right by its status alone": (
        lambda answer: setattr(answer, "body", b"<html>"),
        ["success"],
        ["ok"],
    ),
    "redirect within": (answering(308, Location="/about"), ["success"] * 4, ["redirect"] * 4),
    "redirect away": (answering(301, Location="https://evil.example/"), ["success"], ["redirect"]),
    "redirect to nowhere": (answering(302), ["success"], ["bad_reply"]),
    "204": (answering(204), ["success"], ["bad_reply"]),
    "400": (answering(400), ["success"], ["client_error"]),
    "403 with a wait": (answering(403, Retry_After="9"), ["success"], ["client_error"]),
    "499": (answering(499), ["success"], ["client_error"]),
    "429 once": (answering(429, 1), ["success", 1.0, "success"], ["rate_limited", "ok"]),
    "429 once with a wait": (
        answering(429, 1, Retry_After="9"),
        ["success", 9.0, "success"],
        ["rate_limited", "ok"],
    ),
    "429 once with a wait of none": (
        answering(429, 1, Retry_After="0"),
        ["success", 0.0, "success"],
        ["rate_limited", "ok"],
    ),
    "500 once": (answering(500, 1), ["failure", "success"], ["server_error", "ok"]),
    "501 with a wait": (answering(501, Retry_After="9"), ["failure"], ["server_error"]),
    "503 with a long wait": (answering(503, Retry_After="99"), ["failure", 99.0], ["server_error"]),
    "599": (answering(599), ["failure"], ["server_error"]),
    "late": (breaking(requests.ReadTimeout()), ["failure"] * 3, ["timeout"] * 3),
    "refused": (breaking(requests.ConnectionError()), ["failure"] * 3, ["unreachable"] * 3),
    "cut off once": (breaking(ProtocolError(), 1), ["failure", "success"], ["unreachable", "ok"]),
    "spoiled": (
        breaking(requests.exceptions.ContentDecodingError()),
        ["success"],
        ["bad_reply"],
    ),
    "too long": (
        lambda answer: setattr(answer, "body", b" " * 20_000_001),
        ["success"],
        ["bad_reply"],
    ),
    "fault of the program": (breaking(ZeroDivisionError()), [], ["unreachable"]),
}


@pytest.mark.parametrize("case", ENDED)
def test_how_each_request_ended_is_told_to_the_governor_and_observed_once(
    new_client, upstream, case
):
    upstream.faults["about", 0], told, results = ENDED[case]
    governor, observed = Governor(), []
    with suppress(errors.OnetError, ZeroDivisionError):
        new_client(upstream, governor=governor, observe=observed.append).release()

    assert told == [entry for entry in governor.told if entry != "acquire"]
    assert results == observed
    assert len(observed) == len(upstream.requests) == governor.told.count("acquire")


def test_a_request_that_the_deadline_cuts_short_is_observed_as_a_time_out(
    new_client, upstream, clock
):
    upstream.on_request = lambda: clock.sleep(5.0)
    observed = []
    with pytest.raises(errors.DeadlineExceeded):
        new_client(upstream, deadline=5.0, observe=observed.append).release()

    assert ["timeout"] == observed


@pytest.mark.parametrize("status", [200, 404, 503])
def test_a_request_is_observed_though_the_governor_fails_when_told_of_it(
    new_client, upstream, status
):
    class Failing(Governor):
        def success(self):
            raise ZeroDivisionError

        def failure(self, cause):
            raise ZeroDivisionError(cause)

    upstream.faults["about", 0] = answering(status)
    observed = []
    with pytest.raises(ZeroDivisionError):
        new_client(upstream, governor=Failing(), observe=observed.append).release()

    assert [{200: "ok", 404: "client_error", 503: "server_error"}[status]] == observed
