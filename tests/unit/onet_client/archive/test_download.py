import pytest
from requests.structures import CaseInsensitiveDict

from onet_client.archive.download import Place, place
from onet_client.archive.part import Origin, validator

ORIGIN = Origin("https://a/b", '"1"', 1000)
UNSIZED = Origin("https://a/b", '"1"', None)


def placed(status, origin=ORIGIN, size=400, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return place(status, CaseInsensitiveDict(named), origin, size)


@pytest.mark.parametrize("origin", [None, ORIGIN])
@pytest.mark.parametrize(
    ("length", "total"), [("1000", 1000), ("0", 0), ("", None), ("-5", None), ("9" * 30, None)]
)
def test_a_whole_file_begins_at_its_start_whatever_is_here(origin, length, total):
    assert Place(0, total) == placed(200, origin, content_length=length)


@pytest.mark.parametrize("origin", [ORIGIN, UNSIZED])
def test_a_range_goes_on_from_what_is_here(origin):
    assert Place(400, 1000) == placed(206, origin, content_range="bytes 400-999/1000")
    assert Place(400, 1000) == placed(206, origin, content_range="bytes 400-999/1000", etag='"1"')


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content_range": "bytes 0-999/1000"},
        {"content_range": "bytes 401-999/1000"},
        {"content_range": "bytes 400-999/1001"},
        {"content_range": "bytes 400-999/*"},
        {"content_range": "400-999/1000"},
        {"content_range": "bytes */1000"},
        {"content_range": "bytes 400-999/1000", "etag": '"2"'},
    ],
)
def test_another_range_does_not_go_on_from_what_is_here(headers):
    assert None is placed(206, **headers)


def test_a_range_that_nobody_asked_for_is_of_no_use():
    assert None is placed(206, None, 0, content_range="bytes 0-999/1000")
    assert None is placed(416, None, 0, content_range="bytes */0")


def test_a_range_beyond_the_end_tells_that_all_is_here():
    assert Place(1000, 1000) == placed(416, UNSIZED, 1000, content_range="bytes */1000")


@pytest.mark.parametrize("said", ["bytes */999", "bytes */1001", "bytes */*", ""])
def test_a_range_beyond_another_end_tells_that_what_is_here_is_of_no_use(said):
    assert None is placed(416, UNSIZED, 1000, content_range=said)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"ETag": '"abc"', "Last-Modified": "Tue, 12 May 2026 00:00:00 GMT"}, '"abc"'),
        ({"ETag": 'W/"abc"', "Last-Modified": "a date"}, "a date"),
        ({"ETag": 'W/"abc"'}, ""),
        ({"Last-Modified": "a date"}, "a date"),
        ({}, ""),
    ],
)
def test_a_weak_tag_is_not_gone_on_from(headers, expected):
    assert expected == validator(headers)
