from itertools import islice

from bench.bundled import Reader, added_up, asked

ANSWER = b"HTTP/1.1 200 OK\r\nX-Other: 1\r\nContent-Length: 5\r\n\r\nhello"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"
PLAN = {"headers": {"If-None-Match": '"a"'}, "targets": ["/a", "/b", "/c", "/d"]}


def plan(**more):
    return PLAN | more


def test_an_answer_ends_with_the_last_byte_of_its_body_however_it_is_cut():
    for cut in range(1, len(ANSWER)):
        reader = Reader()

        assert [False, True] == [reader.feed(ANSWER[:cut]), reader.feed(ANSWER[cut:])]
        assert (200, len(ANSWER)) == (reader.status, reader.size)


def test_a_304_has_no_body_whatever_length_it_tells():
    reader = Reader()

    assert reader.feed(NOT_MODIFIED)
    assert (304, len(NOT_MODIFIED)) == (reader.status, reader.size)


def test_a_reader_takes_one_answer_after_the_other():
    reader = Reader()

    assert [True, True, True] == [reader.feed(a) for a in (ANSWER, NOT_MODIFIED, ANSWER)]
    assert (200, len(ANSWER)) == (reader.status, reader.size)


def test_a_request_is_whole_and_carries_the_headers_asked_for():
    _, request = next(asked(plan(), 0, 1))

    assert b'GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\nIf-None-Match: "a"\r\n\r\n' == request


def test_each_connection_goes_round_all_targets_from_a_place_of_its_own():
    def letters(first):
        return "".join(chr(request[5]) for _, request in islice(asked(plan(), first, 2), 5))

    assert ["abcda", "cdabc"] == [letters(0), letters(1)]


def test_every_so_manieth_request_is_a_cold_one_and_no_two_connections_share_it():
    mixed = plan(cold=["/1", "/2", "/3", "/4"], cold_every=3)

    def cold(first):
        found = islice(asked(mixed, first, 2), 6)
        return [chr(request[5]) for is_cold, request in found if is_cold]

    assert [["1", "3"], ["2", "4"]] == [cold(0), cold(1)]


def test_the_figures_of_all_processes_are_put_together():
    part = {"requests": 50, "cold": 1, "wrong": 2, "broken": 3, "bytes": 10, "cpu_seconds": 0.5}
    parts = [
        part | {"seconds": 2.0, "latencies": [0.001] * 50},
        part | {"seconds": 1.0, "latencies": [0.001] * 45 + [0.1] * 5},
    ]

    total = added_up(parts)

    assert (100, 2, 4, 6, 20, 1.0) == tuple(total[name] for name in part)
    assert (2.0, 1.0, 100.0) == (total["seconds"], total["p50_ms"], round(total["p99_ms"], 6))


def test_nothing_answered_is_no_latency_instead_of_an_error():
    part = {"requests": 0, "cold": 0, "wrong": 0, "broken": 8, "bytes": 0, "cpu_seconds": 0.0}

    total = added_up([part | {"seconds": 1.0, "latencies": []}])

    assert (0, 8, 0.0) == (total["requests"], total["broken"], total["p99_ms"])
