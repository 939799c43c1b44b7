"""Which pages may read what."""

import pytest

from app.response_cache.cors import EXPOSED, Cors

HERE, THERE = "https://a.example", "https://b.example:444"
ANYBODY = [("Access-Control-Allow-Origin", "*"), EXPOSED]
VARY = ("Vary", "Origin")


def test_with_a_star_every_answer_says_the_same_whoever_asks():
    cors = Cors(["*"])

    assert [ANYBODY] * 3 == [cors.headers(origin) for origin in (None, HERE, "null")]
    assert ANYBODY == cors.constant
    assert not cors.by_origin


def test_with_a_list_those_on_it_may_read_and_caches_keep_them_apart():
    cors = Cors([HERE, THERE])

    assert cors.by_origin
    assert [] == cors.constant
    for origin in (HERE, THERE):
        assert [VARY, ("Access-Control-Allow-Origin", origin), EXPOSED] == cors.headers(origin)
    for origin in (
        None,
        "",
        "null",
        "*",
        HERE + "/",
        HERE + ":443",
        "http://a.example",
        "a.example",
    ):
        assert [VARY] == cors.headers(origin)


def test_with_an_empty_list_nothing_is_said():
    cors = Cors([])

    assert [[], []] == [cors.headers(HERE), cors.constant]
    assert not cors.by_origin


@pytest.mark.parametrize("path", ["/admin", "/admin/cache", "//admin/cache", "/metrics"])
def test_what_is_private_is_private(path):
    assert [] == Cors(["*"]).of_path(path, HERE)
    assert [] == Cors([HERE]).of_path(path, HERE)
