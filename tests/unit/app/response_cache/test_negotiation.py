"""Which format and coding a request prefers, and answers in gzip."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.response_cache.negotiation import (
    LEAST,
    LONGEST,
    _prefers_csv,
    gunzipped,
    gzip_etag,
    gzipped,
    is_packable,
    prefers_csv,
    prefers_gzip,
)


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("gzip;q=0.000", False),
        ("gzip;q=0.5", True),
        ("gzip;q=0.5, identity", False),
        ("identity;q=0.5, gzip;q=1.0", True),
        ("identity", False),
        ("identity;q=0, *;q=0.1", True),
        ("gzip;q=nonsense", False),
        (", ,;;q=1,", False),
        ("gzip," * LONGEST, False),
    ],
)
def test_gzip_is_for_those_who_take_it_and_nothing_else_rather(accept_encoding, expected):
    assert expected == prefers_gzip(accept_encoding)


@given(st.text(max_size=80))
def test_any_header_is_one_or_the_other(accept_encoding):
    assert prefers_gzip(accept_encoding) in (True, False)


@given(st.binary(max_size=5_000))
def test_what_is_packed_is_gzip_always_the_same_and_comes_out_again(body):
    packed = gzipped(body)

    assert packed == gzipped(body)
    assert body == gzip.decompress(packed) == gunzipped(packed)


@pytest.mark.parametrize(
    ("content_type", "length", "expected"),
    [
        ("application/json", LEAST, True),
        ("application/json", LEAST - 1, False),
        ("application/problem+json", LEAST, True),
        ("text/csv; charset=utf-8", LEAST, True),
        ("image/svg+xml; charset=utf-8", LEAST, True),
        ("image/png", 100_000, False),
        ("", 100_000, False),
    ],
)
def test_what_becomes_smaller_is_offered_packed(content_type, length, expected):
    assert expected == is_packable(content_type, length)


def test_each_coding_has_an_etag_of_its_own():
    assert '"abc-gzip"' == gzip_etag('"abc"')


def test_an_accept_of_thousands_of_parts_counts_as_none_and_is_not_kept():
    before = _prefers_csv.cache_info()

    assert not prefers_csv("text/csv," * 1000)
    assert before == _prefers_csv.cache_info()
