"""Faults on the first, a middle and the last page: the right error, or the right result.

What is wrong in itself, in a row or a reply, `test_rows`, `test_reply` and `test_interpret` have
whole; here are what concerns several pages, and one fault for each part that finds some.

An occupation's 20 rows come in 4 pages, and so does the domain of two occupations.
"""

import itertools

import pytest
import requests
from support.fake_upstream import (
    CODES,
    FakeUpstream,
    Fault,
    answering,
    breaking,
    rating_row,
)
from support.streaming import stream_ratings

from onet_client import errors

PAGES = {"first": 0, "middle": 1, "last": 3}
CODE = CODES[0]
ELEMENTS = tuple(f"2.A.1.{letter}" for letter in "abcdefghij")


def document(change):
    """A fault of the JSON document, which `change` alters in place or replaces."""

    def fault(answer):
        replacement = change(answer.document)
        answer.document = answer.document if replacement is None else replacement

    return fault


def row(**changes):
    """A fault of the page's second row, which is an importance or a level as it may be."""
    return document(lambda page: page["row"][1].update(changes))


def again(page):
    """The rows and places of the page before, or after; the link goes on as it did."""
    shift = -5 if page["start"] > 1 else 5
    page["start"], page["end"] = page["start"] + shift, page["end"] + shift


def next_url(url):
    def change(page):
        page.pop("next", None)
        page["link"] = [{"rel": "next", "href": url}]
        page["next"] = url

    return document(change)


def no_next(page):
    """End the list here; on its last page, go on for ever."""
    if page["end"] < page["total"]:
        page.pop("next", None)
        page.pop("link", None)
    else:
        page["next"] = "?start=1"
        page["link"] = [{"rel": "next", "href": "?start=1"}]


BAD_REPLIES: dict[str, Fault] = {
    "an error beside the rows": document(lambda page: page.update(error="but")),
    "no start": document(lambda page: page.pop("start") and None),
    "no end": document(lambda page: page.pop("end") and None),
    "no total": document(lambda page: page.pop("total") and None),
    "another total": document(lambda page: page.update(total=page["total"] + 1)),
    "a row fewer than counted": document(lambda page: page["row"].pop() and None),
    "no rows at all": document(lambda page: page.update(row=[], start=1, end=0, total=0)),
    "a page again": document(again),
    "a list that ends early or never": document(no_next),
    "next on another host": next_url("https://evil.example/ws/"),
    "a row of another occupation": row(onetsoc_code=CODES[2]),
    "a figure above both scales": row(data_value=7.01),
    "a redirect to another host": answering(302, Location="https://evil.example/"),
    "a body its encoding does not fit": breaking(requests.exceptions.ContentDecodingError()),
}
OTHER_ERRORS: dict[str, tuple[Fault, type[errors.OnetError], int]] = {
    "404": (answering(404), errors.NotFound, 1),
    "429 with a long wait": (answering(429, Retry_After="3600"), errors.RateLimited, 1),
    "503 with a wait": (answering(503, Retry_After="2"), errors.UpstreamFailure, 3),
    "refused": (breaking(requests.ConnectionError()), errors.Unreachable, 3),
    "no answer in time": (breaking(requests.ReadTimeout()), errors.TimedOut, 3),
}
HARMLESS = {
    "columns nobody asked for": lambda: row(extra=[1, 2], title=None),
    "429 once with a wait": lambda: answering(429, times=1, Retry_After="5"),
    "503 twice": lambda: answering(503, times=2),
    "503 once until a date": lambda: answering(
        503,
        times=1,
        Date="Sun, 01 Mar 2026 12:00:00 GMT",
        Retry_After="Sun, 01 Mar 2026 12:00:05 GMT",
    ),
    "late twice": lambda: breaking(requests.ReadTimeout(), times=2),
    "cut off once": lambda: breaking(requests.exceptions.ChunkedEncodingError(), times=1),
}


# What a fault is depends neither on the generation nor on what is asked for, so that one page is
# enough of the older and of an occupation.
USUAL = {("2", page, "stream") for page in PAGES} | {
    (api, "middle", "ratings") for api in ("2", "1.9")
}
PLACES = [
    place if place in USUAL else pytest.param(place, marks=pytest.mark.soak)
    for place in itertools.product(("2", "1.9"), PAGES, ("ratings", "stream"))
]


@pytest.fixture(params=PLACES, ids="-".join)
def place(request):
    """The generation of the API, which page the fault is on, and what is asked for."""
    return request.param


@pytest.fixture
def upstream(place):
    upstream = FakeUpstream(place[0], page_rows=5)
    upstream.tables = {
        "skills": [
            rating_row(code, element, scale, data_value=3.5)
            for code in CODES[:2]
            for element in ELEMENTS
            for scale in ("IM", "LV")
        ]
    }
    with upstream.running():
        yield upstream


def ratings(client):
    return client.ratings(CODE, "skills")


def stream(client):
    return tuple(rating for page in stream_ratings(client, "skills") for rating in page)


@pytest.fixture
def ask(place, upstream):
    if place[2] == "ratings":
        return ratings
    upstream.page_rows = 10  # 4 pages of 40 rows, as there are 4 of an occupation's 20
    return stream


@pytest.fixture
def page(place):
    return PAGES[place[1]]


@pytest.mark.parametrize("fault", BAD_REPLIES)
def test_a_reply_that_cannot_be_trusted_is_a_bad_reply(
    new_client, upstream, ask, page, fault, shows_no_secret
):
    upstream.faults["database/rows/", page] = BAD_REPLIES[fault]

    with pytest.raises(errors.BadReply) as raised:
        ask(new_client(upstream))

    assert raised.value.status in (200, 302, None)
    assert raised.value.url.startswith(upstream.base + "database/rows/skills?start=")
    assert 1 == raised.value.attempts
    assert "evil" not in "".join(str(request.url) for request in upstream.requests)
    shows_no_secret(raised.value)


@pytest.mark.parametrize("fault", OTHER_ERRORS)
def test_a_failure_is_of_its_class(new_client, upstream, ask, page, fault, shows_no_secret):
    upstream.faults["database/rows/", page], expected, attempts = OTHER_ERRORS[fault]

    with pytest.raises(errors.OnetError) as raised:
        ask(new_client(upstream))

    assert expected is type(raised.value)
    assert attempts == raised.value.attempts
    assert f"start={page * upstream.page_rows + 1}&" in raised.value.url
    shows_no_secret(raised.value)


@pytest.mark.parametrize("fault", HARMLESS)
def test_what_does_no_harm_changes_no_result(new_client, upstream, ask, page, fault):
    expected = ask(new_client(upstream))
    upstream.faults["database/rows/", page] = HARMLESS[fault]()

    assert expected == ask(new_client(upstream))
    assert {ratings: 20, stream: 40}[ask] == len(expected)
